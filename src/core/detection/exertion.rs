//! Is this exercise, and not an elevation at the desk?
//!
//! Without an accelerometer this is a guess from the heart and from presence: a rate far above usual or climbing fast is
//! taken for exercise, and so is all of the recovery behind it. Somebody who types climbs no stairs, so
//! only a far higher rate counts then.

use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::context::Presence;
use crate::heart::Sample;

/// Follows the wearer through exercise and recovery.
#[derive(Clone, Debug, Default)]
pub struct Exertion {
    state: State,
    last_sample_at: Option<Timestamp>,
    last_minute: VecDeque<(Timestamp, f64)>,
}

/// What a sample belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Neither exercise nor the recovery from it.
    Rest,
    /// Exercise, or the recovery from it.
    Exercise,
    /// As high as in exercise, for longer than most exercise lasts: what is usual may be wrong, and may be learned anew. It is
    /// no moment to ask all the same.
    HighForLong,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Resting,
    Exercising {
        since: Timestamp,
    },
    Recovering {
        since: Timestamp,
        /// How long the exercise lasted.
        exercised: SignedDuration,
    },
    HighForLong {
        since: Timestamp,
    },
}

impl Exertion {
    /// Takes in the next sample, `excess` bpm above usual, and tells what it belongs to.
    ///
    /// `level` is the excess in bpm that counts as exercise; `settled` says that the heart is back near usual, and no elevation
    /// is under way any more: only then is a recovery over.
    pub fn observe(
        &mut self,
        sample: &Sample,
        excess: f64,
        presence: Presence,
        level: f64,
        settled: bool,
    ) -> Effort {
        self.last_sample_at = Some(sample.at);
        let effort = match presence {
            Presence::AtDesk => excess >= level * AT_DESK_FACTOR,
            _ => excess >= level || self.climb(sample) >= CLIMB_BPM_A_MINUTE,
        };
        self.state = match self.state {
            State::Exercising { since }
                if effort && sample.at.duration_since(since) > LONGEST_EXERCISE =>
            {
                State::HighForLong { since }
            }
            State::Exercising { .. } | State::HighForLong { .. } if effort => self.state,
            State::Resting | State::Recovering { .. } if effort => {
                State::Exercising { since: sample.at }
            }
            State::Exercising { since } | State::HighForLong { since } => {
                recovering(since, sample.at)
            }
            State::Recovering { since, exercised }
                if recovered(
                    sample.at.duration_since(since),
                    longest(presence, exercised),
                    settled,
                ) =>
            {
                State::Resting
            }
            State::Resting | State::Recovering { .. } => self.state,
        };
        match self.state {
            State::Resting => Effort::Rest,
            State::Exercising { .. } | State::Recovering { .. } => Effort::Exercise,
            State::HighForLong { .. } => Effort::HighForLong,
        }
    }

    /// No data for a while: a strap that is taken off after sport ends the exercise, and not the recovery from it.
    pub fn interrupt(&mut self) {
        self.last_minute.clear();
        if let (State::Exercising { since } | State::HighForLong { since }, Some(last_sample_at)) =
            (self.state, self.last_sample_at)
        {
            self.state = recovering(since, last_sample_at);
        }
    }

    /// How much the rate rose within the last minute, in bpm.
    fn climb(&mut self, sample: &Sample) -> f64 {
        let out_of_date =
            |&(at, _): &(Timestamp, f64)| at > sample.at || sample.at.duration_since(at) > MINUTE;
        while self.last_minute.front().is_some_and(out_of_date) {
            self.last_minute.pop_front();
        }
        self.last_minute.push_back((sample.at, sample.heart_rate));
        let lowest = self.last_minute.iter().map(|&(_, rate)| rate).fold(f64::INFINITY, f64::min);
        sample.heart_rate - lowest
    }
}

fn recovering(since: Timestamp, until: Timestamp) -> State {
    State::Recovering { since: until, exercised: until.duration_since(since) }
}

/// How long a recovery is waited for at most.
fn longest(presence: Presence, exercised: SignedDuration) -> SignedDuration {
    match presence {
        Presence::AtDesk => {
            (exercised * RECOVERY_PER_EXERCISE).clamp(SETTLED_AT_DESK, LONGEST_RECOVERY)
        }
        _ => LONGEST_RECOVERY,
    }
}

fn recovered(passed: SignedDuration, longest: SignedDuration, settled: bool) -> bool {
    passed < SignedDuration::ZERO || passed >= longest || (settled && passed >= SHORTEST_RECOVERY)
}

/// 20 bpm a minute lost real hits in recorded everyday life, 30 did not.
const CLIMB_BPM_A_MINUTE: f64 = 30.0;
/// A rise of 25 bpm while the hands type is no exercise; half as much again is left for the treadmill desk.
const AT_DESK_FACTOR: f64 = 1.5;
/// A recovery takes at least this long, and ends when the rate is near usual.
const SHORTEST_RECOVERY: SignedDuration = SignedDuration::from_mins(10);
/// The longer the exercise, the longer the recovery: stairs are forgotten in minutes, a run is not.
const RECOVERY_PER_EXERCISE: i32 = 3;
/// At the desk, even a short sprint is given this long: a burst of effort passes within minutes.
const SETTLED_AT_DESK: SignedDuration = SignedDuration::from_mins(5);
/// After this long what remains is no longer put down to the exercise.
const LONGEST_RECOVERY: SignedDuration = SignedDuration::from_mins(60);
/// Little exercise lasts longer. A heart that stays as high may have been taken for another's, or be ill: either way what is
/// usual is learned anew, and nothing is offered until it is.
const LONGEST_EXERCISE: SignedDuration = SignedDuration::from_hours(3);
const MINUTE: SignedDuration = SignedDuration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heart::Rates;

    /// Whether each minute of these excesses over a usual 70 ended in exertion.
    fn minutes(presence: Presence, excesses: &[f64]) -> Vec<bool> {
        let mut exertion = Exertion::default();
        let mut second = 0;
        let mut minute = |&excess: &f64| {
            (0..12)
                .map(|_| {
                    second += 5;
                    let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
                    let sample = Sample {
                        at,
                        heart_rate: 70.0 + excess,
                        since_last: Rates::default(),
                        rmssd: None,
                        coverage: 1.0,
                    };
                    exertion.observe(&sample, excess, presence, 30.0, excess < 4.0) != Effort::Rest
                })
                .last()
                .unwrap()
        };
        excesses.iter().map(&mut minute).collect()
    }

    #[test]
    fn sitting_elevated_is_no_exercise() {
        assert!(!minutes(Presence::Unknown, &[0.0, 5.0, 12.0, 18.0, 18.0, 25.0]).contains(&true));
    }

    #[test]
    fn cycling_and_the_recovery_behind_it_are() {
        let mut ride = vec![0.0, 20.0, 40.0, 60.0, 60.0];
        ride.extend([15.0; 12]);
        ride.extend([2.0; 2]);
        let exerting = minutes(Presence::Unknown, &ride);
        assert_eq!(exerting[..2], [false, false]);
        assert!(exerting[2..17].iter().all(|&minute| minute), "{exerting:?}");
        assert!(!exerting[18], "{exerting:?}");
    }

    #[test]
    fn stairs_show_by_the_climb() {
        let mut stairs = vec![0.0, 29.0, 29.0];
        stairs.extend([0.0; 12]);
        let exerting = minutes(Presence::Unknown, &stairs);
        assert!(!exerting[1]);
        let mut exertion = Exertion::default();
        let at = |second| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
        let sample = |second, heart_rate| Sample {
            at: at(second),
            heart_rate,
            since_last: Rates::steady(heart_rate, 5),
            rmssd: None,
            coverage: 1.0,
        };
        let mut observe =
            |sample, excess| exertion.observe(&sample, excess, Presence::Unknown, 30.0, false);
        assert_eq!(observe(sample(0, 60.0), -10.0), Effort::Rest);
        assert_eq!(observe(sample(50, 92.0), 22.0), Effort::Exercise);
    }

    #[test]
    fn a_steep_rise_while_the_hands_type_is_none() {
        assert!(!minutes(Presence::AtDesk, &[-10.0, 25.0, 35.0, 35.0]).contains(&true));
        assert!(minutes(Presence::AtDesk, &[0.0, 46.0])[1]);
    }

    #[test]
    fn at_the_desk_the_recovery_is_in_proportion_to_the_effort() {
        let recovering = |effort: usize| {
            let mut day = vec![0.0];
            day.extend(vec![50.0; effort]);
            day.extend([15.0; 40]);
            let exerting = minutes(Presence::AtDesk, &day);
            exerting[1 + effort..].iter().filter(|&&minute| minute).count()
        };
        assert_eq!([1, 4, 8].map(recovering), [5, 12, 24]);
    }

    #[test]
    fn very_long_exertion_may_teach_but_brings_no_offer() {
        let mut exertion = Exertion::default();
        let mut at_minute = |minute: i64, excess: f64| {
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
            let since_last = Rates::default();
            let sample =
                Sample { at, heart_rate: 70.0 + excess, since_last, rmssd: None, coverage: 1.0 };
            exertion.observe(&sample, excess, Presence::Unknown, 30.0, excess < 4.0)
        };
        let ride: Vec<_> = (0..240).map(|minute| at_minute(minute, 60.0)).collect();
        assert_eq!(
            (ride[179], ride[181], ride[239]),
            (Effort::Exercise, Effort::HighForLong, Effort::HighForLong)
        );
        assert_eq!(
            at_minute(240, 20.0),
            Effort::Exercise,
            "the recovery begins when the effort ends"
        );
    }

    #[test]
    fn a_strap_that_is_gone_for_a_moment_does_not_end_the_recovery() {
        let mut exertion = Exertion::default();
        let mut at_minute = |minute: i64, excess: f64, gap: bool| {
            if gap {
                exertion.interrupt();
            }
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
            let since_last = Rates::default();
            let sample =
                Sample { at, heart_rate: 70.0 + excess, since_last, rmssd: None, coverage: 1.0 };
            exertion.observe(&sample, excess, Presence::Unknown, 30.0, excess < 4.0)
        };
        for minute in 0..30 {
            at_minute(minute, 70.0, false);
        }
        assert_eq!(at_minute(35, 20.0, true), Effort::Exercise);
        assert_eq!(at_minute(36, 2.0, false), Effort::Exercise);
        assert_eq!(at_minute(46, 2.0, false), Effort::Rest);
    }
}
