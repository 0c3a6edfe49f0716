//! kindbeat notices when a heart stays unusually high at the desk, and offers a short self-compassion break.
//!
//! Two crates. [`kindbeat_core`], in `src/core`, makes every decision and is pure: time is an argument, inputs go in, effects come out. This crate
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
//!    heart::Sampler (with heart::BeatFilter) -> a Sample every 5 s
//!                         |
//!    detection::Tracker:  Baseline (usual?)  Exertion (exercise?)  Detector (high for long enough?)
//!                         |
//!    offer::Gate:  may a break be offered now?    offer::Offers:  the open offer, its answer and expiry, cool-down, snooze
//!                         |
//!    practice::Session:  the step of the break, until when, how it ended
//!                         |
//!                   engine::Effect  ----------------> notification, page, desktop, store, status
//! ```
//!
//! # Where to look
//!
//! | looking for | it is in |
//! | --- | --- |
//! | a threshold (`rise_bpm`, `sustain`, ...) and what `sensitivity` chooses | [`DetectionSettings`](kindbeat_core::detection::DetectionSettings), [`Thresholds`](kindbeat_core::detection::Thresholds) |
//! | the baseline, and how it is learned | [`Baseline`](kindbeat_core::detection::Baseline) |
//! | when the heart counts as elevated | [`Detector`](kindbeat_core::detection::Detector) |
//! | what counts as a short walk, where no strap counts steps | `src/core/engine/walks.rs` |
//! | what counts as exercise | [`Exertion`](kindbeat_core::detection::Exertion) |
//! | a gate (cool-down, quiet hours, in a call, ...) | one row in [`offer::gate`](kindbeat_core::offer::Gate) |
//! | what follows from one input | [`Engine::handle`](kindbeat_core::engine::Engine::handle); time passes first: `pass_time` ends what is over |
//! | whether an offer was seen, and where it is shown once more | [`OnScreen`](kindbeat_core::offer::OnScreen), [`Popup`](kindbeat_core::offer::Popup); when, in `src/core/engine/elevation.rs` |
//! | an answer, the expiry of an offer, snooze, rest | [`Offers`](kindbeat_core::offer::Offers) in `src/core/offer/offers/mod.rs` |
//! | what "this is too much" in a break leads to | `src/core/engine/breaks.rs` |
//! | which RR interval is an artefact, and what becomes of it | `BeatFilter` in `src/core/heart/beat/mod.rs` |
//! | a hold | decided in `src/core/engine/elevation.rs`; stored with its elevation, `outcome` in the table `elevations` |
//! | where a click, a reading, a command or a changed file enters | `src/daemon/service.rs`: one function for each channel; the part it names makes an [`Input`](kindbeat_core::engine::Input) of it |
//! | sleep and waking | reported by `src/desktop/lock/logind.rs`; `Input::Woke` from `src/daemon/desktop.rs`; an offer whose time ran out meanwhile expires first |
//! | when the program next wakes up by itself | `src/core/engine/deadline.rs`; the daemon's own in `src/daemon/deadlines.rs` |
//! | when it ends by itself because its desktop session is over | [`Login`](kindbeat_core::login::Login); `src/desktop/login.rs` sees it |
//! | what survives a restart | [`EngineMemory`](kindbeat_core::engine::EngineMemory); `src/store/memory.rs` restores and keeps it |
//! | a break, wherever it is shown | [`Sitting`](kindbeat_core::sitting::Sitting), owned by `src/daemon/page.rs`, and by `src/command/here/host.rs` where no daemon runs |
//! | what the page of a break shows | [`page::Scene`](kindbeat_core::page::Scene); its HTML in `src/page_server/html/` |
//! | a sentence that a person reads | `config/words/en.ftl`; its name in `src/core/words/message.rs` |
//! | the reason that an offer or `why` gives | `src/core/reason.rs` |
//! | the steps of a break, and how long they last | `config/practices/*.toml`, read by [`Practice`](kindbeat_core::practice::Practice) |
//! | a default of the configuration | `config/default.toml`; a test compares it with the types |
//! | a fault in the configuration | found in `src/core/config/check.rs`; a running daemon keeps the last good one and says so, `src/daemon/preferences.rs` |
//! | what `status` shows | `Service::status` in `src/daemon/service.rs`; the rate is in `src/daemon/monitor.rs`, until the link is no longer streaming |
//! | when a silent monitor counts as silent, and how it is found again | `src/core/connection/rhythm.rs`, `src/core/connection/machine/mod.rs` |
//! | which monitor is connected to, and what is said of one that does not stream | `src/core/connection/search.rs`, `src/core/connection/obstacle.rs` |
//! | what a watch or band needs before it sends its heart rate | `config/monitors.toml`, with its sources; the words are in `config/words/en.ftl` |
//! | the sources of a desktop fact | the list `FACT_SOURCES` in `src/desktop/mod.rs`; each is declared in its own file |
//! | what other programs can ask over D-Bus | [`interface::Request`] |
//! | what happens when a task panics or ends | [`tasks`] |
//! | the source of a number | the doc of its constant, at the end of its file or in its type |
//! | how good the detection is | `cargo run --release --example evaluate -- FOLDER` |
//!
//! # Rooms
//!
//! | room | what it touches |
//! | --- | --- |
//! | [`bluetooth`] | the heart-rate monitor, through BlueZ |
//! | [`browser`] | the browser that opens the page |
//! | [`clock`] | the wall clock and the time zone: nothing else reads them (elsewhere tokio's timers measure waits) |
//! | [`config_file`] | the file of the configuration |
//! | [`dbus`] | our connections to the system bus and the session bus: one each, handed out |
//! | [`desktop`] | the desktop session: presence, input activity, lock, sleep and waking, and the facts that close a gate |
//! | [`file_watch`] | files that change |
//! | [`interface`] | our own D-Bus interface, `org.kindbeat.Kindbeat1`: the service and its client |
//! | [`locale`] | the language and the country of the desktop |
//! | [`notification`] | the notification server, the folders of icons, and a file with the number of what it shows |
//! | [`page_server`] | HTTP on 127.0.0.1: the page of a break |
//! | [`practice_files`] | the folder of the owner's practices |
//! | [`recording`] | recordings of a heart, as CSV |
//! | [`regular_file`] | files of others, read only where nothing is waited for |
//! | [`speech`] | speech-dispatcher |
//! | [`store`] | the database |
//! | [`systemd`] | the user manager |
//! | [`tasks`] | nothing: it supervises the tasks beside the loop |
//! | [`terminal`] | the keyboard of a terminal |
//!
//! [`command`] has a file or folder for each command that does more than one question; `main.rs` and `cli.rs` only read the command
//! line.
//!
//! # The daemon
//!
//! [`daemon`] joins the rooms to the core. `event_loop.rs` shows every channel: it takes one event at a time and hands it to
//! [`Service`](daemon::Service), which asks the engine and gives each effect to the one part that carries it out. A part is a type whose
//! fields only its own file changes.
//!
//! | file | what it owns |
//! | --- | --- |
//! | `start.rs`, `parts.rs` | nothing: they open the rooms, make the channels and the tasks, and start the loop |
//! | `service.rs` | the engine and the parts; what each event leads to |
//! | `monitor.rs` | the link, the monitor that is connected, its last rate |
//! | `desktop.rs` | the context, and how closely the desktop is watched |
//! | `offers.rs` | the offer on the screen, and the outcome of the last one |
//! | `page.rs` | the break as its host sees it, the page or window that shows it, the voice that reads it |
//! | `history.rs` | the store, and what of the engine was kept last |
//! | `preferences.rs` | the configuration in force, its words, the faults of the owner's files |
//! | `reporter.rs` | the news and the last status that other programs got |
//! | `notices.rs` | nothing: the plain notices, each with its words |
//! | `deadlines.rs`, `watchdog.rs` | when the loop wakes up by itself |
//! | `publishing.rs`, `reread.rs` | tasks beside the loop: the D-Bus interface, the files that changed |
//!
//! # Rules
//!
//! 1. The core does no I/O, reads no clock and writes no log. Time is an argument; the next deadline is asked for.
//! 2. What to offer, when, and what a break does is decided in the core, where a test reaches it without waiting. The daemon only decides
//!    how it is carried out: which window opens, what is tried again.
//! 3. Imports point one way, and no files of one folder import each other in a circle. `tests/architecture.rs` checks both, lists
//!    what each room may import, and checks rule 1; `.clippy.toml` forbids the wall clock.
//! 4. Packets, files, settings, clicks and clocks end in a result or in a clear error with its place: never in a panic, and never in
//!    memory without a bound.
//! 5. A task that ends or panics unexpectedly ends the process with 1, and systemd starts it again.
//! 6. Nothing leaves the machine. Only `page_server` opens a socket of the network, which `tests/architecture.rs` checks, and only on
//!    127.0.0.1.
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
//! | sample | a summary made every 5 s: median rate of up to a minute, RMSSD of two minutes, coverage |
//! | baseline, spread | the owner's usual rate and how far it varies; users read "usual" |
//! | tracker | baseline, exertion and detector together, fed one sample after another |
//! | elevation | the heart stays above the baseline for `sustain`; never "stress" |
//! | hysteresis | an elevation ends below a lower threshold than it began at |
//! | debounce | a state has to last before it counts |
//! | offer | the question on the desktop whether a break would help |
//! | gate | a condition of an offer: while it is closed, nothing is offered |
//! | hold | an elevation that a gate keeps from being offered; the gate that was closed last is stored with it |
//! | cool-down | the least time from an offer, or from a break, to the next offer |
//! | snooze | no offers until a time that the owner chose |
//! | rest | no offers until midnight, or until `resume`, after a break that was too much |
//! | break | the guided pause; `practice` in code, since `break` is a keyword |
//! | practice, step | a script of a break, and one part of it |
//! | session | the running break: its step, until when, how it ended; the engine has it |
//! | sitting | what the host of a break keeps beside the session: choices, questions, view |
//! | monitor, link | the heart-rate sensor; the state of our connection to it |
//! | stranger | a monitor in reach that is not the owner's |
//! | obstacle | what keeps a monitor in reach from streaming: it wants pairing, another program holds it, ... |
//! | cadence, motion | steps a minute, from a monitor that counts them (Running Speed and Cadence); what follows: still or moving |
//! | walk | a rest of the hands in which somebody may have walked, until the heart shows that they did not |
//! | context | presence, input activity, desktop facts, local time |
//! | fact, probe | something the desktop does; the answer about it: yes, no, absent (no source here: the gate stays open), failed (no answer: the gate closes) |
//! | input, effect | what goes into the engine; what comes out |
//! | snapshot, status | the engine's state at one moment; what other programs read |
//! | record | what the store keeps |
//! | backoff | growing pauses between attempts |
//! | deadline | a moment at which something is due if nothing happens before |
//!
//! # Contributing
//!
//! The quick loop is `cargo test -p kindbeat-core`: every decision, in virtual time, with no real parts. `cargo test --test parts NAME`
//! tests one room against real servers; NAME is a module below `tests/parts/` (`cargo test --test parts pulse`). `tests/run` runs
//! everything a change has to pass. A file that is forgotten below fails a test that names it.
//!
//! **A gate.** A row in `src/core/offer/gate/mod.rs`, and its switch in the settings there and in `config/default.toml`; its
//! sentences in `config/words/en.ftl`; what they say in `tests/core/gates/why.rs`. A gate that follows from a desktop fact also
//! needs the fact in `src/core/context.rs`, its sources in a file of `src/desktop/`, listed in `src/desktop/mod.rs` where the file
//! is new, and a stand-in for a source in `tests/parts/desk/services.rs`. Any other gate needs a way to close it in
//! `tests/core/gates/desk.rs`.
//!
//! **A notification server.** Its name and habits in `src/notification/layout.rs`; how it is asked whether it is silenced in
//! `src/desktop/do_not_disturb/mod.rs`; where its popups leave by themselves, its name in `src/core/offer/on_screen.rs`; what it does
//! that others do not in `tests/parts/notification/habits.rs`; a way to start and click it in
//! `tests/parts/notification/real/`; its package in `.ci/run`; a row in the README.
//!
//! **A practice.** A `.toml` file in `config/practices/`, its sentences in `config/words/en.ftl`, its name in
//! `src/core/practice/library.rs`. `kindbeat practices check FILE` checks it.
//!
//! **A language.** An `.ftl` file in `config/words/` and its row in `src/core/words/mod.rs`. A missing message is said in English.
//!
//! **A monitor that is no BLE strap.** A room with a task that sends [`MonitorEvent`](kindbeat_core::monitor::MonitorEvent)s and takes
//! [`MonitorCommand`](kindbeat_core::monitor::MonitorCommand)s, as [`bluetooth`] does; its row in the table above and in
//! `tests/architecture.rs`; a variant of `MonitorKind` in `src/core/monitor/id.rs`; the setting that chooses it in
//! `src/core/monitor/settings.rs` and `config/default.toml`; its start in `src/daemon/start.rs`; its socket or device in
//! `systemd/kindbeat.service`.
//!
//! **A command.** Its grammar in `src/cli.rs`, its call in `src/main.rs`, a file in `src/command/` and its `mod` line, its sentences in
//! `config/words/en.ftl` and `src/core/words/message.rs`, a row in the README. What it asks of the daemon is a variant of `Request` in
//! `src/interface/request.rs`, a D-Bus method in `src/interface/service.rs`, a call in `src/interface/client.rs`, answered in
//! `src/daemon/service.rs`;
//! `tests/parts/interface/` answers it too and knows the contract.
//!
//! **A column of the history.** A step of the schema in `src/store/schema/` (a file and a row in its `mod.rs`; an old database is migrated
//! when the daemon opens it); its field in `record.rs`, `write.rs` and `read.rs` of the same room; the part of the daemon that fills it;
//! a stored file of the new schema in `tests/parts/store/`.

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
pub mod regular_file;
pub mod speech;
pub mod store;
pub mod systemd;
pub mod tasks;
pub mod terminal;
