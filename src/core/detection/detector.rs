//! Settled, rising, elevated, settling: when the heart has been up for long enough.
//!
//! The heart is rising from the moment it leaves what is usual (a third of the rise that counts). It is elevated once the mean
//! over `sustain` reaches the whole rise, with at least half of the samples there, and settled again when it has been back
//! below half of it for a minute. The gap between the whole and the half is the hysteresis: a rate that hovers at the threshold
//! makes one elevation, not ten. The mean over the window found more than a count of high samples did, on the same recorded hearts.

use std::collections::VecDeque;
use std::ops::Add;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::context::Presence;
use crate::heart::MAX_SAMPLE_SPAN;
use crate::heart::Rates;
use crate::heart::Sample;

use super::baseline::Usual;
use super::settings::DetectionSettings;
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
    /// Mean of the rates over the last `sustain`, in bpm, each as the monitor sent it.
    pub heart_rate: f64,
    /// What is usual, in bpm.
    pub usual: f64,
    /// The usual spread, in bpm.
    pub spread: f64,
    /// How long the elevation has lasted: since the rate left what is usual. A large rise brings the mean up in less than
    /// `sustain`, but never in less than half of it.
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
    /// Where nothing tells whether somebody sits at the desk.
    unseen: Thresholds,
    rearm: SignedDuration,
    needs_rmssd: bool,
    phase: Phase,
    window: VecDeque<Point>,
    /// All rates of the window, but for what rounding leaves: what has left it is taken away again.
    rough: Rates,
    /// How much of the window its samples cover: whole nanoseconds, so what is added can be taken away again.
    covered: SignedDuration,
}

/// One sample of the window over which the rise is averaged.
#[derive(Clone, Copy, Debug)]
struct Point {
    at: Timestamp,
    heart_rate: f64,
    since_last: Rates,
    ln_rmssd: Option<f64>,
}

impl Detector {
    /// A detector of a settled heart. An elevation needs an RMSSD below usual, where it is known, if that part of the method is at work.
    #[must_use]
    pub fn new(settings: &DetectionSettings) -> Self {
        Self {
            thresholds: settings.thresholds(),
            unseen: settings.thresholds_for(Presence::Unknown),
            rearm: settings.rearm.value(),
            needs_rmssd: settings.method.rmssd,
            phase: Phase::Settled,
            window: VecDeque::new(),
            rough: Rates::default(),
            covered: SignedDuration::ZERO,
        }
    }

    /// Takes in the next sample, held against what is usual.
    pub fn observe(&mut self, sample: &Sample, usual: Usual, presence: Presence) -> Finding {
        self.remember(sample);
        let at = sample.at;
        let rise = self.rise(usual.spread, presence);
        let share = match self.phase {
            Phase::Elevated { .. } => EXIT_SHARE,
            Phase::Settled | Phase::Rising { .. } | Phase::Settling { .. } => ONSET_SHARE,
        };
        let up = sample.heart_rate - usual.heart_rate >= rise * share;
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
            Phase::Rising { last_up, .. } if at.duration_since(last_up) >= EXIT_DEBOUNCE => {
                self.phase = Phase::Settled;
            }
            Phase::Elevated { last_up, .. } if at.duration_since(last_up) >= EXIT_DEBOUNCE => {
                self.phase = Phase::Settling { since: last_up };
                return Finding::Ended;
            }
            _ => {}
        }
        let (Phase::Rising { since, last_up } | Phase::Elevated { since, last_up }) = self.phase
        else {
            return Finding::Nothing;
        };
        // A heart that is on its way down is left alone, however high its mean still is.
        let sustained =
            if up { self.sustained(at.duration_since(since), usual, presence) } else { None };
        if sustained.is_some() {
            self.phase = Phase::Elevated { since, last_up };
        }
        if matches!(self.phase, Phase::Elevated { .. }) {
            Finding::Elevated(sustained)
        } else {
            Finding::Nothing
        }
    }

    /// Over how long the excess is averaged.
    #[must_use]
    pub const fn sustain(&self) -> SignedDuration {
        self.thresholds.sustain
    }

    /// Where the heart stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Lets a new elevation begin at once.
    pub fn rearm(&mut self) {
        if matches!(self.phase, Phase::Settling { .. }) {
            self.phase = Phase::Settled;
        }
    }

    /// Takes in a sample without a judgement, while too little is known for one.
    pub fn collect(&mut self, sample: &Sample) {
        self.remember(sample);
    }

    /// Ends what is under way, and forgets the rates of the last minutes: they were of no heart.
    pub fn restart(&mut self) -> Finding {
        self.window.clear();
        self.rough = Rates::default();
        self.covered = SignedDuration::ZERO;
        self.interrupt()
    }

    /// Ends whatever is under way, as after a long gap: what was seen before says nothing about now.
    pub fn interrupt(&mut self) -> Finding {
        let ended = matches!(self.phase, Phase::Elevated { .. });
        self.phase = Phase::Settled;
        if ended { Finding::Ended } else { Finding::Nothing }
    }

    fn remember(&mut self, sample: &Sample) {
        let ln_rmssd = sample.rmssd.filter(|&ms| ms > 0.0).map(f64::ln);
        let Sample { at, heart_rate, since_last, .. } = *sample;
        if let Some(last) = self.window.back() {
            self.covered += span(last.at, at);
        }
        self.window.push_back(Point { at, heart_rate, since_last, ln_rmssd });
        self.rough = self.rough + since_last;
        while let Some(first) = self.window.front()
            && at.duration_since(first.at) > self.thresholds.sustain
        {
            let left = first.at;
            self.rough.sum -= first.since_last.sum;
            self.rough.count -= first.since_last.count;
            self.window.pop_front();
            if let Some(next) = self.window.front() {
                self.covered -= span(left, next.at);
            }
        }
    }

    /// The figures, if the rise over the last `sustain` is large enough.
    fn sustained(
        &self,
        lasted: SignedDuration,
        usual: Usual,
        presence: Presence,
    ) -> Option<Figures> {
        if lasted * 2 < self.thresholds.sustain || !self.is_whole() {
            return None;
        }
        let roughly = self.rough.mean() - usual.heart_rate;
        if roughly < self.rise(usual.spread, presence) - ROUGHLY_BPM {
            return None;
        }
        let all =
            self.window.iter().map(|point| point.since_last).fold(Rates::default(), Rates::add);
        let figures = Figures {
            heart_rate: tenth(all.mean()),
            usual: tenth(usual.heart_rate),
            spread: tenth(usual.spread),
            sustained: lasted,
        };
        let rise = self.rise(figures.spread, presence);
        // What takes a walk over the window comes last.
        (figures.excess() >= rise
            && self.is_covered()
            && self.is_mostly_up(usual, rise)
            && (figures.excess() >= CALM_FACTOR * rise || !self.is_calm(usual))
            && !(presence == Presence::Unknown && self.is_climbing()))
        .then_some(figures)
    }

    /// Whether at least half of the samples are the whole rise above usual.
    fn is_mostly_up(&self, usual: Usual, rise: f64) -> bool {
        let is_up = |point: &&Point| point.heart_rate - usual.heart_rate >= rise;
        let high = self.window.iter().filter(is_up).count();
        high * 2 >= self.window.len()
    }

    fn rise(&self, spread: f64, presence: Presence) -> f64 {
        let unseen = presence == Presence::Unknown;
        (if unseen { self.unseen } else { self.thresholds }).rise(spread)
    }

    /// Whether the rate still rises, as in exercise that has just begun: the last minute is above the two before it.
    fn is_climbing(&self) -> bool {
        let Some(last) = self.window.back() else { return false };
        let (mut newest, mut before) = (Rates::default(), Rates::default());
        for point in self.window.iter().rev() {
            let age = last.at.duration_since(point.at);
            if age >= MINUTE * 3 {
                break;
            }
            let part = if age < MINUTE { &mut newest } else { &mut before };
            *part = *part + point.since_last;
        }
        newest.mean() - before.mean() > CLIMBING_BPM
    }

    /// Whether the window reaches back over all of `sustain`, so that its mean is one over `sustain` and not over what there is.
    fn is_whole(&self) -> bool {
        let ends = self.window.front().zip(self.window.back());
        ends.is_some_and(|(first, last)| {
            last.at.duration_since(first.at) >= self.thresholds.sustain - MAX_SAMPLE_SPAN
        })
    }

    /// Whether samples cover at least half of `sustain`.
    fn is_covered(&self) -> bool {
        self.covered * 2 >= self.thresholds.sustain
    }

    /// Whether the variability speaks against arousal: not clearly below usual, where it is known for half of the window.
    fn is_calm(&self, usual: Usual) -> bool {
        let Some(variability) = usual.ln_rmssd.filter(|_| self.needs_rmssd) else { return false };
        let known = self.window.iter().filter_map(|point| point.ln_rmssd);
        let (count, sum) = known.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
        count >= self.window.len() as f64 / 2.0
            && sum / count > variability.median - RMSSD_MARGIN * variability.spread
    }
}

/// What a sample covers that came after another one.
fn span(before: Timestamp, at: Timestamp) -> SignedDuration {
    at.duration_since(before).min(MAX_SAMPLE_SPAN)
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// The rate rises from this share of the rise that an elevation needs. From there on nothing is learned of it: at a half, slow rises had
/// become usual before they counted, and 8 of 43 laboratory tasks were found instead of 10.
const ONSET_SHARE: f64 = 0.35;
/// An elevation lasts while the rate is at least this share of the rise above usual.
const EXIT_SHARE: f64 = 0.5;
/// An elevation ends once the rate has been below [`EXIT_SHARE`] for this long: one calm breath or one lost packet ends nothing.
const EXIT_DEBOUNCE: SignedDuration = SignedDuration::from_secs(60);
/// What is that far below the rise is so however it is rounded.
const ROUGHLY_BPM: f64 = 1.0;
/// RMSSD has to be this share of its spread below usual: it cut everyday triggers by 16 to 21 % at no loss of labelled hits.
const RMSSD_MARGIN: f64 = 0.25;
/// A rise half as large again counts whatever the variability is: that is the weaker sign, and its veto kept a rise of 20 bpm unseen.
const CALM_FACTOR: f64 = 1.5;
/// The last minute so far above the two before it still rises.
const CLIMBING_BPM: f64 = 3.0;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USUAL: Usual = Usual { heart_rate: 70.0, spread: 4.0, ln_rmssd: None };

    fn detector() -> Detector {
        Detector::new(&DetectionSettings::default())
    }

    /// A sample every five seconds; each stretch is a rate and how many minutes it lasts.
    fn minutes(stretches: &[(f64, u32)]) -> Vec<Sample> {
        let rates = stretches.iter().flat_map(|&(rate, minutes)| vec![rate; minutes as usize * 12]);
        let sample = |(n, heart_rate): (i64, f64)| {
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(n * 5);
            Sample {
                at,
                heart_rate,
                since_last: Rates::steady(heart_rate, 5),
                rmssd: None,
                coverage: 1.0,
            }
        };
        (0..).zip(rates).map(sample).collect()
    }

    /// In which minute an elevation was first sustained, and in which it ended, for each one.
    #[track_caller]
    fn elevations(stretches: &[(f64, u32)]) -> Vec<(i64, Option<i64>)> {
        let mut detector = detector();
        let mut found: Vec<(i64, Option<i64>)> = Vec::new();
        for sample in minutes(stretches) {
            let minute = sample.at.as_second() / 60;
            match detector.observe(&sample, USUAL, Presence::AtDesk) {
                Finding::Elevated(Some(_)) if found.last().is_none_or(|last| last.1.is_some()) => {
                    found.push((minute, None));
                }
                Finding::Ended => found.last_mut().unwrap().1 = Some(minute),
                Finding::Nothing | Finding::Elevated(_) => {}
            }
        }
        found
    }

    #[test]
    fn a_sustained_rise_is_found_and_ends_when_the_heart_settles() {
        assert_eq!(elevations(&[(70.0, 10), (82.0, 10), (70.0, 10)]), [(13, Some(20))]);
    }

    #[test]
    fn a_rise_just_large_enough_takes_the_whole_of_sustain() {
        assert_eq!(elevations(&[(70.0, 10), (78.0, 10)]), [(15, None)]);
    }

    #[test]
    fn a_rise_too_small_or_too_short_is_none() {
        assert_eq!(elevations(&[(70.0, 10), (77.0, 60)]), []);
        assert_eq!(elevations(&[(70.0, 10), (85.0, 2), (70.0, 10)]), []);
    }

    #[test]
    fn a_wider_spread_needs_a_larger_rise() {
        let mut detector = detector();
        let restless = Usual { spread: 10.0, ..USUAL };
        let found = minutes(&[(84.0, 20)])
            .iter()
            .any(|sample| detector.observe(sample, restless, Presence::AtDesk) != Finding::Nothing);
        assert!(!found);
    }

    #[test]
    fn a_dip_of_half_a_minute_ends_nothing() {
        let mut detector = detector();
        let mut samples = minutes(&[(70.0, 5), (85.0, 20)]);
        samples[200..206].iter_mut().for_each(|sample| sample.heart_rate = 70.0);
        assert!(
            samples
                .iter()
                .all(|sample| detector.observe(sample, USUAL, Presence::AtDesk) != Finding::Ended)
        );
    }

    #[test]
    fn a_new_elevation_needs_the_heart_to_settle_first() {
        let rise = (85.0, 10);
        assert_eq!(elevations(&[(70.0, 5), rise, (70.0, 3), rise]).len(), 1);
        assert_eq!(elevations(&[(70.0, 5), rise, (70.0, 7), rise]).len(), 2);
    }

    #[test]
    fn a_calm_variability_speaks_against_it() {
        let known = Usual {
            ln_rmssd: Some(crate::detection::Variability { median: 3.4, spread: 0.4 }),
            ..USUAL
        };
        let found = |rate: f64, rmssd: f64| {
            let mut detector = detector();
            let samples = minutes(&[(70.0, 5), (rate, 20)]).into_iter();
            samples.map(|sample| Sample { rmssd: Some(rmssd), ..sample }).any(|sample| {
                matches!(detector.observe(&sample, known, Presence::AtDesk), Finding::Elevated(_))
            })
        };
        assert!(!found(81.0, 30.0) && found(81.0, 20.0));
        assert!(found(83.0, 30.0), "a rise as large is the stronger sign");
    }

    #[test]
    fn where_nothing_tells_of_the_desk_more_is_needed() {
        let found = |rate: f64, presence: Presence| {
            let mut detector = detector();
            minutes(&[(70.0, 5), (rate, 20)]).iter().any(|sample| {
                matches!(detector.observe(sample, USUAL, presence), Finding::Elevated(_))
            })
        };
        assert!(found(83.0, Presence::AtDesk) && !found(83.0, Presence::Unknown));
        assert!(found(85.0, Presence::Unknown));
    }

    #[test]
    fn where_nothing_tells_of_the_desk_a_climb_is_waited_for() {
        let first = |presence: Presence| {
            let mut detector = detector();
            let climb: Vec<_> =
                (0..20).map(|minute| (86.0 + 2.5 * f64::from(minute.min(10)), 1)).collect();
            let samples = minutes(&[vec![(70.0, 5)], climb].concat());
            let found = samples.iter().position(|sample| {
                matches!(detector.observe(sample, USUAL, presence), Finding::Elevated(_))
            });
            found.map(|place| place / 12)
        };
        assert_eq!((first(Presence::AtDesk), first(Presence::Unknown)), (Some(7), Some(16)));
    }

    #[test]
    fn what_is_shown_is_what_decided() {
        let mut detector = detector();
        let usual = Usual { heart_rate: 70.04, spread: 5.36, ..USUAL };
        let findings = minutes(&[(70.0, 5), (79.0, 10)])
            .into_iter()
            .map(|sample| detector.observe(&sample, usual, Presence::AtDesk));
        let figures: Vec<_> = findings
            .filter_map(|finding| match finding {
                Finding::Elevated(figures) => figures,
                Finding::Nothing | Finding::Ended => None,
            })
            .collect();
        assert!(!figures.is_empty());
        for figures in figures {
            assert_eq!(figures.usual.to_string(), "70");
            assert!(figures.excess() >= 8.0f64.max(1.5 * figures.spread));
            assert!(figures.sustained >= SignedDuration::from_secs(150));
        }
    }

    proptest! {
        #[test]
        fn time_and_rates_are_those_of_the_window(
            steps in prop::collection::vec((-20i64..40, prop::bool::weighted(0.02)), 0..300),
        ) {
            let (mut detector, mut second) = (detector(), 0);
            for (step, restart) in steps {
                second += step;
                let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
                if restart {
                    detector.restart();
                }
                detector.collect(&Sample { at, ..minutes(&[(70.0, 1)])[0] });
                let pairs = detector.window.iter().zip(detector.window.iter().skip(1));
                let spans = pairs.map(|(first, next)| next.at.duration_since(first.at).min(MAX_SAMPLE_SPAN));
                prop_assert_eq!(detector.covered, spans.sum());
                let all = detector.window.iter().map(|point| point.since_last).fold(Rates::default(), Rates::add);
                prop_assert_eq!(detector.rough.count, all.count);
                prop_assert!((detector.rough.sum - all.sum).abs() < 1e-6);
            }
        }

        #[test]
        fn elevations_begin_and_end_in_turn(
            stretches in prop::collection::vec((40.0..120.0f64, 1u32..12), 1..20),
            shift in 0i64..100_000_000,
        ) {
            let run = |shift: i64| {
                let mut detector = detector();
                let shifted = |sample: Sample| Sample { at: sample.at + SignedDuration::from_secs(shift), ..sample };
                minutes(&stretches).into_iter().map(|sample| detector.observe(&shifted(sample), USUAL, Presence::AtDesk)).collect::<Vec<_>>()
            };
            let findings = run(0);
            let mut elevated = false;
            for finding in &findings {
                prop_assert!(*finding != Finding::Ended || elevated);
                elevated = matches!(finding, Finding::Elevated(_));
            }
            prop_assert_eq!(findings, run(shift));
        }
    }
}
