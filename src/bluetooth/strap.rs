//! One strap: connect, listen, disconnect.

use std::pin::Pin;
use std::time::Duration;

use btleplug::api::CharPropFlags;
use btleplug::api::Characteristic;
use btleplug::api::Peripheral as _;
use btleplug::api::ValueNotification;
use btleplug::api::bleuuid::uuid_from_u16;
use btleplug::platform::Peripheral;
use futures_util::Stream;
use futures_util::StreamExt;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::debug;
use tracing::trace;

use super::bluez::within;
use super::error::BluetoothError;
use super::link::Link;
use super::link::LinkNews;
use super::radio::Radio;
use super::report::Report;
use super::report::Reporter;
use crate::clock;
use kindbeat_core::connection::Address;
use kindbeat_core::connection::ConnectionInput;
use kindbeat_core::heart::EchoFilter;
use kindbeat_core::heart::Measurement;
use kindbeat_core::monitor::Cadence;
use kindbeat_core::monitor::MonitorInfo;

/// A strap that is connected and notifies.
pub(super) struct Strap {
    peripheral: Peripheral,
    address: Address,
    monitor: MonitorInfo,
    notifications: Pin<Box<dyn Stream<Item = ValueNotification> + Send>>,
    link: Link,
    echoes: EchoFilter,
    malformed: u64,
}

impl Strap {
    /// Connects and subscribes to the measurements, the link within the first limit, the rest within the second; calls `up` between them.
    pub(super) async fn connect<U: Future<Output = ()>>(
        radio: &Radio,
        address: Address,
        (limit, subscribing): (Duration, Duration),
        up: impl FnOnce() -> U,
    ) -> Result<Self, BluetoothError> {
        let (found, peripheral) = within(limit, "looking", radio.find(address)).await?;
        let mut link = Link::watch(&radio.bluez, found.path.clone(), found.device.bonded).await?;
        let mut connecting = peripheral.connect();
        let linked = async {
            tokio::select! {
                biased;
                // BlueZ may go on with the link for some time before it answers.
                up = link.up() => up.map(|()| false),
                done = &mut connecting => {
                    done.map(|()| true).map_err(BluetoothError::strap("connecting"))
                }
            }
        };
        let answered = within(limit, "connecting", linked).await?;
        up().await;
        let rest = async {
            let services = async {
                if !answered {
                    connecting.await.map_err(BluetoothError::strap("connecting"))?;
                }
                // Once more after every connect: the services of before are not those of now.
                let discovered = peripheral.discover_services().await;
                discovered.map_err(BluetoothError::strap("asking for its services"))
            };
            link.while_up(false, services).await?;
            let rate = characteristic(&peripheral, HEART_RATE_MEASUREMENT)
                .ok_or(BluetoothError::NoHeartRate)?;
            let notifications =
                peripheral.notifications().await.map_err(BluetoothError::strap("listening"))?;
            let subscribed = async {
                let subscribed = peripheral.subscribe(&rate).await;
                subscribed.map_err(BluetoothError::strap("subscribing"))
            };
            link.while_up(true, subscribed).await?;
            Ok(notifications)
        };
        let notifications = match within(subscribing, "subscribing", rest).await {
            Err(BluetoothError::TimedOut { .. }) => {
                return Err(BluetoothError::Unanswered { bonded: found.device.bonded });
            }
            other => other?,
        };
        let monitor =
            MonitorInfo { id: address.into(), name: found.device.name, battery: found.battery };
        let echoes = EchoFilter::default();
        Ok(Self { peripheral, address, monitor, notifications, link, echoes, malformed: 0 })
    }

    /// Disconnects; also from a strap that is only being connected to, or that is gone.
    pub(super) async fn let_go(radio: &Radio, address: Address) -> Result<(), BluetoothError> {
        match radio.find(address).await {
            Ok((_, peripheral)) => {
                peripheral.disconnect().await.map_err(BluetoothError::strap("disconnecting"))
            }
            Err(BluetoothError::Unknown) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Delivers what the strap sends until the link or the bus is lost, or the next call comes.
    pub(super) async fn listen(mut self, reporter: Reporter, mut cancelled: oneshot::Receiver<()>) {
        reporter.send(Report::Connected(self.monitor.clone())).await;
        let rest = ask_for_the_rest(self.peripheral.clone());
        tokio::pin!(rest);
        let mut asked = false;
        loop {
            tokio::select! {
                biased;
                _ = &mut cancelled => return,
                news = self.link.next() => match news {
                    Some(LinkNews::Battery(level)) => self.battery_is(Some(level), &reporter).await,
                    // What it is now is asked, so that no order of signals can mislead.
                    Some(LinkNews::Up | LinkNews::Down) => if !self.link.is_up().await {
                        return reporter.input(ConnectionInput::LinkLost).await;
                    },
                    None => return,
                },
                notification = self.notifications.next() => match notification {
                    Some(notification) => self.notified(&notification, &reporter).await,
                    None => return reporter.input(ConnectionInput::LinkLost).await,
                },
                level = &mut rest, if !asked => {
                    asked = true;
                    self.battery_is(level, &reporter).await;
                }
            }
        }
    }

    async fn notified(&mut self, notification: &ValueNotification, reporter: &Reporter) {
        if notification.uuid == uuid_from_u16(BATTERY_LEVEL) {
            return self.battery_is(level(&notification.value), reporter).await;
        }
        if notification.uuid == uuid_from_u16(RSC_MEASUREMENT) {
            if let Some(cadence) = Cadence::decode(&notification.value) {
                reporter.send(Report::Steps(cadence)).await;
            }
            return;
        }
        if notification.uuid != uuid_from_u16(HEART_RATE_MEASUREMENT) {
            return;
        }
        if !self.echoes.is_new(clock::now(), &notification.value) {
            return;
        }
        match Measurement::decode(&notification.value) {
            Ok(measurement) => {
                trace!(?measurement, "packet");
                reporter.send(Report::Reading(measurement.into())).await;
            }
            Err(error) => {
                self.malformed += 1;
                let device = reporter.number(self.address);
                debug!(%error, device, count = self.malformed, "malformed packet");
                if self.malformed == 1 {
                    reporter.send(Report::Malformed).await;
                }
                if let Some(measurement) = Measurement::salvage(&notification.value) {
                    reporter.send(Report::Reading(measurement.into())).await;
                }
            }
        }
    }

    async fn battery_is(&mut self, level: Option<u8>, reporter: &Reporter) {
        if level.is_some() && level != self.monitor.battery {
            self.monitor.battery = level;
            reporter.send(Report::Connected(self.monitor.clone())).await;
        }
    }
}

/// Asks for what a strap may send beside the measurements: its steps, and the battery level, as [`read_battery`] does.
async fn ask_for_the_rest(peripheral: Peripheral) -> Option<u8> {
    if let Some(steps) = characteristic(&peripheral, RSC_MEASUREMENT) {
        // Without them the hands tell, as with every other strap.
        let _ = timeout(ANSWER, peripheral.subscribe(&steps)).await;
    }
    read_battery(peripheral).await
}

/// Reads the battery level once and subscribes to changes; `None`: neither the strap nor BlueZ gives it.
async fn read_battery(peripheral: Peripheral) -> Option<u8> {
    let battery = characteristic(&peripheral, BATTERY_LEVEL)?;
    if battery.properties.contains(CharPropFlags::NOTIFY) {
        // Without it the level is that of the beginning.
        let _ = timeout(ANSWER, peripheral.subscribe(&battery)).await;
    }
    // A strap that wants to be paired first does not answer at all.
    let read = timeout(ANSWER, peripheral.read(&battery)).await;
    level(&read.ok()?.ok()?)
}

fn characteristic(peripheral: &Peripheral, short: u16) -> Option<Characteristic> {
    let uuid = uuid_from_u16(short);
    peripheral.characteristics().into_iter().find(|characteristic| characteristic.uuid == uuid)
}

/// Battery Level (Battery Service 1.0, section 3.1): one byte, percent; above 100 is reserved.
fn level(value: &[u8]) -> Option<u8> {
    value.first().copied().filter(|level| *level <= 100)
}

/// The Heart Rate Measurement characteristic.
const HEART_RATE_MEASUREMENT: u16 = 0x2A37;

/// The RSC Measurement characteristic, of the Running Speed and Cadence Service.
const RSC_MEASUREMENT: u16 = 0x2A53;

/// The Battery Level characteristic.
const BATTERY_LEVEL: u16 = 0x2A19;

/// How long a question about a connected strap may take: it answers within a few connection intervals of at most 4 s.
const ANSWER: Duration = Duration::from_secs(5);
