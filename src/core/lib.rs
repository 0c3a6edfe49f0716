//! Every decision of kindbeat, pure.
//!
//! | module | what it decides or holds |
//! | --- | --- |
//! | [`backoff`] | how long to wait before the next attempt |
//! | [`breathing`] | the pace of a breath, and the heart that follows it |
//! | [`config`] | the settings of the owner, read and checked |
//! | [`connection`] | how the monitor is found and kept |
//! | [`context`] | presence, input activity, desktop facts, local time |
//! | [`detection`] | what is usual, and when the heart is elevated |
//! | [`engine`] | which effects follow from an input |
//! | [`heart`] | from a packet of the monitor to a sample |
//! | [`login`] | when the desktop session that the program serves is over |
//! | [`monitor`] | what a monitor reports, and what can be asked of its link |
//! | [`offer`] | whether now is a moment for an offer, and its outcome |
//! | [`page`] | what the page of a break shows |
//! | [`practice`] | the practices, and a session in progress |
//! | [`reason`] | why there was an offer, or none, in words |
//! | [`replay`] | a recording through the engine |
//! | [`setting`] | values with a range |
//! | [`simulation`] | a simulated heart and strap |
//! | [`sitting`] | a break as its host sees it |
//! | [`status`] | what other programs read |
//! | [`words`] | everything the program says |

pub mod backoff;
pub mod breathing;
pub mod config;
pub mod connection;
pub mod context;
pub mod detection;
pub mod engine;
pub mod heart;
pub mod login;
pub mod monitor;
pub mod offer;
pub mod page;
pub mod practice;
pub mod reason;
pub mod replay;
pub mod setting;
pub mod simulation;
pub mod sitting;
pub mod status;
pub mod words;
