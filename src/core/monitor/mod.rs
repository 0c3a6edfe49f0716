//! The heart-rate monitor, whichever way it is connected: what it reports, and what can be asked of its link.
//!
//! PURE. Bluetooth makes these events (`src/bluetooth`, which decides by [`crate::connection`]), and so does the simulated
//! strap of the demonstration. Another kind of monitor is one more task that sends [`MonitorEvent`]s, takes
//! [`MonitorCommand`]s and names its devices by a [`MonitorKind`] of its own.

mod id;
mod settings;

pub use id::MonitorId;
pub use id::MonitorKind;
pub use id::NotAMonitorId;
pub use settings::MonitorSettings;

use crate::heart::Reading;

/// What a monitor or the link to it reports.
#[derive(Clone, Debug, PartialEq)]
pub enum MonitorEvent {
    /// The monitor sent a reading.
    Reading(Reading),
    /// The state of the link changed.
    Link(LinkState),
    /// A monitor was connected, or its battery level became known or changed.
    Connected(MonitorInfo),
}

/// What the owner or the daemon wants of the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MonitorCommand {
    /// Let the monitor go, so that another device can have it.
    Release,
    /// Look for it again.
    TakeBack,
    /// Use these settings from now on.
    Configure(MonitorSettings),
}

/// The monitor that is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorInfo {
    /// The same for the same device from one run to the next.
    pub id: MonitorId,
    /// `None` while the monitor has not sent its name.
    pub name: Option<String>,
    /// In percent, 0 to 100; `None`: not known, or not yet.
    pub battery: Option<u8>,
}

/// The state of the link, in the words that `status` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkState {
    /// None found yet, or lost less than ten minutes ago.
    Searching,
    /// A monitor was found and is being connected to.
    Connecting,
    /// Readings arrive.
    Streaming,
    /// The link is up, and nothing has come for the `silence` of the settings.
    Silent,
    /// Lost more than ten minutes ago; still looked for, once a minute.
    Away,
    /// Bluetooth is switched off.
    AdapterOff,
    /// There is no adapter, or no Bluetooth service.
    NoBluetooth,
    /// Let go on purpose.
    Released,
}

impl LinkState {
    /// The word, as in `status --json`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Searching => "searching",
            Self::Connecting => "connecting",
            Self::Streaming => "streaming",
            Self::Silent => "silent",
            Self::Away => "away",
            Self::AdapterOff => "adapter_off",
            Self::NoBluetooth => "no_bluetooth",
            Self::Released => "released",
        }
    }
}
