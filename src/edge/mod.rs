//! Everything that touches the world: the only place allowed to.
//!
//! A module here turns bytes into the plain types of the pure modules and back. It decides nothing, and it knows no other
//! edge module but those that several of them need: [`clock`], `dbus`, `pauses` and [`x11`].

pub mod ble;
pub mod bus;
pub mod clock;
mod dbus;
pub mod desk;
pub mod notification;
pub mod opening;
mod pauses;
pub mod practices;
pub mod presence;
pub mod recording;
pub mod speech;
pub mod store;
pub mod systemd;
pub mod terminal;
pub mod watching;
pub mod web;
pub mod x11;
