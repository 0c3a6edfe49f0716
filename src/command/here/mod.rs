//! `kindbeat break --here`: the break in the terminal, without a browser.
//!
//! Where a daemon runs, it hosts the break, and the terminal is one more window on it; else the same
//! [`Sitting`](kindbeat_core::sitting::Sitting) runs in this process, on what the last run stored.

mod host;
mod player;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::mpsc;

use super::asking;
use crate::clock;
use crate::config_file;
use crate::interface::Bus;
use crate::locale;
use crate::practice_files;
use crate::speech;
use crate::speech::PageReader;
use crate::speech::Speaker;
use crate::store;
use crate::terminal::Terminal;
use kindbeat_core::config::Config;
use kindbeat_core::practice::Length;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

use self::host::Host;
use self::host::Local;
use self::host::LocalParts;
use self::player::Player;

/// Takes the break of this name, else the one that is set, and returns when it is over.
pub fn run(
    practice: Option<String>,
    length: Option<Length>,
    words: &Words,
    out: &mut impl Write,
    complaints: &mut impl Write,
) -> anyhow::Result<()> {
    let (config, fault) = match config_file::load(None) {
        Ok(config) => (config, None),
        Err(error) => (Config::default(), Some(error.summary(words))),
    };
    let read_aloud = config.practice.voice;
    let runtime = asking::runtime(words)?;
    let ended = runtime.block_on(async {
        let (problems, problem) = mpsc::channel(1);
        let daemon = Host::daemon(Bus::session(), practice.as_deref(), length).await?;
        let mut host = if let Some(daemon) = daemon {
            daemon
        } else {
            // A fault in the configuration is no reason to go without a break. A daemon goes by the last good one.
            if let Some(fault) = fault {
                let problem = [("problem", fault.into())];
                writeln!(complaints, "kindbeat: {}", words.text(Message::HereDefaults, &problem))?;
            }
            // A fault in a practice of the owner's doesn't matter for this break; "kindbeat practices" lists it.
            let (library, _) = practice_files::library()?;
            let (folder, clock) = (store::folder(), Arc::new(clock::now));
            let locale = locale::of_messages();
            let words = Words::new(config.language(&locale));
            let parts = LocalParts { config, locale, words, library, folder, clock };
            Host::Local(Box::new(Local::begin(practice, length, parts, problems)?))
        };
        // Those of its host, which may be set otherwise than here.
        let its_words = Words::new(&host.view().language);
        let mut player = Player::new(host, its_words, problem);
        let mut fallen_silent = None;
        if read_aloud {
            let (voice, heard, silence) = Speaker::start(speech::address());
            player = player.aloud(PageReader::new(voice), heard);
            fallen_silent = Some(silence);
        }
        let mut terminal =
            Terminal::open().with_context(|| words.text(Message::HereNoKeyboard, &[]))?;
        let ended = player.play(&mut terminal, out, complaints).await;
        // The terminal is its owner's again before anything else is waited for.
        drop(terminal);
        player.finish(complaints)?;
        if let Some(silence) = fallen_silent {
            let _ = tokio::time::timeout(SILENCE, silence).await;
        }
        ended
    });
    runtime.shutdown_background();
    ended
}

/// How long the voice may take to fall silent when all else is done: nobody waits longer for a prompt.
const SILENCE: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests;
