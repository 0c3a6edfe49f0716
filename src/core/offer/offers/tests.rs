use jiff::civil::date;

use super::*;

fn at(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
}

fn offered() -> (Offers, OfferId) {
    let mut offers = Offers::new();
    let id = offers.make(at(0), date(1970, 1, 1), &OfferSettings::default());
    (offers, id)
}

fn next_deadline(offers: &Offers) -> Option<Timestamp> {
    [offers.expires_at(), offers.snoozed_until(), offers.rest_until()].into_iter().flatten().min()
}

#[test]
fn often_fine_brings_the_threshold_question_once_a_week() {
    let mut offers = Offers::new();
    let day = |day: i64| at(0) + SignedDuration::from_hours(24 * day);
    let fine = |offers: &mut Offers| {
        let id = offers.make(at(0), date(1970, 1, 1), &OfferSettings::default());
        assert!(offers.answer(at(1), id, Answer::Fine, true));
    };
    fine(&mut offers);
    assert!(!offers.take_question(day(1)));
    fine(&mut offers);
    assert!(offers.take_question(day(1)));
    assert!(!offers.take_question(day(1)) && !offers.take_question(day(7)));
    let mut next_run = Offers::remembered(offers.memory(), day(1));
    assert!(!next_run.take_question(day(7)));
    assert!(next_run.take_question(day(8)));
    // A clock that was wrong does not put it off.
    next_run.clock_stepped_back(day(2), day(3));
    assert!(!next_run.take_question(day(8)) && next_run.take_question(day(9)));
}

#[test]
fn being_fine_is_counted_until_an_offer_is_taken() {
    let mut offers = Offers::new();
    let mut minute = 0;
    let mut answered = |offers: &mut Offers, answer| {
        minute += 1;
        let id = offers.make(at(minute), date(1970, 1, 1), &OfferSettings::default());
        assert!(offers.answer(at(minute), id, answer, true));
        offers.fine_in_a_row()
    };
    let answers = [
        Answer::Fine,
        Answer::Later,
        Answer::Fine,
        Answer::Moving,
        Answer::Excited,
        Answer::Start,
        Answer::Fine,
    ];
    let counted = answers.map(|answer| answered(&mut offers, answer));
    assert_eq!(counted, [1, 1, 2, 2, 2, 0, 1]);
    let id = offers.make(at(50), date(1970, 1, 1), &OfferSettings::default());
    assert_eq!(offers.tick(at(60)), Some(id), "unanswered");
    assert_eq!(Offers::remembered(offers.memory(), at(60)).fine_in_a_row(), 1);
}

#[test]
fn the_last_answer_counts_even_when_it_is_late() {
    use OfferOutcome::Answered;
    use OfferOutcome::Expired;
    let mut offers = Offers::new();
    let fine = Answered(Answer::Fine);
    for (before, now, counted) in [
        (Expired, fine, 1),
        (fine, fine, 1),
        (fine, Answered(Answer::Moving), 0),
        (Answered(Answer::Moving), fine, 1),
        (fine, Expired, 0),
        (fine, Expired, 0),
        (Expired, fine, 1),
        (Expired, Answered(Answer::Start), 0),
    ] {
        offers.reanswered(before, now);
        assert_eq!(offers.fine_in_a_row(), counted, "{before:?} {now:?}");
    }
}

#[test]
fn an_offer_goes_away_by_itself_when_its_time_is_over() {
    let (mut offers, id) = offered();
    assert_eq!(next_deadline(&offers), Some(at(10)));
    assert_eq!(offers.tick(at(9)), None);
    assert_eq!(offers.tick(at(10)), Some(id));
    assert_eq!((offers.open(), next_deadline(&offers)), (None, None));
}

#[test]
fn an_offer_is_answered_once() {
    let (mut offers, id) = offered();
    assert!(offers.answer(at(1), id, Answer::Fine, true));
    assert!(!offers.answer(at(1), id, Answer::Start, true));
}

#[test]
fn an_answer_to_an_offer_long_gone_changes_nothing() {
    let (mut offers, old) = offered();
    let new = offers.make(at(5), date(1970, 1, 1), &OfferSettings::default());
    assert!(!offers.answer(at(6), old, Answer::Start, true));
    assert_eq!(offers.open(), Some(new));
}

#[test]
fn later_asks_once_more_without_counting_again() {
    let (mut offers, id) = offered();
    let today = date(1970, 1, 1);
    assert!(offers.answer(at(1), id, Answer::Later, true));
    assert_eq!(offers.postponed_until(), Some(at(21)));
    assert_eq!((offers.cool_down_from(), offers.counted_today(today)), (None, 0));
    offers.make(at(21), today, &OfferSettings::default());
    assert_eq!((offers.cool_down_from(), offers.counted_today(today)), (Some(at(21)), 1));
}

#[test]
fn later_is_forgotten_when_the_heart_settles() {
    let (mut offers, id) = offered();
    offers.answer(at(1), id, Answer::Later, true);
    offers.elevation_ended();
    assert_eq!((offers.postponed_until(), offers.cool_down_from()), (None, Some(at(0))));
}

#[test]
fn the_count_begins_anew_each_day() {
    let (mut offers, _) = offered();
    offers.make(at(1), date(1970, 1, 1), &OfferSettings::default());
    assert_eq!(offers.counted_today(date(1970, 1, 1)), 2);
    assert_eq!(offers.counted_today(date(1970, 1, 2)), 0);
}

#[test]
fn a_snooze_ends_by_itself() {
    let mut offers = Offers::new();
    offers.snooze(at(0), at(30));
    assert_eq!(next_deadline(&offers), Some(at(30)));
    offers.tick(at(30));
    assert_eq!((offers.snoozed_until(), next_deadline(&offers)), (None, None));
}

#[test]
fn later_has_no_effect_once_the_heart_has_settled() {
    let (mut offers, id) = offered();
    assert!(offers.answer(at(5), id, Answer::Later, false));
    assert_eq!((offers.postponed_until(), offers.cool_down_from()), (None, Some(at(0))));
}

#[test]
fn rest_outlasts_a_snooze_and_resume_ends_what_there_is() {
    let mut offers = Offers::new();
    offers.rest(at(600));
    offers.snooze(at(0), at(30));
    offers.tick(at(30));
    assert_eq!((offers.snoozed_until(), offers.rest_until()), (None, Some(at(600))));
    assert_eq!(offers.resume(at(31)), Resumed { rest: true, ..Resumed::default() });
    assert_eq!((offers.rest_until(), next_deadline(&offers)), (None, None));
    assert_eq!(offers.resume(at(31)), Resumed::default());
}

#[test]
fn resume_ends_later_where_its_time_is_not_over() {
    for (minute, postponement) in [(20, true), (21, false)] {
        let (mut offers, id) = offered();
        offers.answer(at(1), id, Answer::Later, true);
        assert_eq!(offers.resume(at(minute)), Resumed { postponement, ..Resumed::default() });
        assert!(offers.postponed_until() <= Some(at(minute)) && offers.is_postponed());
    }
}

#[test]
fn a_clock_that_steps_back_leaves_nothing_in_the_future() {
    let mut offers = Offers::new();
    let id = offers.make(at(60), date(1970, 1, 1), &OfferSettings::default());
    offers.snooze(at(60), at(90));
    offers.rest(at(2_000));
    assert_eq!(offers.clock_stepped_back(at(0), at(1_440)), Some(id));
    assert_eq!(offers.rest_until(), Some(at(1_440)));
    assert_eq!((offers.cool_down_from(), next_deadline(&offers)), (Some(at(0)), Some(at(30))));
}
