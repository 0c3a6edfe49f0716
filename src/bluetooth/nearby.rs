//! Heart-rate monitors in reach, for someone who wants to choose one.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Error;
use super::bluez::BlueZ;
use super::bluez::Found;
use super::scan;
use super::scan::Scan;
use super::worker::within;
use crate::dbus::Bus;
use kindbeat_core::connection::Address;
use kindbeat_core::connection::Device;

/// A heart-rate monitor that was heard or is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearby {
    /// What is known of it; its signal is the strongest that was heard.
    pub device: Device,
    /// How full its battery is, in percent, 0 to 100; `None`: not known without a connection.
    pub battery: Option<u8>,
}

/// Scans for `lasting`, a second or more, and returns what was there, the strongest signal first.
///
/// Connects to nothing, switches nothing on. The error says why nothing can be found.
pub async fn nearby(lasting: Duration) -> Result<Vec<Nearby>, Error> {
    let system = Bus::system();
    let bluez = within(ANSWER, "connecting to the system bus", BlueZ::on(&system)).await?;
    let mut started = Vec::new();
    let heard = listen(&bluez, lasting, &mut started).await;
    scan::stop(&bluez, &started).await;
    let mut nearby: Vec<_> = heard?.into_values().collect();
    nearby.sort_by_key(|nearby| {
        (nearby.device.signal.is_none(), std::cmp::Reverse(nearby.device.signal))
    });
    Ok(nearby)
}

async fn listen(
    bluez: &BlueZ,
    lasting: Duration,
    started: &mut Vec<String>,
) -> Result<BTreeMap<Address, Nearby>, Error> {
    let mut heard = BTreeMap::new();
    let mut scan = Scan::new(bluez, lasting, ANSWER).await?;
    within(ANSWER, "starting a scan", scan::start(bluez, started)).await?;
    while let Some(found) = scan.next().await? {
        keep(&mut heard, found);
    }
    Ok(heard)
}

fn keep(heard: &mut BTreeMap<Address, Nearby>, found: Vec<Found>) {
    for Found { mut device, battery, .. } in found {
        if !device.heart_rate || !device.in_reach() {
            continue;
        }
        if let Some(before) = heard.get(&device.address) {
            device.signal = device.signal.max(before.device.signal);
        }
        heard.insert(device.address, Nearby { device, battery });
    }
}

/// How long BlueZ may take to answer: milliseconds when well.
const ANSWER: Duration = Duration::from_secs(5);
