//! A break that is running: which step, for how long, and how it ended.
//!
//! Time is an argument and the next deadline goes out: call [`Session::tick`] at [`Session::next_wakeup`], and
//! [`Session::handle`] whenever the person asks for something. An extra call does nothing. What holds in every state:
//!
//! - Leaving works at once, everywhere; "this is too much" works at every step, paused or not, and leads to the grounding.
//! - No step is skipped unseen. One call moves on by one step at most, and the next step begins when it is shown, not when it
//!   should have been. A wake-up that comes more than [`Session::MAX_LATE`] late (the machine slept) pauses the break instead,
//!   with the whole of its step still to come.
//! - A clock set back never makes a step last longer than twice its time.
//! - A break paused for [`Session::MAX_PAUSE`] is over: nobody is there any more.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::practice::script::Practice;
use crate::practice::script::Step;
use crate::practice::settings::Length;
use serde::Deserialize;
use serde::Serialize;

/// One break, from its first step to its end.
#[derive(Clone, Debug)]
pub struct Session {
    practice: Arc<Practice>,
    grounding: Arc<Practice>,
    length: Length,
    grounding_length: Length,
    state: SessionState,
}

/// What a break is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// A step is being said.
    Running {
        /// Which one.
        place: SessionPlace,
        /// When it began, or went on after a pause.
        since: Timestamp,
        /// When the next one begins.
        until: Timestamp,
    },
    /// Time stands still.
    Paused {
        /// At which step.
        place: SessionPlace,
        /// How much of the step is still to come.
        remaining: SignedDuration,
        /// Since when it is paused.
        since: Timestamp,
    },
    /// It is over, for good.
    Ended {
        /// How it ended.
        ending: Ending,
        /// When it ended.
        at: Timestamp,
    },
}

/// A step of a break: counted from 0 among the steps of the length that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum SessionPlace {
    /// In the practice itself.
    Practice {
        /// Which step.
        step: usize,
    },
    /// In the grounding, after "this is too much".
    Grounding {
        /// Which step of the grounding.
        step: usize,
        /// At which step of the practice it was too much.
        left_at: usize,
    },
}

/// How a break ended. None of these is a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With its last step.
    Completed,
    /// The person left, or did not come back from a pause.
    Left {
        /// At which step.
        step: usize,
    },
    /// It was too much, and the person turned to the grounding, for however long.
    TooMuch {
        /// At which step of the practice.
        step: usize,
    },
}

/// What a person can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionCommand {
    /// The next step now; at the last one, the end.
    Next,
    /// The step before, from its beginning; at the first one, that one again.
    Back,
    /// Let time stand still.
    Pause,
    /// Go on.
    Resume,
    /// Out, at once.
    Leave,
    /// This is too much: out of the practice, to the grounding.
    TooMuch,
}

impl Session {
    /// How late a wake-up may come before the break is taken to have been interrupted: far more than a busy machine needs,
    /// too little to miss a step.
    pub const MAX_LATE: SignedDuration = SignedDuration::from_secs(10);

    /// How long a break may be paused before it is over.
    pub const MAX_PAUSE: SignedDuration = SignedDuration::from_mins(30);

    /// A break that begins now, in `length` or in the nearest length that the practice has.
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

    /// What it is doing.
    #[must_use]
    pub fn state(&self) -> SessionState {
        self.state
    }

    /// The practice that was begun.
    #[must_use]
    pub fn practice(&self) -> &Arc<Practice> {
        &self.practice
    }

    /// The length that was begun.
    #[must_use]
    pub fn length(&self) -> Length {
        self.length
    }

    /// The step it is at, in the practice or in the grounding; `None` once it has ended.
    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        self.step_at(self.place()?).map(|(step, _)| step)
    }

    /// How many steps there are where it is: in the practice, or in the grounding; 0 once it has ended.
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

    /// When [`Self::tick`] has something to do, if nothing else happens; never before the `now` of the last call.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        match self.state {
            SessionState::Running { until, .. } => Some(until),
            SessionState::Paused { since, .. } => Some(later(since, Self::MAX_PAUSE)),
            SessionState::Ended { .. } => None,
        }
    }

    /// Lets time pass; `true` when the break is elsewhere than before.
    pub fn tick(&mut self, now: Timestamp) -> bool {
        let before = self.state;
        self.settle(now);
        self.advance(now);
        self.state != before
    }

    /// Does what the person asks; `true` when the break is elsewhere than before.
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
        // A step whose time is over is left now if the command did not leave it.
        self.advance(now);
        self.state != before
    }

    /// The clock was set back to `now`: a break that is over does not end in the future, so that whatever waits for a while after
    /// its end does not wait for longer.
    pub fn clock_stepped_back(&mut self, now: Timestamp) {
        if let SessionState::Ended { at, .. } = &mut self.state {
            *at = now.min(*at);
        }
    }

    /// Puts right what happened while nobody called: a pause too long, a machine asleep, a clock set back.
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

    /// Moves on, by one step, when the time of a step is over.
    fn advance(&mut self, now: Timestamp) {
        if let SessionState::Running { place, until, .. } = self.state
            && now >= until
        {
            self.begin(place.next(), now);
        }
    }

    /// The step at `place` begins, or, where there is none, the break ends.
    fn begin(&mut self, place: SessionPlace, now: Timestamp) {
        self.state = match self.step_at(place) {
            Some((_, lasts)) => {
                SessionState::Running { place, since: now, until: later(now, lasts) }
            }
            None => SessionState::Ended { ending: place.ending_after(), at: now },
        };
    }

    /// The step at `place` waits, all of it still to come; where there is none, the break ends.
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

    /// How a break ended that went past its last step.
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

/// After a pause the words can be read once more, however little of the step was left: 5 s, the shortest step there is.
const LEAST_REMAINING: SignedDuration = SignedDuration::from_secs(5);

#[cfg(test)]
mod tests;
