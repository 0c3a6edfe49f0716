//! The baseline as plain data: what is stored of it from one run to the next.

use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use super::BINS;
use super::Baseline;
use super::Gathering;
use super::Histogram;
use super::LARGEST_UNIT;
use super::Minute;
use super::QUIET_MINUTES;
use crate::detection::Method;

/// All that a [`Baseline`] knows but for the minute under way. Any values may stand in it; [`Baseline::restored`] checks them.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineState {
    /// How long the rate was at 30, 31, ... 240 bpm, in seconds times `unit`.
    pub seconds: Vec<f64>,
    /// How long the rate was 70, 69, ... bpm below what was usual then, up to 140 above, likewise; empty where it was stored before that was
    /// kept.
    #[serde(default)]
    pub deviations: Vec<f64>,
    /// What a second of wear counts by now, 1 or more: it grows, so that older wear counts less.
    pub unit: f64,
    /// How much wear taught it, in milliseconds.
    pub learned_ms: i64,
    /// The last quiet minutes, oldest first, 60 at most, of which the last 20 count: earlier versions kept more.
    pub quiet: Vec<QuietMinute>,
}

/// One quiet minute.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct QuietMinute {
    /// When it was full.
    pub at: Timestamp,
    /// Mean rate, in bpm.
    pub heart_rate: f64,
    /// Mean of the natural logarithm of RMSSD in ms; `None` when too little is known.
    pub ln_rmssd: Option<f64>,
}

impl Baseline {
    /// What there is to store.
    #[must_use]
    pub fn state(&self) -> BaselineState {
        let quiet = |minute: &Minute| QuietMinute {
            at: minute.at,
            heart_rate: minute.heart_rate,
            ln_rmssd: minute.ln_rmssd,
        };
        BaselineState {
            seconds: self.long_term.seconds.clone(),
            deviations: self.deviations.seconds.clone(),
            unit: self.long_term.unit,
            learned_ms: i64::try_from(self.learned.as_millis()).unwrap_or(i64::MAX),
            quiet: self.quiet.iter().map(quiet).collect(),
        }
    }

    /// The baseline that was stored; `None` when no baseline can look like this.
    #[must_use]
    pub fn restored(method: Method, state: BaselineState) -> Option<Self> {
        let fit = |seconds: &[f64]| {
            seconds.len() == BINS
                && seconds.iter().all(|seconds| (0.0..=MOST_SECONDS).contains(seconds))
        };
        let seconds_fit = fit(&state.seconds) && state.seconds.iter().sum::<f64>() > 0.0;
        let deviations_fit = state.deviations.is_empty() || fit(&state.deviations);
        let minute_fits = |minute: &QuietMinute| {
            minute.heart_rate.is_finite()
                && minute.heart_rate > 0.0
                && minute.ln_rmssd.is_none_or(f64::is_finite)
        };
        let fits = seconds_fit
            && deviations_fit
            && (1.0..=LARGEST_UNIT).contains(&state.unit)
            && state.learned_ms >= 0
            && state.quiet.len() <= MOST_QUIET_MINUTES
            && state.quiet.iter().all(minute_fits);
        if !fits {
            return None;
        }
        let quiet = |minute: QuietMinute| Minute {
            at: minute.at,
            heart_rate: minute.heart_rate,
            ln_rmssd: minute.ln_rmssd,
        };
        let mut deviations = Histogram::empty(state.unit);
        if !state.deviations.is_empty() {
            deviations.seconds = state.deviations;
        }
        let too_many = state.quiet.len().saturating_sub(QUIET_MINUTES);
        let mut baseline = Self {
            long_term: Histogram { seconds: state.seconds, unit: state.unit },
            deviations,
            learned: SignedDuration::from_millis(state.learned_ms),
            quiet: state.quiet.into_iter().skip(too_many).map(quiet).collect(),
            gathering: Gathering::default(),
            ..Self::new(method)
        };
        baseline.sum_up();
        Some(baseline)
    }
}

/// As many as were ever kept.
const MOST_QUIET_MINUTES: usize = 60;
/// Far above what a lifetime of wear can reach in the largest unit.
const MOST_SECONDS: f64 = 1e16;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::heart::Rates;
    use crate::heart::Sample;

    fn after(rates: &[(f64, Option<f64>)]) -> Baseline {
        let mut baseline = Baseline::new(Method::default());
        for (n, &(heart_rate, rmssd)) in (0i64..).zip(rates) {
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(n * 5);
            baseline.learn(&Sample {
                at,
                heart_rate,
                since_last: Rates::default(),
                rmssd,
                coverage: 1.0,
            });
        }
        baseline
    }

    #[test]
    fn a_state_no_baseline_can_have_is_refused() {
        let good = after(&[(64.0, Some(40.0)); 100]).state();
        let restored = |change: fn(&mut BaselineState)| {
            let mut state = good.clone();
            change(&mut state);
            Baseline::restored(Method::default(), state)
        };
        assert!(restored(|_| ()).is_some());
        assert!(restored(|state| state.seconds.truncate(210)).is_none());
        assert!(restored(|state| state.seconds[40] = f64::NAN).is_none());
        assert!(restored(|state| state.seconds[40] = -1.0).is_none());
        assert!(restored(|state| state.seconds.fill(0.0)).is_none());
        assert!(restored(|state| state.deviations.truncate(210)).is_none());
        assert!(restored(|state| state.deviations[40] = -1.0).is_none());
        assert!(restored(|state| state.unit = 0.0).is_none());
        assert!(restored(|state| state.learned_ms = -1).is_none());
        assert!(restored(|state| state.quiet[0].heart_rate = f64::INFINITY).is_none());
        assert!(restored(|state| state.quiet = state.quiet.repeat(100)).is_none());
    }

    #[test]
    fn a_state_of_an_earlier_version_is_restored() {
        let now = after(&vec![(64.0, Some(40.0)); 2_000]);
        let mut json = serde_json::to_value(now.state()).unwrap();
        json.as_object_mut().unwrap().remove("deviations");
        let minutes = json["quiet"].as_array().unwrap().clone();
        json["quiet"] = [minutes.clone(), minutes.clone(), minutes].concat().into();
        let before =
            Baseline::restored(Method::default(), serde_json::from_value(json).unwrap()).unwrap();
        assert_eq!(before.usual(), now.usual());
        assert_eq!(before.learned(), now.learned());
        assert_eq!(before.state().quiet.len(), QUIET_MINUTES);
    }

    proptest! {
        #[test]
        fn what_is_stored_and_restored_knows_the_same(
            rates in prop::collection::vec((30.0..240.0f64, prop::option::of(1.0..200.0f64)), 0..2_000),
        ) {
            let mut before = after(&rates);
            // What is usual follows at the end of each minute; restored, it is summed up at once.
            before.sum_up();
            let json = serde_json::to_string(&before.state()).unwrap();
            let after = Baseline::restored(Method::default(), serde_json::from_str(&json).unwrap()).unwrap();
            prop_assert_eq!(after.usual(), before.usual());
            prop_assert_eq!(after.learned(), before.learned());
            prop_assert_eq!(after.state(), before.state());
        }
    }
}
