//! The daemon itself behind the page, with a heart that the test plays and a clock that stands still until the test moves it.

use std::f64::consts::TAU;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::browser::Opener;
use kindbeat::clock::SharedClock;
use kindbeat::daemon;
use kindbeat::daemon::Inlets;
use kindbeat::daemon::Parts;
use kindbeat::daemon::Service;
use kindbeat::daemon::Watchdog;
use kindbeat::dbus::Bus;
use kindbeat::desktop::DesktopCommand;
use kindbeat::desktop::DesktopEvent;
use kindbeat::desktop::Place;
use kindbeat::interface::Request;
use kindbeat::notification::NotifierCommand;
use kindbeat::page_server::PageServer;
use kindbeat::speech::PageReader;
use kindbeat::speech::Speaker;
use kindbeat::tasks::Supervisor;
use kindbeat_core::config::Config;
use kindbeat_core::context::Desktop;
use kindbeat_core::detection::Baseline;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::EngineMemory;
use kindbeat_core::heart::Contact;
use kindbeat_core::heart::Measurement;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::monitor::MonitorCommand;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::page::empty_page;
use kindbeat_core::practice::Habits;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::sitting::Earlier;
use kindbeat_core::status::News;
use kindbeat_core::words::Words;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;
use tokio::time::timeout;

/// What the heart does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rhythm {
    /// It goes along with six breaths a minute.
    Even,
    /// No beat follows from the one before.
    Irregular,
}

/// The daemon, and all that is around it.
pub(crate) struct Daemon {
    now: Arc<Mutex<Timestamp>>,
    rhythm: Rhythm,
    /// Since the start, in seconds: the time and the last beat.
    second: f64,
    beat: f64,
    beats: u32,
    monitor: mpsc::Sender<MonitorEvent>,
    requests: mpsc::Sender<Request>,
    watcher: mpsc::Receiver<DesktopCommand>,
    happens: mpsc::Sender<DesktopEvent>,
    _unheard: (
        mpsc::Receiver<MonitorCommand>,
        mpsc::Receiver<NotifierCommand>,
        mpsc::Receiver<News>,
        oneshot::Sender<()>,
    ),
}

/// The heart is shown; what is to open the page does nothing, so that the test can.
const CONFIG: &str = "
[practice]
show_heart = true
[page]
open_with = ['sh', '-c', 'exec sleep 60', 'sh']
";

impl Daemon {
    /// Runs in the local set of whoever calls. The words are those of the page, whatever the configuration asks for.
    pub(crate) fn start(words: fn() -> Words, rhythm: Rhythm) -> Self {
        let begin = Timestamp::from_second(1_800_000_000).unwrap();
        let now = Arc::new(Mutex::new(begin));
        let told = Arc::clone(&now);
        let clock: SharedClock = Arc::new(move || *told.lock().unwrap());
        let config = Config::parse("config.toml", CONFIG).unwrap();
        let settings = config.decisions();
        let baseline = Baseline::new(settings.detection.method);
        let (monitor, monitored) = mpsc::channel(1);
        let (commands, monitor_commands) = mpsc::channel(64);
        let (offers, wanted) = mpsc::channel(64);
        let (desktop, watcher) = mpsc::channel(64);
        let (happens, happened) = mpsc::channel(1);
        let (page_inputs, page) = mpsc::channel(64);
        let (requests, requested) = mpsc::channel(64);
        let (news, told) = mpsc::channel(64);
        let (voice, spoken, _) = Speaker::start(None);
        let tasks = Supervisor::new();
        let (words, help) = (Arc::new(words()), HelpLines::built_in().unwrap());
        let (view, shown) = watch::channel(empty_page(&words, LOCALE, &help));
        let habits = Habits { welcomed: true, ..Habits::default() };
        let parts = Parts {
            stored: EngineMemory::default(),
            reader: PageReader::new(voice),
            locale: LOCALE.to_owned(),
            config,
            engine: Engine::new(settings, Library::built_in().unwrap(), baseline),
            earlier: Earlier { habits, past: Vec::new() },
            store: None,
            monitor: commands,
            battery_told: None,
            offers,
            desktop: Some(desktop),
            place: Place::from_environment(Bus::session(), Bus::system()),
            web: PageServer::new(Arc::clone(&clock), shown, page_inputs),
            clock,
            view,
            opener: Opener::from_environment(),
            news,
            tasks: tasks.spawner(),
        };
        let inlets = Inlets {
            monitor: monitored,
            offers: mpsc::channel(1).1,
            desktop: happened,
            page,
            requests: requested,
            configs: mpsc::channel(1).1,
            practices: mpsc::channel(1).1,
            voice: spoken,
            reports: mpsc::unbounded_channel().1,
            tasks,
            watchdog: Watchdog::none(),
        };
        let (stop, stopped) = oneshot::channel();
        let service = Service::new(parts, watch::Sender::new(words), help);
        tokio::task::spawn_local(daemon::run(service, inlets, async {
            // Also when the test is over.
            let _ = stopped.await;
        }));
        Self {
            now,
            rhythm,
            second: 0.0,
            beat: 0.0,
            beats: 0,
            monitor,
            requests,
            watcher,
            happens,
            _unheard: (monitor_commands, wanted, told, stop),
        }
    }

    /// So many seconds pass, the strap sending in each.
    pub(crate) async fn seconds(&mut self, count: u32) {
        self.strap(MonitorEvent::Link(LinkState::Streaming)).await;
        for _ in 0..count {
            *self.now.lock().unwrap() += SignedDuration::from_secs(1);
            self.second += 1.0;
            let mut rr_intervals = Vec::new();
            while self.beat + self.interval() <= self.second {
                let interval = self.interval();
                self.beat += interval;
                self.beats += 1;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "fits"
                )]
                rr_intervals.push((interval * 1024.0).round() as u16);
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "fits")]
            let heart_rate = (60.0 / self.interval()).round() as u16;
            let measurement = Measurement {
                heart_rate,
                contact: Contact::Detected,
                energy_expended: None,
                rr_intervals,
            };
            self.strap(MonitorEvent::Reading(measurement.into())).await;
        }
    }

    /// From the last beat to the next, in seconds.
    fn interval(&self) -> f64 {
        match self.rhythm {
            Rhythm::Even => 0.91 + 0.042 * (TAU * self.beat / 10.0).sin(),
            Rhythm::Irregular => 0.7 + f64::from(self.beats * 7 % 11) / 22.0,
        }
    }

    /// A break is asked for as the command does; the address of its page, which nothing has opened yet.
    pub(crate) async fn begins(&mut self, practice: Option<&str>, length: Length) -> String {
        let (reply, answer) = oneshot::channel();
        let (practice, length) = (practice.map(str::to_owned), Some(length));
        self.requests.send(Request::StartBreak { practice, length, reply }).await.unwrap();
        let url = timeout(SOON, answer).await.unwrap().unwrap().unwrap();
        self.is_looked_at().await;
        url
    }

    async fn strap(&mut self, event: MonitorEvent) {
        self.monitor.send(event).await.unwrap();
        // When there is room again, it has been dealt with.
        timeout(SOON, self.monitor.reserve()).await.unwrap().unwrap();
        self.is_looked_at().await;
    }

    /// The desktop shows itself where the daemon has begun to look at it.
    async fn is_looked_at(&mut self) {
        while let Ok(command) = self.watcher.try_recv() {
            if command == DesktopCommand::WatchFacts(true) {
                let facts = DesktopEvent::Facts(Desktop::default());
                self.happens.send(facts).await.unwrap();
                timeout(SOON, self.happens.reserve()).await.unwrap().unwrap();
            }
        }
    }
}

const LOCALE: &str = "en_GB.UTF-8";

/// Within a time that only a fault takes.
const SOON: Duration = Duration::from_secs(20);
