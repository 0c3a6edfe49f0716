//! The page of a break: opened in a browser or in another program's window, read aloud, and what is done on it.

use std::pin::pin;

use jiff::SignedDuration;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::debug;
use tracing::info;

use crate::browser::OpenOutcome;
use crate::browser::Opener;
use crate::interface::WindowTicket;
use crate::page_server::PageServer;
use crate::page_server::PageServerError;
use crate::speech::PageReader;
use crate::speech::SpeechEvent;
use crate::tasks::Spawner;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::Input;
use kindbeat_core::heart::Reading;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::View;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Session;
use kindbeat_core::practice::SessionState;
use kindbeat_core::sitting::Earlier;
use kindbeat_core::sitting::Sitting;
use kindbeat_core::sitting::SittingEvent;
use kindbeat_core::sitting::ViewContext;
use kindbeat_core::status::News;

use super::history::History;
use super::preferences::Preferences;
use super::reporter::Reporter;

pub(super) struct BreakPage {
    server: PageServer,
    view: watch::Sender<View>,
    opener: Opener,
    opened: (mpsc::Sender<Opening>, mpsc::Receiver<Opening>),
    /// The page of this break that was opened last; `None` before the first.
    last: Option<LastPage>,
    /// The page whose address the owner was told; dropping the other half takes that notice away.
    address_told: Option<(String, oneshot::Sender<()>)>,
    tasks: Spawner,
    help: HelpLines,
    reader: PageReader,
    /// Whether something on this machine reads aloud, as far as is known; else the page does.
    speaks: bool,
    sitting: Sitting,
    /// The window in which another program shows the break: its number, and what closes it when it is dropped.
    window: Option<(u64, oneshot::Sender<()>)>,
    /// How many such windows there were.
    windows: u64,
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

/// The page that was opened last.
struct LastPage {
    url: String,
    opened_at: Timestamp,
    /// Nothing has fetched it yet, and what opens it has not given up.
    is_awaited: bool,
}

/// What became of opening a page.
#[derive(Debug)]
pub(super) struct Opening {
    url: String,
    /// `None`: nothing yet, after [`Opener::LATE`].
    outcome: Option<OpenOutcome>,
}

/// What a page shows beside the break.
#[derive(Clone, Copy)]
pub(super) struct PageContext<'a> {
    pub(super) now: Timestamp,
    pub(super) engine: &'a Engine,
    pub(super) preferences: &'a Preferences,
    /// In bpm; `None` while nothing streams.
    pub(super) rate: Option<f64>,
}

impl PageContext<'_> {
    fn shows_heart(&self) -> bool {
        self.preferences.config().practice.show_heart && self.engine.may_mention_heart()
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
            last: None,
            address_told: None,
            tasks: ways.tasks,
            help: ways.help,
            reader: ways.reader,
            speaks: false,
            sitting: Sitting::new(earlier, &preferences.config().practice),
            window: None,
            windows: 0,
            settled_at: now,
        }
    }

    /// Opens the page of the break in a browser; its address. A key that is held down asks for many: while a page is awaited it is the
    /// answer, and for a moment after it was opened there is another address and no other window.
    pub(super) fn open(
        &mut self,
        context: &PageContext<'_>,
        token: Option<String>,
    ) -> Result<String, PageServerError> {
        let is_new =
            |last: &LastPage| context.now.duration_since(last.opened_at).abs() < REOPEN_AFTER;
        match &self.last {
            Some(last) if last.is_awaited => return Ok(last.url.clone()),
            Some(last) if is_new(last) => return Ok(self.server.open()?.url),
            _ => {}
        }
        // The page shows what stands there from its first request on.
        self.publish(context);
        let opened = self.server.open()?;
        let url = opened.url.clone();
        self.last = Some(LastPage { url: url.clone(), opened_at: context.now, is_awaited: true });
        let opener = self.opener.clone();
        let open_with = context.preferences.config().page.open_with.clone();
        let tell = self.opened.0.clone();
        self.tasks.spawn("opening a page", async move {
            let url = opened.url.clone();
            let opening = opener.open(&opened.url, &open_with, token.as_deref(), opened.fetched);
            let mut opening = pin!(opening);
            let outcome = if let Ok(outcome) = timeout(Opener::LATE, opening.as_mut()).await {
                outcome
            } else {
                // The daemon is ending where nobody waits for it, here and below.
                let _ = tell.send(Opening { url: url.clone(), outcome: None }).await;
                opening.await
            };
            let _ = tell.send(Opening { url, outcome: Some(outcome) }).await;
        });
        Ok(url)
    }

    /// Opens a window on the break in another program. One is open at a time: with it goes the one before.
    pub(super) fn open_window(&mut self, context: &PageContext<'_>) -> WindowTicket {
        self.publish(context);
        let (window, replaced) = oneshot::channel();
        self.windows += 1;
        self.window = Some((self.windows, window));
        WindowTicket { id: self.windows, views: self.view.subscribe(), replaced }
    }

    /// A window of another program is gone: it counts as a page that closes. Whether it was the one that is open.
    pub(super) fn window_closed(&mut self, id: u64) -> bool {
        self.window.take_if(|(open, _)| *open == id).is_some()
    }

    /// Waits until a page is open in a browser, or is not.
    pub(super) async fn opening(&mut self) -> Option<Opening> {
        self.opened.1.recv().await
    }

    /// A page is open in a browser, or is not: its address, where nothing here has opened it, and until when it helps to know it.
    pub(super) fn was_opened(
        &mut self,
        opening: Opening,
    ) -> Option<(String, oneshot::Receiver<()>)> {
        let is_last = self.last.as_ref().is_some_and(|last| last.url == opening.url);
        if let Some(last) = self.last.as_mut().filter(|_| is_last && opening.outcome.is_some()) {
            last.is_awaited = false;
        }
        match opening.outcome {
            None => debug!("the page is late"),
            Some(OpenOutcome::NotFetched) => debug!("nothing here opens the page"),
            Some(outcome) => {
                debug!(?outcome, "the page was awaited");
                self.address_told.take_if(|(url, _)| *url == opening.url);
                return None;
            }
        }
        if self.address_told.as_ref().is_some_and(|(url, _)| *url == opening.url) {
            return None;
        }
        let (told, until) = oneshot::channel();
        self.address_told = Some((opening.url.clone(), told));
        Some((opening.url, until))
    }

    /// Takes in what was done on the page, or in another program's window; what is to be put to the engine, if anything.
    #[must_use]
    pub(super) fn handle(
        &mut self,
        now: Timestamp,
        input: PageInput,
        engine: &Engine,
        history: &mut History,
        reporter: &Reporter,
    ) -> Option<Input> {
        // The last word of a page that is gone may come after the next one was opened.
        if input == PageInput::Closed && self.is_shown() {
            return None;
        }
        if input == PageInput::Back {
            // Before the first step there is none: it begins again.
            self.reader.restart();
        }
        let wanted = self.sitting.handle(now, input, engine);
        self.carry_out(now, history, reporter);
        wanted
    }

    /// The monitor sent something.
    pub(super) fn observe(&mut self, now: Timestamp, reading: &Reading, engine: &Engine) {
        self.sitting.observe(now, reading, engine);
    }

    /// The engine did something about the break.
    pub(super) fn follow(
        &mut self,
        now: Timestamp,
        effect: &Effect,
        engine: &Engine,
        history: &mut History,
        reporter: &Reporter,
    ) {
        if let Effect::BreakBegan(..) = effect {
            self.last = None;
            self.speaks = self.reader.may_speak();
        }
        self.sitting.follow(now, effect, engine);
        self.carry_out(now, history, reporter);
    }

    /// Keeps and tells what the sitting has ready.
    fn carry_out(&mut self, now: Timestamp, history: &mut History, reporter: &Reporter) {
        for event in self.sitting.take_events() {
            match event {
                SittingEvent::Keep(record) => history.keep(now, record.into()),
                SittingEvent::Tell(news) => {
                    match news {
                        News::BreakStarted(_) => info!("a break begins"),
                        News::BreakEnded(_) => info!("the break is over"),
                        _ => {}
                    }
                    reporter.tell(news);
                }
            }
        }
    }

    /// Until when somebody may still be at the question after the break, or last words stand on a page; `None` where neither is.
    pub(super) fn next_wakeup(&self, engine: &Engine) -> Option<Timestamp> {
        self.sitting.next_wakeup(engine).or_else(|| self.read_until(engine))
    }

    /// Nobody is there any more: a question is over, and last words go with their window or stay in it without the service.
    pub(super) fn abandoned(
        &mut self,
        now: Timestamp,
        engine: &Engine,
        history: &mut History,
        reporter: &Reporter,
    ) {
        if self.sitting.next_wakeup(engine).is_some() {
            self.sitting.tick(now, engine);
            self.carry_out(now, history, reporter);
        } else {
            self.server.close();
        }
    }

    fn read_until(&self, engine: &Engine) -> Option<Timestamp> {
        let session = engine.session().filter(|_| self.server.is_open())?;
        let SessionState::Ended { at, .. } = session.state() else { return None };
        Some(at.saturating_add(LAST_WORDS).unwrap_or(Timestamp::MAX))
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
        if self.server.is_open() && jumped {
            self.server.tick();
        }
        if self.is_shown() {
            self.publish(context);
        }
        let wanted = self.sitting.sound().voice && self.speaks && is_open(context.engine);
        let is_seen = self.server.is_visible() || self.window.is_some();
        let view = self.view.borrow();
        let view = Some(&*view).filter(|_| wanted && is_seen);
        self.reader.read(view);
    }

    /// Whether the desktop has to be watched for the break, see [`Sitting::watches_desktop`].
    pub(super) fn watches_desktop(&self, engine: &Engine) -> bool {
        self.sitting.watches_desktop(engine)
    }

    /// Whether a page is open.
    pub(super) fn is_open(&self) -> bool {
        self.server.is_open()
    }

    /// Whether the break can be seen anywhere.
    fn is_shown(&self) -> bool {
        self.server.is_open() || self.window.is_some()
    }

    /// Closes every page. They say that the break has ended.
    pub(super) fn close(&self) {
        self.server.close();
    }

    fn publish(&mut self, context: &PageContext<'_>) {
        let preferences = context.preferences;
        let view_context = ViewContext {
            words: preferences.words(),
            locale: preferences.locale(),
            help: &self.help,
            heart: context.rate,
            show_heart: context.shows_heart(),
            is_read_aloud: self.speaks,
        };
        let view = self.sitting.view(context.now, context.engine.session(), view_context);
        self.view.send_if_modified(|shown| {
            let differs = *shown != view;
            if differs {
                *shown = view;
            }
            differs
        });
    }
}

/// Whether a break is open.
pub(super) fn is_open(engine: &Engine) -> bool {
    let state = engine.session().map(Session::state);
    state.is_some_and(|state| !matches!(state, SessionState::Ended { .. }))
}

/// How long last words and help lines stand on a page after the break: time to read, to choose a number, and to call it.
const LAST_WORDS: SignedDuration = SignedDuration::from_mins(60);
/// Between two events of a monitor that streams lies a second. Longer than this, and the clock may have jumped.
const JUMP: SignedDuration = SignedDuration::from_secs(5);
/// A key that repeats does so many times a second, and a person who presses twice does within two seconds.
const REOPEN_AFTER: SignedDuration = SignedDuration::from_secs(3);
/// So many pages may be opened at once before one waits to be told of.
const OPENINGS: usize = 16;
