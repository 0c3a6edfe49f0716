//! How long to wait before something is tried again.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;

/// The pauses between attempts: each twice the one before, until a source has lasted.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    attempts: u32,
}

impl Pauses {
    pub(super) fn next(&mut self) -> Duration {
        let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.attempts));
        self.attempts = self.attempts.saturating_add(1);
        pause.min(LONGEST_PAUSE)
    }

    /// What was tried worked from then until now.
    pub(super) fn ended(&mut self, began: Timestamp, now: Timestamp) {
        let lasted = now.duration_since(began);
        if lasted >= SignedDuration::try_from(LONGEST_PAUSE).unwrap_or(SignedDuration::MAX) {
            self.attempts = 0;
        }
    }
}

/// A compositor that crashed is mostly back within a second.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// An attempt costs next to nothing, and somebody may be glad of a display that came late.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_a_second_to_five_minutes_and_begin_anew_after_a_source_that_lasted() {
        let mut pauses = Pauses::default();
        let seconds: Vec<_> = (0..11).map(|_| pauses.next().as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        let began = Timestamp::UNIX_EPOCH;
        pauses.ended(began, began + SignedDuration::from_secs(10));
        assert_eq!(pauses.next(), LONGEST_PAUSE);
        pauses.ended(began, began + SignedDuration::from_secs(300));
        assert_eq!(pauses.next(), FIRST_PAUSE);
    }
}
