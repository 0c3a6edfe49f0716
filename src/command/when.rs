//! Moments as people write and read them: local, and as short as is clear. Pure: now and the time zone are arguments.

use jiff::RoundMode;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::TimestampRound;
use jiff::Unit;
use jiff::civil::Date;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use kindbeat_core::words::english_display;
use kindbeat_core::words::harmless;

/// The moment that somebody means: `30m` or `2h` from now, `14:00` when it is that late next, `today` when the day is over.
///
/// Always ahead of `now`, by 367 days at most, in whole seconds.
pub fn until(asked: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, NotAMoment> {
    let asked = asked.trim();
    let form = || NotAMoment::Form(short(asked));
    let range = || NotAMoment::Range(short(asked));
    let date = zone.to_datetime(now).date();
    if asked == "today" {
        let midnight =
            date.tomorrow().ok().and_then(|date| next(Time::midnight(), date, now, zone));
        return midnight.ok_or_else(range);
    }
    if asked.contains(':') {
        let time = time_of_day(asked).ok_or_else(form)?;
        // Tomorrow's may be left out where a zone moves over the date line.
        let dates = [
            Some(date),
            date.tomorrow().ok(),
            date.saturating_add(jiff::Span::new().days(2)).into(),
        ];
        let mut moments =
            dates.into_iter().flatten().filter_map(|date| next(time, date, now, zone));
        return moments.next().ok_or_else(range);
    }
    let length: SignedDuration = asked.parse().map_err(|_| form())?;
    if !length.is_positive() || length > LONGEST {
        return Err(range());
    }
    let whole = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Ceil);
    now.checked_add(length).and_then(|until| until.round(whole)).map_err(|_| range())
}

/// `9:05` or `09:05`; `24:00` is midnight.
fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| {
        let digits =
            (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<i8>().ok()).flatten()
    };
    let (hour, minute) = (number(hour)?, number(minute).filter(|_| minute.len() == 2)?);
    if (hour, minute) == (24, 0) {
        return Some(Time::midnight());
    }
    Time::new(hour, minute, 0, 0).ok()
}

/// When it is that late on that day, after `now`. Where the clocks are put back and it is so twice, the next of both; where they
/// are put forward past it, as much later.
fn next(time: Time, date: Date, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let moment = zone.to_ambiguous_timestamp(date.to_datetime(time));
    [moment.compatible(), moment.later()].into_iter().flatten().find(|&moment| moment > now)
}

/// Why a text does not mean a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAMoment {
    /// It does not have any of the forms.
    Form(String),
    /// It does not lie ahead, or too far.
    Range(String),
}

impl NotAMoment {
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        let (message, given) = match self {
            Self::Form(given) => (Message::SnoozeNoTime, given),
            Self::Range(given) => (Message::SnoozeTooFar, given),
        };
        words.text(message, &[("given", given.as_str().into())])
    }
}

english_display!(NotAMoment);

impl std::error::Error for NotAMoment {}

/// The first letters, harmless on a terminal.
fn short(text: &str) -> String {
    harmless(&text.chars().take(40).collect::<String>())
}

/// A year, leap day included.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use kindbeat_core::words::local_moment;

    /// New York's rules: the clocks are put forward on 2030-03-10 at 02:00, and back on 2030-11-03 at 02:00.
    fn new_york() -> TimeZone {
        TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap()
    }

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[track_caller]
    fn meant(asked: &str, now: &str) -> String {
        let (now, zone) = (moment(now), new_york());
        zone.to_datetime(until(asked, now, &zone).unwrap()).to_string()
    }

    #[test]
    fn a_while_counts_from_now_and_ends_with_a_whole_second() {
        let now = "2030-05-07T14:00:00.25Z";
        assert_eq!(meant("30m", now), "2030-05-07T10:30:01");
        assert_eq!(meant(" 2h ", now), "2030-05-07T12:00:01");
        assert_eq!(meant("1h30m", now), "2030-05-07T11:30:01");
        assert_eq!(meant("1ms", now), "2030-05-07T10:00:01");
    }

    #[test]
    fn a_time_of_day_is_the_next_one() {
        let now = "2030-05-07T14:00:00Z";
        assert_eq!(meant("10:01", now), "2030-05-07T10:01:00");
        assert_eq!(meant("10:00", now), "2030-05-08T10:00:00");
        assert_eq!(meant("9:05", now), "2030-05-08T09:05:00");
        assert_eq!(meant("24:00", now), "2030-05-08T00:00:00");
    }

    #[test]
    fn today_ends_at_midnight() {
        assert_eq!(meant("today", "2030-05-07T14:00:00Z"), "2030-05-08T00:00:00");
        assert_eq!(meant("today", "2030-05-07T04:00:00Z"), "2030-05-08T00:00:00");
        assert_eq!(meant("today", "2030-05-08T03:59:59Z"), "2030-05-08T00:00:00");
    }

    #[test]
    fn clocks_that_are_put_forward_or_back_are_followed() {
        // 02:30 is left out; it is then 03:30.
        assert_eq!(meant("02:30", "2030-03-10T05:00:00Z"), "2030-03-10T03:30:00");
        assert_eq!(meant("3h", "2030-03-10T05:00:00Z"), "2030-03-10T04:00:00");
        // 01:30 is there twice, and the first is over.
        let second = until("01:30", moment("2030-11-03T05:45:00Z"), &new_york());
        assert_eq!(second, Ok(moment("2030-11-03T06:30:00Z")));
    }

    #[test]
    fn what_means_no_moment_is_told_with_what_does() {
        let (now, zone) = (moment("2030-05-07T14:00:00Z"), new_york());
        for text in [
            "", "soon", "30", "14", "25:00", "14:60", "14:5", "1:2:3", "-1:00", "14:00 h",
            "tomorrow", "m",
        ] {
            let error = until(text, now, &zone).unwrap_err();
            assert!(matches!(error, NotAMoment::Form(_)), "{text}: {error}");
        }
        for text in ["0s", "-5m", "5m ago", "9000h", "99999999999h"] {
            let error = until(text, now, &zone).unwrap_err();
            assert!(error.to_string().contains("30m, 2h"), "{text}: {error}");
        }
        let error = until("\u{1b}[2J", now, &zone).unwrap_err();
        assert!(error.to_string().starts_with("\"?[2J\" is no time"), "{error}");
    }

    #[test]
    fn a_moment_is_said_as_short_as_is_clear() {
        let (now, zone) = (moment("2030-05-07T14:00:00Z"), new_york());
        let said = |text: &str| local_moment(moment(text), now, &zone, &Words::new("en"));
        assert_eq!(said("2030-05-07T19:04:00Z"), "15:04");
        assert_eq!(said("2030-05-08T04:00:00Z"), "midnight");
        assert_eq!(said("2030-05-08T13:00:00Z"), "Wed 09:00");
        assert_eq!(said("2030-05-06T13:00:00Z"), "Mon 09:00");
        assert_eq!(said("2030-05-14T13:00:00Z"), "2030-05-14 09:00");
        let week =
            [7, 8, 9, 10, 11, 12, 13].map(|day| said(&format!("2030-05-{day:02}T05:00:00Z")));
        assert_eq!(
            week.join(", "),
            "01:00, Wed 01:00, Thu 01:00, Fri 01:00, Sat 01:00, Sun 01:00, Mon 01:00"
        );
    }

    fn any_now() -> impl Strategy<Value = Timestamp> {
        // 2020 to 2050, to the millisecond.
        (1_577_836_800_000_i64..2_524_608_000_000)
            .prop_map(|millis| Timestamp::from_millisecond(millis).unwrap())
    }

    fn any_zone() -> impl Strategy<Value = TimeZone> {
        prop_oneof![
            Just(new_york()),
            Just(TimeZone::posix("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0").unwrap()),
            (-25..=25_i8).prop_map(|hours| TimeZone::fixed(jiff::tz::offset(hours))),
        ]
    }

    proptest! {
        #[test]
        fn a_time_of_day_is_that_time_within_a_day(now in any_now(), zone in any_zone(), hour in 0..24_i8, minute in 0..60_i8) {
            let until = until(&format!("{hour}:{minute:02}"), now, &zone).unwrap();
            let ahead = until.duration_since(now);
            prop_assert!(ahead.is_positive() && ahead <= SignedDuration::from_hours(25));
            let meant = Time::new(hour, minute, 0, 0).unwrap();
            let local = zone.to_datetime(until);
            // Else the clocks were put forward past it.
            prop_assert!(local.time() == meant || local.time().duration_since(meant) <= SignedDuration::from_hours(1));
        }

        #[test]
        fn today_ends_with_the_day(now in any_now(), zone in any_zone()) {
            let until = until("today", now, &zone).unwrap();
            prop_assert!(until > now);
            let last = until - SignedDuration::from_nanos(1);
            prop_assert_eq!(zone.to_datetime(last).date(), zone.to_datetime(now).date());
        }

        #[test]
        fn a_while_is_as_long_as_it_says(now in any_now(), minutes in 1..500_000_i64) {
            let until = until(&format!("{minutes}m"), now, &TimeZone::UTC).unwrap();
            let over = until.duration_since(now) - SignedDuration::from_mins(minutes);
            prop_assert!(!over.is_negative() && over < SignedDuration::from_secs(1));
        }

        #[test]
        fn any_text_is_a_moment_ahead_or_none(text in ".*", now in any_now(), zone in any_zone()) {
            if let Ok(until) = until(&text, now, &zone) {
                let ahead = until.duration_since(now);
                prop_assert!(ahead.is_positive() && ahead <= LONGEST + SignedDuration::from_hours(24));
                prop_assert!(!local_moment(until, now, &zone, &Words::new("en")).is_empty());
            }
        }
    }
}
