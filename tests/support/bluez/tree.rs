//! The objects of the fake, as BlueZ arranges and describes them, and how they change.

use std::collections::HashMap;

use zbus::ObjectPath;
use zbus::OwnedObjectPath;
use zbus::OwnedVariant;
use zbus::Variant;

use super::neighbours;

/// The properties of one interface, by name.
pub(crate) type Properties = HashMap<String, OwnedVariant>;

/// One object: the properties of each interface.
pub(crate) type Object = HashMap<String, Properties>;

/// Every object, as `GetManagedObjects` returns them.
pub(crate) type Objects = HashMap<OwnedObjectPath, Object>;

/// Every object, by path.
#[derive(Default)]
pub(crate) struct Tree {
    objects: HashMap<String, Object>,
    /// What the strap tells everybody.
    pub(crate) advertises: Advertising,
    /// Whether the strap counts steps, too.
    pub(crate) counts_steps: bool,
}

/// What the advertisements of the strap hold beside its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Advertising {
    /// The number of the service, 0x180D, as straps do.
    #[default]
    Service,
    /// Data of the service, and not its number in the list of services.
    ServiceData,
    /// Nothing, as many bands: what they are shows once they are connected to.
    Nothing,
}

/// Something that BlueZ would tell everybody.
pub(crate) enum Change {
    Property { path: String, interface: String, name: String, value: Option<OwnedVariant> },
    Added { path: OwnedObjectPath, object: Object },
    Removed { path: OwnedObjectPath, interfaces: Vec<String> },
}

impl Tree {
    pub(crate) fn with_adapter(on: bool) -> Self {
        let mut tree = Self::default();
        tree.add_adapter(on);
        tree
    }

    pub(crate) fn add_adapter(&mut self, on: bool) -> Change {
        let properties = [
            ("Address", Variant::from("C0:00:00:00:00:01")),
            ("AddressType", Variant::from("public")),
            ("Name", Variant::from("desk")),
            ("Alias", Variant::from("desk")),
            ("Modalias", Variant::from("usb:v1D6Bp0246d0542")),
            ("Powered", Variant::from(on)),
            ("PowerState", Variant::from(if on { "on" } else { "off" })),
            ("Discovering", Variant::from(false)),
        ];
        self.add(HCI, ADAPTER, properties)
    }

    /// The strap, not connected; its signal strength is told only during a scan.
    pub(crate) fn add_strap(&mut self, signal: Option<i16>) -> Change {
        let properties = unconnected("F0:00:00:00:00:02", "public", "LabHR");
        let name = [("Name", Variant::from("LabHR"))];
        let advertised = match self.advertises {
            Advertising::Service => {
                Some(("UUIDs", Variant::from(vec![uuid("180d"), uuid("180f")])))
            }
            Advertising::ServiceData => {
                let data = HashMap::from([(uuid("180d"), Variant::from(vec![0_u8]))]);
                Some(("ServiceData", Variant::from(data)))
            }
            Advertising::Nothing => None,
        };
        let signal = signal.map(|signal| ("RSSI", Variant::from(signal)));
        self.add(STRAP, DEVICE, properties.chain(name).chain(advertised).chain(signal))
    }

    /// A second monitor, heard from now on.
    pub(crate) fn add_other(&mut self) -> Change {
        let told = [
            ("Name", Variant::from("OtherHR")),
            ("RSSI", Variant::from(-30_i16)),
            ("UUIDs", Variant::from(vec![uuid("180d")])),
        ];
        let properties = unconnected("F0:00:00:00:00:03", "random", "OtherHR");
        self.add(OTHER, DEVICE, properties.chain(told))
    }

    /// The device of somebody else, heard from now on.
    pub(crate) fn add_neighbour(&mut self, number: u32, signal: i16, data: Vec<u8>) -> Change {
        let address = neighbour_address(number);
        // Most tell no name, and go by their address.
        let alias = if number.is_multiple_of(3) {
            format!("Headphones {number}")
        } else {
            address.replace(':', "-")
        };
        let data = HashMap::from([(neighbours::MAKER, Variant::from(data))]);
        let told = [("RSSI", Variant::from(signal)), ("ManufacturerData", Variant::from(data))];
        let properties = unconnected(&address, "random", &alias);
        self.add(&neighbour(number), DEVICE, properties.chain(told))
    }

    /// Forgets the devices of others.
    pub(crate) fn remove_neighbours(&mut self) -> Vec<Change> {
        let paths = self.neighbours();
        paths.iter().flat_map(|path| self.remove_below(path)).collect()
    }

    /// Of what is not heard any more no signal strength is known.
    pub(crate) fn silence(&mut self) -> Vec<Change> {
        let mut paths = self.neighbours();
        paths.push(STRAP.to_owned());
        paths.iter().filter_map(|path| self.unset(path, DEVICE, "RSSI")).collect()
    }

    fn neighbours(&self) -> Vec<String> {
        self.objects.keys().filter(|path| path.starts_with(NEIGHBOURS)).cloned().collect()
    }

    /// The strap advertises while a scan is under way.
    pub(crate) fn hear_strap(&mut self) -> Vec<Change> {
        if self.is_true(STRAP, DEVICE, "Connected") {
            Vec::new()
        } else if self.has(STRAP) {
            self.set(STRAP, DEVICE, "RSSI", -50_i16)
        } else {
            vec![self.add_strap(Some(-50))]
        }
    }

    /// The link comes up, and with it the services.
    pub(crate) fn connect(&mut self) -> Vec<Change> {
        if self.is_true(STRAP, DEVICE, "Connected") {
            return Vec::new();
        }
        let mut changes = self.set(STRAP, DEVICE, "Connected", true);
        let steps = self.counts_steps.then_some((PACE, "1814"));
        let services = [(HEART, "180d"), (BATTERY, "180f")];
        for (path, short) in services.into_iter().chain(steps) {
            let properties =
                [("UUID", Variant::from(uuid(short))), ("Primary", Variant::from(true))];
            changes.push(self.add(path, SERVICE, properties));
        }
        let steps = (STEPS, "2a53", vec!["notify"], Vec::new());
        let characteristics = [
            (RATE, "2a37", vec!["notify"], Vec::<u8>::new()),
            (LEVEL, "2a19", vec!["read", "notify"], vec![87]),
        ];
        let steps = self.counts_steps.then_some(steps);
        for (path, short, flags, value) in characteristics.into_iter().chain(steps) {
            let properties = [
                ("UUID", Variant::from(uuid(short))),
                ("Flags", Variant::from(flags)),
                ("Value", Variant::from(value)),
                ("MTU", Variant::from(517_u16)),
            ];
            changes.push(self.add(path, CHARACTERISTIC, properties));
        }
        changes.extend(self.set(STRAP, DEVICE, "ServicesResolved", true));
        changes
    }

    /// The link goes, if there was one.
    pub(crate) fn disconnect(&mut self) -> Vec<Change> {
        if !self.is_true(STRAP, DEVICE, "Connected") {
            return Vec::new();
        }
        let mut changes = self.set(STRAP, DEVICE, "ServicesResolved", false);
        for service in [HEART, BATTERY, PACE] {
            changes.extend(self.remove_below(service));
        }
        changes.extend(self.set(STRAP, DEVICE, "Connected", false));
        changes
    }

    /// Removes an object and all below it.
    pub(crate) fn remove_below(&mut self, root: &str) -> Vec<Change> {
        let below = format!("{root}/");
        let gone = self.objects.extract_if(|path, _| path == root || path.starts_with(&below));
        let removed = gone.filter_map(|(path, object)| {
            let interfaces = object.into_keys().collect();
            Some(Change::Removed { path: owned(&path)?, interfaces })
        });
        removed.collect()
    }

    pub(crate) fn set<'v>(
        &mut self,
        path: &str,
        interface: &str,
        name: &str,
        value: impl Into<Variant<'v>>,
    ) -> Vec<Change> {
        let properties = self.objects.get_mut(path).and_then(|object| object.get_mut(interface));
        let Ok(value) = OwnedVariant::try_from(value.into()) else { return Vec::new() };
        let Some(properties) = properties else { return Vec::new() };
        properties.insert(name.to_owned(), value.clone());
        vec![Change::Property {
            path: path.to_owned(),
            interface: interface.to_owned(),
            name: name.to_owned(),
            value: Some(value),
        }]
    }

    pub(crate) fn unset(&mut self, path: &str, interface: &str, name: &str) -> Option<Change> {
        self.objects.get_mut(path)?.get_mut(interface)?.remove(name)?;
        let (path, interface, name) = (path.to_owned(), interface.to_owned(), name.to_owned());
        Some(Change::Property { path, interface, name, value: None })
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.objects.contains_key(path)
    }

    pub(crate) fn properties(&self, path: &str, interface: &str) -> Option<Properties> {
        self.objects.get(path)?.get(interface).cloned()
    }

    pub(crate) fn is_true(&self, path: &str, interface: &str, name: &str) -> bool {
        self.value(path, interface, name).and_then(|value| value.try_into().ok()).unwrap_or(false)
    }

    pub(crate) fn bytes(&self, path: &str, interface: &str, name: &str) -> Vec<u8> {
        let value = self.value(path, interface, name).and_then(|value| value.try_into().ok());
        value.unwrap_or_default()
    }

    fn value(&self, path: &str, interface: &str, name: &str) -> Option<OwnedVariant> {
        self.objects.get(path)?.get(interface)?.get(name).cloned()
    }

    pub(crate) fn objects(&self) -> Objects {
        self.objects
            .iter()
            .filter_map(|(path, object)| Some((owned(path)?, object.clone())))
            .collect()
    }

    /// The names of the objects just below a path.
    pub(crate) fn introspect(&self, path: &str) -> String {
        let below = format!("{}/", path.trim_end_matches('/'));
        let names = self.objects.keys().filter_map(|other| other.strip_prefix(&below));
        let children = names.filter(|name| !name.contains('/'));
        let nodes: Vec<_> = children.map(|name| format!("<node name=\"{name}\"/>")).collect();
        format!("<node>{}</node>", nodes.concat())
    }

    fn add<'v>(
        &mut self,
        path: &str,
        interface: &str,
        properties: impl IntoIterator<Item = (&'static str, Variant<'v>)>,
    ) -> Change {
        let properties = properties.into_iter().filter_map(|(name, value)| {
            Some((name.to_owned(), OwnedVariant::try_from(value).ok()?))
        });
        let object = Object::from([(interface.to_owned(), properties.collect())]);
        self.objects.insert(path.to_owned(), object.clone());
        Change::Added { path: owned(path).unwrap_or_default(), object }
    }
}

fn owned(path: &str) -> Option<OwnedObjectPath> {
    ObjectPath::try_from(path.to_owned()).ok().map(Into::into)
}

/// Where the device of somebody else is.
pub(crate) fn neighbour(number: u32) -> String {
    format!("/org/bluez/hci0/dev_{}", neighbour_address(number).replace(':', "_"))
}

/// Of the kind that changes every quarter of an hour.
fn neighbour_address(number: u32) -> String {
    let [_, a, b, c] = number.to_be_bytes();
    format!("4A:00:00:{a:02X}:{b:02X}:{c:02X}")
}

fn uuid(short: &str) -> String {
    format!("0000{short}-0000-1000-8000-00805f9b34fb")
}

pub(crate) const ADAPTER: &str = "org.bluez.Adapter1";
pub(crate) const DEVICE: &str = "org.bluez.Device1";
pub(crate) const SERVICE: &str = "org.bluez.GattService1";
pub(crate) const CHARACTERISTIC: &str = "org.bluez.GattCharacteristic1";

/// What the paths of the devices of others begin with.
const NEIGHBOURS: &str = "/org/bluez/hci0/dev_4A_00_00_";

pub(crate) const HCI: &str = "/org/bluez/hci0";
pub(crate) const STRAP: &str = "/org/bluez/hci0/dev_F0_00_00_00_00_02";
pub(crate) const OTHER: &str = "/org/bluez/hci0/dev_F0_00_00_00_00_03";
pub(crate) const HEART: &str = "/org/bluez/hci0/dev_F0_00_00_00_00_02/service000a";
pub(crate) const RATE: &str = "/org/bluez/hci0/dev_F0_00_00_00_00_02/service000a/char000b";
/// The Running Speed and Cadence Service.
pub(crate) const PACE: &str = "/org/bluez/hci0/dev_F0_00_00_00_00_02/service0014";
pub(crate) const STEPS: &str = "/org/bluez/hci0/dev_F0_00_00_00_00_02/service0014/char0015";
pub(crate) const BATTERY: &str = "/org/bluez/hci0/dev_F0_00_00_00_00_02/service0010";
pub(crate) const LEVEL: &str = "/org/bluez/hci0/dev_F0_00_00_00_00_02/service0010/char0011";

/// What BlueZ tells of every device, here of one that nobody is connected to.
fn unconnected(
    address: &str,
    kind: &str,
    alias: &str,
) -> impl Iterator<Item = (&'static str, Variant<'static>)> + use<> {
    let no = ["Paired", "Trusted", "Blocked", "LegacyPairing", "Connected", "ServicesResolved"];
    let told = [("Address", address), ("AddressType", kind), ("Alias", alias)];
    let told = told.map(|(name, value)| (name, Variant::from(value.to_owned())));
    told.into_iter().chain(no.map(|name| (name, Variant::from(false))))
}
