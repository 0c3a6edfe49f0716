//! The status that other programs read: `kindbeat status`, the D-Bus service, a bar of the desktop. Pure.
//!
//! The names of the fields are those of `kindbeat status --json`; scripts rely on them.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::offer::Gate;

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own, whose name stays")]
pub struct Status {
    /// The state of the link: one of the names of [`LinkState`](crate::monitor::LinkState).
    pub state: String,
    /// The last rate, in bpm; `None` unless streaming with a rate.
    pub heart_rate: Option<u16>,
    /// The baseline, in bpm; `None` while too little was learned.
    pub usual: Option<f64>,
    /// The spread of the baseline, in bpm; `None` while too little was learned.
    pub spread: Option<f64>,
    /// The beginning of the elevation; `None` when there is none.
    pub elevated_since: Option<Timestamp>,
    /// `None` unless streaming, and in the first minute of it, while the signal is being judged.
    pub quality: Option<Quality>,
    /// Since when the monitor has sent the same over and over, as no heart does: nothing is learned from that and nothing offered.
    /// `None` unless it does.
    pub frozen_since: Option<Timestamp>,
    /// The monitor that is connected, or was last; `None` before the first.
    pub sensor: Option<SensorStatus>,
    /// A monitor in reach that is not the one looked for, while that is not: it is left alone until the owner chooses it. `None`:
    /// there is none.
    #[serde(default)]
    pub other_sensor: Option<SensorStatus>,
    /// Hours of wear that taught the baseline.
    pub learned_hours: f64,
    /// The end of the owner's snooze; `None` without one.
    pub snoozed_until: Option<Timestamp>,
    /// When the offer that was put off with "Later" may come again; `None` where none was.
    pub postponed_until: Option<Timestamp>,
    /// The end of the rest after "this is too much"; `None` without one.
    pub resting_until: Option<Timestamp>,
    /// The name of the gate that holds the offer; `None` without an elevation, and with every gate open.
    pub held_by: Option<String>,
    /// Keyboard and pointer rest, for longer than a pause between two activities, after which nothing is offered.
    #[serde(default)]
    pub hands_rest: bool,
    /// Keyboard and pointer count as in use, and may rest: here a program that keeps the screen awake counts as use, too.
    #[serde(default)]
    pub hands_unsure: bool,
    /// Offers made since midnight, local time; one that nobody could see is not counted.
    pub offers_today: u32,
    /// An offer is open and on no screen: `kindbeat break` begins it.
    #[serde(default)]
    pub offer_not_shown: bool,
    pub page_open: bool,
    /// Why the configuration file isn't in force; `None` when it is.
    pub config_error: Option<String>,
    /// Why the history isn't written, and what helps; `None` when it is.
    pub history_error: Option<String>,
    /// Another session is on the screen in place of the owner's: the monitor is let go, and nothing is offered.
    #[serde(default)]
    pub other_session: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SensorStatus {
    /// `None` until the monitor has sent its name.
    pub name: Option<String>,
    /// The Bluetooth address.
    pub address: String,
    /// 0 to 100 %; `None` when the monitor doesn't report it.
    pub battery: Option<u8>,
}

/// The quality of the monitor's signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// A rate and RR intervals, few of them artefacts.
    Good,
    /// Too many artefacts or gaps for RMSSD.
    Poor,
    /// A rate without RR intervals: all that most watches send.
    RateOnly,
    /// No contact with the skin.
    OffBody,
    /// A rate, in packets that are not as the standard has them; their RR intervals are not read.
    Malformed,
}

impl Quality {
    /// The same of a monitor of whose packets some were malformed: where none brought an interval, that is why.
    #[must_use]
    pub fn of_malformed(self) -> Self {
        if self == Self::RateOnly { Self::Malformed } else { self }
    }
}

/// An event that other programs may want to know about.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// The reason for the offer, as a sentence.
    OfferMade(String),
    /// No server shows the offer at the moment.
    OfferNotShown,
    /// No browser opened the page. The address is good for one request, and opens the page for whoever has it.
    PageNotOpened(String),
    /// An elevation ended without an offer; the gate that was closed last.
    OfferHeld(Gate),
    /// The id of the practice.
    BreakStarted(String),
    /// `completed`, `left` or `too_much`.
    BreakEnded(&'static str),
    /// A field other than the heart rate changed.
    Changed(Box<Status>),
}
