//! Two gates at a time.

use kindbeat_core::offer::Answer;
use kindbeat_core::offer::Gate;

use crate::gates::desk::Desk;
use crate::gates::desk::GATES;
use crate::gates::desk::eager;

#[test]
fn of_any_two_closed_gates_each_holds_back_and_both_open_do_not() {
    for (number, first) in GATES.into_iter().enumerate() {
        for second in GATES.into_iter().skip(number + 1) {
            for (opened, stays) in [(first, second), (second, first)] {
                // "Resume" opens both.
                if [opened, stays].iter().all(|gate| matches!(gate, Gate::Snoozed | Gate::Resting))
                {
                    continue;
                }
                let pair = format!("{opened} opens, {stays} stays");
                let mut desk = Desk::quiet(eager());
                desk.set(opened, true);
                desk.set(stays, true);
                desk.day.heart_rate(84.0);
                desk.minutes(4);
                assert_eq!(desk.offers(), 0, "both closed: {pair}\n{}", desk.day.log());
                desk.set(opened, false);
                // The end of a call is a pause, whatever the hands do.
                let pause = usize::from((opened, stays) == (Gate::InCall, Gate::NoPause));
                if stays != Gate::JustReturned {
                    desk.minutes(2);
                    assert_eq!(desk.offers(), pause, "{pair}\n{}", desk.day.log());
                }
                desk.set(stays, false);
                desk.minutes(8);
                assert_eq!(desk.offers(), 1, "both open: {pair}\n{}", desk.day.log());
            }
        }
    }
}

#[test]
fn a_postponed_offer_waits_no_longer_for_a_pause_than_others() {
    for (busy, offers) in [(5, 2), (15, 1)] {
        let mut desk = Desk::quiet(eager());
        desk.day.heart_rate(84.0);
        desk.minutes(4);
        desk.day.answer(Answer::Later);
        desk.set(Gate::NoPause, true);
        desk.minutes(20 + busy);
        assert_eq!(desk.offers(), 1, "{}", desk.day.log());
        desk.set(Gate::NoPause, false);
        desk.minutes(2);
        assert_eq!(desk.offers(), offers, "{busy} minutes\n{}", desk.day.log());
    }
}

#[test]
fn a_short_lock_is_a_pause_and_a_long_one_an_absence() {
    for (minutes, offers) in [(1, 1), (3, 0)] {
        let mut desk = Desk::quiet(eager());
        desk.set(Gate::NoPause, true);
        desk.day.heart_rate(84.0);
        desk.minutes(4);
        desk.set(Gate::Locked, true);
        desk.minutes(minutes);
        desk.set(Gate::Locked, false);
        desk.minutes(1);
        assert_eq!(desk.offers(), offers, "after {minutes} minutes\n{}", desk.day.log());
    }
}
