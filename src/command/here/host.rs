//! Who hosts the break that the terminal shows: the daemon where one runs, else this process.

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::clock;
use crate::clock::SharedClock;
use crate::interface::BreakWindow;
use crate::interface::Bus;
use crate::interface::Client;
use crate::interface::ClientError;
use crate::store;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::memory_changes;
use kindbeat_core::config::Config;
use kindbeat_core::context::Context;
use kindbeat_core::engine::EngineMemory;
use kindbeat_core::engine::Input;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::View;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::sitting::Earlier;
use kindbeat_core::sitting::LocalSitting;
use kindbeat_core::sitting::SittingEvent;
use kindbeat_core::sitting::ViewContext;
use kindbeat_core::words::Sentence;
use kindbeat_core::words::Words;

/// Who hosts the break.
#[derive(Debug)]
pub(super) enum Host {
    /// The daemon: the terminal is one more window on its break.
    Daemon(Box<BreakWindow>),
    /// This process.
    Local(Box<Local>),
}

/// What a break needs when this process hosts it.
pub(super) struct LocalParts {
    pub(super) config: Config,
    pub(super) locale: String,
    /// Those that the configuration asks for.
    pub(super) words: Words,
    pub(super) library: Library,
    /// Where the history is; `None`: nowhere.
    pub(super) folder: Option<PathBuf>,
    pub(super) clock: SharedClock,
}

/// A break that is hosted here.
pub(super) struct Local {
    sitting: LocalSitting,
    words: Words,
    locale: String,
    help: HelpLines,
    clock: SharedClock,
    /// What keeps the break; `None` where nothing can be kept.
    store: Option<store::StoreHandle>,
    /// What the store knows of the engine's memory.
    kept: EngineMemory,
}

impl Host {
    /// Asks a daemon to host the break; `None` where none does. The error is that there is no such practice.
    pub(super) async fn daemon(
        bus: Bus,
        practice: Option<&str>,
        length: Option<Length>,
    ) -> anyhow::Result<Option<Self>> {
        let asked = async { Client::connect(bus).await?.break_here(practice, length).await };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(window)) => Ok(Some(Self::Daemon(Box::new(window)))),
            Ok(Err(error @ ClientError::Refused { .. })) if is_about_practice(&error) => {
                Err(error.into())
            }
            // Whatever is wrong with it: a break is taken all the same.
            Ok(Err(_)) | Err(_) => Ok(None),
        }
    }

    /// What there is to see.
    pub(super) fn view(&mut self) -> View {
        match self {
            Self::Daemon(window) => window.view().clone(),
            Self::Local(local) => local.view(),
        }
    }

    /// Hands on what somebody does; afterwards the view shows it. The error: the host is gone.
    pub(super) async fn input(&mut self, input: PageInput) -> io::Result<()> {
        match self {
            Self::Daemon(window) => window.input(&input).await,
            Self::Local(local) => {
                local.input(input);
                Ok(())
            }
        }
    }

    /// Waits until there may be something new to see; nothing is lost where this is given up half-way. The error: the host is gone.
    pub(super) async fn changed(&mut self) -> io::Result<()> {
        match self {
            Self::Daemon(window) => window.changed().await,
            Self::Local(local) => {
                local.due().await;
                local.tick();
                Ok(())
            }
        }
    }

    /// Writes what is left to write; false where that cannot be done.
    pub(super) fn finish(self) -> bool {
        match self {
            Self::Daemon(_) => true,
            Self::Local(local) => {
                let now = (local.clock)();
                local.store.is_none_or(|store| store.finish(now, WRITING))
            }
        }
    }
}

impl Local {
    /// Begins a break on what the last run stored. If the break can't be stored, the reason goes to `problems`.
    pub(super) fn begin(
        practice: Option<String>,
        length: Option<Length>,
        LocalParts { config, locale, words, library, folder, clock }: LocalParts,
        problems: mpsc::Sender<Sentence>,
    ) -> anyhow::Result<Self> {
        let now = clock();
        let (store, mut loaded) = match opened(folder.as_deref(), now) {
            Ok((store, loaded)) => (Some(store), loaded),
            Err(problem) => {
                // There is room for one.
                let _ = problems.try_send(problem.with_detail());
                let look = |folder: &Path| Store::open_to_look(folder).ok()??.load_state().ok();
                (None, folder.as_deref().and_then(look).unwrap_or_default())
            }
        };
        let report = move |report| match report {
            store::StoreEvent::Failing(problem) => drop(problems.try_send(problem)),
            // Its database is not looked after: it is open for minutes.
            store::StoreEvent::Absent(_)
            | store::StoreEvent::BegunAnew
            | store::StoreEvent::Quarantined(_)
            | store::StoreEvent::Recovered { .. } => {}
        };
        let keep = config.history.keep.before(now);
        let store = store.map(|store| store::spawn(store, keep, report)).transpose();
        let earlier =
            Earlier { habits: loaded.state.habits.clone(), past: std::mem::take(&mut loaded.past) };
        let kept = loaded.memory();
        let mut engine = loaded.into_engine(&config, library, now);
        let context = Context { utc_offset: clock::utc_offset(now), ..Context::default() };
        engine.handle(now, Input::Context(context));
        let mut local = Self {
            kept,
            sitting: LocalSitting::new(engine, earlier),
            words,
            locale,
            help: HelpLines::built_in()?,
            clock,
            store: store?,
        };
        local.sitting.begin(now, practice, length)?;
        local.keep(now);
        Ok(local)
    }

    fn view(&mut self) -> View {
        let context = ViewContext {
            words: &self.words,
            locale: &self.locale,
            help: &self.help,
            heart: None,
            show_heart: false,
            is_read_aloud: false,
        };
        self.sitting.view((self.clock)(), context)
    }

    fn input(&mut self, input: PageInput) {
        let now = (self.clock)();
        self.sitting.handle(now, input);
        self.keep(now);
    }

    fn tick(&mut self) {
        let now = (self.clock)();
        self.sitting.tick(now);
        self.keep(now);
    }

    async fn due(&self) {
        let store = self.store.as_ref().and_then(store::StoreHandle::next_wakeup);
        match [self.sitting.next_wakeup(), store].into_iter().flatten().min() {
            Some(due) => {
                let left = due.duration_since((self.clock)());
                tokio::time::sleep(left.try_into().unwrap_or(Duration::ZERO)).await;
            }
            None => std::future::pending().await,
        }
    }

    fn keep(&mut self, now: Timestamp) {
        let memory = self.sitting.memory();
        let changes = memory_changes(memory, std::mem::replace(&mut self.kept, memory));
        let events = self.sitting.take_events();
        let Some(store) = &mut self.store else { return };
        for record in changes {
            store.keep(now, record);
        }
        for event in events {
            match event {
                SittingEvent::Keep(record) => store.keep(now, record.into()),
                // Nobody listens where no daemon runs.
                SittingEvent::Tell(_) => {}
            }
        }
        store.tick(now);
    }
}

impl std::fmt::Debug for Local {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Local").finish_non_exhaustive()
    }
}

/// The history and what the last run left in it. A daemon may start meanwhile, so its lock is not taken for longer than a moment.
fn opened(folder: Option<&Path>, now: Timestamp) -> Result<(Store, store::Loaded), StoreError> {
    let store = Store::open_beside(folder.ok_or(StoreError::NoHome)?, now)?;
    let loaded = store.load_state()?;
    Ok((store, loaded))
}

/// Whether the daemon knows no such practice: then nobody does.
fn is_about_practice(error: &ClientError) -> bool {
    matches!(error, ClientError::Refused { name, .. } if name == "NoSuchPractice")
}

/// How long a daemon may take to host the break: milliseconds when well. Nobody who needs a break waits longer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the end of the program waits for the disk.
const WRITING: Duration = Duration::from_secs(5);
