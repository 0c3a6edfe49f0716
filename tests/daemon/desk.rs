//! A service in this process, whose clock the test moves and whose strap it plays; the rest of the world is real.

mod around;
mod screen;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../parts/desk/stand.rs"]
pub(crate) mod stand;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::ensure;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Time;
use kindbeat::browser::Opener;
use kindbeat::clock;
use kindbeat::daemon;
use kindbeat::daemon::Inlets;
use kindbeat::daemon::Parts;
use kindbeat::daemon::Service;
use kindbeat::daemon::Stopped;
use kindbeat::daemon::Watchdog;
use kindbeat::dbus::Bus;
use kindbeat::desktop::DesktopCommand;
use kindbeat::desktop::DesktopEvent;
use kindbeat::desktop::Place;
use kindbeat::interface;
use kindbeat::interface::Served;
use kindbeat::notification;
use kindbeat::notification::Leftover;
use kindbeat::page_server;
use kindbeat::speech::PageReader;
use kindbeat::speech::Speaker;
use kindbeat::store;
use kindbeat::store::Store;
use kindbeat::tasks::Spawner;
use kindbeat::tasks::Supervisor;
use kindbeat_core::config::Config;
use kindbeat_core::config::ConfigError;
use kindbeat_core::context::Desktop;
use kindbeat_core::heart::Measurement;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::monitor::MonitorCommand;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::offer::OfferId;
use kindbeat_core::page::Scene;
use kindbeat_core::page::Sound;
use kindbeat_core::page::Visit;
use kindbeat_core::page::view_of;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::Habits;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Library;
use kindbeat_core::simulation::SimulatedHeart;
use kindbeat_core::sitting::Earlier;
use kindbeat_core::status::News;
use kindbeat_core::status::Status;
use kindbeat_core::words::Words;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::alone;
use crate::browser::Browser;
use crate::client::soon;
use crate::fake::Server;
use crate::stored;

/// The service, and all that is around it.
pub(crate) struct Desk {
    pub(crate) screen: Server,
    /// Where the service looks for what shows notifications.
    notified: Bus,
    pub(crate) browser: Browser,
    /// Where what reads aloud listens.
    pub(crate) speech: Option<PathBuf>,
    now: Arc<Mutex<Timestamp>>,
    /// What the desktop does whenever it is looked at.
    pub(crate) desktop: Desktop,
    /// How the service wanted to look at the desktop and at the hands, one after the other.
    pub(crate) looks: Vec<DesktopCommand>,
    pub(crate) attends: Vec<DesktopCommand>,
    heart: SimulatedHeart,
    second: u32,
    run: Option<Run>,
}

/// From a start of the service to its end.
struct Run {
    monitor: mpsc::Sender<MonitorEvent>,
    monitor_commands: mpsc::Receiver<MonitorCommand>,
    requests: mpsc::Sender<interface::Request>,
    configs: mpsc::Sender<Result<Config, ConfigError>>,
    watcher: mpsc::Receiver<DesktopCommand>,
    happens: mpsc::Sender<DesktopEvent>,
    news: mpsc::Receiver<News>,
    /// The offers that the service knows to be on the screen.
    on_screen: mpsc::Receiver<OfferId>,
    stop: oneshot::Sender<()>,
    service: JoinHandle<Stopped>,
    tasks: Spawner,
    screen: JoinHandle<()>,
    /// The words of the service.
    spoken: watch::Receiver<Arc<Words>>,
}

/// Offers come soon, and one after the other.
pub(crate) const EAGER: &str = "
[detection]
rise_bpm = 12
rise_spread = 0.5
sustain = '10s'
rearm = '0s'
warm_up = '0s'
[offer]
cool_down = '0s'
at_most_per_day = 1000
wait_for_pause = '0s'
[practice]
length = '1m'
";

/// What is usual for whoever sits here, and what is not.
pub(crate) const USUAL: f64 = 62.0;
pub(crate) const UP: f64 = 80.0;

impl Desk {
    /// At noon, with an hour of wear behind, and nothing running yet.
    pub(crate) async fn new() -> anyhow::Result<Self> {
        Self::with_screen("fake").await
    }

    /// The same where what shows notifications has this name.
    pub(crate) async fn with_screen(name: &'static str) -> anyhow::Result<Self> {
        let now = clock::now();
        let offset = clock::utc_offset(now);
        let noon = offset.to_datetime(now).date().to_datetime(Time::constant(12, 0, 0, 0));
        let noon = offset.to_timestamp(noon)?;
        let session = zbus::connection::Builder::session().build().await?;
        let desk = Self {
            screen: Server::on(session, name, &["actions", "body", "body-markup"]).await?,
            notified: Bus::session(),
            browser: Browser::install(&alone::folder()?)?,
            speech: None,
            now: Arc::new(Mutex::new(noon)),
            desktop: Desktop::default(),
            looks: Vec::new(),
            attends: Vec::new(),
            heart: SimulatedHeart::new(3),
            second: 0,
            run: None,
        };
        stored::learned(&folder()?, noon, USUAL)?;
        Ok(desk)
    }

    /// Eager to offer, and running.
    pub(crate) async fn eager() -> anyhow::Result<Self> {
        Self::eager_with_screen("fake").await
    }

    /// The same, where a program of this name shows notifications.
    pub(crate) async fn eager_with_screen(name: &'static str) -> anyhow::Result<Self> {
        Self::with_screen(name).await?.streams(EAGER).await
    }

    /// Eager to offer, and running, where notifications are shown by whoever does so on this bus.
    pub(crate) async fn eager_on(notified: Bus) -> anyhow::Result<Self> {
        Self { notified, ..Self::new().await? }.streams(EAGER).await
    }

    /// Running with this configuration, with a strap that streams.
    pub(crate) async fn with(config: &str) -> anyhow::Result<Self> {
        Self::new().await?.streams(config).await
    }

    async fn streams(mut self, config: &str) -> anyhow::Result<Self> {
        self.start(config)?;
        self.strap(MonitorEvent::Link(LinkState::Streaming)).await?;
        Ok(self)
    }

    /// The configuration in this text, with the browser.
    pub(crate) fn config(&self, text: &str) -> anyhow::Result<Config> {
        Ok(Config::parse("config.toml", &format!("{text}\n[page]\n{}\n", self.browser.setting()))?)
    }

    /// Starts the service on what the last run left.
    pub(crate) fn start(&mut self, config: &str) -> anyhow::Result<()> {
        let config = self.config(config)?;
        let now = Arc::clone(&self.now);
        let clock: clock::SharedClock = Arc::new(move || *now.lock().unwrap());
        let opened = Store::open(&folder()?, clock())?;
        let mut loaded = opened.store.load_state()?;
        let habits = Habits { welcomed: true, ..loaded.state.habits.clone() };
        let earlier = Earlier { habits, past: std::mem::take(&mut loaded.past) };
        let library = Library::built_in()?;
        let (memory, battery_told) = (loaded.memory(), loaded.state.battery_told);
        let engine = loaded.into_engine(&config, library, clock());
        let (told, reports) = mpsc::unbounded_channel();
        let keep = SignedDuration::from_hours(24 * 365);
        let store = store::spawn(opened.store, keep, move |report| drop(told.send(report)))?;
        // One place only: when it is free again, what was in it has been dealt with.
        let (monitor, monitored) = mpsc::channel(1);
        let (commands, monitor_commands) = mpsc::channel(8);
        let (offers, wanted) = mpsc::channel(64);
        let (offer_events, told_of_offers) = mpsc::channel(64);
        let notified = self.notified.clone();
        let screen =
            tokio::spawn(notification::run(notified, Leftover::none(), wanted, offer_events));
        let (forward, offered) = mpsc::channel(1);
        let (tell_shown, on_screen) = mpsc::channel(64);
        tokio::spawn(watch_offers(told_of_offers, forward, tell_shown));
        let (desktop, watcher) = mpsc::channel(64);
        let (happens, happened) = mpsc::channel(1);
        let (page_inputs, page) = mpsc::channel(64);
        let help = HelpLines::built_in()?;
        let (words, visit) = (Words::new("en"), Visit::new(Anchor::Breath, Sound::SILENT, false));
        let empty = Scene::new(Timestamp::UNIX_EPOCH, None, &visit, &words, "", &help);
        let (view, shown) = watch::channel(view_of(&empty));
        let web = page_server::PageServer::new(Arc::clone(&clock), shown, page_inputs);
        let (requests, requested) = mpsc::channel(64);
        let (configs, reread) = mpsc::channel(1);
        let (news, told) = mpsc::channel(100_000);
        let (voice, heard, _) = Speaker::start(self.speech.clone());
        let tasks = Supervisor::new();
        let spawner = tasks.spawner();
        let parts = Parts {
            stored: memory,
            reader: PageReader::new(voice),
            clock,
            locale: "en".to_owned(),
            config,
            engine,
            earlier,
            store: Some(store),
            monitor: commands,
            battery_told,
            offers,
            desktop: Some(desktop),
            place: Place::from_environment(Bus::session(), Bus::system()),
            web,
            view,
            opener: Opener::from_environment(),
            news,
            tasks: tasks.spawner(),
        };
        let inlets = Inlets {
            monitor: monitored,
            offers: offered,
            desktop: happened,
            page,
            requests: requested,
            configs: reread,
            practices: mpsc::channel(1).1,
            voice: heard,
            reports,
            tasks,
            watchdog: Watchdog::none(),
        };
        let (stop, stopped) = oneshot::channel();
        let (words, spoken) = watch::channel(Arc::new(words));
        let service = Service::new(parts, words, help);
        let service = tokio::task::spawn_local(daemon::run(service, inlets, async {
            // Also when the test is over.
            let _ = stopped.await;
        }));
        let news = told;
        self.run = Some(Run {
            monitor,
            monitor_commands,
            requests,
            configs,
            watcher,
            happens,
            news,
            on_screen,
            stop,
            service,
            tasks: spawner,
            screen,
            spoken,
        });
        Ok(())
    }

    /// Ends the service as the program does, with all that it has written.
    pub(crate) async fn stop(&mut self) -> anyhow::Result<()> {
        let run = self.run.take().context("running")?;
        drop(run.stop);
        let stopped = soon(run.service).await??;
        let store = stopped.service.close().context("a store")?;
        ensure!(store.finish(self.now(), Duration::from_secs(20)), "not all was written");
        soon(run.screen).await??;
        Ok(())
    }

    /// A task of the service panics; how the service ends by that.
    pub(crate) async fn panics(&mut self, name: &'static str) -> anyhow::Result<()> {
        let run = self.run.take().context("running")?;
        run.tasks.spawn(name, async { panic!("on purpose") });
        let stopped = soon(run.service).await??;
        stopped.close().await
    }

    fn run(&mut self) -> anyhow::Result<&mut Run> {
        self.run.as_mut().context("running")
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    /// Sets the clock forward, which nobody notices before something happens.
    pub(crate) fn wait(&self, seconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    /// The strap tells something, and the service deals with it.
    pub(crate) async fn strap(&mut self, event: MonitorEvent) -> anyhow::Result<()> {
        let monitor = &self.run()?.monitor;
        soon(monitor.send(event)).await??;
        soon(monitor.reserve()).await??;
        self.is_looked_at().await?;
        Ok(())
    }

    /// What the service has asked of the strap since the last call.
    pub(crate) fn asked_of_strap(&mut self) -> anyhow::Result<Vec<MonitorCommand>> {
        let commands = &mut self.run()?.monitor_commands;
        Ok(std::iter::from_fn(|| commands.try_recv().ok()).collect())
    }

    /// A second passes, in which the heart beats at about this rate.
    pub(crate) async fn second(&mut self, level: f64) -> anyhow::Result<()> {
        self.wait(1);
        let packet = self.heart.second(self.second, level).encode();
        self.second += 1;
        self.strap(MonitorEvent::Reading(Measurement::decode(&packet)?.into())).await
    }

    pub(crate) async fn seconds(&mut self, count: u32, level: f64) -> anyhow::Result<()> {
        for _ in 0..count {
            self.second(level).await?;
        }
        Ok(())
    }

    /// The heart is as usual for long enough to end an elevation.
    pub(crate) async fn settles(&mut self) -> anyhow::Result<()> {
        self.seconds(120, USUAL).await
    }

    /// The heart goes up until a break is offered.
    pub(crate) async fn rises(&mut self) -> anyhow::Result<()> {
        for _ in 0..240 {
            self.second(UP).await?;
            if self.heard_of(|news| matches!(news, News::OfferMade(_)))? {
                return Ok(());
            }
        }
        anyhow::bail!("no offer; {:?}", self.status().await?)
    }

    /// Whether this was among what happened since it was last asked for.
    pub(crate) fn heard_of(&mut self, what: impl Fn(&News) -> bool) -> anyhow::Result<bool> {
        let run = self.run()?;
        while let Ok(news) = run.news.try_recv() {
            if what(&news) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Waits until this happens.
    pub(crate) async fn hears_of(&mut self, what: impl Fn(&News) -> bool) -> anyhow::Result<()> {
        let run = self.run()?;
        loop {
            let news = soon(run.news.recv()).await.context("waiting for news")?;
            if what(&news.context("no more news")?) {
                return Ok(());
            }
        }
    }

    pub(crate) async fn break_ends(&mut self) -> anyhow::Result<()> {
        self.hears_of(|news| matches!(news, News::BreakEnded(_))).await
    }

    /// Something is asked of the service, as on D-Bus.
    pub(crate) async fn asks(&mut self, request: interface::Request) -> anyhow::Result<()> {
        Ok(self.run()?.requests.send(request).await?)
    }

    /// How things stand. Asked for it, the service looks at the clock.
    pub(crate) async fn status(&mut self) -> anyhow::Result<Status> {
        let (reply, answer) = oneshot::channel();
        self.run()?.requests.send(interface::Request::Status { reply }).await?;
        Ok(soon(answer).await??)
    }

    /// The configuration was read again.
    pub(crate) async fn configure(
        &mut self,
        config: Result<Config, ConfigError>,
    ) -> anyhow::Result<()> {
        let configs = &self.run()?.configs;
        soon(configs.send(config)).await??;
        soon(configs.reserve()).await??;
        Ok(())
    }

    /// Puts the service on the session bus.
    pub(crate) async fn serve(&mut self) -> anyhow::Result<Served> {
        let run = self.run()?;
        let (requests, spoken) = (run.requests.clone(), run.spoken.clone());
        Ok(interface::serve(&Bus::session(), requests, spoken).await?)
    }
}

/// Where the store is.
pub(crate) fn folder() -> anyhow::Result<PathBuf> {
    Ok(alone::folder()?.join("kindbeat"))
}

/// Hands on what becomes of offers, and tells which are on the screen once the service has dealt with that.
async fn watch_offers(
    mut events: mpsc::Receiver<notification::NotifierEvent>,
    forward: mpsc::Sender<notification::NotifierEvent>,
    tell_shown: mpsc::Sender<OfferId>,
) {
    while let Some(event) = events.recv().await {
        let id = if let notification::NotifierEvent::Shown(id) = event { Some(id) } else { None };
        if forward.send(event).await.is_err() || forward.reserve().await.is_err() {
            return;
        }
        if let Some(id) = id {
            // Not every test asks.
            let _ = tell_shown.try_send(id);
        }
    }
}
