//! What the owner has set: one TOML file, every key optional, every mistake pointed at.
//!
//! The settings types belong to the modules that use them; this module composes, finds and checks them. Parsing is pure;
//! only `file` reads anything.

mod check;
mod error;
mod overrides;
mod sections;
mod syntax;
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

/// The default configuration as a file with every key explained.
pub const DEFAULT: &str = include_str!("../../../config/default.toml");

/// Everything the owner can set, one field a section.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The heart-rate monitor.
    pub monitor: MonitorSettings,
    /// What counts as an elevation.
    pub detection: DetectionSettings,
    /// When and how to ask.
    pub offer: OfferSettings,
    /// The break.
    pub practice: PracticeSettings,
    /// Where a break and the history open.
    pub page: PageSettings,
    /// What is remembered.
    pub history: HistorySettings,
}

impl Config {
    /// The configuration a text holds, or everything that is wrong with it; `source` is what errors call the text.
    pub fn parse(source: &str, text: &str) -> Result<Self, ConfigError> {
        let faults = |findings: Vec<ConfigFinding>| Faults::new(source, text, &findings).into();
        let root = syntax::read(text).map_err(faults)?;
        check::table(&root).map_err(faults)
    }

    /// The configuration with single keys replaced, each given as on the command line: `detection.rise_bpm=12`,
    /// `offer.cool_down=2m` or `offer.quiet_hours=["22:00-07:00"]`. A later one wins over an earlier.
    pub fn with(&self, overrides: &[impl AsRef<str>]) -> Result<Self, ConfigError> {
        overrides::apply(self, overrides)
    }

    /// The part that the engine decides by.
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

    /// Every section with all its keys, set or not, in a fixed order.
    pub fn keys() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
        check::known_sections().iter().map(|section| (*section, check::known_keys(section)))
    }
}
