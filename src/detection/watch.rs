//! Baseline, exertion and detector at work together: one sample in, one finding out.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::heart::Sample;
use crate::surroundings::Presence;

use super::baseline::Baseline;
use super::baseline::Usual;
use super::detector::Detector;
use super::detector::Finding;
use super::detector::Phase;
use super::exertion::Exertion;
use super::settings::DetectionSettings;

/// Watches one heart.
#[derive(Clone, Debug)]
pub struct Watch {
    settings: DetectionSettings,
    baseline: Baseline,
    exertion: Exertion,
    detector: Detector,
    exerting: bool,
    last: Option<Timestamp>,
}

impl Watch {
    /// The longest that data may be missing without ending what is under way. Straps that drop come back within it.
    pub const MAX_GAP: SignedDuration = SignedDuration::from_mins(2);

    /// A watch over a settled heart, with what is known of it.
    #[must_use]
    pub fn new(settings: &DetectionSettings, baseline: Baseline) -> Self {
        let detector =
            Detector::new(settings.thresholds(), settings.rearm.value(), settings.method.rmssd);
        Self {
            settings: settings.clone(),
            baseline,
            exertion: Exertion::default(),
            detector,
            exerting: false,
            last: None,
        }
    }

    /// Takes in the next sample. `settled_in` says that somebody may sit here and did not just come back.
    pub fn observe(&mut self, sample: &Sample, presence: Presence, settled_in: bool) -> Finding {
        let interrupted = match self.last {
            Some(last) => sample.at < last || sample.at.duration_since(last) > Self::MAX_GAP,
            None => false,
        };
        let ended = if interrupted { self.interrupt() } else { Finding::Nothing };
        self.last = Some(sample.at);
        let usual = self.baseline.usual();
        let excess = sample.heart_rate - usual.heart_rate;
        let warmed_up = self.baseline.learned() >= self.settings.warm_up.value();
        // Before anything is learned, usual is a guess, and a heart that is fast by nature must not count as exercise for ever.
        let level = self.settings.exercise_bpm.value() * if warmed_up { 1.0 } else { 2.0 };
        let settled = self.detector.settled_below(usual);
        self.exerting = self.settings.method.exercise
            && self.exertion.observe(sample, excess, presence, level, settled);
        let finding =
            if warmed_up { self.detector.observe(sample, usual) } else { Finding::Nothing };
        if settled_in
            && !self.exerting
            && sample.coverage >= LEAST_COVERAGE
            && !self.frozen(sample.at)
        {
            self.baseline.learn(sample);
        }
        if ended == Finding::Ended { ended } else { finding }
    }

    /// Ends what is under way: no data for too long, the clock stepped, or the strap is gone.
    pub fn interrupt(&mut self) -> Finding {
        self.exertion.reset();
        self.exerting = false;
        self.last = None;
        self.detector.reset()
    }

    /// Whether this is exercise, or the recovery from it.
    #[must_use]
    pub const fn exerting(&self) -> bool {
        self.exerting
    }

    /// Where the heart stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.detector.phase()
    }

    /// What is usual just now.
    #[must_use]
    pub const fn usual(&self) -> Usual {
        self.baseline.usual()
    }

    /// What was learned so far.
    #[must_use]
    pub const fn baseline(&self) -> &Baseline {
        &self.baseline
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
/// A sample of which less was seen teaches nothing.
const LEAST_COVERAGE: f64 = 0.5;
