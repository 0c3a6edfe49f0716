//! What follows from keys and time: told to whoever keeps the break, and counted for the next one.

use jiff::Timestamp;

use super::Player;
use crate::clock;
use crate::command::here::keeping::Note;
use crate::interface::Stands;
use crate::interface::ToldAnswer;
use crate::interface::ToldBreak;
use crate::store::Record;
use crate::store::memory_changes;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Input;
use kindbeat_core::page::Feedback;
use kindbeat_core::page::Tense;
use kindbeat_core::practice::Ending;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::PastBreak;
use kindbeat_core::practice::SessionPlace;
use kindbeat_core::practice::SessionState;

impl Player {
    /// Puts something to the engine, and has kept what follows.
    pub(super) fn handle(&mut self, input: Input) -> Vec<Effect> {
        let now = (self.clock)();
        let effects = self.engine.handle(now, input);
        let memory = self.engine.memory();
        let known = memory_changes(memory, std::mem::replace(&mut self.kept, memory), now);
        for effect in &effects {
            match effect {
                Effect::BreakBegan(practice, length) => {
                    self.began(now, practice, *length, known.clone());
                }
                Effect::BreakChosen(practice, length) => {
                    if let Some(told) = &mut self.told {
                        practice.clone_into(&mut told.practice);
                        told.length = *length;
                        let note = Note::Break(told.clone(), now, known.clone());
                        self.note(note);
                    }
                }
                Effect::BreakMoved(state) => self.moved(now, *state, &known),
                _ => {}
            }
        }
        effects
    }

    fn began(&mut self, now: Timestamp, practice: &str, length: Length, known: Vec<Record>) {
        let local = (now, clock::utc_offset(now));
        let mention = self.config.offer.mention_heart;
        self.visitor.begin(practice, self.engine.library(), &self.config.practice, mention, local);
        // Its milliseconds tell breaks apart, here as in the history.
        let started = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let practice = practice.to_owned();
        let told = ToldBreak { started, practice, length, stands: Stands::Open };
        self.note(Note::Break(told.clone(), now, known));
        self.note(Note::Habits(self.visitor.habits.clone(), now));
        self.told = Some(told);
    }

    fn moved(&mut self, now: Timestamp, state: SessionState, known: &[Record]) {
        let stands = match state {
            SessionState::Ended { ending, .. } => Stands::Ended(ending),
            SessionState::Running { place: SessionPlace::Grounding { .. }, .. }
            | SessionState::Paused { place: SessionPlace::Grounding { .. }, .. } => {
                Stands::Grounding
            }
            SessionState::Running { .. } | SessionState::Paused { .. } => return,
        };
        let Some(told) = self.told.as_mut().filter(|told| told.stands != stands) else { return };
        told.stands = stands;
        let told = told.clone();
        self.note(Note::Break(told.clone(), now, known.to_vec()));
        if let Stands::Ended(ending) = stands {
            self.ended(&told, &Feedback::default());
            let before = self.visitor.visit.before();
            // Whoever left is asked nothing; what they said before it is kept.
            if ending != Ending::Completed && before.is_some() {
                self.said(Feedback { before, ..Feedback::default() });
            }
        }
    }

    pub(super) fn note(&self, note: Note) {
        // It ends after this does.
        let _ = self.notes.send(note);
    }

    pub(super) fn said(&mut self, said: Feedback) {
        let Some(told) = self.told.clone() else { return };
        let now = (self.clock)();
        self.ended(&told, &said);
        let told = ToldAnswer {
            started: told.started,
            tension_before: said.before.map(Tense::figure),
            tension: said.tense.map(Tense::figure),
            liking: said.liking,
            note: said.note,
        };
        let known = vec![Record::Habits(self.visitor.habits.clone())];
        self.note(Note::Answer(told, now, known));
    }

    /// The break is over, and this was said of it: the next one may be chosen by it.
    fn ended(&mut self, told: &ToldBreak, said: &Feedback) {
        let past = PastBreak {
            at: told.started,
            practice: told.practice.clone(),
            finished: told.stands == Stands::Ended(Ending::Completed),
            tension: said.tense.map(Tense::figure),
            liking: said.liking,
        };
        self.visitor.ended(past, (self.clock)());
    }
}
