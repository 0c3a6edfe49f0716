//! Carries out one call at a time, each in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::debug;

use super::Error;
use super::radio::Radio;
use super::report::Report;
use super::report::Reporter;
use super::report::device_hash;
use super::scan;
use super::strap::Strap;
use crate::dbus::Bus;
use kindbeat_core::connection::Address;
use kindbeat_core::connection::Call;
use kindbeat_core::connection::Ticket;

/// Starts calls; a new one takes the place of the one before.
pub(super) struct Worker {
    system: Bus,
    reporter: Reporter,
    radio: Option<Arc<Radio>>,
    job: Option<Job>,
}

impl Worker {
    pub(super) const fn new(system: Bus, reports: Sender<Report>) -> Self {
        Self { system, reporter: Reporter(reports), radio: None, job: None }
    }

    /// From now on calls go this way.
    pub(super) fn use_radio(&mut self, radio: Arc<Radio>) {
        self.radio = Some(radio);
    }

    /// Starts a call, once the one before has cleaned up.
    pub(super) fn start(&mut self, ticket: Ticket, call: Call, limit: Duration) {
        let before = self.job.take().map(Job::cancel);
        let (cancel, cancelled) = oneshot::channel();
        let (system, radio) = (self.system.clone(), self.radio.clone());
        let reporter = self.reporter.clone();
        let done = tokio::spawn(async move {
            if let Some(before) = before {
                ended(before).await;
            }
            Box::pin(carry_out(ticket, call, limit, (system, radio), reporter, cancelled)).await;
        });
        self.job = Some(Job { cancel, done });
    }

    /// Ends what is under way.
    pub(super) async fn stop(&mut self) {
        if let Some(job) = self.job.take() {
            ended(job.cancel()).await;
        }
    }
}

/// A call under way.
struct Job {
    cancel: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

impl Job {
    fn cancel(self) -> JoinHandle<()> {
        // Whoever does not listen any more is done.
        let _ = self.cancel.send(());
        self.done
    }
}

async fn ended(mut job: JoinHandle<()>) {
    if timeout(CLEAN_UP, &mut job).await.is_err() {
        job.abort();
    }
}

async fn carry_out(
    ticket: Ticket,
    call: Call,
    limit: Duration,
    (system, radio): (Bus, Option<Arc<Radio>>),
    reporter: Reporter,
    mut cancelled: oneshot::Receiver<()>,
) {
    let address = match call {
        Call::Connect { address } | Call::Disconnect { address } => Some(address),
        Call::Rebuild | Call::Look | Call::Scan { .. } => None,
    };
    let result = match (call, &radio) {
        (Call::Rebuild, _) => {
            let opened =
                within(limit, "reaching BlueZ", Radio::open(&system, radio, reporter.clone()));
            match unless(&mut cancelled, Box::pin(opened)).await {
                None => return,
                Some(Ok((radio, adapter))) => {
                    return reporter.tell(Report::Opened { ticket, radio, adapter }).await;
                }
                Some(Err(error)) => Err(error),
            }
        }
        (_, None) => Err(Error::NoService),
        (Call::Look, Some(radio)) => {
            let look = within(limit, "asking what Bluetooth knows", scan::look(radio, &reporter));
            match unless(&mut cancelled, look).await {
                None => return,
                Some(result) => result,
            }
        }
        (Call::Scan { lasting, eager }, Some(radio)) => {
            let lasting = lasting.unsigned_abs();
            match scan::scan(radio, lasting, eager, limit, &reporter, &mut cancelled).await {
                None => return,
                Some(result) => result,
            }
        }
        (Call::Connect { address }, Some(radio)) => {
            let connect = within(limit, "connecting", Strap::connect(radio, address));
            match unless(&mut cancelled, connect).await {
                None => return,
                Some(Ok(strap)) => {
                    reporter.finished(ticket, Ok(())).await;
                    return strap.listen(reporter, cancelled).await;
                }
                Some(Err(error)) => Err(error),
            }
        }
        (Call::Disconnect { address }, Some(radio)) => {
            let doing = "disconnecting";
            match unless(&mut cancelled, within(limit, doing, Strap::let_go(radio, address))).await
            {
                None => return,
                Some(result) => result,
            }
        }
    };
    if let Err(error) = &result {
        log(error, address);
    }
    reporter.finished(ticket, result.map_err(|error| error.failure())).await;
}

fn log(error: &Error, address: Option<Address>) {
    debug!(error = error.without(address), device = address.map(device_hash), "Bluetooth failed");
}

/// The result, or that it took too long.
pub(super) async fn within<T>(
    limit: Duration,
    doing: &'static str,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    timeout(limit, work).await.unwrap_or(Err(Error::TimedOut { doing }))
}

/// The result, unless the call was cancelled before.
pub(super) async fn unless<T>(
    cancelled: &mut oneshot::Receiver<()>,
    work: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        biased;
        _ = cancelled => None,
        result = work => Some(result),
    }
}

/// How long a call that was cancelled may take to clean up: stopping a scan takes milliseconds when BlueZ is well.
const CLEAN_UP: Duration = Duration::from_secs(3);
