//! A device that Bluetooth knows of, and its address.

use std::fmt;
use std::str::FromStr;

use crate::monitor::MonitorId;
use crate::monitor::MonitorKind;
use crate::words::short;

/// The address of a Bluetooth device, written `A0:9E:1A:00:00:00`.
///
/// Stored in place of the operating system's own name for the device, which contains the name of the adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address([u8; 6]);

impl Address {
    /// From its six bytes, the most significant first.
    #[must_use]
    pub const fn new(bytes: [u8; 6]) -> Self {
        Self(bytes)
    }

    /// Its six bytes, the most significant first.
    #[must_use]
    pub const fn bytes(self) -> [u8; 6] {
        self.0
    }

    /// The address of a monitor; `None`: it is not a Bluetooth monitor.
    #[must_use]
    pub fn of(monitor: &MonitorId) -> Option<Self> {
        (monitor.kind() == MonitorKind::Bluetooth).then(|| monitor.address().parse().ok())?
    }
}

impl From<Address> for MonitorId {
    fn from(address: Address) -> Self {
        Self::new(MonitorKind::Bluetooth, address.to_string())
    }
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let mut parts = text.trim().split(':');
        let mut bytes = [0; 6];
        for byte in &mut bytes {
            let part = parts.next().filter(|part| part.len() == 2).ok_or(NotAnAddress)?;
            if !part.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(NotAnAddress);
            }
            *byte = u8::from_str_radix(part, 16).map_err(|_| NotAnAddress)?;
        }
        if parts.next().is_some() { Err(NotAnAddress) } else { Ok(Self(bytes)) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, rest @ ..] = self.0;
        write!(f, "{first:02X}")?;
        rest.iter().try_for_each(|byte| write!(f, ":{byte:02X}"))
    }
}

/// A text that is no Bluetooth address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an address is six pairs of hexadecimal digits, like A0:9E:1A:00:00:00")]
pub struct NotAnAddress;

/// One device, as Bluetooth knows it at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own at BlueZ")]
pub struct Device {
    /// Its address.
    pub address: Address,
    /// Its name, [made short](crate::words::short); `None` while it has not told one.
    pub name: Option<String>,
    /// How strong its signal is, in dBm, -127 to 20; `None`: known from before, not heard now. 127: heard, strength unknown.
    pub signal: Option<i16>,
    /// Whether this computer is connected to it already.
    pub connected: bool,
    /// Whether this computer is paired with it.
    pub bonded: bool,
    /// Whether its address is one that it changes every now and then (Bluetooth Core 5.4, volume 6, part B, section 1.3.2.2).
    pub private: bool,
    /// Whether it offers the Heart Rate Service (0x180D), as far as is known.
    pub heart_rate: bool,
}

/// What BlueZ tells of a device, as it stands on the bus: most of it comes over the air, from whoever sends.
#[derive(Clone, Debug, Default)]
pub struct DeviceProperties {
    /// As six pairs of hexadecimal digits.
    pub address: String,
    /// `public` or `random`; `None`: not told.
    pub address_type: Option<String>,
    /// The name that the owner's desktop gave it, else its own, else its address with dashes; `None`: not told.
    pub alias: Option<String>,
    /// Its own name; `None`: it has not told one.
    pub name: Option<String>,
    /// The UUIDs of the services that it says it has.
    pub services: Vec<String>,
    /// The UUIDs of the services that it advertises data of.
    pub service_data: Vec<String>,
    /// In dBm; `None`: it is not heard now.
    pub signal: Option<i16>,
    pub connected: bool,
    /// Paired, for this time or for good.
    pub bonded: bool,
}

impl DeviceProperties {
    /// The device; `None`: its address is none.
    #[must_use]
    pub fn device(self) -> Option<Device> {
        let address: Address = self.address.parse().ok()?;
        // Without a name of its own a device goes by its address with dashes.
        let nameless = address.to_string().replace(':', "-");
        let alias = self.alias.filter(|alias| *alias != nameless);
        // The two highest bits are set in an address of the kind that is random and stays.
        let stays = address.bytes()[0] >> 6 == 0b11;
        let services = self.services.iter().chain(&self.service_data);
        Some(Device {
            address,
            name: alias.or(self.name).map(|name| short(&name)),
            signal: self.signal,
            connected: self.connected,
            bonded: self.bonded,
            private: self.address_type.as_deref() == Some("random") && !stays,
            heart_rate: services.into_iter().any(|it| it.eq_ignore_ascii_case(HEART_RATE)),
        })
    }
}

/// The Heart Rate Service, 0x180D, as BlueZ writes it.
const HEART_RATE: &str = "0000180d-0000-1000-8000-00805f9b34fb";

/// The owner's strap, as it was when it last sent a measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub address: Address,
    /// `None`: it had not told one.
    pub name: Option<String>,
}

impl Known {
    /// Whether this is its very address.
    #[must_use]
    pub fn is_at(&self, device: &Device) -> bool {
        self.address == device.address
    }

    /// Whether it may be this device under a new address.
    #[must_use]
    pub fn may_be(&self, device: &Device) -> bool {
        device.private && self.name.as_ref().is_some_and(|name| device.is_called(name))
    }
}

impl Device {
    /// A device that was heard just now, with this signal in dBm, and of which nothing else is known; `None`: not heard.
    #[must_use]
    pub const fn heard(address: Address, signal: Option<i16>) -> Self {
        Self {
            address,
            name: None,
            signal,
            connected: false,
            bonded: false,
            private: false,
            heart_rate: false,
        }
    }

    /// Whether it is the one that the settings name, by address or, letter case aside, by name.
    #[must_use]
    pub fn is_called(&self, wanted: &str) -> bool {
        if let Ok(address) = wanted.parse::<Address>() {
            return self.address == address;
        }
        let wanted = short(wanted).trim().to_lowercase();
        self.name.as_ref().is_some_and(|name| name.trim().to_lowercase() == wanted)
    }

    /// Whether it can be connected to without waiting for it to turn up.
    #[must_use]
    pub const fn in_reach(&self) -> bool {
        self.connected || self.signal.is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_read_in_either_case_and_written_in_one() {
        let address: Address = "a0:9E:1a:00:00:0f".parse().unwrap();
        assert_eq!(address.to_string(), "A0:9E:1A:00:00:0F");
        for text in ["", "any", "A0:9E:1A:00:00", "A0:9E:1A:00:00:00:00", "A0:9E:1A:00:00:+1"] {
            assert_eq!(text.parse::<Address>(), Err(NotAnAddress), "{text}");
        }
    }

    #[test]
    fn only_a_bluetooth_monitor_has_an_address() {
        let monitor = |text: &str| Address::of(&text.parse().unwrap());
        let address = Address::new([0xA0, 0x9E, 0x1A, 0, 0, 0]);
        assert_eq!(monitor("bluetooth:A0:9E:1A:00:00:00"), Some(address));
        assert_eq!(monitor("bluetooth:A0"), None);
        assert_eq!(monitor("simulated:A0:9E:1A:00:00:00"), None);
        assert_eq!(MonitorId::from(address).to_string(), "bluetooth:A0:9E:1A:00:00:00");
    }

    #[test]
    fn a_device_is_called_by_name_or_by_address() {
        let device = Device {
            name: Some("Polar H10 1234ABCD".to_owned()),
            heart_rate: true,
            ..Device::heard(Address::new([0xA0, 0x9E, 0x1A, 0, 0, 1]), None)
        };
        assert!(device.is_called(" polar h10 1234abcd"));
        assert!(device.is_called("a0:9e:1a:00:00:01"));
        assert!(!device.is_called("Polar H10"));
        assert!(!device.is_called("A0:9E:1A:00:00:02"));
    }

    fn told(address: &str) -> DeviceProperties {
        DeviceProperties { address: address.to_owned(), ..DeviceProperties::default() }
    }

    #[test]
    fn an_alias_that_is_the_address_is_no_name() {
        let named = |alias: &str, name: Option<&str>| {
            let (alias, name) = (Some(alias.to_owned()), name.map(str::to_owned));
            DeviceProperties { alias, name, ..told("A0:9E:1A:00:00:0F") }.device()?.name
        };
        assert_eq!(named("A0-9E-1A-00-00-0F", None), None);
        assert_eq!(named("A0-9E-1A-00-00-0F", Some("H10")).as_deref(), Some("H10"));
        assert_eq!(named("Mine", Some("H10")).as_deref(), Some("Mine"));
        assert_eq!(told("A0:9E").device(), None);
    }

    #[test]
    fn an_address_that_changes_shows_in_its_first_bits() {
        let private = |address: &str, kind: &str| {
            let address_type = Some(kind.to_owned());
            DeviceProperties { address_type, ..told(address) }.device().unwrap().private
        };
        assert!(private("40:00:00:00:00:01", "random"));
        assert!(private("bf:00:00:00:00:01", "random"));
        assert!(!private("c0:00:00:00:00:01", "random"));
        assert!(!private("F0:00:00:00:00:01", "random"));
        assert!(!private("40:00:00:00:00:01", "public"));
    }

    proptest! {
        #[test]
        fn whatever_a_device_tells_its_name_is_short_and_harmless(
            (alias, name) in any::<(Option<String>, Option<String>)>(),
            (address, address_type) in any::<([u8; 6], Option<String>)>(),
            services in prop::collection::vec("[0-9a-fA-F-]{0,40}|0000180[dD]-0000-1000-8000-00805[fF]9b34fb", 0..4),
        ) {
            let address = Address::new(address);
            let heart_rate = services.iter().any(|it| it.to_lowercase() == HEART_RATE);
            let told = DeviceProperties { address_type, alias, name, service_data: services, ..told(&address.to_string()) };
            let device = told.device().unwrap();
            prop_assert_eq!(device.address, address);
            prop_assert_eq!(device.heart_rate, heart_rate);
            let name = device.name.unwrap_or_default();
            prop_assert!(name.chars().count() <= 64 && !name.chars().any(char::is_control));
        }

        #[test]
        fn an_address_reads_back_as_written(bytes: [u8; 6]) {
            let address = Address::new(bytes);
            prop_assert_eq!(address.to_string().parse(), Ok(address));
        }

        #[test]
        fn any_text_is_an_address_or_not(text in ".*") {
            let _ = text.parse::<Address>();
        }
    }
}
