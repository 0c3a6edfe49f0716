//! Heart-rate monitors in reach, for someone who wants to choose one.

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

/// A heart-rate monitor that is in reach or connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearby {
    /// Its signal is the strongest that was received.
    pub device: Device,
    /// In percent, 0 to 100; `None`: not known without a connection.
    pub battery: Option<u8>,
}

/// Scans for `lasting`, a second or more, and returns what was there, the strongest signal first.
///
/// Connects to nothing, switches nothing on. The error says why nothing can be found.
pub async fn nearby(lasting: Duration) -> Result<Vec<Nearby>, BluetoothError> {
    let system = Bus::system();
    let bluez = within(ANSWER, "connecting to the system bus", BlueZ::on(&system)).await?;
    let mut started = Vec::new();
    let monitors = listen(&bluez, lasting, &mut started).await;
    scan::stop(&bluez, &started).await;
    let mut nearby: Vec<_> = monitors?.into_values().collect();
    nearby.sort_by_key(|nearby| {
        (nearby.device.signal.is_none(), std::cmp::Reverse(nearby.device.signal))
    });
    Ok(nearby)
}

async fn listen(
    bluez: &BlueZ,
    lasting: Duration,
    started: &mut Vec<String>,
) -> Result<BTreeMap<Address, Nearby>, BluetoothError> {
    let mut monitors = BTreeMap::new();
    let mut scan = Scan::new(bluez, lasting, ANSWER).await?;
    within(ANSWER, "starting a scan", scan::start(bluez, started)).await?;
    while let Some(found) = scan.next().await? {
        keep(&mut monitors, found);
    }
    Ok(monitors)
}

fn keep(monitors: &mut BTreeMap<Address, Nearby>, found: Vec<Found>) {
    for Found { mut device, battery, .. } in found {
        if !device.heart_rate || !device.in_reach() {
            continue;
        }
        if let Some(before) = monitors.get(&device.address) {
            device.signal = device.signal.max(before.device.signal);
        }
        monitors.insert(device.address, Nearby { device, battery });
    }
}

/// How long BlueZ may take to answer: milliseconds when well.
const ANSWER: Duration = Duration::from_secs(5);
