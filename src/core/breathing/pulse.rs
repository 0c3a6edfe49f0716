//! The beats of the last minutes, each with an exact time. Pure.
//!
//! [`BeatFilter`] labels the artefacts, as in the sampler. The times are finer than there: a swing is measured against a
//! breath of ten seconds, and a beat that is a second off is a tenth of that. So the clock is the sum of the intervals,
//! undisturbed by packets that come early or late; only where packets were lost does it jump, once, by what was lost.

use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::heart::Beat;
use crate::heart::BeatFilter;
use crate::heart::Contact;
use crate::heart::Reading;

/// Beats and messages of the last [`KEPT`].
#[derive(Clone, Debug, Default)]
pub(super) struct Pulse {
    filter: BeatFilter,
    chain: Option<Chain>,
    beats: VecDeque<Beat>,
    arrivals: VecDeque<Arrival>,
}

/// A message of the monitor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) at: Timestamp,
    pub(super) contact: Contact,
    /// Whether intervals came with it.
    pub(super) rr: bool,
}

/// The clock of the beats, and its distance to the packets, in seconds.
#[derive(Clone, Debug)]
struct Chain {
    /// The time of the last beat.
    beat: Timestamp,
    /// The usual time from the last beat to its packet.
    lag: f64,
    /// How much later than usual the last packet came, if it came after a silence.
    late: Option<f64>,
}

/// The time between a message and the one before, compared with the usual time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spacing {
    /// At once: the message was held up on its way.
    Close,
    Usual,
    /// A message may be missing.
    Silence,
}

impl Pulse {
    /// Takes in a message; returns how many beats at the end of [`Self::beats`] are new.
    pub(super) fn observe(&mut self, at: Timestamp, reading: &Reading) -> usize {
        let before = self.arrivals.back().map(|arrival| arrival.at);
        if before.is_some_and(|before| at < before) {
            *self = Self::default();
        }
        let spacing =
            before.map_or(Spacing::Usual, |before| self.spacing(at.duration_since(before)));
        let contact = reading.contact;
        self.arrivals.push_back(Arrival { at, contact, rr: !reading.rr.is_empty() });
        self.forget(at);
        if contact == Contact::Lost {
            self.chain = None;
            self.filter.reset();
            return 0;
        }
        let mut labelled = self.filter.label(at, &reading.rr);
        let Some(first) = labelled.first_mut() else { return 0 };
        first.follows &= self.wind(at, first.follows, spacing, reading);
        let mut time = self.chain.as_ref().map_or(at, |chain| chain.beat);
        for beat in &mut labelled {
            let next = time.saturating_add(seconds(beat.rr.millis() / 1_000.0));
            // A beat can't be reported before it happens, whatever the intervals add up to.
            time = next.map_or(at, |next| next.min(at));
            beat.at = time;
        }
        if let Some(chain) = &mut self.chain {
            chain.beat = time;
        }
        let count = labelled.len();
        self.beats.extend(labelled);
        self.beats.drain(..self.beats.len().saturating_sub(MOST));
        count.min(MOST)
    }

    /// Oldest first.
    pub(super) fn beats(&self) -> &VecDeque<Beat> {
        &self.beats
    }

    /// Oldest first.
    pub(super) fn arrivals(&self) -> &VecDeque<Arrival> {
        &self.arrivals
    }

    /// Sets the clock to the end of the last beat, for intervals that arrive at `at`; returns whether the beats follow
    /// without a gap.
    fn wind(&mut self, at: Timestamp, follows: bool, spacing: Spacing, reading: &Reading) -> bool {
        let length: f64 = reading.rr.iter().map(|rr| rr.millis() / 1_000.0).sum();
        let beat_s = length / reading.rr.len() as f64;
        let begin = |lag: f64| at.saturating_sub(seconds(length + lag)).unwrap_or(Timestamp::MIN);
        let Some(chain) = &mut self.chain else {
            // On average a packet comes in the middle of an interval.
            let lag = (beat_s / 2.0).min(LONGEST_LAG);
            let earliest = self.beats.back().map_or(Timestamp::MIN, |last| last.at);
            self.chain = Some(Chain { beat: begin(lag).max(earliest), lag, late: None });
            return false;
        };
        let later = at.duration_since(chain.beat).as_secs_f64() - length - chain.lag;
        let suspected = chain.late.take();
        if !follows && !(0.0..=LONGEST_GAP_S).contains(&later) {
            chain.beat = begin(chain.lag).max(chain.beat);
            return false;
        }
        // The last packet was late and this one neither followed at once nor made up for it: the time between was lost, in
        // whole beats.
        let lost = match suspected {
            _ if !follows => Some(later),
            Some(late) if spacing != Spacing::Close && later > STILL_LATE * beat_s => {
                Some(f64::midpoint(late, later))
            }
            _ => None,
        };
        if let Some(lost) = lost {
            let jump = (lost / beat_s).round().max(1.0) * beat_s;
            chain.beat = chain.beat.saturating_add(seconds(jump)).unwrap_or(Timestamp::MAX);
            return false;
        }
        if spacing == Spacing::Silence && later > LATE * beat_s {
            chain.late = Some(later);
        } else {
            chain.lag += later / LAG_OVER;
        }
        true
    }

    fn spacing(&self, time: SignedDuration) -> Spacing {
        let times = || self.arrivals.iter().rev().take(SPACINGS + 1).map(|arrival| arrival.at);
        let (Some(newest), Some(oldest)) = (times().next(), times().next_back()) else {
            return Spacing::Usual;
        };
        let usual = newest.duration_since(oldest).as_secs_f64() / (times().count() as f64 - 1.0);
        match time.as_secs_f64() / usual {
            share if share > SILENCE => Spacing::Silence,
            share if share < CLOSE => Spacing::Close,
            _ => Spacing::Usual,
        }
    }

    fn forget(&mut self, now: Timestamp) {
        let old = |at: Timestamp| now.duration_since(at) > KEPT;
        self.beats.drain(..self.beats.partition_point(|beat| old(beat.at)));
        self.arrivals.drain(..self.arrivals.partition_point(|arrival| old(arrival.at)));
        self.arrivals.drain(..self.arrivals.len().saturating_sub(MOST));
    }
}

/// `time` is bounded: no interval is longer than 1000 s, and no packet holds more than its bytes.
fn seconds(time: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(time).unwrap_or(SignedDuration::MAX)
}

/// The two minutes of a search, and a little more.
const KEPT: SignedDuration = SignedDuration::from_secs(150);
/// A bound on memory: at 200 bpm, the fastest rate that counts, that time holds 500 beats.
const MOST: usize = 800;
/// In seconds: the interval of a slow heart.
const LONGEST_LAG: f64 = 1.0;
/// The usual lag is an average over so many packets: slow enough to ignore one late packet, fast enough to follow a drift.
const LAG_OVER: f64 = 16.0;
/// A packet that comes later by this share of an interval, after a silence, may follow a lost one: the lag goes through a
/// whole interval, half of it to either side.
const LATE: f64 = 0.4;
/// The next packet still has to be late by this share.
const STILL_LATE: f64 = 0.3;
/// The usual time between packets is an average over this many.
const SPACINGS: usize = 8;
/// In usual times: from 1.5 on a packet may be missing; below the smaller share it came at once.
const SILENCE: f64 = 1.5;
const CLOSE: f64 = 0.7;
/// After a longer gap no beat can be expected at a known place.
const LONGEST_GAP_S: f64 = 20.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heart::RrInterval;

    fn reading(ms: &[f64]) -> Reading {
        let rr = ms.iter().filter_map(|&ms| RrInterval::from_millis(ms)).collect();
        Reading { heart_rate: None, contact: Contact::Unsupported, rr }
    }

    fn at(seconds: f64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(seconds)
    }

    /// A heart of 800 ms an interval whose monitor sends once a second; the packets for which `arrives` gives no time are
    /// lost.
    fn steady(arrives: impl Fn(u32) -> Option<f64>) -> Pulse {
        let (mut pulse, mut beats) = (Pulse::default(), 0);
        for second in 1..=60 {
            let new = second * 1_000 / 800 - beats;
            beats += new;
            if let Some(time) = arrives(second) {
                pulse.observe(at(time), &reading(&vec![800.0; new as usize]));
            }
        }
        pulse
    }

    /// The distance of a beat from its true time, counted from the first beat, in seconds.
    fn off(pulse: &Pulse, beat: &Beat) -> f64 {
        let beats = beat.at.duration_since(pulse.beats()[0].at).as_secs_f64() / 0.8;
        (beats - beats.round()).abs() * 0.8
    }

    fn worst(pulse: &Pulse) -> f64 {
        pulse.beats().iter().map(|beat| off(pulse, beat)).fold(0.0, f64::max)
    }

    #[test]
    fn packets_early_and_late_leave_the_beats_where_they_were() {
        let pulse =
            steady(|second| Some(f64::from(second) + 0.3 * f64::from(second * 7 % 5) / 5.0));
        assert_eq!(pulse.beats().len(), 75);
        assert!(pulse.beats().iter().skip(1).all(|beat| beat.follows));
        assert!(worst(&pulse) < 1e-6, "{}", worst(&pulse));
    }

    #[test]
    fn packets_held_up_and_then_sent_together_leave_no_gap() {
        let late = |second: u32| if (31..33).contains(&second) { 33.0 } else { second.into() };
        let pulse = steady(|second| Some(late(second)));
        assert!(pulse.beats().iter().skip(1).all(|beat| beat.follows));
        assert!(worst(&pulse) < 1e-6);
    }

    #[test]
    fn a_lost_packet_is_a_gap_and_shifts_nothing_behind_it() {
        for lost in [1, 2, 4] {
            let pulse =
                steady(|second| (!(30..30 + lost).contains(&second)).then_some(second.into()));
            let gaps = pulse.beats().iter().skip(1).filter(|beat| !beat.follows).count();
            assert_eq!(gaps, 1, "{lost} lost");
            // Only the next packet shows whether several beats in one packet are late ones.
            let off = pulse.beats().iter().filter(|beat| off(&pulse, beat) > 1e-6).count();
            assert!(off <= 2, "{lost} lost: {off}");
            let end = pulse.beats().back().unwrap().at;
            assert!((end.duration_since(at(60.0)).as_secs_f64()).abs() < 0.5, "{lost}: {end}");
        }
    }

    #[test]
    fn a_sensor_off_the_skin_tells_nothing() {
        let mut pulse = Pulse::default();
        let lost = Reading { contact: Contact::Lost, ..reading(&[800.0, 900.0]) };
        assert_eq!(pulse.observe(at(1.0), &lost), 0);
        assert_eq!(pulse.observe(at(2.0), &reading(&[800.0])), 1);
        assert!(!pulse.beats()[0].follows);
    }

    #[test]
    fn a_clock_that_steps_back_starts_anew() {
        let mut pulse = steady(|second| Some(second.into()));
        pulse.observe(at(5.0), &reading(&[800.0]));
        assert_eq!(pulse.beats().len(), 1);
    }
}
