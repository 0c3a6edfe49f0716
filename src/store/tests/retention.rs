//! What is forgotten, and by which clock.

use std::time::Duration;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::at;
use super::keep;
use crate::store::*;

const KEEP: SignedDuration = SignedDuration::from_hours(40 * 24);
const HOUR: i64 = 60;

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// A store and two clocks; all times in minutes from now, by a right clock.
struct World {
    store: Store,
    retention: Retention,
    /// What a right clock shows.
    now: i64,
    /// By how much the wall clock is ahead.
    wrong_by: i64,
    uptime: i64,
}

impl World {
    /// Sixty days of history, a break a day.
    fn new() -> Self {
        let mut store = Store::in_memory().unwrap();
        let breaks = (-60..0).map(|day: i64| taken(day * 24 * HOUR));
        keep(&mut store, breaks.map(|taken| (taken.started, Record::Break(taken))));
        let last = at(-60_000);
        let mut writer = Writer::new(KEEP);
        writer.keep(last, super::sample(-60_000));
        store.write(&writer.flush(last).unwrap()).unwrap();
        let retention = store.retention().unwrap();
        Self { store, retention, now: 0, wrong_by: 0, uptime: 5 }
    }

    /// The program runs, and looks at the clocks every hour.
    fn run(&mut self, hours: i64) {
        for _ in 0..=hours {
            let wall = at((self.now + self.wrong_by) * 60_000);
            self.retention.look(wall, Duration::from_secs(self.uptime.unsigned_abs() * 60));
            if let Some(before) = self.retention.forget_before(KEEP) {
                self.store.tidy(before).unwrap();
            }
            if self.retention.take_change() {
                self.store.keep_retention(&self.retention).unwrap();
            }
            self.now += HOUR;
            self.uptime += HOUR;
        }
    }

    /// The machine is off for so long.
    fn restart(&mut self, minutes: i64) {
        self.now += minutes;
        self.uptime = 1;
        self.retention = self.store.retention().unwrap();
    }

    /// The days of the history that are left, counted from the start.
    fn days(&self) -> Vec<i64> {
        let breaks = self.store.breaks(Timestamp::MIN, Timestamp::MAX).unwrap();
        breaks.iter().map(|taken| taken.started.duration_since(at(0)).as_hours() / 24).collect()
    }
}

fn taken(minute: i64) -> StoredBreak {
    let (started, practice) = (at(minute * 60_000), "a".to_owned());
    StoredBreak { started, practice, length_s: 60, ended: None, answers: None }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_wrong_clock_erases_what_is_to_be_kept(
        stretches in prop::collection::vec(
            (
                prop_oneof![Just(0), -30i64..30, -24 * HOUR..24 * HOUR, -3_000 * 24 * HOUR..3_000 * 24 * HOUR],
                0i64..10,
                prop::option::of(0..48 * HOUR),
            ),
            1..12,
        )
    ) {
        let mut world = World::new();
        let mut wrong = 0;
        for (wrong_by, hours, off) in stretches {
            // A clock that is wrong for a day and more is one that its owner lives by.
            wrong = if wrong_by == 0 { 0 } else { wrong + hours + 1 };
            world.wrong_by = if wrong < 24 { wrong_by } else { 0 };
            wrong = if wrong < 24 { wrong } else { 0 };
            if let Some(off) = off {
                world.restart(off);
            }
            world.run(hours);
        }
        world.wrong_by = 0;
        world.run(30);
        // An hour for steps that are too small to be noticed.
        let oldest = at((world.now + HOUR) * 60_000) - KEEP;
        let kept = (-60..0).filter(|day| at(day * 24 * HOUR * 60_000) >= oldest);
        let days = world.days();
        prop_assert!(kept.clone().all(|day| days.contains(&day)), "{days:?}");
    }
}

#[test]
fn a_clock_ahead_for_some_seconds_erases_nothing() {
    let mut world = World::new();
    world.run(1);
    let before = world.days();
    world.wrong_by = 800 * 24 * HOUR;
    world.run(1);
    world.restart(1);
    world.run(20);
    world.wrong_by = 0;
    world.run(40);
    assert_eq!(before.len() - world.days().len(), 14, "two days, a week of history in each");
}

#[test]
fn what_is_old_goes_a_week_at_a_time() {
    let mut world = World::new();
    world.run(1);
    assert_eq!(world.days().first(), Some(&-53));
    world.run(20);
    assert_eq!(world.days().first(), Some(&-53));
    world.run(24);
    assert_eq!(world.days().first(), Some(&-46));
    world.run(24 * 10);
    assert!(world.days().first().is_some_and(|day| (-29..=-27).contains(day)));
}

#[test]
fn a_machine_that_is_off_every_night_forgets_in_time() {
    let mut world = World::new();
    for _ in 0..30 {
        world.run(8);
        world.restart(15 * HOUR + 30);
    }
    let oldest = at(world.now * 60_000) - KEEP - minutes(5 * 24 * HOUR);
    let days = world.days();
    assert!(days.iter().all(|day| at(day * 24 * HOUR * 60_000) >= oldest), "{days:?}");
}
