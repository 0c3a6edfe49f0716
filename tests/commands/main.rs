//! The commands as a person runs them, where no daemon runs: the real program, its output and its exit code.

mod config;
mod demo;
mod here;
mod practices;
mod replay;
mod status;
mod tty;

#[path = "../support/spoken.rs"]
mod spoken;
