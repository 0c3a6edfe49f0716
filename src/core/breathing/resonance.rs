//! Finds the pace of the largest swing, the resonance frequency, in two minutes that go through all paces. Pure.
//!
//! A heart answers a breath like a resonator, a few seconds late. With two breaths a pace its swing is therefore largest a
//! little after the best pace has passed; a search breath by breath would find a pace too slow and be misled by every uneven
//! breath. So the whole two minutes are compared with resonators of every pace and of several sharpnesses, driven by the
//! guide, each in the size and the lag that fit best. Each is as likely as its residual is small; the mean of their best
//! paces is the answer, and their spread is its uncertainty.

use std::f64::consts::TAU;

use crate::breathing::guide;
use crate::breathing::least_squares::Fit;
use crate::breathing::least_squares::grid;
use crate::breathing::swing::Interval;

#[derive(Clone, Debug)]
pub(super) struct Resonance {
    best: Answer,
    /// The pace of the largest swing, in breaths a minute, [`guide::LAST`] to [`guide::FIRST`].
    pub(super) pace: f64,
    /// The standard deviation of the pace, in breaths a minute.
    pub(super) unsure: f64,
    /// The share of the intervals' variation (without a slow drift) that the resonators account for, up to 1; about 0 by
    /// chance.
    pub(super) explained: f64,
}

/// A heart that answers the breath as a resonator.
#[derive(Clone, Copy, Debug)]
struct Resonator {
    /// Natural frequency and damping, in 1/s.
    natural: f64,
    decay: f64,
}

/// A resonator at its best size and lag.
#[derive(Clone, Copy, Debug)]
struct Answer {
    resonator: Resonator,
    /// The weights of its two parts, in ms.
    parts: (f64, f64),
    residual: f64,
}

impl Resonance {
    /// From the normal intervals of a search, timed from its beginning; `None` with too few of them.
    pub(super) fn of(intervals: &[Interval]) -> Option<Self> {
        let first = intervals.partition_point(|interval| interval.t < SETTLED_S);
        let behind = intervals.partition_point(|interval| interval.t <= guide::LASTS_S);
        let intervals = intervals.get(first..behind)?;
        let drift = Fit::new(intervals.iter().map(|interval| (interval.ms, drift(interval.t))))?;
        let pushes = pushes();
        let answer = |one: Resonator| one.answer(&pushes, intervals);
        let answers: Vec<Answer> = resonators().filter_map(answer).collect();
        let best = *answers.iter().min_by(|a, b| a.residual.total_cmp(&b.residual))?;
        let free = intervals.len() as f64 - 9.0;
        let noise = RELATED * (best.residual / free).max(f64::MIN_POSITIVE);
        let weight = |answer: &Answer| ((best.residual - answer.residual) / (2.0 * noise)).exp();
        let mean = |of: &dyn Fn(f64) -> f64| {
            let (sum, weights) = answers.iter().fold((0.0, 0.0), |(sum, weights), answer| {
                (sum + weight(answer) * of(answer.pace()), weights + weight(answer))
            });
            sum / weights
        };
        let pace = mean(&|pace| pace);
        let unsure = mean(&|other| (other - pace).powi(2)).sqrt();
        let beside = drift.residual / (intervals.len() as f64 - 5.0);
        let explained = 1.0 - best.residual / free / beside.max(f64::MIN_POSITIVE);
        Some(Self { best, pace, unsure, explained })
    }

    /// Peak to trough at that many breaths a minute, in ms.
    pub(super) fn swing(&self, per_minute: f64) -> f64 {
        2.0 * self.best.amplitude(per_minute)
    }
}

impl Answer {
    fn pace(&self) -> f64 {
        grid(guide::LAST, guide::FIRST, PACE_STEP)
            .max_by(|&a, &b| self.amplitude(a).total_cmp(&self.amplitude(b)))
            .unwrap_or(guide::LAST)
    }

    /// Half of peak to trough for steady breathing at that many breaths a minute, in ms.
    fn amplitude(&self, per_minute: f64) -> f64 {
        let Resonator { natural, decay } = self.resonator;
        let (along, across) = self.parts;
        let breath = TAU * per_minute / 60.0;
        let push = (along * decay + across * natural).hypot(along * breath);
        let hold = decay * decay + natural * natural - breath * breath;
        push / hold.hypot(2.0 * decay * breath)
    }
}

impl Resonator {
    /// The answer to the guide, fitted to the intervals; the heart's earlier swing dies away.
    fn answer(self, pushes: &[f64], intervals: &[Interval]) -> Option<Answer> {
        let moved = self.driven(pushes);
        let at = |t: f64| {
            let place = (t / STEP_S).max(0.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "from 0 to the end of the guide"
            )]
            let index = (place as usize).min(moved.len() - 2);
            let part = place - index as f64;
            let ((a, b), (c, d)) = (moved[index], moved[index + 1]);
            (a + part * (c - a), b + part * (d - b))
        };
        let fit = Fit::new(intervals.iter().map(|interval| {
            let ([one, x, x2, x3, x4], (along, across)) = (drift(interval.t), at(interval.t));
            let (sin, cos) = (self.natural * interval.t).sin_cos();
            let fade = (-self.decay * interval.t).exp();
            (interval.ms, [one, x, x2, x3, x4, along, across, fade * cos, fade * sin])
        }))?;
        let [_, _, _, _, _, along, across, ..] = fit.weights;
        Some(Answer { resonator: self, parts: (along, across), residual: fit.residual })
    }

    /// The two parts, a quarter of a cycle apart, every [`STEP_S`], from rest.
    fn driven(self, pushes: &[f64]) -> Vec<(f64, f64)> {
        let fade = (-self.decay * STEP_S).exp();
        let (sin, cos) = (self.natural * STEP_S).sin_cos();
        let (mut along, mut across) = (0.0, 0.0);
        let step = |push: &f64| {
            let here = (along, across);
            let (a, b) = here;
            along = fade * (a * cos - b * sin) + push;
            across = fade * (a * sin + b * cos);
            here
        };
        pushes.iter().map(step).collect()
    }
}

/// The drive in the middle of each step: near enough at steps this small.
fn pushes() -> Vec<f64> {
    let middles = grid(0.5 * STEP_S, guide::LASTS_S + 1.5 * STEP_S, STEP_S);
    middles.map(|middle| STEP_S * guide::phase(middle - BEHIND_S).sin()).collect()
}

fn resonators() -> impl Iterator<Item = Resonator> {
    grid(SLOWEST, FASTEST, RESONATOR_STEP).flat_map(|per_minute| {
        SHARPNESS.into_iter().map(move |sharpness| {
            let natural = TAU * per_minute / 60.0;
            Resonator { natural, decay: natural / (2.0 * sharpness) }
        })
    })
}

/// The slow change beside the breath: a polynomial of degree four over the two minutes.
fn drift(t: f64) -> [f64; 5] {
    let x = 2.0 * t / guide::LASTS_S - 1.0;
    [1.0, x, x * x, x * x * x, x * x * x * x]
}

/// Nobody follows a guide from its first moment.
const SETTLED_S: f64 = 2.0;
const STEP_S: f64 = 0.1;
/// From the guide to the breath and from the beat to its packet: a little less than a second in all, estimated. An error
/// here turns the phase of the wave, which the fit allows for.
const BEHIND_S: f64 = 0.7;
const PACE_STEP: f64 = 0.02;
/// In breaths a minute: from well below the slowest breath to well above the fastest.
const SLOWEST: f64 = 3.0;
const FASTEST: f64 = 9.0;
const RESONATOR_STEP: f64 = 0.06;
/// The quality factor: at 1 hardly a resonance, at 6 sharper than any heart in the literature.
const SHARPNESS: [f64; 6] = [1.0, 1.5, 2.0, 3.0, 4.0, 6.0];
/// Neighbouring intervals are related: this many count as one independent value. A larger number makes the search less sure
/// of itself, a smaller one lets noise pass for a pace.
const RELATED: f64 = 3.0;
