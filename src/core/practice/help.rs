//! Where to turn to when a break is not what is needed: numbers from a data file with its date.
//!
//! The program opens no outside address and calls no number: it shows them.

use serde::Deserialize;

/// The file of help lines, read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpLines {
    /// When the numbers were looked at.
    pub as_of: AsOf,
    /// Where to look in every other place, to be shown as text.
    pub directory: String,
    /// Emergency numbers, to be shown first.
    pub emergency: Vec<HelpLine>,
    /// Numbers to talk with someone.
    pub talk: Vec<HelpLine>,
}

impl HelpLines {
    /// The help lines that come with the program; the error is one of the build, which a test excludes.
    pub fn built_in() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../../config/help-lines.toml"))
    }
}

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsOf {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
}

/// One number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpLine {
    /// As it is written and dialled there.
    pub number: String,
    /// Where it works: countries by their two letters, or [`HelpLine::EUROPE`].
    pub places: Vec<String>,
}

impl HelpLine {
    /// A place that is many countries.
    pub const EUROPE: &str = "europe";

    /// The name of the message that says where it works.
    #[must_use]
    pub fn places_id(&self) -> String {
        format!("places-{}", self.places.join("-").to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// They cannot be checked from within the program, so none is added and none is changed.
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
