//! The daemon: joins the world to the [`Engine`](kindbeat_core::engine::Engine) in one loop, and decides nothing.
//!
//! ```text
//!  monitor   desk and desktop   page   other programs   configuration   store   the clock
//!      \            |            |          |                |           |        /
//!       +-----------+------------+----------+----------------+-----------+-------+
//!                                   |
//!                 run: one event at a time, on one thread
//!                                   |
//!                          Engine::handle(now, input)
//!                                   |
//!           effects: an offer shown, a page opened, a record kept, news told
//! ```
//!
//! Whatever part of the world is missing, the others go on: each is a channel that may stay silent. [`start`] connects them to
//! this desktop; the demonstration connects others.

mod aloud;
mod around;
mod breaks;
mod elsewhere;
mod practices;
mod publishing;
mod service;
mod setup;
mod telling;
mod world;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::clock;
use crate::clock::SharedClock;
use crate::desktop::interruptions;
use crate::desktop::presence;
use crate::interface;
use crate::notification;
use crate::practice_files::Practices;
use crate::speech;
use crate::store;
use kindbeat_core::config::Config;
use kindbeat_core::config::ConfigError;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::page::PageInput;

pub use service::Service;
pub use setup::AlreadyRunning;
pub use setup::start;
pub use world::Parts;

/// What comes in. A channel whose other end is gone stays silent for good.
#[derive(Debug)]
pub struct Inlets {
    /// What the heart-rate monitor and the way to it have to tell.
    pub monitor: mpsc::Receiver<MonitorEvent>,
    /// What became of offers on the desktop.
    pub offers: mpsc::Receiver<notification::NotifierEvent>,
    /// What the desktop does.
    pub desk: mpsc::Receiver<interruptions::Event>,
    /// What happens at the desk.
    pub presence: mpsc::Receiver<presence::Event>,
    /// What is done on the page.
    pub page: mpsc::Receiver<PageInput>,
    /// What other programs ask for.
    pub requests: mpsc::Receiver<interface::Request>,
    /// The configuration, read again because it may have changed.
    pub configs: mpsc::Receiver<Result<Config, ConfigError>>,
    /// The practices, read again because some of the owner's may have changed.
    pub practices: mpsc::Receiver<Practices>,
    /// Whether what reads aloud does so.
    pub voice: mpsc::Receiver<speech::SpeechEvent>,
    /// What the store has to tell.
    pub reports: mpsc::UnboundedReceiver<store::Report>,
}

/// Runs until `stop` comes to its end; what is then left to write or to take away is the caller's, who gets the service back.
pub async fn run(
    mut service: Service,
    mut inlets: Inlets,
    stop: impl Future<Output = ()>,
) -> Service {
    tokio::pin!(stop);
    loop {
        let (clock, due) = (service.clock(), service.next_wakeup());
        tokio::select! {
            () = &mut stop => return service,
            Some(event) = inlets.monitor.recv() => service.monitor(event),
            Some(event) = inlets.offers.recv() => service.offer_event(event),
            Some(event) = inlets.desk.recv() => service.desktop_seen(event),
            Some(event) = inlets.presence.recv() => service.presence(event),
            Some(input) = inlets.page.recv() => service.page(input),
            Some(request) = inlets.requests.recv() => service.request(request),
            Some(config) = inlets.configs.recv() => service.configure(config),
            Some(read) = inlets.practices.recv() => service.practices(read),
            Some(event) = inlets.voice.recv() => service.voice_event(&event),
            Some(report) = inlets.reports.recv() => service.store_report(report),
            Some(outcome) = service.opening() => service.opened(outcome),
            () = until(due, &clock) => service.tick(),
        }
        service.settle();
    }
}

async fn until(due: Option<Timestamp>, clock: &SharedClock) {
    match due {
        Some(due) => {
            let left = due.duration_since(clock());
            if left.is_positive() {
                clock::sleep(left.unsigned_abs()).await;
            }
        }
        None => std::future::pending().await,
    }
}
