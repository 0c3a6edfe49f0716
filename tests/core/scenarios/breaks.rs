//! Breaks: how they begin, go on and end.

use insta::assert_snapshot;
use jiff::SignedDuration;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Settings;
use kindbeat_core::offer::Answer;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::SessionCommand;

use super::hard_morning;
use crate::day::Day;

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
    day.answer(Answer::Start).for_minutes(1).in_break(SessionCommand::Leave).for_minutes(1);
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
fn too_much_leads_outward_and_softens_the_next_break() {
    let mut day = hard_morning();
    day.answer(Answer::Start)
        .for_minutes(1)
        .in_break(SessionCommand::TooMuch)
        .heart_rate(62.0)
        .for_minutes(150);
    day.heart_rate(84.0).for_minutes(10).heart_rate(62.0).for_minutes(10);
    day.put(Input::BreakWanted(None, None)).in_break(SessionCommand::Leave);
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
    12:22 held: resting
    12:31 break, step 1
    12:31 break ended: Left { step: 0 }
    ");
}

#[test]
fn no_snooze_or_break_brings_offers_back_after_too_much() {
    let mut day = hard_morning();
    day.answer(Answer::Start).in_break(SessionCommand::TooMuch);
    day.put(Input::BreakWanted(Some("kind-hand".to_owned()), None)).in_break(SessionCommand::Leave);
    let soon = day.now() + SignedDuration::from_mins(1);
    day.put(Input::Snooze(soon)).heart_rate(62.0).for_minutes(100);
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
    11:31 held: resting
    11:35 break, step 1
    ");
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
