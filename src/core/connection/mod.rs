//! Finding a Bluetooth heart-rate monitor and keeping it: every decision between "no Bluetooth" and a stream of measurements.
//! What it makes of them for the rest of the program is in [`crate::monitor`].
//!
//! PURE. Time is an argument; [`Connection::handle`] takes what happened and returns what to do, and
//! [`Connection::next_wakeup`] says when to ask again if nothing else happens. The caller carries out the
//! [`Call`]s, each within its time limit, and reports how each ended; it needs no rule of its own.
//!
//! # The method
//!
//! The notification stream of the Bluetooth library never ends, whatever breaks, so the only proof of a connection is a
//! measurement. When none comes for the `silence` of the settings, or BlueZ says that the link is gone:
//!
//! 1. `disconnect`, which also cancels an attempt that BlueZ would keep up behind our back;
//! 2. look at what BlueZ knows: a monitor that is connected already (its last owner may have been an earlier process of
//!    ours) does not advertise, so no scan would find it;
//! 3. one short attempt at the known address, without a scan: a strap that lost the link for a moment is back at once;
//! 4. a scan of two seconds; connect to what answers;
//! 5. rest, ever longer ([`SearchBackoff`]), and scan again. A scan left open keeps every other device from reconnecting.
//!
//! A scan asks BlueZ for everything that is in reach, since not every monitor says that it is one; which of them to connect to is decided
//! here. Under `device = "any"` that is the strap of the last time alone: another one is somebody else's until its owner says otherwise.
//! Where a strap in reach does not stream, `Obstacle` says why. Where the Bluetooth service ends when it is asked for something, it is left
//! alone for ever longer (`ServiceEndings`).
//!
//! Nothing scans while the adapter is off, and nothing here can switch one on: that is the owner's to do. Where BlueZ itself
//! cannot be reached, the connection to it is built anew.
//!
//! Limits and pauses have their sources beside them, in [`SearchBackoff`] and `limit`.

mod backoff;
mod device;
mod endings;
mod limit;
mod link;
mod machine;
mod obstacle;
mod rhythm;
mod search;

pub use backoff::SearchBackoff;
pub use device::Address;
pub use device::Device;
pub use device::DeviceProperties;
pub use device::Known;
pub use device::NotAnAddress;
pub use link::Action;
pub use link::Adapter;
pub use link::Call;
pub use link::CallFailure;
pub use link::ConnectionInput;
pub use link::Ticket;
pub use machine::Connection;
