//! The program as its owner has it, in machines of its own: each is emulated (`boot.sh`) and runs once, and all its tests look at what
//! it left.
//!
//! What is needed and not there is named, and the tests are left out; where `CI` is set they fail instead.

mod account;
mod bluetooth;
mod login;
mod machine;
mod screen;
mod session;
mod stacks;
mod unit;
mod user;

#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../support/bluez/mod.rs"]
mod bluez;
