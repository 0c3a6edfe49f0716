//! The faults of real Bluetooth, each as a scenario in virtual time.

mod faults;
mod properties;
mod storms;
mod world;
