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
use zbus::Message;

use super::bluez;
use super::bluez::BlueZ;
use super::error::BluetoothError;
use super::radio::Radio;
use super::report::Report;
use super::report::Reporter;
use crate::dbus;
use crate::dbus::Signals;
use kindbeat_core::connection::Address;
use kindbeat_core::connection::ConnectionInput;
use kindbeat_core::heart::Measurement;
use kindbeat_core::monitor::MonitorInfo;

/// A strap that is connected and notifies.
pub(super) struct Strap {
    bluez: BlueZ,
    peripheral: Peripheral,
    path: String,
    address: Address,
    monitor: MonitorInfo,
    notifications: Pin<Box<dyn Stream<Item = ValueNotification> + Send>>,
    /// Property changes of the device at BlueZ: its link, its battery.
    changes: Signals,
    malformed: u64,
}

impl Strap {
    /// Connects and subscribes to the measurements.
    pub(super) async fn connect(radio: &Radio, address: Address) -> Result<Self, BluetoothError> {
        let (found, peripheral) = radio.find(address).await?;
        let path = found.path.clone();
        let changes = radio
            .bluez
            .signals(|rule| rule.sender(bluez::SERVICE).interface(dbus::PROPERTIES).path(path))
            .await?;
        peripheral.connect().await.map_err(BluetoothError::strap("connecting"))?;
        // Once more after every connect: the services of before are not those of now.
        peripheral
            .discover_services()
            .await
            .map_err(BluetoothError::strap("asking for its services"))?;
        let rate = characteristic(&peripheral, HEART_RATE_MEASUREMENT)
            .ok_or(BluetoothError::NoHeartRate)?;
        let notifications =
            peripheral.notifications().await.map_err(BluetoothError::strap("listening"))?;
        peripheral.subscribe(&rate).await.map_err(BluetoothError::strap("subscribing"))?;
        let monitor =
            MonitorInfo { id: address.into(), name: found.device.name, battery: found.battery };
        Ok(Self {
            bluez: radio.bluez.clone(),
            peripheral,
            path: found.path,
            address,
            monitor,
            notifications,
            changes,
            malformed: 0,
        })
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
        let battery = read_battery(self.peripheral.clone());
        tokio::pin!(battery);
        let mut asked = false;
        loop {
            tokio::select! {
                biased;
                _ = &mut cancelled => return,
                change = self.changes.next() => {
                    let Some(change) = change else {
                        // btleplug cannot unsubscribe on a bus that is gone, and panics in a task of its own when it
                        // tries: a few bytes lost for each restart of the bus are the lesser harm.
                        std::mem::forget(self.notifications);
                        return;
                    };
                    self.battery_is(battery_in_change(&change), &reporter).await;
                    if names_link(&change) && !self.is_connected().await {
                        return reporter.input(ConnectionInput::LinkLost).await;
                    }
                }
                notification = self.notifications.next() => match notification {
                    Some(notification) => self.notified(&notification, &reporter).await,
                    None => return reporter.input(ConnectionInput::LinkLost).await,
                },
                level = &mut battery, if !asked => {
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
        if notification.uuid != uuid_from_u16(HEART_RATE_MEASUREMENT) {
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
                debug!(%error, device, count = self.malformed, "malformed packet dropped");
            }
        }
    }

    async fn battery_is(&mut self, level: Option<u8>, reporter: &Reporter) {
        if level.is_some() && level != self.monitor.battery {
            self.monitor.battery = level;
            reporter.send(Report::Connected(self.monitor.clone())).await;
        }
    }

    /// Whether the link is up; if BlueZ does not say, it is not.
    async fn is_connected(&mut self) -> bool {
        let connected = timeout(ANSWER, self.bluez.is_connected(&self.path)).await;
        matches!(connected, Ok(Ok(true)))
    }
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

fn names_link(change: &Message) -> bool {
    properties(change, bluez::DEVICE, "Connected").is_some()
}

fn battery_in_change(change: &Message) -> Option<u8> {
    let value = properties(change, bluez::BATTERY, "Percentage")?;
    u8::try_from(value).ok().filter(|level| *level <= 100)
}

/// The value of a property, if the message says that it changed.
fn properties(change: &Message, interface: &str, name: &str) -> Option<zbus::OwnedVariant> {
    type Changed = (String, std::collections::HashMap<String, zbus::OwnedVariant>, Vec<String>);
    let (of, mut changed, _): Changed = change.body().deserialize().ok()?;
    if of == interface { changed.remove(name) } else { None }
}

/// The Heart Rate Measurement characteristic.
const HEART_RATE_MEASUREMENT: u16 = 0x2A37;

/// The Battery Level characteristic.
const BATTERY_LEVEL: u16 = 0x2A19;

/// How long a question about a connected strap may take: it answers within a few connection intervals of at most 4 s.
const ANSWER: Duration = Duration::from_secs(5);
