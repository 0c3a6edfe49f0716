//! Days that nobody thought of: random sequences of everything that can happen, and what must hold all the same.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]

use std::collections::HashSet;
use std::mem::discriminant;

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat_core::context::Context;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::Fact;
use kindbeat_core::context::InputActivity;
use kindbeat_core::context::Presence;
use kindbeat_core::context::Probe;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Settings;
use kindbeat_core::heart::Contact;
use kindbeat_core::heart::Intervals;
use kindbeat_core::heart::Reading;
use kindbeat_core::heart::RrInterval;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use kindbeat_core::offer::OfferOutcome;
use kindbeat_core::offer::Popup;
use kindbeat_core::offer::QuietHours;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::SessionCommand;
use kindbeat_core::practice::SessionState;
use kindbeat_core::setting::RangedCount;
use kindbeat_core::setting::RangedDuration;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::cases;
use crate::day::Day;

/// Something that can happen. [`op_of`] keeps it complete.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Heart(f64, u32),
    Silence(u32),
    Reading(Reading),
    MonitorLost,
    Presence(Presence),
    Desktop(u8),
    Offset(i8),
    Answer(Answer),
    Break(SessionCommand),
    BreakWanted(Option<String>, Option<Length>),
    Snooze(u32),
    Resume,
    Clock(i64),
    /// Keyboard and pointer, idle for so many seconds where they are.
    InputActivity(InputActivity, i64),
    Woke,
    OfferSeen(bool),
    OfferDismissed,
    Popups(Popup),
    Reanswered(OfferOutcome, OfferOutcome),
    BreakChosen(String, Length),
    Configured(Box<Settings>),
    Practices,
    Tick,
}

/// The operation that gives the engine an input of this kind: a new kind of input doesn't compile without one, and
/// `every_kind_of_input_is_drawn` fails until the operation is among those that are drawn.
fn op_of(input: Input) -> Op {
    match input {
        Input::Measured(reading) => Op::Reading(reading),
        Input::MonitorLost => Op::MonitorLost,
        Input::Context(context) => Op::Presence(context.presence),
        Input::Woke => Op::Woke,
        Input::Answered(_, answer) => Op::Answer(answer),
        Input::OfferSeen(_, is_so) => Op::OfferSeen(is_so),
        Input::OfferDismissed(_) => Op::OfferDismissed,
        Input::Popups(popup) => Op::Popups(popup),
        Input::Reanswered(before, now) => Op::Reanswered(before, now),
        Input::BreakWanted(practice, length) => Op::BreakWanted(practice, length),
        Input::Break(command) => Op::Break(command),
        Input::BreakChosen(practice, length) => Op::BreakChosen(practice, length),
        Input::Snooze(_) => Op::Snooze(1),
        Input::Resume => Op::Resume,
        Input::Configured(settings) => Op::Configured(settings),
        Input::Practices(_) => Op::Practices,
        Input::Tick => Op::Tick,
    }
}

/// One input of each kind.
fn every_input() -> Vec<Input> {
    let fine = OfferOutcome::Answered(Answer::Fine);
    vec![
        Input::Measured(Reading {
            heart_rate: Some(62.0),
            contact: Contact::Detected,
            rr: Intervals::new(),
        }),
        Input::MonitorLost,
        Input::Context(Context::default()),
        Input::Woke,
        Input::Answered(OfferId(1), Answer::Fine),
        Input::OfferSeen(OfferId(1), false),
        Input::OfferDismissed(OfferId(1)),
        Input::Popups(Popup::Leaves),
        Input::Reanswered(OfferOutcome::Expired, fine),
        Input::BreakWanted(None, None),
        Input::Break(SessionCommand::Next),
        Input::BreakChosen("kind-hand".to_owned(), Length::OneMinute),
        Input::Snooze(Timestamp::UNIX_EPOCH),
        Input::Resume,
        Input::Configured(Box::new(settings())),
        Input::Practices(Box::new(Library::built_in().unwrap())),
        Input::Tick,
    ]
}

fn outcome() -> impl Strategy<Value = OfferOutcome> {
    prop_oneof![
        Just(OfferOutcome::Answered(Answer::Fine)),
        Just(OfferOutcome::Answered(Answer::Start)),
        Just(OfferOutcome::Expired),
    ]
}

/// Settings that leave what [`check_offers`] counts as it is.
fn other_settings() -> impl Strategy<Value = Settings> {
    (any::<[bool; 4]>(), 0u32..3).prop_map(|([calls, sharing, heart, quiet], wait)| {
        let mut settings = settings();
        settings.offer.hold_in_calls = calls;
        settings.offer.hold_when_sharing = sharing;
        settings.offer.wait_for_pause = RangedDuration::secs(wait * 120);
        settings.practice.show_heart = heart;
        if quiet {
            settings.detection.warm_up = RangedDuration::secs(120);
            settings.offer.quiet_hours.extend("12:00-12:30".parse::<QuietHours>());
        }
        settings
    })
}

fn reading() -> impl Strategy<Value = Reading> {
    let rr = prop::collection::vec(
        (0.1..1_000_000.0f64).prop_filter_map("an interval", RrInterval::from_millis),
        0..12,
    );
    let contact =
        prop_oneof![Just(Contact::Unsupported), Just(Contact::Lost), Just(Contact::Detected)];
    (prop::option::of(0.0..1_000.0f64), contact, rr).prop_map(|(heart_rate, contact, rr)| Reading {
        heart_rate,
        contact,
        rr: rr.into(),
    })
}

pub(crate) fn op() -> impl Strategy<Value = Op> {
    let presence = prop_oneof![
        Just(Presence::Unknown),
        Just(Presence::AtDesk),
        Just(Presence::AtDesk),
        Just(Presence::Moving),
        Just(Presence::Away)
    ];
    let answer = prop_oneof![Just(Answer::Start), Just(Answer::Later), Just(Answer::Fine)];
    let command = prop_oneof![
        Just(SessionCommand::Next),
        Just(SessionCommand::Back),
        Just(SessionCommand::Pause),
        Just(SessionCommand::Resume),
        Just(SessionCommand::Leave),
        Just(SessionCommand::TooMuch)
    ];
    let practice =
        prop_oneof![Just(None), Just(Some("kind-hand".to_owned())), "[a-z-]{0,8}".prop_map(Some)];
    let length =
        prop_oneof![Just(None), Just(Some(Length::TwentySeconds)), Just(Some(Length::FiveMinutes))];
    let hands = prop_oneof![
        Just(InputActivity::Unknown),
        Just(InputActivity::Lately),
        Just(InputActivity::Busy),
        Just(InputActivity::Resting(Timestamp::UNIX_EPOCH)),
    ];
    prop_oneof![
        8 => (prop_oneof![Just(62.0), Just(62.0), Just(84.0), Just(84.0), Just(130.0)], 1u32..15)
            .prop_map(|(level, minutes)| Op::Heart(level, minutes)),
        1 => (1u32..200).prop_map(Op::Silence),
        1 => reading().prop_map(Op::Reading),
        1 => Just(Op::MonitorLost),
        2 => presence.prop_map(Op::Presence),
        1 => any::<u8>().prop_map(Op::Desktop),
        1 => (-12i8..=14).prop_map(Op::Offset),
        2 => answer.prop_map(Op::Answer),
        1 => command.prop_map(Op::Break),
        1 => (practice, length).prop_map(|(practice, length)| Op::BreakWanted(practice, length)),
        1 => (0u32..100).prop_map(Op::Snooze),
        1 => Just(Op::Resume),
        1 => (-300i64..300).prop_map(Op::Clock),
        2 => (hands, 0i64..400).prop_map(|(hands, seconds)| Op::InputActivity(hands, seconds)),
        1 => Just(Op::Woke),
        2 => any::<bool>().prop_map(Op::OfferSeen),
        1 => Just(Op::OfferDismissed),
        1 => prop_oneof![Just(Popup::Leaves), Just(Popup::Stays)].prop_map(Op::Popups),
        1 => (outcome(), outcome()).prop_map(|(before, now)| Op::Reanswered(before, now)),
        1 => ("kind-hand|stop|[a-z-]{0,8}", Just(Length::OneMinute))
            .prop_map(|(practice, length)| Op::BreakChosen(practice, length)),
        1 => other_settings().prop_map(|settings| Op::Configured(Box::new(settings))),
        1 => Just(Op::Practices),
        1 => Just(Op::Tick),
    ]
}

pub(crate) fn apply(day: &mut Day, op: Op) {
    match op {
        Op::Heart(level, minutes) => day.heart_rate(level).for_minutes(minutes),
        Op::Silence(minutes) => day.silent_for_minutes(minutes),
        Op::Reading(reading) => day.put(Input::Measured(reading)),
        Op::MonitorLost => day.put(Input::MonitorLost),
        Op::Presence(presence) => day.presence(presence),
        Op::Desktop(bits) => day.around(|around| {
            around.locked = bits & 7 == 1;
            around.desktop = Some(Desktop::from_fn(|fact| match fact {
                Fact::Camera => Probe::Absent,
                _ if usize::from(bits & 7) == fact as usize + 2 => Probe::Yes,
                _ => Probe::No,
            }));
        }),
        Op::Offset(hours) => day.around(|around| around.utc_offset = jiff::tz::offset(hours)),
        Op::Answer(answer) => day.answer(answer),
        Op::Break(command) => day.in_break(command),
        Op::BreakWanted(practice, length) => day.put(Input::BreakWanted(practice, length)),
        Op::Snooze(minutes) => {
            let until = day.now() + SignedDuration::from_mins(i64::from(minutes));
            day.put(Input::Snooze(until))
        }
        Op::Resume => day.put(Input::Resume),
        Op::Clock(minutes) => day.clock_set_by_minutes(minutes),
        Op::InputActivity(hands, seconds) => {
            let since = day.now() - SignedDuration::from_secs(seconds);
            let hands = match hands {
                InputActivity::Resting(_) => InputActivity::Resting(since),
                hands => hands,
            };
            day.around(|around| around.hands = hands)
        }
        Op::Woke => day.put(Input::Woke),
        Op::OfferSeen(is_so) => day.seen(is_so),
        Op::OfferDismissed => day.put(Input::OfferDismissed(OfferId(1))),
        Op::Popups(popup) => day.put(Input::Popups(popup)),
        Op::Reanswered(before, now) => day.put(Input::Reanswered(before, now)),
        Op::BreakChosen(practice, length) => day.put(Input::BreakChosen(practice, length)),
        Op::Configured(settings) => day.put(Input::Configured(settings)),
        Op::Practices => day.put(Input::Practices(Box::new(Library::built_in().unwrap()))),
        Op::Tick => day.put(Input::Tick),
    };
}

pub(crate) fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.detection.warm_up = RangedDuration::secs(60);
    settings.detection.sustain = Some(RangedDuration::secs(60));
    settings.detection.rearm = RangedDuration::secs(60);
    settings.offer.cool_down = RangedDuration::secs(20 * 60);
    settings.offer.at_most_per_day = RangedCount::of(4);
    settings
}

/// Between two offers lies the cool-down, unless the owner put the first one off or the clock went back in between; a day holds
/// no more than its limit, what was put off not counted twice and what nobody could see not at all; one offer is open at a time, and none beside a break.
fn check_offers(day: &Day, cool_down: SignedDuration, limit: usize) -> Result<(), TestCaseError> {
    let mut open: Option<OfferId> = None;
    let mut expired: Option<OfferId> = None;
    let mut last: Option<Timestamp> = None;
    let mut counted: Vec<(jiff::civil::Date, usize)> = Vec::new();
    let mut before = Timestamp::MIN;
    let mut in_break = false;
    for (at, local, effect) in &day.effects {
        if *at < before {
            (last, counted) = (None, Vec::new());
        }
        before = *at;
        match effect {
            Effect::Offer(id, figures) => {
                prop_assert_eq!(open, None, "a second offer beside one that is open");
                prop_assert!(!in_break, "an offer at {at}, in a break");
                prop_assert!(figures.excess() >= 8.0f64.max(1.5 * figures.spread), "{:?}", figures);
                let again = day.put_off.contains(&last);
                let cooled = last.is_none_or(|last| at.duration_since(last) >= cool_down);
                prop_assert!(again || cooled, "{at} is too soon after {last:?}");
                if !again && !day.unseen.contains(id) {
                    counted.push((*local, 1));
                    let today = counted.iter().filter(|(date, _)| date == local).count();
                    prop_assert!(today <= limit, "{today} offers on {local}");
                }
                (open, last) = (Some(*id), Some(*at));
            }
            Effect::Withdraw(id, outcome) => {
                // A click that was on its way as the time ran out still counts.
                let is_late = matches!(outcome, OfferOutcome::Answered(_)) && expired == Some(*id);
                let known = open.or(if is_late { expired } else { None });
                prop_assert_eq!(known, Some(*id), "an offer is withdrawn that is not open");
                open = None;
                expired = (*outcome == OfferOutcome::Expired).then_some(*id);
            }
            Effect::BreakMoved(state) => in_break = !matches!(state, SessionState::Ended { .. }),
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: cases(48, 512), ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_the_promises_hold(ops in prop::collection::vec(op(), 1..40)) {
        let mut day = Day::with(settings(), "09:00");
        let mut quiet_until = None;
        for op in ops {
            quiet_until = match op {
                Op::Snooze(minutes) => Some(day.now() + SignedDuration::from_mins(i64::from(minutes))),
                Op::Resume | Op::Clock(_) => None,
                _ => quiet_until,
            };
            let before = day.effects.len();
            let closed = day.around.locked || !day.around.presence.may_sit();
            let from_heart = matches!(op, Op::Heart(..));
            apply(&mut day, op);
            let offered = day.effects[before..].iter().any(|(_, _, effect)| matches!(effect, Effect::Offer(..)));
            prop_assert!(!(offered && closed && from_heart), "offered while nobody sits there");
            let early = day.effects[before..].iter().find(|(at, _, effect)| {
                matches!(effect, Effect::Offer(..)) && quiet_until.is_some_and(|until| *at < until)
            });
            prop_assert!(early.is_none(), "offered in a snooze: {early:?}");
            let (snapshot, now) = (day.engine.snapshot(day.now()), day.now());
            prop_assert_eq!(snapshot.closed.first().copied(), day.engine.closed_gate(now));
            prop_assert!(snapshot.failed.iter().all(|gate| snapshot.closed.contains(gate)));
        }
        check_offers(&day, SignedDuration::from_mins(20), 4)?;
    }

    #[test]
    fn what_is_remembered_is_what_the_next_run_remembers(ops in prop::collection::vec(op(), 1..20)) {
        let mut day = Day::with(settings(), "09:00");
        for op in ops {
            apply(&mut day, op);
        }
        // Where the clock went back, what was remembered goes with it.
        day.put(Input::Tick);
        let memory = day.engine.memory();
        let next = Day::with(settings(), "09:00").engine.remembering(memory, day.now());
        prop_assert_eq!(next.memory(), memory);
    }

    #[test]
    fn leaving_ends_any_break_whatever_was_done_in_it(
        ops in prop::collection::vec(op(), 0..10),
        commands in prop::collection::vec(op().prop_filter("in a break", |op| matches!(op, Op::Break(_) | Op::Silence(_) | Op::Heart(..))), 0..10),
    ) {
        let mut day = Day::with(settings(), "09:00");
        ops.into_iter().chain([Op::BreakWanted(None, None)]).chain(commands).for_each(|op| apply(&mut day, op));
        day.in_break(SessionCommand::Leave);
        let ended = matches!(day.engine.session().map(kindbeat_core::practice::Session::state), Some(SessionState::Ended { .. }));
        prop_assert!(ended);
    }
}

#[test]
fn every_kind_of_input_is_drawn() {
    let inputs = every_input();
    let wanted: HashSet<_> = inputs.iter().map(discriminant).collect();
    let mut by_op = Day::with(settings(), "09:00");
    inputs.into_iter().map(op_of).for_each(|op| {
        apply(&mut by_op, op);
    });
    assert_eq!(by_op.kinds, wanted, "each operation gives the input it stands for");
    let mut runner = TestRunner::deterministic();
    let mut day = Day::with(settings(), "09:00");
    let drawn = prop::collection::vec(op(), 1_000).new_tree(&mut runner).unwrap().current();
    for op in drawn.into_iter().filter(|op| !matches!(op, Op::Heart(..) | Op::Silence(_))) {
        apply(&mut day, op);
    }
    assert_eq!(day.kinds, wanted);
}
