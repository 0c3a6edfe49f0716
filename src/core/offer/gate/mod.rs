//! The gates: what holds an offer back, one row each, and the settings that they go by.
//!
//! To add one: its row below; its switch in [`OfferSettings`]; a fact, where it follows from one, in [`Fact`]. Every place that a gate
//! needs beside its row fails a test until it has it.

use std::fmt;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::civil::Time;
use jiff::civil::Weekday;
use serde::Deserialize;
use serde::Serialize;

use crate::context::Context;
use crate::context::Desktop;
use crate::context::Fact;
use crate::context::InputActivity;
use crate::context::Presence;
use crate::context::Probe;
use crate::setting::RangedCount;
use crate::setting::RangedDuration;

use super::hours::Day;
use super::hours::QuietHours;
use super::on_screen::Popup;

/// Turns the table of gates into [`Gate`] and its rows.
///
/// `name` is what JSON, D-Bus and the store say, and, with hyphens, part of the identifiers of the gate's messages, see
/// [`GateMessage`]. `switch` is the key under `[offer]` that turns the gate off; `facts` are what the desktop is probed for: one
/// that is so, or that cannot be probed, closes the gate. `closed` is what else closes it.
macro_rules! gates {
    ($($(#[$doc:meta])+ $gate:ident {
        name: $name:literal,
        $(switch: $switch:ident,)?
        $(facts: [$($fact:ident),+],)?
        $(closed: $closed:expr,)?
    })+) => {
        /// A reason not to offer now.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Gate {
            $($(#[$doc])+ $gate,)+
        }

        impl Gate {
            /// Every gate, in the order of precedence: the first that is closed is the one that is named.
            pub const ALL: [Self; ROWS.len()] = [$(Self::$gate,)+];
        }

        /// In the order of [`Gate::ALL`].
        const ROWS: &[Row] = &[$(Row {
            name: $name,
            switch: gates!(@switch $($switch)?),
            facts: &[$($(Fact::$fact,)+)?],
            closed: gates!(@closed $($closed)?),
        },)+];
    };
    (@switch) => { None };
    (@switch $switch:ident) => {
        Some(Switch { key: stringify!($switch), is_on: |settings| settings.$switch })
    };
    (@closed) => { |_, _| false };
    (@closed $closed:expr) => { $closed };
}

gates! {
    /// The owner left this day of the week out.
    DayOff {
        name: "day_off",
        closed: |settings, moment| !settings.is_day(moment.local_time().weekday()),
    }
    /// The owner wants quiet at this time of day.
    QuietHours {
        name: "quiet_hours",
        closed: |settings, moment| settings.is_quiet(moment.local_time().time()),
    }
    /// The owner wants quiet for a while.
    Snoozed {
        name: "snoozed",
        closed: |_, moment| moment.is_before(moment.snoozed_until),
    }
    /// A break was too much: nothing is offered for the rest of the day.
    Resting {
        name: "resting",
        closed: |_, moment| moment.is_before(moment.resting_until),
    }
    /// The owner put the last offer off.
    Postponed {
        name: "postponed",
        closed: |_, moment| moment.is_before(moment.postponed_until),
    }
    /// A break is open already.
    BreakOpen {
        name: "break_open",
        closed: |_, moment| moment.break_open,
    }
    /// Another session is on the screen in place of the owner's.
    OtherSession {
        name: "other_session",
        closed: |_, moment| moment.context.other_session,
    }
    /// The screen is locked.
    Locked {
        name: "locked",
        closed: |_, moment| moment.context.locked,
    }
    /// Nobody has used the keyboard or the pointer for a while.
    Away {
        name: "away",
        closed: |_, moment| moment.presence() == Presence::Away,
    }
    /// The wearer walks about or exercises, or recovers from it.
    Moving {
        name: "moving",
        closed: |_, moment| moment.exerting || moment.presence() == Presence::Moving,
    }
    /// The wearer came back to the desk a moment ago.
    JustReturned {
        name: "just_returned",
        closed: |_, moment| within(moment.returned_at, moment.after_return, moment.now),
    }
    /// The microphone or the camera is in use, or was until a moment ago.
    InCall {
        name: "in_call",
        switch: hold_in_calls,
        facts: [Microphone, Camera],
        closed: |_, moment| within(moment.call_ended_at, CALL_END_DEBOUNCE, moment.now),
    }
    /// The screen is being shared.
    Sharing {
        name: "sharing",
        switch: hold_when_sharing,
        facts: [Sharing],
    }
    /// A window fills the screen.
    FullScreen {
        name: "full_screen",
        switch: hold_in_full_screen,
        facts: [FullScreen],
    }
    /// Notifications are silenced.
    DoNotDisturb {
        name: "do_not_disturb",
        switch: hold_on_do_not_disturb,
        facts: [DoNotDisturb],
    }
    /// A program keeps the screen awake.
    Inhibited {
        name: "inhibited",
        switch: hold_when_inhibited,
        facts: [Inhibited],
    }
    /// The day's offers are used up.
    DailyLimit {
        name: "daily_limit",
        closed: |settings, moment| moment.offers_today >= settings.at_most_per_day.value(),
    }
    /// The last offer, or the last break, is not long enough ago.
    CoolDown {
        name: "cool_down",
        closed: |settings, moment| {
            let cool_down = settings.cool_down_after(moment.fine_in_a_row);
            within(moment.cool_down_from, cool_down, moment.now)
        },
    }
    /// The rise began while the hands rested, as on the way to the kettle, and has not yet outlasted what a walk leaves.
    AfterWalk {
        name: "after_walk",
        closed: |_, moment| moment.is_before(moment.walked_until),
    }
    /// The monitor repeats one rate: it may be frozen, as a band is that lies on a table.
    Unchanging {
        name: "unchanging",
        closed: |_, moment| moment.unchanging,
    }
    /// Keyboard or pointer have not been idle for a moment.
    NoPause {
        name: "no_pause",
        closed: |settings, moment| {
            // Where nobody is at work there is no pause to wait for.
            let context = moment.context;
            let elsewhere = context.locked || context.other_session;
            let at_work = !elsewhere && moment.presence() != Presence::Away;
            !settings.wait_for_pause.value().is_zero() && at_work && !moment.is_pause()
        },
    }
    /// The heart settled while an offer waited for a pause. Never closed: it only names the outcome of such an elevation.
    Settled {
        name: "settled",
    }
}

/// The section `[offer]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one switch per gate, each a key of its own in the file"
)]
pub struct OfferSettings {
    /// How long after an offer, or a break, no other comes, 0 s to 24 h; longer for a while where the owner was fine, see
    /// [`Self::cool_down_after`].
    pub cool_down: RangedDuration<0, 86_400>,
    /// How many offers a day may hold at most, 0 to 1000; 0 asks never.
    pub at_most_per_day: RangedCount<0, 1_000>,
    /// How long an offer stands before it goes away by itself, 1 min to 60 min.
    pub open_for: RangedDuration<60, 3_600>,
    /// How long an offer waits for a pause in typing before it is given up, 0 s to 60 min; 0 s does not wait.
    pub wait_for_pause: RangedDuration<0, 3_600>,
    /// Times of day in which nothing is offered; empty: none.
    pub quiet_hours: Vec<QuietHours>,
    /// The days of the week on which something may be offered, each as often as it likes; empty: none.
    pub days: Vec<Day>,
    /// Whether an offer may say that it is about the heart. Off by itself for focus "anxiety" and while the screen is shared.
    pub mention_heart: bool,
    /// Whether nothing is offered while the microphone or the camera is in use.
    pub hold_in_calls: bool,
    /// Whether nothing is offered while the screen is shared.
    pub hold_when_sharing: bool,
    /// Whether nothing is offered while a window fills the screen.
    pub hold_in_full_screen: bool,
    /// Whether nothing is offered while notifications are silenced.
    pub hold_on_do_not_disturb: bool,
    /// Whether nothing is offered while a program keeps the screen awake, as players of films do.
    pub hold_when_inhibited: bool,
}

impl Default for OfferSettings {
    fn default() -> Self {
        Self {
            cool_down: RangedDuration::secs(90 * 60),
            at_most_per_day: RangedCount::of(3),
            open_for: RangedDuration::secs(10 * 60),
            wait_for_pause: RangedDuration::secs(10 * 60),
            quiet_hours: Vec::new(),
            days: Day::ALL.to_vec(),
            mention_heart: true,
            hold_in_calls: true,
            hold_when_sharing: true,
            hold_in_full_screen: true,
            hold_on_do_not_disturb: true,
            hold_when_inhibited: true,
        }
    }
}

/// One gate: see [`gates`] for what each part means.
struct Row {
    name: &'static str,
    switch: Option<Switch>,
    facts: &'static [Fact],
    closed: fn(&OfferSettings, &Moment<'_>) -> bool,
}

/// The setting that turns a gate off.
#[derive(Clone, Copy, Debug)]
pub struct Switch {
    /// The key under `[offer]`.
    pub key: &'static str,
    is_on: fn(&OfferSettings) -> bool,
}

impl Switch {
    /// Whether the gate holds offers back at all.
    #[must_use]
    pub fn is_on(&self, settings: &OfferSettings) -> bool {
        (self.is_on)(settings)
    }
}

/// What a message says of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateMessage {
    /// It held an offer back: a sentence. `gate-in-call`.
    Held,
    /// It is closed now: half a sentence. `gate-in-call-closed`.
    Closed,
    /// It is closed now because its facts cannot be probed: half a sentence. `gate-in-call-unknown`.
    Unknown,
}

impl Gate {
    /// The gate of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gate| gate.name() == name)
    }

    /// The gate that a fact closes.
    #[must_use]
    pub fn of(fact: Fact) -> Option<Self> {
        Self::ALL.into_iter().find(|gate| gate.facts().contains(&fact))
    }

    const fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// The gate in JSON, on D-Bus and in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The setting that turns the gate off; `None` where none does.
    #[must_use]
    pub const fn switch(self) -> Option<Switch> {
        self.row().switch
    }

    /// What the desktop is probed for; empty for a gate that doesn't depend on the desktop.
    #[must_use]
    pub const fn facts(self) -> &'static [Fact] {
        self.row().facts
    }

    /// The probe of the gate's facts; [`Probe::Absent`] where it has none.
    #[must_use]
    pub fn probe(self, desktop: &Desktop) -> Probe {
        desktop.any(self.facts())
    }

    /// The identifier of a message about the gate; `None` where there is no such message, as a gate without facts has no
    /// [`GateMessage::Unknown`].
    #[must_use]
    pub fn message(self, about: GateMessage) -> Option<String> {
        let suffix = match about {
            GateMessage::Held => "",
            GateMessage::Closed => "-closed",
            GateMessage::Unknown if self.facts().is_empty() => return None,
            GateMessage::Unknown => "-unknown",
        };
        Some(format!("gate-{}{suffix}", self.name().replace('_', "-")))
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// All that decides which gates are closed, besides the settings.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    pub now: Timestamp,
    pub context: &'a Context,
    /// How long an offer stays on the screen.
    pub popup: Popup,
    /// When the wearer last came back to the desk; `None` if never since the start.
    pub returned_at: Option<Timestamp>,
    /// When the screen was last unlocked; `None` if never since the start.
    pub unlocked_at: Option<Timestamp>,
    /// When microphone and camera were last let go; `None` while one of them is in use, and if never since the start.
    pub call_ended_at: Option<Timestamp>,
    /// Until when the elevation is not asked about, since it began while the hands rested; `None`: it did not.
    pub walked_until: Option<Timestamp>,
    /// The monitor repeats one rate, and may be frozen.
    pub unchanging: bool,
    /// How long after a return nothing is offered.
    pub after_return: SignedDuration,
    /// The heart is in exercise, or recovers from it.
    pub exerting: bool,
    pub break_open: bool,
    /// Until when nothing is offered at the owner's wish; `None`: no such wish.
    pub snoozed_until: Option<Timestamp>,
    /// Until when nothing is offered since a break was too much; `None`: none was.
    pub resting_until: Option<Timestamp>,
    /// Until when the owner put the last offer off; `None`: it was not put off.
    pub postponed_until: Option<Timestamp>,
    /// When the last offer was made or the last break taken; `None` where it doesn't count for the cool-down.
    pub cool_down_from: Option<Timestamp>,
    pub offers_today: u32,
    /// How many times in a row the owner answered "I'm fine".
    pub fine_in_a_row: u32,
}

impl OfferSettings {
    /// Whether a time of day falls into the quiet hours.
    #[must_use]
    pub fn is_quiet(&self, time: Time) -> bool {
        self.quiet_hours.iter().any(|hours| hours.contains(time))
    }

    /// How long after an offer no other comes, once its owner was fine so many times in a row: from the second time on each doubles
    /// it, up to 8 h. What was set to be longer stays as long.
    #[must_use]
    pub fn cool_down_after(&self, fine_in_a_row: u32) -> SignedDuration {
        let set = self.cool_down.value();
        let doublings = fine_in_a_row.saturating_sub(1).min(MOST_DOUBLINGS);
        set.saturating_mul(1 << doublings).min(MOST_COOL_DOWN).max(set)
    }

    /// Whether something may be offered on a day of the week.
    #[must_use]
    pub fn is_day(&self, weekday: Weekday) -> bool {
        self.days.contains(&Day::from(weekday))
    }

    /// The first closed gate, in the order of [`Gate::ALL`]; `None` when all are open.
    #[must_use]
    pub fn closed_gate(&self, moment: &Moment<'_>) -> Option<Gate> {
        self.closed_gates(moment).next()
    }

    /// Every closed gate, in the order of [`Gate::ALL`].
    pub fn closed_gates(&self, moment: &Moment<'_>) -> impl Iterator<Item = Gate> {
        let desktop = moment.context.desktop.unwrap_or_default();
        Gate::ALL.into_iter().filter(move |gate| {
            gate.switch().is_none_or(|switch| switch.is_on(self))
                && (gate.probe(&desktop).holds() || (gate.row().closed)(self, moment))
        })
    }
}

impl Moment<'_> {
    fn local_time(&self) -> DateTime {
        self.context.local_time(self.now)
    }

    fn is_before(&self, until: Option<Timestamp>) -> bool {
        until.is_some_and(|until| self.now < until)
    }

    fn presence(&self) -> Presence {
        self.context.presence_at(self.now)
    }

    /// Whether now is between two activities. Where the input activity is unknown, or not known to the second, every moment may
    /// be.
    fn is_pause(&self) -> bool {
        let idle = match self.context.hands {
            InputActivity::Unknown | InputActivity::Lately => true,
            InputActivity::Busy => false,
            InputActivity::Resting(since) => {
                let until = match self.popup {
                    Popup::Stays => PAUSE_UNTIL,
                    Popup::Leaves => PAUSE_FROM + STILL_LOOKING,
                };
                (PAUSE_FROM..=until).contains(&self.now.duration_since(since))
            }
        };
        let after_call = self.call_ended_at.is_some_and(|ended_at| {
            (CALL_END_DEBOUNCE..CALL_END_DEBOUNCE + PAUSE_UNTIL)
                .contains(&self.now.duration_since(ended_at))
        });
        idle || after_call || within(self.unlocked_at, PAUSE_UNTIL, self.now)
    }
}

/// Whether `now` lies within `length` after `begin`.
fn within(begin: Option<Timestamp>, length: SignedDuration, now: Timestamp) -> bool {
    begin.is_some_and(|begin| now.duration_since(begin) < length)
}

/// Keyboard and pointer that are idle for 6 s are a pause between two activities, and after 15 s another activity may have begun:
/// the gaps that break reminders wait for.
pub const PAUSE_FROM: SignedDuration = SignedDuration::from_secs(6);
/// What leaves the screen after seconds has to come while the eyes are still on it.
const STILL_LOOKING: SignedDuration = SignedDuration::from_secs(2);
const PAUSE_UNTIL: SignedDuration = SignedDuration::from_secs(15);

/// Muting, or changing the headset, lets the microphone go for a moment: a call has ended once neither microphone nor camera has
/// been in use for this long.
pub const CALL_END_DEBOUNCE: SignedDuration = SignedDuration::from_secs(10);

/// A working day: whoever was fine again and again is asked once in it at most.
const MOST_COOL_DOWN: SignedDuration = SignedDuration::from_hours(8);
/// From one second to more than [`MOST_COOL_DOWN`].
const MOST_DOUBLINGS: u32 = 15;

#[cfg(test)]
mod tests;
