//! What `kindbeat why` says after what happened.

use jiff::SignedDuration;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;
use kindbeat_core::engine::Settings;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::Gate;
use kindbeat_core::setting::RangedDuration;
use kindbeat_core::words::Words;

use crate::gates::desk::Desk;
use crate::gates::desk::GATES;
use crate::gates::desk::eager;

/// What it says; in another language nothing of it is in English.
#[track_caller]
fn explained(desk: &Desk) -> String {
    let other = desk.day.why_in(&Words::altered("en-XA", |text| text.to_uppercase().into()));
    assert!(!other.contains(char::is_lowercase), "{other}");
    desk.day.why()
}

/// What it says while the heart is up and the gate closed, and once the heart has settled.
#[test]
fn a_closed_gate_is_named_while_it_holds_and_afterwards() {
    let mut said = Vec::new();
    for gate in GATES {
        let mut desk = Desk::quiet(eager());
        desk.set(gate, true);
        desk.day.heart_rate(84.0);
        desk.minutes(4);
        let during = explained(&desk);
        desk.day.heart_rate(62.0);
        desk.minutes(6);
        let after = explained(&desk);
        let line = |text: &str, what: &str| {
            text.lines().find(|line| line.starts_with(what)).unwrap_or("nothing").to_owned()
        };
        let (held, was_held) = (line(&during, "- "), line(&after, "Your heart was up"));
        said.push(format!("{gate}\n  {held}\n  {was_held}"));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    day_off
      - this day is left free
      Your heart was up until 09:35. Nothing was offered: the day was left free.
    quiet_hours
      - these are quiet hours
      Your heart was up until 09:35. Nothing was offered: these were quiet hours.
    snoozed
      - offers are snoozed
      Your heart was up until 09:35. Nothing was offered: offers were snoozed.
    break_open
      - a break is open
      Your heart was up until 09:35. Nothing was offered: a break was open already.
    locked
      - the screen is locked
      Your heart was up until 09:35. Nothing was offered: the screen was locked.
    away
      - nobody is at the desk
      Your heart was up until 09:35. Nothing was offered: nobody was at the desk.
    moving
      - this is movement or exercise, or the recovery from it
      Your heart was up until 09:35. Nothing was offered: this was movement or exercise, or the recovery from it.
    just_returned
      - the return to the desk is too recent
      Your heart was up until 09:35. Nothing was offered: the return to the desk was too recent.
    in_call
      - the microphone or the camera is in use
      Your heart was up until 09:35. Nothing was offered: the microphone or the camera was in use, as far as could be told.
    sharing
      - the screen is being shared
      Your heart was up until 09:35. Nothing was offered: the screen was being shared, as far as could be told.
    full_screen
      - a window fills the screen
      Your heart was up until 09:35. Nothing was offered: a window filled the screen, as far as could be told.
    do_not_disturb
      - notifications are silenced
      Your heart was up until 09:35. Nothing was offered: notifications were silenced, as far as could be told.
    inhibited
      - a program keeps the screen awake
      Your heart was up until 09:35. Nothing was offered: a program kept the screen awake, as far as could be told.
    daily_limit
      - the day's offers are used up
      Your heart was up until 09:35. Nothing was offered: the day's offers were used up.
    cool_down
      - after the last offer or break there is still quiet
      Your heart was up until 09:35. Nothing was offered: after the last offer or break there was still quiet.
    no_pause
      - the hands are at work; a pause is waited for
      Your heart was up until 09:35. Nothing was offered: the heart settled before a good moment came.
    "#);
}

#[test]
fn a_stranger_is_told_how_things_stand() {
    let mut said = Vec::new();
    let mut say = |what: &str, desk: &Desk| said.push(format!("# {what}\n{}\n", explained(desk)));
    say("still learning", &Desk::quiet(Settings::default()));
    let mut desk = Desk::quiet(eager());
    say("near usual", &desk);
    desk.day.heart_rate(84.0);
    desk.day.for_minutes(1);
    say("up, not yet for long enough", &desk);
    desk.minutes(3);
    say("offered", &desk);
    desk.day.answer(Answer::Fine);
    say("fine", &desk);
    desk.minutes(11);
    desk.see(|desktop| desktop[Fact::Camera] = Probe::Failed);
    say("settled, with a camera that does not tell", &desk);
    desk.day.silent_for_minutes(3);
    say("no strap", &desk);
    insta::assert_snapshot!(said.join("\n"), @r#"
    # still learning
    No break has been offered since kindbeat was started.
    Over the last minute your heart averaged 61 beats a minute; about 62 is usual for you, give or take 4. It counts as up once the average of 5 minutes is 8 above usual.
    It is near usual, so there is nothing to offer.
    What would hold an offer back just now:
    - after the last offer or break there is still quiet
    - the hands are at work; a pause is waited for

    # near usual
    No break has been offered since kindbeat was started.
    Over the last minute your heart averaged 61 beats a minute; about 62 is usual for you, give or take 4. It counts as up once the average of a minute is 8 above usual.
    It is near usual, so there is nothing to offer.
    What would hold an offer back just now:
    - the hands are at work; a pause is waited for

    # up, not yet for long enough
    No break has been offered since kindbeat was started.
    Over the last minute your heart averaged 83 beats a minute; about 62 is usual for you, give or take 4. It counts as up once the average of a minute is 8 above usual.
    It has been higher than usual since 09:30, not yet for long enough or by enough.
    What would hold an offer back just now:
    - the hands are at work; a pause is waited for

    # offered
    A break was offered at 09:31. The heart averaged 83 beats a minute over the last minute: 21 above the usual 62.
    It is still open: kindbeat break begins it.
    Over the last minute your heart averaged 86 beats a minute; about 62 is usual for you, give or take 4. It counts as up once the average of a minute is 8 above usual.
    It has been up since 09:30.
    What would hold an offer back just now:
    - the hands are at work; a pause is waited for

    # fine
    A break was offered at 09:31. The heart averaged 83 beats a minute over the last minute: 21 above the usual 62.
    The answer was: I'm fine.
    Over the last minute your heart averaged 86 beats a minute; about 62 is usual for you, give or take 4. It counts as up once the average of a minute is 8 above usual.
    It has been up since 09:30.
    What would hold an offer back just now:
    - the hands are at work; a pause is waited for

    # settled, with a camera that does not tell
    A break was offered at 09:31. The heart averaged 83 beats a minute over the last minute: 21 above the usual 62.
    The answer was: I'm fine.
    Over the last minute your heart averaged 84 beats a minute; about 62 is usual for you, give or take 4. It counts as up once the average of a minute is 8 above usual.
    It has been up since 09:30.
    What would hold an offer back just now:
    - the hands are at work; a pause is waited for

    # no strap
    A break was offered at 09:31. The heart averaged 83 beats a minute over the last minute: 21 above the usual 62.
    The answer was: I'm fine.
    Nothing is measured just now, so nothing can be offered. kindbeat status tells more.
    What would hold an offer back just now:
    - the hands are at work; a pause is waited for
    "#);
}

#[test]
fn an_offer_that_never_found_its_moment_says_so() {
    let mut settings = eager();
    settings.offer.wait_for_pause = RangedDuration::secs(120);
    let mut desk = Desk::quiet(settings);
    desk.set(Gate::NoPause, true);
    desk.day.heart_rate(84.0);
    desk.minutes(10);
    desk.set(Gate::NoPause, false);
    desk.minutes(2);
    assert_eq!(desk.offers(), 0, "given up is given up");
    desk.day.heart_rate(62.0);
    desk.minutes(6);
    let why = explained(&desk);
    assert!(why.contains("Nothing was offered: the hands did not rest in time."), "{why}");
    let mut desk = Desk::quiet(eager());
    desk.set(Gate::NoPause, true);
    desk.day.heart_rate(84.0);
    desk.minutes(4);
    desk.day.heart_rate(62.0);
    desk.minutes(6);
    let why = explained(&desk);
    assert!(
        why.contains("Nothing was offered: the heart settled before a good moment came."),
        "{why}"
    );
    let asked = desk.day.offered_at().first().map(|at| desk.day.now().duration_since(*at));
    assert_eq!(asked, None::<SignedDuration>);
}
