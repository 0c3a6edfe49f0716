//! Clocks that are wrong for a while: once they are right again, nothing of it is left.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]

use jiff::SignedDuration;
use kindbeat_core::context::Presence;
use kindbeat_core::detection::Baseline;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Settings;
use kindbeat_core::offer::Answer;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::SessionCommand;
use kindbeat_core::setting::RangedCount;
use kindbeat_core::setting::RangedDuration;
use proptest::prelude::*;

use crate::cases_in_ci;
use crate::day::Day;

/// What happens under a clock that may be wrong.
#[derive(Clone, Debug)]
enum Op {
    /// The clock is set by so many minutes.
    Step(i64),
    /// The program is started anew, with the clock set by so many minutes meanwhile.
    Restart(i64),
    Heart(f64, u32),
    Silence(u32),
    Answer(Answer),
    Snooze(i64),
    Lock(bool),
    TooMuch,
}

const HOUR: i64 = 60;
const YEAR: i64 = 365 * 24 * HOUR;
/// The longest snooze that is drawn, in minutes.
const SNOOZE: i64 = 15;

fn step() -> impl Strategy<Value = i64> {
    prop_oneof![-30i64..30, -12 * HOUR..12 * HOUR, -5 * YEAR..5 * YEAR]
}

fn op() -> impl Strategy<Value = Op> {
    let answer = prop_oneof![Just(Answer::Later), Just(Answer::Moving), Just(Answer::Start)];
    prop_oneof![
        3 => step().prop_map(Op::Step),
        2 => step().prop_map(Op::Restart),
        // Never so long that it becomes what is usual.
        3 => (prop_oneof![Just(62.0), Just(62.0), Just(84.0)], 1u32..5)
            .prop_map(|(level, minutes)| Op::Heart(level, minutes)),
        1 => (1u32..10).prop_map(Op::Silence),
        1 => answer.prop_map(Op::Answer),
        1 => (1..SNOOZE).prop_map(Op::Snooze),
        1 => any::<bool>().prop_map(Op::Lock),
        1 => Just(Op::TooMuch),
    ]
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.detection.warm_up = RangedDuration::secs(60);
    settings.detection.sustain = Some(RangedDuration::secs(60));
    settings.detection.rearm = RangedDuration::secs(60);
    settings.detection.after_return = RangedDuration::secs(120);
    settings.offer.cool_down = RangedDuration::secs(15 * 60);
    settings.offer.at_most_per_day = RangedCount::of(1_000);
    settings
}

fn restart(day: &mut Day) {
    let (memory, baseline) = (day.engine.memory(), day.engine.baseline());
    let baseline = Baseline::restored(settings().detection.method, baseline.state()).unwrap();
    day.engine = Engine::new(settings(), Library::built_in().unwrap(), baseline)
        .remembering(memory, day.now());
    // What an earlier run had on the screen is taken away with it.
    day.mentioned_in = None;
    day.around(|_| ());
}

/// Whether something was done that keeps offers away until midnight.
fn apply(day: &mut Day, op: &Op) -> bool {
    match *op {
        Op::Step(minutes) => drop(day.clock_set_by_minutes(minutes)),
        Op::Restart(minutes) => {
            day.clock_set_by_minutes(minutes);
            restart(day);
        }
        Op::Heart(level, minutes) => drop(day.heart_rate(level).rates_for_minutes(minutes)),
        Op::Silence(minutes) => drop(day.silent_for_minutes(minutes)),
        Op::Answer(answer) => drop(day.answer(answer)),
        Op::Snooze(minutes) => {
            let until = day.now() + SignedDuration::from_mins(minutes);
            day.put(Input::Snooze(until));
        }
        Op::Lock(locked) => drop(day.around(|around| around.locked = locked)),
        Op::TooMuch => {
            day.put(Input::BreakWanted(None, None));
            day.in_break(SessionCommand::TooMuch).in_break(SessionCommand::Leave);
            return true;
        }
    }
    false
}

/// Whether an elevation is offered within `sustain` and every wait of [`settings`].
fn offers_in_time(day: &mut Day) -> bool {
    day.heart_rate(62.0).rates_for_minutes(3);
    let before = day.effects.len();
    // Sustain, the cool-down, the rest of a snooze or of "Later", and a start that is slow.
    day.heart_rate(84.0).rates_for_minutes(30);
    day.effects[before..].iter().any(|(_, _, effect)| matches!(effect, Effect::Offer(..)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: cases_in_ci(30, 2_000), ..ProptestConfig::default() })]

    #[test]
    fn no_wrong_clock_silences_a_right_one(ops in prop::collection::vec(op(), 1..12), restarts in any::<bool>()) {
        let mut day = Day::with(settings(), "09:00");
        day.presence(Presence::AtDesk).heart_rate(62.0).rates_for_minutes(20);
        let mut wrong_by = 0;
        let mut rests = false;
        for op in &ops {
            if let Op::Step(minutes) | Op::Restart(minutes) = op {
                wrong_by += minutes;
            }
            rests |= apply(&mut day, op);
        }
        day.in_break(SessionCommand::Leave);
        day.around(|around| around.locked = false);
        apply(&mut day, &if restarts { Op::Restart(-wrong_by) } else { Op::Step(-wrong_by) });
        day.put(Input::Tick);
        if rests {
            // Until midnight, as the offer says; a run that begins anew does not know the day and takes the longest.
            day.clock_set_by_minutes(26 * HOUR);
        }
        // What is usual follows from the last quiet hour.
        day.heart_rate(62.0).rates_for_minutes(30);
        prop_assert!(offers_in_time(&mut day), "{}", day.why());
    }
}

#[test]
fn a_clock_set_back_an_hour_leaves_no_silence() {
    let mut day = Day::with(settings(), "09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).rates_for_minutes(30).clock_set_by_minutes(-60);
    assert!(offers_in_time(&mut day), "{}", day.why());
}

#[test]
fn a_clock_years_ahead_in_an_earlier_run_leaves_no_silence() {
    let mut day = Day::with(settings(), "09:00");
    day.presence(Presence::AtDesk).heart_rate(62.0).rates_for_minutes(30);
    day.clock_set_by_minutes(5 * YEAR);
    day.heart_rate(62.0).rates_for_minutes(5).heart_rate(84.0).rates_for_minutes(10);
    assert_eq!(day.offered_at().len(), 1);
    let until = day.now() + SignedDuration::from_mins(10);
    day.put(Input::Snooze(until));
    day.clock_set_by_minutes(-5 * YEAR);
    restart(&mut day);
    assert!(offers_in_time(&mut day), "{}", day.why());
}
