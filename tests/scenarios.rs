//! Whole stretches of a day through the real engine, in virtual time.

use insta::assert_snapshot;
use jiff::SignedDuration;
use kindbeat::engine::Input;
use kindbeat::engine::Settings;
use kindbeat::offer::Answer;
use kindbeat::practice::Command;
use kindbeat::practice::Length;
use kindbeat::setting::Count;
use kindbeat::setting::Lasting;
use kindbeat::surroundings::Desktop;
use kindbeat::surroundings::Hands;
use kindbeat::surroundings::Presence;
use kindbeat::surroundings::Seen;
use kindbeat::surroundings::Surroundings;

#[path = "support/day.rs"]
mod day;

use day::Day;

/// What the desktop is seen to do.
fn seen(around: &mut Surroundings) -> &mut Desktop {
    around.desktop.get_or_insert_default()
}

/// A quiet half hour at the desk, then a heart that stays up for as long.
fn hard_morning() -> Day {
    let mut day = Day::starting("09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(10);
    day
}

#[test]
fn a_sustained_rise_at_the_desk_asks_once_and_takes_the_offer_back_in_time() {
    let mut day = hard_morning();
    day.for_minutes(20);
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    09:43 offer withdrawn
    ");
}

#[test]
fn a_quiet_day_asks_nothing() {
    let mut day = Day::starting("09:00");
    day.heart_rate(62.0).for_minutes(120).heart_rate(66.0).for_minutes(60);
    assert_snapshot!(day.log(), @"");
}

#[test]
fn a_rise_of_two_minutes_asks_nothing() {
    let mut day = Day::starting("09:00");
    day.heart_rate(62.0)
        .for_minutes(30)
        .heart_rate(84.0)
        .for_minutes(2)
        .heart_rate(62.0)
        .for_minutes(20);
    assert_snapshot!(day.log(), @"");
}

#[test]
fn start_opens_the_break_and_it_runs_to_its_end_by_itself() {
    let mut day = hard_morning();
    day.answer(Answer::Start).heart_rate(70.0).for_minutes(4);
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    09:40 offer withdrawn
    09:40 break, step 1
    09:40 break, step 2
    09:40 break, step 3
    09:41 break, step 4
    09:41 break, step 5
    09:42 break, step 6
    09:42 break, step 7
    09:42 break, step 8
    09:43 break ended: Completed
    ");
}

#[test]
fn leaving_ends_the_break_at_once() {
    let mut day = hard_morning();
    day.answer(Answer::Start).for_minutes(1).in_break(Command::Leave).for_minutes(1);
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    09:40 offer withdrawn
    09:40 break, step 1
    09:40 break, step 2
    09:40 break, step 3
    09:41 break ended: Left { step: 2 }
    ");
}

#[test]
fn too_much_leads_outward_asks_nothing_more_today_and_begins_gently_next_time() {
    let mut day = hard_morning();
    day.answer(Answer::Start)
        .for_minutes(1)
        .in_break(Command::TooMuch)
        .heart_rate(62.0)
        .for_minutes(150);
    day.heart_rate(84.0).for_minutes(10).heart_rate(62.0).for_minutes(10);
    day.put(Input::BreakWanted(None, None)).in_break(Command::Leave);
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    09:40 offer withdrawn
    09:40 break, step 1
    09:40 break, step 2
    09:40 break, step 3
    09:41 grounding, step 1
    09:41 grounding, step 2
    09:41 grounding, step 3
    09:41 grounding, step 4
    09:41 grounding, step 5
    09:42 break ended: TooMuch { step: 2 }
    12:22 held: snoozed
    12:31 break, step 1
    12:31 break ended: Left { step: 0 }
    ");
}

#[test]
fn later_asks_once_more_when_the_heart_is_still_up() {
    let mut day = hard_morning();
    day.answer(Answer::Later).for_minutes(30);
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    09:40 offer withdrawn
    10:00 offer, 84 over 62
    ");
}

#[test]
fn later_asks_nothing_when_the_heart_has_settled() {
    let mut day = hard_morning();
    day.answer(Answer::Later).heart_rate(62.0).for_minutes(40);
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    09:40 offer withdrawn
    ");
}

#[test]
fn a_second_elevation_within_the_cool_down_is_held_back() {
    let mut day = hard_morning();
    day.answer(Answer::Fine).heart_rate(62.0).for_minutes(20).heart_rate(84.0).for_minutes(10);
    day.heart_rate(62.0).for_minutes(10);
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    09:40 offer withdrawn
    10:11 held: cool_down
    ");
}

#[test]
fn an_elevation_in_a_call_is_offered_when_the_call_ends() {
    let mut day = Day::starting("09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30);
    day.around(|around| seen(around).microphone = Seen::Yes).heart_rate(84.0).for_minutes(15);
    day.around(|around| seen(around).microphone = Seen::No).for_minutes(2);
    assert_snapshot!(day.log(), @"09:45 offer, 84 over 62");
}

#[test]
fn walking_to_the_kitchen_and_back_asks_nothing() {
    let mut day = Day::starting("09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30);
    day.presence(Presence::Moving).heart_rate(88.0).for_minutes(8);
    day.presence(Presence::AtDesk).heart_rate(66.0).for_minutes(15);
    assert_snapshot!(day.log(), @"09:42 held: just_returned");
}

#[test]
fn a_return_is_held_for_as_long_as_it_is_set() {
    let mut settings = Settings::default();
    settings.detection.after_return = Lasting::secs(15 * 60);
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
fn later_said_when_the_heart_has_settled_does_not_carry_over_to_the_next_elevation() {
    let mut day = Day::starting("09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30).heart_rate(84.0).for_minutes(4);
    day.heart_rate(62.0).for_minutes(5).answer(Answer::Later).for_minutes(25);
    day.heart_rate(84.0).for_minutes(10).heart_rate(62.0).for_minutes(5);
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    09:39 offer withdrawn
    10:15 held: cool_down
    ");
}

#[test]
fn after_too_much_no_snooze_and_no_other_break_brings_offers_back_today() {
    let mut day = hard_morning();
    day.answer(Answer::Start).in_break(Command::TooMuch);
    day.put(Input::BreakWanted(Some("kind-hand".to_owned()), None)).in_break(Command::Leave);
    let soon = day.now() + SignedDuration::from_mins(1);
    day.put(Input::Snooze(soon)).put(Input::Resume).heart_rate(62.0).for_minutes(100);
    day.heart_rate(84.0).for_minutes(10).heart_rate(62.0).for_minutes(5);
    day.put(Input::BreakWanted(None, None));
    let session = day.engine.session().unwrap();
    assert_eq!(session.practice().id(), "grounding");
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    09:40 offer withdrawn
    09:40 break, step 1
    09:40 grounding, step 1
    09:40 break ended: TooMuch { step: 0 }
    09:40 break, step 1
    09:40 break ended: Left { step: 0 }
    11:31 held: snoozed
    11:35 break, step 1
    ");
}

#[test]
fn a_strap_changed_after_sport_does_not_end_the_recovery() {
    let mut day = Day::starting("09:00");
    day.heart_rate(62.0).for_minutes(30).heart_rate(140.0).for_minutes(29).silent_for_minutes(3);
    day.heart_rate(84.0).for_minutes(15).heart_rate(62.0).for_minutes(15);
    assert_snapshot!(day.log(), @r"
    10:01 held: moving
    10:18 held: moving
    ");
}

#[test]
fn a_long_ride_is_no_elevation() {
    let mut day = Day::starting("09:00");
    day.heart_rate(62.0).for_minutes(30).heart_rate(140.0).for_minutes(4 * 60);
    day.heart_rate(80.0).for_minutes(15).heart_rate(62.0).for_minutes(15);
    assert!(!day.log().contains("offer"), "{}", day.log());
}

#[test]
fn a_practice_that_is_not_there_any_more_gives_the_usual_one() {
    let mut settings = Settings::default();
    settings.practice.default = Some("gone".to_owned());
    let mut day = Day::with(settings, "09:00");
    day.put(Input::BreakWanted(None, None));
    assert_eq!(day.engine.session().unwrap().practice().id(), "self-compassion-break");
}

#[test]
fn exercise_at_an_unknown_place_and_its_recovery_ask_nothing() {
    let mut day = Day::starting("09:00");
    day.heart_rate(62.0).for_minutes(30).heart_rate(120.0).for_minutes(20);
    day.heart_rate(80.0).for_minutes(15).heart_rate(62.0).for_minutes(15);
    assert_snapshot!(day.log(), @"10:06 held: moving");
}

#[test]
fn hands_that_never_rest_are_not_interrupted_and_the_offer_lapses() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = Hands::Busy).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(25).heart_rate(62.0).for_minutes(5);
    assert_snapshot!(day.log(), @"09:56 held: no_pause");
}

#[test]
fn a_pause_of_the_hands_is_the_moment_to_ask() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = Hands::Busy).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(7);
    let now = day.now();
    day.around(|around| around.hands = Hands::Resting(now)).for_minutes(1);
    assert_snapshot!(day.log(), @"09:37 offer, 84 over 62");
    assert_eq!(day.offered_at(), [now + SignedDuration::from_secs(6)]);
}

#[test]
fn hands_that_have_rested_for_long_are_not_asked_until_they_were_used_again() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = Hands::Busy).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(2);
    let now = day.now();
    day.around(|around| around.hands = Hands::Resting(now)).for_minutes(4);
    assert_snapshot!(day.log(), @"");
    let now = day.now();
    day.around(|around| around.hands = Hands::Busy);
    day.around(|around| around.hands = Hands::Resting(now)).for_minutes(1);
    assert_snapshot!(day.log(), @"09:36 offer, 84 over 62");
}

#[test]
fn nothing_is_offered_while_a_pause_is_waited_for_and_the_heart_settles() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = Hands::Busy).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(7).heart_rate(62.0).for_minutes(8);
    assert_snapshot!(day.log(), @"09:38 held: settled");
}

#[test]
fn the_end_of_a_call_is_the_moment_to_ask_though_the_hands_are_busy() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = Hands::Busy).heart_rate(62.0).for_minutes(30);
    day.around(|around| seen(around).microphone = Seen::Yes).heart_rate(84.0).for_minutes(15);
    assert_snapshot!(day.log(), @"");
    // Muted for a moment.
    day.around(|around| seen(around).microphone = Seen::No).put(Input::Tick);
    day.around(|around| seen(around).microphone = Seen::Yes).for_minutes(1);
    assert_snapshot!(day.log(), @"");
    day.around(|around| seen(around).microphone = Seen::No).for_minutes(1);
    assert_snapshot!(day.log(), @"09:46 offer, 84 over 62");
    let waited = day.now().duration_since(day.offered_at()[0]);
    assert_eq!(waited, SignedDuration::from_secs(50), "ten seconds after it");
}

#[test]
fn whoever_comes_back_from_a_rest_of_the_hands_is_left_alone_for_a_while() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = Hands::Busy).heart_rate(62.0).for_minutes(30);
    let now = day.now();
    day.around(|around| around.hands = Hands::Resting(now)).heart_rate(84.0).for_minutes(8);
    day.around(|around| around.hands = Hands::Lately).for_minutes(8);
    assert_snapshot!(day.log(), @"09:43 offer, 84 over 62");
}

#[test]
fn a_machine_that_woke_is_left_alone_for_a_while() {
    let mut day = Day::starting("09:00");
    day.around(|around| around.hands = Hands::Lately).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(2).put(Input::Woke).for_minutes(8);
    assert_snapshot!(day.log(), @"09:37 offer, 84 over 62");
}

#[test]
fn a_strap_that_drops_for_a_minute_loses_nothing() {
    let mut day = Day::starting("09:00");
    day.heart_rate(62.0)
        .for_minutes(30)
        .heart_rate(84.0)
        .for_minutes(2)
        .silent_for_minutes(1)
        .for_minutes(7);
    assert_snapshot!(day.log(), @"09:33 offer, 75 over 62");
}

#[test]
fn a_strap_that_is_gone_for_long_ends_what_was_under_way() {
    let mut day = Day::starting("09:00");
    day.around(|around| seen(around).sharing = Seen::Yes).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(8).silent_for_minutes(10).heart_rate(62.0).for_minutes(5);
    assert_snapshot!(day.log(), @"09:40 held: sharing");
}

#[test]
fn a_clock_set_back_takes_the_offer_away_and_asks_no_second_time() {
    let mut day = hard_morning();
    day.clock_set_by_minutes(-60).for_minutes(5);
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    08:40 offer withdrawn
    ");
}

#[test]
fn a_gate_that_opens_while_the_strap_is_silent_asks_nothing_until_it_speaks() {
    let mut day = Day::starting("09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30);
    day.around(|around| seen(around).microphone = Seen::Yes)
        .heart_rate(84.0)
        .for_minutes(10)
        .silent_for_minutes(1);
    day.around(|around| seen(around).microphone = Seen::No);
    assert_snapshot!(day.log(), @"");
    day.for_minutes(1);
    assert_snapshot!(day.log(), @"09:41 offer, 84 over 62");
}

#[test]
fn a_strap_that_sends_nothing_but_empty_messages_is_silent() {
    let mut day = Day::starting("09:00");
    day.around(|around| seen(around).sharing = Seen::Yes)
        .heart_rate(62.0)
        .for_minutes(30)
        .heart_rate(84.0)
        .for_minutes(8);
    let empty = kindbeat::heart::Reading::default();
    for _ in 0..3 {
        day.silent_for_minutes(1).put(Input::Measured(empty.clone()));
    }
    assert_snapshot!(day.log(), @"09:40 held: sharing");
}

#[test]
fn a_snooze_holds_and_ends() {
    let mut day = Day::starting("09:00");
    day.heart_rate(62.0).for_minutes(20);
    let until = day.now() + SignedDuration::from_mins(30);
    day.put(Input::Snooze(until)).for_minutes(10).heart_rate(84.0).for_minutes(30);
    assert_snapshot!(day.log(), @"09:50 offer, 84 over 62");
}

#[test]
fn the_default_asked_for_in_20_seconds_is_the_kind_hand() {
    let mut day = Day::starting("09:00");
    day.put(Input::BreakWanted(None, Some(Length::TwentySeconds)));
    let session = day.engine.session().unwrap();
    assert_eq!((session.practice().id(), session.length()), ("kind-hand", Length::TwentySeconds));
}

#[test]
fn an_unknown_practice_is_said_and_opens_nothing() {
    let mut day = Day::starting("09:00");
    day.put(Input::BreakWanted(Some("kind-hnd".to_owned()), None));
    assert_snapshot!(day.log(), @"09:00 no practice kind-hnd");
    assert!(day.engine.session().is_none());
}

#[test]
fn whoever_is_fine_again_and_again_is_asked_less_and_less_until_a_break_is_taken() {
    let mut settings = Settings::default();
    settings.offer.at_most_per_day = Count::of(20);
    let mut day = Day::with(settings, "06:00");
    for hour in 0..16 {
        let answer = if hour == 11 { Answer::Start } else { Answer::Fine };
        day.heart_rate(62.0).for_minutes(40).heart_rate(84.0).for_minutes(10);
        day.answer(answer).in_break(Command::Leave).for_minutes(10);
    }
    assert_snapshot!(day.log(), @r#"
    06:43 offer, 75 over 62
    06:50 offer withdrawn
    08:01 held: cool_down
    08:43 offer, 75 over 62
    08:50 offer withdrawn
    10:01 held: cool_down
    11:01 held: cool_down
    11:43 offer, 75 over 62
    11:50 offer withdrawn
    13:01 held: cool_down
    14:01 held: cool_down
    15:01 held: cool_down
    16:01 held: cool_down
    17:01 held: cool_down
    17:43 offer, 75 over 62
    17:50 offer withdrawn
    17:50 break, step 1
    17:50 break ended: Left { step: 0 }
    19:01 held: cool_down
    19:43 offer, 75 over 62
    19:50 offer withdrawn
    21:01 held: cool_down
    21:43 offer, 75 over 62
    21:50 offer withdrawn
    "#);
}

#[test]
fn the_daily_limit_holds_until_the_next_day() {
    let mut settings = Settings::default();
    settings.offer.at_most_per_day = Count::of(1);
    settings.offer.cool_down = Lasting::secs(0);
    let mut day = Day::with(settings, "21:00");
    for _ in 0..4 {
        day.heart_rate(62.0).for_minutes(40).heart_rate(84.0).for_minutes(20);
    }
    assert_snapshot!(day.log(), @r"
    21:43 offer, 75 over 62
    21:53 offer withdrawn
    23:01 held: daily_limit
    00:00 offer, 84 over 62
    00:10 offer withdrawn
    ");
}
