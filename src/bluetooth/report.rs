//! What the tasks of this module tell its loop.

use std::hash::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;
use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use super::radio::Radio;
use kindbeat_core::connection::Adapter;
use kindbeat_core::connection::Address;
use kindbeat_core::connection::Device;
use kindbeat_core::connection::Failure;
use kindbeat_core::connection::Input;
use kindbeat_core::connection::Ticket;
use kindbeat_core::heart::Reading;
use kindbeat_core::monitor::MonitorInfo;

/// What a task has to tell.
pub(super) enum Report {
    /// Something happened.
    Input(Input),
    /// The system bus is there, and this adapter.
    Opened { ticket: Ticket, radio: Arc<Radio>, adapter: Adapter },
    /// The strap sent a measurement, decoded here.
    Reading(Reading),
    /// The strap is connected, or its battery level changed.
    Connected(MonitorInfo),
}

/// Where a task sends what it has to tell. Whoever listened may be gone: then nobody is left to be told.
#[derive(Clone)]
pub(super) struct Reporter(pub(super) Sender<Report>);

impl Reporter {
    pub(super) async fn tell(&self, report: Report) {
        let _ = self.0.send(report).await;
    }

    pub(super) async fn seen(&self, devices: Vec<Device>) {
        self.tell(Report::Input(Input::Seen(devices))).await;
    }

    pub(super) async fn finished(&self, ticket: Ticket, result: Result<(), Failure>) {
        self.tell(Report::Input(Input::Finished(ticket, result))).await;
    }
}

/// What stands for a device in the log: the same for the same device, and not its address.
pub(super) fn device_hash(address: Address) -> String {
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    format!("{:08x}", hasher.finish() >> 32)
}
