//! What the tasks of this room report to its loop.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use tokio::sync::mpsc::Sender;

use kindbeat_core::connection::Address;
use kindbeat_core::connection::CallFailure;
use kindbeat_core::connection::ConnectionInput;
use kindbeat_core::connection::Device;
use kindbeat_core::connection::Ticket;
use kindbeat_core::heart::Reading;
use kindbeat_core::monitor::Cadence;
use kindbeat_core::monitor::MonitorInfo;

/// What a task reports.
pub(super) enum Report {
    Input(ConnectionInput),
    Reading(Reading),
    Steps(Cadence),
    /// The strap that is connected sends packets that are not as they ought to be.
    Malformed,
    /// The strap is connected, or its battery level changed.
    Connected(MonitorInfo),
}

/// Where a task sends its reports.
#[derive(Clone)]
pub(super) struct Reporter {
    reports: Sender<Report>,
    numbers: DeviceNumbers,
}

impl Reporter {
    pub(super) const fn new(reports: Sender<Report>, numbers: DeviceNumbers) -> Self {
        Self { reports, numbers }
    }

    pub(super) async fn send(&self, report: Report) {
        // The loop is gone only when the program ends.
        let _ = self.reports.send(report).await;
    }

    pub(super) async fn input(&self, input: ConnectionInput) {
        self.send(Report::Input(input)).await;
    }

    pub(super) async fn found(&self, devices: Vec<Device>) {
        self.input(ConnectionInput::Found(devices)).await;
    }

    pub(super) async fn finished(&self, ticket: Ticket, result: Result<(), CallFailure>) {
        self.input(ConnectionInput::Finished(ticket, result)).await;
    }

    /// The number of a device in the log.
    pub(super) fn number(&self, address: Address) -> usize {
        self.numbers.of(address)
    }
}

/// Numbers devices in the order in which this run connects to them, so that the log can speak of them without an address.
#[derive(Clone, Default)]
pub(super) struct DeviceNumbers(Arc<Mutex<Vec<Address>>>);

impl DeviceNumbers {
    /// From 1; the same for the same device. 0: one of more devices than are numbered.
    pub(super) fn of(&self, address: Address) -> usize {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.iter().position(|other| *other == address) {
            Some(place) => place + 1,
            None if known.len() < NUMBERED => {
                known.push(address);
                known.len()
            }
            None => 0,
        }
    }
}

/// More monitors than any owner has; a bound, since addresses come over the air.
const NUMBERED: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_keeps_its_number_for_the_run() {
        let numbers = DeviceNumbers::default();
        let [first, second] = [1, 2].map(|last| Address::new([0xF0, 0, 0, 0, 0, last]));
        assert_eq!([first, second, first].map(|address| numbers.clone().of(address)), [1, 2, 1]);
        for last in 0..200 {
            numbers.of(Address::new([0, 0, 0, 0, 0, last]));
        }
        assert_eq!(numbers.of(Address::new([9; 6])), 0);
    }
}
