//! `kindbeat daemon`: the service itself, in the foreground.

use std::env;
use std::io;
use std::io::IsTerminal;
use std::io::Write;

use tracing::Level;
use tracing_subscriber::filter::LevelFilter;

use super::asking;
use crate::daemon;
use crate::daemon::AlreadyRunning;
use kindbeat_core::words::Words;

/// Runs until SIGTERM or SIGINT. That one is running already is no failure: it is said, and that is all.
pub fn run(words: &Words, complaints: &mut impl Write) -> anyhow::Result<bool> {
    start_logging();
    let runtime = asking::runtime(words)?;
    let ended = runtime.block_on(daemon::start());
    // A task that still waits for the world is not waited for.
    runtime.shutdown_background();
    match ended {
        Err(error) if error.is::<AlreadyRunning>() => {
            // The exit code says that it is no failure, also where nothing can be written.
            let _ = writeln!(complaints, "kindbeat: {}", super::text(&error, words));
            Ok(true)
        }
        ended => ended.map(|()| true),
    }
}

/// The log goes to standard error, and from there to the journal: what happened to the parts, at `info` and above never a figure
/// of the heart and nothing that was typed. A line that cannot be written is left out. `KINDBEAT_LOG` (`error`, `warn`, `info`, `debug`, `trace`) says from which level on.
fn start_logging() {
    let level = env::var("KINDBEAT_LOG").ok().and_then(|level| level.parse().ok());
    let to_terminal = io::stderr().is_terminal();
    let log = tracing_subscriber::fmt()
        .with_max_level(level.unwrap_or_else(|| LevelFilter::from_level(Level::INFO)))
        .with_writer(io::stderr)
        // Else a line that cannot be written, on a full disk or into a closed terminal, is a panic.
        .log_internal_errors(false)
        .with_ansi(to_terminal)
        .with_target(false);
    // The journal has a time of its own.
    let started = if to_terminal { log.try_init() } else { log.without_time().try_init() };
    if started.is_err() {
        // Only where a log was started before, which no command does.
        tracing::debug!("logging was started before");
    }
}
