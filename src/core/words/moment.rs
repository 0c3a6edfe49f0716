//! Moments as people read them: local, and as short as is clear.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::Message;
use super::Words;

/// A moment in words, as short as is clear at `now`: `15:04`, `midnight`, `Tue 09:00`, `2030-05-07 09:00`.
#[must_use]
pub fn local_moment(at: Timestamp, now: Timestamp, zone: &TimeZone, words: &Words) -> String {
    let (local, today) = (zone.to_datetime(at), zone.to_datetime(now).date());
    if today.tomorrow().is_ok_and(|tomorrow| tomorrow.to_datetime(Time::midnight()) == local) {
        return words.text(Message::TimeMidnight, &[]);
    }
    let time = local.strftime("%H:%M").to_string();
    match today.until(local.date()).map(|span| span.get_days()) {
        Ok(0) => time,
        Ok(-6..=6) => words.text(on(local.weekday()), &[("time", time.into())]),
        _ => local.strftime("%Y-%m-%d %H:%M").to_string(),
    }
}

const fn on(day: Weekday) -> Message {
    match day {
        Weekday::Monday => Message::TimeMonday,
        Weekday::Tuesday => Message::TimeTuesday,
        Weekday::Wednesday => Message::TimeWednesday,
        Weekday::Thursday => Message::TimeThursday,
        Weekday::Friday => Message::TimeFriday,
        Weekday::Saturday => Message::TimeSaturday,
        Weekday::Sunday => Message::TimeSunday,
    }
}
