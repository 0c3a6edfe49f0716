//! How often a monitor sends, and how long it may therefore say nothing.

use jiff::SignedDuration;
use jiff::Timestamp;

/// The rhythm of the monitor that is connected.
///
/// Most send once a second. Some bands send every 20 s, and would count as silent between any two measurements.
#[derive(Clone, Debug, Default)]
pub(super) struct Rhythm {
    last: Option<Timestamp>,
    /// The last gaps between two measurements of one link.
    gaps: [SignedDuration; GAPS],
    /// How many measurements came over this link.
    heard: u32,
    /// How often in a row a link fell silent before its rhythm was known.
    cut_short: u32,
}

impl Rhythm {
    /// A link is new: the gap before its first measurement says nothing.
    pub(super) const fn connected(&mut self) {
        self.last = None;
        self.heard = 0;
    }

    pub(super) fn measured(&mut self, now: Timestamp) {
        if let Some(last) = self.last {
            self.gaps.rotate_left(1);
            self.gaps[GAPS - 1] = now.duration_since(last);
        }
        self.last = Some(now);
        self.heard = self.heard.saturating_add(1);
        if self.heard > 2 {
            self.cut_short = 0;
        }
    }

    /// Nothing came for [`Self::limit`].
    pub(super) const fn fell_silent(&mut self) {
        if let 1 | 2 = self.heard {
            self.cut_short = self.cut_short.saturating_add(1);
        }
    }

    /// How long the monitor may say nothing, where the owner allows `set`.
    pub(super) fn limit(&self, set: SignedDuration) -> SignedDuration {
        let longest = self.gaps.iter().copied().max().unwrap_or_default();
        let by_rhythm = (longest * 5 / 2).min(LONGEST);
        let doubled = set * (1 << self.cut_short.min(3));
        set.max(by_rhythm).max(doubled.min(LONGEST_UNKNOWN))
    }

    pub(super) fn step_back(&mut self, by: SignedDuration) {
        self.last = self.last.map(|last| last.saturating_sub(by).unwrap_or(Timestamp::MIN));
    }
}

/// How many gaps are kept: a single long one, as of a bad link, is soon forgotten.
const GAPS: usize = 4;

/// Two and a half times a minute: nothing slower is known.
const LONGEST: SignedDuration = SignedDuration::from_secs(150);

/// The longest that the settings allow, for a monitor whose rhythm is not known yet.
const LONGEST_UNKNOWN: SignedDuration = SignedDuration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    const SET: SignedDuration = SignedDuration::from_secs(9);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn one_a_second_may_be_silent_for_as_long_as_is_set() {
        let mut rhythm = Rhythm::default();
        rhythm.connected();
        for second in 0..100 {
            rhythm.measured(at(second));
            assert_eq!(rhythm.limit(SET), SET);
        }
    }

    #[test]
    fn one_gap_is_forgotten_after_four_measurements() {
        let mut rhythm = Rhythm::default();
        rhythm.connected();
        let mut limits = Vec::new();
        for second in [0, 1, 9, 10, 11, 12, 13] {
            rhythm.measured(at(second));
            limits.push(rhythm.limit(SET).as_secs());
        }
        assert_eq!(limits, [9, 9, 20, 20, 20, 20, 9]);
    }

    #[test]
    fn one_that_says_little_is_given_longer_each_time() {
        let mut rhythm = Rhythm::default();
        let mut now = 0;
        let mut limits = Vec::new();
        for _ in 0..3 {
            rhythm.connected();
            rhythm.measured(at(now));
            limits.push(rhythm.limit(SET).as_secs());
            if rhythm.limit(SET).as_secs() > 20 {
                break;
            }
            rhythm.fell_silent();
            now += 30;
        }
        for _ in 0..5 {
            now += 20;
            rhythm.measured(at(now));
        }
        limits.push(rhythm.limit(SET).as_secs());
        assert_eq!(limits, [9, 18, 36, 50]);
    }

    #[test]
    fn one_that_says_nothing_at_all_is_given_no_longer() {
        let mut rhythm = Rhythm::default();
        for _ in 0..5 {
            rhythm.connected();
            rhythm.fell_silent();
        }
        assert_eq!(rhythm.limit(SET), SET);
    }
}
