//! What can happen in these machines.

use std::fmt;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::Serialize;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Fact {
    /// The versions of the Bluetooth service and of the kernel.
    Versions { bluez: String, kernel: String },
    /// Nothing keeps the heart rate away any more.
    Over(Cause),
    /// There is a heart rate that was measured after it.
    Streams(Cause),
    /// The Bluetooth service was started, as this process.
    ServiceStarted(u32),
    /// The process that has the name of the Bluetooth service on the bus.
    ServiceSeen(u32),
    /// Whether the adapter was on at any time since it was switched off by its owner.
    SwitchedOn(bool),
    /// Another program listens to the strap as well, or no longer.
    Shared(bool),
    /// The daemon was asked to end, and did, with this code.
    Ended(Option<i32>),
    /// All of the story was told.
    Finished,
}

/// What keeps the heart rate away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Cause {
    /// The daemon was not there yet.
    NotStarted,
    /// The strap was out of reach for so many seconds.
    Away(u32),
    /// The strap ended the link.
    Bye,
    /// The Bluetooth service was killed, and started again six seconds later.
    ServiceKilled,
    /// The adapter was switched off by its owner.
    SwitchedOff,
    /// The daemon was killed while it was connected, and started again.
    Killed,
    /// The strap answered nothing for 40 s, with the link up.
    Dead,
    /// The strap sent no measurement for 40 s, with the link up.
    Silent,
    /// The Bluetooth service was stopped for 40 s.
    ServiceHung,
    /// The system bus was killed, and it and the Bluetooth service were started again four seconds later.
    BusKilled,
    /// The adapter was pulled out for 12 s.
    Pulled,
    /// The strap, back in reach, lost three links before anything was said.
    Refused,
    /// The strap wanted to be paired first.
    NotPaired,
    /// The strap had forgotten that it was paired.
    BondLost,
    /// The daemon, which had never seen the strap, was not there yet; the form of its advertisement, and `monitor.device`.
    Unknown { form: String, device: String },
}

impl Cause {
    /// Within how long of its end the program is designed to have a heart rate again.
    pub(crate) fn designed(&self) -> SignedDuration {
        SignedDuration::from_secs(match self {
            Self::BusKilled => 30,
            Self::Refused => 20,
            Self::Away(seconds) if *seconds > 600 => 75,
            _ => 15,
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotStarted => "the first connection",
            Self::Away(seconds) => return write!(f, "the strap away for {seconds} s"),
            Self::Bye => "the link ended by the strap",
            Self::ServiceKilled => "bluetoothd killed, back after 6 s",
            Self::SwitchedOff => "the adapter off, and on again",
            Self::Killed => "the daemon killed while connected",
            Self::Dead => "the strap dead for 40 s with the link up",
            Self::Silent => "the strap silent for 40 s with the link up",
            Self::ServiceHung => "bluetoothd stopped for 40 s",
            Self::BusKilled => "the system bus killed, back after 4 s",
            Self::Pulled => "the adapter pulled out, and plugged in",
            Self::Refused => "three links lost at once",
            Self::NotPaired => "not paired, and paired by its owner",
            Self::BondLost => "the bond lost, and paired anew",
            Self::Unknown { form, device } => {
                let what = match form.as_str() {
                    "service" => "the service",
                    "response" => "the service in its scan response",
                    "long" => "the service in 128 bits",
                    "data" => "data of the service only",
                    _ => "its name only",
                };
                return write!(f, "a new strap that advertises {what}, device = {device}");
            }
        })
    }
}

pub(crate) type Teller = crate::account::Teller<Fact>;
pub(crate) type Writer = crate::account::Writer<Fact>;
