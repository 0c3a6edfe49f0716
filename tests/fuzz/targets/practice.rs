//! Practices of the owner's: read, or refused.
#![no_main]

use kindbeat_core::practice::Origin;
use kindbeat_core::practice::Practice;
use kindbeat_fuzz as _;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = Practice::parse("fuzz.toml", text, Origin::Own);
});
