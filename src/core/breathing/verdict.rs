//! Judges whether a signal can be followed. Pure.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::breathing::pulse::Pulse;
use crate::heart::Artefact;
use crate::heart::Beat;
use crate::heart::Contact;

/// The quality of the signal over the last minute. Only [`Verdict::Good`] lets anything be concluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Less than ten seconds of beats so far.
    Waiting,
    Good,
    /// No message for five seconds or longer: the monitor was lost or taken off.
    Silent,
    /// Messages come without RR intervals: this monitor doesn't send them.
    NoRr,
    /// Too many artefacts or gaps, or no contact with the skin.
    Poor,
    /// Many early or late beats, or a rhythm without a pattern. Whatever the reason, its swing wouldn't mean anything.
    Irregular,
}

pub(super) fn verdict(pulse: &Pulse, now: Timestamp) -> Verdict {
    over(pulse, now, WINDOW)
}

pub(super) fn over(pulse: &Pulse, now: Timestamp, window: SignedDuration) -> Verdict {
    let within = |at: Timestamp| now.duration_since(at) <= window;
    let arrivals = || pulse.arrivals().iter().filter(|arrival| within(arrival.at));
    let Some(newest) = pulse.arrivals().back() else { return Verdict::Waiting };
    if now.duration_since(newest.at) >= SILENT {
        return Verdict::Silent;
    }
    if newest.contact == Contact::Lost {
        return Verdict::Poor;
    }
    let beats: Vec<&Beat> = pulse.beats().iter().filter(|beat| within(beat.at)).collect();
    let heard =
        arrivals().next().map_or(SignedDuration::ZERO, |first| now.duration_since(first.at));
    if !arrivals().any(|arrival| arrival.rr) {
        return if heard >= FEWEST { Verdict::NoRr } else { Verdict::Waiting };
    }
    let seconds: f64 = beats.iter().map(|beat| beat.rr.millis() / 1_000.0).sum();
    if heard < FEWEST {
        return Verdict::Waiting;
    }
    let count = |wanted: fn(Artefact) -> bool| {
        beats.iter().filter(|beat| beat.artefact.is_some_and(wanted)).count() as f64
    };
    let (all, ectopic) = (count(|_| true), count(|artefact| artefact == Artefact::Ectopic));
    if patternless(&beats) || ectopic > MOST_ARTEFACTS * beats.len() as f64 {
        return Verdict::Irregular;
    }
    if all > MOST_ARTEFACTS * beats.len() as f64 || seconds < LEAST_COVERED * heard.as_secs_f64() {
        return Verdict::Poor;
    }
    Verdict::Good
}

/// Whether the intervals change much from one to the next, and as if each were drawn at random: the look of atrial
/// fibrillation.
///
/// After Dash 2009 (Ann. Biomed. Eng. 37:1701), who takes the size of the changes (RMSSD over the mean above 0.1) together
/// with the share of turning points (two thirds in a random series). The largest changes are left out, as there, so that a
/// few early beats don't count as a rhythm.
fn patternless(beats: &[&Beat]) -> bool {
    // A missed or an extra beat is a fault of the monitor, not of the heart.
    let plausible = |beat: &Beat| matches!(beat.artefact, None | Some(Artefact::Ectopic));
    let mut changes = Vec::with_capacity(beats.len());
    let (mut turns, mut threes, mut before) = (0.0, 0.0, None);
    for pair in beats.windows(2) {
        if !(pair[1].follows && plausible(pair[0]) && plausible(pair[1])) {
            before = None;
            continue;
        }
        let change = pair[1].rr.millis() - pair[0].rr.millis();
        if let Some(before) = before {
            threes += 1.0;
            turns += f64::from(u8::from(before * change < 0.0));
        }
        before = Some(change);
        changes.push(change * change);
    }
    if changes.len() < FEWEST_CHANGES {
        return false;
    }
    changes.sort_unstable_by(f64::total_cmp);
    changes.truncate(changes.len() - changes.len() / LEFT_OUT_ONE_IN);
    let size = (changes.iter().sum::<f64>() / changes.len() as f64).sqrt();
    let mean = beats.iter().map(|beat| beat.rr.millis()).sum::<f64>() / beats.len() as f64;
    size > PATTERNLESS_CHANGE * mean && turns > PATTERNLESS_TURNS * threes
}

/// Several breaths, and recent.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// Less than a slow breath can't be judged.
const FEWEST: SignedDuration = SignedDuration::from_secs(10);
/// Monitors send once a second.
const SILENT: SignedDuration = SignedDuration::from_secs(5);
/// The largest share of artefacts: twice the limit for RMSSD (Shaffer 2020, PMC7710683), since a sinusoid is fitted to the
/// rest, which single lost beats don't bend. Measured on recorded hearts, see `tests/core/breathing`.
const MOST_ARTEFACTS: f64 = 0.10;
/// The share of the time that the beats have to fill. A higher share would turn short radio gaps into a poor signal, a lower
/// one would show a line with holes.
const LEAST_COVERED: f64 = 0.6;
/// Fewer changes than this have no pattern to look for.
const FEWEST_CHANGES: usize = 20;
/// One change in 8, the largest, is left out.
const LEFT_OUT_ONE_IN: usize = 8;
/// RMSSD over the mean interval; Dash takes 0.1. Lower misses less fibrillation, and may call deep breathing irregular.
const PATTERNLESS_CHANGE: f64 = 0.08;
/// The share of turning points; two thirds in a random series.
const PATTERNLESS_TURNS: f64 = 0.54;
