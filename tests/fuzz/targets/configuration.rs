//! Configurations: read, or refused with a place.
#![no_main]

use kindbeat_core::config::Config;
use kindbeat_core::words::Words;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = Config::parse("config.toml", text) {
        let words = Words::new("en");
        assert!(!error.text(&words).is_empty());
        assert!(!error.summary(&words).is_empty());
    }
});
