use super::*;

const WATCHES: Watches = Watches { away: Duration::from_secs(300), rest: Duration::from_secs(6) };

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn idle(seconds: u64) -> Heard {
    Heard::IdleFor(Duration::from_secs(seconds))
}

fn hands(hands: InputActivity) -> Vec<Event> {
    vec![Event::Activity(hands)]
}

fn resting(second: i64) -> Vec<Event> {
    hands(InputActivity::Resting(at(second)))
}

/// A desk of which a source says what happens.
fn found() -> Desk {
    let mut desk = Desk::new(WATCHES);
    assert_eq!(desk.handle(Heard::Found, at(0)), []);
    desk
}

#[test]
fn what_a_source_knows_at_first_is_told() {
    assert_eq!(found().handle(idle(0), at(0)), hands(InputActivity::Busy));
    assert_eq!(found().handle(idle(5), at(0)), hands(InputActivity::Busy));
    assert_eq!(found().handle(idle(6), at(0)), resting(-6));
}

#[test]
fn short_idle_times_are_watched_until_known_or_wanted() {
    let mut desk = Desk::new(WATCHES);
    assert!(!desk.watches_rest());
    desk.handle(Heard::Found, at(0));
    assert!(desk.watches_rest());
    desk.handle(idle(0), at(0));
    assert!(!desk.watches_rest());
    desk.handle(Heard::WatchPause(true), at(1));
    assert!(desk.watches_rest());
    desk.handle(Heard::WatchPause(false), at(2));
    assert!(!desk.watches_rest());
}

#[test]
fn a_rest_that_goes_on_is_watched_to_its_end_as_it_was() {
    let mut desk = found();
    desk.handle(Heard::WatchPause(true), at(0));
    desk.handle(idle(6), at(10));
    desk.handle(Heard::WatchPause(false), at(11));
    assert!(desk.watches_rest());
    desk.handle(Heard::Used, at(12));
    assert!(!desk.watches_rest());
    desk.handle(idle(300), at(400));
    desk.handle(Heard::WatchPause(true), at(401));
    assert!(!desk.watches_rest());
    desk.handle(Heard::Used, at(402));
    assert!(desk.watches_rest());
}

#[test]
fn one_rest_is_told_once_whichever_watch_tells_of_it() {
    let mut desk = found();
    assert_eq!(desk.handle(idle(6), at(10)), resting(4));
    assert_eq!(desk.handle(idle(300), at(304)), []);
    assert_eq!(desk.handle(idle(300), at(305)), []);
    assert_eq!(desk.handle(Heard::Used, at(400)), hands(InputActivity::Busy));
    assert_eq!(desk.handle(Heard::Used, at(401)), []);
}

#[test]
fn a_rest_that_began_earlier_than_was_known_is_told_anew() {
    let mut desk = found();
    assert_eq!(desk.handle(idle(6), at(200)), resting(194));
    assert_eq!(desk.handle(idle(300), at(310)), resting(10));
}

#[test]
fn a_second_rest_with_a_use_between_that_went_unheard_is_told() {
    let mut desk = found();
    assert_eq!(desk.handle(idle(6), at(10)), resting(4));
    assert_eq!(desk.handle(idle(6), at(30)), resting(24));
}

#[test]
fn logind_is_heard_only_while_nothing_better_tells() {
    let mut desk = Desk::new(WATCHES);
    let since = Heard::Hint(Hint::IdleSince(at(-100)));
    assert_eq!(desk.handle(Heard::Hint(Hint::None), at(0)), []);
    assert_eq!(desk.handle(since, at(0)), resting(-100));
    assert_eq!(desk.handle(Heard::Found, at(1)), []);
    assert_eq!(desk.handle(Heard::Hint(Hint::InUse), at(2)), hands(InputActivity::Lately));
    assert_eq!(desk.handle(idle(0), at(3)), hands(InputActivity::Busy));
    assert_eq!(desk.handle(since, at(4)), []);
    assert_eq!(desk.handle(Heard::Lost, at(5)), resting(-100));
}

#[test]
fn without_any_source_nothing_is_known() {
    let mut desk = found();
    desk.handle(idle(0), at(0));
    assert_eq!(desk.handle(Heard::Lost, at(1)), hands(InputActivity::Unknown));
    assert!(!desk.watches_rest());
}

#[test]
fn a_hint_that_nobody_ever_gave_says_nothing() {
    assert_eq!(Hint::new(false, 0), Hint::None);
    assert_eq!(Hint::new(true, 0), Hint::None);
    assert_eq!(Hint::new(true, u64::MAX), Hint::None);
    let second: u64 = 1_800_000_000;
    assert_eq!(Hint::new(false, second * 1_000_000), Hint::InUse);
    assert_eq!(Hint::new(true, second * 1_000_000), Hint::IdleSince(at(0)));
}

#[test]
fn the_lock_begins_with_the_first_source_and_ends_with_the_last() {
    let mut desk = Desk::new(WATCHES);
    assert_eq!(desk.handle(Heard::LockedHint(false), at(0)), []);
    assert_eq!(desk.handle(Heard::Covered(Saver::Gnome, true), at(1)), [Event::Locked(true)]);
    assert_eq!(desk.handle(Heard::LockedHint(true), at(2)), []);
    assert_eq!(desk.handle(Heard::Covered(Saver::Common, true), at(2)), []);
    assert_eq!(desk.handle(Heard::Covered(Saver::Gnome, false), at(3)), []);
    assert_eq!(desk.handle(Heard::LockedHint(false), at(4)), []);
    assert_eq!(desk.handle(Heard::Covered(Saver::Common, false), at(5)), [Event::Locked(false)]);
}

#[test]
fn a_requested_lock_ends_with_any_sign_of_its_end() {
    let covered = |on| Heard::Covered(Saver::Mate, on);
    for (begin, end) in [
        (None, Heard::UnlockCalled),
        (Some(Heard::LockedHint(true)), Heard::LockedHint(false)),
        (Some(covered(true)), covered(false)),
        (None, Heard::Used),
        (None, Heard::Hint(Hint::InUse)),
    ] {
        let mut desk = found();
        assert_eq!(desk.handle(Heard::LockCalled, at(0)), [Event::Locked(true)]);
        // A session that comes or goes has all asked anew.
        for unchanged in [Heard::LockedHint(false), covered(false)] {
            assert_eq!(desk.handle(unchanged, at(0)), []);
        }
        begin.map(|begin| desk.handle(begin, at(1)));
        assert!(desk.handle(end, at(2)).contains(&Event::Locked(false)), "{end:?}");
    }
}

#[test]
fn input_ends_a_short_lock_that_no_source_ends() {
    let mut desk = found();
    desk.handle(idle(0), at(0));
    assert!(!desk.watches_rest());
    assert_eq!(desk.handle(Heard::LockCalled, at(1)), [Event::Locked(true)]);
    assert!(desk.watches_rest(), "or no source would tell that they are used");
    desk.handle(idle(6), at(8));
    assert!(desk.handle(Heard::Used, at(60)).contains(&Event::Locked(false)));
    assert!(!desk.watches_rest());
}

#[test]
fn a_call_to_lock_is_not_heard_where_nothing_would_tell_its_end() {
    assert_eq!(Desk::new(WATCHES).handle(Heard::LockCalled, at(0)), []);
}

#[test]
fn a_lock_that_holds_does_not_end_with_a_call_or_a_key() {
    let mut desk = found();
    desk.handle(Heard::LockedHint(true), at(0));
    desk.handle(Heard::LockCalled, at(0));
    assert_eq!(desk.handle(Heard::UnlockCalled, at(1)), []);
    assert_eq!(desk.handle(Heard::Used, at(1)), hands(InputActivity::Busy));
}

#[test]
fn sleep_and_waking_are_told_once_each() {
    let mut desk = Desk::new(WATCHES);
    assert_eq!(desk.handle(Heard::Sleep(false), at(0)), []);
    assert_eq!(desk.handle(Heard::Sleep(true), at(1)), [Event::Asleep]);
    assert_eq!(desk.handle(Heard::Sleep(true), at(2)), []);
    assert_eq!(desk.handle(Heard::Sleep(false), at(3)), [Event::Woke]);
}

#[test]
fn a_clock_that_jumps_and_lengths_beyond_all_bounds_do_no_harm() {
    let mut desk = found();
    assert_eq!(
        desk.handle(Heard::IdleFor(Duration::MAX), at(0)),
        hands(InputActivity::Resting(Timestamp::MIN))
    );
    assert_eq!(desk.handle(idle(6), at(-1_000_000)), resting(-1_000_006));
}
