//! The sections `[page]` and `[history]`, which belong to no other module of the core. Pure.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::Span;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::civil::date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error;
use serde::de::Unexpected;
use serde::de::Visitor;

use crate::words::Message;
use crate::words::Sentence;

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PageSettings {
    /// The program that opens a page and its arguments; `{url}` is replaced by the address, which is otherwise appended.
    /// Empty: a browser is searched for.
    pub open_with: Vec<String>,
    /// The language of every word on screen, such as `"en"` or `"de-AT"`. `None`: that of the locale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct HistorySettings {
    /// The age at which records are erased, one day to a hundred years.
    pub keep: Keep,
}

impl Default for HistorySettings {
    fn default() -> Self {
        Self { keep: Keep(Span::new().years(2)) }
    }
}

/// A span in days, weeks, months and years, `"30d"`, `"6w"`, `"3mo"` or `"2y"`: one day to a hundred years.
#[derive(Clone, Copy, Debug)]
pub struct Keep(Span);

impl Keep {
    /// Years, months, weeks and days only.
    #[must_use]
    pub const fn span(self) -> Span {
        self.0
    }

    /// The span as time, counted back from `now` in UTC: months and years differ in length.
    #[must_use]
    pub fn before(self, now: Timestamp) -> SignedDuration {
        let begin = now.to_zoned(TimeZone::UTC).checked_sub(self.0);
        // Before the calendar begins there is no history.
        begin.map_or(SignedDuration::MAX, |begin| now.duration_since(begin.timestamp()))
    }
}

impl FromStr for Keep {
    type Err = NotKeep;

    fn from_str(text: &str) -> Result<Self, NotKeep> {
        let span: Span = text.parse().map_err(|_| NotKeep::Form)?;
        let days = Span::new().years(span.get_years()).months(span.get_months());
        let days = days.weeks(span.get_weeks()).days(span.get_days());
        if span.fieldwise() != days.fieldwise() {
            return Err(NotKeep::Form);
        }
        let until = KEPT_FROM.checked_add(span).map_err(|_| NotKeep::Range)?;
        if (KEPT_AT_LEAST..=KEPT_AT_MOST).contains(&until) {
            Ok(Self(span))
        } else {
            Err(NotKeep::Range)
        }
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl PartialEq for Keep {
    /// By its written form: a year doesn't equal twelve months.
    fn eq(&self, other: &Self) -> bool {
        self.0.fieldwise() == other.0.fieldwise()
    }
}

impl Eq for Keep {}

/// Why a text does not say how long to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotKeep {
    /// It does not have the form.
    Form,
    /// It is shorter than a day or longer than a hundred years.
    Range,
}

impl<'de> Deserialize<'de> for Keep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeepVisitor)
    }
}

struct KeepVisitor;

impl Visitor<'_> for KeepVisitor {
    type Value = Keep;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Sentence::new(Message::SettingKeep).carry())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Keep, E> {
        text.parse().map_err(|error| match error {
            NotKeep::Form => E::invalid_value(Unexpected::Str(text), &self),
            NotKeep::Range => {
                let range = Sentence::new(Message::SettingBetweenDurations);
                E::custom(range.with("least", "1d").with("most", "100y").carry())
            }
        })
    }
}

impl Serialize for Keep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A day to measure from, since months and years have no fixed length.
const KEPT_FROM: Date = date(2000, 1, 1);
const KEPT_AT_LEAST: Date = date(2000, 1, 2);
const KEPT_AT_MOST: Date = date(2100, 1, 1);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn history_is_kept_from_a_day_to_a_hundred_years() {
        for text in ["1d", "36525d", "6w", "3mo", "1200mo", "2y", "100y", "1y 6mo"] {
            assert_eq!(text.parse::<Keep>().unwrap().to_string(), text);
        }
        for text in ["0d", "0y", "-1d", "36526d", "101y", "9999y", "2y ago"] {
            assert_eq!(text.parse::<Keep>(), Err(NotKeep::Range), "{text}");
        }
        for text in ["", "2", "y", "6m", "24h", "1d 24h", "for ever", "99999999999999y"] {
            assert_eq!(text.parse::<Keep>(), Err(NotKeep::Form), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_reads_as_a_time_to_keep_or_not_without_a_panic(text in ".*") {
            let _ = text.parse::<Keep>();
        }
    }
}
