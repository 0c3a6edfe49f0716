//! What straps and clocks do.

use insta::assert_snapshot;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Presence;
use kindbeat_core::context::Probe;
use kindbeat_core::engine::Input;

use super::hard_morning;
use super::seen;
use crate::day::Day;

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
fn a_strap_that_drops_for_a_minute_loses_nothing() {
    let mut day = Day::starting("09:00");
    day.heart_rate(62.0)
        .for_minutes(30)
        .heart_rate(84.0)
        .for_minutes(2)
        .silent_for_minutes(1)
        .for_minutes(7);
    assert_snapshot!(day.log(), @"09:33 offer, 76 over 62");
}

#[test]
fn a_strap_that_is_gone_for_long_ends_what_was_under_way() {
    let mut day = Day::starting("09:00");
    day.around(|around| seen(around)[Fact::Sharing] = Probe::Yes).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(8).silent_for_minutes(10).heart_rate(62.0).for_minutes(5);
    assert_snapshot!(day.log(), @"09:40 held: sharing");
}

#[test]
fn a_clock_set_back_withdraws_the_offer_and_makes_no_second() {
    let mut day = hard_morning();
    day.clock_set_by_minutes(-60).for_minutes(5);
    assert_snapshot!(day.log(), @r"
    09:33 offer, 75 over 62
    08:40 offer withdrawn
    ");
}

#[test]
fn a_gate_that_opens_during_silence_waits_for_the_strap() {
    let mut day = Day::starting("09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30);
    day.around(|around| seen(around)[Fact::Microphone] = Probe::Yes)
        .heart_rate(84.0)
        .for_minutes(10)
        .silent_for_minutes(1);
    day.around(|around| seen(around)[Fact::Microphone] = Probe::No);
    assert_snapshot!(day.log(), @"");
    day.for_minutes(1);
    assert_snapshot!(day.log(), @"09:41 offer, 84 over 62");
}

#[test]
fn a_strap_that_sends_nothing_but_empty_messages_is_silent() {
    let mut day = Day::starting("09:00");
    day.around(|around| seen(around)[Fact::Sharing] = Probe::Yes)
        .heart_rate(62.0)
        .for_minutes(30)
        .heart_rate(84.0)
        .for_minutes(8);
    let empty = kindbeat_core::heart::Reading::default();
    for _ in 0..3 {
        day.silent_for_minutes(1).put(Input::Measured(empty.clone()));
    }
    assert_snapshot!(day.log(), @"09:40 held: sharing");
}
