//! The loop: one event at a time, on one thread.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::sync::mpsc;
use tracing::info;
use tracing::warn;

use crate::clock;
use crate::clock::SharedClock;
use crate::desktop::DesktopEvent;
use crate::interface;
use crate::notification;
use crate::practice_files::Practices;
use crate::speech;
use crate::store;
use crate::tasks::Failure;
use crate::tasks::Supervisor;
use kindbeat_core::config::Config;
use kindbeat_core::config::ConfigError;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::page::PageInput;

use super::deadlines::Deadlines;
use super::service::Service;
use super::watchdog::Watchdog;

/// What comes in. A channel whose other end is gone stays silent; what should send on it is a task of the supervisor.
#[derive(Debug)]
pub struct Inlets {
    /// What the heart-rate monitor and the link to it report.
    pub monitor: mpsc::Receiver<MonitorEvent>,
    /// What became of offers on the desktop.
    pub offers: mpsc::Receiver<notification::NotifierEvent>,
    /// What happens on the desktop.
    pub desktop: mpsc::Receiver<DesktopEvent>,
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
    /// What the store reports.
    pub reports: mpsc::UnboundedReceiver<store::StoreEvent>,
    /// Everything that runs beside the loop, what its own spawner hands over included.
    pub tasks: Supervisor,
    /// What has to hear that the loop turns.
    pub watchdog: Watchdog,
}

/// What is left when the loop has ended, for the caller to close.
#[derive(Debug)]
pub struct Stopped {
    pub service: Service,
    pub tasks: Supervisor,
    /// `None`: it was to end.
    pub failure: Option<Failure>,
}

/// Runs until `stop` comes to its end, or a task fails.
pub async fn run(
    mut service: Service,
    mut inlets: Inlets,
    stop: impl Future<Output = ()>,
) -> Stopped {
    tokio::pin!(stop);
    let failure = loop {
        let wait = wait(&service.deadlines(), &service.clock(), &inlets.watchdog);
        tokio::select! {
            () = &mut stop => break None,
            failure = inlets.tasks.failure() => break Some(failure),
            Some(event) = inlets.monitor.recv() => service.monitor(event),
            Some(event) = inlets.offers.recv() => service.offers(event),
            Some(event) = inlets.desktop.recv() => service.desktop_event(event),
            Some(input) = inlets.page.recv() => service.page(input),
            Some(request) = inlets.requests.recv() => service.request(request),
            Some(read) = inlets.configs.recv() => service.configure(read),
            Some(read) = inlets.practices.recv() => service.practices(read),
            Some(event) = inlets.voice.recv() => service.voice(&event),
            Some(report) = inlets.reports.recv() => service.store(&report),
            opening = service.opening() => {
                if let Some(opening) = opening {
                    service.opened(opening);
                }
            }
            () = sleep(wait) => service.tick(),
        }
        service.settle();
        inlets.watchdog.turned();
    };
    Stopped { service, tasks: inlets.tasks, failure }
}

impl Stopped {
    /// Writes what is left to write, and lets the strap and the screen go, which takes less than five seconds; then it is an error
    /// that a task failed.
    pub async fn close(self) -> anyhow::Result<()> {
        let _ = sd_notify::notify(&[NotifyState::Stopping]);
        info!("ending");
        if let Some(store) = self.service.close()
            && !store.finish(clock::now(), WRITING)
        {
            warn!("not everything could be written before the end");
        }
        self.tasks.close(PARTING).await;
        self.failure.map_or(Ok(()), |failure| Err(failure.into()))
    }
}

/// How long nothing has to happen; `None`: for as long as nothing does.
fn wait(deadlines: &Deadlines, clock: &SharedClock, watchdog: &Watchdog) -> Option<Duration> {
    let left = |due: jiff::Timestamp| due.duration_since(clock()).try_into().unwrap_or_default();
    [deadlines.next().map(left), watchdog.wait()].into_iter().flatten().min()
}

async fn sleep(wait: Option<Duration>) {
    match wait {
        Some(Duration::ZERO) => {}
        Some(wait) => clock::sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// Of the five seconds that there are to end: for the disk, and then for the strap and the desktop, side by side.
const WRITING: Duration = Duration::from_millis(1_500);
const PARTING: Duration = Duration::from_secs(3);
