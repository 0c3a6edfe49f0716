//! Offers and notices on the desktop: on a bus of our own, with servers of our own and with real ones.
//!
//! Nothing here touches the bus or the screen of whoever runs the tests. What is needed and not installed is named, and the
//! test that needs it is left out; where `CI` is set it fails instead.

mod client;
mod fake;
mod habits;
mod icon;
mod nasty;
mod notices;
mod offers;
mod presence;
mod real;
mod screen;
mod shell;

use crate::bus;
