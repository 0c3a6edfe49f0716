//! How long to rest between two attempts of a search.

use fastrand::Rng;
use jiff::SignedDuration;

/// The pauses between attempts, with jitter that is the same for the same seed.
///
/// 1, 2 and 4 s, then 5 s for two minutes, then so that a scan starts at least every 10 s until ten minutes have passed, then
/// so that one starts about every minute. Jitter shortens a pause by up to a fifth, in the end by up to a tenth, never lengthens it;
/// it keeps two computers, or two programs on one, from asking for the same strap in step.
#[derive(Clone, Debug)]
pub struct SearchBackoff {
    jitter: Rng,
}

impl SearchBackoff {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { jitter: Rng::with_seed(seed) }
    }

    /// The pause after the `attempt`th attempt (from 1) of a search that has lasted for `elapsed`.
    pub fn pause(&mut self, attempt: u32, elapsed: SignedDuration) -> SignedDuration {
        let longest = match attempt {
            0 | 1 => 1_000,
            2 => 2_000,
            3 => 4_000,
            _ if elapsed < BRISK => 5_000,
            _ if elapsed < STEADY => 7_500,
            _ => 57_500,
        };
        let share = self.jitter.i64(0..if elapsed < STEADY { 200 } else { 100 });
        SignedDuration::from_millis(longest * (1_000 - share) / 1_000)
    }
}

/// Until then the owner may be putting the strap on.
const BRISK: SignedDuration = SignedDuration::from_mins(2);

/// Until then a scan starts every ten seconds: two of scan and at most 7.5 of pause leave half a second for the calls. Later,
/// one a minute: 2 s in at least 53 is at most 5 % of the time, and the seven or eight wake-ups of each stay below ten a minute.
const STEADY: SignedDuration = SignedDuration::from_mins(10);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(attempt: u32, seconds: i64) -> (i64, i64) {
        let mut backoff = SearchBackoff::new(7);
        let pauses: Vec<_> = (0..1_000)
            .map(|_| backoff.pause(attempt, SignedDuration::from_secs(seconds)).as_secs())
            .collect();
        (*pauses.iter().min().unwrap(), *pauses.iter().max().unwrap())
    }

    #[test]
    fn pauses_grow_with_the_time_searched() {
        assert_eq!(range(1, 3), (0, 1));
        assert_eq!(range(2, 6), (1, 2));
        assert_eq!(range(3, 10), (3, 4));
        assert_eq!(range(4, 20), (4, 5));
        assert_eq!(range(30, 200), (6, 7));
        assert_eq!(range(100, 601), (51, 57));
    }

    #[test]
    fn the_same_seed_gives_the_same_pauses() {
        let pauses = |seed| {
            let mut backoff = SearchBackoff::new(seed);
            (1..9).map(|n| backoff.pause(n, SignedDuration::from_secs(60))).collect::<Vec<_>>()
        };
        assert_eq!(pauses(1), pauses(1));
        assert_ne!(pauses(1), pauses(2));
    }

    proptest! {
        #[test]
        fn a_pause_is_never_longer_than_a_minute_nor_none(
            seed: u64, attempt: u32, elapsed in 0_i64..100_000
        ) {
            let pause = SearchBackoff::new(seed).pause(attempt, SignedDuration::from_secs(elapsed));
            prop_assert!(pause >= SignedDuration::from_millis(800));
            prop_assert!(pause < SignedDuration::from_secs(60));
        }
    }
}
