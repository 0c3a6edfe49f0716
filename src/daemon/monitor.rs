//! The heart-rate monitor: its link, the last rate, and the records of both.

use jiff::Timestamp;
use tokio::sync::mpsc;
use tracing::warn;

use crate::store;
use crate::store::Record;
use kindbeat_core::heart::Reading;
use kindbeat_core::monitor::BatteryWarnings;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::monitor::MonitorCommand;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::monitor::MonitorInfo;
use kindbeat_core::monitor::MonitorSettings;
use kindbeat_core::monitor::Motion;
use kindbeat_core::monitor::StepCounter;
use kindbeat_core::reason::MonitorLink;
use kindbeat_core::status::Quality;
use kindbeat_core::status::SensorStatus;

use super::history::History;

pub(super) struct Monitor {
    commands: mpsc::Sender<MonitorCommand>,
    link: LinkState,
    /// The monitor that is connected, or was last; `None` before the first.
    info: Option<MonitorInfo>,
    /// The last rate the monitor sent, in bpm; `None` while nothing streams.
    rate: Option<f64>,
    /// Whether the next run knows it.
    kept: bool,
    /// A monitor in reach that is not the owner's; `None`: none is told of.
    stranger: Option<MonitorInfo>,
    /// Its packets are not as the standard has them.
    malformed: bool,
    battery: BatteryWarnings,
    steps: StepCounter,
    /// It was let go: its wearer is not at this desk.
    released: bool,
}

impl Monitor {
    /// `battery_told` is what was stored of [`BatteryWarnings`].
    pub(super) fn new(commands: mpsc::Sender<MonitorCommand>, battery_told: Option<u8>) -> Self {
        Self {
            commands,
            link: LinkState::Searching,
            info: None,
            rate: None,
            kept: false,
            stranger: None,
            malformed: false,
            battery: BatteryWarnings::since(battery_told),
            steps: StepCounter::default(),
            released: false,
        }
    }

    /// Takes in an event; the reading, where it is one.
    pub(super) fn handle(
        &mut self,
        now: Timestamp,
        event: MonitorEvent,
        history: &mut History,
    ) -> Option<Reading> {
        match event {
            // It may be another person's by now.
            MonitorEvent::Reading(_) | MonitorEvent::Steps(_) if self.released => {}
            MonitorEvent::Reading(reading) => {
                self.rate = reading.heart_rate;
                // Not before it sends something: a watch nearby may let itself be connected to, and be nobody's heart.
                if let Some(monitor) = self.info.as_ref().filter(|_| !self.kept) {
                    keep(now, monitor, history);
                    self.kept = true;
                }
                let stored = store::StoredReading { at: now, reading: reading.clone() };
                history.keep(now, Record::Reading(stored));
                return Some(reading);
            }
            MonitorEvent::Steps(cadence) => self.steps.observe(now, cadence),
            MonitorEvent::Link(link) => {
                self.link = link;
                if link != LinkState::Streaming {
                    self.rate = None;
                    self.malformed = false;
                    self.steps = StepCounter::default();
                }
            }
            MonitorEvent::Connected(monitor) => {
                match &self.info {
                    Some(before) if before.id == monitor.id => {
                        self.kept &= before.name == monitor.name;
                    }
                    Some(_) => {
                        self.kept = false;
                        self.battery = BatteryWarnings::default();
                    }
                    None => {}
                }
                self.info = Some(monitor);
            }
            MonitorEvent::Malformed => self.malformed = true,
            MonitorEvent::Stranger(stranger) => self.stranger = stranger,
        }
        None
    }

    /// The monitor whose battery the owner is to be told of now, with its level in percent; `None`: nothing is new.
    pub(super) fn low_battery(
        &mut self,
        now: Timestamp,
        history: &mut History,
    ) -> Option<(&MonitorInfo, u8)> {
        let monitor = self.info.as_ref()?;
        let level = monitor.battery?;
        let before = self.battery;
        let is_due = self.battery.is_due(level);
        if self.battery != before {
            history.keep(now, Record::BatteryTold(self.battery.told()));
        }
        is_due.then_some((monitor, level))
    }

    /// This one is the owner's from now on. Whether that could be passed on.
    pub(super) fn choose(
        &mut self,
        now: Timestamp,
        monitor: &MonitorInfo,
        history: &mut History,
    ) -> bool {
        let is_taken = self.commands.try_send(MonitorCommand::Use(monitor.clone())).is_ok();
        if is_taken {
            keep(now, monitor, history);
            self.stranger = None;
        }
        is_taken
    }

    pub(super) fn configure(&self, settings: &MonitorSettings) {
        let command = MonitorCommand::Configure(settings.clone());
        if self.commands.try_send(command).is_err() {
            warn!("the settings of the monitor come into force with the next start");
        }
    }

    /// Lets the monitor go, or takes it back.
    pub(super) fn follow(&mut self, release: bool) {
        if release == self.released {
            return;
        }
        let command = if release { MonitorCommand::Release } else { MonitorCommand::TakeBack };
        // A full queue is tried again with the next event.
        if self.commands.try_send(command).is_ok() {
            self.released = release;
        }
    }

    pub(super) const fn link(&self) -> LinkState {
        self.link
    }

    /// The quality of the signal, which the engine judges by what was read.
    pub(super) fn quality(&self, judged: Option<Quality>) -> Option<Quality> {
        let judged = judged.filter(|_| self.link == LinkState::Streaming)?;
        Some(if self.malformed { judged.of_malformed() } else { judged })
    }

    /// What the monitor tells of its wearer's steps at that time; `None`: nothing.
    pub(super) fn motion(&self, now: Timestamp) -> Option<Motion> {
        self.steps.motion(now)
    }

    pub(super) const fn known_link(&self) -> MonitorLink {
        MonitorLink { state: self.link, was_connected: self.info.is_some() }
    }

    pub(super) const fn rate(&self) -> Option<f64> {
        self.rate
    }

    pub(super) fn sensor(&self) -> Option<SensorStatus> {
        self.info.as_ref().map(shown)
    }

    pub(super) fn other_sensor(&self) -> Option<SensorStatus> {
        self.stranger.as_ref().map(shown)
    }
}

fn keep(now: Timestamp, monitor: &MonitorInfo, history: &mut History) {
    history.keep(now, Record::Monitor(Some(monitor.id.clone())));
    history.keep(now, Record::MonitorName(monitor.name.clone()));
}

fn shown(monitor: &MonitorInfo) -> SensorStatus {
    SensorStatus {
        name: monitor.name.clone(),
        address: monitor.id.address().to_owned(),
        battery: monitor.battery,
    }
}
