//! The way to BlueZ: our connection to the system bus for questions, and btleplug's own.

use std::sync::Arc;
use std::time::Duration;

use btleplug::api::Central;
use btleplug::api::Manager as _;
use btleplug::api::Peripheral as _;
use btleplug::platform::Manager;
use btleplug::platform::Peripheral;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Error;
use super::bluez::BlueZ;
use super::bluez::Found;
use super::error::is_dead;
use super::report::Reporter;
use super::watch::Watch;
use crate::dbus::Bus;
use kindbeat_core::connection::Adapter;
use kindbeat_core::connection::Address;

/// What every call needs. Replaced as a whole when the bus breaks.
pub(super) struct Radio {
    pub(super) bluez: BlueZ,
    manager: Manager,
    watch: JoinHandle<()>,
}

impl Radio {
    /// Connects, and tells what adapter there is; `before`: the connection that is in doubt.
    pub(super) async fn open(
        system: &Bus,
        before: Option<Arc<Self>>,
        reporter: Reporter,
    ) -> Result<(Arc<Self>, Adapter), Error> {
        // Where only BlueZ hangs, the bus is as good as a new one, and btleplug would never close the old.
        if let Some(before) = before
            && before.is_alive().await
        {
            let adapter = before.bluez.adapter().await?;
            return Ok((before, adapter));
        }
        let bluez = BlueZ::on(system).await?;
        let watch = Watch::new(&bluez).await?;
        let adapter = bluez.adapter().await?;
        let manager = Manager::new().await.map_err(Error::strap("connecting to the system bus"))?;
        let watch = tokio::spawn(watch.run(reporter));
        Ok((Arc::new(Self { bluez, manager, watch }), adapter))
    }

    async fn is_alive(&self) -> bool {
        if self.watch.is_finished() || !self.bluez.answers().await {
            return false;
        }
        match timeout(PROBE, self.manager.adapters()).await {
            Ok(Err(error)) => !is_dead(&error),
            Ok(Ok(_)) | Err(_) => true,
        }
    }

    /// The device with this address, as BlueZ and as btleplug know it.
    pub(super) async fn find(&self, address: Address) -> Result<(Found, Peripheral), Error> {
        let devices = self.bluez.devices().await?;
        let mut devices = devices.into_iter();
        let found = devices.find(|found| found.device.address == address).ok_or(Error::Unknown)?;
        let doing = "looking for the device";
        for adapter in self.manager.adapters().await.map_err(Error::strap(doing))? {
            for peripheral in adapter.peripherals().await.map_err(Error::strap(doing))? {
                // btleplug names a device by its path below /org/bluez.
                if found.path.ends_with(&format!("/{}", peripheral.id())) {
                    return Ok((found, peripheral));
                }
            }
        }
        Err(Error::Unknown)
    }
}

impl Drop for Radio {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

/// How long btleplug is probed: a dead bus shows at once, a BlueZ that hangs never.
const PROBE: Duration = Duration::from_secs(1);
