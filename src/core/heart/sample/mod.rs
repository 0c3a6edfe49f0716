//! Sums up readings in one sample every five seconds. Pure.
//!
//! What a sample says of the last minutes is kept up to date as readings come and go, so that it costs the same however long
//! they are.

mod beats;
mod counts;
mod rates;

use std::ops::Add;

use jiff::SignedDuration;
use jiff::Timestamp;

use super::BeatFilter;
use super::RrInterval;

use beats::BeatWindow;
use rates::RateWindow;

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

    /// In bpm; NaN of none.
    #[must_use]
    pub fn mean(self) -> f64 {
        self.sum / f64::from(self.count)
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
    filter: BeatFilter,
    recent: Recent,
}

/// What readings left, besides what the filter of beats knows.
#[derive(Clone, Debug, Default)]
struct Recent {
    since_last: Rates,
    rates: RateWindow,
    beats: BeatWindow,
    /// When the last sample was taken, in ns since 1970.
    sampled_ns: Option<i128>,
}

impl Sampler {
    /// The least time between two samples.
    pub const EVERY: SignedDuration = SignedDuration::from_secs(5);

    /// A sampler whose rate is the median over `window`, which is brought between 10 s and one minute.
    #[must_use]
    pub fn over(window: SignedDuration) -> Self {
        Self {
            window: window.clamp(SHORTEST_WINDOW, LONGEST_WINDOW),
            filter: BeatFilter::default(),
            recent: Recent::default(),
        }
    }

    /// The time over which a sample's rate is the median.
    #[must_use]
    pub const fn window(&self) -> SignedDuration {
        self.window
    }

    /// Takes in what arrived at `at`, the intervals oldest first; `None` until the next sample is due, and while no rate in the
    /// window is plausible.
    ///
    /// Where the rate is missing, the mean of the NN intervals takes its place: some recordings hold nothing else.
    pub fn observe(
        &mut self,
        at: Timestamp,
        heart_rate: Option<f64>,
        rr: &[RrInterval],
    ) -> Option<Sample> {
        let now_ns = at.as_nanosecond();
        if self.recent.last_ns().is_some_and(|last_ns| now_ns < last_ns) {
            self.recent = Recent::default();
        }
        let Recent { since_last, rates, beats, sampled_ns } = &mut self.recent;
        let (mut normal, mut normal_ms) = (0u32, 0.0);
        self.filter.label_each(now_ns, rr, |beat| {
            if beat.artefact.is_none() {
                normal += 1;
                normal_ms += beat.rr.millis();
            }
            beats.push(beat);
        });
        let mean = || (normal > 0).then(|| 60_000.0 * f64::from(normal) / normal_ms);
        let rate = heart_rate.or_else(mean);
        if let Some(rate) = rate.filter(|rate| PLAUSIBLE.contains(rate)) {
            rates.push(now_ns, rate);
            *since_last = *since_last + Rates::steady(rate, 1);
        }
        if sampled_ns.is_some_and(|last_ns| now_ns - last_ns < Self::EVERY.as_nanos()) {
            return None;
        }
        rates.keep(now_ns, self.window.as_nanos());
        beats.keep(now_ns, RMSSD_WINDOW.as_nanos());
        let heart_rate = rates.median()?;
        *sampled_ns = Some(now_ns);
        let whole = self.window - Self::EVERY;
        Some(Sample {
            at,
            heart_rate,
            since_last: std::mem::take(since_last),
            rmssd: beats.rmssd(),
            coverage: (rates.covered(now_ns).as_secs_f64() / whole.as_secs_f64()).min(1.0),
        })
    }

    /// The share of artefacts among the beats of the last two minutes, 0 to 1; `None` without a beat.
    #[must_use]
    pub fn artefacts(&self) -> Option<f64> {
        self.recent.beats.artefact_share()
    }

    /// Starts again, as after a gap or a step of the clock.
    pub fn reset(&mut self) {
        *self = Self::over(self.window);
    }
}

impl Recent {
    /// The last time that is known, in ns since 1970.
    fn last_ns(&self) -> Option<i128> {
        self.sampled_ns.max(self.rates.last_ns())
    }
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

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    fn steady(rate: f64, seconds: i64) -> Vec<Sample> {
        let mut sampler = Sampler::over(LONGEST_WINDOW);
        (0..seconds).filter_map(|second| sampler.observe(at(second), Some(rate), &[])).collect()
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
    fn intervals_alone_give_a_rate() {
        let mut sampler = Sampler::over(LONGEST_WINDOW);
        let rr = [RrInterval::from_millis(1000.0).unwrap()];
        let sample = (0..60).filter_map(|second| sampler.observe(at(second), None, &rr));
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
