//! The questions before the break and behind it, and how long somebody may still be at them.

use jiff::Timestamp;

use super::Asked;
use super::Player;
use super::Stage;
use crate::command::terminal;
use kindbeat_core::engine::Input;
use kindbeat_core::page::Feedback;
use kindbeat_core::page::PageInput;
use kindbeat_core::practice::Liking;
use kindbeat_core::practice::SessionState;

impl Player {
    pub(super) fn typed_before(&mut self, line: &str) {
        // To be asked again, or anew should they come back to it.
        self.asked = None;
        if let Some(input) = terminal::meant_before(line) {
            self.stage = Stage::Break;
            self.input(input);
        }
    }

    pub(super) fn typed_after(&mut self, asked: Asked, mut said: Feedback, line: &str) {
        match (asked, line.trim().to_lowercase().as_str()) {
            (Asked::Liking, word) => {
                said.liking = match word {
                    "m" => Some(Liking::More),
                    "l" => Some(Liking::Less),
                    "" => None,
                    "q" => {
                        self.stage = Stage::Break;
                        return self.input(PageInput::Feedback(said));
                    }
                    _ => {
                        self.asked = None;
                        return;
                    }
                };
                self.stage = Stage::After(Asked::Note, said);
            }
            (Asked::Note, _) => {
                said.note = Feedback::note(line);
                self.stage = Stage::Break;
                self.input(PageInput::Feedback(said));
            }
            (Asked::Before, _) => {}
        }
    }

    /// Time has passed.
    pub(super) fn tick(&mut self) {
        self.handle(Input::Tick);
        let now = (self.clock)();
        if self.question_until().is_some_and(|until| until <= now) {
            let said = match std::mem::replace(&mut self.stage, Stage::Break) {
                Stage::After(_, said) => said,
                Stage::Break | Stage::Before | Stage::Over => Feedback::default(),
            };
            self.input(PageInput::Feedback(said));
        } else if self.stage == Stage::Before && self.is_over() {
            // Nobody answered before it, and it is over.
            self.stage = Stage::Break;
        }
    }

    fn is_over(&self) -> bool {
        self.engine
            .session()
            .is_none_or(|session| matches!(session.state(), SessionState::Ended { .. }))
    }

    /// Until when somebody may still be at the questions behind the break; `None` while there are none.
    pub(super) fn question_until(&self) -> Option<Timestamp> {
        self.visitor.question_until(self.engine.session()?)
    }
}
