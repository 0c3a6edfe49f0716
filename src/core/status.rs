//! How things stand, as it is told to whoever asks: `kindbeat status`, the D-Bus service, a bar of the desktop.
//!
//! PURE. The names of the fields are those of `kindbeat status --json`; scripts rely on them.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::offer::Gate;

/// How things stand at one moment.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Status {
    /// Where the connection to the monitor stands: one of the words of [`Link`](crate::monitor::LinkState).
    pub state: String,
    /// The last rate, in bpm; `None` unless streaming with a rate.
    pub heart_rate: Option<u16>,
    /// What is usual, in bpm; `None` while too little was learned.
    pub usual: Option<f64>,
    /// The usual spread, in bpm; `None` as above.
    pub spread: Option<f64>,
    /// Since when the heart has been up; `None` while it is not.
    pub elevated_since: Option<Timestamp>,
    /// How good the signal is; `None` unless streaming.
    pub quality: Option<Quality>,
    /// The monitor that is connected, or was last; `None` before the first.
    pub sensor: Option<SensorStatus>,
    /// How many hours of wear taught what is usual.
    pub learned_hours: f64,
    /// Until when nothing is offered, at its owner's wish; `None`: no such wish.
    pub snoozed_until: Option<Timestamp>,
    /// The name of the gate that holds an offer back; `None` unless the heart is up and one does.
    pub held_by: Option<String>,
    /// How many breaks were offered today.
    pub offers_today: u32,
    /// Whether the page of a break is open.
    pub page_open: bool,
    /// Why the configuration that stands in the file is not in force; `None` when it is.
    pub config_error: Option<String>,
}

/// The monitor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SensorStatus {
    /// Its name; `None` while it has told none.
    pub name: Option<String>,
    /// Its Bluetooth address.
    pub address: String,
    /// How full its battery is, 0 to 100 %; `None`: not known.
    pub battery: Option<u8>,
}

/// How much can be told from what the monitor sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Rate and single beats, few of them artefacts.
    Good,
    /// Too many artefacts or gaps to tell the variation between beats.
    Poor,
    /// A rate, and no single beats: all that most watches send.
    RateOnly,
    /// It feels no skin.
    OffBody,
}

/// Something that others may want to hear of when it happens.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A break is offered, for this reason, in words.
    OfferMade(String),
    /// The offer is not on the desktop: nothing there shows it, for now.
    OfferNotShown,
    /// No browser opened the page of the break: its address, good for one request. It opens the page for whoever has it.
    PageNotOpened(String),
    /// An elevation is over and was not offered: the gate that was closed last.
    OfferHeld(Gate),
    /// A break began: the name of the practice.
    BreakStarted(String),
    /// A break ended: `completed`, `left` or `too_much`.
    BreakEnded(&'static str),
    /// Something else than the heart rate stands otherwise than before.
    Changed(Box<Status>),
}
