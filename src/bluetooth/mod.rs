//! Bluetooth: carries out what [`kindbeat_core::connection`] decides, and tells it what happened.
//!
//! Two libraries talk to BlueZ here. btleplug connects, subscribes, reads and delivers; what it hides or does otherwise than it
//! should comes from zbus: whether there is an adapter and whether it is on, that one came or went, that the Bluetooth service
//! or the system bus did, and scanning, since btleplug's scan switches the adapter on against its owner's wish.
//!
//! Every call runs in a task of its own with its time limit, so that the loop in [`run`] never waits for a radio.

mod bluez;
mod error;
mod nearby;
mod radio;
mod report;
mod scan;
mod strap;
mod usable;
mod watch;
mod worker;

use std::collections::VecDeque;
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
use kindbeat_core::connection::Device;
use kindbeat_core::connection::Input;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::monitor::MonitorCommand;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::monitor::MonitorId;
use kindbeat_core::monitor::MonitorSettings;

pub use error::Error;
pub use nearby::Nearby;
pub use nearby::nearby;
pub use usable::usable;

use report::Report;
use report::device_hash;
use worker::Worker;

/// Finds the strap and keeps it, until `commands` or `events` is dropped; then lets it go, which takes at most four seconds.
///
/// `system` is the system bus. `known` is the monitor that [`MonitorEvent::Connected`] named last, on whichever day; `None`: none yet.
pub async fn run(
    system: Bus,
    settings: MonitorSettings,
    known: Option<MonitorId>,
    mut commands: Receiver<MonitorCommand>,
    events: Sender<MonitorEvent>,
) {
    let (reports, mut reported) = mpsc::channel(REPORTS);
    let known = known.as_ref().and_then(Address::of);
    let seed = getrandom::u64().unwrap_or_default();
    let mut desk = Desk {
        machine: Connection::new(settings, known, seed, clock::now()),
        worker: Worker::new(system, reports),
        outbox: VecDeque::new(),
    };
    desk.handle(Input::Tick);
    loop {
        tokio::select! {
            command = commands.recv() => match command {
                Some(command) => desk.handle(input(command)),
                None => break,
            },
            Some(report) = reported.recv() => desk.take(report),
            () = until(desk.machine.next_wakeup()) => desk.handle(Input::Tick),
            permit = events.reserve(), if !desk.outbox.is_empty() => {
                let Ok(permit) = permit else { break };
                if let Some(event) = desk.outbox.pop_front() {
                    permit.send(event);
                }
            }
            () = events.closed() => break,
        }
    }
    desk.close(&mut reported).await;
}

/// What decides, what carries out, and what waits to be told.
struct Desk {
    machine: Connection,
    worker: Worker,
    outbox: VecDeque<MonitorEvent>,
}

impl Desk {
    fn take(&mut self, report: Report) {
        match report {
            Report::Input(input) => self.handle(input),
            Report::Opened { ticket, radio, adapter } => {
                self.worker.use_radio(radio);
                self.handle(Input::Adapter(adapter));
                self.handle(Input::Finished(ticket, Ok(())));
            }
            Report::Reading(reading) => {
                self.handle(Input::Measured);
                // Whoever does not listen shall not make the queue grow without end.
                if self.outbox.len() < OUTBOX {
                    self.outbox.push_back(MonitorEvent::Reading(reading));
                } else {
                    debug!("nobody takes the readings: one is dropped");
                }
            }
            Report::Connected(monitor) => {
                self.outbox.push_back(MonitorEvent::Connected(monitor));
            }
        }
    }

    fn handle(&mut self, input: Input) {
        for action in self.machine.handle(clock::now(), input) {
            match action {
                Action::Do { ticket, call, limit } => {
                    self.worker.start(ticket, call, limit.unsigned_abs());
                }
                Action::Announce(link) => {
                    log(link, self.machine.device());
                    self.outbox.push_back(MonitorEvent::Link(link));
                }
            }
        }
    }

    /// Lets the strap go and ends what is under way.
    async fn close(&mut self, reported: &mut Receiver<Report>) {
        self.handle(Input::Release);
        let released = async {
            while self.machine.device().is_some() {
                match reported.recv().await {
                    Some(report) => self.take(report),
                    None => break,
                }
            }
        };
        if tokio::time::timeout(CLOSING, released).await.is_err() {
            debug!("the strap was not disconnected in time");
        }
        self.worker.stop().await;
    }
}

fn input(command: MonitorCommand) -> Input {
    match command {
        MonitorCommand::Release => Input::Release,
        MonitorCommand::TakeBack => Input::TakeBack,
        MonitorCommand::Configure(settings) => Input::Configured(settings),
    }
}

/// A handful of lines a day: what the owner would ask the journal for.
fn log(link: LinkState, device: Option<&Device>) {
    let device = device.map(|device| device_hash(device.address));
    match link {
        LinkState::Streaming => info!(device, "the sensor is connected"),
        LinkState::Silent => info!(device, "the sensor is silent"),
        LinkState::Released => info!("the sensor is released"),
        LinkState::Away => info!("the sensor is away"),
        LinkState::AdapterOff => warn!("Bluetooth is switched off"),
        LinkState::NoBluetooth => warn!("there is no Bluetooth adapter or no Bluetooth service"),
        LinkState::Searching | LinkState::Connecting => debug!(state = link.as_str(), device),
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

/// How many events may wait for whoever asked for them before measurements are dropped: a minute's worth.
const OUTBOX: usize = 64;

/// How long disconnecting may take when the program ends: 2.6 s were measured on a strap that had died, and the daemon has
/// five seconds for all of it.
const CLOSING: Duration = Duration::from_secs(3);
