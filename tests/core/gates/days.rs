//! Days of a hundred elevations each.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::ElevationOutcome;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::Gate;
use kindbeat_core::setting::RangedCount;
use kindbeat_core::setting::RangedDuration;
use proptest::prelude::*;

use crate::cases;
use crate::day::Day;
use crate::gates::desk::Desk;
use crate::gates::desk::GATES;
use crate::gates::desk::eager;

/// What happens on a full day.
#[derive(Clone, Debug)]
enum Turn {
    Closes(usize),
    Opens(usize),
    Answers(Answer),
    Up(u32),
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let answer = prop_oneof![
        Just(Answer::Start),
        Just(Answer::Later),
        Just(Answer::Fine),
        Just(Answer::Moving)
    ];
    let turn = prop_oneof![
        (0..GATES.len()).prop_map(Turn::Closes),
        (0..GATES.len()).prop_map(Turn::Opens),
        (0..GATES.len()).prop_map(Turn::Opens),
        answer.prop_map(Turn::Answers),
    ];
    let around_one = (prop::collection::vec(turn, 0..4), 2u32..9)
        .prop_map(|(turns, minutes)| turns.into_iter().chain([Turn::Up(minutes)]));
    prop::collection::vec(around_one, 100).prop_map(|day| day.into_iter().flatten().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: cases(3, 16), ..ProptestConfig::default() })]

    #[test]
    fn a_hundred_elevations_keep_every_limit_and_are_all_counted(turns in turns()) {
        const AT_MOST: u32 = 12;
        let cool_down = SignedDuration::from_mins(20);
        let mut settings = eager();
        settings.offer.cool_down = RangedDuration::secs(20 * 60);
        settings.offer.at_most_per_day = RangedCount::of(AT_MOST);
        let mut desk = Desk::quiet(settings);
        let mut closed = [false; GATES.len()];
        let mut offered = 0;
        for turn in turns {
            match turn {
                // The last three are not opened and closed here: they are what is to be seen.
                Turn::Closes(gate) | Turn::Opens(gate) if matches!(GATES[gate], Gate::DailyLimit | Gate::CoolDown | Gate::JustReturned) => {}
                Turn::Closes(gate) => {
                    desk.set(GATES[gate], true);
                    closed[gate] = true;
                }
                Turn::Opens(gate) => {
                    desk.set(GATES[gate], false);
                    closed[gate] = false;
                }
                Turn::Answers(answer) => {
                    desk.day.answer(answer);
                    // "Start" begins a break that ends by itself: the one that is to stay open is open again.
                    let open = GATES.iter().position(|gate| *gate == Gate::BreakOpen);
                    if open.is_some_and(|open| closed[open]) {
                        desk.set(Gate::BreakOpen, true);
                    }
                }
                Turn::Up(minutes) => {
                    desk.day.heart_rate(84.0);
                    desk.minutes(minutes);
                    desk.day.heart_rate(62.0);
                    desk.minutes(8);
                }
            }
            let shut: Vec<_> = GATES.into_iter().zip(closed).filter(|(_, closed)| *closed).map(|(gate, _)| gate).collect();
            // A snooze ends by itself, a rest at midnight, both with "resume", and a break that was paused for half an hour.
            let is_open = desk.day.engine.snapshot(desk.day.now()).closed.contains(&Gate::BreakOpen);
            let lasting = shut.iter().any(|gate| match gate {
                Gate::Snoozed | Gate::Resting => false,
                Gate::BreakOpen => is_open,
                _ => true,
            });
            prop_assert!(desk.offers() == offered || !lasting, "offered behind {shut:?}\n{}", desk.day.log());
            offered = desk.offers();
        }
        desk.minutes(30);
        check_limits(&desk.day, cool_down, AT_MOST)?;
        check_accounts(&desk.day)?;
    }
}

fn check_limits(day: &Day, cool_down: SignedDuration, at_most: u32) -> Result<(), TestCaseError> {
    let mut last: Option<Timestamp> = None;
    let mut of_day = BTreeMap::new();
    for (at, date, effect) in &day.effects {
        let Effect::Offer(..) = effect else { continue };
        // One that was put off is the same offer once more.
        if !day.put_off.contains(&last) {
            let cooled = last.is_none_or(|last| at.duration_since(last) >= cool_down);
            prop_assert!(cooled, "{at} is too soon after {last:?}");
            let count = of_day.entry(*date).or_insert(0);
            *count += 1;
            prop_assert!(*count <= at_most, "{count} on {date}");
        }
        last = Some(*at);
    }
    Ok(())
}

/// Every elevation that counted is over, and one thing became of it.
fn check_accounts(day: &Day) -> Result<(), TestCaseError> {
    let mut courses = BTreeMap::new();
    let (mut offers, mut held) = (0, 0);
    for (at, _, effect) in &day.effects {
        match effect {
            Effect::Elevation(course) => {
                courses.insert(course.started, *course);
            }
            Effect::Offer(..) => {
                let again = day.put_off.iter().flatten().any(|put_off| {
                    day.effects
                        .iter()
                        .any(|(then, _, what)| then == put_off && matches!(what, Effect::Offer(..)))
                        && at > put_off
                        && at.duration_since(*put_off) < SignedDuration::from_mins(40)
                });
                offers += usize::from(!again);
            }
            Effect::Held(..) => held += 1,
            _ => {}
        }
    }
    prop_assert!(courses.len() >= 50, "{} elevations", courses.len());
    prop_assert!(courses.values().all(|course| course.ended.is_some() && course.outcome.is_some()));
    let those = |which: fn(&ElevationOutcome) -> bool| {
        courses.values().filter_map(|course| course.outcome).filter(which).count()
    };
    let said = those(|outcome| matches!(outcome, ElevationOutcome::Offered));
    prop_assert!(said >= offers, "{said} said to be offered, {offers} were");
    prop_assert_eq!(those(|outcome| matches!(outcome, ElevationOutcome::Held(_))), held);
    prop_assert_eq!(said + held, courses.len());
    Ok(())
}
