//! The only reader of the clock: everything else is told the time.

use jiff::Timestamp;

/// The time of the system's clock, to be handed to whoever decides anything by it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "time enters the program here and nowhere else")]
pub fn now() -> Timestamp {
    Timestamp::now()
}
