//! The break: begun, opened in a browser, gone through on the page, ended.

use jiff::Timestamp;
use tracing::debug;
use tracing::info;

use crate::config::Config;
use crate::edge::bus::Refusal;
use crate::edge::opening::Outcome;
use crate::edge::store;
use crate::edge::store::Record;
use crate::engine::Effect;
use crate::engine::Input;
use crate::page::PageInput;
use crate::page::Scene;
use crate::page::Tense;
use crate::page::Visit;
use crate::page::Wish;
use crate::page::view_of;
use crate::practice::Anchor;
use crate::practice::Command;
use crate::practice::Ending;
use crate::practice::Length;
use crate::practice::Session;
use crate::practice::State;
use crate::status::News;

use super::service::Service;

/// What became of opening a page.
#[derive(Debug)]
pub(super) struct Opening {
    url: String,
    outcome: Outcome,
}

impl Service {
    /// Begins the break that `input` asks for and opens its page; the address, for whoever asked.
    pub(super) fn start_break(
        &mut self,
        input: Input,
        token: Option<String>,
    ) -> Result<String, Refusal> {
        let effects = self.handle(input);
        for effect in &effects {
            match effect {
                Effect::NoSuchPractice(unknown) => {
                    return Err(Refusal::NoSuchPractice(unknown.clone()));
                }
                Effect::BreakBegan(..) => {
                    // The first step waits until the first page was read.
                    self.handle(Input::Break(Visit::hold()));
                    return self.open_page(token);
                }
                _ => {}
            }
        }
        Err(Refusal::NoOffer)
    }

    fn open_page(&mut self, token: Option<String>) -> Result<String, Refusal> {
        // The page shows what stands there from its first request on.
        self.publish(self.now());
        match self.parts.web.open() {
            Ok(opened) => {
                let url = opened.url.clone();
                let way = self.parts.opener.clone();
                let open_with = self.parts.config.page.open_with.clone();
                self.openings.spawn(async move {
                    let token = token.as_deref();
                    let outcome = way.open(&opened.url, &open_with, token, opened.fetched).await;
                    Opening { url: opened.url, outcome }
                });
                Ok(url)
            }
            Err(error) => {
                let error = anyhow::Error::from(error);
                self.handle(Input::Break(Command::Leave));
                self.notice_no_page();
                Err(Refusal::NoPage(format!("{error:#}")))
            }
        }
    }

    /// Waits until a page is open, or is not; `None` when none is being opened.
    pub(super) async fn opening(&mut self) -> Option<Opening> {
        self.openings.join_next().await?.ok()
    }

    /// A page is open, or nothing here opens pages: then its owner is told the address.
    pub(super) fn opened(&mut self, Opening { url, outcome }: Opening) {
        match outcome {
            Outcome::Fetched => debug!("the page is open"),
            Outcome::Closed => debug!("the page was not fetched"),
            Outcome::NotFetched => {
                self.notice_address(&url);
                self.tell(News::PageNotOpened(url));
            }
        }
    }

    /// Something was done on the page.
    pub(super) fn page(&mut self, input: PageInput) {
        // The last word of a page that is gone may come after the next one was opened.
        if input == PageInput::Closed && self.parts.web.is_open() {
            return;
        }
        let Some(state) = self.parts.engine.session().map(Session::state) else { return };
        match self.visit.handle(input, state) {
            Some(Wish::Break(command)) => {
                self.handle(Input::Break(command));
            }
            Some(Wish::Tense(answer)) => {
                let now = self.now();
                if let Some(taken) = &self.taken {
                    let said = store::Afterwards {
                        started: taken.started,
                        answered: now,
                        tension: answer.map(Tense::figure),
                        note: None,
                    };
                    self.keep(now, Record::Afterwards(said));
                }
            }
            None => {}
        }
        self.show_page(self.now());
    }

    /// Ends the break that is open, as leaving it does; false when there is none.
    pub(super) fn end_break(&mut self) -> bool {
        let open = self.break_is_open();
        if open {
            self.page(PageInput::Leave);
        }
        open
    }

    pub(super) fn break_is_open(&self) -> bool {
        let state = self.parts.engine.session().map(Session::state);
        state.is_some_and(|state| !matches!(state, State::Ended { .. }))
    }

    pub(super) fn break_began(&mut self, now: Timestamp, practice: &str, length: Length) {
        info!(practice, "a break begins");
        self.visit = Visit::new(anchor(&self.parts.config));
        let taken = store::Break {
            started: now,
            practice: practice.to_owned(),
            length_s: length.seconds(),
            ended: None,
            afterwards: None,
        };
        self.keep(now, Record::Break(taken.clone()));
        self.taken = Some(taken);
        self.tell(News::BreakStarted(practice.to_owned()));
    }

    pub(super) fn break_moved(&mut self, now: Timestamp, state: State) {
        if let (State::Ended { ending, at }, Some(taken)) = (state, &mut self.taken)
            && taken.ended.is_none()
        {
            taken.ended = Some((ending.into(), at));
            let taken = taken.clone();
            self.keep(now, Record::Break(taken));
            info!("the break is over");
            self.tell(News::BreakEnded(match ending {
                Ending::Completed => "completed",
                Ending::Left { .. } => "left",
                Ending::TooMuch { .. } => "too_much",
            }));
        }
    }

    /// Puts on the page what stands there now, while there is one.
    pub(super) fn show_page(&mut self, now: Timestamp) {
        if self.parts.web.is_open() {
            self.publish(now);
        }
    }

    fn publish(&self, now: Timestamp) {
        let view = view_of(&Scene {
            now,
            session: self.parts.engine.session(),
            visit: &self.visit,
            words: &self.words,
            locale: &self.parts.locale,
            help: &self.help,
            heart: self.rate,
            show_heart: self.parts.config.practice.show_heart && self.may_mention_heart(),
        });
        self.parts.view.send_if_modified(|shown| {
            let differs = *shown != view;
            if differs {
                *shown = view;
            }
            differs
        });
    }
}

/// What attention rests on until something else is chosen.
pub(super) fn anchor(config: &Config) -> Anchor {
    config.practice.anchor.unwrap_or(Anchor::Breath)
}
