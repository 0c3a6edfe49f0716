//! Recordings, read to their end or to their first fault.
#![no_main]

use kindbeat::recording::Recording;
use kindbeat_fuzz as _;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(recording) = Recording::new("fuzz.csv", bytes) {
        let _ = recording.take_while(Result::is_ok).count();
    }
});
