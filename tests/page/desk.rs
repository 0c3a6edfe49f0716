//! What the daemon does for a page, with a clock that stands still until the test moves it.

use std::sync::Arc;
use std::sync::Mutex;

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::page_server::PageServer;
use kindbeat_core::breathing::Point;
use kindbeat_core::breathing::SearchOutcome;
use kindbeat_core::breathing::Swing;
use kindbeat_core::breathing::Verdict;
use kindbeat_core::page::Following;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Scene;
use kindbeat_core::page::Sound;
use kindbeat_core::page::View;
use kindbeat_core::page::Visit;
use kindbeat_core::page::Wish;
use kindbeat_core::page::view_of;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Practice;
use kindbeat_core::practice::Session;
use kindbeat_core::words::Words;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;

/// A break, the page that shows it, and all that was done on the page.
pub(crate) struct Desk {
    pub(crate) server: PageServer,
    state: Arc<Mutex<State>>,
}

/// A desk whose daemon can be killed in the middle of everything: it runs in a thread of its own.
pub(crate) struct Mortal {
    pub(crate) desk: Arc<Desk>,
    runtime: Handle,
    die: oneshot::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

impl Mortal {
    pub(crate) async fn start(length: Length) -> Self {
        let (tell, told) = oneshot::channel();
        let (die, dies) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let _ = tell.send((Arc::new(Desk::new(length)), Handle::current()));
                let _ = dies.await;
            });
        });
        let (desk, runtime) = told.await.unwrap();
        Self { desk, runtime, die, thread }
    }

    /// The address of one more page.
    pub(crate) fn opens(&self) -> String {
        // What listens is to end along with its daemon.
        let _daemon = self.runtime.enter();
        self.desk.server.open().unwrap().url
    }

    /// Its sockets close, and nothing more is said.
    pub(crate) fn dies_at_once(self) {
        drop(self.die);
        self.thread.join().unwrap();
    }
}

/// What is to stand on the page.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) practice: Arc<Practice>,
    pub(crate) length: Length,
    pub(crate) anchor: Anchor,
    pub(crate) words: fn() -> Words,
    pub(crate) locale: &'static str,
    /// Whether the screens of the first time come first.
    pub(crate) first_time: bool,
    /// Whether the answers of late ask for help lines.
    pub(crate) needs_help: bool,
}

struct State {
    now: Timestamp,
    session: Session,
    visit: Visit,
    others: Vec<Arc<Practice>>,
    heart: Option<f64>,
    course: Vec<(Timestamp, f64)>,
    /// What is known of the heart's line, if it is followed.
    verdict: Option<Verdict>,
    outcome: Option<SearchOutcome>,
    needs_help: bool,
    done: Vec<PageInput>,
    wishes: Vec<Wish>,
    words: Words,
    locale: &'static str,
    help: HelpLines,
    shown: Option<watch::Sender<View>>,
}

impl Setup {
    /// The default practice in English, in this length.
    pub(crate) fn new(length: Length) -> Self {
        let library = Library::built_in().unwrap();
        let (practice, length) = library.resolve(Library::DEFAULT, length).unwrap();
        let words = || Words::new("en");
        let practice = Arc::clone(practice);
        let (anchor, locale) = (Anchor::Breath, "en_GB.UTF-8");
        Self { practice, length, anchor, words, locale, first_time: false, needs_help: false }
    }

    /// Another practice, in the length that it has which is nearest to this one.
    pub(crate) fn of(&self, practice: &Arc<Practice>, length: Length) -> Self {
        let length = practice.nearest_length(length);
        Self { practice: Arc::clone(practice), length, ..self.clone() }
    }
}

impl Desk {
    pub(crate) fn new(length: Length) -> Self {
        Self::with(&Setup::new(length))
    }

    pub(crate) fn with(setup: &Setup) -> Self {
        let library = Library::built_in().unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let grounding = Arc::clone(library.grounding());
        let practice = Arc::clone(&setup.practice);
        let mut session = Session::start(practice, setup.length, grounding, now);
        session.handle(Visit::pause_at_start(), now);
        let mut state = State {
            now,
            session,
            visit: Visit::new(setup.anchor, Sound::SILENT, setup.first_time),
            others: ["stop", "savour"].map(|id| Arc::clone(library.get(id).unwrap())).into(),
            course: Vec::new(),
            verdict: None,
            outcome: None,
            needs_help: setup.needs_help,
            heart: None,
            done: Vec::new(),
            wishes: Vec::new(),
            words: (setup.words)(),
            locale: setup.locale,
            help: HelpLines::built_in().unwrap(),
            shown: None,
        };
        let (shown, view) = watch::channel(state.view());
        state.shown = Some(shown);
        let state = Arc::new(Mutex::new(state));
        let (send, mut inputs) = mpsc::channel(16);
        let clock = Arc::clone(&state);
        let server = PageServer::new(Arc::new(move || clock.lock().unwrap().now), view, send);
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

    /// Lets the step that runs come to its end; how many seconds that takes. `None` where none runs.
    pub(crate) fn step(&self) -> Option<i64> {
        let (now, state) = {
            let state = self.state.lock().unwrap();
            (state.now, state.session.state())
        };
        let kindbeat_core::practice::SessionState::Running { until, .. } = state else {
            return None;
        };
        let seconds = until.duration_since(now).as_secs();
        self.wait(seconds);
        Some(seconds)
    }

    /// Sets the clock, and has nobody notice before: as on a machine that slept, or whose clock was wrong.
    pub(crate) fn jump(&self, seconds: i64) {
        let mut state = self.state.lock().unwrap();
        state.now += SignedDuration::from_secs(seconds);
        let now = state.now;
        state.session.tick(now);
        state.show();
        drop(state);
        self.server.tick();
    }

    /// What the heart is at; `None`: nothing is heard of it.
    pub(crate) fn heart(&self, rate: impl Into<Option<f64>>) {
        let mut state = self.state.lock().unwrap();
        state.heart = rate.into();
        let now = state.now;
        let heard = state.heart.map(|rate| (now, rate));
        state.course.extend(heard);
        state.show();
    }

    /// The heart's line is followed, with this verdict.
    pub(crate) fn follow(&self, verdict: Verdict) {
        let mut state = self.state.lock().unwrap();
        state.verdict = Some(verdict);
        state.show();
    }

    /// A search for the pace has come to its end.
    pub(crate) fn found(&self, outcome: SearchOutcome) {
        let mut state = self.state.lock().unwrap();
        state.outcome = Some(outcome);
        state.show();
    }

    /// What stands on the page, or soon will.
    pub(crate) fn view(&self) -> View {
        self.state.lock().unwrap().view()
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

    pub(crate) fn session(&self) -> kindbeat_core::practice::SessionState {
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
        match &wish {
            Some(Wish::Break(command)) => {
                self.session.handle(*command, self.now);
            }
            Some(Wish::Length(length)) => {
                self.choose(Arc::clone(self.session.practice()), *length);
            }
            Some(Wish::Other(index)) => {
                self.choose(Arc::clone(&self.others[*index]), self.session.length());
            }
            Some(Wish::Feedback(_) | Wish::FindPace) | None => {}
        }
        self.wishes.extend(wish);
        self.show();
    }

    fn choose(&mut self, practice: Arc<Practice>, length: Length) {
        let grounding = Arc::clone(Library::built_in().unwrap().grounding());
        self.session = Session::start(practice, length, grounding, self.now);
        self.session.handle(Visit::pause_at_start(), self.now);
    }

    fn show(&self) {
        if let Some(shown) = &self.shown {
            shown.send_replace(self.view());
        }
    }

    fn view(&self) -> View {
        let (words, help) = (&self.words, &self.help);
        let scene =
            Scene::new(self.now, Some(&self.session), &self.visit, words, self.locale, help);
        let (points, outcome) = (swinging(self.now), self.outcome.as_ref());
        let swing = Some(Swing { ms: 83.0, per_minute: 6.0 });
        let following =
            self.verdict.map(|verdict| Following { verdict, points: &points, swing, outcome });
        view_of(&Scene {
            following,
            heart: self.heart,
            show_heart: true,
            others: &self.others,
            course: &self.course,
            needs_help: self.needs_help,
            ..scene
        })
    }
}

/// Half a minute of a heart that goes along with six breaths a minute.
fn swinging(now: Timestamp) -> Vec<Point> {
    let point = |quarter: i32| Point {
        at: now - SignedDuration::from_millis(250) * (120 - quarter),
        bpm: 66.0 + 5.0 * (f64::from(quarter) / 40.0 * std::f64::consts::TAU).sin(),
        begins: quarter == 0,
    };
    (0..=120).map(point).collect()
}
