//! Which device a monitor is.

use std::fmt;
use std::str::FromStr;

/// The identity of a monitor, the same from one run to the next: written `bluetooth:A0:9E:1A:00:00:00`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonitorId {
    kind: MonitorKind,
    address: String,
}

/// What makes a monitor's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MonitorKind {
    /// A strap or a watch that is reached over Bluetooth Low Energy.
    Bluetooth,
    /// The strap of the demonstration.
    Simulated,
}

impl MonitorId {
    /// From the text by which a monitor of this kind is found again; it should not be empty.
    #[must_use]
    pub fn new(kind: MonitorKind, address: impl Into<String>) -> Self {
        Self { kind, address: address.into() }
    }

    #[must_use]
    pub const fn kind(&self) -> MonitorKind {
        self.kind
    }

    /// The address as the owner may know it: without the kind.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl MonitorKind {
    const ALL: [Self; 2] = [Self::Bluetooth, Self::Simulated];

    /// The word before the colon of an identity; it has no colon.
    const fn name(self) -> &'static str {
        match self {
            Self::Bluetooth => "bluetooth",
            Self::Simulated => "simulated",
        }
    }
}

impl FromStr for MonitorId {
    type Err = NotAMonitorId;

    fn from_str(text: &str) -> Result<Self, NotAMonitorId> {
        let (name, address) = text.split_once(':').ok_or(NotAMonitorId)?;
        let kind = MonitorKind::ALL.into_iter().find(|kind| kind.name() == name);
        match kind {
            Some(kind) if !address.is_empty() => Ok(Self::new(kind, address)),
            _ => Err(NotAMonitorId),
        }
    }
}

impl fmt::Display for MonitorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.name(), self.address)
    }
}

/// A text that names no monitor of a kind that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a monitor is written as its kind, a colon and its address")]
pub struct NotAMonitorId;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_is_a_kind_and_an_address() {
        let id: MonitorId = "bluetooth:A0:9E:1A:00:00:00".parse().unwrap();
        assert_eq!((id.kind(), id.address()), (MonitorKind::Bluetooth, "A0:9E:1A:00:00:00"));
        // An address alone, as older databases held it, is no id.
        for text in ["", "bluetooth", "bluetooth:", ":x", "A0:9E:1A:00:00:00", "telepathy:x"] {
            assert_eq!(text.parse::<MonitorId>(), Err(NotAMonitorId), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_id_reads_back_as_written(kind in 0..MonitorKind::ALL.len(), address in ".+") {
            let id = MonitorId::new(MonitorKind::ALL[kind], address);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}
