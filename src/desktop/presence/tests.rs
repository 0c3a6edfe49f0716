use kindbeat_core::engine::SHORTEST_WALK;

use super::*;

const WATCHES: Watches = Watches { away: Duration::from_secs(300), rest: Duration::from_secs(6) };

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn idle(seconds: u64) -> PresenceInput {
    PresenceInput::IdleFor(Duration::from_secs(seconds))
}

fn hands(hands: InputActivity) -> Vec<DesktopEvent> {
    vec![DesktopEvent::Activity(hands)]
}

fn resting(second: i64) -> Vec<DesktopEvent> {
    hands(InputActivity::Resting(at(second)))
}

/// A desk of which a source says what happens.
fn found() -> PresenceState {
    let mut desk = PresenceState::new(WATCHES);
    assert_eq!(desk.handle(PresenceInput::Found, at(0)), []);
    desk
}

#[test]
fn a_rest_in_which_somebody_may_walk_is_always_told() {
    let usual = Watches::default();
    assert!(usual.away <= SHORTEST_WALK.unsigned_abs() && usual.rest < usual.away);
}

#[test]
fn what_a_source_knows_at_first_is_told() {
    assert_eq!(found().handle(idle(0), at(0)), hands(InputActivity::Busy));
    assert_eq!(found().handle(idle(5), at(0)), hands(InputActivity::Busy));
    assert_eq!(found().handle(idle(6), at(0)), resting(-6));
}

#[test]
fn short_idle_times_are_watched_until_known_or_wanted() {
    let mut desk = PresenceState::new(WATCHES);
    assert!(!desk.watches_rest());
    desk.handle(PresenceInput::Found, at(0));
    assert!(desk.watches_rest());
    desk.handle(idle(0), at(0));
    assert!(!desk.watches_rest());
    desk.handle(PresenceInput::WatchPauses(true), at(1));
    assert!(desk.watches_rest());
    desk.handle(PresenceInput::WatchPauses(false), at(2));
    assert!(!desk.watches_rest());
}

#[test]
fn a_rest_that_goes_on_is_watched_to_its_end_as_it_was() {
    let mut desk = found();
    desk.handle(PresenceInput::WatchPauses(true), at(0));
    desk.handle(idle(6), at(10));
    desk.handle(PresenceInput::WatchPauses(false), at(11));
    assert!(desk.watches_rest());
    desk.handle(PresenceInput::Used, at(12));
    assert!(!desk.watches_rest());
    desk.handle(idle(300), at(400));
    desk.handle(PresenceInput::WatchPauses(true), at(401));
    assert!(!desk.watches_rest());
    desk.handle(PresenceInput::Used, at(402));
    assert!(desk.watches_rest());
}

#[test]
fn one_rest_is_told_once_whichever_watch_tells_of_it() {
    let mut desk = found();
    assert_eq!(desk.handle(idle(6), at(10)), resting(4));
    assert_eq!(desk.handle(idle(300), at(304)), []);
    assert_eq!(desk.handle(idle(300), at(305)), []);
    assert_eq!(desk.handle(PresenceInput::Used, at(400)), hands(InputActivity::Busy));
    assert_eq!(desk.handle(PresenceInput::Used, at(401)), []);
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
    let mut desk = PresenceState::new(WATCHES);
    let since = PresenceInput::Hint(IdleHint::IdleSince(at(-100)));
    assert_eq!(desk.handle(PresenceInput::Hint(IdleHint::None), at(0)), []);
    assert_eq!(desk.handle(since, at(0)), resting(-100));
    assert_eq!(desk.handle(PresenceInput::Found, at(1)), []);
    assert_eq!(
        desk.handle(PresenceInput::Hint(IdleHint::InUse), at(2)),
        hands(InputActivity::Lately)
    );
    assert_eq!(desk.handle(idle(0), at(3)), hands(InputActivity::Busy));
    assert_eq!(desk.handle(since, at(4)), []);
    assert_eq!(desk.handle(PresenceInput::Lost, at(5)), resting(-100));
}

#[test]
fn that_a_film_counts_as_hands_is_told_once_and_taken_back() {
    let mut desk = PresenceState::new(WATCHES);
    let counts = |counts| vec![DesktopEvent::AwakeIsUse(counts)];
    assert_eq!(desk.handle(PresenceInput::AwakeIsUse(false), at(0)), []);
    assert_eq!(desk.handle(PresenceInput::AwakeIsUse(true), at(1)), counts(true));
    assert_eq!(desk.handle(PresenceInput::AwakeIsUse(true), at(2)), []);
    assert_eq!(desk.handle(PresenceInput::AwakeIsUse(false), at(3)), counts(false));
    desk.handle(PresenceInput::AwakeIsUse(true), at(4));
    let lost = desk.handle(PresenceInput::Lost, at(5));
    assert!(
        lost.contains(&DesktopEvent::AwakeIsUse(false)),
        "what is lost tells nothing: {lost:?}"
    );
}

#[test]
fn without_any_source_nothing_is_known() {
    let mut desk = found();
    desk.handle(idle(0), at(0));
    assert_eq!(desk.handle(PresenceInput::Lost, at(1)), hands(InputActivity::Unknown));
    assert!(!desk.watches_rest());
}

#[test]
fn a_hint_that_nobody_ever_gave_says_nothing() {
    assert_eq!(IdleHint::new(false, 0), IdleHint::None);
    assert_eq!(IdleHint::new(true, 0), IdleHint::None);
    assert_eq!(IdleHint::new(true, u64::MAX), IdleHint::None);
    let second: u64 = 1_800_000_000;
    assert_eq!(IdleHint::new(false, second * 1_000_000), IdleHint::InUse);
    assert_eq!(IdleHint::new(true, second * 1_000_000), IdleHint::IdleSince(at(0)));
}

#[test]
fn the_lock_begins_with_the_first_source_and_ends_with_the_last() {
    let mut desk = PresenceState::new(WATCHES);
    assert_eq!(desk.handle(PresenceInput::LockedHint(false), at(0)), []);
    assert_eq!(
        desk.handle(PresenceInput::Covered(ScreenSaver::Gnome, true), at(1)),
        [DesktopEvent::Locked(true)]
    );
    assert_eq!(desk.handle(PresenceInput::LockedHint(true), at(2)), []);
    assert_eq!(desk.handle(PresenceInput::Covered(ScreenSaver::Common, true), at(2)), []);
    assert_eq!(desk.handle(PresenceInput::Covered(ScreenSaver::Gnome, false), at(3)), []);
    assert_eq!(desk.handle(PresenceInput::LockedHint(false), at(4)), []);
    assert_eq!(
        desk.handle(PresenceInput::Covered(ScreenSaver::Common, false), at(5)),
        [DesktopEvent::Locked(false)]
    );
}

#[test]
fn a_requested_lock_ends_with_any_sign_of_its_end() {
    let covered = |on| PresenceInput::Covered(ScreenSaver::Mate, on);
    for (begin, end) in [
        (None, PresenceInput::UnlockCalled),
        (Some(PresenceInput::LockedHint(true)), PresenceInput::LockedHint(false)),
        (Some(covered(true)), covered(false)),
        (None, PresenceInput::Used),
        (None, PresenceInput::Hint(IdleHint::InUse)),
    ] {
        let mut desk = found();
        assert_eq!(desk.handle(PresenceInput::LockCalled, at(0)), [DesktopEvent::Locked(true)]);
        // A session that comes or goes has all asked anew.
        for unchanged in [PresenceInput::LockedHint(false), covered(false)] {
            assert_eq!(desk.handle(unchanged, at(0)), []);
        }
        begin.map(|begin| desk.handle(begin, at(1)));
        assert!(desk.handle(end, at(2)).contains(&DesktopEvent::Locked(false)), "{end:?}");
    }
}

#[test]
fn input_ends_a_short_lock_that_no_source_ends() {
    let mut desk = found();
    desk.handle(idle(0), at(0));
    assert!(!desk.watches_rest());
    assert_eq!(desk.handle(PresenceInput::LockCalled, at(1)), [DesktopEvent::Locked(true)]);
    assert!(desk.watches_rest(), "or no source would tell that they are used");
    desk.handle(idle(6), at(8));
    assert!(desk.handle(PresenceInput::Used, at(60)).contains(&DesktopEvent::Locked(false)));
    assert!(!desk.watches_rest());
}

#[test]
fn a_call_to_lock_is_not_heard_where_nothing_would_tell_its_end() {
    assert_eq!(PresenceState::new(WATCHES).handle(PresenceInput::LockCalled, at(0)), []);
}

#[test]
fn a_lock_that_holds_does_not_end_with_a_call_or_a_key() {
    let mut desk = found();
    desk.handle(PresenceInput::LockedHint(true), at(0));
    desk.handle(PresenceInput::LockCalled, at(0));
    assert_eq!(desk.handle(PresenceInput::UnlockCalled, at(1)), []);
    assert_eq!(desk.handle(PresenceInput::Used, at(1)), hands(InputActivity::Busy));
}

#[test]
fn sleep_and_waking_are_told_once_each() {
    let mut desk = PresenceState::new(WATCHES);
    assert_eq!(desk.handle(PresenceInput::Sleep(false), at(0)), []);
    assert_eq!(desk.handle(PresenceInput::Sleep(true), at(1)), [DesktopEvent::Asleep]);
    assert_eq!(desk.handle(PresenceInput::Sleep(true), at(2)), []);
    assert_eq!(desk.handle(PresenceInput::Sleep(false), at(3)), [DesktopEvent::Woke]);
}

#[test]
fn a_clock_that_jumps_and_lengths_beyond_all_bounds_do_no_harm() {
    let mut desk = found();
    assert_eq!(
        desk.handle(PresenceInput::IdleFor(Duration::MAX), at(0)),
        hands(InputActivity::Resting(Timestamp::MIN))
    );
    assert_eq!(desk.handle(idle(6), at(-1_000_000)), resting(-1_000_006));
}
