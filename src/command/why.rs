//! `kindbeat why`: the last offer, or why there is none, in the words of the daemon.

use std::io::Write;

use super::asking;
use crate::interface::Bus;
use kindbeat_core::words::Words;

/// Prints it.
pub fn run(words: &Words, bus: Bus, out: &mut impl Write) -> anyhow::Result<()> {
    let why = asking::ask(bus, words, async |client| client.why().await)?;
    writeln!(out, "{}", why.trim_end())?;
    Ok(())
}
