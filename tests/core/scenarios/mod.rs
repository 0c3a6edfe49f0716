//! Whole stretches of a day through the real engine, in virtual time.

use insta::assert_snapshot;
use jiff::SignedDuration;
use kindbeat_core::context::Context;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::Presence;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Settings;
use kindbeat_core::offer::Answer;
use kindbeat_core::practice::SessionCommand;
use kindbeat_core::setting::RangedCount;
use kindbeat_core::setting::RangedDuration;

mod again;
mod breaks;
mod desk;
mod strap;

use crate::day::Day;

/// What the desktop is seen to do.
fn seen(around: &mut Context) -> &mut Desktop {
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
fn a_sustained_rise_brings_one_offer_which_is_withdrawn_in_time() {
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
fn a_late_later_does_not_carry_over_to_the_next_elevation() {
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
fn a_snooze_holds_and_ends() {
    let mut day = Day::starting("09:00");
    day.heart_rate(62.0).for_minutes(20);
    let until = day.now() + SignedDuration::from_mins(30);
    day.put(Input::Snooze(until)).for_minutes(10).heart_rate(84.0).for_minutes(30);
    assert_snapshot!(day.log(), @"09:50 offer, 84 over 62");
}

#[test]
fn repeated_fine_makes_offers_rarer_until_a_break() {
    let mut settings = Settings::default();
    settings.offer.at_most_per_day = RangedCount::of(20);
    let mut day = Day::with(settings, "06:00");
    for hour in 0..16 {
        let answer = if hour == 11 { Answer::Start } else { Answer::Fine };
        day.heart_rate(62.0).for_minutes(40).heart_rate(84.0).for_minutes(10);
        day.answer(answer).in_break(SessionCommand::Leave).for_minutes(10);
    }
    assert_snapshot!(day.log(), @r#"
    06:43 offer, 76 over 62
    06:50 offer withdrawn
    08:01 held: cool_down
    08:43 offer, 76 over 62
    08:50 offer withdrawn
    10:01 held: cool_down
    11:01 held: cool_down
    11:43 offer, 76 over 62
    11:50 offer withdrawn
    13:01 held: cool_down
    14:01 held: cool_down
    15:01 held: cool_down
    16:01 held: cool_down
    17:01 held: cool_down
    17:43 offer, 76 over 62
    17:50 offer withdrawn
    17:50 break, step 1
    17:50 break ended: Left { step: 0 }
    19:01 held: cool_down
    19:43 offer, 76 over 62
    19:50 offer withdrawn
    21:01 held: cool_down
    21:43 offer, 76 over 62
    21:50 offer withdrawn
    "#);
}

#[test]
fn the_daily_limit_holds_until_the_next_day() {
    let mut settings = Settings::default();
    settings.offer.at_most_per_day = RangedCount::of(1);
    settings.offer.cool_down = RangedDuration::secs(0);
    let mut day = Day::with(settings, "21:00");
    for _ in 0..4 {
        day.heart_rate(62.0).for_minutes(40).heart_rate(84.0).for_minutes(20);
    }
    assert_snapshot!(day.log(), @r"
    21:43 offer, 76 over 62
    21:53 offer withdrawn
    23:01 held: daily_limit
    00:00 offer, 84 over 62
    00:10 offer withdrawn
    ");
}

#[test]
fn an_answer_on_its_way_as_the_offer_expires_counts() {
    let mut day = hard_morning();
    // Its time ran out at 09:43; the heart is still up.
    day.for_minutes(4).answer(Answer::Later).for_minutes(25);
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    09:43 offer withdrawn
    09:44 offer withdrawn
    10:04 offer, 84 over 62
    ");
    let mut day = hard_morning();
    day.for_minutes(4).answer(Answer::Fine).answer(Answer::Fine);
    assert_eq!(day.engine.memory().offers.fine_in_a_row, 1, "once");
}
