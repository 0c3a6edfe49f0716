//! Whether now is a moment to ask: one rule a gate.

use std::fmt;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::surroundings::Presence;
use crate::surroundings::Surroundings;

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
    /// The last offer is not long enough ago.
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
    pub around: &'a Surroundings,
    /// When the wearer last came back to the desk; `None` if never since the start.
    pub returned: Option<Timestamp>,
    /// How long after a return nothing is offered.
    pub after_return: SignedDuration,
    /// Whether the heart is in exercise or in the recovery from it.
    pub exerting: bool,
    /// Whether a break is open.
    pub break_open: bool,
    /// Until when the owner wants quiet; `None` when not.
    pub snoozed_until: Option<Timestamp>,
    /// When the last offer was made, if it still counts for the cool-down.
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
        match gate {
            Gate::DayOff => !self.is_day(local.weekday()),
            Gate::QuietHours => self.is_quiet(local.time()),
            Gate::Snoozed => moment.snoozed_until.is_some_and(|until| moment.now < until),
            Gate::BreakOpen => moment.break_open,
            Gate::Locked => around.locked,
            Gate::Away => around.presence == Presence::Away,
            Gate::Moving => around.presence == Presence::Moving || moment.exerting,
            Gate::JustReturned => within(moment.returned, moment.after_return, moment.now),
            Gate::InCall => self.hold_in_calls && around.in_call,
            Gate::Sharing => self.hold_when_sharing && around.sharing,
            Gate::FullScreen => self.hold_in_full_screen && around.full_screen,
            Gate::DoNotDisturb => self.hold_on_do_not_disturb && around.do_not_disturb,
            Gate::Inhibited => self.hold_when_inhibited && around.inhibited,
            Gate::DailyLimit => moment.offers_today >= self.at_most_per_day.value(),
            Gate::CoolDown => {
                within(moment.last_offer, self.cool_down_after(moment.fine_in_a_row), moment.now)
            }
            Gate::Settled => false,
            Gate::NoPause => {
                !self.wait_for_pause.value().is_zero()
                    && within(around.last_input, REST_OF_HANDS, moment.now)
            }
        }
    }
}

/// Whether `now` lies within `length` after `begin`.
fn within(begin: Option<Timestamp>, length: SignedDuration, now: Timestamp) -> bool {
    begin.is_some_and(|begin| now.duration_since(begin) < length)
}

/// Hands that rest for 6 s are between two things: the lower end of the gaps that break reminders wait for.
const REST_OF_HANDS: SignedDuration = SignedDuration::from_secs(6);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::offer::settings::Day;
    use crate::setting::Lasting;

    /// Sunday 1970-01-04, 12:00 UTC.
    const NOON: i64 = (3 * 24 + 12) * 3_600;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    fn moment(around: &Surroundings) -> Moment<'_> {
        Moment {
            now: at(NOON),
            around,
            returned: None,
            after_return: SignedDuration::from_mins(5),
            exerting: false,
            break_open: false,
            snoozed_until: None,
            last_offer: None,
            offers_today: 0,
            fine_in_a_row: 0,
        }
    }

    /// Settings and a moment in which nothing but `gate` is closed.
    fn closed_by(gate: Gate) -> Option<Gate> {
        let (mut settings, mut around) = (OfferSettings::default(), Surroundings::default());
        match gate {
            Gate::DayOff => settings.days = vec![Day::Mon],
            Gate::QuietHours => settings.quiet_hours = vec!["11:00-13:00".parse().unwrap()],
            Gate::Locked => around.locked = true,
            Gate::Away => around.presence = Presence::Away,
            Gate::InCall => around.in_call = true,
            Gate::Sharing => around.sharing = true,
            Gate::FullScreen => around.full_screen = true,
            Gate::DoNotDisturb => around.do_not_disturb = true,
            Gate::Inhibited => around.inhibited = true,
            Gate::NoPause => around.last_input = Some(at(NOON - 5)),
            _ => {}
        }
        let moment = moment(&around);
        settings.closed_gate(&match gate {
            Gate::Snoozed => Moment { snoozed_until: Some(at(NOON + 1)), ..moment },
            Gate::BreakOpen => Moment { break_open: true, ..moment },
            Gate::Moving => Moment { exerting: true, ..moment },
            Gate::JustReturned => Moment { returned: Some(at(NOON - 299)), ..moment },
            Gate::DailyLimit => Moment { offers_today: 3, ..moment },
            Gate::CoolDown => Moment { last_offer: Some(at(NOON - 5_399)), ..moment },
            _ => moment,
        })
    }

    #[test]
    fn each_gate_closes_by_itself() {
        for gate in Gate::ALL {
            let by_itself = (gate != Gate::Settled).then_some(gate);
            assert_eq!(closed_by(gate), by_itself);
        }
    }

    #[test]
    fn with_nothing_against_it_every_gate_is_open() {
        assert_eq!(OfferSettings::default().closed_gate(&moment(&Surroundings::default())), None);
    }

    #[test]
    fn each_gate_opens_when_its_time_is_over() {
        let around = Surroundings { last_input: Some(at(NOON - 6)), ..Surroundings::default() };
        let over = Moment {
            snoozed_until: Some(at(NOON)),
            returned: Some(at(NOON - 300)),
            last_offer: Some(at(NOON - 5_400)),
            offers_today: 2,
            ..moment(&around)
        };
        assert_eq!(OfferSettings::default().closed_gate(&over), None);
    }

    #[test]
    fn a_gate_that_is_switched_off_stays_open() {
        let settings = OfferSettings {
            hold_in_calls: false,
            hold_when_sharing: false,
            hold_in_full_screen: false,
            hold_on_do_not_disturb: false,
            hold_when_inhibited: false,
            wait_for_pause: Lasting::secs(0),
            ..OfferSettings::default()
        };
        let around = Surroundings {
            in_call: true,
            sharing: true,
            full_screen: true,
            do_not_disturb: true,
            inhibited: true,
            last_input: Some(at(NOON)),
            ..Surroundings::default()
        };
        assert_eq!(settings.closed_gate(&moment(&around)), None);
    }

    proptest! {
        #[test]
        fn local_time_counts_for_hours_and_days(offset in -12i8..=14, hour in 0i64..168) {
            let settings = OfferSettings {
                quiet_hours: vec!["22:00-07:00".parse().unwrap()],
                ..OfferSettings::default()
            };
            let utc_offset = jiff::tz::offset(offset);
            let around = Surroundings { utc_offset, ..Surroundings::default() };
            let now = at(NOON + hour * 3_600);
            let local = (NOON / 3_600 + hour + i64::from(offset)).rem_euclid(24);
            let quiet = !(7..22).contains(&local);
            let gate = settings.closed_gate(&Moment { now, ..moment(&around) });
            prop_assert_eq!(gate, quiet.then_some(Gate::QuietHours));
        }
    }
}
