//! The only reader of the clock: everything else is told the time.

use jiff::Timestamp;

/// The time of the system's clock.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "the one place where the clock is read")]
pub fn now() -> Timestamp {
    Timestamp::now()
}
