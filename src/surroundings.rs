//! What the desktop and the desk look like at this moment: plain data, however it was found out.
//!
//! PURE.

/// Whether somebody sits at this desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presence {
    /// Nothing tells: counts as at the desk, with the stricter gate against exercise.
    #[default]
    Unknown,
    /// Hands on the keyboard or pointer lately, or a recording that says so.
    AtDesk,
    /// Walking about: the wearer moves.
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
