//! What the desk and the desktop look like at this moment: plain data, however it was found out.
//!
//! PURE.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// The desk and the desktop. The default is a desktop of which nothing is known, in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and any of them may hold together"
)]
pub struct Surroundings {
    /// Whether somebody sits at this desk.
    pub presence: Presence,
    /// When a key or the pointer was last used; `None` when that cannot be told.
    pub last_input: Option<Timestamp>,
    /// The screen is locked.
    pub locked: bool,
    /// The microphone or the camera is in use.
    pub in_call: bool,
    /// The screen is being shared.
    pub sharing: bool,
    /// A window fills the screen.
    pub full_screen: bool,
    /// Notifications are silenced.
    pub do_not_disturb: bool,
    /// A program keeps the screen awake.
    pub inhibited: bool,
    /// How far local time is ahead of UTC; renewed when summer time begins or ends.
    pub utc_offset: Offset,
}

impl Surroundings {
    /// The local date and time of a moment.
    #[must_use]
    pub fn local_time(&self, at: Timestamp) -> DateTime {
        self.utc_offset.to_datetime(at)
    }
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            presence: Presence::Unknown,
            last_input: None,
            locked: false,
            in_call: false,
            sharing: false,
            full_screen: false,
            do_not_disturb: false,
            inhibited: false,
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
    /// Hands on the keyboard or pointer lately, or a recording that says so.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hands {
    /// Nothing tells.
    #[default]
    Unknown,
    /// A key or the pointer was used within the last minutes; when exactly is not told.
    Lately,
    /// A key or the pointer was used within the last seconds.
    Busy,
    /// Neither was used since then.
    Resting(Timestamp),
}

/// What a question to the desktop brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seen {
    /// This desktop has nothing that could tell: it holds nothing back.
    #[default]
    Lacking,
    /// It should tell and does not, or not in time: it holds back, as if it were so.
    Failed,
    /// It is not so.
    No,
    /// It is so.
    Yes,
}

impl Seen {
    /// Whether an offer is held back for it.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Failed | Self::Yes)
    }
}

/// What the desktop was seen to do. The default is one that tells nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Desktop {
    /// The microphone is in use.
    pub microphone: Seen,
    /// The camera is in use.
    pub camera: Seen,
    /// The screen is being shared or recorded.
    pub sharing: Seen,
    /// A window fills the screen.
    pub full_screen: Seen,
    /// Notifications are silenced.
    pub do_not_disturb: Seen,
    /// A program keeps the session from going idle.
    pub inhibited: Seen,
}
