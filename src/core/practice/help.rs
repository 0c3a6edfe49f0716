//! Help lines: telephone numbers from a data file with its date. Pure.
//!
//! The program opens no outside address and calls no number: it shows them.

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpLines {
    /// When the numbers were checked.
    pub as_of: AsOf,
    /// The address of a directory for every other place, shown as text.
    pub directory: String,
    /// Emergency numbers, shown first.
    pub emergency: Vec<HelpLine>,
    /// Numbers to talk with someone.
    pub talk: Vec<HelpLine>,
}

impl HelpLines {
    /// Fails only when the file in the build is broken, which a test excludes.
    pub fn built_in() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../../config/help-lines.toml"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsOf {
    pub year: u16,
    /// From 1.
    pub month: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpLine {
    /// As it's written and dialled in that place.
    pub number: String,
    /// Countries by their two letters (ISO 3166-1), or [`HelpLine::EUROPE`].
    pub places: Vec<String>,
}

impl HelpLine {
    /// Stands for the many countries of Europe that share a number.
    pub const EUROPE: &str = "europe";

    /// The id of the message that names the places.
    #[must_use]
    pub fn places_id(&self) -> String {
        format!("places-{}", self.places.join("-").to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The program can't check the numbers, so a change of any number has to be deliberate.
    #[test]
    fn the_help_lines_are_exactly_those_of_their_date() {
        let help = HelpLines::built_in().unwrap();
        let told = |lines: &[HelpLine]| {
            let told =
                lines.iter().map(|line| format!("{} {}", line.number, line.places.join(" ")));
            told.collect::<Vec<_>>().join("; ")
        };
        assert_eq!(help.as_of, AsOf { year: 2026, month: 11 });
        assert_eq!(help.directory, "findahelpline.com");
        assert_eq!(told(&help.emergency), "112 europe; 911 US CA; 999 GB; 000 AU; 111 NZ");
        assert_eq!(
            told(&help.talk),
            "988 US CA; 116 123 GB IE; 0800 111 0 111 DE; 142 AT; 143 CH; 3114 FR; 113 NL; 024 ES; 13 11 14 AU; 1737 NZ"
        );
    }
}
