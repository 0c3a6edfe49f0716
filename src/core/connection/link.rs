//! What can happen to a connection, and what can be done about it.

use jiff::SignedDuration;

use super::Address;
use super::Device;
use super::Known;
use crate::monitor::LinkState;
use crate::monitor::MonitorSettings;

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionInput {
    /// What adapter there is now; also when nothing about it changed.
    Adapter(Adapter),
    /// The devices that Bluetooth knows, in reach or not, during [`Call::Look`] or [`Call::Scan`].
    Found(Vec<Device>),
    /// The call with this ticket ended. Without an error: the scan is over, the strap is connected and will notify, ...
    Finished(Ticket, Result<(), CallFailure>),
    /// The link that the call with this ticket makes is up; what is left is to ask for the measurements.
    LinkUp(Ticket),
    /// The strap sent a measurement.
    Measured,
    /// Bluetooth says that the strap is disconnected.
    LinkLost,
    /// The Bluetooth service ended.
    ServiceEnded,
    /// The connection to the system bus broke.
    BusLost,
    /// The computer is about to sleep.
    Suspending,
    /// It woke up.
    Resumed,
    /// The strap is to be let go, so that another device can have it.
    Release,
    /// The strap is wanted again.
    TakeBack,
    /// The owner changed the settings.
    Configured(MonitorSettings),
    /// The owner says which strap is theirs.
    Use(Known),
    /// Time passed.
    Tick,
}

/// What adapter there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Adapter {
    /// None, or no Bluetooth service that would know of one.
    #[default]
    None,
    /// There is one, switched off.
    Off,
    /// There is one, and the radio is blocked (rfkill): airplane mode, or a switch of the computer.
    Blocked,
    /// There is one, switched on.
    On,
}

/// Which call a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(super) u64);

/// Why a call did not do what it was to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFailure {
    /// The system bus or BlueZ could not be reached.
    Bus,
    /// There was no answer within the limit.
    TimedOut,
    /// The device is not known, or not any more: it has to be scanned for.
    Unknown,
    /// BlueZ or the strap refused.
    Refused,
    /// The link came up, and was gone before measurements could come.
    Dropped {
        /// Whether BlueZ has a bond with it.
        bonded: bool,
        /// Whether the measurements had been asked for.
        asked: bool,
    },
    /// The strap or BlueZ says that the link has to be encrypted first, and that failed.
    Unauthenticated {
        /// Whether BlueZ has a bond with it.
        bonded: bool,
    },
    /// The link is up, and when its services were read, or measurements asked for, the strap did not answer.
    Unanswered {
        /// Whether BlueZ has a bond with it.
        bonded: bool,
    },
    /// Another program of this computer has taken the measurements for itself (`AcquireNotify` of BlueZ).
    Held,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Carry out a call; it takes the place of the one before, which is to clean up and end.
    Do {
        /// To be named when the call ends.
        ticket: Ticket,
        /// What to do.
        call: Call,
        /// How long the answers may take, the time a scan listens not counted. Then it failed with [`CallFailure::TimedOut`].
        limit: SignedDuration,
    },
    /// The state of the link changed.
    Announce(LinkState),
    /// The strap looked for is not in reach, and this one is, which is left alone; `None`: there is none any more.
    Stranger(Option<Device>),
}

/// One thing to do with Bluetooth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Connect to the system bus, anew if there was a connection, and report the adapter.
    Rebuild,
    /// Report what BlueZ knows, without a scan.
    Look,
    /// Scan, and report what is there at the end, before the scan is stopped.
    Scan {
        /// For how long.
        lasting: SignedDuration,
        /// Whether to report at the start and whenever something turns up, too: found sooner, at the price of a few wake-ups.
        eager: bool,
    },
    /// Connect, subscribe to the measurements and deliver them until the link is lost or the next call comes.
    Connect {
        /// To which device.
        address: Address,
        /// How long the rest may take once the link is up, which is to be told with [`ConnectionInput::LinkUp`]; the limit of the
        /// call is for the link.
        subscribing: SignedDuration,
    },
    /// Disconnect, also where a connection is still being made.
    Disconnect {
        /// From which device.
        address: Address,
    },
}
