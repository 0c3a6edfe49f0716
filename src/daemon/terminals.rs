//! Breaks that run in a terminal: kept in the history, and offers held back meanwhile.

use std::collections::BTreeSet;

use jiff::Timestamp;
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

use super::history::History;
use super::status::Reporter;

#[derive(Default)]
pub(super) struct TerminalBreaks {
    /// The programs in which a break is open.
    open: BTreeSet<String>,
    /// The last break that ended in one of them.
    last: Option<store::StoredBreak>,
}

impl TerminalBreaks {
    /// A terminal tells where its break stands; what is to be put to the engine, and the break, where it is over.
    pub(super) fn told(
        &mut self,
        now: Timestamp,
        caller: String,
        told: ToldBreak,
        history: &mut History,
        reporter: &Reporter,
    ) -> (Vec<Input>, Option<store::StoredBreak>) {
        let mut taken = store::StoredBreak {
            started: told.started,
            practice: told.practice,
            length_s: told.length.seconds(),
            ended: None,
            answers: None,
        };
        let mut inputs = Vec::new();
        match told.stands {
            Stands::Open => {
                let outward = taken.practice == Library::GROUNDING;
                history.keep(now, Record::Break(taken.clone()));
                // Told again where another practice or length was chosen.
                if self.open.insert(caller) {
                    info!("a break begins in a terminal");
                    reporter.tell(News::BreakStarted(taken.practice));
                    inputs.push(Input::Elsewhere(Elsewhere::Began { outward }));
                }
                (inputs, None)
            }
            Stands::Grounding => (vec![Input::Elsewhere(Elsewhere::TooMuch)], None),
            Stands::Ended(ending) => {
                info!("the break in a terminal is over");
                taken.ended = Some((ending.into(), now));
                history.keep(now, Record::Break(taken.clone()));
                reporter.tell(News::BreakEnded(ending.name()));
                if matches!(ending, Ending::TooMuch { .. }) {
                    inputs.push(Input::Elsewhere(Elsewhere::TooMuch));
                }
                inputs.extend(self.gone(&caller));
                self.last = Some(taken.clone());
                (inputs, Some(taken))
            }
        }
    }

    /// A terminal is gone: its break is over, however it ended.
    pub(super) fn gone(&mut self, caller: &str) -> Option<Input> {
        let last = self.open.remove(caller) && self.open.is_empty();
        last.then_some(Input::Elsewhere(Elsewhere::Over))
    }

    /// What was said after a break in a terminal; the break, where it is the last one.
    pub(super) fn answered(
        &mut self,
        now: Timestamp,
        told: ToldAnswer,
        history: &mut History,
    ) -> Option<store::StoredBreak> {
        let ToldAnswer { started, tension_before, tension, liking, note } = told;
        let answered =
            store::BreakAnswers { started, answered: now, tension_before, tension, liking, note };
        history.keep(now, Record::Answers(answered.clone()));
        let last = self.last.take().filter(|taken| taken.started == started)?;
        self.last = Some(store::StoredBreak { answers: Some(answered), ..last });
        self.last.clone()
    }
}
