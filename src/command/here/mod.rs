//! `kindbeat break --here`: the same break in the terminal, without a browser and without the daemon.
//!
//! The engine that decides in the daemon decides here, too, on what the last run stored: which practice, how long, what follows "this
//! is too much". The daemon, where one runs, is told of the break and keeps it; where none runs, it is kept from here.

mod keeping;
mod playing;

use crate::config_file;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::mpsc;

use super::asking;
use crate::clock;
use crate::interface::Bus;
use crate::locale;
use crate::practice_files;
use crate::speech;
use crate::speech::PageReader;
use crate::speech::Speaker;
use crate::store;
use crate::store::Store;
use crate::terminal::Terminal;
use kindbeat_core::config::Config;
use kindbeat_core::page::Earlier;
use kindbeat_core::practice::Length;

use self::keeping::Keeping;
use self::playing::Player;
use self::playing::not_kept;

/// Takes the break of this name, else the one that is set, and returns when it is over.
pub fn run(
    practice: Option<String>,
    length: Option<Length>,
    out: &mut impl Write,
    complaints: &mut impl Write,
) -> anyhow::Result<()> {
    // A fault in the settings is told, and is no reason to go without a break.
    let config = config_file::load(None).or_else(|error| {
        writeln!(complaints, "kindbeat: {}; the defaults apply to this break", error.summary())
            .map(|()| Config::default())
    })?;
    let locale = locale::of_messages();
    let read_aloud = config.practice.voice;
    let folder = store::folder();
    // What cannot be read is said when the break cannot be kept either.
    let look = |folder: &std::path::Path| Store::open_to_look(folder).ok()??.load_state().ok();
    let mut loaded = folder.as_deref().and_then(look).unwrap_or_default();
    let earlier =
        Earlier { habits: loaded.state.habits.clone(), past: std::mem::take(&mut loaded.past) };
    // What is wrong with practices of one's own, "kindbeat practices" tells: it is no matter of this break.
    let (library, _) = practice_files::library()?;
    let engine = loaded.into_engine(&config, library);
    let runtime = asking::runtime()?;
    let ended = runtime.block_on(async {
        let (tell, notes) = mpsc::unbounded_channel();
        let (problems, mut problem) = mpsc::channel(1);
        let keeping = Keeping::new(Bus::session(), folder, config.clone());
        let keeping = tokio::spawn(keeping.run(notes, problems));
        let player = Player::new(engine, earlier, config, locale, Arc::new(clock::now), tell);
        let mut player = player?;
        let mut fallen_silent = None;
        if read_aloud {
            let (voice, heard, silence) = Speaker::start(speech::address());
            player = player.aloud(PageReader::new(voice), heard);
            fallen_silent = Some(silence);
        }
        player.begin(practice, length)?;
        let mut terminal = Terminal::open().context("reading the keyboard")?;
        let ended = player.play(&mut terminal, &mut problem, out, complaints).await;
        // The terminal is its owner's again before anything else is waited for.
        drop(terminal);
        let words = player.into_words();
        let _ = tokio::time::timeout(keeping::LIMIT, keeping).await;
        if let Some(silence) = fallen_silent {
            let _ = tokio::time::timeout(SILENCE, silence).await;
        }
        // It may have turned out only now.
        if let Ok(problem) = problem.try_recv() {
            writeln!(complaints, "{}", not_kept(&words, problem))?;
        }
        Ok(ended?)
    });
    runtime.shutdown_background();
    ended
}

/// How long the voice may take to fall silent when all else is done: nobody waits longer for a prompt.
const SILENCE: Duration = Duration::from_millis(500);
