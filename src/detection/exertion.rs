//! Is this exercise, and not an elevation at the desk?
//!
//! Without an accelerometer this is a guess from the heart and from presence: a rate far above usual or climbing fast is
//! taken for exercise, and so is all of the recovery behind it. With hands on the keyboard a steep rise is no staircase, so
//! only a far higher rate counts then.

use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::heart::Sample;
use crate::surroundings::Presence;

/// Follows the wearer through exercise and recovery.
#[derive(Clone, Debug, Default)]
pub struct Exertion {
    state: State,
    last_minute: VecDeque<(Timestamp, f64)>,
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
    },
    /// As high as in exercise, but for longer than anybody exercises.
    HighForLong,
}

impl Exertion {
    /// Takes in the next sample, `excess` bpm above usual, and tells whether it belongs to exercise or to the recovery from it.
    ///
    /// `level` is the excess in bpm that counts as exercise, `settled` the excess below which a recovery is over.
    pub fn observe(
        &mut self,
        sample: &Sample,
        excess: f64,
        presence: Presence,
        level: f64,
        settled: f64,
    ) -> bool {
        let effort = match presence {
            Presence::AtDesk => excess >= level * AT_DESK_FACTOR,
            _ => excess >= level || self.climb(sample) >= CLIMB_BPM_A_MINUTE,
        };
        self.state = match self.state {
            State::Exercising { since } if effort && sample.at.duration_since(since) > LONGEST => {
                State::HighForLong
            }
            State::Exercising { .. } | State::HighForLong if effort => self.state,
            State::Resting | State::Recovering { .. } if effort => {
                State::Exercising { since: sample.at }
            }
            State::Exercising { .. } => State::Recovering { since: sample.at },
            State::HighForLong => State::Resting,
            State::Recovering { since }
                if recovered(sample.at.duration_since(since), excess < settled) =>
            {
                State::Resting
            }
            State::Resting | State::Recovering { .. } => self.state,
        };
        matches!(self.state, State::Exercising { .. } | State::Recovering { .. })
    }

    /// Forgets everything, as after a long gap.
    pub fn reset(&mut self) {
        *self = Self::default();
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

fn recovered(passed: SignedDuration, settled: bool) -> bool {
    passed < SignedDuration::ZERO
        || passed >= LONGEST_RECOVERY
        || (settled && passed >= SHORTEST_RECOVERY)
}

/// 20 bpm a minute lost real hits in recorded everyday life, 30 did not.
const CLIMB_BPM_A_MINUTE: f64 = 30.0;
/// A rise of 25 bpm while the hands type is no exercise; half as much again is left for the treadmill desk.
const AT_DESK_FACTOR: f64 = 1.5;
/// A recovery takes at least this long (the prototype's hold), and ends when the rate is near usual.
const SHORTEST_RECOVERY: SignedDuration = SignedDuration::from_mins(10);
/// After this long what remains is no longer put down to the exercise.
const LONGEST_RECOVERY: SignedDuration = SignedDuration::from_mins(60);
/// Nobody exercises longer without a pause: what is usual must be wrong, and has to be learned anew.
const LONGEST: SignedDuration = SignedDuration::from_hours(3);
const MINUTE: SignedDuration = SignedDuration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each minute of these excesses over a usual 70 ended in exertion.
    fn minutes(presence: Presence, excesses: &[f64]) -> Vec<bool> {
        let mut exertion = Exertion::default();
        let mut second = 0;
        let mut minute = |&excess: &f64| {
            (0..12)
                .map(|_| {
                    second += 5;
                    let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
                    let sample =
                        Sample { at, heart_rate: 70.0 + excess, rmssd: None, coverage: 1.0 };
                    exertion.observe(&sample, excess, presence, 30.0, 4.0)
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
        let sample =
            |second, heart_rate| Sample { at: at(second), heart_rate, rmssd: None, coverage: 1.0 };
        assert!(!exertion.observe(&sample(0, 60.0), -10.0, Presence::Unknown, 30.0, 4.0));
        assert!(exertion.observe(&sample(50, 92.0), 22.0, Presence::Unknown, 30.0, 4.0));
    }

    #[test]
    fn a_steep_rise_while_the_hands_type_is_none() {
        assert!(!minutes(Presence::AtDesk, &[-10.0, 25.0, 35.0, 35.0]).contains(&true));
        assert!(minutes(Presence::AtDesk, &[0.0, 46.0])[1]);
    }

    #[test]
    fn what_lasts_longer_than_any_exercise_is_none() {
        let day = minutes(Presence::Unknown, &[35.0; 4 * 60]);
        assert!(day[170] && !day[3 * 60 + 1]);
    }
}
