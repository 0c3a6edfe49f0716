//! The heart's rate as a smooth line.

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

/// Follows a heart from beat to beat, as a line of points [`Line::EVERY`] apart.
///
/// A beat says what the rate was in the middle of the interval that it ended; between these places lie cubic curves that meet
/// without a corner (cubic Hermite). The slope at the newest place is that of the parabola through the last three, since the
/// next one is not known yet: so nothing waits for it, and each point comes out with the very reading that brought its beat.
/// Artefacts are left out, the curve goes on over up to [`Line::BRIDGED`]; what is longer is a gap, and so are lost packets.
///
/// Keeps the beats of the last two and a half minutes, a bounded number of them.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pulse: Pulse,
    end: Option<Knot>,
}

/// A place on the line.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub struct Point {
    /// When, a whole number of [`Line::EVERY`] since the epoch.
    pub at: Timestamp,
    /// The rate there, in beats a minute, 30 to 200.
    pub bpm: f64,
    /// Whether the line begins here: at the start, and after a gap.
    pub begins: bool,
}

/// Where the line has come to.
#[derive(Clone, Copy, Debug)]
struct Knot {
    at: Timestamp,
    bpm: f64,
    /// In bpm a second.
    slope: f64,
    /// The piece that leads here: its length in seconds, and its mean slope; `None` at a beginning.
    before: Option<(f64, f64)>,
    /// Whether a gap follows.
    gap: bool,
}

impl Line {
    /// How far apart the points are.
    pub const EVERY: SignedDuration = SignedDuration::from_millis(250);
    /// The longest time between two normal beats that the line goes on over.
    pub const BRIDGED: SignedDuration = SignedDuration::from_secs(3);

    /// Takes in what the monitor sent at `at`; the points that are new, oldest first.
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

    /// How far the heart swung with the breath over the last minute before `now`, at this pace, or, without one, at the pace at
    /// which it swung most. `None` unless the line is good, and where there is no swing to be seen.
    #[must_use]
    pub fn swing(&self, now: Timestamp, pace: Option<BreathPace>) -> Option<Swing> {
        (self.verdict(now) == Verdict::Good)
            .then(|| swing::over_last_minute(self.beats(), now, pace))
            .flatten()
    }

    /// What a search that began at `began` has found at `now`, its end. Any earlier there is nothing to be concluded from.
    #[must_use]
    pub fn outcome(&self, search: PaceSearch, now: Timestamp) -> SearchOutcome {
        search::outcome(search, &self.pulse, now)
    }

    fn beats(&self) -> &VecDeque<Beat> {
        self.pulse.beats()
    }
}

/// Goes on to the next beat, and notes the points on the way.
fn extend(end: &mut Option<Knot>, beat: &Beat, points: &mut Vec<Point>) {
    if let Some(end) = end {
        end.gap |= !beat.follows;
    }
    let half = SignedDuration::from_secs_f64(beat.rr.millis() / 2_000.0);
    let at = beat.at.saturating_sub(half).unwrap_or(Timestamp::MIN);
    // Where the line has been it does not go again, whatever the beats say.
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
/// three ends, but never against the last piece and never more than three times as steep, which keeps the curve between its ends.
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

/// The range of the intervals that count as beats, 300 to 2000 ms: where a curve swings past them, it ends there.
const LEAST_BPM: f64 = 30.0;
const MOST_BPM: f64 = 200.0;
