//! When the desktop session that the program serves is over, so that it ends too, and the next login begins with a new one.
//!
//! Where a desktop starts a session target, systemd ends the service with it. Other desktops don't, and the manager of the user goes on
//! for a while after them, or for as long as another session is open or the user lingers.

use jiff::SignedDuration;
use jiff::Timestamp;

/// The sessions and the display that the program began in.
#[derive(Debug, Default)]
pub struct Login {
    /// The desktop sessions that were open when the first was seen; empty: none was seen yet.
    served: Vec<String>,
    display: Served,
}

/// The display that the program began on.
#[derive(Debug, Default)]
enum Served {
    /// It has never answered, or there is none.
    #[default]
    Never,
    Answers,
    /// It has answered, and does no longer.
    Gone {
        since: Timestamp,
    },
}

/// What is seen of the login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginInput {
    /// The desktop sessions of this person that are open, as logind has them.
    Sessions(Vec<String>),
    /// The display answers, or, after it did, no longer.
    Display(bool),
    /// The manager of the user names another display than that of the program: a desktop started after it.
    OtherDisplay,
}

/// Why the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginEnd {
    /// The session is closed, and no other one is open.
    SessionClosed,
    /// The X server or the compositor is gone.
    DisplayGone,
    /// Another desktop of the same person is there: the program is to be started again, with the environment of that one.
    Elsewhere,
}

impl Login {
    /// Takes in what is seen; the reason to end, once there is one.
    pub fn handle(&mut self, now: Timestamp, input: LoginInput) -> Option<LoginEnd> {
        match input {
            LoginInput::Sessions(open) => return self.sessions(open),
            LoginInput::Display(true) => self.display = Served::Answers,
            LoginInput::Display(false) => {
                if let Served::Answers = self.display {
                    self.display = Served::Gone { since: now };
                }
            }
            LoginInput::OtherDisplay => match self.display {
                Served::Never | Served::Gone { .. } => return Some(LoginEnd::Elsewhere),
                // Two desktops at a time: the first is served.
                Served::Answers => {}
            },
        }
        None
    }

    fn sessions(&mut self, open: Vec<String>) -> Option<LoginEnd> {
        if self.served.is_empty() {
            // Started over the network, or before the desktop: there is nothing yet that could end.
            self.served = open;
            return None;
        }
        if open.iter().any(|session| self.served.contains(session)) {
            return None;
        }
        Some(if open.is_empty() { LoginEnd::SessionClosed } else { LoginEnd::Elsewhere })
    }

    /// The reason to end that time alone brings.
    #[must_use]
    pub fn tick(&self, now: Timestamp) -> Option<LoginEnd> {
        self.deadline().is_some_and(|due| now >= due).then_some(LoginEnd::DisplayGone)
    }

    /// When [`Self::tick`] has to be asked; `None`: not before something else happens.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        let Served::Gone { since } = self.display else { return None };
        since.checked_add(GONE_AFTER).ok()
    }
}

/// How long a display may be away: a compositor that crashed is back within seconds where its desktop starts it again, and a short look
/// more does no harm.
pub const GONE_AFTER: SignedDuration = SignedDuration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn sessions(open: &[&str]) -> LoginInput {
        LoginInput::Sessions(open.iter().map(|&id| id.to_owned()).collect())
    }

    /// The end, and the number of the input that brought it.
    fn end(inputs: &[LoginInput]) -> Option<(usize, LoginEnd)> {
        let mut login = Login::default();
        let mut seconds = 0..;
        inputs.iter().enumerate().find_map(|(place, input)| {
            let end = login.handle(at(seconds.next().unwrap()), input.clone());
            end.map(|end| (place, end))
        })
    }

    #[test]
    fn a_session_that_closed_ends_it() {
        let closed = LoginEnd::SessionClosed;
        assert_eq!(end(&[sessions(&["2"]), sessions(&["2"]), sessions(&[])]), Some((2, closed)));
        // It may begin before the session does, or beside one over the network, which is none of a desktop.
        assert_eq!(end(&[sessions(&[]), sessions(&["3"]), sessions(&[])]), Some((2, closed)));
        assert_eq!(end(&[sessions(&[]), sessions(&[]), sessions(&[])]), None);
        assert_eq!(end(&[sessions(&["2", "3"]), sessions(&["3"]), sessions(&["3", "4"])]), None);
    }

    #[test]
    fn in_another_session_of_the_same_person_it_begins_again() {
        let elsewhere = LoginEnd::Elsewhere;
        assert_eq!(end(&[sessions(&["2"]), sessions(&["5"])]), Some((1, elsewhere)));
        let second = [sessions(&["2"]), sessions(&["2", "5"]), sessions(&["5"])];
        assert_eq!(end(&second), Some((2, elsewhere)));
    }

    #[test]
    fn a_display_that_came_later_is_taken_up() {
        let other = || LoginInput::OtherDisplay;
        assert_eq!(end(&[sessions(&["2"]), other()]), Some((1, LoginEnd::Elsewhere)));
        let gone = [LoginInput::Display(true), LoginInput::Display(false), other()];
        assert_eq!(end(&gone), Some((2, LoginEnd::Elsewhere)));
        assert_eq!(end(&[LoginInput::Display(true), other()]), None);
    }

    #[test]
    fn a_display_that_stays_away_ends_it() {
        let mut login = Login::default();
        // One that never answered may not be one.
        login.handle(at(0), LoginInput::Display(false));
        assert_eq!((login.deadline(), login.tick(at(1_000))), (None, None));
        login.handle(at(1_000), LoginInput::Display(true));
        login.handle(at(1_001), LoginInput::Display(false));
        login.handle(at(1_005), LoginInput::Display(false));
        assert_eq!(login.deadline(), Some(at(1_011)));
        assert_eq!(login.tick(at(1_010)), None);
        assert_eq!(login.tick(at(1_011)), Some(LoginEnd::DisplayGone));
        login.handle(at(1_010), LoginInput::Display(true));
        assert_eq!((login.deadline(), login.tick(at(2_000))), (None, None));
        // At the end of the calendar too.
        login.handle(Timestamp::MAX, LoginInput::Display(false));
        assert_eq!(login.tick(Timestamp::MAX), None);
    }
}
