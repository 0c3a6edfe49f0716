//! Breaks that run in a terminal: kept in the history, and offers held back meanwhile.

use tracing::info;

use crate::interface::Stands;
use crate::interface::ToldAnswer;
use crate::interface::ToldBreak;
use crate::store;
use crate::store::Record;
use kindbeat_core::engine::Elsewhere;
use kindbeat_core::engine::Input;
use kindbeat_core::practice::Ending;
use kindbeat_core::practice::Library;
use kindbeat_core::status::News;

use super::service::Service;

impl Service {
    /// A terminal tells where its break stands.
    pub(super) fn told_of_break(&mut self, caller: String, told: ToldBreak) {
        let now = self.now();
        let mut taken = store::Break {
            started: told.started,
            practice: told.practice,
            length_s: told.length.seconds(),
            ended: None,
            afterwards: None,
        };
        match told.stands {
            Stands::Open => {
                let outward = taken.practice == Library::GROUNDING;
                self.keep(now, Record::Break(taken.clone()));
                // Told again where another practice or length was chosen.
                if self.elsewhere.insert(caller) {
                    info!("a break begins in a terminal");
                    self.tell(News::BreakStarted(taken.practice));
                    self.handle(Input::Elsewhere(Elsewhere::Began { outward }));
                }
            }
            Stands::Grounding => {
                self.handle(Input::Elsewhere(Elsewhere::TooMuch));
            }
            Stands::Ended(ending) => {
                info!("the break in a terminal is over");
                taken.ended = Some((ending.into(), now));
                self.keep(now, Record::Break(taken.clone()));
                self.tell(News::BreakEnded(super::breaks::named(ending)));
                if matches!(ending, Ending::TooMuch { .. }) {
                    self.handle(Input::Elsewhere(Elsewhere::TooMuch));
                }
                self.caller_gone(&caller);
                self.count_elsewhere(taken);
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
        let ToldAnswer { started, tension_before, tension, liking, note } = told;
        let said =
            store::Afterwards { started, answered: now, tension_before, tension, liking, note };
        self.keep(now, Record::Afterwards(said.clone()));
        if let Some(taken) = self.last_elsewhere.take().filter(|taken| taken.started == started) {
            self.count_elsewhere(store::Break { afterwards: Some(said), ..taken });
        }
    }

    /// It counts for what the next page shows, as every break does; whoever finished one needs no first screens any more.
    fn count_elsewhere(&mut self, taken: store::Break) {
        let now = self.now();
        let before = self.visitor.habits.clone();
        let past = taken.past();
        self.visitor.habits.welcomed |= past.finished;
        self.visitor.ended(past, now);
        if self.visitor.habits != before {
            self.keep(now, Record::Habits(self.visitor.habits.clone()));
        }
        self.last_elsewhere = Some(taken);
    }
}
