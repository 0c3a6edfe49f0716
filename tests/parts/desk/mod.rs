//! What the desktop does: seen through the parts that people have, each on a bus, a screen or a sound system of its own.
//!
//! Nothing here touches the desktop of whoever runs the tests. What is needed and not installed is named, and the test that needs it is
//! left out; where `CI` is set it fails instead.

mod busy;
mod devices;
pub(crate) mod limits;
mod pipewire;
mod pulse;
mod services;
mod silence;
pub(crate) mod stand;
mod waiting;
mod window;

use crate::bus;
