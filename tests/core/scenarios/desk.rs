//! What is done at the desk, and away from it.

use insta::assert_snapshot;
use jiff::SignedDuration;
use kindbeat_core::context::Context;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::Fact;
use kindbeat_core::context::InputActivity;
use kindbeat_core::context::Presence;
use kindbeat_core::context::Probe;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Settings;
use kindbeat_core::offer::Answer;
use kindbeat_core::setting::RangedDuration;

use super::seen;
use crate::day::Day;

#[test]
fn an_elevation_in_a_call_is_offered_when_the_call_ends() {
    let mut day = Day::starting("09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30);
    day.around(|around| seen(around)[Fact::Microphone] = Probe::Yes)
        .heart_rate(84.0)
        .for_minutes(15);
    day.around(|around| seen(around)[Fact::Microphone] = Probe::No).for_minutes(2);
    assert_snapshot!(day.log(), @"09:45 offer, 84 over 62");
}

#[test]
fn walking_to_the_kitchen_and_back_asks_nothing() {
    let mut day = Day::starting("09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30);
    day.presence(Presence::Moving).heart_rate(88.0).for_minutes(8);
    day.presence(Presence::AtDesk).heart_rate(66.0).for_minutes(15);
    assert_snapshot!(day.log(), @"09:43 held: just_returned");
}

/// The hands pause twice a minute, but for one rest.
fn hands(day: &mut Day, minutes: u32, level: f64) {
    for _ in 0..minutes * 2 {
        day.around(|around| around.hands = InputActivity::Busy).heart_rate(level).seconds(20);
        let since = day.now();
        day.around(|around| around.hands = InputActivity::Resting(since)).seconds(10);
    }
}

#[test]
fn a_coffee_that_was_fetched_is_never_asked_about() {
    let mut day = Day::starting("09:00");
    hands(&mut day, 30, 62.0);
    let left = day.now();
    day.around(|around| around.hands = InputActivity::Resting(left));
    day.heart_rate(62.0).seconds(10).heart_rate(88.0).for_minutes(4);
    hands(&mut day, 1, 80.0);
    hands(&mut day, 10, 75.0);
    hands(&mut day, 10, 64.0);
    assert_snapshot!(day.log(), @"09:47 held: after_walk");
}

#[test]
fn a_rise_while_reading_is_asked_about_a_few_minutes_later() {
    let mut day = Day::starting("09:00");
    hands(&mut day, 30, 62.0);
    for _ in 0..4 {
        let since = day.now();
        day.around(|around| around.hands = InputActivity::Resting(since));
        day.heart_rate(84.0).for_minutes(2);
        hands(&mut day, 4, 84.0);
    }
    assert_snapshot!(day.log(), @r"
    09:35 offer, 84 over 62
    09:45 offer withdrawn
    ");
}

#[test]
fn where_steps_are_known_a_rise_while_reading_waits_for_nothing() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.steps_known = true);
    hands(&mut day, 30, 62.0);
    let since = day.now();
    day.around(|around| around.hands = InputActivity::Resting(since));
    day.heart_rate(84.0).for_minutes(2);
    hands(&mut day, 4, 84.0);
    assert_snapshot!(day.log(), @"09:33 offer, 77 over 62");
}

#[test]
fn a_rise_soon_after_one_that_nobody_was_asked_about_is_offered() {
    let mut day = Day::starting("09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30);
    day.presence(Presence::Moving).heart_rate(84.0).for_minutes(5);
    day.presence(Presence::AtDesk).for_minutes(3).heart_rate(62.0).for_minutes(3);
    day.heart_rate(84.0).for_minutes(15);
    assert_snapshot!(day.log(), @r"
    09:39 held: just_returned
    09:44 offer, 75 over 62
    09:54 offer withdrawn
    ");
}

#[test]
fn a_return_is_held_for_as_long_as_it_is_set() {
    let mut settings = Settings::default();
    settings.detection.after_return = RangedDuration::secs(15 * 60);
    let mut day = Day::with(settings, "09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30);
    day.presence(Presence::Away)
        .for_minutes(5)
        .presence(Presence::AtDesk)
        .heart_rate(84.0)
        .for_minutes(20);
    assert_snapshot!(day.log(), @"09:50 offer, 84 over 62");
}

#[test]
fn a_long_ride_is_no_elevation() {
    let mut day = Day::starting("09:00");
    day.heart_rate(62.0).for_minutes(30).heart_rate(140.0).for_minutes(4 * 60);
    day.heart_rate(80.0).for_minutes(15).heart_rate(62.0).for_minutes(15);
    assert!(!day.log().contains("offer"), "{}", day.log());
}

#[test]
fn exercise_at_an_unknown_place_and_its_recovery_ask_nothing() {
    let mut day = Day::starting("09:00");
    day.heart_rate(62.0).for_minutes(30).heart_rate(120.0).for_minutes(20);
    day.heart_rate(80.0).for_minutes(15).heart_rate(62.0).for_minutes(15);
    assert_snapshot!(day.log(), @"10:06 held: moving");
}

#[test]
fn steady_input_is_not_interrupted_and_the_offer_lapses() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = InputActivity::Busy).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(25).heart_rate(62.0).for_minutes(5);
    assert_snapshot!(day.log(), @"09:56 held: no_pause");
}

#[test]
fn a_pause_of_the_hands_is_the_moment_to_ask() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = InputActivity::Busy).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(7);
    let now = day.now();
    day.around(|around| around.hands = InputActivity::Resting(now)).for_minutes(1);
    assert_snapshot!(day.log(), @"09:37 offer, 84 over 62");
    assert_eq!(day.offered_at(), [now + SignedDuration::from_secs(6)]);
}

#[test]
fn after_long_idling_no_offer_comes_before_new_input() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = InputActivity::Busy).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(2);
    let now = day.now();
    day.around(|around| around.hands = InputActivity::Resting(now)).for_minutes(4);
    assert_snapshot!(day.log(), @"");
    let now = day.now();
    day.around(|around| around.hands = InputActivity::Busy);
    day.around(|around| around.hands = InputActivity::Resting(now)).for_minutes(1);
    assert_snapshot!(day.log(), @"09:36 offer, 84 over 62");
}

#[test]
fn no_offer_comes_if_the_heart_settles_before_a_pause() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = InputActivity::Busy).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(7).heart_rate(62.0).for_minutes(8);
    assert_snapshot!(day.log(), @"09:38 held: settled");
}

#[test]
fn the_end_of_a_call_brings_the_offer_despite_active_input() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = InputActivity::Busy).heart_rate(62.0).for_minutes(30);
    day.around(|around| seen(around)[Fact::Microphone] = Probe::Yes)
        .heart_rate(84.0)
        .for_minutes(15);
    assert_snapshot!(day.log(), @"");
    // Muted for a moment.
    day.around(|around| seen(around)[Fact::Microphone] = Probe::No).put(Input::Tick);
    day.around(|around| seen(around)[Fact::Microphone] = Probe::Yes).for_minutes(1);
    assert_snapshot!(day.log(), @"");
    day.around(|around| seen(around)[Fact::Microphone] = Probe::No).for_minutes(1);
    assert_snapshot!(day.log(), @"09:46 offer, 84 over 62");
    let waited = day.now().duration_since(day.offered_at()[0]);
    assert_eq!(waited, SignedDuration::from_secs(50), "ten seconds after it");
}

#[test]
fn no_offer_comes_soon_after_idle_hands_return() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = InputActivity::Busy).heart_rate(62.0).for_minutes(30);
    let now = day.now();
    day.around(|around| around.hands = InputActivity::Resting(now)).heart_rate(84.0).for_minutes(8);
    day.around(|around| around.hands = InputActivity::Lately).for_minutes(8);
    assert_snapshot!(day.log(), @"09:43 offer, 84 over 62");
}

#[test]
fn a_machine_that_woke_is_left_alone_for_a_while() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = InputActivity::Lately).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(2).put(Input::Woke).for_minutes(8);
    assert_snapshot!(day.log(), @"09:37 offer, 84 over 62");
}

#[test]
fn an_open_offer_leaves_the_heart_out_where_others_may_see_it() {
    let begins: [fn(&mut Context); 4] = [
        |around| seen(around)[Fact::Sharing] = Probe::Yes,
        |around| seen(around)[Fact::Sharing] = Probe::Failed,
        |around| seen(around)[Fact::Camera] = Probe::Yes,
        |around| around.locked = true,
    ];
    for begins in begins {
        let mut day = Day::starting("09:00");
        day.desktop(Desktop::default()).heart_rate(62.0).for_minutes(30);
        day.heart_rate(84.0).for_minutes(5).around(begins);
        assert_eq!(day.around.desktop, None, "there is nothing to watch for any more");
        day.around(|around| around.locked = false).around(begins);
        day.answer(Answer::Fine).for_minutes(1);
        let log = "09:33 offer, 76 over 62\n09:35 the offer leaves the heart out\n09:35 offer withdrawn\n";
        assert_eq!(day.log(), log);
    }
}

#[test]
fn an_offer_that_says_nothing_of_the_heart_watches_nothing() {
    let mut settings = Settings::default();
    settings.offer.mention_heart = false;
    let mut day = Day::with(settings, "09:00");
    day.desktop(Desktop::default()).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(5);
    assert_eq!(day.around.desktop, None);
    day.around(|around| around.locked = true);
    assert_snapshot!(day.log(), @"09:33 offer, 76 over 62");
}

#[test]
fn a_call_that_holds_no_offer_hides_no_heart() {
    let mut settings = Settings::default();
    settings.offer.hold_in_calls = false;
    let mut day = Day::with(settings, "09:00");
    day.heart_rate(62.0).for_minutes(30);
    day.around(|around| seen(around)[Fact::Microphone] = Probe::Yes);
    day.heart_rate(84.0).for_minutes(5);
    assert!(day.engine.may_mention_heart());
    assert_snapshot!(day.log(), @"09:33 offer, 76 over 62");
}
