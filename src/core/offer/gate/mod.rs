//! Whether now is a moment to ask: one rule a gate.

use std::fmt;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::context::Context;
use crate::context::Desktop;
use crate::context::Fact;
use crate::context::InputActivity;
use crate::context::Presence;
use crate::context::Probe;

use super::settings::OfferSettings;

/// What holds an offer back. The names are part of what the program prints and stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// The owner left this day of the week out.
    DayOff,
    /// The owner wants quiet at this time of day.
    QuietHours,
    /// The owner asked for quiet until later.
    Snoozed,
    /// A break is open already.
    BreakOpen,
    /// The screen is locked.
    Locked,
    /// Nobody used the desk for a while.
    Away,
    /// The wearer walks about or exercises, or recovers from it.
    Moving,
    /// The wearer just came back to the desk.
    JustReturned,
    /// The microphone or camera is in use.
    InCall,
    /// The screen is being shared.
    Sharing,
    /// A window fills the screen.
    FullScreen,
    /// Notifications are silenced.
    DoNotDisturb,
    /// A program keeps the screen awake.
    Inhibited,
    /// The day's offers are used up.
    DailyLimit,
    /// The last offer, or the last break, is not long enough ago.
    CoolDown,
    /// The hands did not rest for a moment.
    NoPause,
    /// The heart settled while a pause of the hands was waited for. Never closed by the moment itself.
    Settled,
}

impl Gate {
    /// Every gate, in the order in which they are asked: the first that is closed is the one named.
    pub const ALL: [Self; 17] = [
        Self::DayOff,
        Self::QuietHours,
        Self::Snoozed,
        Self::BreakOpen,
        Self::Locked,
        Self::Away,
        Self::Moving,
        Self::JustReturned,
        Self::InCall,
        Self::Sharing,
        Self::FullScreen,
        Self::DoNotDisturb,
        Self::Inhibited,
        Self::DailyLimit,
        Self::CoolDown,
        Self::NoPause,
        Self::Settled,
    ];

    /// Its name in events and in the status.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DayOff => "day_off",
            Self::QuietHours => "quiet_hours",
            Self::Snoozed => "snoozed",
            Self::BreakOpen => "break_open",
            Self::Locked => "locked",
            Self::Away => "away",
            Self::Moving => "moving",
            Self::JustReturned => "just_returned",
            Self::InCall => "in_call",
            Self::Sharing => "sharing",
            Self::FullScreen => "full_screen",
            Self::DoNotDisturb => "do_not_disturb",
            Self::Inhibited => "inhibited",
            Self::DailyLimit => "daily_limit",
            Self::CoolDown => "cool_down",
            Self::NoPause => "no_pause",
            Self::Settled => "settled",
        }
    }
}

impl Gate {
    /// Whether the desktop has to be looked at to tell.
    #[must_use]
    pub fn is_of_desktop(self) -> bool {
        self.seen(&Desktop::FAILED).holds()
    }

    /// What a look at the desktop brought that this gate goes by; for one that does not go by the desktop, that it tells nothing.
    #[must_use]
    pub fn seen(self, desktop: &Desktop) -> Probe {
        match self {
            Self::InCall => desktop.any(&[Fact::Microphone, Fact::Camera]),
            Self::Sharing => desktop[Fact::Sharing],
            Self::FullScreen => desktop[Fact::FullScreen],
            Self::DoNotDisturb => desktop[Fact::DoNotDisturb],
            Self::Inhibited => desktop[Fact::Inhibited],
            Self::DayOff
            | Self::QuietHours
            | Self::Snoozed
            | Self::BreakOpen
            | Self::Locked
            | Self::Away
            | Self::Moving
            | Self::JustReturned
            | Self::DailyLimit
            | Self::CoolDown
            | Self::NoPause
            | Self::Settled => Probe::Absent,
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// All that the gates look at.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Now.
    pub now: Timestamp,
    /// The desk and the desktop.
    pub around: &'a Context,
    /// When the wearer last came back to the desk; `None` if never since the start.
    pub returned_at: Option<Timestamp>,
    /// When the screen was unlocked, last; `None` if never since the start.
    pub unlocked_at: Option<Timestamp>,
    /// When microphone and camera were let go, last, as long as neither is in use again; `None` if never since the start.
    pub call_ended_at: Option<Timestamp>,
    /// How long after a return nothing is offered.
    pub after_return: SignedDuration,
    /// Whether the heart is in exercise or in the recovery from it.
    pub exerting: bool,
    /// Whether a break is open.
    pub break_open: bool,
    /// Until when the owner wants quiet; `None` when not.
    pub snoozed_until: Option<Timestamp>,
    /// When the last offer was made or the last break taken, if it still counts for the cool-down.
    pub last_offer: Option<Timestamp>,
    /// How many offers were made today.
    pub offers_today: u32,
    /// How many times in a row the owner said to be fine.
    pub fine_in_a_row: u32,
}

impl OfferSettings {
    /// The first closed gate, in the order of [`Gate::ALL`]; `None` when all are open.
    #[must_use]
    pub fn closed_gate(&self, moment: &Moment<'_>) -> Option<Gate> {
        self.closed_gates(moment).next()
    }

    /// Every closed gate, in the order of [`Gate::ALL`].
    pub fn closed_gates(&self, moment: &Moment<'_>) -> impl Iterator<Item = Gate> {
        Gate::ALL.into_iter().filter(|&gate| self.is_closed(gate, moment))
    }

    fn is_closed(&self, gate: Gate, moment: &Moment<'_>) -> bool {
        let around = moment.around;
        let local = around.local_time(moment.now);
        let holds = gate.seen(&around.desktop.unwrap_or_default()).holds();
        let presence = around.presence_at(moment.now);
        match gate {
            Gate::DayOff => !self.is_day(local.weekday()),
            Gate::QuietHours => self.is_quiet(local.time()),
            Gate::Snoozed => moment.snoozed_until.is_some_and(|until| moment.now < until),
            Gate::BreakOpen => moment.break_open,
            Gate::Locked => around.locked,
            Gate::Away => presence == Presence::Away,
            Gate::Moving => presence == Presence::Moving || moment.exerting,
            Gate::JustReturned => within(moment.returned_at, moment.after_return, moment.now),
            Gate::InCall => {
                self.hold_in_calls && (holds || within(moment.call_ended_at, HUNG_UP, moment.now))
            }
            Gate::Sharing => self.hold_when_sharing && holds,
            Gate::FullScreen => self.hold_in_full_screen && holds,
            Gate::DoNotDisturb => self.hold_on_do_not_disturb && holds,
            Gate::Inhibited => self.hold_when_inhibited && holds,
            Gate::DailyLimit => moment.offers_today >= self.at_most_per_day.value(),
            Gate::CoolDown => {
                within(moment.last_offer, self.cool_down_after(moment.fine_in_a_row), moment.now)
            }
            Gate::Settled => false,
            Gate::NoPause => !self.wait_for_pause.value().is_zero() && !moment.is_pause(),
        }
    }
}

impl Moment<'_> {
    /// Whether it is a moment between two things. Where nothing tells of the hands, or not exactly, every moment may be one.
    fn is_pause(&self) -> bool {
        let hands_rest = match self.around.hands {
            InputActivity::Unknown | InputActivity::Lately => true,
            InputActivity::Busy => false,
            InputActivity::Resting(since) => {
                (REST_OF_HANDS..=LONGEST_REST).contains(&self.now.duration_since(since))
            }
        };
        let after_call = self.call_ended_at.is_some_and(|ended_at| {
            (HUNG_UP..HUNG_UP + LONGEST_REST).contains(&self.now.duration_since(ended_at))
        });
        hands_rest || after_call || within(self.unlocked_at, LONGEST_REST, self.now)
    }
}

/// Whether `now` lies within `length` after `begin`.
fn within(begin: Option<Timestamp>, length: SignedDuration, now: Timestamp) -> bool {
    begin.is_some_and(|begin| now.duration_since(begin) < length)
}

/// Hands that rest for 6 s are between two things, and after 15 s they may be at something else: the gaps that break reminders wait
/// for.
pub const REST_OF_HANDS: SignedDuration = SignedDuration::from_secs(6);
const LONGEST_REST: SignedDuration = SignedDuration::from_secs(15);

/// Whoever is muted in a call, or changes the headset, lets the microphone go for a moment: only after so long it is over.
pub const HUNG_UP: SignedDuration = SignedDuration::from_secs(10);

#[cfg(test)]
mod tests;
