//! What can happen in this machine.

use serde::Deserialize;
use serde::Serialize;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Fact {
    /// The Bluetooth service answers, and the strap advertises.
    Ready,
    /// What `kindbeat devices --json` wrote.
    Listed(String),
    /// The daemon was started.
    Started,
    /// The daemon told a heart rate for the first time, in beats a minute.
    Streaming(u16),
    /// The daemon told how full the battery of the strap is, in percent.
    Battery(u8),
    /// Somebody subscribed to the measurements of the strap.
    Subscribed,
    /// The strap sent this rate and this interval, in 1/1024 s.
    Sent { rate: u8, rr: u16 },
    /// The heart goes up.
    Rise,
    /// The notification server was asked to show an offer with these buttons.
    Shown { buttons: Vec<String> },
    /// The browser was started with this activation token.
    Opened { token: Option<String> },
    /// The page showed this moment of the break.
    Moment(String),
    /// The page was closed, and its live connection ended.
    Closed,
    /// The daemon was killed.
    Killed,
    /// The daemon was asked to end.
    AskedToEnd,
    /// It ended, and well.
    Ended,
}

pub(crate) type Entry = crate::account::Entry<Fact>;
pub(crate) type Teller = crate::account::Teller<Fact>;
pub(crate) type Writer = crate::account::Writer<Fact>;
