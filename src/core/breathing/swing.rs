//! Measures respiratory sinus arrhythmia, peak to trough. Pure.
//!
//! Beats sample the wave only here and there: the largest interval of a breath is mostly not the peak, and ten beats a
//! breath lose a few percent of the size, five lose a tenth. Noise makes the largest of a few values larger. So a wave is
//! fitted to the intervals of a few breaths by least squares, with a slow drift beside it, and the share of noise is
//! subtracted.

use std::collections::VecDeque;
use std::f64::consts::TAU;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::breathing::BreathPace;
use crate::breathing::least_squares::Fit;
use crate::breathing::least_squares::grid;
use crate::heart::Beat;

/// The amplitude of respiratory sinus arrhythmia (RSA): how far the heart swings with the breath.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swing {
    /// The longest interval of a breath less the shortest, on average over the last minute, in ms: 0 to some 400.
    pub ms: f64,
    /// Breaths a minute: the given pace, or else the one that was found, 4 to 24.
    pub per_minute: f64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Interval {
    /// The middle of the interval, in seconds.
    pub(super) t: f64,
    pub(super) ms: f64,
}

/// The swing over the minute before `now`; at the pace with the largest swing when `pace` is `None`.
pub(super) fn over_last_minute(
    beats: &VecDeque<Beat>,
    now: Timestamp,
    pace: Option<BreathPace>,
) -> Option<Swing> {
    let begin = now.saturating_sub(MINUTE).unwrap_or(Timestamp::MIN);
    let intervals = normal(beats, begin);
    let per_minute = match pace {
        Some(pace) => pace.per_minute(),
        None => rate(&intervals)?,
    };
    Some(Swing { ms: swing(&intervals, per_minute)?, per_minute })
}

/// The normal intervals from `begin` on, timed from there.
pub(super) fn normal(beats: &VecDeque<Beat>, begin: Timestamp) -> Vec<Interval> {
    let normal = beats.iter().filter(|beat| beat.artefact.is_none() && beat.at >= begin);
    normal
        .map(|beat| {
            let ms = beat.rr.millis();
            Interval { t: beat.at.duration_since(begin).as_secs_f64() - ms / 2_000.0, ms }
        })
        .collect()
}

/// The breaths a minute at which the intervals swing most; `None` where no wave accounts for enough of them.
fn rate(intervals: &[Interval]) -> Option<f64> {
    let (first, last) = (intervals.first()?, intervals.last()?);
    let mean = intervals.iter().map(|interval| interval.ms).sum::<f64>() / intervals.len() as f64;
    let fastest = FASTEST.min(BEATS_A_BREATH.recip() * 60_000.0 / mean);
    let still = Fit::new(rows(intervals, first.t, last.t, |_, x| [1.0, x]))?.residual;
    let left = |per_minute: f64| {
        wave(intervals, first.t, last.t, per_minute).map_or(f64::INFINITY, |fit| fit.residual)
    };
    let best = |first: f64, last: f64, step: f64| {
        grid(first, last, step).min_by(|&a, &b| left(a).total_cmp(&left(b)))
    };
    let coarse = best(SLOWEST, fastest, COARSE)?;
    let fine = best(coarse - COARSE, coarse + COARSE, FINE)?;
    (left(fine) <= (1.0 - LEAST_EXPLAINED) * still).then_some(fine)
}

/// Peak to trough at that many breaths a minute, in ms: the root mean square over windows of a few breaths, so that a breath
/// taken later than the guide's isn't averaged away.
fn swing(intervals: &[Interval], per_minute: f64) -> Option<f64> {
    let (first, last) = (intervals.first()?, intervals.last()?);
    let cycle = 60.0 / per_minute;
    let length = BREATHS_A_WINDOW * cycle;
    let mut squares = Vec::new();
    // From the newest window back, one breath at a time.
    for back in grid(0.0, (last.t - first.t - length).max(0.0), cycle) {
        let end = last.t - back;
        let begin = end - length;
        let first = intervals.partition_point(|interval| interval.t < begin);
        let behind = intervals.partition_point(|interval| interval.t <= end);
        let within = &intervals[first..behind];
        let covered = within.iter().map(|interval| interval.ms / 1_000.0).sum::<f64>();
        if covered >= LEAST_COVERED * length {
            squares.extend(amplitude_squared(within, begin, end, per_minute));
        }
    }
    let mean = squares.iter().sum::<f64>() / squares.len() as f64;
    (!squares.is_empty()).then(|| 2.0 * mean.max(0.0).sqrt())
}

/// The square of the wave's amplitude less the share of noise, in ms squared; below 0 where there is only noise.
fn amplitude_squared(intervals: &[Interval], begin: f64, end: f64, per_minute: f64) -> Option<f64> {
    let fit = wave(intervals, begin, end, per_minute)?;
    let free = intervals.len() as f64 - 4.0;
    let noise = if free > 0.0 { fit.residual / free } else { return None };
    let [_, _, cos, sin] = fit.weights;
    let [_, _, cos_spread, sin_spread] = fit.spread;
    Some(cos * cos + sin * sin - noise * (cos_spread + sin_spread))
}

/// A wave and a straight drift, fitted between two times.
fn wave(intervals: &[Interval], begin: f64, end: f64, per_minute: f64) -> Option<Fit<4>> {
    let columns = |t: f64, x: f64| {
        let (sin, cos) = (TAU * per_minute * (t - begin) / 60.0).sin_cos();
        [1.0, x, cos, sin]
    };
    Fit::new(rows(intervals, begin, end, columns))
}

/// The intervals as rows of a fit, from their time and their place between `begin` and `end`, -1 to 1.
fn rows<const N: usize>(
    intervals: &[Interval],
    begin: f64,
    end: f64,
    columns: impl Fn(f64, f64) -> [f64; N],
) -> impl Iterator<Item = (f64, [f64; N])> {
    intervals.iter().map(move |interval| {
        let x = (2.0 * interval.t - begin - end) / (end - begin).max(f64::MIN_POSITIVE);
        (interval.ms, columns(interval.t, x))
    })
}

const MINUTE: SignedDuration = SignedDuration::from_secs(60);
/// The search for a rate, in breaths a minute: slower is drift, faster isn't a breath at a desk.
const SLOWEST: f64 = 4.0;
const FASTEST: f64 = 24.0;
/// The steps of the search, in breaths a minute: one minute can tell apart rates that are one breath a minute apart.
const COARSE: f64 = 0.2;
const FINE: f64 = 0.02;
/// With fewer beats a breath, a wave can't be told from its mirror image.
const BEATS_A_BREATH: f64 = 2.5;
/// A rate counts when its wave accounts for this share of the intervals' variation without a drift. A higher share would
/// miss shallow breaths, a lower one would find breaths in noise.
const LEAST_EXPLAINED: f64 = 0.2;
/// Long enough to tell noise from the wave, short enough to forgive a late breath.
const BREATHS_A_WINDOW: f64 = 3.0;
/// Normal intervals have to fill this share of a window. A higher share would lose windows to single artefacts, a lower one
/// would fit a wave to a few beats.
const LEAST_COVERED: f64 = 0.6;
