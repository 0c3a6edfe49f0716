//! The way to the devices: our connection to the system bus with the signals of BlueZ, and btleplug's own connection.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use btleplug::api::Central;
use btleplug::api::Manager as _;
use btleplug::api::Peripheral as _;
use btleplug::platform::Manager;
use btleplug::platform::Peripheral;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::debug;
use zbus::Message;
use zbus::ObjectPath;
use zbus::Variant;
use zbus::match_rule;

use super::bluez;
use super::bluez::BlueZ;
use super::bluez::Found;
use super::error::BluetoothError;
use super::error::is_dead;
use super::report::Reporter;
use crate::dbus;
use crate::dbus::Bus;
use crate::dbus::Signals;
use kindbeat_core::connection::Adapter;
use kindbeat_core::connection::Address;
use kindbeat_core::connection::ConnectionInput;

/// What every call needs. Replaced as a whole when the bus breaks.
pub(super) struct Radio {
    pub(super) bluez: BlueZ,
    manager: Manager,
    watch: JoinHandle<()>,
    /// Those that were on when a search ended last.
    adapters: Mutex<Vec<String>>,
}

impl Radio {
    /// Connects, and tells what adapter there is; `before`: the connection that is in doubt.
    pub(super) async fn open(
        system: &Bus,
        before: Option<Arc<Self>>,
        reporter: Reporter,
    ) -> Result<(Arc<Self>, Adapter), BluetoothError> {
        // Where only BlueZ hangs, the bus is as good as a new one, and btleplug would never close the old.
        if let Some(before) = before
            && before.is_alive().await
        {
            let adapter = before.bluez.adapter().await?;
            return Ok((before, adapter));
        }
        let bluez = BlueZ::on(system).await?;
        let watch = AdapterWatch::new(&bluez).await?;
        let adapter = bluez.adapter().await?;
        let manager =
            Manager::new().await.map_err(BluetoothError::strap("connecting to the system bus"))?;
        let watch = tokio::spawn(watch.run(reporter));
        let adapters = Mutex::default();
        Ok((Arc::new(Self { bluez, manager, watch, adapters }), adapter))
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

    /// The adapters that were on when a search ended last, told once; empty: not known.
    pub(super) fn take_adapters(&self) -> Vec<String> {
        std::mem::take(&mut *self.adapters.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A search ended, with these adapters on.
    pub(super) fn keep_adapters(&self, adapters: Vec<String>) {
        *self.adapters.lock().unwrap_or_else(PoisonError::into_inner) = adapters;
    }

    /// The device with this address, as BlueZ and as btleplug know it.
    pub(super) async fn find(
        &self,
        address: Address,
    ) -> Result<(Found, Peripheral), BluetoothError> {
        let devices = self.bluez.devices().await?;
        let mut devices = devices.into_iter();
        let found =
            devices.find(|found| found.device.address == address).ok_or(BluetoothError::Unknown)?;
        let doing = "looking for the device";
        for adapter in self.manager.adapters().await.map_err(BluetoothError::strap(doing))? {
            for peripheral in adapter.peripherals().await.map_err(BluetoothError::strap(doing))? {
                // btleplug names a device by its path below /org/bluez.
                if found.path.ends_with(&format!("/{}", peripheral.id())) {
                    return Ok((found, peripheral));
                }
            }
        }
        Err(BluetoothError::Unknown)
    }
}

impl Drop for Radio {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

/// The signals of adapters and of sleep.
struct AdapterWatch {
    bluez: BlueZ,
    /// Each adapter that comes or goes.
    objects: Vec<Signals>,
    adapters: Signals,
    service: Signals,
    sleep: Signals,
}

impl AdapterWatch {
    /// Listens from now on; signals wait for [`Self::run`].
    async fn new(bluez: &BlueZ) -> Result<Self, BluetoothError> {
        // Of the objects below them nothing is to be heard: each search finds whatever is in reach, in an office a device every few
        // seconds, and each would wake the program up.
        let mut objects = Vec::new();
        for number in 0..ADAPTERS {
            let adapter = move |rule: match_rule::Builder<'static>| {
                let rule = rule.sender(bluez::SERVICE).interface(bluez::OBJECTS);
                rule.arg_path(0, format!("/org/bluez/hci{number}"))
            };
            objects.push(bluez.signals(adapter).await?);
        }
        let changed = |rule: match_rule::Builder<'static>| {
            rule.sender(bluez::SERVICE).interface(dbus::PROPERTIES).arg(0, bluez::ADAPTER)
        };
        let adapters = bluez.signals(changed).await?;
        let service = bluez.service_changes().await?;
        let prepare = |rule: match_rule::Builder<'static>| {
            rule.sender(LOGIN).interface("org.freedesktop.login1.Manager").member("PrepareForSleep")
        };
        let sleep = bluez.signals(prepare).await?;
        Ok(Self { bluez: bluez.clone(), objects, adapters, service, sleep })
    }

    /// Reports until the bus breaks.
    async fn run(mut self, reporter: Reporter) {
        loop {
            let happened = tokio::select! {
                message = Signals::next_of(&mut self.objects) => match message {
                    Some(message) if names_adapter(&message) => None,
                    Some(_) => continue,
                    None => break,
                },
                message = self.adapters.next() => match message {
                    Some(message) if names_power(&message) => None,
                    Some(_) => continue,
                    None => break,
                },
                message = self.service.next() => match message {
                    Some(message) => {
                        (!dbus::is_owned(&message)).then_some(ConnectionInput::ServiceEnded)
                    }
                    None => break,
                },
                message = self.sleep.next() => match message {
                    Some(message) => match message.body().deserialize::<bool>() {
                        Ok(true) => Some(ConnectionInput::Suspending),
                        Ok(false) => Some(ConnectionInput::Resumed),
                        Err(_) => None,
                    },
                    None => break,
                },
            };
            if let Some(happened) = happened {
                reporter.input(happened).await;
            }
            // The signal says that something changed; what it is now is asked, so that no order of signals can mislead.
            match timeout(LIMIT, self.bluez.adapter()).await {
                Ok(Ok(adapter)) => reporter.input(ConnectionInput::Adapter(adapter)).await,
                Ok(Err(error)) => {
                    debug!(error = error.without(None), "adapter: BlueZ failed to answer");
                }
                Err(_) => debug!("adapter: BlueZ did not answer in time"),
            }
        }
        reporter.input(ConnectionInput::BusLost).await;
    }
}

/// Whether an object that came or went is an adapter.
fn names_adapter(message: &Message) -> bool {
    let body = message.body();
    if let Ok((_, interfaces)) =
        body.deserialize::<(ObjectPath<'_>, HashMap<&str, HashMap<&str, Variant<'_>>>)>()
    {
        return interfaces.contains_key(bluez::ADAPTER);
    }
    body.deserialize::<(ObjectPath<'_>, Vec<&str>)>()
        .is_ok_and(|(_, interfaces)| interfaces.contains(&bluez::ADAPTER))
}

/// Whether an adapter was switched on or off; scans change other properties.
fn names_power(message: &Message) -> bool {
    let body = message.body();
    body.deserialize::<(&str, HashMap<&str, Variant<'_>>, Vec<&str>)>().is_ok_and(
        |(_, changed, _)| ["Powered", "PowerState"].iter().any(|name| changed.contains_key(name)),
    )
}

/// How long btleplug is probed: a dead bus shows at once, a BlueZ that hangs never.
const PROBE: Duration = Duration::from_secs(1);

/// How many adapters are watched for as they come and go; the kernel numbers them from 0, and gives the lowest number that is free.
const ADAPTERS: u32 = 4;

const LOGIN: &str = "org.freedesktop.login1";

/// How long BlueZ may take to name the adapter: milliseconds when well.
const LIMIT: Duration = Duration::from_secs(5);
