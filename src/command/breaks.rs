//! `kindbeat break`: starts a break now.

use std::io::Write;

use super::asking;
use crate::interface::Bus;
use kindbeat_core::practice::Length;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

/// Starts the break of this name, else the offer just missed or the one that is set, and prints the address of its page, which the
/// daemon opens.
pub fn start(
    practice: Option<&str>,
    length: Option<Length>,
    words: &Words,
    bus: Bus,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let url = asking::ask(bus, words, async |client| client.start_break(practice, length).await)?;
    writeln!(out, "{}", words.text(Message::BreakInBrowser, &[]))?;
    writeln!(out, "  {url}")?;
    Ok(())
}
