//! Sums up readings in one sample every five seconds. Pure.

use std::collections::VecDeque;
use std::ops::Add;

use jiff::SignedDuration;
use jiff::Timestamp;

use super::Beat;
use super::median;

/// A summary of the last one to two minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The end of the window.
    pub at: Timestamp,
    /// Median over the window of the sampler (at most one minute), in bpm.
    pub heart_rate: f64,
    /// The plausible rates since the last sample: an average over a longer time is made of them.
    pub since_last: Rates,
    /// Root mean square of successive differences over the last 120 s, in ms: of NN intervals that truly follow each other
    /// (Task Force 1996, Circulation 93:1043). `None` with fewer than 40 pairs, with more than 5 % artefacts, and from a
    /// monitor without RR intervals.
    pub rmssd: Option<f64>,
    /// Share of the window with a plausible rate, 0 to 1.
    pub coverage: f64,
}

/// The sum and count of rates, so that averages can be joined exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rates {
    /// In bpm.
    pub sum: f64,
    pub count: u32,
}

impl Rates {
    /// `count` times the same rate.
    #[must_use]
    pub fn steady(rate: f64, count: u32) -> Self {
        Self { sum: rate * f64::from(count), count }
    }
}

impl Add for Rates {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { sum: self.sum + other.sum, count: self.count + other.count }
    }
}

#[derive(Clone, Debug)]
pub struct Sampler {
    window: SignedDuration,
    since_last: Rates,
    rates: VecDeque<(Timestamp, f64)>,
    beats: VecDeque<Beat>,
    last: Option<Timestamp>,
    scratch: Vec<f64>,
}

impl Sampler {
    /// The least time between two samples.
    pub const EVERY: SignedDuration = SignedDuration::from_secs(5);

    /// A sampler whose rate is the median over `window`, which is brought between 10 s and one minute.
    #[must_use]
    pub fn over(window: SignedDuration) -> Self {
        Self {
            window: window.clamp(SHORTEST_WINDOW, LONGEST_WINDOW),
            since_last: Rates::default(),
            rates: VecDeque::new(),
            beats: VecDeque::new(),
            last: None,
            scratch: Vec::new(),
        }
    }

    /// The time over which a sample's rate is the median.
    #[must_use]
    pub const fn window(&self) -> SignedDuration {
        self.window
    }

    /// Takes in what arrived at `at`; `None` until the next sample is due, and while no rate in the window is plausible.
    ///
    /// Where the rate is missing, the mean of the NN intervals takes its place: some recordings hold nothing else.
    pub fn observe(
        &mut self,
        at: Timestamp,
        heart_rate: Option<f64>,
        beats: &[Beat],
    ) -> Option<Sample> {
        if self.last.is_some_and(|last| at < last)
            || self.rates.back().is_some_and(|&(last, _)| at < last)
        {
            self.reset();
        }
        if let Some(rate) =
            heart_rate.or_else(|| rate_of(beats)).filter(|rate| PLAUSIBLE.contains(rate))
        {
            self.rates.push_back((at, rate));
            self.since_last = self.since_last + Rates::steady(rate, 1);
        }
        self.beats.extend(beats);
        self.rates.drain(..self.rates.len().saturating_sub(MOST_IN_WINDOW));
        self.beats.drain(..self.beats.len().saturating_sub(MOST_IN_WINDOW));
        if self.last.is_some_and(|last| at.duration_since(last) < Self::EVERY) {
            return None;
        }
        while self.rates.front().is_some_and(|&(then, _)| at.duration_since(then) >= self.window) {
            self.rates.pop_front();
        }
        while self.beats.front().is_some_and(|beat| at.duration_since(beat.at) >= RMSSD_WINDOW) {
            self.beats.pop_front();
        }
        self.scratch.clear();
        self.scratch.extend(self.rates.iter().map(|&(_, rate)| rate));
        let heart_rate = median(&mut self.scratch)?;
        self.last = Some(at);
        Some(Sample {
            at,
            heart_rate,
            since_last: std::mem::take(&mut self.since_last),
            rmssd: rmssd(&self.beats),
            coverage: self.coverage(at),
        })
    }

    /// The share of artefacts among the beats of the last two minutes, 0 to 1; `None` without a beat.
    #[must_use]
    pub fn artefacts(&self) -> Option<f64> {
        let artefacts = self.beats.iter().filter(|beat| beat.artefact.is_some()).count();
        (!self.beats.is_empty()).then(|| artefacts as f64 / self.beats.len() as f64)
    }

    /// Starts again, as after a gap or a step of the clock.
    pub fn reset(&mut self) {
        *self = Self::over(self.window);
    }

    /// Each reading counts for the time until the next one, up to [`MAX_SAMPLE_SPAN`].
    fn coverage(&self, at: Timestamp) -> f64 {
        let ends = self.rates.iter().skip(1).map(|&(then, _)| then).chain([at]);
        let spoken = |(&(begin, _), end): (&(Timestamp, f64), Timestamp)| {
            end.duration_since(begin).min(MAX_SAMPLE_SPAN)
        };
        let covered: SignedDuration = self.rates.iter().zip(ends).map(spoken).sum();
        (covered.as_secs_f64() / (self.window - Self::EVERY).as_secs_f64()).min(1.0)
    }
}

fn rate_of(beats: &[Beat]) -> Option<f64> {
    let normal = beats.iter().filter(|beat| beat.artefact.is_none());
    let (count, sum) =
        normal.fold((0.0, 0.0), |(count, sum), beat| (count + 1.0, sum + beat.rr.millis()));
    (count > 0.0).then(|| 60_000.0 * count / sum)
}

fn rmssd(beats: &VecDeque<Beat>) -> Option<f64> {
    let mut pairs = 0u32;
    let mut artefacts = 0u32;
    let mut squares = 0.0;
    let mut before: Option<&Beat> = None;
    for beat in beats {
        if beat.artefact.is_some() {
            artefacts += 1;
        } else if let Some(before) = before
            && beat.follows
            && before.artefact.is_none()
        {
            squares += (beat.rr.millis() - before.rr.millis()).powi(2);
            pairs += 1;
        }
        before = Some(beat);
    }
    let clean = f64::from(artefacts) <= MAX_ARTEFACT_SHARE * beats.len() as f64;
    (clean && pairs >= FEWEST_PAIRS).then(|| (squares / f64::from(pairs)).sqrt())
}

/// Monitors measure 30 to 240 bpm (makers' manuals); a value outside isn't a rate.
pub(super) const PLAUSIBLE: std::ops::RangeInclusive<f64> = 30.0..=240.0;
/// Long enough to ignore a cough, short enough to follow a mood.
const LONGEST_WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// A shorter window holds too few rates for a median.
const SHORTEST_WINDOW: SignedDuration = SignedDuration::from_secs(10);
/// RMSSD over 120 s agrees with that over five minutes, over 10 s or 30 s clearly less (Munoz 2015, doi
/// 10.1371/journal.pone.0138921).
const RMSSD_WINDOW: SignedDuration = SignedDuration::from_secs(120);
/// A third of the beats of two calm minutes. More would leave a monitor with gaps without RMSSD, fewer would let single
/// beats decide.
const FEWEST_PAIRS: u32 = 40;
/// With a larger share of artefacts the variation between beats cannot be trusted: the usual ceiling (Shaffer 2020,
/// PMC7710683).
pub const MAX_ARTEFACT_SHARE: f64 = 0.05;
/// A reading or a sample covers the time since the one before, but no more than this: some wrist devices send a value every 15 s.
pub const MAX_SAMPLE_SPAN: SignedDuration = SignedDuration::from_secs(15);
/// A bound on memory. At 240 bpm two minutes hold 480 beats; the rest is for packets that come late.
const MOST_IN_WINDOW: usize = 800;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::heart::Artefact;
    use crate::heart::BeatFilter;
    use crate::heart::RrInterval;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    fn steady(rate: f64, seconds: i64) -> Vec<Sample> {
        let mut sampler = Sampler::over(LONGEST_WINDOW);
        (0..seconds).filter_map(|second| sampler.observe(at(second), Some(rate), &[])).collect()
    }

    fn beats(series: &[f64]) -> VecDeque<Beat> {
        let beat = |&ms: &f64| Beat {
            at: at(0),
            rr: RrInterval::from_millis(ms).unwrap(),
            artefact: None,
            follows: true,
        };
        series.iter().map(beat).collect()
    }

    #[test]
    fn one_sample_every_five_seconds() {
        let times: Vec<_> = steady(70.0, 17).iter().map(|sample| sample.at).collect();
        assert_eq!(times, [0, 5, 10, 15].map(at));
    }

    #[test]
    fn a_single_wild_reading_moves_nothing() {
        let mut sampler = Sampler::over(LONGEST_WINDOW);
        let rate = |second| if second == 30 { 190.0 } else { 70.0 };
        let last = (0..60)
            .filter_map(|second| sampler.observe(at(second), Some(rate(second)), &[]))
            .last();
        assert!((last.unwrap().heart_rate - 70.0).abs() < 0.01);
    }

    #[test]
    fn rmssd_of_a_hand_computed_series() {
        // Differences of +10 and -10 in turn, then of +10 and -20: 30 of the latter, 29 of the former.
        assert!((rmssd(&beats(&[800.0, 810.0].repeat(30))).unwrap() - 10.0).abs() < 1e-9);
        let falling: Vec<f64> =
            (0..60).map(|n| 800.0 - f64::from(n / 2 * 10) - f64::from(n % 2 * 20)).collect();
        let root = ((30.0 * 400.0 + 29.0 * 100.0) / 59.0f64).sqrt();
        assert!((rmssd(&beats(&falling)).unwrap() - root).abs() < 1e-9);
    }

    #[test]
    fn no_difference_is_taken_across_an_artefact_or_a_gap() {
        let mut series = beats(&[800.0, 810.0].repeat(30));
        series[20].artefact = Some(Artefact::Ectopic);
        series[20].rr = RrInterval::from_millis(1900.0).unwrap();
        series[40].follows = false;
        series[40].rr = RrInterval::from_millis(300.0).unwrap();
        series[41].follows = false;
        assert!((rmssd(&series).unwrap() - 10.0).abs() < 1e-9);
    }

    #[test]
    fn too_many_artefacts_leave_no_rmssd() {
        let mut series = beats(&[800.0, 810.0].repeat(60));
        for n in 0..7 {
            series[n * 10].artefact = Some(Artefact::Missed);
        }
        assert_eq!(rmssd(&series), None);
    }

    #[test]
    fn intervals_alone_give_a_rate() {
        let (mut filter, mut sampler) = (BeatFilter::default(), Sampler::over(LONGEST_WINDOW));
        let sample = (0..60).filter_map(|second| {
            let beats = filter.label(at(second), &[RrInterval::from_millis(1000.0).unwrap()]);
            sampler.observe(at(second), None, &beats)
        });
        assert!((sample.last().unwrap().heart_rate - 60.0).abs() < 1e-9);
    }

    #[test]
    fn a_device_that_sends_every_fifteen_seconds_covers_the_minute() {
        let mut sampler = Sampler::over(LONGEST_WINDOW);
        let last = (0..20).filter_map(|n| sampler.observe(at(n * 15), Some(70.0), &[])).last();
        assert!(last.unwrap().coverage > 0.8);
    }

    #[test]
    fn a_drop_out_shows_in_the_coverage() {
        let mut sampler = Sampler::over(LONGEST_WINDOW);
        for second in 0..30 {
            sampler.observe(at(second), Some(70.0), &[]);
        }
        let back = sampler.observe(at(80), Some(70.0), &[]).unwrap();
        assert!(back.coverage < 0.5, "{}", back.coverage);
    }

    proptest! {
        #[test]
        fn shifting_all_times_changes_nothing(
            readings in prop::collection::vec((0i64..40, 20.0..250.0f64), 1..200),
            shift in 0i64..100_000_000_000,
        ) {
            let run = |shift: i64| {
                let (mut sampler, mut second) = (Sampler::over(LONGEST_WINDOW), shift);
                readings.iter().filter_map(|&(step, rate)| {
                    second += step;
                    sampler.observe(at(second), Some(rate), &[])
                }).map(|sample| (sample.heart_rate.to_bits(), sample.coverage.to_bits())).collect::<Vec<_>>()
            };
            prop_assert_eq!(run(0), run(shift));
        }

        #[test]
        fn coverage_is_a_share(readings in prop::collection::vec((-20i64..40, 0.0..1000.0f64), 1..200)) {
            let (mut sampler, mut second) = (Sampler::over(LONGEST_WINDOW), 1000);
            for (step, rate) in readings {
                second += step;
                if let Some(sample) = sampler.observe(at(second), Some(rate), &[]) {
                    prop_assert!((0.0..=1.0).contains(&sample.coverage));
                    prop_assert!(PLAUSIBLE.contains(&sample.heart_rate));
                }
            }
        }
    }
}
