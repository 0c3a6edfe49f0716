//! The break: which one is begun, where it stands, and what "this is too much" leads to.

use jiff::Timestamp;
use jiff::civil::Time;

use crate::offer::Answer;
use crate::offer::OfferOutcome;
use crate::practice::Ending;
use crate::practice::Length;
use crate::practice::Library;
use crate::practice::Session;
use crate::practice::SessionCommand;
use crate::practice::SessionPlace;
use crate::practice::SessionState;

use super::Effect;
use super::Engine;

impl Engine {
    /// Whoever begins a break has answered the offer.
    fn withdraw_for_break(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if let Some(offer) = self.offers.open() {
            self.offers.answer(now, offer, Answer::Start, true);
            effects.push(Effect::Withdraw(offer, OfferOutcome::Answered(Answer::Start)));
        }
    }

    /// It was too much: rest for the day, and outward next.
    fn rest_for_the_day(&mut self, now: Timestamp) {
        self.after_too_much = true;
        self.offers.rest(self.end_of_day(now));
    }

    pub(super) fn start_break(
        &mut self,
        now: Timestamp,
        practice: Option<String>,
        length: Option<Length>,
        effects: &mut Vec<Effect>,
    ) {
        self.withdraw_for_break(now, effects);
        let own = practice.is_none();
        let id = practice.unwrap_or_else(|| self.own_practice().to_owned());
        let length = length.unwrap_or(self.settings.practice.length);
        match self.library.resolve(&id, length) {
            Ok((practice, length)) => {
                let next =
                    Session::start(practice.clone(), length, self.library.grounding().clone(), now);
                if own {
                    self.after_too_much = false;
                }
                if let Some(before) = &mut self.session
                    && before.handle(SessionCommand::Leave, now)
                {
                    self.break_moved(now, effects);
                }
                effects.push(Effect::BreakBegan(next.practice().id().to_owned(), next.length()));
                effects.push(Effect::BreakMoved(next.state()));
                self.session = Some(next);
            }
            Err(unknown) => effects.push(Effect::NoSuchPractice(unknown)),
        }
    }

    /// The owner's own practice, if there is one of that name; once it was too much, the outward grounding next.
    fn own_practice(&self) -> &str {
        match &self.settings.practice.default {
            _ if self.after_too_much => self.library.grounding().id(),
            Some(chosen) if self.library.get(chosen).is_ok() => chosen,
            Some(_) | None => Library::usual(self.settings.practice.focus),
        }
    }

    /// Puts another break in the place of the open one.
    pub(super) fn choose_break(
        &mut self,
        now: Timestamp,
        practice: &str,
        length: Length,
        effects: &mut Vec<Effect>,
    ) {
        if !self.break_is_open() {
            return;
        }
        match self.library.resolve(practice, length) {
            Ok((practice, length)) => {
                let grounding = self.library.grounding().clone();
                let mut next = Session::start(practice.clone(), length, grounding, now);
                next.handle(SessionCommand::Pause, now);
                effects.push(Effect::BreakChosen(next.practice().id().to_owned(), next.length()));
                effects.push(Effect::BreakMoved(next.state()));
                self.session = Some(next);
            }
            Err(unknown) => effects.push(Effect::NoSuchPractice(unknown)),
        }
    }

    pub(super) fn break_moved(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let Some(state) = self.session.as_ref().map(Session::state) else { return };
        if is_too_much(state) {
            self.rest_for_the_day(now);
        }
        match state {
            // Looked at, and left: as if it had not been opened.
            SessionState::Ended { ending: Ending::Left { step: 0 }, .. }
            | SessionState::Running { .. }
            | SessionState::Paused { .. } => {}
            SessionState::Ended { .. } => self.offers.break_taken(now),
        }
        effects.push(Effect::BreakMoved(state));
    }

    pub(super) fn break_is_open(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| !matches!(session.state(), SessionState::Ended { .. }))
    }

    /// The coming local midnight.
    pub(super) fn end_of_day(&self, now: Timestamp) -> Timestamp {
        let tomorrow = self
            .context
            .local_time(now)
            .date()
            .tomorrow()
            .map(|date| date.to_datetime(Time::midnight()));
        tomorrow
            .and_then(|midnight| self.context.utc_offset.to_timestamp(midnight))
            .unwrap_or(Timestamp::MAX)
    }
}

fn is_too_much(state: SessionState) -> bool {
    match state {
        SessionState::Running { place, .. } | SessionState::Paused { place, .. } => {
            matches!(place, SessionPlace::Grounding { .. })
        }
        SessionState::Ended { ending, .. } => matches!(ending, Ending::TooMuch { .. }),
    }
}
