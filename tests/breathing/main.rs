//! The heart's line, its swing and the search for a pace, on synthetic hearts whose answers are known, and on recorded ones.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]

mod line;
mod recorded;
mod robust;
mod search;
mod swing;
mod synthetic;
