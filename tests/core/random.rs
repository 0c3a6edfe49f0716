//! Days that nobody thought of: random sequences of everything that can happen, and what must hold all the same.

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Presence;
use kindbeat_core::context::Probe;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Settings;
use kindbeat_core::heart::Contact;
use kindbeat_core::heart::Reading;
use kindbeat_core::heart::RrInterval;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::SessionCommand;
use kindbeat_core::practice::SessionState;
use kindbeat_core::setting::RangedCount;
use kindbeat_core::setting::RangedDuration;
use proptest::prelude::*;

use crate::day::Day;

/// Something that can happen. A new kind of input joins the random days by being added here.
#[derive(Clone, Debug)]
enum Op {
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
        rr,
    })
}

fn op() -> impl Strategy<Value = Op> {
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
    ]
}

fn apply(day: &mut Day, op: Op) {
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
    };
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.detection.warm_up = RangedDuration::secs(60);
    settings.detection.sustain = Some(RangedDuration::secs(60));
    settings.detection.rearm = RangedDuration::secs(60);
    settings.offer.cool_down = RangedDuration::secs(20 * 60);
    settings.offer.at_most_per_day = RangedCount::of(4);
    settings
}

/// Between two offers lies the cool-down, unless the owner put the first one off or the clock went back in between; a day holds
/// no more than its limit, what was put off not counted twice; one offer is open at a time.
fn check_offers(day: &Day, cool_down: SignedDuration, limit: usize) -> Result<(), TestCaseError> {
    let mut open: Option<OfferId> = None;
    let mut last: Option<Timestamp> = None;
    let mut counted: Vec<(jiff::civil::Date, usize)> = Vec::new();
    let mut before = Timestamp::MIN;
    for (at, local, effect) in &day.effects {
        if *at < before {
            (last, counted) = (None, Vec::new());
        }
        before = *at;
        match effect {
            Effect::Offer(id, figures) => {
                prop_assert_eq!(open, None, "a second offer beside one that is open");
                prop_assert!(figures.excess() >= 8.0f64.max(1.5 * figures.spread), "{:?}", figures);
                let again = day.put_off.contains(&last);
                let cooled = last.is_none_or(|last| at.duration_since(last) >= cool_down);
                prop_assert!(again || cooled, "{at} is too soon after {last:?}");
                if !again {
                    counted.push((*local, 1));
                    let today = counted.iter().filter(|(date, _)| date == local).count();
                    prop_assert!(today <= limit, "{today} offers on {local}");
                }
                (open, last) = (Some(*id), Some(*at));
            }
            Effect::Withdraw(id, _) => {
                prop_assert_eq!(open, Some(*id), "an offer is withdrawn that is not open");
                open = None;
            }
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_the_promises_hold(ops in prop::collection::vec(op(), 1..40)) {
        let mut day = Day::with(settings(), "09:00");
        for op in ops {
            let before = day.effects.len();
            let closed = day.around.locked || !day.around.presence.may_sit();
            let from_heart = matches!(op, Op::Heart(..));
            apply(&mut day, op);
            let offered = day.effects[before..].iter().any(|(_, _, effect)| matches!(effect, Effect::Offer(..)));
            prop_assert!(!(offered && closed && from_heart), "offered while nobody sits there");
        }
        check_offers(&day, SignedDuration::from_mins(20), 4)?;
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
