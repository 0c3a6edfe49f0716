//! The page of a break: opened in a browser, read aloud, and what is done on it.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::Offset;
use tokio::sync::mpsc;
use tokio::sync::watch;
use tracing::debug;
use tracing::info;

use crate::browser::OpenOutcome;
use crate::browser::Opener;
use crate::page_server::PageServer;
use crate::page_server::PageServerError;
use crate::speech::PageReader;
use crate::speech::SpeechEvent;
use crate::store;
use crate::store::Record;
use crate::tasks::Spawner;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::Input;
use kindbeat_core::heart::Reading;
use kindbeat_core::page::Decision;
use kindbeat_core::page::Earlier;
use kindbeat_core::page::Feedback;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Scene;
use kindbeat_core::page::Tense;
use kindbeat_core::page::View;
use kindbeat_core::page::Visitor;
use kindbeat_core::page::view_of;
use kindbeat_core::practice::Ending;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Session;
use kindbeat_core::practice::SessionState;
use kindbeat_core::status::News;

use super::history::History;
use super::preferences::Preferences;
use super::status::Reporter;

pub(super) struct BreakPage {
    server: PageServer,
    view: watch::Sender<View>,
    opener: Opener,
    opened: (mpsc::Sender<Opening>, mpsc::Receiver<Opening>),
    tasks: Spawner,
    help: HelpLines,
    reader: PageReader,
    /// Whether something on this machine reads aloud, as far as is known; else the page does.
    speaks: bool,
    visitor: Visitor,
    /// The break that is open, or was last.
    taken: Option<store::StoredBreak>,
    settled_at: Timestamp,
}

/// What opens a page and shows it.
pub(super) struct Ways {
    pub(super) server: PageServer,
    pub(super) view: watch::Sender<View>,
    pub(super) opener: Opener,
    pub(super) reader: PageReader,
    pub(super) tasks: Spawner,
    pub(super) help: HelpLines,
}

/// What became of opening a page.
#[derive(Debug)]
pub(super) struct Opening {
    url: String,
    outcome: OpenOutcome,
}

/// What a page shows beside the break.
#[derive(Clone, Copy)]
pub(super) struct PageContext<'a> {
    pub(super) now: Timestamp,
    pub(super) engine: &'a Engine,
    pub(super) preferences: &'a Preferences,
    /// In bpm; `None` while nothing streams.
    pub(super) rate: Option<f64>,
    /// Whether the heart may be mentioned at this moment.
    pub(super) may_mention_heart: bool,
}

impl PageContext<'_> {
    fn shows_heart(&self) -> bool {
        self.preferences.config().practice.show_heart && self.may_mention_heart
    }
}

impl BreakPage {
    pub(super) fn new(
        ways: Ways,
        earlier: Earlier,
        preferences: &Preferences,
        now: Timestamp,
    ) -> Self {
        Self {
            server: ways.server,
            view: ways.view,
            opener: ways.opener,
            opened: mpsc::channel(OPENINGS),
            tasks: ways.tasks,
            help: ways.help,
            reader: ways.reader,
            speaks: false,
            visitor: Visitor::new(earlier, &preferences.config().practice),
            taken: None,
            settled_at: now,
        }
    }

    /// Opens the page of the break in a browser; its address.
    pub(super) fn open(
        &mut self,
        context: &PageContext<'_>,
        token: Option<String>,
    ) -> Result<String, PageServerError> {
        // The page shows what stands there from its first request on.
        self.publish(context);
        let opened = self.server.open()?;
        let url = opened.url.clone();
        let opener = self.opener.clone();
        let open_with = context.preferences.config().page.open_with.clone();
        let tell = self.opened.0.clone();
        self.tasks.spawn("opening a page", async move {
            let token = token.as_deref();
            let outcome = opener.open(&opened.url, &open_with, token, opened.fetched).await;
            // The daemon is ending where nobody waits for it.
            let _ = tell.send(Opening { url: opened.url, outcome }).await;
        });
        Ok(url)
    }

    /// Waits until a page is open in a browser, or is not.
    pub(super) async fn opening(&mut self) -> Option<Opening> {
        self.opened.1.recv().await
    }

    /// A page is open in a browser, or is not: its address, where nothing here opens pages.
    pub(super) fn was_opened(opening: Opening) -> Option<String> {
        match opening.outcome {
            OpenOutcome::Fetched => debug!("the page is open"),
            OpenOutcome::Closed => debug!("the page was not fetched"),
            OpenOutcome::NotFetched => return Some(opening.url),
        }
        None
    }

    /// Takes in what was done on the page; what is to be put to the engine, if anything.
    #[must_use]
    pub(super) fn handle(
        &mut self,
        now: Timestamp,
        input: PageInput,
        engine: &Engine,
        history: &mut History,
    ) -> Option<Input> {
        // The last word of a page that is gone may come after the next one was opened.
        if input == PageInput::Closed && self.server.is_open() {
            return None;
        }
        if input == PageInput::Back {
            // Before the first step there is none: it begins again.
            self.reader.once_more();
        }
        let session = engine.session()?;
        let wanted = match self.visitor.handle(input, session, engine.library()) {
            Some(Decision::Break(command)) => Some(Input::Break(command)),
            Some(Decision::Choose(practice, length)) => Some(Input::BreakChosen(practice, length)),
            Some(Decision::Feedback(feedback)) => {
                self.answered(now, &feedback, history);
                None
            }
            None => None,
        };
        if self.visitor.learn(&engine.settings().practice) {
            history.keep(now, Record::Habits(self.visitor.habits.clone()));
        }
        wanted
    }

    /// The monitor sent something.
    pub(super) fn observe(&mut self, now: Timestamp, reading: &Reading, engine: &Engine) {
        if is_open(engine) {
            self.visitor.heart_beats(now, reading.heart_rate);
        }
        let settings = engine.settings();
        if settings.practice.show_heart && settings.mentions_heart() {
            self.visitor.follower.observe(now, reading);
        }
    }

    /// The engine did something about the break.
    pub(super) fn follow(
        &mut self,
        now: Timestamp,
        effect: &Effect,
        (engine, utc_offset): (&Engine, Offset),
        history: &mut History,
        reporter: &Reporter,
    ) {
        match effect {
            Effect::BreakBegan(practice, length) => {
                self.began((now, utc_offset), practice, *length, engine, history);
                reporter.tell(News::BreakStarted(practice.clone()));
            }
            Effect::BreakChosen(practice, length) => {
                if let Some(taken) = &mut self.taken {
                    practice.clone_into(&mut taken.practice);
                    taken.length_s = length.seconds();
                    history.keep(now, Record::Break(taken.clone()));
                }
            }
            Effect::BreakMoved(state) => {
                if let Some(ending) = self.moved(now, *state, engine, history) {
                    reporter.tell(News::BreakEnded(ending.name()));
                }
            }
            _ => {}
        }
    }

    /// A break that ran in a terminal counts as every break does; whoever finished one needs no first screens any more.
    pub(super) fn count(
        &mut self,
        now: Timestamp,
        taken: &store::StoredBreak,
        history: &mut History,
    ) {
        let before = self.visitor.habits.clone();
        let past = taken.past();
        self.visitor.habits.welcomed |= past.finished;
        self.visitor.ended(past, now);
        if self.visitor.habits != before {
            history.keep(now, Record::Habits(self.visitor.habits.clone()));
        }
    }

    /// Until when somebody may still be at a page whose break is over; `None` where there is none.
    pub(super) fn next_wakeup(&self, engine: &Engine) -> Option<Timestamp> {
        let session = engine.session().filter(|_| self.server.is_open())?;
        let SessionState::Ended { at, .. } = session.state() else { return None };
        let read = || at.saturating_add(LAST_WORDS).unwrap_or(Timestamp::MAX);
        Some(self.visitor.question_until(session).unwrap_or_else(read))
    }

    /// Nobody is there any more: a question is skipped, and last words go with their window or stay in it without the service.
    pub(super) fn abandoned(&mut self, now: Timestamp, engine: &Engine, history: &mut History) {
        let session = engine.session();
        if session.and_then(|session| self.visitor.question_until(session)).is_some() {
            let skipped = PageInput::Feedback(Feedback::default());
            // It asks nothing of the engine: the break is over.
            let _ = self.handle(now, skipped, engine, history);
        } else {
            self.server.close();
        }
    }

    /// What reads aloud does so, or does not.
    pub(super) fn voice(&mut self, event: &SpeechEvent) {
        match event {
            SpeechEvent::Speaking => self.speaks = true,
            SpeechEvent::Failed(_) => {
                info!("the steps are not read aloud here; the page does it where it can");
                self.speaks = false;
            }
        }
    }

    /// After each event: shows what there is to see, and has it read aloud.
    pub(super) fn settle(&mut self, context: &PageContext<'_>) {
        let now = context.now;
        // A machine that slept: the page looks at the clock again.
        let jumped = now.duration_since(self.settled_at).abs() >= JUMP;
        self.settled_at = now;
        if self.server.is_open() {
            if jumped {
                self.server.tick();
            }
            if context.shows_heart() {
                self.visitor.follower.look(now, self.visitor.habits.pace);
            }
            self.publish(context);
        }
        let wanted = self.visitor.visit.sound().voice && self.speaks && is_open(context.engine);
        let view = self.view.borrow();
        let view = Some(&*view).filter(|_| wanted && self.server.is_seen());
        self.reader.read(view);
    }

    /// Whether a page is open.
    pub(super) fn is_open(&self) -> bool {
        self.server.is_open()
    }

    /// Closes every page. They say that the break has ended.
    pub(super) fn close(&self) {
        self.server.close();
    }

    fn began(
        &mut self,
        local: (Timestamp, Offset),
        practice: &str,
        length: Length,
        engine: &Engine,
        history: &mut History,
    ) {
        info!(practice, "a break begins");
        self.speaks = self.reader.may_speak();
        let (now, settings) = (local.0, engine.settings());
        // Whether somebody else sees the screen may not be known yet; what is offered here shows no heart by itself.
        let mention_heart = settings.mentions_heart();
        self.visitor.begin(practice, engine.library(), &settings.practice, mention_heart, local);
        history.keep(now, Record::Habits(self.visitor.habits.clone()));
        let taken = store::StoredBreak {
            started: now,
            practice: practice.to_owned(),
            length_s: length.seconds(),
            ended: None,
            answers: None,
        };
        history.keep(now, Record::Break(taken.clone()));
        self.taken = Some(taken);
    }

    /// The break is at another place than before; how it ended, where it just did.
    fn moved(
        &mut self,
        now: Timestamp,
        state: SessionState,
        engine: &Engine,
        history: &mut History,
    ) -> Option<Ending> {
        if let Some(pace) = self.visitor.follower.moved(now, engine.session()) {
            self.visitor.habits.pace = Some(pace);
            history.keep(now, Record::Habits(self.visitor.habits.clone()));
        }
        let SessionState::Ended { ending, at } = state else { return None };
        let taken = self.taken.as_mut().filter(|taken| taken.ended.is_none())?;
        taken.ended = Some((ending.into(), at));
        history.keep(now, Record::Break(taken.clone()));
        let past = taken.past();
        self.visitor.ended(past, now);
        // Whoever left is asked nothing; what they said before it is kept.
        let before = self.visitor.visit.before();
        if ending != Ending::Completed && before.is_some() {
            self.answered(now, &Feedback { before, ..Feedback::default() }, history);
        }
        info!("the break is over");
        Some(ending)
    }

    /// Something was said of the break, or nothing.
    fn answered(&mut self, now: Timestamp, feedback: &Feedback, history: &mut History) {
        let Some(taken) = &mut self.taken else { return };
        let answered = store::BreakAnswers {
            started: taken.started,
            answered: now,
            tension_before: feedback.before.map(Tense::figure),
            tension: feedback.tense.map(Tense::figure),
            liking: feedback.liking,
            note: feedback.note.clone(),
        };
        taken.answers = Some(answered.clone());
        let past = taken.past();
        history.keep(now, Record::Answers(answered));
        self.visitor.ended(past, now);
    }

    fn publish(&self, context: &PageContext<'_>) {
        let (now, preferences) = (context.now, context.preferences);
        let view = view_of(&Scene {
            now,
            session: context.engine.session(),
            visit: &self.visitor.visit,
            words: preferences.words(),
            locale: preferences.locale(),
            help: &self.help,
            heart: context.rate,
            show_heart: context.shows_heart(),
            others: &self.visitor.others,
            cycle: self.visitor.follower.cycle(now, self.visitor.habits.pace),
            following: Some(self.visitor.follower.seen()),
            course: &self.visitor.course,
            needs_help: self.visitor.needs_help,
            is_read_aloud: self.speaks,
        });
        self.view.send_if_modified(|shown| {
            let differs = *shown != view;
            if differs {
                *shown = view;
            }
            differs
        });
    }
}

/// Whether a break of the daemon's own is open.
pub(super) fn is_open(engine: &Engine) -> bool {
    let state = engine.session().map(Session::state);
    state.is_some_and(|state| !matches!(state, SessionState::Ended { .. }))
}

/// How long last words and help lines stand on a page after the break: time to read, to choose a number, and to call it.
const LAST_WORDS: SignedDuration = SignedDuration::from_mins(60);
/// Between two events of a monitor that streams lies a second. Longer than this, and the clock may have jumped.
const JUMP: SignedDuration = SignedDuration::from_secs(5);
/// So many pages may be opened at once before one waits to be told of.
const OPENINGS: usize = 16;
