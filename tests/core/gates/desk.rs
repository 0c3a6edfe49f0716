//! A desk whose gates are closed and opened, as it happens in life.

use jiff::SignedDuration;
use jiff::civil::Time;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::InputActivity;
use kindbeat_core::context::Presence;
use kindbeat_core::context::Probe;
use kindbeat_core::engine::EngineMemory;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Settings;
use kindbeat_core::offer;
use kindbeat_core::offer::Day as Weekday;
use kindbeat_core::offer::Gate;
use kindbeat_core::offer::QuietHours;
use kindbeat_core::practice::SessionCommand;
use kindbeat_core::setting::RangedCount;
use kindbeat_core::setting::RangedDuration;

use crate::day::Day;

/// The gates that can be closed and opened again by what happens: all but `postponed`, which needs an offer before, `after_walk`
/// and `unchanging`, which follow from the heart, and `settled`.
pub(crate) const GATES: [Gate; Gate::ALL.len() - 4] = {
    let (mut gates, mut filled, mut next) = ([Gate::DayOff; Gate::ALL.len() - 4], 0, 0);
    while next < Gate::ALL.len() {
        let gate = Gate::ALL[next];
        if !matches!(gate, Gate::Postponed | Gate::AfterWalk | Gate::Unchanging | Gate::Settled) {
            gates[filled] = gate;
            filled += 1;
        }
        next += 1;
    }
    gates
};

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
pub(crate) struct Desk {
    pub(crate) day: Day,
    pub(crate) settings: Settings,
    pub(crate) desktop: Desktop,
    /// The hands are kept from the keys, or at them.
    pub(crate) away: bool,
    pub(crate) busy: bool,
}

impl Desk {
    /// Half an hour of a heart as usual, with hands that rest for a moment each minute.
    pub(crate) fn quiet(settings: Settings) -> Self {
        let mut day = Day::with(settings.clone(), "09:00");
        // An offer of an earlier run, for the cool-down.
        let last = Some(day.now());
        let memory = EngineMemory {
            offers: offer::OfferMemory { cool_down_from: last, ..Default::default() },
            after_too_much: false,
        };
        day.engine = day.engine.clone().remembering(memory, day.now());
        day.desktop(Desktop::default());
        let desktop = Desktop::default();
        let mut desk = Self { day, settings, desktop, away: false, busy: false };
        desk.day.heart_rate(62.0);
        desk.minutes(30);
        desk
    }

    /// Minutes in which the hands, unless they are kept busy or away, rest for long enough once.
    pub(crate) fn minutes(&mut self, minutes: u32) {
        for _ in 0..minutes {
            if self.away || self.busy {
                self.day.for_minutes(1);
                continue;
            }
            // Not for so long that it may have been a walk.
            self.hands(InputActivity::Busy);
            self.day.seconds(1);
            self.hands(InputActivity::Resting(self.day.now()));
            self.day.seconds(59);
        }
    }

    pub(crate) fn hands(&mut self, hands: InputActivity) {
        self.day.around(|around| around.hands = hands);
    }

    /// What the hands do now that one of the two changed.
    pub(crate) fn use_hands(&mut self) {
        let gone = InputActivity::Resting(self.day.now() - SignedDuration::from_mins(6));
        let busy = if self.busy { InputActivity::Busy } else { InputActivity::Lately };
        self.hands(if self.away { gone } else { busy });
    }

    pub(crate) fn configure(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.day.put(Input::Configured(Box::new(self.settings.clone())));
    }

    pub(crate) fn see(&mut self, change: impl FnOnce(&mut Desktop)) {
        change(&mut self.desktop);
        self.day.desktop(self.desktop);
    }

    /// Closes a gate, or opens it again, as it happens in life.
    pub(crate) fn set(&mut self, gate: Gate, closed: bool) {
        let seen = if closed { Probe::Yes } else { Probe::No };
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
            Gate::Resting if closed => {
                let was_open = self.day.engine.snapshot(now).closed.contains(&Gate::BreakOpen);
                self.day.put(Input::BreakWanted(None, None));
                self.day.in_break(SessionCommand::TooMuch).in_break(SessionCommand::Leave);
                if was_open {
                    self.set(Gate::BreakOpen, true);
                }
            }
            Gate::Snoozed | Gate::Resting => {
                self.day.put(Input::Resume);
            }
            Gate::BreakOpen if closed => {
                self.day.put(Input::BreakWanted(None, None)).in_break(SessionCommand::Pause);
            }
            Gate::BreakOpen => {
                self.day.in_break(SessionCommand::Leave).put(Input::Tick);
            }
            Gate::OtherSession => {
                self.day.around(|around| around.other_session = closed);
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
            Gate::DailyLimit => self.configure(|settings| {
                settings.offer.at_most_per_day = RangedCount::of(if closed { 0 } else { 1000 });
            }),
            Gate::CoolDown => self.configure(|settings| {
                settings.offer.cool_down = RangedDuration::secs(if closed { 24 * 3600 } else { 0 });
            }),
            Gate::NoPause => {
                self.busy = closed;
                self.use_hands();
            }
            _ => self
                .see(|desktop| gate.facts().iter().take(1).for_each(|&fact| desktop[fact] = seen)),
        }
    }

    pub(crate) fn offers(&self) -> usize {
        self.day.offered_at().len()
    }
}

/// An offer as soon as the heart has been up for a minute, with no distance to the one before.
pub(crate) fn eager() -> Settings {
    let mut settings = Settings::default();
    settings.detection.warm_up = RangedDuration::secs(60);
    settings.detection.sustain = Some(RangedDuration::secs(60));
    settings.detection.rearm = RangedDuration::secs(60);
    settings.offer.cool_down = RangedDuration::secs(0);
    settings.offer.at_most_per_day = RangedCount::of(1000);
    settings
}
