//! Monitors over Bluetooth Low Energy: carries out what [`kindbeat_core::connection`] decides, and reports what happened.
//!
//! Two libraries talk to BlueZ here. btleplug connects, subscribes, reads and delivers; what it hides or gets wrong
//! comes from zbus: whether there is an adapter and whether it is on, that one came or went, that the Bluetooth service
//! or the system bus did, and scanning, since btleplug's scan switches the adapter on against its owner's wish.
//!
//! Every call runs in a task of its own with its time limit, so that the loop in [`run`] never waits for a radio.

mod bluez;
mod error;
mod link;
mod nearby;
mod outbox;
mod pairing;
mod radio;
mod report;
mod scan;
mod strap;
mod worker;

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::Sender;
use tracing::debug;
use tracing::info;
use tracing::warn;

use crate::clock;
use crate::dbus::Bus;
use kindbeat_core::connection::Action;
use kindbeat_core::connection::Address;
use kindbeat_core::connection::Connection;
use kindbeat_core::connection::ConnectionInput;
use kindbeat_core::connection::Known;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::monitor::MonitorCommand;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::monitor::MonitorInfo;
use kindbeat_core::monitor::MonitorSettings;

pub use bluez::usable;
pub use error::BluetoothError;
pub use error::panics_harmlessly;
pub use nearby::Nearby;
pub use nearby::called;
pub use nearby::nearby;
pub use pairing::Pairing;
pub use pairing::PairingDialog;
pub use pairing::PairingQuestion;
pub use pairing::pair;

use outbox::Outbox;
use report::DeviceNumbers;
use report::Report;
use report::Reporter;
use worker::Worker;

/// Finds the strap and keeps it, until `commands` or `events` is dropped; then lets it go, which takes at most four seconds.
///
/// `system` is the system bus. `known` is the owner's monitor: that which [`MonitorEvent::Connected`] or [`MonitorCommand::Use`]
/// named last, on whichever day; `None`: none yet.
pub async fn run(
    system: Bus,
    settings: MonitorSettings,
    known: Option<MonitorInfo>,
    mut commands: Receiver<MonitorCommand>,
    events: Sender<MonitorEvent>,
) {
    let (reports, mut reported) = mpsc::channel(REPORTS);
    let known = known.as_ref().and_then(known_as);
    let seed = getrandom::u64().unwrap_or_default();
    let numbers = DeviceNumbers::default();
    let mut actor = BluetoothActor {
        machine: Connection::new(settings, known, seed, clock::now()),
        worker: Worker::new(system, Reporter::new(reports, numbers.clone())),
        numbers,
        outbox: Outbox::default(),
    };
    actor.handle(ConnectionInput::Tick);
    loop {
        tokio::select! {
            command = commands.recv() => match command {
                Some(command) => if let Some(input) = input(command) {
                    actor.handle(input);
                },
                None => break,
            },
            Some(report) = reported.recv() => actor.take(report),
            () = until(actor.machine.next_wakeup()) => actor.handle(ConnectionInput::Tick),
            permit = events.reserve(), if !actor.outbox.is_empty() => {
                let Ok(permit) = permit else { break };
                if let Some(event) = actor.outbox.take() {
                    permit.send(event);
                }
            }
            () = events.closed() => break,
        }
    }
    actor.close(&mut reported).await;
}

/// Decides by its `machine`, carries out by its `worker`; events wait in the `outbox` for the receiver.
struct BluetoothActor {
    machine: Connection,
    worker: Worker,
    numbers: DeviceNumbers,
    outbox: Outbox,
}

impl BluetoothActor {
    fn take(&mut self, report: Report) {
        match report {
            Report::Input(input) => self.handle(input),
            Report::Reading(reading) => {
                self.handle(ConnectionInput::Measured);
                self.outbox.post(MonitorEvent::Reading(reading));
            }
            Report::Steps(cadence) => self.outbox.post(MonitorEvent::Steps(cadence)),
            Report::Malformed => self.outbox.post(MonitorEvent::Malformed),
            Report::Connected(monitor) => self.outbox.post(MonitorEvent::Connected(monitor)),
        }
    }

    fn handle(&mut self, input: ConnectionInput) {
        for action in self.machine.handle(clock::now(), input) {
            match action {
                Action::Do { ticket, call, limit } => {
                    self.worker.start(ticket, call, limit.unsigned_abs());
                }
                Action::Stranger(device) => {
                    let info = device.map(|device| MonitorInfo {
                        id: device.address.into(),
                        name: device.name,
                        battery: None,
                    });
                    self.outbox.post(MonitorEvent::Stranger(info));
                }
                Action::Announce(link) => {
                    let device = self.machine.device();
                    log(link, device.map(|device| self.numbers.of(device.address)));
                    self.outbox.post(MonitorEvent::Link(link));
                }
            }
        }
    }

    /// Lets the strap go and ends what is under way.
    async fn close(&mut self, reported: &mut Receiver<Report>) {
        self.handle(ConnectionInput::Release);
        let released = async {
            while self.machine.device().is_some() {
                match reported.recv().await {
                    Some(report) => self.take(report),
                    None => break,
                }
            }
        };
        if tokio::time::timeout(CLOSING, released).await.is_err() {
            debug!("monitor: not disconnected in time");
        }
        self.worker.stop().await;
    }
}

/// What a command leads to; `None`: it is about no Bluetooth monitor.
fn input(command: MonitorCommand) -> Option<ConnectionInput> {
    Some(match command {
        MonitorCommand::Release => ConnectionInput::Release,
        MonitorCommand::TakeBack => ConnectionInput::TakeBack,
        MonitorCommand::Configure(settings) => ConnectionInput::Configured(settings),
        MonitorCommand::Use(monitor) => ConnectionInput::Use(known_as(&monitor)?),
    })
}

/// The monitor as Bluetooth knows it; `None`: it is none of Bluetooth's.
fn known_as(monitor: &MonitorInfo) -> Option<Known> {
    Some(Known { address: Address::of(&monitor.id)?, name: monitor.name.clone() })
}

/// A handful of lines a day. `device` is its number in this run: an address, or a hash of it, would name the owner's device.
fn log(link: LinkState, device: Option<usize>) {
    match link {
        LinkState::Streaming => info!(device, "monitor: streaming"),
        LinkState::Silent => info!(device, "monitor: silent"),
        LinkState::Released => info!("monitor: released"),
        LinkState::Away => info!("monitor: away"),
        LinkState::AdapterOff => warn!("monitor: Bluetooth switched off"),
        LinkState::Blocked => warn!("monitor: Bluetooth blocked (rfkill)"),
        LinkState::ServiceEnds => warn!(
            "monitor: the Bluetooth service ended while a monitor was searched for; the next search waits"
        ),
        LinkState::InUse => warn!(device, "monitor: another program has its measurements"),
        LinkState::NeedsPairing => warn!(device, "monitor: to be paired first"),
        LinkState::BondLost => warn!(device, "monitor: no longer knows that it is paired"),
        LinkState::HangsUp => info!(device, "monitor: ends the connection each time"),
        LinkState::NoBluetooth => warn!("monitor: no Bluetooth adapter or no Bluetooth service"),
        LinkState::Searching => debug!("monitor: searching"),
        LinkState::Connecting => debug!(device, "monitor: connecting"),
    }
}

async fn until(due: Option<Timestamp>) {
    match due {
        Some(due) => {
            let left = due.duration_since(clock::now());
            if left.is_positive() {
                clock::sleep(left.unsigned_abs()).await;
            }
        }
        None => std::future::pending().await,
    }
}

/// How many reports may wait: a strap sends one a second, a scan a handful.
const REPORTS: usize = 64;

/// How long disconnecting may take when the program ends: 2.6 s were measured on a strap that had died, and the daemon has
/// five seconds for all of it.
const CLOSING: Duration = Duration::from_secs(3);
