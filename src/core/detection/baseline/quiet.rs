//! The last quiet minutes.

use std::collections::VecDeque;

use jiff::Timestamp;

/// One quiet minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Minute {
    pub(super) at: Timestamp,
    pub(super) heart_rate: f64,
    pub(super) ln_rmssd: Option<f64>,
}

/// Minutes in the order of time, and their figures in order of size: nothing is sorted anew for each minute.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct QuietMinutes {
    minutes: VecDeque<Minute>,
    rates: Vec<f64>,
    ln_rmssd: Vec<f64>,
}

impl QuietMinutes {
    pub(super) fn push(&mut self, minute: Minute) {
        insert(&mut self.rates, minute.heart_rate);
        if let Some(ln_rmssd) = minute.ln_rmssd {
            insert(&mut self.ln_rmssd, ln_rmssd);
        }
        self.minutes.push_back(minute);
    }

    /// Lets go of the oldest.
    pub(super) fn pop(&mut self) {
        let Some(minute) = self.minutes.pop_front() else { return };
        remove(&mut self.rates, minute.heart_rate);
        if let Some(ln_rmssd) = minute.ln_rmssd {
            remove(&mut self.ln_rmssd, ln_rmssd);
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn len(&self) -> usize {
        self.minutes.len()
    }

    pub(super) fn oldest(&self) -> Option<&Minute> {
        self.minutes.front()
    }

    /// Oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Minute> {
        self.minutes.iter()
    }

    /// In bpm, the lowest first.
    pub(super) fn rates(&self) -> &[f64] {
        &self.rates
    }

    /// Of the minutes in which it's known, the lowest first.
    pub(super) fn ln_rmssd(&self) -> &[f64] {
        &self.ln_rmssd
    }
}

impl FromIterator<Minute> for QuietMinutes {
    fn from_iter<I: IntoIterator<Item = Minute>>(minutes: I) -> Self {
        let mut quiet = Self::default();
        for minute in minutes {
            quiet.push(minute);
        }
        quiet
    }
}

fn place(sorted: &[f64], value: f64) -> usize {
    sorted.partition_point(|other| other.total_cmp(&value).is_lt())
}

fn insert(sorted: &mut Vec<f64>, value: f64) {
    sorted.insert(place(sorted, value), value);
}

/// `value` is among them.
fn remove(sorted: &mut Vec<f64>, value: f64) {
    sorted.remove(place(sorted, value));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minute() -> impl Strategy<Value = Minute> {
        let rate = prop_oneof![(50u32..60).prop_map(f64::from), 30.0..240.0f64];
        (rate, prop::option::of(-1.0..6.0f64)).prop_map(|(heart_rate, ln_rmssd)| Minute {
            at: Timestamp::UNIX_EPOCH,
            heart_rate,
            ln_rmssd,
        })
    }

    fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut values: Vec<f64> = values.collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    proptest! {
        #[test]
        fn the_figures_of_the_minutes_stay_in_order_of_size(
            steps in prop::collection::vec(prop::option::weighted(0.6, minute()), 0..200),
        ) {
            let (mut quiet, mut plain) = (QuietMinutes::default(), VecDeque::new());
            for step in steps {
                if let Some(minute) = step {
                    quiet.push(minute);
                    plain.push_back(minute);
                } else {
                    quiet.pop();
                    plain.pop_front();
                }
                prop_assert!(quiet.iter().eq(&plain));
                prop_assert_eq!(quiet.rates(), sorted(plain.iter().map(|minute| minute.heart_rate)));
                prop_assert_eq!(quiet.ln_rmssd(), sorted(plain.iter().filter_map(|minute| minute.ln_rmssd)));
            }
        }
    }
}
