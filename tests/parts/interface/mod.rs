//! kindbeat on the session bus: what it serves, and the commands that ask it; on a bus of our own, with a stand-in for the daemon.
//!
//! Needs `dbus-daemon`. Where that is missing the tests say so and test nothing; with `CI` set they fail.

mod calls;
mod commands;
mod doctor;
mod following;
mod life;
mod news;
mod spoken;
mod stand;

use crate::bus;
