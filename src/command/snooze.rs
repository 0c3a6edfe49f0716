//! `kindbeat snooze` and `kindbeat resume`: no offers for a while, and offers again.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Usage;
use super::asking;
use super::when;
use crate::interface::Bus;
use crate::interface::ClientError;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use kindbeat_core::words::local_moment;

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
    let until = local_moment(until, now, zone, words);
    writeln!(out, "{}", words.text(Message::SnoozeUntil, &[("until", until.into())]))?;
    Ok(())
}

/// `resume`: ends a snooze, "Later" and the rest after "too much", and says which of them there was, and what still holds offers back.
pub fn resume(words: &Words, bus: Bus, out: &mut impl Write) -> anyhow::Result<()> {
    let said = asking::ask(bus, words, async |client| match client.end_quiet().await {
        // A daemon of another version knows only the call without an answer.
        Err(ClientError::Refused { .. } | ClientError::Other(_)) => {
            let resumed = client.resume().await;
            resumed.map(|()| words.text(Message::ResumeDone, &[]))
        }
        answer => answer,
    })?;
    writeln!(out, "{}", said.trim_end())?;
    Ok(())
}
