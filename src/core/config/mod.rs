//! The configuration: one TOML file, every key optional, every mistake shown with its place. Pure; `config_file` reads the
//! file.
//!
//! The settings types belong to the modules that use them; this module composes and checks them.

mod check;
mod error;
mod overrides;
mod sections;
mod value;

use serde::Deserialize;
use serde::Serialize;

use crate::detection::DetectionSettings;
use crate::engine::Settings;
use crate::monitor::MonitorSettings;
use crate::offer::OfferSettings;
use crate::practice::PracticeSettings;

pub use error::ConfigError;
pub use error::Fault;
pub use error::Faults;
pub use sections::HistorySettings;
pub use sections::Keep;
pub use sections::NotKeep;
pub use sections::PageSettings;

use check::ConfigFinding;

/// The default configuration as a file that explains every key.
pub const DEFAULT: &str = include_str!("../../../config/default.toml");

/// All sections of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub monitor: MonitorSettings,
    pub detection: DetectionSettings,
    pub offer: OfferSettings,
    pub practice: PracticeSettings,
    pub page: PageSettings,
    pub history: HistorySettings,
}

impl Config {
    /// `source` is the name of the text in errors.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the text.
    pub fn parse(source: &str, text: &str) -> Result<Self, ConfigError> {
        let faults = |findings: Vec<ConfigFinding>| Faults::new(source, text, &findings).into();
        let root = check::parse(text).map_err(faults)?;
        check::table(&root).map_err(faults)
    }

    /// Replaces single keys, each given as on the command line: `detection.rise_bpm=12`, `offer.cool_down=2m` or
    /// `offer.quiet_hours=["22:00-07:00"]`. A later one wins over an earlier one.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the overrides.
    pub fn with(&self, overrides: &[impl AsRef<str>]) -> Result<Self, ConfigError> {
        overrides::apply(self, overrides)
    }

    /// The settings of the engine.
    #[must_use]
    pub fn decisions(&self) -> Settings {
        Settings {
            detection: self.detection.clone(),
            offer: self.offer.clone(),
            practice: self.practice.clone(),
        }
    }

    /// The language of every word on screen: the configured one, else that of `locale`.
    #[must_use]
    pub fn language<'a>(&'a self, locale: &'a str) -> &'a str {
        self.page.language.as_deref().unwrap_or(locale)
    }

    /// Every section with all its keys, set or not, in the order of the types.
    pub fn keys() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
        check::known_sections().iter().map(|section| (*section, check::known_keys(section)))
    }
}
