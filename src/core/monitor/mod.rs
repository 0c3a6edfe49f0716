//! The heart-rate monitor, whichever way it is connected: what it reports, and what can be asked of its link.
//!
//! PURE. Bluetooth makes these events (`src/bluetooth`, which decides by [`crate::connection`]), and so does the simulated
//! strap of the demonstration. Another kind of monitor is one more task that sends [`MonitorEvent`]s, takes
//! [`MonitorCommand`]s and names its devices by a [`MonitorKind`] of its own.

mod battery;
mod cadence;
mod id;
mod models;
mod motion;
mod settings;

pub use battery::BatteryWarnings;
pub use cadence::Cadence;
pub use id::MonitorId;
pub use id::MonitorKind;
pub use id::NotAMonitorId;
pub use models::Model;
pub use models::Models;
pub use motion::Motion;
pub use motion::StepCounter;
pub use settings::MonitorSettings;

use crate::heart::Reading;

/// What a monitor or the link to it reports.
#[derive(Clone, Debug, PartialEq)]
pub enum MonitorEvent {
    /// The monitor sent a reading.
    Reading(Reading),
    /// The monitor counts steps, and sent how fast its wearer steps.
    Steps(Cadence),
    /// The state of the link changed.
    Link(LinkState),
    /// A monitor was connected, or its battery level became known or changed.
    Connected(MonitorInfo),
    /// The monitor that is connected sends packets that are not as the standard has them; of each the rate alone is read.
    Malformed,
    /// The owner's monitor is not in reach, and this one is; it is not connected to. `None`: there is no such one any more.
    Stranger(Option<MonitorInfo>),
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
    /// This one is the owner's from now on, where the settings name none.
    Use(MonitorInfo),
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
    /// The radio is blocked: airplane mode, or a switch of the computer.
    Blocked,
    /// There is no adapter, or no Bluetooth service.
    NoBluetooth,
    /// The Bluetooth service ended while a monitor was searched for; it is left alone for a while before the next search.
    ServiceEnds,
    /// Another program of this computer has the measurements for itself.
    InUse,
    /// In reach, and it sends nothing before it is paired, or so it seems.
    NeedsPairing,
    /// Paired with this computer, and the monitor no longer knows of it, or so it seems.
    BondLost,
    /// In reach, and it ends the connection again and again before anything can be asked for.
    HangsUp,
    /// Let go on purpose.
    Released,
}

impl LinkState {
    /// Every state.
    pub const ALL: [Self; 14] = [
        Self::Searching,
        Self::Connecting,
        Self::Streaming,
        Self::Silent,
        Self::Away,
        Self::AdapterOff,
        Self::Blocked,
        Self::NoBluetooth,
        Self::ServiceEnds,
        Self::InUse,
        Self::NeedsPairing,
        Self::BondLost,
        Self::HangsUp,
        Self::Released,
    ];

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
            Self::Blocked => "blocked",
            Self::NoBluetooth => "no_bluetooth",
            Self::ServiceEnds => "service_ends",
            Self::InUse => "in_use",
            Self::NeedsPairing => "needs_pairing",
            Self::BondLost => "bond_lost",
            Self::HangsUp => "hangs_up",
            Self::Released => "released",
        }
    }
}
