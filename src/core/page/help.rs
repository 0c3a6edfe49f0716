//! The help lines in words, and which stand first: those of the place the locale names.

use unic_langid::LanguageIdentifier;

use crate::practice::AsOf;
use crate::practice::HelpLine;
use crate::practice::HelpLines;
use crate::words::Message;
use crate::words::Words;
use serde::Deserialize;
use serde::Serialize;

/// The help lines as the page shows them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Help {
    /// Above them.
    pub title: String,
    /// Those of the person's place; empty where the place is not known or there are none for it.
    pub here: Vec<HelpGroup>,
    /// What opens the others.
    pub others_title: String,
    /// All others.
    pub others: Vec<HelpGroup>,
    /// Where to look in every other place.
    pub elsewhere: String,
    /// How old the numbers are.
    pub as_of: String,
}

/// Lines under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct HelpGroup {
    /// What they are for.
    pub title: String,
    /// The lines, never none.
    pub lines: Vec<HelpNumber>,
}

/// One number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct HelpNumber {
    /// As it is written and dialled there.
    pub number: String,
    /// Where it works.
    pub places: String,
}

impl Help {
    /// The help lines for a locale such as `en_AT.UTF-8`.
    #[must_use]
    pub fn new(lines: &HelpLines, locale: &str, words: &Words) -> Self {
        let country = country(locale);
        let number = |line: &HelpLine| HelpNumber {
            number: line.number.clone(),
            places: words.text(line.places_id(), &[]),
        };
        let group = |title, lines: Vec<&HelpLine>| {
            (!lines.is_empty()).then(|| HelpGroup {
                title: words.text(title, &[]),
                lines: lines.into_iter().map(number).collect(),
            })
        };
        let (emergency_here, emergency) = divide(&lines.emergency, &country);
        let (talk_here, talk) = divide(&lines.talk, &country);
        let groups = |emergency, talk| {
            let groups = [group(Message::HelpEmergency, emergency), group(Message::HelpTalk, talk)];
            groups.into_iter().flatten().collect()
        };
        Self {
            title: words.text(Message::HelpTitle, &[]),
            here: groups(emergency_here, talk_here),
            others_title: words.text(Message::HelpOthers, &[]),
            others: groups(emergency, talk),
            elsewhere: words
                .text(Message::HelpElsewhere, &[("directory", lines.directory.as_str().into())]),
            as_of: words.text(Message::HelpAsOf, &[("date", date(lines.as_of, words).into())]),
        }
    }
}

/// The lines of that country, those that name it before those of all Europe, and the rest.
fn divide<'a>(lines: &'a [HelpLine], country: &str) -> (Vec<&'a HelpLine>, Vec<&'a HelpLine>) {
    let nearness = |line: &HelpLine| {
        let names = |place: &str| line.places.iter().any(|named| named == place);
        if names(country) {
            0
        } else if names(HelpLine::EUROPE) && EUROPE.contains(&country) {
            1
        } else {
            2
        }
    };
    let (mut here, others): (Vec<_>, Vec<_>) = lines.iter().partition(|line| nearness(line) < 2);
    here.sort_by_key(|line| nearness(line));
    (here, others)
}

/// "November 2026".
fn date(as_of: AsOf, words: &Words) -> String {
    let AsOf { year, month } = as_of;
    // As text: a year is not written as other numbers are.
    words.text(Message::HelpMonth, &[("month", month.into()), ("year", year.to_string().into())])
}

/// The country of a locale, as two capital letters; empty where it names none.
fn country(locale: &str) -> String {
    let tag = locale.split(['.', '@']).next().unwrap_or_default();
    let locale = tag.parse::<LanguageIdentifier>().unwrap_or_default();
    locale.region.map(|region| region.as_str().to_owned()).unwrap_or_default()
}

/// The members of the European Union and of its free-trade neighbours, and the UK: Europe, with care; elsewhere all numbers stand
/// side by side.
const EUROPE: [&str; 32] = [
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn here(locale: &str) -> String {
        let help = Help::new(&HelpLines::built_in().unwrap(), locale, &Words::new("en"));
        let numbers = |groups: &[HelpGroup]| -> Vec<_> {
            groups
                .iter()
                .flat_map(|group| group.lines.iter().map(|line| line.number.clone()))
                .collect()
        };
        let (here, others) = (numbers(&help.here), numbers(&help.others));
        assert_eq!(here.len() + others.len(), 15, "every number stands once");
        here.join(", ")
    }

    #[test]
    fn the_numbers_of_ones_own_place_stand_first() {
        assert_eq!(here("de_AT.UTF-8"), "112, 142");
        assert_eq!(here("en_GB"), "999, 112, 116 123");
        assert_eq!(here("ga_IE@euro"), "112, 116 123");
        assert_eq!(here("en-US"), "911, 988");
        assert_eq!(here("fr_CA.UTF-8"), "911, 988");
        assert_eq!(here("en_NZ"), "111, 1737");
        assert_eq!(here("en_AU"), "000, 13 11 14");
        assert_eq!(here("pl_PL"), "112");
    }

    #[test]
    fn where_the_place_is_unknown_all_stand_side_by_side() {
        for locale in ["", "C", "C.UTF-8", "en", "ja_JP.UTF-8", "\u{0}"] {
            assert_eq!(here(locale), "", "{locale:?}");
        }
    }

    #[test]
    fn where_and_when_is_said_in_words() {
        let help = Help::new(&HelpLines::built_in().unwrap(), "en_CA", &Words::new("en"));
        let places = help.here.iter().flat_map(|group| &group.lines).map(|line| &line.places);
        assert_eq!(places.collect::<Vec<_>>(), ["US and Canada", "US and Canada"]);
        assert_eq!(help.as_of, "These numbers are as of November 2026.");
    }

    #[test]
    fn every_month_has_its_name() {
        let said = |month| date(AsOf { year: 2030, month }, &Words::new("en"));
        let said: std::collections::HashSet<_> = (1..=12).map(said).collect();
        assert!(said.len() == 12 && said.iter().all(|said| said.ends_with(" 2030")), "{said:?}");
    }
}
