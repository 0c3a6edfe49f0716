//! Where to turn to when a break is not what is needed: numbers from a data file with its date.
//!
//! The program opens no outside address and calls no number: it shows them.

use serde::Deserialize;

/// The file of help lines, read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpLines {
    /// When the numbers were looked at, as a month and a year.
    pub as_of: String,
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
        toml::from_str(include_str!("../../config/help-lines.toml"))
    }
}

/// One number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpLine {
    /// As it is written and dialled there.
    pub number: String,
    /// Where it works.
    pub places: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// They cannot be checked from within the program, so none is added and none is changed.
    #[test]
    fn the_help_lines_are_exactly_those_of_their_date() {
        let help = HelpLines::built_in().unwrap();
        let told = |lines: &[HelpLine]| {
            let told = lines.iter().map(|line| format!("{} {}", line.number, line.places));
            told.collect::<Vec<_>>().join("; ")
        };
        assert_eq!(help.as_of, "November 2026");
        assert_eq!(help.directory, "findahelpline.com");
        assert_eq!(
            told(&help.emergency),
            "112 Europe and most mobile networks; 911 US, Canada; 999 UK; 000 Australia; 111 New Zealand"
        );
        assert_eq!(
            told(&help.talk),
            "988 US and Canada; 116 123 UK and Ireland; 0800 111 0 111 Germany; 142 Austria; 143 Switzerland; 3114 France; \
             113 Netherlands; 024 Spain; 13 11 14 Australia; 1737 New Zealand"
        );
    }
}
