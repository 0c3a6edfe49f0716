//! A break in progress: its step, until when, and how it ends. Pure.
//!
//! Time is an argument and the next deadline is a result: call [`Session::tick`] at [`Session::next_wakeup`], and
//! [`Session::handle`] with each command. An extra call does nothing. In every state:
//!
//! - Leaving works at once; "this is too much" works at every step, paused or not, and leads to the grounding.
//!
//! - No step is skipped unseen. One call moves on by one step at most, and the next step begins when it's shown, not when it
//!   should have been. A wake-up more than [`Session::MAX_LATE`] late (the machine slept) pauses the session instead, with
//!   the whole step still to come.
//!
//! - A clock set back never makes a step last longer than twice its time.
//!
//! - A pause of [`Session::MAX_PAUSE`] ends the session: nobody is there any more.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::practice::script::Practice;
use crate::practice::script::Step;
use crate::practice::settings::Length;
use serde::Deserialize;
use serde::Serialize;

#[derive(Clone, Debug)]
pub struct Session {
    practice: Arc<Practice>,
    grounding: Arc<Practice>,
    length: Length,
    grounding_length: Length,
    state: SessionState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    Running {
        place: SessionPlace,
        /// The beginning of the step, or the end of the last pause.
        since: Timestamp,
        /// The end of the step.
        until: Timestamp,
    },
    Paused {
        place: SessionPlace,
        /// The part of the step that is left.
        remaining: SignedDuration,
        /// The beginning of the pause.
        since: Timestamp,
    },
    Ended {
        ending: Ending,
        at: Timestamp,
    },
}

/// A step, counted from 0 among the steps of the session's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum SessionPlace {
    Practice {
        step: usize,
    },
    /// The grounding, after "this is too much".
    Grounding {
        step: usize,
        /// The step of the practice at which it was too much.
        left_at: usize,
    },
}

/// How a break ended. None of these is a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// After its last step.
    Completed,
    /// The person left, or didn't come back from a pause.
    Left { step: usize },
    /// It was too much, and the person turned to the grounding, for however long.
    TooMuch {
        /// The step of the practice.
        step: usize,
    },
}

/// What a person can do in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionCommand {
    /// Goes to the next step now; at the last step, to the end.
    Next,
    /// Goes to the beginning of the step before; at the first step, to its own beginning.
    Back,
    Pause,
    Resume,
    /// Ends the session at once.
    Leave,
    /// Goes from the practice to the grounding.
    TooMuch,
}

impl Session {
    /// How late a wake-up may be before the machine is taken to have slept: far more than a busy machine needs, too little
    /// to miss a step.
    pub const MAX_LATE: SignedDuration = SignedDuration::from_secs(10);

    /// A longer pause ends the session.
    pub const MAX_PAUSE: SignedDuration = SignedDuration::from_mins(30);

    /// Begins now, in `length` or in the nearest length that the practice has.
    #[must_use]
    pub fn start(
        practice: Arc<Practice>,
        length: Length,
        grounding: Arc<Practice>,
        now: Timestamp,
    ) -> Self {
        let length = practice.nearest_length(length);
        let grounding_length = grounding.nearest_length(Length::OneMinute);
        let place = SessionPlace::Practice { step: 0 };
        let state = SessionState::Paused { place, remaining: SignedDuration::ZERO, since: now };
        let mut session = Self { practice, grounding, length, grounding_length, state };
        session.begin(place, now);
        session
    }

    #[must_use]
    pub fn state(&self) -> SessionState {
        self.state
    }

    #[must_use]
    pub fn practice(&self) -> &Arc<Practice> {
        &self.practice
    }

    #[must_use]
    pub fn length(&self) -> Length {
        self.length
    }

    /// In the practice or in the grounding; `None` after the end.
    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        self.step_at(self.place()?).map(|(step, _)| step)
    }

    /// The number of steps in the practice or in the grounding, wherever the session is; 0 after the end.
    #[must_use]
    pub fn steps(&self) -> usize {
        match self.place() {
            Some(SessionPlace::Practice { .. }) => self.practice.steps_in(self.length).count(),
            Some(SessionPlace::Grounding { .. }) => {
                self.grounding.steps_in(self.grounding_length).count()
            }
            None => 0,
        }
    }

    /// When to call [`Self::tick`] next; never before the `now` of the last call.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        match self.state {
            SessionState::Running { until, .. } => Some(until),
            SessionState::Paused { since, .. } => Some(later(since, Self::MAX_PAUSE)),
            SessionState::Ended { .. } => None,
        }
    }

    /// Lets time pass; `true` when the state changed.
    pub fn tick(&mut self, now: Timestamp) -> bool {
        let before = self.state;
        self.settle(now);
        self.advance(now);
        self.state != before
    }

    /// Carries out a command; `true` when the state changed.
    pub fn handle(&mut self, command: SessionCommand, now: Timestamp) -> bool {
        let before = self.state;
        self.settle(now);
        match (command, self.state) {
            (
                SessionCommand::Leave,
                SessionState::Running { place, .. } | SessionState::Paused { place, .. },
            ) => {
                self.leave(place, now);
            }
            (
                SessionCommand::TooMuch,
                SessionState::Running { place, .. } | SessionState::Paused { place, .. },
            ) => {
                if let SessionPlace::Practice { step } = place {
                    self.begin(SessionPlace::Grounding { step: 0, left_at: step }, now);
                }
            }
            (SessionCommand::Next, SessionState::Running { place, .. }) => {
                self.begin(place.next(), now);
            }
            (SessionCommand::Back, SessionState::Running { place, .. }) => {
                self.begin(place.back(), now);
            }
            (SessionCommand::Next, SessionState::Paused { place, .. }) => {
                self.stand_at(place.next(), now);
            }
            (SessionCommand::Back, SessionState::Paused { place, .. }) => {
                self.stand_at(place.back(), now);
            }
            (SessionCommand::Pause, SessionState::Running { place, until, .. }) => {
                let remaining = until.duration_since(now).max(LEAST_REMAINING);
                self.state = SessionState::Paused { place, remaining, since: now };
            }
            (SessionCommand::Resume, SessionState::Paused { place, remaining, .. }) => {
                self.state =
                    SessionState::Running { place, since: now, until: later(now, remaining) };
            }
            (_, SessionState::Ended { .. })
            | (SessionCommand::Pause, SessionState::Paused { .. })
            | (SessionCommand::Resume, SessionState::Running { .. }) => {}
        }
        // If the command didn't end a step whose time is over, its time does.
        self.advance(now);
        self.state != before
    }

    /// The clock was set back to `now`: the end of the session isn't left in the future, so that nothing that waits for a
    /// time after the end waits longer than that.
    pub fn clock_stepped_back(&mut self, now: Timestamp) {
        if let SessionState::Ended { at, .. } = &mut self.state {
            *at = now.min(*at);
        }
    }

    /// Handles what happened between calls: a pause too long, a machine asleep, a clock set back.
    fn settle(&mut self, now: Timestamp) {
        match self.state {
            SessionState::Running { place, since, .. } if now < since => self.begin(place, now),
            SessionState::Running { place, until, .. }
                if now.duration_since(until) > Self::MAX_LATE =>
            {
                self.stand_at(place, now);
            }
            SessionState::Paused { place, remaining, since } if now < since => {
                self.state = SessionState::Paused { place, remaining, since: now };
            }
            SessionState::Paused { place, since, .. }
                if now.duration_since(since) >= Self::MAX_PAUSE =>
            {
                self.leave(place, now);
            }
            _ => {}
        }
    }

    /// Moves on by one step when the time of a step is over.
    fn advance(&mut self, now: Timestamp) {
        if let SessionState::Running { place, until, .. } = self.state
            && now >= until
        {
            self.begin(place.next(), now);
        }
    }

    /// Begins the step at `place`, or ends the session when there is no such step.
    fn begin(&mut self, place: SessionPlace, now: Timestamp) {
        self.state = match self.step_at(place) {
            Some((_, lasts)) => {
                SessionState::Running { place, since: now, until: later(now, lasts) }
            }
            None => SessionState::Ended { ending: place.ending_after(), at: now },
        };
    }

    /// Goes to the step at `place` and keeps the pause; ends the session when there is no such step.
    fn stand_at(&mut self, place: SessionPlace, now: Timestamp) {
        self.state = match self.step_at(place) {
            Some((_, lasts)) => SessionState::Paused { place, remaining: lasts, since: now },
            None => SessionState::Ended { ending: place.ending_after(), at: now },
        };
    }

    fn leave(&mut self, place: SessionPlace, now: Timestamp) {
        let ending = match place {
            SessionPlace::Practice { step } => Ending::Left { step },
            SessionPlace::Grounding { left_at, .. } => Ending::TooMuch { step: left_at },
        };
        self.state = SessionState::Ended { ending, at: now };
    }

    fn place(&self) -> Option<SessionPlace> {
        match self.state {
            SessionState::Running { place, .. } | SessionState::Paused { place, .. } => Some(place),
            SessionState::Ended { .. } => None,
        }
    }

    fn step_at(&self, place: SessionPlace) -> Option<(&Step, SignedDuration)> {
        match place {
            SessionPlace::Practice { step } => self.practice.steps_in(self.length).nth(step),
            SessionPlace::Grounding { step, .. } => {
                self.grounding.steps_in(self.grounding_length).nth(step)
            }
        }
    }
}

impl Ending {
    /// As other programs are told.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Left { .. } => "left",
            Self::TooMuch { .. } => "too_much",
        }
    }
}

impl SessionPlace {
    fn next(self) -> Self {
        match self {
            Self::Practice { step } => Self::Practice { step: step + 1 },
            Self::Grounding { step, left_at } => Self::Grounding { step: step + 1, left_at },
        }
    }

    fn back(self) -> Self {
        match self {
            Self::Practice { step } => Self::Practice { step: step.saturating_sub(1) },
            Self::Grounding { step, left_at } => {
                Self::Grounding { step: step.saturating_sub(1), left_at }
            }
        }
    }

    /// The ending when the last step is over.
    fn ending_after(self) -> Ending {
        match self {
            Self::Practice { .. } => Ending::Completed,
            Self::Grounding { left_at, .. } => Ending::TooMuch { step: left_at },
        }
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// After a pause the words can be read once more: 5 s, the shortest step there is.
const LEAST_REMAINING: SignedDuration = SignedDuration::from_secs(5);

#[cfg(test)]
mod tests;
