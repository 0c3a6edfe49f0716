//! The two guided minutes that search for the pace of the largest swing. Pure.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::breathing::BreathPace;
use crate::breathing::Verdict;
use crate::breathing::guide;
use crate::breathing::pulse::Pulse;
use crate::breathing::resonance::Resonance;
use crate::breathing::swing;
use crate::breathing::verdict;

/// A search for the resonance frequency of HRV biofeedback, from the beginning of its guide.
///
/// The guide goes from 6.5 breaths a minute down to 4.5 in four steps, two breaths each but the first. A laboratory tries
/// these paces one after the other, minutes each (Shaffer and Meehan 2020); here two minutes have to do for all, and the
/// heart's change from one pace to the next counts as much as the rest. A smooth glide was as exact on synthetic hearts and
/// found a pace less often in noise: its first and last paces are over too soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceSearch {
    /// The beginning of the guide's first breath in.
    pub began: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SearchOutcome {
    /// The pace of the largest swing, to a tenth; and the swing at 6.5, 6, 5.5, 5 and 4.5 breaths a minute, peak to trough,
    /// in ms.
    Found(BreathPace, Vec<(BreathPace, f64)>),
    Unclear(Unclear),
}

/// Why a search found no pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// The two minutes aren't over.
    Unfinished,
    /// The monitor sends no RR intervals.
    NoRr,
    /// Too many artefacts or gaps, or the monitor was lost.
    Poor,
    /// The rhythm is irregular; see [`Verdict::Irregular`].
    Irregular,
    /// The heart didn't follow the guide, or it swung about as far at every pace.
    TooEven,
}

impl PaceSearch {
    /// Eleven breaths, 120.2 s.
    #[must_use]
    pub fn lasts() -> SignedDuration {
        SignedDuration::from_secs_f64(guide::LASTS_S)
    }

    /// The pace of the guide, that long after the beginning; after the end the last pace.
    #[must_use]
    pub fn schedule(elapsed: SignedDuration) -> BreathPace {
        BreathPace::nearest(guide::pace(elapsed.as_secs_f64()))
    }

    /// Every breath of the guide, in order.
    pub fn breaths() -> impl Iterator<Item = BreathPace> {
        guide::BREATHS.into_iter().map(BreathPace::nearest)
    }
}

pub(super) fn outcome(search: PaceSearch, pulse: &Pulse, now: Timestamp) -> SearchOutcome {
    let end = search.began.saturating_add(PaceSearch::lasts()).unwrap_or(Timestamp::MAX);
    if now < end {
        return SearchOutcome::Unclear(Unclear::Unfinished);
    }
    match verdict::over(pulse, now, now.duration_since(search.began)) {
        Verdict::Good => find(search, pulse),
        Verdict::NoRr => SearchOutcome::Unclear(Unclear::NoRr),
        Verdict::Irregular => SearchOutcome::Unclear(Unclear::Irregular),
        Verdict::Waiting | Verdict::Silent | Verdict::Poor => SearchOutcome::Unclear(Unclear::Poor),
    }
}

fn find(search: PaceSearch, pulse: &Pulse) -> SearchOutcome {
    let intervals = swing::normal(pulse.beats(), search.began);
    let covered: f64 = intervals.iter().map(|interval| interval.ms / 1_000.0).sum();
    let resonance = Resonance::of(&intervals).filter(|_| covered >= LEAST_COVERED * guide::LASTS_S);
    let Some(resonance) = resonance else { return SearchOutcome::Unclear(Unclear::Poor) };
    let swings: Vec<_> =
        PACES.map(|pace| (BreathPace::nearest(pace), resonance.swing(pace))).to_vec();
    let largest = resonance.swing(resonance.pace);
    let smallest = swings.iter().map(|&(_, swing)| swing).fold(f64::INFINITY, f64::min);
    let clear = resonance.explained >= LEAST_EXPLAINED
        && resonance.unsure <= MOST_UNSURE
        && largest >= LEAST_SWING_MS
        && largest >= LEAST_CONTRAST * smallest;
    if clear {
        SearchOutcome::Found(BreathPace::nearest((10.0 * resonance.pace).round() / 10.0), swings)
    } else {
        SearchOutcome::Unclear(Unclear::TooEven)
    }
}

/// In breaths a minute: the paces of the laboratory protocol (Shaffer and Meehan 2020).
const PACES: [f64; 5] = [6.5, 6.0, 5.5, 5.0, 4.5];
/// Normal intervals have to fill this share of the two minutes.
const LEAST_COVERED: f64 = 0.75;
/// The guide has to account for this share of the intervals' variation without a slow drift. This number and the next three
/// are set so that of the searches on recorded hearts, which nobody guided, hardly one in a hundred finds a pace
/// (`tests/core/breathing`); higher ones would find fewer true paces.
const LEAST_EXPLAINED: f64 = 0.55;
/// The largest standard deviation of the pace, in breaths a minute.
const MOST_UNSURE: f64 = 0.25;
/// Peak to trough, in ms: at a smaller swing the timing of single beats decides.
const LEAST_SWING_MS: f64 = 10.0;
/// The swing at the best pace over that at the worst.
const LEAST_CONTRAST: f64 = 1.1;
