//! The daemon: joins the world to the [`Engine`](kindbeat_core::engine::Engine) in one loop, and decides nothing.
//!
//! ```text
//!  monitor   desk and desktop   page   other programs   configuration   store   the clock
//!      \            |            |          |                |           |        /
//!       +-----------+------------+----------+----------------+-----------+-------+
//!                                   |
//!                 run: one event at a time, on one thread
//!                                   |
//!                          Engine::handle(now, input)
//!                                   |
//!           effects: an offer shown, a page opened, a record kept, news told
//! ```
//!
//! Whatever part of the world is missing, the others go on: each is a channel that may stay silent. [`start()`] connects them to
//! this desktop; the demonstration connects others.

mod deadlines;
mod desktop;
mod event_loop;
mod history;
mod monitor;
mod notices;
mod offers;
mod page;
mod parts;
mod preferences;
mod publishing;
mod reread;
mod service;
mod start;
mod status;
mod watchdog;

pub use event_loop::Inlets;
pub use event_loop::Stopped;
pub use event_loop::run;
pub use parts::Parts;
pub use service::Service;
pub use start::AlreadyRunning;
pub use start::start;
pub use watchdog::Watchdog;
