//! What `status`, `why` and the answer to `resume` say is what happens next, whatever happened before.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kindbeat_core::context::Desktop;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Outlook;
use kindbeat_core::engine::Snapshot;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::Gate;
use kindbeat_core::offer::Resumed;
use kindbeat_core::practice::SessionCommand;
use kindbeat_core::reason;
use kindbeat_core::reason::MonitorLink;
use kindbeat_core::status::Quality;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use kindbeat_core::words::local_moment;
use proptest::prelude::*;

use crate::cases_in_ci;
use crate::day::Day;
use crate::random::Op;
use crate::random::apply;
use crate::random::op;
use crate::random::settings;

/// The gates that the owner's own wish closes, until a time.
const WISHES: [Gate; 3] = [Gate::Snoozed, Gate::Resting, Gate::Postponed];

/// Rates every five seconds instead of packets each second: the same decisions in a fifth of the time.
fn happens(day: &mut Day, op: Op) {
    match op {
        Op::Heart(level, minutes) => {
            day.heart_rate(level).rates_for_minutes(minutes);
        }
        Op::Silence(minutes) => {
            day.silent_for_minutes(minutes.min(5));
        }
        // A clock that was set back is noticed with the next input.
        op @ Op::Clock(_) => {
            apply(day, op);
            day.put(Input::Tick);
        }
        op => apply(day, op),
    }
}

fn now(day: &Day) -> Snapshot {
    day.engine.snapshot(day.now())
}

/// The status, `why` and the snapshot itself contradict neither each other nor themselves.
fn check_said(day: &Day, words: &Words) -> Result<(), TestCaseError> {
    let snapshot = now(day);
    let is_closed = |gate| snapshot.closed.contains(&gate);
    for gate in WISHES {
        let until = snapshot.closed_until(gate);
        prop_assert!(until.is_none_or(|until| snapshot.at < until), "{gate} until {until:?}");
        prop_assert_eq!(until.is_some(), is_closed(gate), "{} until {:?}", gate, until);
    }
    let nobody = [Gate::Away, Gate::Locked, Gate::OtherSession].into_iter().any(is_closed);
    prop_assert!(!(nobody && is_closed(Gate::NoPause)), "nobody is there to wait for");
    if let Outlook::Held(gate) = snapshot.outlook {
        prop_assert_eq!(snapshot.closed.first(), Some(&gate));
    }
    prop_assert!(snapshot.outlook != Outlook::Due || snapshot.closed.is_empty());
    let elevated = snapshot.elevated_since().is_some();
    prop_assert!(elevated || snapshot.outlook == Outlook::Nothing, "{:?}", snapshot.outlook);

    let status = snapshot.status();
    prop_assert_eq!(status.held_by.as_deref(), snapshot.held_by().map(Gate::name));
    prop_assert!(status.held_by.is_none() || status.elevated_since.is_some());
    for (said, gate) in
        WISHES.iter().zip([status.snoozed_until, status.resting_until, status.postponed_until])
    {
        prop_assert_eq!(gate, snapshot.closed_until(*said));
    }

    let why = day.why_in(words);
    let listed: Vec<_> = why.lines().filter(|line| line.starts_with("- ")).collect();
    prop_assert_eq!(listed.len(), snapshot.closed.len(), "{}", why);
    for (line, gate) in listed.iter().zip(&snapshot.closed) {
        prop_assert_eq!(*line, line_of(*gate, &snapshot, day, words));
    }
    let says = |message: Message| why.contains(&words.text(message, &[]));
    prop_assert_eq!(says(Message::WhyAllOpen), snapshot.closed.is_empty());
    let heard = snapshot.heart_rate.is_some()
        && snapshot.quality != Some(Quality::OffBody)
        && snapshot.frozen_since.is_none()
        && day.link.state == LinkState::Streaming;
    let first = why.lines().next().unwrap_or_default();
    let no_heart = ["No heart rate is coming in", "The strap has sent the very same heart rate"];
    prop_assert_eq!(no_heart.iter().any(|begin| first.starts_with(begin)), !heard, "{}", why);
    let known = heard && snapshot.usual.is_some();
    prop_assert_eq!(says(Message::WhyDue), known && snapshot.outlook == Outlook::Due, "{}", why);
    prop_assert_eq!(says(Message::WhyGivenUp), known && snapshot.outlook == Outlook::GivenUp);
    let held = heard && matches!(snapshot.outlook, Outlook::Held(_));
    prop_assert_eq!(says(Message::WhyHolds), held, "{}", why);
    Ok(())
}

fn line_of(gate: Gate, snapshot: &Snapshot, day: &Day, words: &Words) -> String {
    if snapshot.failed.contains(&gate) {
        return format!(
            "- {}",
            words.text(format!("gate-{}-unknown", gate.name().replace('_', "-")), &[])
        );
    }
    let closed = reason::holds_now(gate, snapshot.hands, words);
    match snapshot.closed_until(gate) {
        None => format!("- {closed}"),
        Some(until) => {
            let zone = TimeZone::fixed(day.around.utc_offset);
            format!("- {closed}, until {}", local_moment(until, snapshot.at, &zone, words))
        }
    }
}

/// For half an hour nothing happens but a heart that is up: what was said comes true.
fn check_future(mut day: Day, words: &Words) -> Result<(), TestCaseError> {
    let start = now(&day);
    let mut postponed = start.postponed_until;
    let mut due_since: Option<Timestamp> = None;
    day.heart_rate(84.0);
    for n in 0..12 * 30u32 {
        let (before, seen) = (day.engine.clone(), day.effects.len());
        day.rate(84.0 + f64::from(n % 3));
        for (at, _, effect) in &day.effects[seen..] {
            let Effect::Offer(..) = effect else { continue };
            let said = before.snapshot(*at);
            // These two open by the very reading, or by the very tick, that brings the offer.
            let holding: Vec<_> = said
                .closed
                .iter()
                .filter(|gate| !matches!(gate, Gate::Moving | Gate::BreakOpen))
                .collect();
            prop_assert!(holding.is_empty(), "offered behind {holding:?}");
            prop_assert!(
                !matches!(said.outlook, Outlook::Asked | Outlook::GivenUp),
                "{:?}",
                said.outlook
            );
            prop_assert!(start.snoozed_until.is_none_or(|until| *at >= until), "in a snooze");
            prop_assert!(start.resting_until.is_none_or(|until| *at >= until), "in the rest");
            prop_assert!(postponed.is_none_or(|until| *at >= until), "before Later is over");
        }
        let after = now(&day);
        // Once the elevation has ended there is nothing left that was put off.
        postponed = postponed.filter(|_| after.postponed_until.is_some());
        due_since = match after.outlook {
            Outlook::Due => due_since.or(Some(after.at)),
            _ => None,
        };
        let due_for = due_since.map(|since| after.at.duration_since(since));
        prop_assert!(
            due_for.is_none_or(|due| due < NEXT_BUT_ONE),
            "due for {due_for:?}\n{}",
            day.why()
        );
        if n % 12 == 0 {
            check_said(&day, words)?;
        }
    }
    Ok(())
}

/// `resume` says exactly what it ended, and what it says is over is over.
fn check_resume(mut day: Day, words: &Words) -> Result<(), TestCaseError> {
    let (before, seen) = (now(&day), day.effects.len());
    day.put(Input::Resume);
    let ended = day.effects[seen..].iter().find_map(|(_, _, effect)| match effect {
        Effect::Resumed(ended) => Some(*ended),
        _ => None,
    });
    let expected = Resumed {
        snooze: before.snoozed_until.is_some(),
        rest: before.resting_until.is_some(),
        postponement: before.postponed_until.is_some(),
    };
    prop_assert_eq!(ended, Some(expected));
    let after = now(&day);
    prop_assert!(WISHES.iter().all(|gate| !after.closed.contains(gate)), "{:?}", after.closed);
    let said = reason::resumed(expected, &after, day.around.utc_offset, words);
    for (is_said, message) in [
        (expected.snooze, Message::ResumedSnooze),
        (expected.rest, Message::ResumedRest),
        (expected.postponement, Message::ResumedPostponement),
        (expected == Resumed::default(), Message::ResumedNothing),
        (after.offer_open, Message::ResumeOffered),
    ] {
        prop_assert_eq!(said.contains(&words.text(message, &[])), is_said, "{}", said);
    }
    let free = said.contains(&words.text(Message::ResumeDone, &[]));
    let held = after.closed.iter().any(|gate| *gate != Gate::NoPause);
    prop_assert!(!(free && held), "{said}\n{:?}", after.closed);
    check_said(&day, words)?;
    check_future(day, words)
}

/// Anything, and often what the owner's wishes come from.
fn any_op() -> impl Strategy<Value = Vec<Op>> {
    let too_much = vec![
        Op::BreakWanted(None, None),
        Op::Break(SessionCommand::TooMuch),
        Op::Break(SessionCommand::Leave),
    ];
    prop_oneof![
        10 => op().prop_map(|op| vec![op]),
        1 => Just(vec![Op::Heart(84.0, 5), Op::Answer(Answer::Later)]),
        1 => Just(too_much),
        1 => (1u32..60).prop_map(|minutes| vec![Op::Snooze(minutes)]),
    ]
}

fn link() -> impl Strategy<Value = MonitorLink> {
    let state = prop_oneof![
        6 => Just(LinkState::Streaming),
        1 => Just(LinkState::Searching),
        1 => Just(LinkState::Silent),
        1 => Just(LinkState::Away),
        1 => Just(LinkState::AdapterOff),
        1 => Just(LinkState::Released),
    ];
    (state, any::<bool>()).prop_map(|(state, was_connected)| MonitorLink { state, was_connected })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: cases_in_ci(30, 2_000), ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_is_what_happens(
        ops in prop::collection::vec(any_op(), 1..20),
        unseen in any::<bool>(),
        link in link(),
    ) {
        let words = Words::new("en");
        let mut day = Day::with(settings(), "09:00");
        if unseen {
            day.desktop(Desktop::default());
        }
        day.link = link;
        for op in ops.into_iter().flatten() {
            happens(&mut day, op);
            check_said(&day, &words)?;
        }
        check_resume(day.clone(), &words)?;
        check_future(day, &words)?;
    }
}

/// The next reading comes after five seconds, and brings what is due.
const NEXT_BUT_ONE: SignedDuration = SignedDuration::from_secs(10);
