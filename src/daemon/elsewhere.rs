//! Breaks that run in a terminal: kept in the history, and offers held back meanwhile.

use tracing::info;

use crate::edge::bus::Stands;
use crate::edge::bus::ToldAnswer;
use crate::edge::bus::ToldBreak;
use crate::edge::store;
use crate::edge::store::Record;
use crate::engine::Elsewhere;
use crate::engine::Input;
use crate::practice::Ending;
use crate::practice::Library;
use crate::status::News;

use super::service::Service;

impl Service {
    /// A terminal tells where its break stands.
    pub(super) fn told_of_break(&mut self, caller: String, told: ToldBreak) {
        match told.stands {
            Stands::Open => {
                info!("a break begins in a terminal");
                let outward = told.practice == Library::GROUNDING;
                self.keep_told(&told, None);
                self.tell(News::BreakStarted(told.practice));
                self.elsewhere.insert(caller);
                self.handle(Input::Elsewhere(Elsewhere::Began { outward }));
            }
            Stands::Grounding => {
                self.handle(Input::Elsewhere(Elsewhere::TooMuch));
            }
            Stands::Ended(ending) => {
                info!("the break in a terminal is over");
                self.keep_told(&told, Some(ending));
                self.tell(News::BreakEnded(super::breaks::named(ending)));
                if matches!(ending, Ending::TooMuch { .. }) {
                    self.handle(Input::Elsewhere(Elsewhere::TooMuch));
                }
                self.caller_gone(&caller);
            }
        }
    }

    /// A terminal is gone: its break is over, however it ended.
    pub(super) fn caller_gone(&mut self, caller: &str) {
        if self.elsewhere.remove(caller) && self.elsewhere.is_empty() {
            self.handle(Input::Elsewhere(Elsewhere::Over));
        }
    }

    /// What was said after a break in a terminal.
    pub(super) fn told_of_answer(&mut self, told: ToldAnswer) {
        let now = self.now();
        let ToldAnswer { started, tension, note } = told;
        let said = store::Afterwards {
            started,
            answered: now,
            tension_before: None,
            tension,
            liking: None,
            note,
        };
        self.keep(now, Record::Afterwards(said));
    }

    fn keep_told(&mut self, told: &ToldBreak, ending: Option<Ending>) {
        let now = self.now();
        let taken = store::Break {
            started: told.started,
            practice: told.practice.clone(),
            length_s: told.length.seconds(),
            ended: ending.map(|ending| (ending.into(), now)),
            afterwards: None,
        };
        self.keep(now, Record::Break(taken));
    }
}
