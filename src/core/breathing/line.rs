//! The instantaneous heart rate as a smooth line. Pure.

use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::breathing::BreathPace;
use crate::breathing::PaceSearch;
use crate::breathing::SearchOutcome;
use crate::breathing::Swing;
use crate::breathing::Verdict;
use crate::breathing::pulse::Pulse;
use crate::breathing::search;
use crate::breathing::swing;
use crate::breathing::verdict;
use crate::heart::Beat;
use crate::heart::Reading;
use serde::Deserialize;
use serde::Serialize;

/// Follows the instantaneous heart rate (in studies also the tachogram) from beat to beat, as points [`Line::EVERY`] apart.
///
/// A beat gives the rate in the middle of the interval that it ended; cubic curves without a corner (cubic Hermite) join
/// these places. The slope at the newest place is that of the parabola through the last three, since the next place isn't
/// known yet: no point has to wait, and each comes out with the reading that brought its beat. Artefacts are left out, and
/// the curve bridges up to [`Line::BRIDGED`]; anything longer is a gap, and so are lost packets.
///
/// Keeps the beats of the last two and a half minutes, a bounded number of them.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pulse: Pulse,
    end: Option<Knot>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub struct Point {
    /// A whole number of [`Line::EVERY`] since the epoch.
    pub at: Timestamp,
    /// The rate, in bpm, 30 to 200.
    pub bpm: f64,
    /// True at the first point of the line and after a gap: it isn't joined with the point before.
    pub begins: bool,
}

/// The newest place that the line has reached.
#[derive(Clone, Copy, Debug)]
struct Knot {
    at: Timestamp,
    bpm: f64,
    /// In bpm a second.
    slope: f64,
    /// The last piece: its length in seconds and its mean slope; `None` at a beginning.
    before: Option<(f64, f64)>,
    gap: bool,
}

impl Line {
    /// Four points a second are drawn as a smooth curve.
    pub const EVERY: SignedDuration = SignedDuration::from_millis(250);
    /// The longest time between two normal beats that the line is drawn through: one or two missed beats.
    pub const BRIDGED: SignedDuration = SignedDuration::from_secs(3);

    /// Takes in a reading that arrived at `at`; returns the new points, oldest first.
    pub fn observe(&mut self, at: Timestamp, reading: &Reading) -> Vec<Point> {
        if self.pulse.arrivals().back().is_some_and(|last| at < last.at) {
            // The clock was set back.
            *self = Self::default();
        }
        let new = self.pulse.observe(at, reading);
        let beats = self.pulse.beats();
        let mut points = Vec::new();
        for beat in beats.range(beats.len() - new..) {
            extend(&mut self.end, beat, &mut points);
        }
        points
    }

    /// Whether the line can be trusted at `now`.
    #[must_use]
    pub fn verdict(&self, now: Timestamp) -> Verdict {
        verdict::verdict(&self.pulse, now)
    }

    /// The swing over the last minute before `now`, at `pace`, or, without one, at the pace of the largest swing. `None`
    /// unless the verdict is good, and where no swing rises above the noise.
    #[must_use]
    pub fn swing(&self, now: Timestamp, pace: Option<BreathPace>) -> Option<Swing> {
        (self.verdict(now) == Verdict::Good)
            .then(|| swing::over_last_minute(self.beats(), now, pace))
            .flatten()
    }

    /// The result of a search at `now`, its end. Before its end it's [`Unclear::Unfinished`](super::Unclear::Unfinished).
    #[must_use]
    pub fn outcome(&self, search: PaceSearch, now: Timestamp) -> SearchOutcome {
        search::outcome(search, &self.pulse, now)
    }

    fn beats(&self) -> &VecDeque<Beat> {
        self.pulse.beats()
    }
}

/// Adds the points up to the next beat.
fn extend(end: &mut Option<Knot>, beat: &Beat, points: &mut Vec<Point>) {
    if let Some(end) = end {
        end.gap |= !beat.follows;
    }
    let half = SignedDuration::from_secs_f64(beat.rr.millis() / 2_000.0);
    let at = beat.at.saturating_sub(half).unwrap_or(Timestamp::MIN);
    // The line doesn't go back in time, whatever the intervals add up to.
    if beat.artefact.is_some() || end.is_some_and(|end| at <= end.at) {
        return;
    }
    let bpm = 60_000.0 / beat.rr.millis();
    let Some(from) = end.filter(|end| !end.gap && at.duration_since(end.at) <= Line::BRIDGED)
    else {
        *end = Some(Knot { at, bpm, slope: 0.0, before: None, gap: false });
        return;
    };
    let length = at.duration_since(from.at).as_secs_f64();
    let mean = (bpm - from.bpm) / length;
    let (begins, first_slope, slope) = match from.before {
        None => (true, mean, mean),
        Some((length_before, mean_before)) => {
            (false, from.slope, end_slope((length_before, mean_before), (length, mean)))
        }
    };
    let mut time = if begins { first_on_grid(from.at) } else { next_on_grid(from.at) };
    while let Some(point) = time.filter(|&time| time <= at) {
        let part = point.duration_since(from.at).as_secs_f64() / length;
        let bpm = hermite(part, (from.bpm, first_slope * length), (bpm, slope * length));
        let begins = begins && points.last().is_none_or(|last| last.at < from.at);
        points.push(Point { at: point, bpm: bpm.clamp(LEAST_BPM, MOST_BPM), begins });
        time = next_on_grid(point);
    }
    *end = Some(Knot { at, bpm, slope, before: Some((length, mean)), gap: false });
}

/// The slope at the end of the last of two pieces, each with its length and mean slope: that of the parabola through their
/// three ends, but never against the last piece and never more than three times as steep, which keeps the curve between its
/// ends (Fritsch and Carlson 1980).
fn end_slope(before: (f64, f64), last: (f64, f64)) -> f64 {
    let ((length_before, mean_before), (length, mean)) = (before, last);
    let slope =
        ((2.0 * length + length_before) * mean - length * mean_before) / (length + length_before);
    if slope * mean <= 0.0 {
        0.0
    } else if mean * mean_before <= 0.0 && slope.abs() > 3.0 * mean.abs() {
        3.0 * mean
    } else {
        slope
    }
}

/// The cubic between two values with their slopes, over a length of 1.
fn hermite(part: f64, from: (f64, f64), to: (f64, f64)) -> f64 {
    let rest = 1.0 - part;
    rest * rest * ((1.0 + 2.0 * part) * from.0 + part * from.1)
        + part * part * ((1.0 + 2.0 * rest) * to.0 - rest * to.1)
}

/// The first place of the grid at `time` or later; `None` at the end of time.
fn first_on_grid(time: Timestamp) -> Option<Timestamp> {
    let step = Line::EVERY.as_nanos();
    Timestamp::from_nanosecond((time.as_nanosecond() + step - 1).div_euclid(step) * step).ok()
}

/// The first place of the grid later than `time`; `None` at the end of time.
fn next_on_grid(time: Timestamp) -> Option<Timestamp> {
    let step = Line::EVERY.as_nanos();
    Timestamp::from_nanosecond((time.as_nanosecond().div_euclid(step) + 1) * step).ok()
}

/// The range of plausible intervals, 300 to 2000 ms: the curve is cut where it leaves it.
const LEAST_BPM: f64 = 30.0;
const MOST_BPM: f64 = 200.0;
