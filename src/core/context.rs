//! What the desk and the desktop look like at this moment: plain data, however it was found out.
//!
//! PURE.

use std::fmt;
use std::ops::Index;
use std::ops::IndexMut;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Deserialize;
use serde::Serialize;

/// The desk and the desktop. The default is a desktop that tells nothing, in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Context {
    /// Whether somebody sits at this desk, where something else than the hands tells: the steps that a monitor sends, or a recording; see
    /// [`Self::presence_at`].
    pub presence: Presence,
    /// Whether something tells of the wearer's steps: then a walk does not have to be guessed from the hands.
    pub steps_known: bool,
    /// What the hands do.
    pub hands: InputActivity,
    /// What tells of the hands counts a program that keeps the screen awake as use of keyboard and pointer.
    pub awake_is_use: bool,
    /// The screen is locked.
    pub locked: bool,
    /// Another session is on the screen in place of the owner's: another person's, or one to log in.
    pub other_session: bool,
    /// What the desktop does; `None`: it is not being looked at, and has to be before anything is offered.
    pub desktop: Option<Desktop>,
    /// How far local time is ahead of UTC; renewed when summer time begins or ends.
    pub utc_offset: Offset,
}

impl Context {
    /// The local date and time of a moment.
    #[must_use]
    pub fn local_time(&self, at: Timestamp) -> DateTime {
        self.utc_offset.to_datetime(at)
    }

    /// Whether somebody sits here at that time, by what was told last: where nothing else does, the hands tell.
    #[must_use]
    pub fn presence_at(&self, now: Timestamp) -> Presence {
        match (self.presence, self.hands) {
            (Presence::Unknown, InputActivity::Unknown) => Presence::Unknown,
            (Presence::Unknown, InputActivity::Resting(since))
                if now.duration_since(since) >= AWAY_AFTER =>
            {
                Presence::Away
            }
            (
                Presence::Unknown,
                InputActivity::Resting(_) | InputActivity::Lately | InputActivity::Busy,
            ) => Presence::AtDesk,
            (told, _) => told,
        }
    }
}

impl Default for Context {
    fn default() -> Self {
        Self {
            presence: Presence::Unknown,
            steps_known: false,
            hands: InputActivity::Unknown,
            awake_is_use: false,
            locked: false,
            other_session: false,
            desktop: Some(Desktop::default()),
            utc_offset: Offset::UTC,
        }
    }
}

/// Whether somebody sits at this desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presence {
    /// Nothing tells: counts as at the desk, with a stricter gate against exercise, and for a larger rise.
    #[default]
    Unknown,
    /// A key or the pointer was used within [`AWAY_AFTER`], or a recording says so.
    AtDesk,
    /// Walking about.
    Moving,
    /// No input for a while.
    Away,
}

impl Presence {
    /// Whether somebody may be sitting here.
    #[must_use]
    pub const fn may_sit(self) -> bool {
        matches!(self, Self::Unknown | Self::AtDesk)
    }
}

/// What the hands do at this machine, as far as can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum InputActivity {
    /// Nothing tells.
    #[default]
    Unknown,
    /// A key or the pointer was used within the last minutes; when exactly is not told.
    Lately,
    /// A key or the pointer was used within the last seconds; within the last minutes, while nobody waits for a rest of the hands.
    Busy,
    /// Neither was used since then.
    Resting(Timestamp),
}

impl InputActivity {
    /// Of keyboard and pointer that have not been used for `idle`; a rest shorter than `least` is use.
    #[must_use]
    pub fn idle_for(idle: SignedDuration, least: SignedDuration, now: Timestamp) -> Self {
        if idle < least {
            Self::Busy
        } else {
            Self::Resting(now.saturating_sub(idle).unwrap_or(Timestamp::MIN))
        }
    }

    /// What is known once `next` is told. The same rest is told again and again, a little earlier or later each time: it is the one that was
    /// known. One that began earlier is the truth about what was counted from too late; one that began later is another, with a use between
    /// them.
    #[must_use]
    pub fn followed_by(self, next: Self) -> Self {
        match (self, next) {
            (Self::Resting(known), Self::Resting(since))
                if since.duration_since(known).abs() <= SAME_REST =>
            {
                self
            }
            _ => next,
        }
    }
}

/// What is said of the hands at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandsNow {
    /// Keyboard and pointer are in use or rest only just, or nothing tells.
    InUse,
    /// They count as in use, and may rest: what tells counts a program that keeps the screen awake, too.
    Unsure,
    /// They rest, and for longer than a pause: how long may not be known.
    Rest,
}

/// What a question to the desktop brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Probe {
    /// This desktop has nothing that could tell: it holds nothing back.
    #[default]
    Absent,
    /// It should tell and does not, or not in time: it holds back, as if it were so.
    Failed,
    /// It is not so.
    No,
    /// It is so.
    Yes,
}

impl Probe {
    /// Whether an offer is held back for it.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Failed | Self::Yes)
    }

    /// Joins two sources of one fact: yes, else failed, else no, else absent.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Failed, _) | (_, Self::Failed) => Self::Failed,
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Absent, Self::Absent) => Self::Absent,
        }
    }
}

macro_rules! facts {
    ($($(#[$doc:meta])+ $fact:ident = $name:literal,)+) => {
        /// Something that a desktop does or does not: one row each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Fact {
            $($(#[$doc])+ $fact,)+
        }

        impl Fact {
            /// Every fact, in the order in which people read them.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$fact,)+];

            /// The fact in the JSON of `doctor`, and, with hyphens, in the identifiers of messages.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$fact => $name,)+
                }
            }

            /// The identifier of the message that names the fact in the list of `doctor`: `doctor-do-not-disturb`.
            #[must_use]
            pub fn label(self) -> String {
                format!("doctor-{}", self.name().replace('_', "-"))
            }
        }
    };
}

facts! {
    /// The microphone is in use.
    Microphone = "microphone",
    /// The camera is in use.
    Camera = "camera",
    /// The screen is being shared or recorded.
    Sharing = "sharing",
    /// A window fills the screen.
    FullScreen = "full_screen",
    /// The notification server shows no notifications.
    DoNotDisturb = "do_not_disturb",
    /// A program keeps the session from going idle.
    Inhibited = "inhibited",
}

/// The probe of every fact, as `desktop[fact]`. The default has nothing that could answer.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Desktop([Probe; Fact::ALL.len()]);

impl Desktop {
    /// A desktop that has nothing that could answer.
    pub const ABSENT: Self = Self([Probe::Absent; Fact::ALL.len()]);

    /// The desktop of which each fact has the probe that `probe` gives.
    pub fn from_fn(probe: impl FnMut(Fact) -> Probe) -> Self {
        Self(Fact::ALL.map(probe))
    }

    /// The same desktop but for one fact.
    #[must_use]
    pub const fn with(mut self, fact: Fact, probe: Probe) -> Self {
        self.0[fact as usize] = probe;
        self
    }

    /// The probes of several facts as one, as [`Probe::or`] joins them.
    #[must_use]
    pub fn any(&self, facts: &[Fact]) -> Probe {
        facts.iter().fold(Probe::Absent, |joined, &fact| joined.or(self[fact]))
    }
}

impl Index<Fact> for Desktop {
    type Output = Probe;

    fn index(&self, fact: Fact) -> &Probe {
        &self.0[fact as usize]
    }
}

impl IndexMut<Fact> for Desktop {
    fn index_mut(&mut self, fact: Fact) -> &mut Probe {
        &mut self.0[fact as usize]
    }
}

impl fmt::Debug for Desktop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut desktop = f.debug_struct("Desktop");
        for fact in Fact::ALL {
            desktop.field(fact.name(), &self[fact]);
        }
        desktop.finish()
    }
}

/// How far apart the start of the same rest may be told: idle times come in milliseconds, on a busy machine late, and in recordings often in
/// whole seconds.
const SAME_REST: SignedDuration = SignedDuration::from_secs(1);

/// Somebody who has used neither keyboard nor pointer for this long counts as away: recorded office work seldom has longer gaps.
pub const AWAY_AFTER: SignedDuration = SignedDuration::from_mins(5);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_short_rest_is_use_and_a_longer_one_has_its_beginning() {
        let idle = |seconds| {
            let [idle, least] = [seconds, 6].map(SignedDuration::from_secs);
            InputActivity::idle_for(idle, least, at(100))
        };
        assert_eq!([idle(0), idle(5)], [InputActivity::Busy; 2]);
        assert_eq!(idle(6), InputActivity::Resting(at(94)));
        let ever = InputActivity::idle_for(SignedDuration::MAX, SignedDuration::ZERO, at(100));
        assert_eq!(ever, InputActivity::Resting(Timestamp::MIN));
    }

    #[test]
    fn a_rest_that_is_told_again_is_the_same() {
        let rest = |second| InputActivity::Resting(at(second));
        assert_eq!(rest(10).followed_by(rest(11)), rest(10));
        assert_eq!(rest(10).followed_by(rest(9)), rest(10));
        assert_eq!(rest(10).followed_by(rest(14)), rest(14));
        assert_eq!(rest(10).followed_by(rest(2)), rest(2));
        for next in [InputActivity::Busy, InputActivity::Unknown, rest(10)] {
            assert_eq!(InputActivity::Busy.followed_by(next), next);
            assert_eq!(next.followed_by(InputActivity::Busy), InputActivity::Busy);
        }
    }
}
