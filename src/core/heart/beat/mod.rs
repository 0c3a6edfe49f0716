//! Turns RR intervals into beats with times and labels artefacts. Pure.
//!
//! A monitor sends no times, so the time of a beat is rebuilt: each beat lies one interval after the one before, and the
//! chain is compared with the arrival of the packets. Where the two differ, beats are missing, and the next beat follows
//! nothing: a difference between two intervals is only taken between two beats that truly follow each other.
//!
//! Times are whole nanoseconds in 128 bits here, where each beat takes several sums: none can overflow, and a [`Timestamp`],
//! which keeps seconds apart and checks its range with each sum, made a fifth of the cost of a replay.

mod neighbours;

use jiff::SignedDuration;
use jiff::Timestamp;

use super::RrInterval;

use neighbours::Neighbours;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beat {
    /// Rebuilt from the intervals; up to 3 s from the arrival of the packet.
    pub at: Timestamp,
    /// The interval that ends with this beat.
    pub rr: RrInterval,
    /// Why the interval isn't one between two normal beats (NN); `None` when it is.
    pub artefact: Option<Artefact>,
    /// Whether the interval begins where the interval of the beat before ended; false at the start and after a gap.
    pub follows: bool,
}

/// Why an interval isn't an NN interval.
///
/// It's judged by the interval and the few before it, since a beat has to be judged as it comes: the first half of a pair
/// may get another label than it would in hindsight. Every label keeps the interval out of the RMSSD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artefact {
    /// Outside 300 to 2000 ms: no heart at a desk.
    OutOfRange,
    /// About two or three times its neighbours: the monitor missed beats.
    Missed,
    /// One interval cut in two: the monitor counted a beat too many.
    Extra,
    /// Early or late: an ectopic beat, or the pause that follows one.
    Ectopic,
}

/// Labels intervals by the median of the last nine that were accepted.
#[derive(Clone, Debug, Default)]
pub struct BeatFilter {
    chain: Option<Chain>,
    recent: Neighbours,
    rejected_in_a_row: usize,
    before: Option<Before>,
}

/// When the last beat was, and when its packet came, in ns since 1970.
#[derive(Clone, Copy, Debug)]
struct Chain {
    beat_ns: i128,
    packet_ns: i128,
}

/// A [`Beat`] whose time is in ns since 1970, and may lie outside of what a [`Timestamp`] can hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct LabelledBeat {
    pub(super) at_ns: i128,
    pub(super) rr: RrInterval,
    pub(super) artefact: Option<Artefact>,
    pub(super) follows: bool,
}

impl From<LabelledBeat> for Beat {
    fn from(beat: LabelledBeat) -> Self {
        let LabelledBeat { at_ns, rr, artefact, follows } = beat;
        let limit = if at_ns < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Self { at: Timestamp::from_nanosecond(at_ns).unwrap_or(limit), rr, artefact, follows }
    }
}

/// The interval before, which the next one follows, in ms.
#[derive(Clone, Copy, Debug)]
enum Before {
    Normal(f64),
    /// Too short to be normal.
    Suspect(f64),
}

impl BeatFilter {
    /// The beats of the intervals that arrived at `at`, oldest first: one for each interval, in the same order.
    pub fn label(&mut self, at: Timestamp, rr: &[RrInterval]) -> Vec<Beat> {
        let mut beats = Vec::with_capacity(rr.len());
        self.label_each(at.as_nanosecond(), rr, |beat| beats.push(beat.into()));
        beats
    }

    /// The same beats, one by one, for a caller that keeps little of them.
    pub(super) fn label_each(
        &mut self,
        at_ns: i128,
        rr: &[RrInterval],
        mut each: impl FnMut(LabelledBeat),
    ) {
        if rr.is_empty() {
            return;
        }
        let length_ns = nanos(rr.iter().map(|rr| rr.millis()).sum());
        let start = (at_ns - length_ns, false);
        let (mut time_ns, mut follows) = match self.chain {
            Some(chain) if at_ns >= chain.packet_ns => {
                let behind_ns = at_ns - (chain.beat_ns + length_ns);
                if behind_ns.abs() <= TOLERANCE.as_nanos() {
                    // Two clocks differ by a little; a slow pull towards the arrivals keeps them together.
                    (chain.beat_ns + behind_ns / PULL, true)
                } else {
                    start
                }
            }
            _ => start,
        };
        if !follows {
            self.before = None;
        }
        for &rr in rr {
            time_ns += nanos(rr.millis());
            let artefact = self.judge(rr.millis());
            each(LabelledBeat { at_ns: time_ns, rr, artefact, follows });
            follows = true;
        }
        self.chain = Some(Chain { beat_ns: time_ns, packet_ns: at_ns });
    }

    /// The next beat follows nothing, and no interval is compared with earlier ones.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    fn judge(&mut self, rr: f64) -> Option<Artefact> {
        let before = self.before.take();
        if !(SHORTEST_MS..=LONGEST_MS).contains(&rr) {
            return Some(Artefact::OutOfRange);
        }
        let usual = self.recent.median();
        let artefact = usual.and_then(|usual| {
            let near = |value: f64, target: f64| (value - target).abs() <= tolerance(target);
            // Where a heart swings far with the breath, an interval can be far from the median and near the last one.
            if near(rr, usual) || matches!(before, Some(Before::Normal(last)) if near(rr, last)) {
                return None;
            }
            let short = rr < usual;
            Some(match before {
                Some(Before::Suspect(first)) if short && near(first + rr, usual) => Artefact::Extra,
                Some(Before::Suspect(first)) if !short && near(first + rr, 2.0 * usual) => {
                    Artefact::Ectopic
                }
                _ if !short && (near(rr, 2.0 * usual) || near(rr, 3.0 * usual)) => Artefact::Missed,
                _ if rr < EXTRA_BELOW * usual => Artefact::Extra,
                _ => Artefact::Ectopic,
            })
        });
        if artefact.is_some() {
            self.rejected_in_a_row += 1;
            if usual.is_some_and(|usual| rr < usual) {
                self.before = Some(Before::Suspect(rr));
            }
            if self.rejected_in_a_row >= RESET_AFTER {
                self.recent.clear();
                self.rejected_in_a_row = 0;
            }
        } else {
            self.before = Some(Before::Normal(rr));
            self.rejected_in_a_row = 0;
            self.recent.push(rr);
        }
        artefact
    }
}

fn tolerance(usual: f64) -> f64 {
    (usual * TOLERATED_SHARE).max(TOLERATED_MS)
}

/// To the nearest nanosecond; `ms` is finite.
fn nanos(ms: f64) -> i128 {
    // Recordings hold whole milliseconds, and for those no rounding is needed.
    #[expect(clippy::cast_possible_truncation, reason = "compared with what was cut off")]
    let whole = ms as i32;
    if (ms - f64::from(whole)) == 0.0 && ms <= RrInterval::MAX_MS {
        i128::from(i64::from(whole) * 1_000_000)
    } else {
        SignedDuration::from_secs_f64(ms / 1000.0).as_nanos()
    }
}

/// 30 to 200 bpm: the range of a heart at a desk, as most of the literature on heart rate variability takes it.
const SHORTEST_MS: f64 = 300.0;
const LONGEST_MS: f64 = 2000.0;
/// How far an interval may lie from the median of its neighbours, or from the normal interval before it: 20 % (Karlsson 2012
/// and Acar 2000 use the same share), but never less than 80 ms, so that breathing at a calm fast heart isn't cut.
const TOLERATED_SHARE: f64 = 0.2;
const TOLERATED_MS: f64 = 80.0;
/// The median is taken over this many accepted intervals: odd, and about one breath long.
const NEIGHBOURS: usize = 9;
/// After this many rejected intervals in a row it's the neighbours that are out of date.
const RESET_AFTER: usize = 5;
/// An interval cut in two has a shorter half of at most this share of it, and mostly the longer half is too.
const EXTRA_BELOW: f64 = 0.6;
/// The largest difference between the rebuilt time of a beat and the arrival of its packet: a packet a second, its beats up
/// to two seconds old at the slowest heart, and some delay on the radio.
const TOLERANCE: SignedDuration = SignedDuration::from_millis(3_000);
/// Each packet takes out one part in 16 of the difference.
const PULL: i128 = 16;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn millis(ms: f64) -> SignedDuration {
        SignedDuration::from_secs_f64(ms / 1000.0)
    }

    /// One packet an interval, each arriving as its beat happens.
    fn labels(series: &[f64]) -> Vec<Option<Artefact>> {
        let (mut filter, mut at) = (BeatFilter::default(), Timestamp::UNIX_EPOCH);
        let mut labels = Vec::new();
        for &ms in series {
            at += millis(ms);
            labels.extend(
                filter
                    .label(at, &[RrInterval::from_millis(ms).unwrap()])
                    .iter()
                    .map(|beat| beat.artefact),
            );
        }
        labels
    }

    fn at(seconds: f64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(seconds)
    }

    fn rr(ms: &[f64]) -> Vec<RrInterval> {
        ms.iter().map(|&ms| RrInterval::from_millis(ms).unwrap()).collect()
    }

    #[test]
    fn a_beat_that_was_not_seen_is_missed() {
        assert_eq!(
            labels(&[800.0, 810.0, 790.0, 1610.0, 805.0])[3..],
            [Some(Artefact::Missed), None]
        );
    }

    #[test]
    fn an_interval_cut_in_two_holds_an_extra_beat() {
        let extra = Some(Artefact::Extra);
        assert_eq!(labels(&[800.0, 810.0, 790.0, 380.0, 430.0, 805.0])[3..], [extra, extra, None]);
    }

    #[test]
    fn an_early_beat_and_the_pause_behind_it_are_ectopic() {
        let ectopic = Some(Artefact::Ectopic);
        assert_eq!(
            labels(&[800.0, 810.0, 790.0, 560.0, 1060.0, 805.0])[3..],
            [ectopic, ectopic, None]
        );
    }

    #[test]
    fn the_absurd_first_interval_of_a_strap_is_out_of_range() {
        assert_eq!(labels(&[6512.0, 453.0, 460.0]), [Some(Artefact::OutOfRange), None, None]);
    }

    #[test]
    fn after_five_rejected_in_a_row_the_new_pace_is_taken_up() {
        let mut series = vec![800.0; 9];
        series.extend([500.0; 7]);
        assert!(labels(&series)[9..14].iter().all(Option::is_some));
        assert_eq!(labels(&series)[14..], [None, None]);
    }

    #[test]
    fn beats_after_a_gap_follow_nothing() {
        let mut filter = BeatFilter::default();
        let first = filter.label(at(10.0), &rr(&[800.0, 800.0]));
        let next = filter.label(at(11.6), &rr(&[810.0, 790.0]));
        let after_gap = filter.label(at(18.6), &rr(&[800.0, 800.0]));
        let follows: Vec<_> =
            [first, next, after_gap].iter().flatten().map(|beat| beat.follows).collect();
        assert_eq!(follows, [false, true, true, true, false, true]);
    }

    #[test]
    fn packets_that_arrive_late_together_leave_no_gap() {
        let mut filter = BeatFilter::default();
        let mut beats = filter.label(at(10.0), &rr(&[800.0]));
        beats.extend(filter.label(at(12.4), &rr(&[800.0])));
        beats.extend(filter.label(at(12.4), &rr(&[800.0])));
        beats.extend(filter.label(at(12.5), &rr(&[800.0])));
        assert!(beats[1..].iter().all(|beat| beat.follows));
    }

    #[test]
    fn a_clock_that_steps_back_starts_anew() {
        let mut filter = BeatFilter::default();
        filter.label(at(100.0), &rr(&[800.0]));
        assert!(!filter.label(at(50.0), &rr(&[800.0]))[0].follows);
    }

    proptest! {
        #[test]
        fn nanoseconds_are_those_of_a_duration(ms in prop_oneof![
            (1u32..1_000_001).prop_map(f64::from),
            (1u16..).prop_map(|ticks| f64::from(ticks) * 1000.0 / 1024.0),
            0.0..1e12f64,
        ]) {
            prop_assert_eq!(nanos(ms), millis(ms).as_nanos());
        }

        #[test]
        fn a_clean_series_is_left_alone(base in 400.0..1500.0f64, swing in 0.0..0.08f64) {
            let series: Vec<f64> = (0..200).map(|n| base * (1.0 + swing * (f64::from(n) / 5.0).sin())).collect();
            prop_assert!(labels(&series).iter().all(Option::is_none));
        }

        #[test]
        fn every_interval_becomes_one_beat_in_order(
            packets in prop::collection::vec((0.0..20.0f64, prop::collection::vec(1.0..1_000_000.0f64, 0..12)), 0..20),
        ) {
            let (mut filter, mut now) = (BeatFilter::default(), 0.0);
            for (step, series) in packets {
                now += step;
                let beats = filter.label(at(now), &rr(&series));
                prop_assert_eq!(beats.iter().map(|beat| beat.rr).collect::<Vec<_>>(), rr(&series));
                prop_assert!(beats.windows(2).all(|pair| pair[0].at <= pair[1].at && pair[1].follows));
            }
        }
    }
}
