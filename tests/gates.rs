//! What holds offers back, in pairs and on days full of them: nothing is offered behind a closed gate, everything is once all are
//! open, and each elevation is accounted for.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Time;
use kindbeat::engine::Effect;
use kindbeat::engine::Elsewhere;
use kindbeat::engine::Input;
use kindbeat::engine::Memory;
use kindbeat::engine::Outcome;
use kindbeat::engine::Settings;
use kindbeat::offer;
use kindbeat::offer::Answer;
use kindbeat::offer::Day as Weekday;
use kindbeat::offer::Gate;
use kindbeat::offer::QuietHours;
use kindbeat::setting::Count;
use kindbeat::setting::Lasting;
use kindbeat::surroundings::Desktop;
use kindbeat::surroundings::Hands;
use kindbeat::surroundings::Presence;
use kindbeat::surroundings::Seen;
use proptest::prelude::*;

#[path = "support/day.rs"]
mod day;

use day::Day;

/// What can be closed and opened again by what happens; all but `settled`, which is no moment.
const GATES: [Gate; 16] = [
    Gate::DayOff,
    Gate::QuietHours,
    Gate::Snoozed,
    Gate::BreakOpen,
    Gate::Locked,
    Gate::Away,
    Gate::Moving,
    Gate::JustReturned,
    Gate::InCall,
    Gate::Sharing,
    Gate::FullScreen,
    Gate::DoNotDisturb,
    Gate::Inhibited,
    Gate::DailyLimit,
    Gate::CoolDown,
    Gate::NoPause,
];

const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// A day with gates that are closed and opened.
struct Desk {
    day: Day,
    settings: Settings,
    desktop: Desktop,
    /// The hands are kept from the keys, or at them.
    away: bool,
    busy: bool,
}

impl Desk {
    /// Half an hour of a heart as usual, with hands that rest for a moment each minute.
    fn quiet(settings: Settings) -> Self {
        let mut day = Day::with(settings.clone(), "09:00");
        // An offer of an earlier run, for the cool-down.
        let last = Some(day.now());
        let memory = Memory { offers: offer::Memory { last, ..Default::default() }, tender: false };
        day.engine = day.engine.clone().remembering(memory);
        day.desktop(Desktop::default());
        let desktop = Desktop::default();
        let mut desk = Self { day, settings, desktop, away: false, busy: false };
        desk.day.heart_rate(62.0);
        desk.minutes(30);
        desk
    }

    /// Minutes in which the hands, unless they are kept busy or away, rest for long enough once.
    fn minutes(&mut self, minutes: u32) {
        for _ in 0..minutes {
            if !self.away && !self.busy {
                self.hands(Hands::Resting(self.day.now()));
            }
            self.day.for_minutes(1);
        }
    }

    fn hands(&mut self, hands: Hands) {
        self.day.around(|around| around.hands = hands);
    }

    /// What the hands do now that one of the two changed.
    fn use_hands(&mut self) {
        let gone = Hands::Resting(self.day.now() - SignedDuration::from_mins(6));
        let busy = if self.busy { Hands::Busy } else { Hands::Lately };
        self.hands(if self.away { gone } else { busy });
    }

    fn configure(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.day.put(Input::Configured(Box::new(self.settings.clone())));
    }

    fn see(&mut self, change: impl FnOnce(&mut Desktop)) {
        change(&mut self.desktop);
        self.day.desktop(self.desktop);
    }

    /// Closes a gate, or opens it again, as it happens in life.
    fn set(&mut self, gate: Gate, closed: bool) {
        let seen = if closed { Seen::Yes } else { Seen::No };
        let now = self.day.now();
        match gate {
            Gate::DayOff => self.configure(|settings| {
                settings.offer.days = if closed { vec![Weekday::Sun] } else { WEEK.to_vec() };
            }),
            Gate::QuietHours => self.configure(|settings| {
                let (midnight, noon) = (Time::midnight(), Time::constant(12, 0, 0, 0));
                let halves = [QuietHours::new(midnight, noon), QuietHours::new(noon, midnight)];
                settings.offer.quiet_hours =
                    halves.into_iter().flatten().filter(|_| closed).collect();
            }),
            Gate::Snoozed if closed => {
                self.day.put(Input::Snooze(now + SignedDuration::from_hours(5)));
            }
            Gate::Snoozed => {
                self.day.put(Input::Resume);
            }
            Gate::BreakOpen => {
                let what =
                    if closed { Elsewhere::Began { outward: false } } else { Elsewhere::Over };
                self.day.put(Input::Elsewhere(what));
            }
            Gate::Locked => {
                self.day.around(|around| around.locked = closed);
            }
            Gate::Away => {
                self.away = closed;
                self.use_hands();
            }
            Gate::Moving => {
                let presence = if closed { Presence::Moving } else { Presence::Unknown };
                self.day.presence(presence);
            }
            Gate::JustReturned if closed => {
                self.day.put(Input::Woke);
            }
            // Time opens it.
            Gate::JustReturned => self.minutes(5),
            Gate::InCall => self.see(|desktop| desktop.microphone = seen),
            Gate::Sharing => self.see(|desktop| desktop.sharing = seen),
            Gate::FullScreen => self.see(|desktop| desktop.full_screen = seen),
            Gate::DoNotDisturb => self.see(|desktop| desktop.do_not_disturb = seen),
            Gate::Inhibited => self.see(|desktop| desktop.inhibited = seen),
            Gate::DailyLimit => self.configure(|settings| {
                settings.offer.at_most_per_day = Count::of(if closed { 0 } else { 1000 });
            }),
            Gate::CoolDown => self.configure(|settings| {
                settings.offer.cool_down = Lasting::secs(if closed { 24 * 3600 } else { 0 });
            }),
            Gate::NoPause => {
                self.busy = closed;
                self.use_hands();
            }
            Gate::Settled => {}
        }
    }

    fn offers(&self) -> usize {
        self.day.offered_at().len()
    }
}

/// An offer as soon as the heart has been up for a minute, with no distance to the one before.
fn eager() -> Settings {
    let mut settings = Settings::default();
    settings.detection.warm_up = Lasting::secs(60);
    settings.detection.sustain = Some(Lasting::secs(60));
    settings.detection.rearm = Lasting::secs(60);
    settings.offer.cool_down = Lasting::secs(0);
    settings.offer.at_most_per_day = Count::of(1000);
    settings
}

#[test]
fn of_any_two_closed_gates_each_holds_back_and_both_open_do_not() {
    for (number, first) in GATES.into_iter().enumerate() {
        for second in GATES.into_iter().skip(number + 1) {
            for (opened, stays) in [(first, second), (second, first)] {
                let pair = format!("{opened} opens, {stays} stays");
                let mut desk = Desk::quiet(eager());
                desk.set(opened, true);
                desk.set(stays, true);
                desk.day.heart_rate(84.0);
                desk.minutes(4);
                assert_eq!(desk.offers(), 0, "both closed: {pair}\n{}", desk.day.log());
                desk.set(opened, false);
                // The end of a call is a pause, whatever the hands do.
                let pause = usize::from((opened, stays) == (Gate::InCall, Gate::NoPause));
                if stays != Gate::JustReturned {
                    desk.minutes(2);
                    assert_eq!(desk.offers(), pause, "{pair}\n{}", desk.day.log());
                }
                desk.set(stays, false);
                desk.minutes(8);
                assert_eq!(desk.offers(), 1, "both open: {pair}\n{}", desk.day.log());
            }
        }
    }
}

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
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn a_day_of_a_hundred_elevations_keeps_every_limit_and_accounts_for_each(turns in turns()) {
        const AT_MOST: u32 = 12;
        let cool_down = SignedDuration::from_mins(20);
        let mut settings = eager();
        settings.offer.cool_down = Lasting::secs(20 * 60);
        settings.offer.at_most_per_day = Count::of(AT_MOST);
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
                }
                Turn::Up(minutes) => {
                    desk.day.heart_rate(84.0);
                    desk.minutes(minutes);
                    desk.day.heart_rate(62.0);
                    desk.minutes(8);
                }
            }
            let shut: Vec<_> = GATES.into_iter().zip(closed).filter(|(_, closed)| *closed).map(|(gate, _)| gate).collect();
            // A snooze ends by itself.
            let lasting = shut.iter().any(|gate| *gate != Gate::Snoozed);
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
    let those = |which: fn(&Outcome) -> bool| {
        courses.values().filter_map(|course| course.outcome).filter(which).count()
    };
    let said = those(|outcome| matches!(outcome, Outcome::Offered));
    prop_assert!(said >= offers, "{said} said to be offered, {offers} were");
    prop_assert_eq!(those(|outcome| matches!(outcome, Outcome::Held(_))), held);
    prop_assert_eq!(said + held, courses.len());
    Ok(())
}
