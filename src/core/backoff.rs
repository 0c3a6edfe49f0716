//! How long to wait before something is tried again. Pure.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;

/// Exponential backoff: one second, then each delay twice the one before up to the longest, until an attempt has lasted.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    attempts: u32,
    longest: Duration,
}

impl Backoff {
    #[must_use]
    pub const fn new(longest: Duration) -> Self {
        Self { attempts: 0, longest }
    }

    pub fn next_delay(&mut self) -> Duration {
        let pause = FIRST.saturating_mul(2_u32.saturating_pow(self.attempts));
        self.attempts = self.attempts.saturating_add(1);
        pause.min(self.longest)
    }

    /// The attempt worked from `began` until `now`; when that is as long as the longest delay, the delays begin anew.
    pub fn ended(&mut self, began: Timestamp, now: Timestamp) {
        let lasted = now.duration_since(began);
        if lasted >= SignedDuration::try_from(self.longest).unwrap_or(SignedDuration::MAX) {
            self.attempts = 0;
        }
    }
}

/// A program that crashed is mostly back within a second.
const FIRST: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_grows_to_its_limit_and_resets_after_long_success() {
        let longest = Duration::from_secs(5 * 60);
        let mut pauses = Backoff::new(longest);
        let seconds: Vec<_> = (0..11).map(|_| pauses.next_delay().as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        let began = Timestamp::UNIX_EPOCH;
        pauses.ended(began, began + SignedDuration::from_secs(10));
        assert_eq!(pauses.next_delay(), longest);
        pauses.ended(began, began + SignedDuration::from_secs(300));
        assert_eq!(pauses.next_delay(), FIRST);
    }
}
