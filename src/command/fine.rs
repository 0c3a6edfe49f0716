//! `kindbeat fine`: the answer to the last offer, from the terminal.

use std::io::Write;

use super::asking;
use crate::edge::bus::Bus;

/// What can be said, and what is said in return.
pub const ANSWERS: [(&str, &str); 3] = [
    ("fine", "Good. Nothing more is offered for a while."),
    (
        "moving",
        "It is kept with the offer that you were moving. Nothing more is offered for a while.",
    ),
    ("excited", "Good. It is kept with the offer. Nothing more is offered for a while."),
];

/// Answers the last offer, the one on the screen or one long gone, with one of [`ANSWERS`], or takes its answer back.
pub fn run(answer: &str, undo: bool, bus: Bus, out: &mut impl Write) -> anyhow::Result<()> {
    let answer = if undo { "undo" } else { answer };
    asking::ask(bus, async |client| client.answer_last(answer).await)?;
    let said = ANSWERS.into_iter().find(|(known, _)| *known == answer).map(|(_, said)| said);
    writeln!(out, "{}", said.unwrap_or("Taken back: the offer counts as not answered."))?;
    Ok(())
}
