//! A simulated heart and monitor, for the demonstration and for tests. Pure, and the same for the same seed.
//!
//! The rate breathes (respiratory sinus arrhythmia), drifts slowly and is never quite even; now and then a beat comes early,
//! is missed, or is counted twice, as in the messages of real monitors.

use std::f64::consts::TAU;

use fastrand::Rng;

use crate::heart::Contact;
use crate::heart::Measurement;

/// A heart, and a monitor that reports it once a second.
#[derive(Clone, Debug)]
pub struct SimulatedHeart {
    random: Rng,
    /// The time of the last beat, in seconds since the start.
    beat_s: f64,
    /// Seconds by which the last beat came early; the next interval is that much longer.
    early_s: f64,
    artefacts: u32,
}

impl SimulatedHeart {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { random: Rng::with_seed(seed), beat_s: 0.0, early_s: 0.0, artefacts: 0 }
    }

    /// The message of the monitor at the end of second `second`, with the heart at `level` bpm on average.
    ///
    /// Call it for each second in turn; it reports the beats since the last call.
    pub fn second(&mut self, second: u32, level: f64) -> Measurement {
        let mut rr_intervals = Vec::new();
        let end = f64::from(second) + 1.0;
        loop {
            let interval = self.interval(level);
            if self.beat_s + interval > end {
                break;
            }
            self.beat_s += interval;
            self.report(interval, &mut rr_intervals);
        }
        let heart_rate = ticks(self.rate(level)).clamp(30, 240);
        Measurement { heart_rate, contact: Contact::Detected, energy_expended: None, rr_intervals }
    }

    /// The number of artefacts so far.
    #[must_use]
    pub const fn artefacts(&self) -> u32 {
        self.artefacts
    }

    /// The rate at the last beat: breath and drift on top of `level`. A faster heart swings less with the breath.
    fn rate(&self, level: f64) -> f64 {
        let breath = SWING_BPM * (REST_BPM / level) * (TAU * self.beat_s / BREATH_S).sin();
        let drift = DRIFT_BPM * (TAU * self.beat_s / DRIFT_S).sin();
        level + breath + drift
    }

    fn interval(&mut self, level: f64) -> f64 {
        let uneven = 1.0 + UNEVEN * (self.random.f64() + self.random.f64() - 1.0);
        60.0 / self.rate(level) * uneven + std::mem::take(&mut self.early_s)
    }

    /// Adds the interval as the monitor reports it: now and then split in two, joined with the one before, or cut short.
    fn report(&mut self, interval: f64, sent: &mut Vec<u16>) {
        let whole = ticks(interval * 1024.0);
        let kind = self.random.u32(..ARTEFACT_ONE_IN * 3);
        self.artefacts += u32::from(kind < 3);
        match (kind, sent.last_mut()) {
            (0, _) => sent.extend([whole * 2 / 5, whole - whole * 2 / 5]),
            (1, Some(before)) => *before += whole,
            (2, _) => {
                let early = whole * 3 / 10;
                self.beat_s -= f64::from(early) / 1024.0;
                self.early_s = f64::from(early) / 1024.0;
                sent.push(whole - early);
            }
            _ => sent.push(whole),
        }
    }
}

fn ticks(value: f64) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rates and intervals of a heart"
    )]
    let ticks = value.round() as u16;
    ticks
}

/// The rate at which the amplitude is given.
const REST_BPM: f64 = 62.0;
/// To either side, at rest: the middle of the range of adults.
const SWING_BPM: f64 = 3.5;
/// 15 breaths a minute.
const BREATH_S: f64 = 4.0;
/// Blood pressure and mood: slower and smaller than the breath.
const DRIFT_BPM: f64 = 1.5;
const DRIFT_S: f64 = 380.0;
/// The largest random share by which an interval differs.
const UNEVEN: f64 = 0.02;
/// One beat in 400: a good monitor, well put on.
const ARTEFACT_ONE_IN: u32 = 400;

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::Timestamp;

    use super::*;
    use crate::heart::BeatFilter;
    use crate::heart::Reading;
    use crate::heart::Sampler;

    #[test]
    fn the_strap_reports_the_level_through_the_decoder() {
        let (mut heart, mut sampler) =
            (SimulatedHeart::new(1), Sampler::over(SignedDuration::from_secs(60)));
        let mut last = None;
        for second in 0..600 {
            let packet = heart.second(second, 70.0).encode();
            let reading = Reading::from(Measurement::decode(&packet).unwrap());
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(i64::from(second) + 1);
            last = sampler.observe(at, reading.heart_rate, &reading.rr).or(last);
        }
        let last = last.unwrap();
        assert!((last.heart_rate - 70.0).abs() < 3.0, "{last:?}");
        assert!(last.rmssd.is_some_and(|ms| (10.0..80.0).contains(&ms)), "{last:?}");
    }

    #[test]
    fn most_artefacts_are_labelled_and_few_others() {
        let (mut heart, mut beats) = (SimulatedHeart::new(2), BeatFilter::default());
        let mut labelled = 0;
        for second in 0..3_600 {
            let reading = Reading::from(heart.second(second, 64.0));
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(i64::from(second) + 1);
            labelled +=
                beats.label(at, &reading.rr).iter().filter(|beat| beat.artefact.is_some()).count();
        }
        // Most artefacts are two intervals each; a missed beat is one.
        let sent = heart.artefacts() as usize;
        assert!(
            sent > 3 && (sent..=2 * sent + 2).contains(&labelled),
            "{labelled} labelled of {sent}"
        );
    }

    #[test]
    fn the_same_seed_is_the_same_heart() {
        let hour = |seed| {
            let mut heart = SimulatedHeart::new(seed);
            (0..3_600).map(|second| heart.second(second, 65.0)).collect::<Vec<_>>()
        };
        assert_eq!(hour(3), hour(3));
        assert_ne!(hour(3), hour(4));
    }
}
