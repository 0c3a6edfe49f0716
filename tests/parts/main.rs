//! The parts of kindbeat, each with what it has to do with: buses, servers and screens of our own, files that were recorded or stored.
//!
//! Nothing here touches the desktop of whoever runs the tests. What is needed and not installed is named, and the test that needs it is
//! left out; where `CI` is set it fails instead.

mod bluetooth;
mod desk;
mod interface;
mod notification;
mod presence;
mod recorded_breath;
mod recordings;
mod speech;
mod store;

#[path = "../support/accented.rs"]
mod accented;
#[path = "../support/again.rs"]
mod again;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../support/bluez/mod.rs"]
mod bluez;
#[path = "../support/bus.rs"]
mod bus;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../support/compositor.rs"]
mod compositor;
#[path = "../support/debian.rs"]
mod debian;
#[path = "../support/xvfb.rs"]
mod xvfb;
