//! `kindbeat demo`: the whole path without hardware, on its own temporary state: nothing is written anywhere.
//!
//! A simulated strap sends real bytes (0x2A37) through the same decoder and engine; time runs faster until there is something to
//! offer. On a desktop the daemon's own loop shows the offer and opens the page; `--headless` answers itself and prints.

mod desktop;
mod headless;
mod keyboard;
mod strap;

use std::io::Write;

use kindbeat_core::words::Words;

/// Runs the demonstration, on the desktop or, `headless`, by itself.
pub fn run(headless: bool, words: &Words, out: &mut impl Write) -> anyhow::Result<()> {
    if headless { headless::run(words, out) } else { desktop::run(words, out) }
}
