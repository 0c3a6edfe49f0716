//! Whether the wearer walks, by the steps that a monitor sends.

use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

use super::Cadence;
use crate::context::InputActivity;
use crate::context::Presence;

/// What a monitor that sends steps tells of its wearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// Sits, stands, or takes a few steps.
    Still,
    /// Walks or runs.
    Moving,
}

impl Motion {
    /// What follows for the desk, while the hands do this; `motion` is `None` where no steps are sent.
    ///
    /// Steps outweigh the hands, which type on a treadmill, too, and rest for a minute on the way to the kettle. Nobody who is known to keep
    /// still exercises; whether they are at this desk the hands tell better.
    #[must_use]
    pub const fn presence(motion: Option<Self>, hands: InputActivity) -> Presence {
        match (motion, hands) {
            (Some(Self::Moving), _) => Presence::Moving,
            (Some(Self::Still), InputActivity::Unknown) => Presence::AtDesk,
            (Some(Self::Still) | None, _) => Presence::Unknown,
        }
    }
}

/// Counts the steps of the last minute.
#[derive(Clone, Debug, Default)]
pub struct StepCounter {
    /// The steps since the packet before, oldest first.
    last_minute: VecDeque<(Timestamp, f64)>,
    last_packet_at: Option<Timestamp>,
}

impl StepCounter {
    /// Takes in a packet. The same one told twice, as BlueZ does when two programs listen, adds nothing.
    pub fn observe(&mut self, now: Timestamp, cadence: Cadence) {
        let since = self.last_packet_at.map_or(SignedDuration::ZERO, |at| now.duration_since(at));
        if since.is_negative() {
            self.last_minute.clear();
        }
        let since = since.clamp(SignedDuration::ZERO, LONGEST_PAUSE);
        self.last_packet_at = Some(now);
        let steps = cadence.steps_a_minute() * since.as_secs_f64() / 60.0;
        while self.last_minute.front().is_some_and(|&(at, _)| now.duration_since(at) > MINUTE)
            || self.last_minute.len() >= MOST
        {
            self.last_minute.pop_front();
        }
        if steps > 0.0 {
            self.last_minute.push_back((now, steps));
        }
    }

    /// What the wearer does at that time; `None`: the monitor sends no steps, or none any more.
    #[must_use]
    pub fn motion(&self, now: Timestamp) -> Option<Motion> {
        let silent = now.duration_since(self.last_packet_at?);
        if silent.is_negative() || silent > LONGEST_PAUSE {
            return None;
        }
        let recent = self.last_minute.iter().filter(|&&(at, _)| now.duration_since(at) <= MINUTE);
        let steps: f64 = recent.map(|&(_, steps)| steps).sum();
        Some(if steps >= WALK { Motion::Moving } else { Motion::Still })
    }
}

/// So many steps within a minute are a walk, and fewer a way round the chair: the recordings that the detection is tried on count as
/// moving from 0.25 steps a second over a minute.
const WALK: f64 = 15.0;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A sensor sends a packet a second. What lies between two packets further apart is not known.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// The packets of a minute that are kept; a bound, since packets come over the air.
const MOST: usize = 600;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn cadence(steps: u8) -> Cadence {
        Cadence::decode(&[0, 0, 0, steps]).unwrap()
    }

    /// The motion at the end of each second of these cadences.
    fn seconds(cadences: impl IntoIterator<Item = u8>) -> Vec<Option<Motion>> {
        let mut counter = StepCounter::default();
        let each = cadences.into_iter().zip(0..).map(|(steps, second)| {
            counter.observe(at(second), cadence(steps));
            counter.motion(at(second))
        });
        each.collect()
    }

    #[test]
    fn a_walk_is_seen_after_ten_seconds_and_over_within_a_minute() {
        let walk = std::iter::repeat_n(100, 60).chain(std::iter::repeat_n(0, 120));
        let motions = seconds(walk);
        assert_eq!(motions[5], Some(Motion::Still));
        assert!(motions[10..100].iter().all(|motion| *motion == Some(Motion::Moving)));
        assert_eq!(motions[120], Some(Motion::Still));
    }

    #[test]
    fn a_few_steps_round_the_chair_are_none() {
        let shuffles = (0..20).flat_map(|_| [90, 90, 90, 0, 0].into_iter().chain([0; 25]));
        assert!(seconds(shuffles).iter().all(|motion| *motion == Some(Motion::Still)));
    }

    #[test]
    fn a_sensor_that_falls_silent_tells_nothing() {
        let mut counter = StepCounter::default();
        assert_eq!(counter.motion(at(0)), None);
        for second in 0..30 {
            counter.observe(at(second), cadence(110));
        }
        assert_eq!(counter.motion(at(32)), Some(Motion::Moving));
        assert_eq!(counter.motion(at(40)), None);
        // The clock was set back: what was counted is of another time.
        counter.observe(at(5), cadence(0));
        assert_eq!(counter.motion(at(5)), Some(Motion::Still));
    }

    #[test]
    fn steps_outweigh_the_hands_and_stillness_does_not() {
        let resting = InputActivity::Resting(at(0));
        for hands in [InputActivity::Unknown, InputActivity::Busy, InputActivity::Lately, resting] {
            assert_eq!(Motion::presence(Some(Motion::Moving), hands), Presence::Moving);
            assert_eq!(Motion::presence(None, hands), Presence::Unknown);
        }
        assert_eq!(Motion::presence(Some(Motion::Still), resting), Presence::Unknown);
        let nothing = InputActivity::Unknown;
        assert_eq!(Motion::presence(Some(Motion::Still), nothing), Presence::AtDesk);
    }

    proptest! {
        #[test]
        fn a_packet_told_twice_is_no_more_steps(
            cadences in prop::collection::vec(0_u8..200, 1..200)
        ) {
            let mut counter = StepCounter::default();
            let mut told = Vec::new();
            for (steps, second) in cadences.iter().zip(0..) {
                for _ in 0..2 {
                    counter.observe(at(second), cadence(*steps));
                }
                told.push(counter.motion(at(second)));
            }
            prop_assert_eq!(told, seconds(cadences));
        }

        #[test]
        fn whatever_comes_in_the_count_keeps_its_bound(
            packets in prop::collection::vec((any::<i32>(), any::<u8>()), 0..2_000)
        ) {
            let mut counter = StepCounter::default();
            for (second, steps) in packets {
                counter.observe(at(i64::from(second)), cadence(steps));
                prop_assert!(counter.last_minute.len() <= MOST);
            }
        }
    }
}
