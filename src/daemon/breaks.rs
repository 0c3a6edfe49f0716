//! The break: begun, opened in a browser, gone through on the page, ended.

use jiff::SignedDuration;
use jiff::Timestamp;
use tracing::debug;
use tracing::info;

use crate::browser::OpenOutcome;
use crate::interface::Refusal;
use crate::store;
use crate::store::Record;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Input;
use kindbeat_core::offer::Answer;
use kindbeat_core::page::Decision;
use kindbeat_core::page::Feedback;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Scene;
use kindbeat_core::page::Tense;
use kindbeat_core::page::Visit;
use kindbeat_core::page::view_of;
use kindbeat_core::practice::Ending;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Session;
use kindbeat_core::practice::SessionCommand;
use kindbeat_core::practice::SessionState;
use kindbeat_core::status::News;

use super::service::Service;

/// Whether it asks for a break, and for none in particular.
const fn is_for_any(input: &Input) -> bool {
    matches!(input, Input::BreakWanted(None, None) | Input::Answered(_, Answer::Start))
}

/// What became of opening a page.
#[derive(Debug)]
pub(super) struct Opening {
    url: String,
    outcome: OpenOutcome,
}

impl Service {
    /// Begins the break that `input` asks for and opens its page; the address, for whoever asked.
    pub(super) fn start_break(
        &mut self,
        input: Input,
        token: Option<String>,
    ) -> Result<String, Refusal> {
        // A second click, on the notification of a break that is under way: the break that there is comes up again.
        if self.break_is_open() && is_for_any(&input) {
            return self.open_page(token);
        }
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
                self.handle(Input::Break(SessionCommand::Leave));
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
            OpenOutcome::Fetched => debug!("the page is open"),
            OpenOutcome::Closed => debug!("the page was not fetched"),
            OpenOutcome::NotFetched => {
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
        if input == PageInput::Back {
            // Before the first step there is none: it begins again.
            self.parts.reader.once_more();
        }
        let engine = &self.parts.engine;
        let Some(session) = engine.session() else { return };
        match self.visitor.handle(input, session, engine.library()) {
            Some(Decision::Break(command)) => {
                self.handle(Input::Break(command));
            }
            Some(Decision::Choose(practice, length)) => {
                self.handle(Input::BreakChosen(practice, length));
            }
            Some(Decision::Feedback(said)) => self.said(said),
            None => {}
        }
        let now = self.now();
        if self.visitor.learn(&self.parts.config.practice) {
            self.keep(now, Record::Habits(self.visitor.habits.clone()));
        }
        self.show_page(now);
    }

    /// Something was said of the break, or nothing.
    fn said(&mut self, said: Feedback) {
        let now = self.now();
        let Some(taken) = &mut self.taken else { return };
        let said = store::Afterwards {
            started: taken.started,
            answered: now,
            tension_before: said.before.map(Tense::figure),
            tension: said.tense.map(Tense::figure),
            liking: said.liking,
            note: said.note,
        };
        taken.afterwards = Some(said.clone());
        let past = taken.past();
        self.keep(now, Record::Afterwards(said));
        self.visitor.ended(past, now);
    }

    /// Until when somebody may still be at a page whose break is over; `None` where there is none.
    pub(super) fn page_until(&self) -> Option<Timestamp> {
        let session = self.parts.engine.session().filter(|_| self.parts.web.is_open())?;
        let SessionState::Ended { at, .. } = session.state() else { return None };
        let read = || at.saturating_add(LAST_WORDS).unwrap_or(Timestamp::MAX);
        Some(self.visitor.question_until(session).unwrap_or_else(read))
    }

    /// Nobody is there any more: a question is skipped, and last words go with their window or stay in it without the service.
    pub(super) fn abandoned(&mut self) {
        let session = self.parts.engine.session();
        if session.and_then(|session| self.visitor.question_until(session)).is_some() {
            self.page(PageInput::Feedback(Feedback::default()));
        } else {
            self.parts.web.close();
        }
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
        state.is_some_and(|state| !matches!(state, SessionState::Ended { .. }))
    }

    pub(super) fn break_began(&mut self, now: Timestamp, practice: &str, length: Length) {
        info!(practice, "a break begins");
        self.speaks = self.parts.reader.may_speak();
        // Whether somebody else sees the screen may not be known yet; what is offered here shows no heart by itself.
        let mention_heart = self.heart_is_welcome();
        let (library, config) = (self.parts.engine.library(), &self.parts.config);
        let local = (now, self.around.utc_offset);
        self.visitor.begin(practice, library, &config.practice, mention_heart, local);
        self.keep(now, Record::Habits(self.visitor.habits.clone()));
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

    /// Another practice or length was chosen before the first step: the same break, told anew.
    pub(super) fn break_chosen(&mut self, now: Timestamp, practice: &str, length: Length) {
        if let Some(taken) = &mut self.taken {
            practice.clone_into(&mut taken.practice);
            taken.length_s = length.seconds();
            let taken = taken.clone();
            self.keep(now, Record::Break(taken));
        }
    }

    pub(super) fn break_moved(&mut self, now: Timestamp, state: SessionState) {
        if let Some(pace) = self.visitor.follower.moved(now, self.parts.engine.session()) {
            self.visitor.habits.pace = Some(pace);
            self.keep(now, Record::Habits(self.visitor.habits.clone()));
        }
        if let (SessionState::Ended { ending, at }, Some(taken)) = (state, &mut self.taken)
            && taken.ended.is_none()
        {
            taken.ended = Some((ending.into(), at));
            let taken = taken.clone();
            let past = taken.past();
            self.keep(now, Record::Break(taken));
            self.visitor.ended(past, now);
            // Whoever left is asked nothing; what they said before it is kept.
            if ending != Ending::Completed && self.visitor.visit.before().is_some() {
                let before = self.visitor.visit.before();
                self.said(Feedback { before, ..Feedback::default() });
            }
            info!("the break is over");
            self.tell(News::BreakEnded(named(ending)));
        }
    }

    /// Puts on the page what stands there now, while there is one.
    pub(super) fn show_page(&mut self, now: Timestamp) {
        if self.parts.web.is_open() {
            if self.may_show_heart() {
                self.visitor.follower.look(now, self.visitor.habits.pace);
            }
            self.publish(now);
        }
    }

    /// Whether pages are to show the heart at all.
    pub(super) fn wants_heart_shown(&self) -> bool {
        self.parts.config.practice.show_heart && self.heart_is_welcome()
    }

    /// Whether pages show the heart now: wanted, and nothing speaks against mentioning it.
    fn may_show_heart(&self) -> bool {
        self.wants_heart_shown() && self.may_mention_heart()
    }

    fn publish(&self, now: Timestamp) {
        let view = view_of(&Scene {
            now,
            session: self.parts.engine.session(),
            visit: &self.visitor.visit,
            words: &self.words,
            locale: &self.parts.locale,
            help: &self.help,
            heart: self.rate,
            show_heart: self.may_show_heart(),
            others: &self.visitor.others,
            cycle: self.visitor.follower.cycle(now, self.visitor.habits.pace),
            following: Some(self.visitor.follower.seen()),
            course: &self.visitor.course,
            needs_help: self.visitor.needs_help,
            is_read_aloud: self.speaks,
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

/// How a break ended, as other programs are told.
pub(super) const fn named(ending: Ending) -> &'static str {
    match ending {
        Ending::Completed => "completed",
        Ending::Left { .. } => "left",
        Ending::TooMuch { .. } => "too_much",
    }
}

/// How long last words and help lines stand on a page after the break: time to read, to choose a number, and to call it.
const LAST_WORDS: SignedDuration = SignedDuration::from_mins(60);
