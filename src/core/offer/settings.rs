//! What the owner can set about offers: the section `[offer]` of the configuration.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::Time;
use jiff::civil::Weekday;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error;
use serde::de::Unexpected;
use serde::de::Visitor;

use crate::setting::RangedCount;
use crate::setting::RangedDuration;
use crate::words::Message;
use crate::words::Sentence;

/// The section `[offer]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one switch per gate, each a key of its own in the file"
)]
pub struct OfferSettings {
    /// How long after an offer, or a break, no other comes, 0 s to 24 h; longer for a while where the owner was fine, see
    /// [`Self::cool_down_after`].
    pub cool_down: RangedDuration<0, 86_400>,
    /// How many offers a day may hold at most, 0 to 1000; 0 asks never.
    pub at_most_per_day: RangedCount<0, 1_000>,
    /// How long an offer stands before it goes away by itself, 1 min to 60 min.
    pub open_for: RangedDuration<60, 3_600>,
    /// How long an offer waits for a pause in typing before it is given up, 0 s to 60 min; 0 s does not wait.
    pub wait_for_pause: RangedDuration<0, 3_600>,
    /// Times of day in which nothing is offered; empty: none.
    pub quiet_hours: Vec<QuietHours>,
    /// The days of the week on which something may be offered, each as often as it likes; empty: none.
    pub days: Vec<Day>,
    /// Whether an offer may say that it is about the heart. Off by itself for focus "anxiety" and while the screen is shared.
    pub mention_heart: bool,
    /// Whether nothing is offered while the microphone or the camera is in use.
    pub hold_in_calls: bool,
    /// Whether nothing is offered while the screen is shared.
    pub hold_when_sharing: bool,
    /// Whether nothing is offered while a window fills the screen.
    pub hold_in_full_screen: bool,
    /// Whether nothing is offered while notifications are silenced.
    pub hold_on_do_not_disturb: bool,
    /// Whether nothing is offered while a program keeps the screen awake, as players of films do.
    pub hold_when_inhibited: bool,
}

impl OfferSettings {
    /// Whether a time of day falls into the quiet hours.
    #[must_use]
    pub fn is_quiet(&self, time: Time) -> bool {
        self.quiet_hours.iter().any(|hours| hours.contains(time))
    }

    /// How long after an offer no other comes, once its owner was fine so many times in a row: from the second time on each doubles
    /// it, up to 8 h. What was set to be longer stays as long.
    #[must_use]
    pub fn cool_down_after(&self, fine_in_a_row: u32) -> SignedDuration {
        let set = self.cool_down.value();
        let doublings = fine_in_a_row.saturating_sub(1).min(MOST_DOUBLINGS);
        set.saturating_mul(1 << doublings).min(MOST_COOL_DOWN).max(set)
    }

    /// Whether something may be offered on a day of the week.
    #[must_use]
    pub fn is_day(&self, weekday: Weekday) -> bool {
        self.days.contains(&Day::from(weekday))
    }
}

impl Default for OfferSettings {
    fn default() -> Self {
        Self {
            cool_down: RangedDuration::secs(90 * 60),
            at_most_per_day: RangedCount::of(3),
            open_for: RangedDuration::secs(10 * 60),
            wait_for_pause: RangedDuration::secs(10 * 60),
            quiet_hours: Vec::new(),
            days: Day::ALL.to_vec(),
            mention_heart: true,
            hold_in_calls: true,
            hold_when_sharing: true,
            hold_in_full_screen: true,
            hold_on_do_not_disturb: true,
            hold_when_inhibited: true,
        }
    }
}

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

/// A working day: whoever was fine again and again is asked once in it at most.
const MOST_COOL_DOWN: SignedDuration = SignedDuration::from_hours(8);
/// From one second to more than [`MOST_COOL_DOWN`].
const MOST_DOUBLINGS: u32 = 15;

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

    #[test]
    fn by_default_any_moment_of_the_week_may_be_offered() {
        let settings = OfferSettings::default();
        assert!(settings.is_day(Weekday::Sunday) && !settings.is_quiet(Time::midnight()));
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

    #[test]
    fn the_cool_down_doubles_from_the_second_fine_up_to_a_day() {
        let minutes = |settings: &OfferSettings, fine| settings.cool_down_after(fine).as_mins();
        let usual = OfferSettings::default();
        assert_eq!(
            [0, 1, 2, 3, 4, 5, u32::MAX].map(|fine| minutes(&usual, fine)),
            [90, 90, 180, 360, 480, 480, 480]
        );
        let set = |seconds| OfferSettings {
            cool_down: RangedDuration::secs(seconds),
            ..OfferSettings::default()
        };
        assert_eq!(minutes(&set(12 * 3_600), 9), 720);
        assert_eq!((minutes(&set(0), 9), minutes(&set(1), 99)), (0, 480));
    }
}
