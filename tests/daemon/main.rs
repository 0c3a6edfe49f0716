//! The daemon as a whole, with all that is real in it: D-Bus, `SQLite`, the page over HTTP, programs that are started.
//!
//! Two kinds of tests. Where time matters, the service runs in the test, which moves its clock (`desk`); so that nothing else
//! is on the bus, in the environment or among the open sockets, each of these runs in a process of its own (`alone`). Where the
//! process matters, the program itself runs (`program`), with a stand-in for BlueZ and one for the notification server.
//!
//! Needs `dbus-daemon`. Where that is missing the tests say so and are left out; with `CI` set they fail.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]

mod alone;
mod aloud;
mod around;
mod browser;
mod commands;
mod control;
mod desk;
mod failing;
mod flood;
mod heart;
mod killed;
mod late;
mod login;
#[allow(dead_code, reason = "each test program uses a part of it")]
mod notification;
mod offers;
mod ordinary;
mod page;
mod practices;
mod privacy;
mod program;
mod real;
mod settings;
mod start;
mod stored;
mod strap;
mod streaming;
mod terminal;
mod unit;
mod visitor;
mod wayland;
mod window;

#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../support/bluez/mod.rs"]
mod bluez;
#[path = "../support/bus.rs"]
mod bus;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../parts/notification/client.rs"]
mod client;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../support/compositor.rs"]
mod compositor;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../support/debian.rs"]
mod debian;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../parts/notification/fake.rs"]
mod fake;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../support/nobody.rs"]
mod nobody;
#[path = "../support/pointer.rs"]
mod pointer;
#[path = "../support/spoken.rs"]
mod spoken;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../support/xvfb.rs"]
mod xvfb;
