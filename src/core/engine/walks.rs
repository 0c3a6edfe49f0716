//! Short walks, guessed from rests of the hands: where nothing tells of steps.
//!
//! Where the strap counts no steps nobody tells of them. A heart that begins to rise while the hands rest, or as they come back, may have
//! fetched a coffee, and then what is left of the walk looks like an elevation for minutes. Whether it was a walk shows soon after: the
//! heart falls again. One that stays as high did not walk: it reads. So what has to be waited for hangs on the rests in which the heart
//! rose, and on how it went on; of other rests, as in reading, nothing follows.

use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

/// The rests that may have been walks, and the rates by which they are judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Walks {
    /// Those that still may matter, oldest first.
    over: VecDeque<Walk>,
    /// In bpm, oldest first.
    rates: VecDeque<(Timestamp, f64)>,
}

/// A rest of the hands that is over.
#[derive(Clone, Copy, Debug)]
struct Walk {
    since: Timestamp,
    until: Timestamp,
}

impl Walks {
    /// Takes in a rate, in bpm.
    pub(super) fn observe(&mut self, now: Timestamp, rate: f64) {
        let out_of_date = |&(at, _): &(Timestamp, f64)| now.duration_since(at) > REMEMBERED;
        while self.rates.front().is_some_and(out_of_date) {
            self.rates.pop_front();
        }
        self.rates.push_back((now, rate));
    }

    /// The hands are back after a rest.
    pub(super) fn ended(&mut self, since: Timestamp, until: Timestamp) {
        self.over.retain(|walk| until.duration_since(walk.until) <= WAIT);
        if until.duration_since(since) >= SHORTEST_WALK {
            self.over.push_back(Walk { since, until });
        }
    }

    /// Until when a rise that began then is not asked about; `None`: it is no walk's.
    pub(super) fn wait_after(&self, began: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let near = self.over.iter().filter(|walk| began.duration_since(walk.until) <= BACK);
        near.filter_map(|walk| self.wait(*walk, began, now)).max()
    }

    fn wait(&self, walk: Walk, began: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let judged_at = walk.until.checked_add(JUDGED_AFTER).ok()?;
        let settled = walk.until.saturating_add(MINUTE).unwrap_or(Timestamp::MAX);
        let peak = self.between(walk.since, settled).fold(0.0, f64::max);
        if now < judged_at {
            // A source may say that the hands have rested since time began.
            let early = walk.since.saturating_sub(MINUTE).unwrap_or(Timestamp::MIN);
            let onset = walk.since.saturating_add(ONSET).unwrap_or(Timestamp::MAX);
            let rose = self.mean(early, onset);
            let rose = rose.is_some_and(|before| peak - before >= RISE_BPM);
            return (walk.since <= began || rose).then_some(judged_at);
        }
        let late = judged_at.saturating_sub(MINUTE).unwrap_or(Timestamp::MIN);
        let fell = self.mean(late, judged_at);
        let fell = fell.is_none_or(|level| peak - level >= FALL_BPM);
        if fell { walk.until.checked_add(WAIT).ok() } else { None }
    }

    fn mean(&self, from: Timestamp, to: Timestamp) -> Option<f64> {
        let count = self.between(from, to).count();
        (count > 0).then(|| self.between(from, to).sum::<f64>() / count as f64)
    }

    fn between(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = f64> {
        let within = self.rates.iter().filter(move |&&(at, _)| from <= at && at <= to);
        within.map(|&(_, rate)| rate)
    }
}

// The figures were chosen on recorded days as a desktop sees them: 17 offers, 14 of them after a walk, became 7 and 1, and of made
// rises of 16 bpm as many are found as before, of those while reading more than half.

/// Nobody gets to the kettle and back in less. The hands are told to rest from this long a rest on.
pub const SHORTEST_WALK: SignedDuration = SignedDuration::from_mins(1);
/// A rise that begins so soon after the hands are back still belongs to the rest.
const BACK: SignedDuration = SignedDuration::from_mins(2);
/// After so long it shows whether the heart falls, as it does after a walk.
const JUDGED_AFTER: SignedDuration = SignedDuration::from_mins(3);
/// What a short walk leaves is over by then.
const WAIT: SignedDuration = SignedDuration::from_mins(15);
/// Above the minute before it, the heart has risen in a rest.
const RISE_BPM: f64 = 5.0;
/// Below its peak, the heart has fallen after a rest.
const FALL_BPM: f64 = 6.0;
/// When a walk begins the heart is still as it was.
const ONSET: SignedDuration = SignedDuration::from_secs(10);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// More than the longest short walk and what it leaves.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(30);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Ten minutes at 65, a rest of three minutes, and what is left of it; a rate every five seconds until the end.
    fn after_rest(rate: impl Fn(i64) -> f64, end: i64) -> Walks {
        let mut walks = Walks::default();
        for second in (0..=end).step_by(5) {
            walks.observe(at(second), rate(second));
            if second == 780 {
                walks.ended(at(600), at(780));
            }
        }
        walks
    }

    #[test]
    fn a_walk_is_waited_for_and_a_rise_while_reading_is_not() {
        let walk = |second| match second {
            0..640 => 65.0,
            640..780 => 92.0,
            _ => 72.0,
        };
        let reading = |second| if second < 640 { 65.0 } else { 81.0 };
        for rate in [&walk as &dyn Fn(i64) -> f64, &reading] {
            let walks = after_rest(rate, 800);
            assert_eq!(walks.wait_after(at(645), at(800)), Some(at(960)), "not yet known");
        }
        assert_eq!(after_rest(walk, 960).wait_after(at(645), at(960)), Some(at(1_680)));
        assert_eq!(after_rest(reading, 960).wait_after(at(645), at(960)), None);
        // A rise that the walk only adds to.
        assert_eq!(after_rest(walk, 960).wait_after(at(500), at(960)), Some(at(1_680)));
    }

    #[test]
    fn what_began_later_or_only_went_on_waits_for_nothing() {
        let walks = after_rest(|_| 81.0, 960);
        assert_eq!(walks.wait_after(at(400), at(800)), None, "as high before");
        let walks = after_rest(|second| if second < 910 { 65.0 } else { 81.0 }, 960);
        assert_eq!(walks.wait_after(at(910), at(960)), None);
        assert_eq!(Walks::default().wait_after(at(910), at(960)), None);
    }

    #[test]
    fn hands_that_rested_since_time_began_are_no_matter() {
        let mut walks = Walks::default();
        walks.observe(at(600), 80.0);
        walks.ended(Timestamp::MIN, at(600));
        assert_eq!(walks.wait_after(at(590), at(610)), Some(at(780)));
        let mut walks = Walks::default();
        walks.observe(Timestamp::MAX, 80.0);
        walks.ended(at(600), Timestamp::MAX);
        assert_eq!(walks.wait_after(Timestamp::MAX, Timestamp::MAX), None);
    }

    #[test]
    fn a_look_out_of_the_window_is_no_walk() {
        let mut walks = Walks::default();
        walks.ended(at(600), at(659));
        assert_eq!(walks.wait_after(at(610), at(660)), None);
    }

    proptest! {
        #[test]
        fn nothing_grows_and_nothing_waits_longer_than_after_a_walk(
            steps in prop::collection::vec((1_i64..400, 40.0..180.0f64, any::<bool>()), 1..400)
        ) {
            let mut walks = Walks::default();
            let mut now = 0;
            for (step, rate, ends) in steps {
                now += step;
                walks.observe(at(now), rate);
                if ends {
                    walks.ended(at(now - step), at(now));
                }
                let wait = walks.wait_after(at(now - 100), at(now));
                prop_assert!(wait.is_none_or(|until| until <= at(now) + WAIT));
                prop_assert!(walks.rates.len() <= 1_801 && walks.over.len() <= 901);
            }
        }
    }
}
