//! The median of whole rates, without sorting.

/// How often each whole rate is in the window. Nearly every monitor sends whole rates, and the median of one sample is near that of
/// the one before: it's found by a few steps from there.
#[derive(Clone, Debug)]
pub(super) struct RateCounts {
    /// For 30, 31, ... 240 bpm.
    counts: [u16; BINS],
    /// How many rates are whole, and how many aren't.
    whole: usize,
    fractional: usize,
    /// A bin near the median, and how many whole rates lie below it.
    near: usize,
    below: usize,
}

impl RateCounts {
    /// `bpm` is plausible: 30 to 240.
    pub(super) fn add(&mut self, bpm: f64) {
        let Some(bin) = bin(bpm) else {
            self.fractional += 1;
            return;
        };
        self.counts[bin] += 1;
        self.whole += 1;
        self.below += usize::from(bin < self.near);
    }

    /// Takes away a rate that was added.
    pub(super) fn subtract(&mut self, bpm: f64) {
        let Some(bin) = bin(bpm) else {
            self.fractional -= 1;
            return;
        };
        self.counts[bin] -= 1;
        self.whole -= 1;
        self.below -= usize::from(bin < self.near);
    }

    /// Whether there is no rate but whole ones; else [`Self::median`] isn't that of all rates.
    pub(super) const fn all_whole(&self) -> bool {
        self.fractional == 0
    }

    /// Of the whole rates, in bpm: the mean of the two middle ones where there are two; `None` where there is none.
    pub(super) fn median(&mut self) -> Option<f64> {
        let last = self.whole.checked_sub(1)?;
        Some(f64::midpoint(self.ranked(last / 2), self.ranked(self.whole / 2)))
    }

    /// The rate with so many rates below it in order of size; `rank` is less than their number.
    fn ranked(&mut self, rank: usize) -> f64 {
        while self.below > rank {
            self.near -= 1;
            self.below -= usize::from(self.counts[self.near]);
        }
        while self.below + usize::from(self.counts[self.near]) <= rank {
            self.below += usize::from(self.counts[self.near]);
            self.near += 1;
        }
        LOWEST + self.near as f64
    }
}

impl Default for RateCounts {
    fn default() -> Self {
        Self { counts: [0; BINS], whole: 0, fractional: 0, near: 0, below: 0 }
    }
}

/// `None` for a rate that isn't whole.
fn bin(bpm: f64) -> Option<usize> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "30 to 240, and compared with what was cut off"
    )]
    let bin = (bpm - LOWEST) as usize;
    (bpm - LOWEST - bin as f64 == 0.0).then_some(bin)
}

/// The rates that are plausible.
const LOWEST: f64 = 30.0;
const BINS: usize = 211;

#[cfg(test)]
mod tests {
    use super::super::PLAUSIBLE;
    use super::*;

    #[test]
    fn every_plausible_rate_has_its_bin() {
        assert_eq!((bin(*PLAUSIBLE.start()), bin(*PLAUSIBLE.end())), (Some(0), Some(BINS - 1)));
        assert_eq!((bin(30.5), bin(239.999)), (None, None));
    }
}
