//! Carries out one call at a time, each in a task of its own.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::debug;

use super::bluez::unless;
use super::bluez::within;
use super::error::BluetoothError;
use super::radio::Radio;
use super::report::Reporter;
use super::scan;
use super::strap::Strap;
use crate::dbus::Bus;
use kindbeat_core::connection::Call;
use kindbeat_core::connection::ConnectionInput;
use kindbeat_core::connection::Ticket;

/// Starts calls; a new one takes the place of the one before.
pub(super) struct Worker {
    system: Bus,
    reporter: Reporter,
    radio: RadioSlot,
    job: Option<Job>,
}

impl Worker {
    pub(super) fn new(system: Bus, reporter: Reporter) -> Self {
        Self { system, reporter, radio: RadioSlot::default(), job: None }
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

/// The radio that calls use, once a call has reached BlueZ.
#[derive(Clone, Default)]
struct RadioSlot(Arc<Mutex<Option<Arc<Radio>>>>);

impl RadioSlot {
    fn get(&self) -> Option<Arc<Radio>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, radio: Arc<Radio>) {
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(radio);
        drop(before);
    }
}

/// A call under way.
struct Job {
    cancel: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

impl Job {
    fn cancel(self) -> JoinHandle<()> {
        // A job that no longer listens is done.
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
    (system, slot): (Bus, RadioSlot),
    reporter: Reporter,
    mut cancelled: oneshot::Receiver<()>,
) {
    let address = match call {
        Call::Connect { address, .. } | Call::Disconnect { address } => Some(address),
        Call::Rebuild | Call::Look | Call::Scan { .. } => None,
    };
    let radio = slot.get();
    let result = match (call, &radio) {
        (Call::Rebuild, _) => {
            let opened = within(
                limit,
                "reaching BlueZ",
                Radio::open(&system, radio.clone(), reporter.clone()),
            );
            match unless(&mut cancelled, Box::pin(opened)).await {
                None => return,
                Some(Ok((radio, adapter))) => {
                    slot.set(radio);
                    reporter.input(ConnectionInput::Adapter(adapter)).await;
                    Ok(())
                }
                Some(Err(error)) => Err(error),
            }
        }
        (_, None) => Err(BluetoothError::NoService),
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
        (Call::Connect { address, subscribing }, Some(radio)) => {
            let limits = (limit, subscribing.unsigned_abs());
            let up = || reporter.input(ConnectionInput::LinkUp(ticket));
            let connect = Strap::connect(radio, address, limits, up);
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
        let device = address.map(|address| reporter.number(address));
        debug!(device, error = error.without(address), "Bluetooth call failed");
    }
    reporter.finished(ticket, result.map_err(|error| error.failure())).await;
}

/// How long a call that was cancelled may take to clean up: stopping a scan takes milliseconds when BlueZ is well.
const CLEAN_UP: Duration = Duration::from_secs(3);
