//! When the owner is told that the battery of the monitor runs low.

/// What the owner was told of the battery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatteryWarnings {
    /// The level in percent for which they were warned last; `None`: not since it was full.
    told: Option<u8>,
}

impl BatteryWarnings {
    /// As it was left the last time, by [`Self::told`].
    #[must_use]
    pub const fn since(told: Option<u8>) -> Self {
        Self { told }
    }

    /// To be kept for the next run: one of [`WARNED_AT`](Self::WARNED_AT) in percent; `None`: nothing was told.
    #[must_use]
    pub const fn told(self) -> Option<u8> {
        self.told
    }

    /// Takes in the level, in percent; whether the owner is to be told now: once at each of [`WARNED_AT`](Self::WARNED_AT).
    pub fn is_due(&mut self, level: u8) -> bool {
        if level > FULL_AGAIN {
            self.told = None;
            return false;
        }
        let reached = Self::WARNED_AT.into_iter().filter(|warned| level <= *warned).min();
        let is_due = reached.is_some_and(|reached| self.told.is_none_or(|told| reached < told));
        if is_due {
            self.told = reached;
        }
        is_due
    }

    /// In percent: some days of wear, and the last of them, as coin cells of straps go.
    pub const WARNED_AT: [u8; 2] = [15, 5];
}

/// In percent. A battery in use does not rise so far by itself: it was changed or charged.
const FULL_AGAIN: u8 = 30;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told_at(levels: impl IntoIterator<Item = u8>) -> Vec<u8> {
        let mut warnings = BatteryWarnings::default();
        levels.into_iter().filter(|level| warnings.is_due(*level)).collect()
    }

    #[test]
    fn one_is_told_at_15_and_at_5_percent() {
        assert_eq!(told_at((0..=100).rev()), [15, 5]);
        assert_eq!(told_at([20, 14, 16, 13, 4, 6, 3, 0]), [14, 4]);
        assert_eq!(told_at([3, 3]), [3]);
    }

    #[test]
    fn a_new_battery_is_told_of_anew() {
        assert_eq!(told_at([10, 100, 14, 31, 15]), [10, 14, 15]);
    }

    proptest! {
        #[test]
        fn without_a_new_battery_there_are_two_warnings_at_most(
            levels in prop::collection::vec(0_u8..=30, 0..200)
        ) {
            prop_assert!(told_at(levels).len() <= 2);
        }
    }
}
