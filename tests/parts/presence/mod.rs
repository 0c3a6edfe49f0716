//! Whether somebody sits at the desk: with stand-ins on buses of our own, on real displays that nobody sees, and on real
//! desktops where all of it is asked for (`KINDBEAT_ALL`).
//!
//! Nothing here touches the buses or the screen of whoever runs the tests. What is needed and not installed is named, and the
//! test that needs it is left out; where `CI` is set it fails instead.

mod client;
mod film;
mod login;
mod mutter;
mod real;
mod saver;
mod wayland;
mod x11;

use crate::bus;
