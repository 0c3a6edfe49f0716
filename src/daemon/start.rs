//! Connects the daemon to this desktop: opens what there is, says what is missing, and runs until it is to end.

use std::env;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use sd_notify::NotifyState;
use tokio::signal::unix::Signal;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;
use tracing::debug;
use tracing::info;
use tracing::warn;

use crate::bluetooth;
use crate::browser::Opener;
use crate::clock;
use crate::clock::SharedClock;
use crate::config_file;
use crate::desktop;
use crate::desktop::Place;
use crate::desktop::Watches;
use crate::interface;
use crate::interface::Bus;
use crate::locale;
use crate::notification;
use crate::notification::Leftover;
use crate::page_server;
use crate::speech;
use crate::speech::PageReader;
use crate::speech::Speaker;
use crate::store;
use crate::store::OpenedStore;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::StoreEvent;
use crate::store::StoreLock;
use crate::store::UnopenedStore;
use crate::tasks;
use crate::tasks::Supervisor;
use kindbeat_core::config::Config;
use kindbeat_core::login::LoginEnd;
use kindbeat_core::page::empty_page;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::sitting::Earlier;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use kindbeat_core::words::english_display;

use super::event_loop::Inlets;
use super::event_loop::run;
use super::parts::Parts;
use super::publishing::publish;
use super::reread;
use super::service::Service;
use super::watchdog::Watchdog;

/// Another daemon of this person is running; nothing is wrong.
#[derive(Debug)]
pub struct AlreadyRunning;

impl AlreadyRunning {
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        words.text(Message::AlreadyRunning, &[])
    }
}

english_display!(AlreadyRunning);

impl std::error::Error for AlreadyRunning {}

/// Another desktop of the same person is there, for which the program is to be started again.
#[derive(Debug)]
pub struct DesktopElsewhere;

impl DesktopElsewhere {
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        words.text(Message::DesktopElsewhere, &[])
    }
}

english_display!(DesktopElsewhere);

impl std::error::Error for DesktopElsewhere {}

/// The configuration has a fault, of which the journal learns the place alone: what stands there is the owner's.
#[derive(Debug)]
pub struct FaultyConfig {
    place: String,
}

impl FaultyConfig {
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        words.text(Message::ConfigFaulty, &[("place", self.place.as_str().into())])
    }
}

english_display!(FaultyConfig);

impl std::error::Error for FaultyConfig {}

/// Runs the daemon until SIGTERM or SIGINT, or until the desktop session is over, then writes what is left to write, which takes less
/// than five seconds.
///
/// An error is one of the configuration (for a service a [`FaultyConfig`]), of the build, [`AlreadyRunning`] or [`DesktopElsewhere`]; everything else that is missing is said, in the log
/// and where its owner sees it, and the daemon runs without.
pub async fn start() -> anyhow::Result<()> {
    let locale = locale::of_messages();
    let config = load_config(&locale).await?;
    let words = Arc::new(Words::new(config.language(&locale)));
    let (speak, spoken) = watch::channel(Arc::clone(&words));
    // Before anybody hears that we are ready: a signal that nobody listens to would end us.
    let signals = signals().with_context(|| words.text(Message::CannotBegin, &[]))?;
    let (stop, hangup, hangup_again) = signals;
    let (session, system, left) = (Bus::session(), Bus::system(), Leftover::from_environment());
    let (requests, requested) = mpsc::channel(QUEUE);
    let folder = store::folder();
    let lock = lock(folder.as_deref())?;
    let served = match interface::serve(&session, requests.clone(), spoken.clone()).await {
        Ok(served) => Some(served),
        Err(interface::ServeError::NameTaken) => return Err(AlreadyRunning.into()),
        Err(error) => {
            warn!(
                error = format!("{:#}", anyhow::Error::from(error)),
                "not on the session bus: kindbeat status and other commands cannot reach this daemon"
            );
            None
        }
    };
    let mut tasks = Supervisor::new();
    tasks.watch_panics(bluetooth::panics_harmlessly);
    let (report, reports) = mpsc::unbounded_channel();
    let (store, mut loaded) =
        open_store(folder.as_deref(), lock.is_some(), &config, &report, &mut tasks);

    let (monitor, monitor_commands) = mpsc::channel(QUEUE);
    let (monitor_events, monitored) = mpsc::channel(QUEUE);
    let bluetooth = bluetooth::run(
        system.clone(),
        config.monitor.clone(),
        loaded.state.known_monitor(),
        monitor_commands,
        monitor_events,
    );
    tasks.run_and_close("bluetooth", bluetooth);

    let (offers, offer_commands) = mpsc::channel(QUEUE);
    let (offer_events, offered) = mpsc::channel(QUEUE);
    let notification = notification::run(session.clone(), left, offer_commands, offer_events);
    tasks.run_and_close("notification", notification);

    let (watcher, watcher_commands) = mpsc::channel(QUEUE);
    // One place: of the facts only the last counts.
    let (desktop_events, desktop_happened) = mpsc::channel(1);
    let place = Place::from_environment(session.clone(), system);
    let watches = Watches::default();
    tasks.run("desktop", desktop::run(place.clone(), watches, watcher_commands, desktop_events));
    let login_end = watch_login(place.clone(), &mut tasks);

    let (page_inputs, page) = mpsc::channel(QUEUE);
    let clock: SharedClock = Arc::new(clock::now);
    let help = HelpLines::built_in()?;
    let (view, shown) = watch::channel(empty_page(&words, &locale, &help));
    let web = page_server::PageServer::new(Arc::clone(&clock), shown, page_inputs)
        .supervised_by(tasks.spawner());

    let (speaker, voice, speech) = Speaker::new(speech::address());
    tasks.run_and_close("speech", speech);

    let (configs, config_read) = mpsc::channel(1);
    tasks.run("configuration-watch", reread::config(configs, hangup));
    let (library, faults) = reread::practices_at_start().await?;
    let (practices, practices_read) = mpsc::channel(1);
    tasks.run("practices-watch", reread::practices(practices, hangup_again));
    let (news, newsreel) = mpsc::channel(QUEUE);
    tasks.run("interface", publish(session, served, newsreel, requests, spoken));

    let (earlier, stored) = (earlier(&mut loaded), loaded.memory());
    let parts = Parts {
        battery_told: loaded.state.battery_told,
        engine: loaded.into_engine(&config, library, clock()),
        stored,
        clock,
        locale,
        config,
        earlier,
        store,
        monitor,
        offers,
        desktop: Some(watcher),
        place,
        web,
        view,
        opener: Opener::from_environment(),
        reader: PageReader::new(speaker),
        news,
        tasks: tasks.spawner(),
    };
    let mut service = Service::new(parts, speak, help);
    service.practice_faults(faults);
    let inlets = Inlets {
        monitor: monitored,
        offers: offered,
        desktop: desktop_happened,
        page,
        requests: requested,
        configs: config_read,
        practices: practices_read,
        voice,
        reports,
        tasks,
        watchdog: Watchdog::from_environment(),
    };
    Box::pin(until_the_login_is_over(service, inlets, stop, login_end)).await
}

/// Says that all is ready, and runs the loop until the program is to end, or the login is over.
async fn until_the_login_is_over(
    service: Service,
    inlets: Inlets,
    stop: impl Future<Output = ()>,
    login_end: oneshot::Receiver<LoginEnd>,
) -> anyhow::Result<()> {
    // Outside systemd nobody listens, and that is fine.
    let _ = sd_notify::notify(&[NotifyState::Ready]);
    info!("ready");
    let mut end = None;
    let stop = async {
        tokio::select! {
            () = stop => {}
            Ok(told) = login_end => {
                log_end_of_login(told);
                end = Some(told);
            }
        }
    };
    run(service, inlets, stop).await.close().await?;
    match end {
        Some(LoginEnd::Elsewhere) => Err(DesktopElsewhere.into()),
        Some(LoginEnd::SessionClosed | LoginEnd::DisplayGone) | None => Ok(()),
    }
}

/// Starts what tells, once, when the login is over.
fn watch_login(place: Place, tasks: &mut Supervisor) -> oneshot::Receiver<LoginEnd> {
    let (tell, told) = oneshot::channel();
    tasks.run("login", async move {
        let end = desktop::login_over(&place, is_service()).await;
        // Nobody listens where the program is about to end for another reason.
        let _ = tell.send(end);
        // The program ends, and this with it.
        std::future::pending::<()>().await;
    });
    told
}

fn log_end_of_login(end: LoginEnd) {
    match end {
        LoginEnd::SessionClosed => info!("the login is over: the desktop session is closed"),
        LoginEnd::DisplayGone => info!("the login is over: the X server or the compositor is gone"),
        LoginEnd::Elsewhere => {
            info!("another desktop of the same user is there: to be started again for it");
        }
    }
}

/// The configuration. What is wrong with it stands in the error, or, for a service, in a notice on the desktop.
async fn load_config(locale: &str) -> anyhow::Result<Config> {
    match config_file::load(None) {
        Err(error) if is_service() => {
            let words = Words::new(locale);
            notice_bad_config(&error.summary(&words), &words).await;
            Err(FaultyConfig { place: error.place() }.into())
        }
        config => Ok(config?),
    }
}

/// The lock of the history, held for as long as the daemon runs; `None` where it cannot be had, which the store explains.
fn lock(folder: Option<&Path>) -> Result<Option<StoreLock>, AlreadyRunning> {
    let Some(folder) = folder else { return Ok(None) };
    match StoreLock::take(folder) {
        Ok(None) => Err(AlreadyRunning),
        Ok(lock) => Ok(lock),
        Err(_) => Ok(None),
    }
}

/// The store and what is in it. Where it cannot be opened, what can be read of it, and its owner is told.
fn open_store(
    folder: Option<&Path>,
    is_locked: bool,
    config: &Config,
    reports: &mpsc::UnboundedSender<StoreEvent>,
    tasks: &mut Supervisor,
) -> (Option<store::StoreHandle>, store::Loaded) {
    let now = clock::now();
    let tell = |report| {
        // The loop has the other end, and has not begun.
        let _ = reports.send(report);
    };
    let absent = |error: &StoreError| {
        let error = error.with_detail();
        warn!(%error, "nothing is remembered: there is no store");
        tell(StoreEvent::Absent(error));
    };
    let Some(folder) = folder else {
        absent(&StoreError::NoHome);
        return (None, store::Loaded::default());
    };
    let loaded = |opened: OpenedStore| {
        let loaded = opened.store.load_state()?;
        Ok((opened, loaded))
    };
    let opened = match Store::open_unchecked(folder, now).and_then(loaded) {
        Err(StoreError::Corrupt { .. }) => Store::open(folder, now).and_then(loaded),
        opened => opened,
    };
    let (store, loaded) = match opened {
        Ok((mut opened, loaded)) => {
            if let Err(error) = opened.store.end_open_offers(now) {
                debug!(%error, "an offer of an earlier run stays open in the history");
            }
            if let Some(aside) = opened.quarantined {
                tell(StoreEvent::Quarantined(aside));
            }
            (Some(opened.store), loaded)
        }
        Err(error) => {
            let error = error.with_detail();
            warn!(%error, "store failing: records wait in memory");
            tell(StoreEvent::Failing(error));
            let read = Store::open_regardless(folder).ok().flatten();
            let read = read.and_then(|store| store.load_state().ok());
            (None, read.unwrap_or_default())
        }
    };
    for name in &loaded.ignored {
        warn!(name, "what is stored under this name cannot be read; beginning anew with it");
    }
    let keep = config.history.keep.before(now);
    // The thread drops its end when it ends, by a panic too.
    let (thread, held) = mpsc::channel::<()>(1);
    let report = {
        let reports = reports.clone();
        move |report| {
            let _ = &held;
            // The daemon is ending: the log has it.
            let _ = reports.send(report);
        }
    };
    let spawned = if let Some(store) = store {
        store::spawn(store, keep, report)
    } else {
        let unopened = UnopenedStore { folder: folder.to_owned(), at: now, is_locked };
        store::spawn_unopened(unopened, keep, report)
    };
    match spawned {
        Ok(store) => {
            tasks.run("store", async move { thread.closed().await });
            (Some(store), loaded)
        }
        Err(error) => {
            absent(&error);
            (None, loaded)
        }
    }
}

/// What the page needs of it.
fn earlier(loaded: &mut store::Loaded) -> Earlier {
    Earlier { habits: loaded.state.habits.clone(), past: std::mem::take(&mut loaded.past) }
}

/// That it is to end, and twice that files are to be read again.
fn signals() -> std::io::Result<(impl Future<Output = ()>, Signal, Signal)> {
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    tasks::end_in_time()?;
    Ok((stop, signal(SignalKind::hangup())?, signal(SignalKind::hangup())?))
}

/// Whether systemd started this very process, and not a person in a terminal that it started.
fn is_service() -> bool {
    let started = env::var("SYSTEMD_EXEC_PID").ok();
    started.and_then(|pid| pid.parse().ok()) == Some(std::process::id())
}

/// One notice, waited for: the program ends behind it.
async fn notice_bad_config(summary: &str, words: &Words) {
    let body = words.text(Message::NoticeConfigStart, &[("problem", summary.into())]);
    if let Err(error) =
        notification::notice(&words.text(Message::NoticeConfigTitle, &[]), &body).await
    {
        warn!(
            error = format!("{:#}", anyhow::Error::from(error)),
            "the notice is not on the screen"
        );
    }
}

/// How much may wait on each channel: a strap sends one message a second, people less.
const QUEUE: usize = 64;
