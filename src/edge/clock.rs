//! The only reader of the clock and of the time zone: everything else is told the time.

use jiff::Timestamp;
use jiff::tz::Offset;
use jiff::tz::TimeZone;

/// The time of the system's clock, to be handed to whoever decides anything by it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "time enters the program here and nowhere else")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The time zone of the system; UTC where it has none.
#[must_use]
pub fn zone() -> TimeZone {
    TimeZone::system()
}

/// How far local time is ahead of UTC at a moment, by the time zone of the system.
#[must_use]
pub fn utc_offset(at: Timestamp) -> Offset {
    zone().to_offset(at)
}
