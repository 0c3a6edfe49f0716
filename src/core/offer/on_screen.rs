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
    /// It was taken, and taken away faster than anybody could have done it, as most do while they are silenced.
    ClosedAtOnce,
}

/// How long an offer stays on the screen where nobody touches it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Popup {
    /// Until it is withdrawn.
    #[default]
    Stays,
    /// For seconds, whatever was asked for: it goes where only who looks for it finds it, or nowhere.
    Leaves,
}

impl Popup {
    /// By the name that whoever shows notifications gives itself.
    #[must_use]
    pub fn of(server: &str) -> Self {
        if LEAVING.iter().any(|name| name.eq_ignore_ascii_case(server)) {
            Self::Leaves
        } else {
            Self::Stays
        }
    }
}

impl OnScreen {
    /// It came on the screen.
    pub const fn shown(&mut self) {
        self.times = self.times.saturating_add(1);
        self.unseen = None;
    }

    /// It did not come on the screen. What was there before was seen all the same.
    pub const fn not_shown(&mut self, why: Unseen) {
        if matches!(why, Unseen::ClosedAtOnce) {
            self.times = self.times.saturating_sub(1);
        }
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

    /// Whether it came on the screen more than once.
    #[must_use]
    pub const fn was_again(&self) -> bool {
        self.times > 1
    }

    /// Why nobody can have seen it; `None` where somebody can, and while that is not known.
    #[must_use]
    pub const fn unseen(&self) -> Option<Unseen> {
        if self.times == 0 { self.unseen } else { None }
    }
}

/// Seen to go: on GNOME 48 and 50 some 2 s after the hands move, on Cinnamon 6.4 and 6.6 after 4 to 5 s, on Budgie 10.9 and 10.10 after 6 to
/// 7 s.
const LEAVING: [&str; 3] = ["gnome-shell", "cinnamon", "Budgie Notification Server"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_closed_at_once_was_not_seen_and_what_was_before_was() {
        let mut offer = OnScreen::default();
        assert_eq!(offer.was_seen(), None);
        offer.shown();
        offer.not_shown(Unseen::ClosedAtOnce);
        assert_eq!((offer.was_seen(), offer.unseen()), (Some(false), Some(Unseen::ClosedAtOnce)));
        offer.shown();
        offer.not_shown(Unseen::NotShown);
        assert_eq!(
            (offer.was_seen(), offer.unseen(), offer.was_again()),
            (Some(true), None, false)
        );
        offer.shown();
        assert!(offer.was_again());
        offer.not_shown(Unseen::ClosedAtOnce);
        assert_eq!((offer.was_seen(), offer.was_again()), (Some(true), false));
    }

    #[test]
    fn popups_leave_on_three_desktops() {
        for name in ["gnome-shell", "cinnamon", "Budgie Notification Server"] {
            assert_eq!(Popup::of(name), Popup::Leaves, "{name}");
        }
        for name in
            ["Plasma", "dunst", "mako", "fnott", "Notification Daemon", "gnome-flashback", ""]
        {
            assert_eq!(Popup::of(name), Popup::Stays, "{name}");
        }
    }
}
