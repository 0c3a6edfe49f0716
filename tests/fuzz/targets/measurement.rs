//! Packets of a heart-rate monitor, one after the other, as far as they become samples.
#![no_main]

use kindbeat_core::heart::EchoFilter;
use kindbeat_core::heart::Measurement;
use kindbeat_core::heart::Reading;
use kindbeat_fuzz as _;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match Measurement::decode(bytes) {
        Ok(read) => assert_eq!(Measurement::decode(&read.encode()), Ok(read.clone())),
        Err(_) => {
            let salvaged = Measurement::salvage(bytes);
            assert!(salvaged.is_none_or(|read| read.rr_intervals.is_empty()));
        }
    }
    if let Ok(read) = Measurement::decode(bytes) {
        let reading = Reading::from(read);
        assert!(reading.heart_rate.is_none_or(|rate| (30.0..=240.0).contains(&rate)));
    }
    assert!(EchoFilter::default().is_new(Default::default(), bytes));
});
