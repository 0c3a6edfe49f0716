//! Whether an offer was on the screen, as far as whoever shows notifications tells.

/// What is known of it so far. The default is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OnScreen {
    /// How often it came on the screen.
    times: u8,
    unseen: Option<Unseen>,
}

/// Why an offer is on no screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// Nobody shows notifications, or whoever does refused it or did not answer.
    NotShown,
    /// It was taken and got no number, as fnott does while it is paused.
    NoNumber,
}

impl OnScreen {
    /// It came on the screen.
    pub const fn shown(&mut self) {
        self.times = self.times.saturating_add(1);
        self.unseen = None;
    }

    /// It did not come on the screen. What was there before was seen all the same.
    pub const fn not_shown(&mut self, why: Unseen) {
        self.unseen = Some(why);
    }

    /// Whether somebody can have seen it; `None` while that is not known.
    #[must_use]
    pub const fn was_seen(&self) -> Option<bool> {
        match (self.times, self.unseen) {
            (0, None) => None,
            (times, _) => Some(times > 0),
        }
    }

    /// Why nobody can have seen it; `None` where somebody can, and while that is not known.
    #[must_use]
    pub const fn unseen(&self) -> Option<Unseen> {
        if self.times == 0 { self.unseen } else { None }
    }
}
