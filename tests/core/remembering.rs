//! What the engine tells besides offers: the course of an elevation, how things stand and why, and what outlives a run.

use insta::assert_snapshot;
use jiff::SignedDuration;
use jiff::tz::Offset;
use kindbeat_core::context::Presence;
use kindbeat_core::detection::Phase;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::ElevationOutcome;
use kindbeat_core::engine::ElevationRecord;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Settings;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::Gate;
use kindbeat_core::offer::OfferOutcome;
use kindbeat_core::offer::OnScreen;
use kindbeat_core::offer::QuietHours;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::SessionCommand;
use kindbeat_core::reason;
use kindbeat_core::reason::LastOffer;
use kindbeat_core::setting::RangedCount;
use kindbeat_core::setting::RangedDuration;
use kindbeat_core::status::Quality;
use kindbeat_core::words::Words;

use crate::day::Day;

/// A quiet half hour at the desk.
fn quiet_morning() -> Day {
    let mut day = Day::starting("09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30);
    day
}

fn hard_morning() -> Day {
    let mut day = quiet_morning();
    day.heart_rate(84.0).for_minutes(10);
    day
}

fn courses(day: &Day) -> Vec<ElevationRecord> {
    let course = |effect: &Effect| match effect {
        Effect::Elevation(course) => Some(*course),
        _ => None,
    };
    day.effects.iter().filter_map(|(_, _, effect)| course(effect)).collect()
}

fn last_asked(day: &Day) -> Option<LastOffer> {
    let mut last = None;
    for (made, _, effect) in &day.effects {
        match effect {
            Effect::Offer(_, figures) => {
                last = Some(LastOffer {
                    made_at: *made,
                    figures: *figures,
                    outcome: None,
                    on_screen: OnScreen::default(),
                });
            }
            Effect::Withdraw(_, became) => {
                if let Some(asked) = &mut last {
                    asked.outcome = Some(*became);
                }
            }
            _ => {}
        }
    }
    last
}

fn why(day: &Day) -> String {
    let snapshot = day.engine.snapshot(day.now());
    reason::why(&snapshot, last_asked(day).as_ref(), day.link, Offset::UTC, &Words::new("en"))
}

/// The same person, after the program was started anew.
fn next_run(day: &Day) -> Engine {
    let settings = Settings::default();
    let library = Library::built_in().unwrap_or_else(|error| panic!("{error}"));
    Engine::new(settings, library, day.engine.baseline().clone())
        .remembering(day.engine.memory(), day.now())
}

#[test]
fn an_elevation_is_told_from_its_begin_to_its_end() {
    let mut day = hard_morning();
    day.answer(Answer::Fine).heart_rate(62.0).for_minutes(10);
    let courses = courses(&day);
    let (first, last) = (courses[0], courses[courses.len() - 1]);
    assert_eq!((first.ended, first.outcome), (None, None));
    assert_eq!(last.outcome, Some(ElevationOutcome::Offered));
    assert!(last.ended.is_some_and(|ended| ended > last.started));
    assert!(courses.iter().all(|course| course.started == first.started));
    assert!(courses.iter().any(|course| course.outcome.is_some() && course.ended.is_none()));
}

#[test]
fn an_elevation_that_is_not_offered_is_told_with_what_held_it() {
    let mut day = quiet_morning();
    day.around(|around| around.locked = true);
    day.heart_rate(84.0).for_minutes(10).heart_rate(62.0).for_minutes(10);
    let last = courses(&day).last().copied();
    assert_eq!(last.and_then(|last| last.outcome), Some(ElevationOutcome::Held(Gate::Locked)));
}

#[test]
fn an_offer_is_made_at_the_moment_a_snooze_ends() {
    let mut day = quiet_morning();
    day.put(Input::Snooze(day.now() + SignedDuration::from_hours(8)));
    day.heart_rate(84.0).for_minutes(10);
    assert_snapshot!(day.log(), @"");
    day.put(Input::Resume);
    assert_snapshot!(day.log(), @"09:40 offer, 84 over 62");
}

#[test]
fn snooze_count_and_cool_down_outlive_a_run() {
    let mut day = hard_morning();
    let until = day.now() + SignedDuration::from_hours(2);
    day.answer(Answer::Fine).put(Input::Snooze(until));
    let mut next = next_run(&day);
    let snapshot = next.snapshot(day.now());
    assert_eq!(snapshot.snoozed_until, Some(until));
    assert_eq!(snapshot.closed, [Gate::Snoozed, Gate::CoolDown]);
    assert_eq!(snapshot.offers_today, 1);
    assert_eq!(snapshot.learned, day.engine.snapshot(day.now()).learned);
    next.handle(until, Input::Tick);
    assert_eq!(next.snapshot(until).closed, []);
}

#[test]
fn too_much_outlasts_a_restart_for_offers_and_the_next_break() {
    let mut day = hard_morning();
    day.answer(Answer::Start).in_break(SessionCommand::TooMuch).in_break(SessionCommand::Leave);
    let mut next = next_run(&day);
    assert!(next.snapshot(day.now()).closed.contains(&Gate::Resting));
    let effects = next.handle(day.now(), Input::BreakWanted(None, None));
    assert!(matches!(&effects[0], Effect::BreakBegan(practice, _) if practice == "grounding"));
}

#[test]
fn other_thresholds_apply_at_once_and_what_was_learned_stays() {
    let mut day = hard_morning();
    let learned = day.engine.snapshot(day.now()).learned;
    let mut settings = Settings::default();
    settings.detection.sustain = Some(RangedDuration::secs(600));
    day.put(Input::Configured(Box::new(settings)));
    let snapshot = day.engine.snapshot(day.now());
    assert_eq!((snapshot.learned, snapshot.phase), (learned, Phase::Settled));
    assert_eq!(snapshot.thresholds.sustain, SignedDuration::from_mins(10));
}

#[test]
fn other_thresholds_forget_no_exercise() {
    let mut day = quiet_morning();
    day.heart_rate(120.0).for_minutes(20).heart_rate(84.0).for_minutes(1);
    assert!(day.engine.snapshot(day.now()).closed.contains(&Gate::Moving), "the recovery");
    let mut settings = Settings::default();
    settings.detection.sustain = Some(RangedDuration::secs(60));
    day.put(Input::Configured(Box::new(settings)));
    day.for_minutes(20);
    assert_eq!(day.offered_at().len(), 0, "{}", day.log());
    assert!(day.engine.snapshot(day.now()).closed.contains(&Gate::Moving));
}

#[test]
fn the_first_minute_of_a_signal_is_not_called_poor() {
    let mut day = Day::starting("09:00");
    let quality = |day: &Day| day.engine.snapshot(day.now()).quality;
    let mut seen = Vec::new();
    for _ in 0..12 {
        day.rate(62.0);
        seen.push(quality(&day));
    }
    assert!(seen.iter().all(Option::is_none), "{seen:?}");
    day.rate(62.0);
    assert_eq!(quality(&day), Some(Quality::RateOnly));
    let mut day = Day::starting("09:00");
    day.for_minutes(1);
    assert_eq!(quality(&day), Some(Quality::Good));
    day.silent_for_minutes(3).rate(62.0);
    assert_eq!(quality(&day), None, "a new connection is judged anew");
}

#[test]
fn a_frozen_monitor_teaches_nothing_and_is_offered_nothing() {
    let mut day = quiet_morning();
    for _ in 0..12 * 10 {
        day.rate(66.0);
    }
    let before = day.engine.baseline().learned();
    day.rate(66.0);
    let snapshot = day.engine.snapshot(day.now());
    let since = snapshot.frozen_since.map(|since| day.now().duration_since(since));
    assert_eq!(since, Some(SignedDuration::from_mins(10)));
    for _ in 0..12 * 60 * 3 {
        day.rate(66.0);
    }
    assert_eq!(day.engine.baseline().learned(), before);
    assert!(why(&day).starts_with("The strap has sent the very same heart rate"), "{}", why(&day));
    // It is put on again, by a heart that is up: that alone counts.
    day.heart_rate(84.0).for_minutes(3);
    let snapshot = day.engine.snapshot(day.now());
    assert_eq!((snapshot.frozen_since, day.offered_at().len()), (None, 0));
    day.for_minutes(9);
    assert_eq!(day.offered_at().len(), 1, "{}", day.log());
}

#[test]
fn a_monitor_that_gets_stuck_higher_up_is_never_asked_about() {
    let mut day = quiet_morning();
    for _ in 0..12 * 8 {
        day.rate(82.0);
    }
    let snapshot = day.engine.snapshot(day.now());
    assert_eq!(snapshot.held_by(), Some(Gate::Unchanging), "{}", day.log());
    assert!(why(&day).contains("repeated one heart rate for minutes"), "{}", why(&day));
    for _ in 0..12 * 60 {
        day.rate(82.0);
    }
    assert_eq!(day.offered_at().len(), 0, "{}", day.log());
    // One rate that differs, and it may be a heart.
    let mut day = quiet_morning();
    for _ in 0..12 * 8 {
        day.rate(82.0);
    }
    day.rate(83.0);
    assert_eq!(day.offered_at().len(), 1, "{}", day.log());
}

#[test]
fn an_elevation_that_freezes_is_over() {
    let mut settings = Settings::default();
    settings.offer.quiet_hours.extend("09:00-10:00".parse::<QuietHours>());
    let mut day = Day::with(settings, "09:00");
    day.for_minutes(30);
    for _ in 0..12 * 60 {
        day.rate(80.0);
    }
    let snapshot = day.engine.snapshot(day.now());
    assert!(snapshot.frozen_since.is_some() && snapshot.elevated_since().is_none());
    assert_eq!(day.offered_at().len(), 0, "{}", day.log());
    let last = courses(&day).last().copied();
    assert_eq!(last.and_then(|last| last.outcome), Some(ElevationOutcome::Held(Gate::QuietHours)));
}

#[test]
fn other_settings_leave_an_elevation_alone() {
    let mut day = hard_morning();
    let mut settings = Settings::default();
    settings.offer.cool_down = RangedDuration::secs(60);
    day.put(Input::Configured(Box::new(settings)));
    assert!(matches!(day.engine.snapshot(day.now()).phase, Phase::Elevated { .. }));
}

#[test]
fn how_things_stand_is_told_by_what_is_measured() {
    let mut day = Day::starting("09:00");
    let snapshot = day.engine.snapshot(day.now());
    assert_eq!((snapshot.heart_rate, snapshot.quality, snapshot.usual), (None, None, None));
    day.for_minutes(5);
    let snapshot = day.engine.snapshot(day.now());
    assert!(snapshot.usual.is_none() && snapshot.learned >= SignedDuration::from_mins(4));
    assert_eq!(snapshot.quality, Some(Quality::Good));
    day.for_minutes(10);
    assert!(day.engine.snapshot(day.now()).usual.is_some());
    day.silent_for_minutes(3);
    let snapshot = day.engine.snapshot(day.now());
    assert_eq!((snapshot.heart_rate, snapshot.quality), (None, None));
}

#[test]
fn why_tells_a_stranger_what_is_missing() {
    let mut day = Day::starting("09:00");
    assert_snapshot!(why(&day), @r"
    No heart rate is coming in, so nothing can be offered: the strap is connected, but it sends none.
    No break has been offered since kindbeat was started.
    Nothing would hold an offer back just now.
    ");
    day.for_minutes(5);
    assert_snapshot!(why(&day), @r"
    No break has been offered since kindbeat was started.
    What is usual for you is still being learned: 4 of 10 minutes so far. Nothing is offered before that.
    Nothing would hold an offer back just now.
    ");
    day.presence(Presence::AtDesk).for_minutes(25);
    assert_snapshot!(why(&day), @r"
    No break has been offered since kindbeat was started.
    The median of the last minute is 61 beats a minute; about 62 is usual for you, give or take 4. Your heart counts as up once its average over 5 minutes is 8 above usual.
    It is near usual, so there is nothing to offer.
    Nothing would hold an offer back just now.
    ");
    day.heart_rate(84.0).for_minutes(1);
    assert_snapshot!(why(&day), @r"
    No break has been offered since kindbeat was started.
    The median of the last minute is 83 beats a minute; about 62 is usual for you, give or take 4. Your heart counts as up once its average over 5 minutes is 8 above usual.
    It has been higher than usual since 09:30, not yet for long enough or by enough.
    Nothing would hold an offer back just now.
    ");
    day.for_minutes(9).answer(Answer::Later);
    assert_snapshot!(why(&day), @r#"
    A break was offered at 09:33. The heart averaged 75 beats a minute over the last 5 minutes: 13 above the usual 62.
    The answer was: later.
    The median of the last minute is 86 beats a minute; about 62 is usual for you, give or take 4. Your heart counts as up once its average over 5 minutes is 8 above usual.
    It has been up since 09:30.
    What holds an offer back just now:
    - you put the last offer off with "Later", until 10:00
    "#);
    assert_eq!(
        last_asked(&day).and_then(|asked| asked.outcome),
        Some(OfferOutcome::Answered(Answer::Later))
    );
}

#[test]
fn resume_ends_later_and_the_second_asking_comes_at_once() {
    let mut day = hard_morning();
    day.answer(Answer::Later).for_minutes(1);
    let before = day.offered_at().len();
    day.put(Input::Resume);
    assert_eq!(day.offered_at().len(), before + 1, "{}", why(&day));
}

#[test]
fn resume_ends_the_rest_after_too_much() {
    let mut day = hard_morning();
    day.answer(Answer::Start).in_break(SessionCommand::TooMuch).in_break(SessionCommand::Leave);
    day.put(Input::Resume);
    let snapshot = day.engine.snapshot(day.now());
    assert!(!snapshot.closed.contains(&Gate::Resting), "{:?}", snapshot.closed);
    assert!(day.engine.memory().after_too_much, "the next break still turns outward");
}

#[test]
fn resume_says_what_it_ended_and_what_still_holds() {
    let mut day = hard_morning();
    let mut said = Vec::new();
    let mut resume = |day: &mut Day| said.push(resumed(day));
    resume(&mut day);
    day.answer(Answer::Later).for_minutes(1);
    resume(&mut day);
    day.answer(Answer::Start).in_break(SessionCommand::TooMuch).in_break(SessionCommand::Leave);
    day.put(Input::Snooze(day.now() + SignedDuration::from_hours(1)));
    resume(&mut day);
    let mut settings = Settings::default();
    settings.offer.cool_down = RangedDuration::secs(0);
    day.put(Input::Configured(Box::new(settings)));
    resume(&mut day);
    assert_snapshot!(said.join("\n\n"), @r#"
    There was no snooze to end.
    A break is offered now.

    The wait after "Later" is over.
    A break is offered now.

    The snooze is over.
    The rest after "This is too much" is over.
    What still holds offers back:
    - after the last offer or break there is still quiet

    There was no snooze to end.
    Breaks may be offered again.
    "#);
}

/// Resumes, and what is answered to that; in another language nothing of it is in English.
#[track_caller]
fn resumed(day: &mut Day) -> String {
    day.put(Input::Resume);
    let ended = day.effects.iter().rev().find_map(|(_, _, effect)| match effect {
        Effect::Resumed(ended) => Some(*ended),
        _ => None,
    });
    let (ended, snapshot) = (ended.unwrap_or_default(), day.engine.snapshot(day.now()));
    let other = Words::altered("en-XA", |text| text.to_uppercase().into());
    let other = reason::resumed(ended, &snapshot, Offset::UTC, &other);
    assert!(!other.contains(char::is_lowercase), "{other}");
    reason::resumed(ended, &snapshot, Offset::UTC, &Words::new("en"))
}

#[test]
fn a_snooze_takes_the_open_offer_away() {
    let mut day = hard_morning();
    assert!(last_asked(&day).is_some_and(|asked| asked.outcome.is_none()));
    day.put(Input::Snooze(day.now() + SignedDuration::from_mins(10)));
    let later = OfferOutcome::Answered(Answer::Later);
    assert_eq!(last_asked(&day).and_then(|asked| asked.outcome), Some(later));
    day.for_minutes(30);
    assert_eq!(day.offered_at().len(), 1, "it is not asked again");
}

/// `status`, the limit of the day and what is remembered follow from one count.
#[test]
fn an_offer_that_nobody_could_see_does_not_count() {
    let mut settings = Settings::default();
    settings.offer.at_most_per_day = RangedCount::of(1);
    settings.offer.cool_down = RangedDuration::secs(60);
    let mut day = Day::with(settings, "09:00");
    let today = |day: &Day| day.engine.snapshot(day.now()).offers_today;
    day.presence(Presence::AtDesk).heart_rate(62.0).for_minutes(30);
    day.heart_rate(84.0).for_minutes(6);
    assert_eq!(today(&day), 1);
    day.seen(false);
    assert_eq!(today(&day), 0);
    let explained = day.why();
    assert!(explained.contains("showed nothing, as it does while it is paused"), "{explained}");
    assert!(explained.contains("does not count for the day"), "{explained}");
    assert_eq!(next_run(&day).snapshot(day.now()).offers_today, 0);
    // Told twice it counts no less, and shown after all it counts.
    day.seen(false).seen(true).seen(true);
    assert_eq!(today(&day), 1);
    assert!(!day.why().contains("does not count"), "{}", day.why());
    // The next elevation is offered in its place.
    day.seen(false).heart_rate(62.0).for_minutes(20).heart_rate(84.0).for_minutes(10);
    assert_eq!((day.offered_at().len(), today(&day)), (2, 1));
    day.seen(true).heart_rate(62.0).for_minutes(20).heart_rate(84.0).for_minutes(10);
    assert_eq!(day.offered_at().len(), 2, "{}", day.log());
}

#[test]
fn fine_after_later_ends_it() {
    let mut day = hard_morning();
    day.answer(Answer::Later).for_minutes(2);
    let outcome = OfferOutcome::Answered;
    day.put(Input::Reanswered(outcome(Answer::Later), outcome(Answer::Fine)));
    day.for_minutes(40);
    assert_eq!(day.offered_at().len(), 1);
}
