//! What BlueZ knows, asked over the system bus.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::oneshot;
use tokio::time::timeout;
use zbus::Connection;
use zbus::DynamicType;
use zbus::OwnedObjectPath;
use zbus::OwnedVariant;
use zbus::Variant;
use zbus::fdo::DBusProxy;
use zbus::match_rule;
use zbus::wire::DynamicDeserialize;

use super::error::BluetoothError;
use crate::dbus;
use crate::dbus::Bus;
use crate::dbus::Object;
use crate::dbus::Signals;
use kindbeat_core::connection::Adapter;
use kindbeat_core::connection::Device;
use kindbeat_core::connection::DeviceProperties;

#[derive(Clone)]
pub(super) struct BlueZ {
    /// The system bus.
    pub(super) bus: Connection,
}

/// A device, and where BlueZ keeps it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) device: Device,
    pub(super) path: String,
    /// In percent; `None`: BlueZ does not know.
    pub(super) battery: Option<u8>,
}

/// The properties of one object, by interface and name.
type Known = HashMap<String, HashMap<String, OwnedVariant>>;

/// Every object of BlueZ, at one moment.
pub(super) struct Objects(HashMap<OwnedObjectPath, Known>);

impl Objects {
    /// The adapters that are on.
    pub(super) fn adapters_on(&self) -> Vec<String> {
        let on = self.0.iter().filter(|(_, object)| adapter(object) == Some(Adapter::On));
        on.map(|(path, _)| path.to_string()).collect()
    }

    /// Why there is no adapter that is on.
    fn no_adapter(&self) -> BluetoothError {
        let is = |state| self.0.values().any(|object| adapter(object) == Some(state));
        // Where one can be switched on, that is what helps.
        if is(Adapter::Off) {
            BluetoothError::Off
        } else if is(Adapter::Blocked) {
            BluetoothError::Blocked
        } else {
            BluetoothError::NoAdapter
        }
    }

    /// Every device that an adapter that is on knows of, each once.
    pub(super) fn devices(&self) -> Vec<Found> {
        let adapters = self.adapters_on();
        let on = |path: &str| {
            let its = path.rsplit_once('/').map(|(adapter, _)| adapter);
            adapters.iter().any(|adapter| Some(adapter.as_str()) == its)
        };
        let mut found: Vec<_> =
            self.0.iter().filter_map(|(path, object)| read(path.as_str(), object)).collect();
        found.retain(|found| on(&found.path));
        // Two adapters may know the same device: the one that is connected to it counts, else one that hears it.
        found.sort_by_key(|found| {
            let device = &found.device;
            (device.address, !device.connected, device.signal.is_none(), found.path.clone())
        });
        found.dedup_by_key(|found| found.device.address);
        found
    }
}

impl BlueZ {
    pub(super) async fn on(system: &Bus) -> Result<Self, BluetoothError> {
        let bus = system.connection().await;
        Ok(Self { bus: bus.map_err(BluetoothError::bluez("connecting to the system bus"))? })
    }

    /// Whether the bus still answers.
    pub(super) async fn answers(&self) -> bool {
        match DBusProxy::new(&self.bus).await {
            Ok(bus) => bus.get_id().await.is_ok(),
            Err(_) => false,
        }
    }

    /// What adapter there is.
    pub(super) async fn adapter(&self) -> Result<Adapter, BluetoothError> {
        match self.adapters_on().await {
            Ok(_) => Ok(Adapter::On),
            Err(BluetoothError::Off) => Ok(Adapter::Off),
            Err(BluetoothError::Blocked) => Ok(Adapter::Blocked),
            Err(BluetoothError::NoAdapter | BluetoothError::NoService) => Ok(Adapter::None),
            Err(error) => Err(error),
        }
    }

    /// The adapters that are on, at least one, or why there is none.
    pub(super) async fn adapters_on(&self) -> Result<Vec<String>, BluetoothError> {
        let all = self.all().await?;
        let on = all.adapters_on();
        if on.is_empty() { Err(all.no_adapter()) } else { Ok(on) }
    }

    /// Every device that an adapter that is on knows of, each once.
    pub(super) async fn devices(&self) -> Result<Vec<Found>, BluetoothError> {
        Ok(self.all().await?.devices())
    }

    /// All that BlueZ knows now.
    pub(super) async fn all(&self) -> Result<Objects, BluetoothError> {
        let answer = self.call("/", OBJECTS, "GetManagedObjects", &()).await;
        answer.map(Objects).map_err(|source| match source {
            source if dbus::is_absent(&source) => BluetoothError::NoService,
            source => BluetoothError::BlueZ { doing: "asking what Bluetooth knows", source },
        })
    }

    /// Begins to scan for whatever is in reach. Refused by BlueZ if the adapter is off; it is not switched on.
    pub(super) async fn start_scan(&self, adapter: &str) -> Result<(), BluetoothError> {
        // The transport and nothing else. BlueZ would make no object for a monitor that does not advertise the service it is asked
        // for, and many bands do not, so even a name from the settings would not be found. And there are versions of bluetoothd
        // (5.87, in July 2026) that do not survive every other filter: with the transport alone all of 5.66, 5.82 and 5.87 do.
        let filter: HashMap<&str, Variant<'_>> =
            HashMap::from([("Transport", Variant::from("le"))]);
        let filter = (filter,);
        // Both at once: the bus keeps the order, and the processor wakes up once less.
        let (set, started): (Result<(), _>, Result<(), _>) = tokio::join!(
            self.call(adapter, ADAPTER, "SetDiscoveryFilter", &filter),
            self.call(adapter, ADAPTER, "StartDiscovery", &()),
        );
        set.and(started).map_err(BluetoothError::bluez("starting a scan"))
    }

    /// Ends the scan.
    pub(super) async fn stop_scan(&self, adapter: &str) -> Result<(), BluetoothError> {
        let stopped = self.call(adapter, ADAPTER, "StopDiscovery", &()).await;
        stopped.map_err(BluetoothError::bluez("stopping a scan"))
    }

    /// Whether this computer is connected to the device at this path.
    pub(super) async fn is_connected(&self, path: &str) -> Result<bool, BluetoothError> {
        let device = Object { service: SERVICE, path, interface: DEVICE };
        let answer = device.property(&self.bus, "Connected").await;
        let value = answer.map_err(BluetoothError::bluez("asking for the link"))?;
        Ok(bool::try_from(value).unwrap_or(false))
    }

    /// Calls a method, never starting BlueZ by the call.
    pub(super) async fn call<B, R>(
        &self,
        path: &str,
        interface: &str,
        method: &str,
        body: &B,
    ) -> Result<R, zbus::Error>
    where
        B: Serialize + DynamicType,
        R: for<'d> DynamicDeserialize<'d>,
    {
        Object { service: SERVICE, path, interface }.call(&self.bus, method, body).await
    }

    /// The signals that a rule is for.
    pub(super) async fn signals(
        &self,
        rule: impl FnOnce(match_rule::Builder<'static>) -> match_rule::Builder<'static>,
    ) -> Result<Signals, BluetoothError> {
        let signals = dbus::signals(&self.bus, rule).await;
        signals.map_err(BluetoothError::bluez("listening to the system bus"))
    }

    /// Signals when the Bluetooth service comes, goes or is replaced.
    pub(super) async fn service_changes(&self) -> Result<Signals, BluetoothError> {
        let changes = dbus::owner_changes(&self.bus, SERVICE).await;
        changes.map_err(BluetoothError::bluez("listening to the system bus"))
    }
}

/// Whether there is an adapter that is on; the error says what is missing. Scans for nothing, switches nothing on, and waits
/// for the system bus without a limit.
pub async fn usable() -> Result<(), BluetoothError> {
    BlueZ::on(&Bus::system()).await?.adapters_on().await.map(|_| ())
}

/// The result, or that it took too long.
pub(super) async fn within<T>(
    limit: Duration,
    doing: &'static str,
    work: impl Future<Output = Result<T, BluetoothError>>,
) -> Result<T, BluetoothError> {
    timeout(limit, work).await.unwrap_or(Err(BluetoothError::TimedOut { doing }))
}

/// The result, unless the call was cancelled before.
pub(super) async fn unless<T>(
    cancelled: &mut oneshot::Receiver<()>,
    work: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        biased;
        _ = cancelled => None,
        result = work => Some(result),
    }
}

/// What adapter it is; `None`: it is none.
fn adapter(object: &Known) -> Option<Adapter> {
    let adapter = object.get(ADAPTER)?;
    // Since BlueZ 5.64; without it a blocked adapter looks like one that is off.
    let state: Option<String> = value(adapter, "PowerState");
    Some(match (value(adapter, "Powered"), state.as_deref()) {
        (Some(true), _) => Adapter::On,
        (_, Some("off-blocked")) => Adapter::Blocked,
        _ => Adapter::Off,
    })
}

fn read(path: &str, object: &Known) -> Option<Found> {
    let properties = object.get(DEVICE)?;
    let in_data: HashMap<String, OwnedVariant> =
        value(properties, "ServiceData").unwrap_or_default();
    let told = DeviceProperties {
        address: value(properties, "Address")?,
        address_type: value(properties, "AddressType"),
        alias: value(properties, "Alias"),
        name: value(properties, "Name"),
        services: value(properties, "UUIDs").unwrap_or_default(),
        service_data: in_data.into_keys().collect(),
        signal: value(properties, "RSSI"),
        connected: value(properties, "Connected").unwrap_or(false),
        bonded: ["Paired", "Bonded"].iter().any(|name| value(properties, name).unwrap_or(false)),
    };
    let device = told.device()?;
    let battery: Option<u8> = object.get(BATTERY).and_then(|it| value(it, "Percentage"));
    let battery = battery.filter(|level| *level <= 100);
    Some(Found { device, path: path.to_owned(), battery })
}

fn value<T: TryFrom<OwnedVariant>>(
    properties: &HashMap<String, OwnedVariant>,
    name: &str,
) -> Option<T> {
    T::try_from(properties.get(name)?.clone()).ok()
}

pub(super) const SERVICE: &str = "org.bluez";
pub(super) const OBJECTS: &str = "org.freedesktop.DBus.ObjectManager";
pub(super) const ADAPTER: &str = "org.bluez.Adapter1";
pub(super) const DEVICE: &str = "org.bluez.Device1";
pub(super) const BATTERY: &str = "org.bluez.Battery1";
