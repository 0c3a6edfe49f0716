//! Devices in reach, for someone who wants to choose one.

use std::collections::BTreeMap;
use std::time::Duration;

use super::bluez::BlueZ;
use super::bluez::Found;
use super::bluez::within;
use super::error::BluetoothError;
use super::scan;
use super::scan::Scan;
use crate::dbus::Bus;
use kindbeat_core::connection::Address;
use kindbeat_core::connection::Device;

/// A device that is in reach or connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearby {
    /// Its signal is the strongest that was received.
    pub device: Device,
    /// In percent, 0 to 100; `None`: not known without a connection.
    pub battery: Option<u8>,
}

/// Scans for `lasting`, a second or more, and returns what was there, the strongest signal first: not every monitor says that it is one.
///
/// Connects to nothing, switches nothing on. The error says why nothing can be found.
pub async fn nearby(lasting: Duration) -> Result<Vec<Nearby>, BluetoothError> {
    let bluez = reached().await?;
    let mut started = Vec::new();
    let devices = listen(&bluez, lasting, &mut started).await;
    scan::stop(&bluez, &started).await;
    let mut nearby: Vec<_> = devices?.into_values().collect();
    nearby.sort_by_key(|nearby| {
        (nearby.device.signal.is_none(), std::cmp::Reverse(nearby.device.signal))
    });
    Ok(nearby)
}

/// The device with this name or address, as soon as it is heard within `lasting`; `None`: it is not.
pub async fn called(wanted: &str, lasting: Duration) -> Result<Option<Nearby>, BluetoothError> {
    let found = first(&reached().await?, wanted, lasting).await?;
    Ok(found.map(|Found { device, battery, .. }| Nearby { device, battery }))
}

/// The same with where BlueZ keeps it.
pub(super) async fn first(
    bluez: &BlueZ,
    wanted: &str,
    lasting: Duration,
) -> Result<Option<Found>, BluetoothError> {
    let mut started = Vec::new();
    let found = hear(bluez, wanted, lasting, &mut started).await;
    scan::stop(bluez, &started).await;
    found
}

async fn hear(
    bluez: &BlueZ,
    wanted: &str,
    lasting: Duration,
    started: &mut Vec<String>,
) -> Result<Option<Found>, BluetoothError> {
    let mut scan = Scan::new(bluez, lasting, ANSWER).await?;
    within(ANSWER, "starting a scan", scan::start(bluez, started)).await?;
    while let Some(found) = scan.next().await? {
        let right = |found: &Found| found.device.in_reach() && found.device.is_called(wanted);
        if let Some(found) = found.into_iter().find(right) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

async fn reached() -> Result<BlueZ, BluetoothError> {
    within(ANSWER, "connecting to the system bus", BlueZ::on(&Bus::system())).await
}

async fn listen(
    bluez: &BlueZ,
    lasting: Duration,
    started: &mut Vec<String>,
) -> Result<BTreeMap<Address, Nearby>, BluetoothError> {
    let mut devices = BTreeMap::new();
    let mut scan = Scan::new(bluez, lasting, ANSWER).await?;
    within(ANSWER, "starting a scan", scan::start(bluez, started)).await?;
    while let Some(found) = scan.next().await? {
        keep(&mut devices, found);
    }
    Ok(devices)
}

fn keep(devices: &mut BTreeMap<Address, Nearby>, found: Vec<Found>) {
    for Found { mut device, battery, .. } in found {
        if !device.in_reach() {
            continue;
        }
        if let Some(before) = devices.get(&device.address) {
            device.signal = device.signal.max(before.device.signal);
        }
        devices.insert(device.address, Nearby { device, battery });
    }
}

/// How long BlueZ may take to answer: milliseconds when well.
const ANSWER: Duration = Duration::from_secs(5);
