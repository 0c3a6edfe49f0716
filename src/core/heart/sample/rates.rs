//! The rates of the last minute, and what a sample says of them.

use std::collections::VecDeque;

use jiff::SignedDuration;

use super::MAX_SAMPLE_SPAN;
use super::MOST_IN_WINDOW;
use super::counts::RateCounts;
use crate::heart::median;

/// Plausible rates in the order of time.
#[derive(Clone, Debug, Default)]
pub(super) struct RateWindow {
    rates: VecDeque<TimedRate>,
    /// The sum of the spans of all rates but the last, which isn't over yet: whole nanoseconds, so what is added can be taken
    /// away again.
    covered_ns: i64,
    counts: RateCounts,
    scratch: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
struct TimedRate {
    /// Since 1970.
    at_ns: i128,
    bpm: f64,
}

impl RateWindow {
    /// When the last rate came, in ns since 1970; `None` where there is none.
    pub(super) fn last_ns(&self) -> Option<i128> {
        self.rates.back().map(|rate| rate.at_ns)
    }

    /// Takes in a rate that isn't older than the last one.
    pub(super) fn push(&mut self, at_ns: i128, bpm: f64) {
        if let Some(last) = self.rates.back() {
            self.covered_ns += span_ns(last.at_ns, at_ns);
        }
        self.rates.push_back(TimedRate { at_ns, bpm });
        self.counts.add(bpm);
        if self.rates.len() > MOST_IN_WINDOW {
            self.pop();
        }
    }

    /// Keeps what is less than `window_ns` old.
    pub(super) fn keep(&mut self, now_ns: i128, window_ns: i128) {
        while self.rates.front().is_some_and(|rate| now_ns - rate.at_ns >= window_ns) {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let Some(first) = self.rates.pop_front() else { return };
        self.counts.subtract(first.bpm);
        if let Some(next) = self.rates.front() {
            self.covered_ns -= span_ns(first.at_ns, next.at_ns);
        }
    }

    /// In bpm; `None` where there is no rate.
    pub(super) fn median(&mut self) -> Option<f64> {
        if self.counts.all_whole() {
            return self.counts.median();
        }
        self.scratch.clear();
        self.scratch.extend(self.rates.iter().map(|rate| rate.bpm));
        median(&mut self.scratch)
    }

    /// For how long there was a rate.
    pub(super) fn covered(&self, now_ns: i128) -> SignedDuration {
        let last_ns = self.last_ns().map_or(0, |begin_ns| span_ns(begin_ns, now_ns));
        SignedDuration::from_nanos(self.covered_ns + last_ns)
    }
}

/// Each reading counts for the time until the next one, up to [`MAX_SAMPLE_SPAN`].
fn span_ns(begin_ns: i128, end_ns: i128) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "15 s at most")]
    let span_ns = (end_ns - begin_ns).min(MAX_SAMPLE_SPAN.as_nanos()) as i64;
    span_ns
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND_NS: i128 = 1_000_000_000;

    /// [`RateWindow`] by its definition.
    #[derive(Default)]
    struct Plain(Vec<(i128, f64)>);

    impl Plain {
        fn keep(&mut self, now_ns: i128, window_ns: i128) {
            self.0.retain(|&(at_ns, _)| now_ns - at_ns < window_ns);
        }

        fn median(&self) -> Option<f64> {
            median(&mut self.0.iter().map(|&(_, bpm)| bpm).collect::<Vec<_>>())
        }

        fn covered(&self, now_ns: i128) -> SignedDuration {
            let ends = self.0.iter().skip(1).map(|&(at_ns, _)| at_ns).chain([now_ns]);
            let span = |(&(begin_ns, _), end_ns): (&(i128, f64), i128)| {
                SignedDuration::from_nanos_i128(end_ns - begin_ns).min(MAX_SAMPLE_SPAN)
            };
            self.0.iter().zip(ends).map(span).sum()
        }
    }

    fn rate() -> impl Strategy<Value = f64> {
        prop_oneof![
            60 => (60u32..70).prop_map(f64::from),
            20 => (30u32..=240).prop_map(f64::from),
            1 => 30.0..=240.0f64,
        ]
    }

    proptest! {
        #[test]
        fn the_window_of_rates_is_as_its_definition(
            readings in prop::collection::vec((0..40 * SECOND_NS, rate()), 0..1_000),
            fast in 1i128..100,
        ) {
            let (mut window, mut plain) = (RateWindow::default(), Plain::default());
            let mut now_ns = 0;
            for (step_ns, bpm) in readings {
                now_ns += step_ns / fast;
                window.push(now_ns, bpm);
                plain.0.push((now_ns, bpm));
                plain.0.drain(..plain.0.len().saturating_sub(MOST_IN_WINDOW));
                window.keep(now_ns, 60 * SECOND_NS);
                plain.keep(now_ns, 60 * SECOND_NS);
                prop_assert_eq!(window.median(), plain.median());
                prop_assert_eq!(window.covered(now_ns), plain.covered(now_ns));
            }
        }
    }
}
