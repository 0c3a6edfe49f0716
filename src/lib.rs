//! kindbeat notices when a heart stays unusually high at the desk, and offers a short self-compassion break.
//!
//! This page is the map. A reader who looks for something starts here:
//!
//! | looking for | it is in |
//! | --- | --- |
//! | a threshold (`rise_bpm`, `sustain`, ...) and what `sensitivity` chooses | [`detection::DetectionSettings`](kindbeat_core::detection::DetectionSettings), [`detection::Thresholds`](kindbeat_core::detection::Thresholds) |
//! | what is usual, and how it is learned | [`detection::Baseline`](kindbeat_core::detection::Baseline) |
//! | when the heart counts as up | [`detection::Detector`](kindbeat_core::detection::Detector) |
//! | what counts as exercise | [`detection::Exertion`](kindbeat_core::detection::Exertion) |
//! | a gate (cool-down, quiet hours, in a call, ...) | [`offer::Gate`](kindbeat_core::offer::Gate) and [`offer::OfferSettings::closed_gate`](kindbeat_core::offer::OfferSettings::closed_gate) |
//! | what the desktop does that holds an offer back, and who is asked | [`desktop`] |
//! | a word of a break, an offer, a reason | `config/words/en.ftl` |
//! | the steps of a break and how long they last | `config/practices/*.toml`, read by [`practice::Practice`](kindbeat_core::practice::Practice) |
//! | a break in the terminal | [`command::here`] |
//! | how it is known whether somebody sits here | [`desktop`] |
//! | what reads the steps aloud | [`speech`], and `sound.js` on the page |
//! | a default of the configuration | `config/default.toml`, held against the types by a test |
//! | where a number comes from | beside the constant, at the end of its file |
//! | what other programs may ask for on D-Bus | [`interface::Request`] |
//! | how far the heart swings with the breath, and at which pace most | [`breathing::Line`](kindbeat_core::breathing::Line), [`breathing::PaceSearch`](kindbeat_core::breathing::PaceSearch) |
//! | what one input leads to | [`engine::Engine::handle`](kindbeat_core::engine::Engine::handle) |
//! | how good the detection is | `tests/evaluate`, run by `cargo run --release --example evaluate -- FOLDER` |
//!
//! # How data flows
//!
//! ```text
//!  a packet of the strap            a row of a recording
//!  heart::Measurement::decode       recording
//!            \                        /
//!             heart::Reading (rate, RR intervals, contact)
//!                        |
//!                  engine::Input  ------------------------ answers, the desk, the clock, commands
//!                        |
//!   heart::BeatFilter -> heart::Sampler -> Sample every 5 s
//!                        |
//!   detection::Tracker:  Baseline (usual?)  Exertion (exercise?)  Detector (up for long enough?)
//!                        |  Figures
//!   offer:  closed_gate (is now a moment to ask?)  Offers (what became of asking)
//!                        |
//!   practice::Session (which step, until when, how it ended)
//!                        |
//!                  engine::Effect  ----------------------- shown, stored, printed by whoever called
//! ```
//!
//! # Rooms
//!
//! Every decision is in [`kindbeat_core`], whose map is at its head. Around it, one room for each thing that is touched:
//!
//! | room | what it touches |
//! | --- | --- |
//! | [`bluetooth`] | the heart-rate monitor, through BlueZ |
//! | [`browser`] | the browser that opens the page |
//! | [`clock`] | the clock and the time zone: nothing else reads them |
//! | [`config_file`] | the file of the configuration |
//! | `dbus` | message buses, for every room that needs one |
//! | [`desktop`] | the desktop session: presence, and what speaks against an offer |
//! | [`file_watch`] | files that change |
//! | [`interface`] | our own D-Bus interface: the service and its client |
//! | [`locale`] | the language and the country of the desktop |
//! | [`notification`] | the notification server |
//! | [`page_server`] | HTTP on this machine: the page of a break |
//! | [`practice_files`] | the folder of the owner's practices |
//! | [`recording`] | recordings of a heart, as CSV |
//! | [`speech`] | speech-dispatcher |
//! | [`store`] | the database |
//! | [`systemd`] | the user manager |
//! | [`terminal`] | the keyboard of a terminal |
//!
//! [`daemon`] joins the rooms to the engine in one loop; [`command`] has one file for each command. `main.rs` and `cli.rs` only
//! read the command line.
//!
//! # Rules that hold
//!
//! 1. Pure modules neither do I/O nor read the clock nor log. Time is an argument, and so is the next deadline: input and now go
//!    in, effects and the next wake-up come out.
//! 2. Every decision is in a pure module, and a test reaches it without a wait.
//! 3. Imports point one way, as the list above; an edge module knows no other but those that several share.
//!    `tests/architecture.rs` holds this, and the clock is forbidden by `.clippy.toml`.
//! 4. Whatever comes in (packets, files, settings, clocks) ends in a result or a clear error with its place, never in a panic and
//!    never in memory without a bound.
//! 5. No heart leaves the machine. Nothing here opens an outside connection.
//!
//! Nothing here is called stress: heart rate shows arousal, and no more. What is detected is an *elevation*; asking is an *offer*;
//! the pause is a *practice*, since `break` is a word of the language.

#[cfg(test)]
#[path = "../tests/support/accented.rs"]
mod accented;

pub mod bluetooth;
pub mod browser;
pub mod clock;
pub mod command;
pub mod config_file;
pub mod daemon;
pub mod dbus;
pub mod desktop;
pub mod file_watch;
pub mod interface;
pub mod locale;
pub mod notification;
pub mod page_server;
pub mod practice_files;
pub mod recording;
pub mod speech;
pub mod store;
pub mod systemd;
pub mod tasks;
pub mod terminal;
