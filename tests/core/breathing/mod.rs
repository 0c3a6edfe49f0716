//! The heart's line, its swing and the search for a pace, on synthetic hearts whose answers are known, and on recorded ones.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "made here, and known to fit"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the figures, and what was left out")]

mod line;
mod robust;
mod search;
mod swing;
mod synthetic;
