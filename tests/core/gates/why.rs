//! What `kindbeat why` says after what happened.

use jiff::SignedDuration;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Outlook;
use kindbeat_core::engine::Settings;
use kindbeat_core::heart::Contact;
use kindbeat_core::heart::Intervals;
use kindbeat_core::heart::Reading;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::Gate;
use kindbeat_core::reason::MonitorLink;
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
    insta::assert_snapshot!(said.join("\n"), @r"
    day_off
      - this day is left free
      Your heart was up until 09:35. Nothing was offered: the day was left free.
    quiet_hours
      - these are quiet hours
      Your heart was up until 09:35. Nothing was offered: these were quiet hours.
    snoozed
      - offers are snoozed, until 14:30
      Your heart was up until 09:35. Nothing was offered: offers were snoozed.
    resting
      - a break was too much, and offers rest, until midnight
      Your heart was up until 09:35. Nothing was offered: a break had been too much, and offers rested.
    break_open
      - a break is open
      Your heart was up until 09:35. Nothing was offered: a break was open already.
    other_session
      - another session is on the screen, not yours
      Your heart was up until 09:35. Nothing was offered: another session was on the screen, not yours.
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
      - notifications are silenced, by you or by your desktop
      Your heart was up until 09:35. Nothing was offered: notifications were silenced, by you or by your desktop, as far as could be told.
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
      - kindbeat waits for the moment when your hands pause
      Your heart was up until 09:35. Nothing was offered: the heart settled before a good moment came.
    ");
}

#[test]
fn a_stranger_is_told_how_things_stand() {
    let mut said = Vec::new();
    let mut say = |what: &str, desk: &Desk| said.push(format!("# {what}\n{}\n", explained(desk)));
    say("still learning", &Desk::quiet(Settings::default()));
    let mut desk = Desk::quiet(eager());
    say("near usual", &desk);
    desk.day.heart_rate(84.0);
    desk.minutes(1);
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
    insta::assert_snapshot!(said.join("\n"), @r"
    # still learning
    No break has been offered since kindbeat was started.
    The median of the last minute is 61 beats a minute; about 62 is usual for you, give or take 4. Your heart counts as up once its average over 5 minutes is 8 above usual.
    It is near usual, so there is nothing to offer.
    What would hold an offer back just now:
    - after the last offer or break there is still quiet
    - your hands rest already, for longer than a pause; kindbeat waits for the next one
    Whether you are in a call, share the screen and the like is only looked at when a break is about to be offered.

    # near usual
    No break has been offered since kindbeat was started.
    The median of the last minute is 61 beats a minute; about 62 is usual for you, give or take 4. Your heart counts as up once its average over a minute is 8 above usual.
    It is near usual, so there is nothing to offer.
    What would hold an offer back just now:
    - your hands rest already, for longer than a pause; kindbeat waits for the next one
    Whether you are in a call, share the screen and the like is only looked at when a break is about to be offered.

    # up, not yet for long enough
    No break has been offered since kindbeat was started.
    The median of the last minute is 83 beats a minute; about 62 is usual for you, give or take 4. Your heart counts as up once its average over a minute is 8 above usual.
    It has been higher than usual since 09:30, not yet for long enough or by enough.
    What would hold an offer back just now:
    - your hands rest already, for longer than a pause; kindbeat waits for the next one
    Whether you are in a call, share the screen and the like is only looked at when a break is about to be offered.

    # offered
    A break was offered at 09:31. The heart averaged 83 beats a minute over the last minute: 21 above the usual 62.
    It is still open: kindbeat break begins it.
    The median of the last minute is 86 beats a minute; about 62 is usual for you, give or take 4. Your heart counts as up once its average over a minute is 8 above usual.
    It has been up since 09:30.
    What would hold an offer back just now:
    - your hands rest already, for longer than a pause; kindbeat waits for the next one

    # fine
    A break was offered at 09:31. The heart averaged 83 beats a minute over the last minute: 21 above the usual 62.
    The answer was: I'm fine.
    The median of the last minute is 86 beats a minute; about 62 is usual for you, give or take 4. Your heart counts as up once its average over a minute is 8 above usual.
    It has been up since 09:30. A break was offered for this, and none is offered again.
    What would hold an offer back just now:
    - your hands rest already, for longer than a pause; kindbeat waits for the next one
    Whether you are in a call, share the screen and the like is only looked at when a break is about to be offered.

    # settled, with a camera that does not tell
    A break was offered at 09:31. The heart averaged 83 beats a minute over the last minute: 21 above the usual 62.
    The answer was: I'm fine.
    The median of the last minute is 84 beats a minute; about 62 is usual for you, give or take 4. Your heart counts as up once its average over a minute is 8 above usual.
    It has been up since 09:30. A break was offered for this, and none is offered again.
    What would hold an offer back just now:
    - your hands rest already, for longer than a pause; kindbeat waits for the next one
    Whether you are in a call, share the screen and the like is only looked at when a break is about to be offered.

    # no strap
    No heart rate is coming in, so nothing can be offered: the strap is connected, but it sends none.
    A break was offered at 09:31. The heart averaged 83 beats a minute over the last minute: 21 above the usual 62.
    The answer was: I'm fine.
    What would hold an offer back just now:
    - your hands rest already, for longer than a pause; kindbeat waits for the next one
    Whether you are in a call, share the screen and the like is only looked at when a break is about to be offered.
    ");
}

#[test]
fn that_no_heart_is_heard_is_said_first_and_why() {
    use LinkState::AdapterOff;
    use LinkState::Away;
    use LinkState::Blocked;
    use LinkState::BondLost;
    use LinkState::Connecting;
    use LinkState::HangsUp;
    use LinkState::InUse;
    use LinkState::NeedsPairing;
    use LinkState::NoBluetooth;
    use LinkState::Released;
    use LinkState::Searching;
    use LinkState::ServiceEnds;
    use LinkState::Silent;
    use LinkState::Streaming;
    let mut desk = Desk::quiet(eager());
    desk.day.heart_rate(84.0);
    desk.minutes(2);
    desk.set(Gate::Away, true);
    let mut said = Vec::new();
    for (state, was_connected) in [
        (Searching, false),
        (Away, false),
        (Searching, true),
        (Connecting, true),
        (Silent, true),
        (Away, true),
        (AdapterOff, true),
        (NoBluetooth, true),
        (Blocked, true),
        (ServiceEnds, true),
        (InUse, true),
        (NeedsPairing, true),
        (BondLost, true),
        (HangsUp, true),
        (Released, true),
    ] {
        desk.day.link = MonitorLink { state, was_connected };
        let why = explained(&desk);
        said.push(why.lines().next().unwrap_or_default().to_owned());
        assert!(!why.contains("beats a minute;") && !why.contains("holds an offer"), "{why}");
    }
    desk.day.link = MonitorLink { state: Streaming, was_connected: true };
    let contact = Contact::Lost;
    desk.day.put(Input::Measured(Reading { heart_rate: None, contact, rr: Intervals::new() }));
    said.push(explained(&desk).lines().next().unwrap_or_default().to_owned());
    desk.day.silent_for_minutes(3);
    said.push(explained(&desk));
    insta::assert_snapshot!(said.join("\n"), @r#"
    No heart rate is coming in, so nothing can be offered: no strap has been found yet. kindbeat keeps looking for one.
    No heart rate is coming in, so nothing can be offered: no strap has been found yet. kindbeat keeps looking for one.
    No heart rate is coming in, so nothing can be offered: kindbeat is looking for the strap.
    No heart rate is coming in yet, so nothing can be offered: the strap is being connected.
    No heart rate is coming in, so nothing can be offered: the strap is connected, but it sends nothing. Most straps need moist skin contact.
    No heart rate is coming in, so nothing can be offered: the strap is out of reach. kindbeat still looks for it now and then.
    No heart rate is coming in, so nothing can be offered: Bluetooth is switched off.
    No heart rate is coming in, so nothing can be offered: there is no Bluetooth adapter, or no Bluetooth service.
    No heart rate is coming in, so nothing can be offered: Bluetooth is blocked, as it is in airplane mode.
    No heart rate is coming in, so nothing can be offered: the Bluetooth service ended while kindbeat was looking for the strap. kindbeat leaves it alone for a while, then tries again.
    No heart rate is coming in, so nothing can be offered: another program on this computer is using the strap. kindbeat takes it when it is free.
    No heart rate is coming in, so nothing can be offered: the strap is in reach, but it seems that it has to be paired first. "kindbeat devices --pair NAME" does that.
    No heart rate is coming in, so nothing can be offered: the strap is in reach, but it seems to have forgotten that it was paired with this computer. "kindbeat devices --pair NAME" pairs it anew.
    No heart rate is coming in, so nothing can be offered: the strap is in reach, but ends the connection each time. kindbeat keeps trying; some do this until they are paired: "kindbeat devices --pair NAME".
    No heart rate is coming in, so nothing can be offered: the strap is free for other devices while you are not at this desktop.
    No heart rate is coming in, so nothing can be offered: the strap feels no skin.
    No heart rate is coming in, so nothing can be offered: the strap is connected, but it sends none.
    A break was offered at 09:31. The heart averaged 83 beats a minute over the last minute: 21 above the usual 62.
    It is still open: kindbeat break begins it.
    What would hold an offer back just now:
    - nobody is at the desk
    "#);
}

#[test]
fn later_is_named_with_its_time_and_so_is_what_comes_after_it() {
    let mut desk = Desk::quiet(eager());
    desk.day.heart_rate(84.0);
    desk.minutes(4);
    desk.day.answer(Answer::Later);
    let snapshot = desk.day.engine.snapshot(desk.day.now());
    let (held_by, until) = (snapshot.held_by(), snapshot.postponed_until);
    assert_eq!(held_by, Some(Gate::Postponed));
    assert_eq!(until, Some(desk.day.now() + SignedDuration::from_mins(20)));
    let during = explained(&desk);
    assert!(
        during.contains("- you put the last offer off with \"Later\", until 09:54"),
        "{during}"
    );
    desk.set(Gate::Sharing, true);
    desk.minutes(21);
    let snapshot = desk.day.engine.snapshot(desk.day.now());
    assert_eq!((snapshot.held_by(), snapshot.postponed_until), (Some(Gate::Sharing), None));
    desk.set(Gate::Sharing, false);
    desk.minutes(2);
    assert_eq!(desk.offers(), 2, "{}", desk.day.log());
    assert_eq!(desk.day.engine.snapshot(desk.day.now()).outlook, Outlook::Asked);
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
    assert!(why.contains("Nothing was offered: no rest of the hands was seen in time."), "{why}");
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
