//! What can happen to a connection, and what can be done about it.

use jiff::SignedDuration;

use super::Address;
use super::Device;
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
    /// The strap sent a measurement.
    Measured,
    /// Bluetooth says that the strap is disconnected.
    LinkLost,
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
    },
    /// Disconnect, also where a connection is still being made.
    Disconnect {
        /// From which device.
        address: Address,
    },
}
