//! Times at which nothing is offered: hours of the day, and days of the week.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Time;
use jiff::civil::Weekday;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error;
use serde::de::Unexpected;
use serde::de::Visitor;

use crate::words::Message;
use crate::words::Sentence;

/// A part of the day, `"22:00-07:00"`: from its start up to but not including its end; it may cross midnight.
///
/// Never empty and never the whole day: its ends differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    start: Time,
    end: Time,
}

impl QuietHours {
    /// The hours between two times of day, local time; `None` when they are equal.
    #[must_use]
    pub fn new(start: Time, end: Time) -> Option<Self> {
        (start != end).then_some(Self { start, end })
    }

    /// When they begin.
    #[must_use]
    pub const fn start(self) -> Time {
        self.start
    }

    /// When they are over.
    #[must_use]
    pub const fn end(self) -> Time {
        self.end
    }

    /// Whether a time of day lies within.
    #[must_use]
    pub fn contains(self, time: Time) -> bool {
        if self.start < self.end {
            self.start <= time && time < self.end
        } else {
            self.start <= time || time < self.end
        }
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start.strftime("%H:%M"), self.end.strftime("%H:%M"))
    }
}

impl FromStr for QuietHours {
    type Err = NotQuietHours;

    /// To the minute; `24:00` is midnight.
    fn from_str(text: &str) -> Result<Self, NotQuietHours> {
        let (start, end) = text.split_once('-').ok_or(NotQuietHours::Form)?;
        let time = |text: &str| match text.trim() {
            "24:00" => Ok(Time::midnight()),
            text => Time::strptime("%H:%M", text).map_err(|_| NotQuietHours::Form),
        };
        Self::new(time(start)?, time(end)?).ok_or(NotQuietHours::Equal)
    }
}

/// Why a text does not name quiet hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotQuietHours {
    /// It does not have the form.
    Form,
    /// Start and end are the same, which could mean never or always.
    Equal,
}

impl<'de> Deserialize<'de> for QuietHours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(QuietHoursVisitor)
    }
}

struct QuietHoursVisitor;

impl Visitor<'_> for QuietHoursVisitor {
    type Value = QuietHours;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Sentence::new(Message::SettingQuietHours).carry())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<QuietHours, E> {
        text.parse().map_err(|error| match error {
            NotQuietHours::Form => E::invalid_value(Unexpected::Str(text), &self),
            NotQuietHours::Equal => E::custom(Sentence::new(Message::SettingEqualHours).carry()),
        })
    }
}

impl Serialize for QuietHours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    /// The whole week, from Monday on.
    pub const ALL: [Self; 7] =
        [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];
}

impl From<Weekday> for Day {
    fn from(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::time;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quiet_hours_cross_midnight() {
        let night: QuietHours = "22:00-07:00".parse().unwrap();
        let at = |hour, minute| night.contains(time(hour, minute, 0, 0));
        assert!(at(22, 0) && at(23, 59) && at(0, 0) && at(6, 59));
        assert!(!at(7, 0) && !at(12, 0) && !at(21, 59));
    }

    #[test]
    fn quiet_hours_end_before_their_end() {
        let noon: QuietHours = " 12:00 - 13:30 ".parse().unwrap();
        let at = |hour, minute, second| noon.contains(time(hour, minute, second, 0));
        assert!(at(12, 0, 0) && at(13, 29, 59));
        assert!(!at(11, 59, 59) && !at(13, 30, 0));
    }

    #[test]
    fn quiet_hours_may_last_until_midnight() {
        let evening: QuietHours = "18:00-24:00".parse().unwrap();
        assert!(evening.contains(time(23, 59, 59, 999_999_999)));
        assert!(!evening.contains(Time::midnight()));
    }

    #[test]
    fn quiet_hours_need_two_different_times() {
        let read = |text: &str| text.parse::<QuietHours>();
        for text in ["", "-", "22:00", "22-7", "25:00-07:00", "22:00-07:60", "22:00-07:00-08:00"] {
            assert_eq!(read(text), Err(NotQuietHours::Form), "{text}");
        }
        assert_eq!(read("07:00-07:00"), Err(NotQuietHours::Equal));
        assert_eq!(read("00:00-24:00"), Err(NotQuietHours::Equal));
    }

    proptest! {
        #[test]
        fn quiet_hours_read_back_as_written(start in 0..1440_i16, end in 0..1440_i16) {
            let at = |minute: i16| Time::midnight() + minute.minutes();
            if let Some(hours) = QuietHours::new(at(start), at(end)) {
                prop_assert_eq!(hours.to_string().parse(), Ok(hours));
            }
        }

        #[test]
        fn any_text_reads_as_quiet_hours_or_not_without_a_panic(text in ".*") {
            let _ = text.parse::<QuietHours>();
        }
    }
}
