//! The commands, one file each: what they print and how they end.
//!
//! The convention they share: a command writes what was asked for to the writer it is given and returns `Ok`; what went
//! wrong it returns, and [`exit_code`] says how the process ends.

pub mod config;
pub mod daemon;
pub mod demo;
pub mod devices;
pub mod practices;
pub mod replay;

use std::error::Error;

use crate::config::Config;
use crate::config::ConfigError;
use crate::engine::Settings;

/// The exit code for an error: 78 where the configuration is to blame (`EX_CONFIG` of `sysexits.h`), else 1.
#[must_use]
pub fn exit_code(error: &anyhow::Error) -> u8 {
    if error.chain().any(<dyn Error>::is::<ConfigError>) { 78 } else { 1 }
}

/// The part of the configuration that decides.
#[must_use]
pub fn decisions(config: &Config) -> Settings {
    Settings {
        detection: config.detection.clone(),
        offer: config.offer.clone(),
        practice: config.practice.clone(),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;
    use crate::config::Config;

    #[test]
    fn a_bad_configuration_is_told_apart_by_its_exit_code() {
        let bad = Config::parse("config.toml", "[offer]\nx = 1\n").context("starting").unwrap_err();
        assert_eq!(exit_code(&bad), 78);
        assert_eq!(exit_code(&anyhow::anyhow!("no strap")), 1);
    }
}
