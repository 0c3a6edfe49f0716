//! Configurations: read, or refused with a place.
#![no_main]

use std::sync::LazyLock;

use kindbeat_core::config::Config;
use kindbeat_core::words::Words;
use kindbeat_fuzz as _;
use libfuzzer_sys::fuzz_target;

/// Read once: that takes longer than most configurations do.
static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::new("en"));

fuzz_target!(|text: &str| {
    if let Err(error) = Config::parse("config.toml", text) {
        assert!(!error.text(&ENGLISH).is_empty());
        assert!(!error.summary(&ENGLISH).is_empty());
    }
});
