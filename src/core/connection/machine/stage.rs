//! Where the connection stands, each stage with the data it needs.

use jiff::SignedDuration;
use jiff::Timestamp;

use super::Device;
use crate::connection::Ticket;

/// Where the connection stands.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// No system bus, or not one that gets through to BlueZ: connected to anew at that time.
    Broken { retry: Timestamp },
    /// Being connected to anew.
    Rebuilding(Deadline),
    /// No adapter that is on. Ends when BlueZ says that there is one.
    Unpowered,
    /// The computer sleeps, or said that it would.
    Asleep { until: Timestamp },
    /// Let go on purpose. Ends when the strap is taken back.
    Released,
    /// Asking what is known; `unheard`: worth one attempt though not in reach.
    Looking { deadline: Deadline, unheard: Option<Device> },
    /// Listening for advertisements; `best`: the one to connect to if nothing better turns up; `other`: a monitor that is not the one
    /// looked for, where that is not heard.
    Scanning { deadline: Deadline, best: Option<Device>, other: Option<Device> },
    /// Being connected to, subscription included; `heard`: it was in reach a moment ago.
    Connecting { deadline: Deadline, device: Device, heard: bool },
    /// Connected; `heard`: when the last measurement came, or else the connection.
    Streaming { device: Device, heard: Timestamp },
    /// Connected, and silent for the second time: connected to anew at that time, unless it speaks before.
    Silent { device: Device, retry: Timestamp },
    /// Being disconnected from; `silent`: because it said nothing.
    Closing { deadline: Deadline, device: Device, then: Then, silent: bool },
    /// Between two attempts.
    Resting { until: Timestamp },
}

/// What to do once disconnected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Look,
    Scan,
    Rest,
    Sleep,
}

/// A call under way, and when it is given up even if nobody reports its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    pub(super) ticket: Ticket,
    pub(super) at: Timestamp,
}

impl Stage {
    /// When the stage ends by itself; `None`: not by itself.
    pub(super) fn due(&self, silence: SignedDuration) -> Option<Timestamp> {
        match self {
            Self::Unpowered | Self::Released => None,
            Self::Broken { retry } | Self::Silent { retry, .. } => Some(*retry),
            Self::Asleep { until } | Self::Resting { until } => Some(*until),
            Self::Streaming { heard, .. } => Some(after(*heard, silence)),
            Self::Rebuilding(deadline)
            | Self::Scanning { deadline, .. }
            | Self::Looking { deadline, .. }
            | Self::Connecting { deadline, .. }
            | Self::Closing { deadline, .. } => Some(deadline.at),
        }
    }

    pub(super) fn waits_for(&self, ticket: Ticket) -> bool {
        match self {
            Self::Rebuilding(deadline)
            | Self::Scanning { deadline, .. }
            | Self::Looking { deadline, .. }
            | Self::Connecting { deadline, .. }
            | Self::Closing { deadline, .. } => deadline.ticket == ticket,
            _ => false,
        }
    }

    pub(super) const fn device(&self) -> Option<&Device> {
        match self {
            Self::Connecting { device, .. }
            | Self::Streaming { device, .. }
            | Self::Silent { device, .. }
            | Self::Closing { device, .. } => Some(device),
            _ => None,
        }
    }

    /// Moves every time by a step of the clock.
    pub(super) fn step_back(&mut self, by: SignedDuration) {
        let time = match self {
            Self::Unpowered | Self::Released => return,
            Self::Broken { retry } | Self::Silent { retry, .. } => retry,
            Self::Asleep { until } | Self::Resting { until } => until,
            Self::Streaming { heard, .. } => heard,
            Self::Rebuilding(deadline)
            | Self::Scanning { deadline, .. }
            | Self::Looking { deadline, .. }
            | Self::Connecting { deadline, .. }
            | Self::Closing { deadline, .. } => &mut deadline.at,
        };
        *time = before(*time, by);
    }
}

pub(super) fn after(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

pub(super) fn before(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.saturating_sub(duration).unwrap_or(Timestamp::MIN)
}
