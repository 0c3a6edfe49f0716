//! What the owner can set about the monitor: the section `[monitor]` of the configuration.

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::de::Error;

use crate::setting::RangedDuration;
use crate::words::Message;
use crate::words::Sentence;

/// The section `[monitor]`: the heart-rate monitor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct MonitorSettings {
    /// Which monitor to listen to: its name or its address, never blank; `"any"`: whichever is in reach.
    #[serde(deserialize_with = "filled")]
    pub device: String,
    /// Whether the connection is let go while nobody is at the desk, so that a watch or a phone can have the monitor.
    pub release_when_away: bool,
    /// How long a connected monitor may say nothing before the connection counts as silent, 5 s to 60 s.
    pub silence: RangedDuration<5, 60>,
}

impl MonitorSettings {
    /// The name or the address to look for; `None`: any monitor will do.
    #[must_use]
    pub fn wanted(&self) -> Option<&str> {
        (self.device != ANY).then_some(&self.device)
    }
}

impl Default for MonitorSettings {
    fn default() -> Self {
        Self { device: ANY.to_owned(), release_when_away: false, silence: RangedDuration::secs(9) }
    }
}

fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom(Sentence::new(Message::SettingNotEmpty).carry()));
    }
    Ok(text)
}

/// What `device` says when any monitor will do.
const ANY: &str = "any";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_monitor_will_do_unless_one_is_named() {
        let mut settings = MonitorSettings::default();
        assert_eq!(settings.wanted(), None);
        settings.device = "Polar H10".to_owned();
        assert_eq!(settings.wanted(), Some("Polar H10"));
    }
}
