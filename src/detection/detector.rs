//! Settled, rising, elevated, settling: when the heart has been up for long enough.
//!
//! An elevation begins when the rate leaves what is usual (half of the rise that counts), becomes one when the mean over
//! `sustain` reaches the whole rise, and ends when the rate has been back below the half for a minute. The gap between the
//! two is the hysteresis: a rate that hovers at the threshold makes one elevation, not ten.

use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::heart::Sample;

use super::baseline::Usual;
use super::settings::Thresholds;

/// Where the heart stands between settled and elevated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Near usual.
    Settled,
    /// Up, not yet for long enough, or not yet by enough.
    Rising {
        /// When it left what is usual.
        since: Timestamp,
        /// When it was last clearly up.
        last_up: Timestamp,
    },
    /// Up for long enough and by enough.
    Elevated {
        /// When it left what is usual.
        since: Timestamp,
        /// When it was last clearly up.
        last_up: Timestamp,
    },
    /// Back near usual; a new elevation can begin once that has lasted for `rearm`.
    Settling {
        /// Since when without a break.
        since: Timestamp,
    },
}

/// What an elevation is told by. Each figure is rounded to a tenth, and it is the rounded ones that are compared, so that
/// what is shown is what decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Mean over the last `sustain`, in bpm.
    pub heart_rate: f64,
    /// What is usual, in bpm.
    pub usual: f64,
    /// The usual spread, in bpm.
    pub spread: f64,
    /// How long ago the rate left what is usual.
    pub sustained: SignedDuration,
}

impl Figures {
    /// How far above usual, in bpm.
    #[must_use]
    pub fn excess(&self) -> f64 {
        tenth(self.heart_rate - self.usual)
    }
}

/// What one sample meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finding {
    /// No elevation.
    Nothing,
    /// An elevation is under way: its figures when it counts as sustained right now, else `None`.
    Elevated(Option<Figures>),
    /// The elevation is over.
    Ended,
}

/// Follows the samples through the phases.
#[derive(Clone, Debug)]
pub struct Detector {
    thresholds: Thresholds,
    rearm: SignedDuration,
    needs_rmssd: bool,
    phase: Phase,
    window: VecDeque<Point>,
}

/// One sample of the window over which the rise is averaged.
#[derive(Clone, Copy, Debug)]
struct Point {
    at: Timestamp,
    heart_rate: f64,
    ln_rmssd: Option<f64>,
}

impl Detector {
    /// A detector of a settled heart. With `needs_rmssd`, an elevation also needs an RMSSD below usual, where it is known.
    #[must_use]
    pub fn new(thresholds: Thresholds, rearm: SignedDuration, needs_rmssd: bool) -> Self {
        Self { thresholds, rearm, needs_rmssd, phase: Phase::Settled, window: VecDeque::new() }
    }

    /// Takes in the next sample, held against what is usual.
    pub fn observe(&mut self, sample: &Sample, usual: Usual) -> Finding {
        self.remember(sample);
        let at = sample.at;
        let rise = self.thresholds.rise(usual.spread);
        let up = sample.heart_rate - usual.heart_rate >= rise * LEAVE;
        match self.phase {
            Phase::Settled if up => self.phase = Phase::Rising { since: at, last_up: at },
            Phase::Settling { .. } if up => self.phase = Phase::Settling { since: at },
            Phase::Settling { since } if at.duration_since(since) >= self.rearm => {
                self.phase = Phase::Settled;
            }
            Phase::Rising { since, .. } if up => self.phase = Phase::Rising { since, last_up: at },
            Phase::Elevated { since, .. } if up => {
                self.phase = Phase::Elevated { since, last_up: at }
            }
            Phase::Rising { last_up, .. } if at.duration_since(last_up) >= DIP => {
                self.phase = Phase::Settled;
            }
            Phase::Elevated { last_up, .. } if at.duration_since(last_up) >= DIP => {
                self.phase = Phase::Settling { since: last_up };
                return Finding::Ended;
            }
            _ => {}
        }
        let (Phase::Rising { since, last_up } | Phase::Elevated { since, last_up }) = self.phase
        else {
            return Finding::Nothing;
        };
        let sustained = self.sustained(at.duration_since(since), usual);
        if sustained.is_some() {
            self.phase = Phase::Elevated { since, last_up };
        }
        if matches!(self.phase, Phase::Elevated { .. }) {
            Finding::Elevated(sustained)
        } else {
            Finding::Nothing
        }
    }

    /// Where the heart stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// How far above usual counts as up at all, in bpm: below it the heart is settled.
    #[must_use]
    pub fn settled_below(&self, usual: Usual) -> f64 {
        self.thresholds.rise(usual.spread) * LEAVE
    }

    /// Ends whatever is under way, as after a long gap: what was seen before says nothing about now.
    pub fn reset(&mut self) -> Finding {
        self.window.clear();
        let ended = matches!(self.phase, Phase::Elevated { .. });
        self.phase = Phase::Settled;
        if ended { Finding::Ended } else { Finding::Nothing }
    }

    fn remember(&mut self, sample: &Sample) {
        let ln_rmssd = sample.rmssd.filter(|&ms| ms > 0.0).map(f64::ln);
        self.window.push_back(Point { at: sample.at, heart_rate: sample.heart_rate, ln_rmssd });
        let sustain = self.thresholds.sustain;
        while self.window.front().is_some_and(|point| sample.at.duration_since(point.at) > sustain)
        {
            self.window.pop_front();
        }
    }

    /// The figures, if the rise has lasted for `sustain` and is, over all of it, large enough.
    fn sustained(&self, lasted: SignedDuration, usual: Usual) -> Option<Figures> {
        if lasted < self.thresholds.sustain {
            return None;
        }
        let count = self.window.len() as f64;
        let heart_rate = self.window.iter().map(|point| point.heart_rate).sum::<f64>() / count;
        let figures = Figures {
            heart_rate: tenth(heart_rate),
            usual: tenth(usual.heart_rate),
            spread: tenth(usual.spread),
            sustained: lasted,
        };
        let rise = self.thresholds.rise(figures.spread);
        let high =
            self.window.iter().filter(|point| point.heart_rate - usual.heart_rate >= rise).count();
        (figures.excess() >= rise && high as f64 >= count / 2.0 && self.seen() && !self.calm(usual))
            .then_some(figures)
    }

    /// Whether at least half of `sustain` was seen at all.
    fn seen(&self) -> bool {
        let pairs = self.window.iter().zip(self.window.iter().skip(1));
        let seen: SignedDuration =
            pairs.map(|(first, next)| next.at.duration_since(first.at).min(REACH)).sum();
        seen * 2 >= self.thresholds.sustain
    }

    /// Whether the variability speaks against arousal: not clearly below usual, where it is known for half of the window.
    fn calm(&self, usual: Usual) -> bool {
        let Some(variability) = usual.ln_rmssd.filter(|_| self.needs_rmssd) else { return false };
        let known = self.window.iter().filter_map(|point| point.ln_rmssd);
        let (count, sum) = known.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
        count >= self.window.len() as f64 / 2.0
            && sum / count > variability.median - CALM_ABOVE * variability.spread
    }
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// The rate counts as up from this share of the rise that counts, and as settled below it.
const LEAVE: f64 = 0.5;
/// A dip shorter than this ends nothing: one calm breath, one lost packet.
const DIP: SignedDuration = SignedDuration::from_secs(60);
/// A sample speaks for the time since the one before, but for no longer than this: the longest interval of wrist devices.
const REACH: SignedDuration = SignedDuration::from_secs(15);
/// RMSSD has to be this share of its spread below usual: it cut everyday triggers by 16 to 21 % at no loss of labelled hits.
const CALM_ABOVE: f64 = 0.25;
