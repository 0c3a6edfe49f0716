//! `kindbeat fine`: the answer to the last offer, from the terminal.

use std::io::Write;

use super::asking;
use crate::interface::Bus;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

/// Answers the last offer, the one on the screen or one long gone, with `fine`, `moving` or `excited`, or takes its answer
/// back.
pub fn run(
    answer: &str,
    undo: bool,
    words: &Words,
    bus: Bus,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let answer = if undo { "undo" } else { answer };
    asking::ask(bus, words, async |client| client.answer_last(answer).await)?;
    let said = match answer {
        "fine" => Message::FineKept,
        "moving" => Message::FineMoving,
        "excited" => Message::FineExcited,
        _ => Message::FineUndone,
    };
    writeln!(out, "{}", words.text(said, &[]))?;
    Ok(())
}
