//! Baseline, exertion and detector at work together: one sample in, one finding out.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::context::Presence;
use crate::heart::Sample;

use super::baseline::Baseline;
use super::baseline::Usual;
use super::detector::Detector;
use super::detector::Finding;
use super::detector::Phase;
use super::exertion::Effort;
use super::exertion::Exertion;
use super::settings::DetectionSettings;

/// Follows one heart: samples in, elevations out.
#[derive(Clone, Debug)]
pub struct Tracker {
    settings: DetectionSettings,
    baseline: Baseline,
    exertion: Exertion,
    detector: Detector,
    effort: Effort,
    reference: Usual,
    last_sample_at: Option<Timestamp>,
}

impl Tracker {
    /// The longest that data may be missing without ending what is under way. Straps that drop come back within it.
    pub const MAX_GAP: SignedDuration = SignedDuration::from_mins(2);

    /// A tracker of a settled heart.
    #[must_use]
    pub fn new(settings: &DetectionSettings, baseline: Baseline) -> Self {
        let detector = Detector::new(settings);
        let reference = baseline.usual();
        Self {
            settings: settings.clone(),
            reference,
            baseline,
            exertion: Exertion::default(),
            detector,
            effort: Effort::Rest,
            last_sample_at: None,
        }
    }

    /// Takes in the next sample. `settled_in` says that somebody may sit here and did not just come back.
    pub fn observe(&mut self, sample: &Sample, presence: Presence, settled_in: bool) -> Finding {
        let interrupted = match self.last_sample_at {
            Some(last) => sample.at < last || sample.at.duration_since(last) > Self::MAX_GAP,
            None => false,
        };
        let ended = if interrupted { self.interrupt() } else { Finding::Nothing };
        self.last_sample_at = Some(sample.at);
        if !self.is_rising(sample.at) {
            self.reference = self.baseline.usual();
        }
        let usual = self.reference;
        let excess = sample.heart_rate - usual.heart_rate;
        let warmed_up = self.baseline.learned() >= self.settings.warm_up.value();
        // Before anything is learned, usual is a guess, and a heart that is fast by nature must not count as exercise for ever.
        let level = self.settings.exercise_bpm.value() * if warmed_up { 1.0 } else { 2.0 };
        let settled = matches!(self.detector.phase(), Phase::Settled | Phase::Settling { .. });
        if self.settings.method.exercise {
            self.effort = self.exertion.observe(sample, excess, presence, level, settled);
        }
        let finding = if warmed_up {
            self.detector.observe(sample, usual, presence)
        } else {
            self.detector.collect(sample);
            Finding::Nothing
        };
        let teaches = self.effort != Effort::Exercise && !self.frozen(sample.at);
        if settled_in && teaches && sample.coverage >= MIN_COVERAGE {
            self.baseline.learn(sample);
        }
        if ended == Finding::Ended { ended } else { finding }
    }

    /// Ends what is under way: no data for too long, the clock stepped, or the strap is gone.
    pub fn interrupt(&mut self) -> Finding {
        self.exertion.interrupt();
        self.last_sample_at = None;
        self.detector.interrupt()
    }

    /// The rates of the last minutes were of no heart: ends what is under way, and forgets them.
    pub fn discard(&mut self) -> Finding {
        self.exertion.interrupt();
        self.last_sample_at = None;
        self.detector.restart()
    }

    /// The elevation that is over was not put to anybody: a new one can begin at once.
    pub fn rearm(&mut self) {
        self.detector.rearm();
    }

    /// Goes by other settings from now on. What was learned stays, and so do exercise and the recovery from it.
    pub fn configure(&mut self, settings: &DetectionSettings) {
        let baseline = std::mem::replace(&mut self.baseline, Baseline::new(settings.method));
        let exertion = std::mem::take(&mut self.exertion);
        *self = Self { exertion, effort: self.effort, ..Self::new(settings, baseline) };
    }

    /// Lets go of every window, and of what was under way: the clock was set back. What was learned stays.
    pub fn restart(&mut self) {
        let settings = self.settings.clone();
        let baseline = std::mem::replace(&mut self.baseline, Baseline::new(settings.method));
        *self = Self::new(&settings, baseline);
    }

    /// Whether this is exercise, or the recovery from it.
    #[must_use]
    pub const fn exerting(&self) -> bool {
        matches!(self.effort, Effort::Exercise | Effort::HighForLong)
    }

    /// Where the heart stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.detector.phase()
    }

    /// What is usual just now.
    #[must_use]
    pub const fn usual(&self) -> Usual {
        self.reference
    }

    /// What was learned so far.
    #[must_use]
    pub const fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    /// A rise is held against what was usual when it began: what it teaches meanwhile would hide it. One that goes on for
    /// long without becoming an elevation is no rise.
    fn is_rising(&self, now: Timestamp) -> bool {
        match self.detector.phase() {
            Phase::Rising { since, .. } => now.duration_since(since) < self.longest_rise(),
            Phase::Elevated { .. } => self.frozen(now),
            Phase::Settled | Phase::Settling { .. } => false,
        }
    }

    /// A rise that counts only over a long `sustain` needs at least that long to show.
    fn longest_rise(&self) -> SignedDuration {
        LONGEST_RISE.max(self.detector.sustain() * 2)
    }

    /// An elevation does not teach what is usual, unless it has lasted so long that it is.
    fn frozen(&self, now: Timestamp) -> bool {
        match self.detector.phase() {
            Phase::Elevated { since, .. } => now.duration_since(since) < BECOMES_USUAL,
            _ => false,
        }
    }
}

/// An elevation of an hour is the new usual: the local reference follows, and a further rise can be told from it.
const BECOMES_USUAL: SignedDuration = SignedDuration::from_hours(1);
/// A rise that has not become an elevation after this long is the way this hour is.
const LONGEST_RISE: SignedDuration = SignedDuration::from_mins(15);
/// The share of the last minute that readings have to cover, for a sample to teach the baseline and for the signal to count as good.
pub const MIN_COVERAGE: f64 = 0.5;
