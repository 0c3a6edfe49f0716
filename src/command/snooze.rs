//! `kindbeat snooze` and `kindbeat resume`: no offers for a while, and offers again.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Usage;
use super::asking;
use super::when;
use crate::interface::Bus;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

/// How long a snooze lasts unless told otherwise: about as long as a meeting.
pub const USUAL: &str = "1h";

/// `snooze [UNTIL]`: nothing is offered until then. `asked` is a while, a time of day or `today`, as [`when::until`] reads it.
pub fn snooze(
    asked: &str,
    now: Timestamp,
    zone: &TimeZone,
    words: &Words,
    bus: Bus,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let until = when::until(asked, now, zone).map_err(|error| Usage(error.text(words)))?;
    asking::ask(bus, words, async |client| client.snooze(until).await)?;
    let until = when::said(until, now, zone, words);
    writeln!(out, "{}", words.text(Message::SnoozeUntil, &[("until", until.into())]))?;
    Ok(())
}

/// `resume`: ends a snooze; where there is none, nothing changes.
pub fn resume(words: &Words, bus: Bus, out: &mut impl Write) -> anyhow::Result<()> {
    asking::ask(bus, words, async |client| client.resume().await)?;
    writeln!(out, "{}", words.text(Message::SnoozeOver, &[]))?;
    Ok(())
}
