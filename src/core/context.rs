//! What the desk and the desktop look like at this moment: plain data, however it was found out.
//!
//! PURE.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Deserialize;
use serde::Serialize;

/// The desk and the desktop. The default is a desktop that tells nothing, in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Whether somebody sits at this desk, where something else than the hands tells, as a recording does; see
    /// [`Self::presence_at`].
    pub presence: Presence,
    /// What the hands do.
    pub hands: InputActivity,
    /// The screen is locked.
    pub locked: bool,
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
                if now.duration_since(since) >= AWAY =>
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
            hands: InputActivity::Unknown,
            locked: false,
            desktop: Some(Desktop::default()),
            utc_offset: Offset::UTC,
        }
    }
}

/// Whether somebody sits at this desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presence {
    /// Nothing tells: counts as at the desk, with the stricter gate against exercise.
    #[default]
    Unknown,
    /// A key or the pointer moved lately, or a recording that says so.
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

    /// Of two that either of is enough: that it is so, else that one of them does not tell, else that it is not so.
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

/// What the desktop was seen to do. The default is one that tells nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Desktop {
    /// The microphone is in use.
    pub microphone: Probe,
    /// The camera is in use.
    pub camera: Probe,
    /// The screen is being shared or recorded.
    pub sharing: Probe,
    /// A window fills the screen.
    pub full_screen: Probe,
    /// Notifications are silenced.
    pub do_not_disturb: Probe,
    /// A program keeps the session from going idle.
    pub inhibited: Probe,
}

impl Desktop {
    /// A desktop of which everything has to be told and nothing is.
    pub const FAILED: Self = Self {
        microphone: Probe::Failed,
        camera: Probe::Failed,
        sharing: Probe::Failed,
        full_screen: Probe::Failed,
        do_not_disturb: Probe::Failed,
        inhibited: Probe::Failed,
    };

    /// Neither the microphone nor the camera is in use, as far as anything tells.
    #[must_use]
    pub const fn is_off_call(&self) -> bool {
        !self.microphone.or(self.camera).holds()
    }

    /// The microphone or the camera is in use.
    #[must_use]
    pub const fn is_in_call(&self) -> bool {
        matches!(self.microphone, Probe::Yes) || matches!(self.camera, Probe::Yes)
    }
}

/// Somebody who used neither keys nor pointer for 5 min is not taken to sit here: recorded office work seldom has longer gaps, and
/// it is as long as nothing is offered after a return.
pub const AWAY: SignedDuration = SignedDuration::from_mins(5);
