//! What the daemon does for a page, with a clock that stands still until the test moves it.

use std::sync::Arc;
use std::sync::Mutex;

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::edge::web::Server;
use kindbeat::page::Direction;
use kindbeat::page::PageInput;
use kindbeat::page::Scene;
use kindbeat::page::Sound;
use kindbeat::page::View;
use kindbeat::page::Visit;
use kindbeat::page::Wish;
use kindbeat::page::view_of;
use kindbeat::practice::Anchor;
use kindbeat::practice::HelpLines;
use kindbeat::practice::Length;
use kindbeat::practice::Library;
use kindbeat::practice::Practice;
use kindbeat::practice::Session;
use kindbeat::words::Words;
use tokio::sync::mpsc;
use tokio::sync::watch;

/// A break, the page that shows it, and all that was done on the page.
pub(crate) struct Desk {
    pub(crate) server: Server,
    state: Arc<Mutex<State>>,
}

struct State {
    now: Timestamp,
    session: Session,
    visit: Visit,
    others: Vec<Arc<Practice>>,
    heart: Option<f64>,
    mirrored: bool,
    done: Vec<PageInput>,
    wishes: Vec<Wish>,
    words: Words,
    help: HelpLines,
    shown: Option<watch::Sender<View>>,
}

impl Desk {
    pub(crate) fn new(length: Length) -> Self {
        let library = Library::built_in().unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let (practice, length) = library.resolve(Library::DEFAULT, length).unwrap();
        let grounding = Arc::clone(library.grounding());
        let mut session = Session::start(Arc::clone(practice), length, grounding, now);
        session.handle(Visit::hold(), now);
        let mut state = State {
            now,
            session,
            visit: Visit::new(Anchor::Breath, Sound::SILENT, false),
            others: ["stop", "savour"].map(|id| Arc::clone(library.get(id).unwrap())).into(),
            heart: None,
            mirrored: false,
            done: Vec::new(),
            wishes: Vec::new(),
            words: Words::new("en"),
            help: HelpLines::built_in().unwrap(),
            shown: None,
        };
        let (shown, view) = watch::channel(state.view());
        state.shown = Some(shown);
        let state = Arc::new(Mutex::new(state));
        let (send, mut inputs) = mpsc::channel(16);
        let clock = Arc::clone(&state);
        let server = Server::new(Arc::new(move || clock.lock().unwrap().now), view, send);
        let hands = Arc::clone(&state);
        tokio::spawn(async move {
            while let Some(input) = inputs.recv().await {
                hands.lock().unwrap().handle(input);
            }
        });
        Self { server, state }
    }

    /// Lets time pass on the daemon's clock.
    pub(crate) fn wait(&self, seconds: i64) {
        let mut state = self.state.lock().unwrap();
        let end = state.now + SignedDuration::from_secs(seconds);
        while let Some(wakeup) = state.session.next_wakeup().filter(|wakeup| *wakeup <= end) {
            state.session.tick(wakeup);
        }
        state.now = end;
        state.show();
        drop(state);
        self.server.tick();
    }

    pub(crate) fn heart(&self, rate: f64) {
        let mut state = self.state.lock().unwrap();
        state.heart = Some(rate);
        state.show();
    }

    /// As in a language that is written from right to left.
    pub(crate) fn mirror(&self) {
        self.state.lock().unwrap().mirrored = true;
        self.state.lock().unwrap().show();
    }

    /// The daemon goes, and does not say so.
    pub(crate) fn vanish(&self) {
        self.state.lock().unwrap().shown = None;
    }

    pub(crate) fn done(&self) -> Vec<PageInput> {
        self.state.lock().unwrap().done.clone()
    }

    pub(crate) fn wishes(&self) -> Vec<Wish> {
        self.state.lock().unwrap().wishes.clone()
    }

    pub(crate) fn session(&self) -> kindbeat::practice::State {
        self.state.lock().unwrap().session.state()
    }

    /// How many steps there are.
    pub(crate) fn steps(&self) -> usize {
        self.state.lock().unwrap().session.steps()
    }
}

impl State {
    fn handle(&mut self, input: PageInput) {
        self.done.push(input.clone());
        let wish = self.visit.handle(input, self.session.state());
        if let Some(Wish::Break(command)) = &wish {
            self.session.handle(*command, self.now);
        }
        self.wishes.extend(wish);
        self.show();
    }

    fn show(&self) {
        if let Some(shown) = &self.shown {
            shown.send_replace(self.view());
        }
    }

    fn view(&self) -> View {
        let (words, help) = (&self.words, &self.help);
        let scene =
            Scene::new(self.now, Some(&self.session), &self.visit, words, "en_GB.UTF-8", help);
        let others = &self.others;
        let mut view = view_of(&Scene { heart: self.heart, show_heart: true, others, ..scene });
        if self.mirrored {
            view.direction = Direction::RightToLeft;
        }
        view
    }
}
