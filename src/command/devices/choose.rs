//! `kindbeat devices --use NAME`: whose heart it is.

use std::io::Write;

use anyhow::bail;

use super::lasting;
use super::looked;
use crate::bluetooth;
use crate::command::asking;
use crate::interface::Bus;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use kindbeat_core::words::harmless;

/// Has the running daemon take the monitor with this name or address for the owner's, once it is heard within `seconds`.
pub fn choose(
    wanted: &str,
    seconds: u64,
    words: &Words,
    bus: Bus,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let wanted_in = [("name", harmless(wanted).into())];
    let Some(found) = looked(bluetooth::called(wanted, lasting(seconds)), words)? else {
        bail!(words.text(Message::DevicesNotInReach, &wanted_in));
    };
    let address = found.device.address.to_string();
    let name = found.device.name.unwrap_or_default();
    asking::ask(bus, words, async |client| client.use_monitor(&address, &name).await)?;
    let shown = if name.is_empty() { address } else { harmless(&name) };
    writeln!(out, "{}", words.text(Message::DevicesChosen, &[("name", shown.into())]))?;
    Ok(())
}
