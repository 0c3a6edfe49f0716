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
    /// The strap sends four measurements a second, or no longer.
    Often(bool),
    /// Another program had the measurements for itself (`AcquireNotify`) for so long beside the daemon: how many it got, and whether they
    /// still came at the end.
    Held { seconds: u64, packets: u64, to_the_end: bool },
    /// The daemon says this.
    Says(String),
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
    /// Another program had the measurements for itself.
    Held,
    /// Another program had connected to it before the daemon was there.
    Connected,
    /// It sent measurements of another form.
    Form(String),
    /// It had no contact with the skin.
    NoContact,
    /// It was away, and somebody else's was in reach.
    Neighbour,
    /// It came back under another private address; `monitor.device`.
    Moved(String),
    /// It was renamed while it was connected, the settings name it by its old name, and the link was lost.
    Renamed,
    /// A phone was connected to it before the daemon was there.
    TakenBefore,
    /// A phone connected to it while it was away.
    TakenMeanwhile,
    /// The adapter was plugged in ten seconds after the daemon was started.
    PluggedLate,
    /// The first of two adapters was switched off.
    FirstOff,
    /// The second of two adapters was pulled out.
    SecondPulled,
    /// The radio was blocked.
    Blocked,
    /// The computer slept.
    Slept,
    /// The computer slept, and its adapter was reset meanwhile.
    SleptAndReset,
    /// The computer was about to sleep, and did not.
    SleepFellThrough,
    /// It sent a measurement every 20 s.
    Slow,
    /// It sent no rate, or one that no heart has, in this form.
    NoRate(String),
    /// It sent packets that are not as the standard has them.
    Malformed,
    /// A phone connected to it as well.
    Joined,
    /// It was away for 40 s, advertises its name only, and nobody but the daemon knows it from before.
    KnownFromBefore,
    /// The daemon, which had never seen one of the two straps in reach, was not there yet.
    Two,
    /// It, which the settings name, was never there, and another was in reach.
    Named,
    /// It sent four measurements a second.
    Often,
}

impl Cause {
    /// Within how long of its end the program is designed to have a heart rate again.
    pub(crate) fn designed(&self) -> SignedDuration {
        SignedDuration::from_secs(match self {
            Self::BusKilled => 30,
            Self::Refused => 20,
            // Its former address is waited for, and a sleep that never comes.
            Self::Moved(device) if device == "any" => 45,
            Self::SleepFellThrough => 45,
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
            Self::Held => "held by another program",
            Self::Connected => "connected by another program before the daemon",
            Self::Form(form) => return write!(f, "measurements of the form {form}"),
            Self::NoContact => "no contact with the skin",
            Self::Neighbour => "away, and another strap in reach",
            Self::Moved(device) => {
                return write!(f, "back under another private address, device = {device}");
            }
            Self::Renamed => "renamed while connected, device = its old name",
            Self::TakenBefore => "taken by a phone before the daemon",
            Self::TakenMeanwhile => "taken by a phone while away",
            Self::PluggedLate => "the adapter plugged in after the daemon",
            Self::FirstOff => "the first of two adapters off",
            Self::SecondPulled => "the second of two adapters pulled out",
            Self::Blocked => "the radio blocked, and unblocked",
            Self::Slept => "the computer asleep",
            Self::SleptAndReset => "the computer asleep, and its adapter reset",
            Self::SleepFellThrough => "a sleep that was announced and never came",
            Self::Slow => "a measurement every 20 s, and every second again",
            Self::NoRate(form) => return write!(f, "a rate that no heart has, {form}"),
            Self::Malformed => "malformed packets",
            Self::Joined => "a phone on its second link",
            Self::KnownFromBefore => "its name only, known from before, away for 40 s",
            Self::Two => "two new straps in reach",
            Self::Named => "another strap in reach than the settings name",
            Self::Often => "four measurements a second, and one again",
        })
    }
}

pub(crate) type Teller = crate::account::Teller<Fact>;
pub(crate) type Writer = crate::account::Writer<Fact>;
