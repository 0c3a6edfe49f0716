//! kindbeat notices when a heart stays unusually high at the desk, and offers a short self-compassion break.
//!
//! Two crates. [`kindbeat_core`] makes every decision and is pure: time is an argument, inputs go in, effects come out. This crate
//! touches the world: one room for each thing that is touched, a daemon that joins the rooms to the core in one loop, and the
//! commands that talk to the daemon.
//!
//! # How data flows
//!
//! ```text
//!   a packet of the monitor            a row of a recording
//!   bluetooth                          recording
//!             \                        /
//!              heart::Reading (rate, RR intervals, skin contact)
//!                         |
//!                   engine::Input  <---------------- answers, the desktop, the page, commands, the clock
//!                         |
//!    heart::BeatFilter -> heart::Sampler -> a Sample every 5 s
//!                         |
//!    detection::Tracker:  Baseline (usual?)  Exertion (exercise?)  Detector (high for long enough?)
//!                         |
//!    offer::Gate:  may a break be offered now?    offer::Offers:  the open offer, its answer, cool-down, snooze
//!                         |
//!    practice::Session:  the step of the break, until when, how it ended
//!                         |
//!                   engine::Effect  ----------------> notification, page, store, status
//! ```
//!
//! # Where to look
//!
//! | looking for | it is in |
//! | --- | --- |
//! | a threshold (`rise_bpm`, `sustain`, ...) and what `sensitivity` chooses | [`DetectionSettings`](kindbeat_core::detection::DetectionSettings), [`Thresholds`](kindbeat_core::detection::Thresholds) |
//! | the baseline, and how it is learned | [`Baseline`](kindbeat_core::detection::Baseline) |
//! | when the heart counts as elevated | [`Detector`](kindbeat_core::detection::Detector) |
//! | what counts as exercise | [`Exertion`](kindbeat_core::detection::Exertion) |
//! | a gate (cool-down, quiet hours, in a call, ...) | one row in [`offer::gate`](kindbeat_core::offer::Gate) |
//! | what follows from one input | [`Engine::handle`](kindbeat_core::engine::Engine::handle) |
//! | the next moment something is due | the engine's table of deadlines, [`Engine::next_wakeup`](kindbeat_core::engine::Engine::next_wakeup) |
//! | a break, wherever it is shown | [`Sitting`](kindbeat_core::sitting::Sitting); the page in [`page_server`], the terminal in [`command::here`] |
//! | a sentence that a person reads | `config/words/en.ftl`; its name in `src/core/words/message.rs` |
//! | the steps of a break, and how long they last | `config/practices/*.toml`, read by [`Practice`](kindbeat_core::practice::Practice) |
//! | a default of the configuration | `config/default.toml`; a test holds it against the types |
//! | what other programs can ask over D-Bus | [`interface::Request`] |
//! | what happens when a part panics or ends | [`tasks`] |
//! | the source of a number | the doc of its constant, at the end of its file |
//! | how good the detection is | `cargo run --release --example evaluate -- FOLDER` |
//!
//! # Rooms
//!
//! | room | what it touches |
//! | --- | --- |
//! | [`bluetooth`] | the heart-rate monitor, through BlueZ |
//! | [`browser`] | the browser that opens the page |
//! | [`clock`] | the clock and the time zone: nothing else reads them |
//! | [`config_file`] | the file of the configuration |
//! | [`dbus`] | our connections to the system bus and the session bus: one each, handed out |
//! | [`desktop`] | the desktop session: presence, input activity, and the facts that close a gate |
//! | [`file_watch`] | files that change |
//! | [`interface`] | our own D-Bus interface, `org.kindbeat.Kindbeat1`: the service and its client |
//! | [`locale`] | the language and the country of the desktop |
//! | [`notification`] | the notification server |
//! | [`page_server`] | HTTP on 127.0.0.1: the page of a break |
//! | [`practice_files`] | the folder of the owner's practices |
//! | [`recording`] | recordings of a heart, as CSV |
//! | [`speech`] | speech-dispatcher |
//! | [`store`] | the database |
//! | [`systemd`] | the user manager |
//! | [`tasks`] | nothing: it supervises the tasks beside the loop |
//! | [`terminal`] | the keyboard of a terminal |
//!
//! [`daemon`] joins them: each of its parts owns its fields, and one loop hands each event to one part and each effect of the engine
//! to one part. [`command`] has one file for each command. `main.rs` and `cli.rs` only read the command line.
//!
//! # Rules
//!
//! 1. The core does no I/O, reads no clock and writes no log. Time is an argument, and so is the next deadline.
//! 2. Every decision is in the core, where a test reaches it without waiting.
//! 3. Imports point one way, and no files of one folder import each other in a circle. `tests/architecture.rs` holds both and lists
//!    what each room may import; `.clippy.toml` forbids the clock.
//! 4. Packets, files, settings, clicks and clocks end in a result or in a clear error with its place: never in a panic, and never in
//!    memory without a bound.
//! 5. A task that ends or panics unexpectedly ends the process with 1, and systemd starts it again.
//! 6. Nothing leaves the machine, and no connection to the outside is opened.
//!
//! Log levels: **error** is our bug. **warn** is something the owner may want to mend. **info** is a milestone: ready, monitor
//! connected, break begins. **debug** is the rest. A heart rate, a word the owner typed, or the name of a practice never appears at
//! info or above.
//!
//! # Glossary
//!
//! One word for each idea, and one idea for each word.
//!
//! | word | meaning |
//! | --- | --- |
//! | reading | one message of a monitor, decoded: rate, RR intervals, skin contact |
//! | RR interval, NN interval | the time from one beat to the next; NN: between two normal beats, artefacts left out |
//! | artefact | an interval that no heart made, or no normal beat: missed, extra, ectopic |
//! | RMSSD | root mean square of successive differences of NN intervals, in ms |
//! | coverage | the share of a window with usable data, 0 to 1 |
//! | sample | the summary of the last minute, made every 5 s: median rate, RMSSD, coverage |
//! | baseline, spread | the owner's usual rate and how far it varies; users read "usual" |
//! | tracker | baseline, exertion and detector together, fed one sample after another |
//! | elevation | the heart stays above the baseline for `sustain`; never "stress" |
//! | hysteresis | an elevation ends below a lower threshold than it began at |
//! | debounce | a state has to last before it counts |
//! | offer | the question on the desktop whether a break would help |
//! | gate | a reason not to offer now |
//! | hold | an elevation that was not offered, with the gate that was closed last |
//! | cool-down | the least time between two offers |
//! | snooze, rest | no offers until a time the owner chose; no offers until midnight after "too much" |
//! | break | the guided pause; `practice` in code, since `break` is a keyword |
//! | practice, step | a script of a break, and one part of it |
//! | session, sitting | a break in progress; a break as its host sees it, with choices, questions and view |
//! | monitor, link | the heart-rate sensor; the state of our connection to it |
//! | context | presence, input activity, desktop facts, local time |
//! | fact, probe | something the desktop does; the answer about it: absent, failed, no, yes |
//! | input, effect | what goes into the engine; what comes out |
//! | snapshot, status | the engine's state at one moment; what other programs read |
//! | record | what the store keeps |
//! | backoff | growing pauses between attempts |
//! | deadline | a moment at which something is due if nothing happens before |
//!
//! # Contributing
//!
//! The quick loop is `cargo test -p kindbeat-core`: every decision, in virtual time, with no real parts. `cargo test --test parts NAME`
//! tests one room against real servers; `tests/run` runs everything a change has to pass.
//!
//! **A gate.** A row in `src/core/offer/gate/mod.rs`; its switch in `src/core/offer/settings.rs` and `config/default.toml`; its
//! sentences in `config/words/en.ftl`; a row in `tests/core/gates/desk.rs`. A gate that follows from a desktop fact also needs the
//! fact in `src/core/context.rs` and its sources in `src/desktop/`.
//!
//! **A notification server.** Its name and habits in `src/notification/layout.rs`; a way to start and click it in
//! `tests/parts/notification/real/`; its package in `.ci/run`; a row in the README.
//!
//! **A practice.** A `.toml` file in `config/practices/`, its sentences in `config/words/en.ftl`, its name in
//! `src/core/practice/library.rs`. `kindbeat practices check FILE` checks it.
//!
//! **A language.** An `.ftl` file in `config/words/` and its row in `src/core/words/mod.rs`. A missing message is said in English.
//!
//! **A monitor that is no BLE strap.** A task that sends [`MonitorEvent`](kindbeat_core::monitor::MonitorEvent)s and takes
//! [`MonitorCommand`](kindbeat_core::monitor::MonitorCommand)s, as [`bluetooth`] does, started in `src/daemon/start.rs`; a kind of
//! [`MonitorId`](kindbeat_core::monitor::MonitorId).
//!
//! **A command.** Its grammar in `src/cli.rs`, its call in `src/main.rs`, a file in `src/command/`, its sentences in
//! `config/words/en.ftl`, a row in the README. What it asks of the daemon is a `Request` in `src/interface/request.rs`, answered in
//! `src/daemon/service.rs`.

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
