//! The daemon: joins the world to the [`Engine`](kindbeat_core::engine::Engine) in one loop.
//!
//! ```text
//!  monitor   notification   desktop   page   other programs   the owner's files   store   the clock
//!      \          |            |        |           |                |             |        /
//!       +---------+------------+--------+-----------+----------------+-------------+-------+
//!                                   |
//!                 run: one event at a time, on one thread
//!                                   |
//!                          Engine::handle(now, input)
//!                                   |
//!           effects: an offer shown, a page opened, a record kept, news sent
//! ```
//!
//! Whatever part of the world is missing, the others go on: each is a channel that may stay silent. [`start()`] connects them to
//! this desktop; the demonstration connects others. The table of the files is in the documentation of the crate.

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
mod reporter;
mod reread;
mod service;
mod start;
mod watchdog;

pub use event_loop::Inlets;
pub use event_loop::Stopped;
pub use event_loop::run;
pub use parts::Parts;
pub use service::Service;
pub use start::AlreadyRunning;
pub use start::DesktopElsewhere;
pub use start::FaultyConfig;
pub use start::start;
pub use watchdog::Watchdog;
