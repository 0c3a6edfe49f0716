//! Texts that other programs and other people's devices send: names, addresses, words.
#![no_main]

use kindbeat::interface::LastAnswer;
use kindbeat_core::connection::Address;
use kindbeat_core::monitor::MonitorId;
use kindbeat_core::words::harmless;
use kindbeat_core::words::short;
use kindbeat_fuzz as _;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let shown = short(text);
    assert!(shown.chars().count() <= 64 && !shown.chars().any(char::is_control));
    assert_eq!(harmless(text).chars().count(), text.chars().count());
    if let Ok(address) = text.parse::<Address>() {
        assert_eq!(address.to_string().parse(), Ok(address));
    }
    if let Ok(monitor) = text.parse::<MonitorId>() {
        assert_eq!(monitor.to_string().parse(), Ok(monitor));
    }
    let _ = LastAnswer::from_word(text);
});
