//! A break of the daemon in a terminal.

use std::process::ExitStatus;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::ensure;
use kindbeat::interface::Client;
use kindbeat::store::BreakEnd;
use kindbeat::store::StoredBreak;
use kindbeat_core::practice::Liking;
use rustix::process::Signal;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::BufReader;
use tokio::io::Lines;
use tokio::process::Child;
use tokio::process::ChildStdin;
use tokio::process::ChildStdout;

use crate::client::soon;
use crate::program::Desktop;
use crate::spoken::first;
use crate::spoken::last;
use crate::stored;

/// `kindbeat break --here`, typed at in lines; killed with this value.
struct Terminal {
    child: Child,
    keyboard: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Terminal {
    fn start(desktop: &Desktop, arguments: &[&str]) -> anyhow::Result<Self> {
        let arguments: Vec<_> = ["break", "--here"].iter().chain(arguments).copied().collect();
        let mut child = desktop
            .kindbeat(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let keyboard = child.stdin.take().context("piped")?;
        let lines = BufReader::new(child.stdout.take().context("piped")?).lines();
        Ok(Self { child, keyboard, lines })
    }

    /// Waits until it has said this, and all that belongs to it.
    async fn says(&mut self, words: &str) -> anyhow::Result<()> {
        let mut found = false;
        let said = async {
            while let Some(line) = self.lines.next_line().await? {
                found |= line.contains(words);
                if found && line.is_empty() {
                    return anyhow::Ok(());
                }
            }
            anyhow::bail!("it ended")
        };
        soon(said).await?.with_context(|| format!("waiting for {words:?}"))
    }

    async fn types(&mut self, line: &str) -> anyhow::Result<()> {
        Ok(self.keyboard.write_all(format!("{line}\n").as_bytes()).await?)
    }

    async fn ends(mut self) -> anyhow::Result<ExitStatus> {
        Ok(soon(self.child.wait()).await??)
    }
}

/// Waits until the daemon says that a break is open, or that none is.
async fn holds(client: &Client, open: bool) -> anyhow::Result<()> {
    let asked = async {
        while client.why().await?.contains("- a break is open") != open {}
        anyhow::Ok(())
    };
    soon(asked).await.with_context(|| format!("waiting until a break is open: {open}"))?
}

/// The one break that is stored, and how it ended.
fn the_break(desktop: &Desktop) -> anyhow::Result<(StoredBreak, BreakEnd)> {
    let [taken] = <[StoredBreak; 1]>::try_from(stored::breaks(&desktop.store())?)
        .ok()
        .context("one break")?;
    let (how, _) = taken.ended.context("it has not ended")?;
    Ok((taken, how))
}

#[tokio::test]
async fn a_break_in_a_terminal_is_kept_and_holds_offers() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    stored::welcomed(&desktop.store())?;
    let program = desktop.start().await?;
    let client = desktop.client().await?;
    let mut terminal = Terminal::start(&desktop, &["kind-hand", "--length", "20s"])?;
    terminal.says("Enter: Begin").await?;
    holds(&client, true).await?;
    terminal.types("").await?;
    terminal.says(&first("kind-hand-place")).await?;
    terminal.types("").await?;
    terminal.says(&last("kind-hand-close")).await?;
    terminal.types("").await?;
    terminal.says("how tense").await?;
    holds(&client, false).await?;
    terminal.types("3").await?;
    terminal.says("l: Less like this").await?;
    terminal.types("l").await?;
    terminal.says("A line for yourself").await?;
    terminal.types("Quiet.").await?;
    ensure!(terminal.ends().await?.success());
    let log = program.stops().await?;
    ensure!(!log.contains("Quiet") && !log.contains("WARN a"), "{log}");
    let (taken, how) = the_break(&desktop)?;
    ensure!(how == BreakEnd::Completed, "{taken:?}");
    let said = taken.answers.as_ref().context("what was said")?;
    ensure!((said.tension, said.note.as_deref()) == (Some(3), Some("Quiet.")), "{said:?}");
    ensure!(said.liking == Some(Liking::Less), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_too_much_in_a_terminal_rests_offers_at_once() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    stored::welcomed(&desktop.store())?;
    let program = desktop.start().await?;
    let client = desktop.client().await?;
    let mut terminal = Terminal::start(&desktop, &["kind-hand"])?;
    terminal.says("Enter: Begin").await?;
    terminal.types("t").await?;
    terminal.says(&first("grounding-turn")).await?;
    let rests = async {
        while !client
            .why()
            .await?
            .contains("- a break was too much, and offers rest, until midnight")
        {}
        anyhow::Ok(())
    };
    soon(rests).await.context("waiting for rest")??;
    terminal.types("q").await?;
    ensure!(terminal.ends().await?.success());
    holds(&client, false).await?;
    program.stops().await?;
    ensure!(stored::state(&desktop.store())?.state.resting_until.is_some());
    let (taken, how) = the_break(&desktop)?;
    ensure!(how == BreakEnd::TooMuch(0), "{taken:?}");
    Ok(())
}

#[tokio::test]
async fn a_terminal_that_is_killed_holds_nothing_back() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    stored::welcomed(&desktop.store())?;
    let program = desktop.start().await?;
    let client = desktop.client().await?;
    let mut terminals =
        [Terminal::start(&desktop, &["kind-hand"])?, Terminal::start(&desktop, &["kind-hand"])?];
    for terminal in &mut terminals {
        terminal.says("Enter: Begin").await?;
    }
    holds(&client, true).await?;
    for mut terminal in terminals {
        terminal.child.kill().await?;
    }
    holds(&client, false).await?;
    program.stops().await.map(drop)
}

#[tokio::test]
async fn a_daemon_that_ends_ends_the_break_and_keeps_it() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    stored::welcomed(&desktop.store())?;
    let program = desktop.start().await?;
    let mut terminal = Terminal::start(&desktop, &["kind-hand", "--length", "1m"])?;
    terminal.says("Enter: Begin").await?;
    terminal.types("").await?;
    terminal.says(&first("kind-hand-place")).await?;
    program.stops().await?;
    terminal.says(&first("ending-left")).await?;
    ensure!(terminal.ends().await?.success());
    let (taken, how) = the_break(&desktop)?;
    ensure!(how == BreakEnd::Left(0), "{taken:?}");
    Ok(())
}

#[tokio::test]
async fn a_daemon_that_is_killed_leaves_no_terminal_waiting() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    stored::welcomed(&desktop.store())?;
    let program = desktop.start().await?;
    let mut terminal = Terminal::start(&desktop, &["kind-hand", "--length", "1m"])?;
    terminal.says("Enter: Begin").await?;
    program.signal(Signal::KILL)?;
    program.ends().await?;
    ensure!(!terminal.ends().await?.success());
    Ok(())
}

#[tokio::test]
async fn a_daemon_that_starts_meanwhile_finds_the_history_free() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    stored::welcomed(&desktop.store())?;
    let mut terminal = Terminal::start(&desktop, &["kind-hand", "--length", "1m"])?;
    terminal.says("Enter: Begin").await?;
    let program = desktop.start().await?;
    terminal.types("q").await?;
    ensure!(terminal.ends().await?.success());
    program.stops().await?;
    let (taken, how) = the_break(&desktop)?;
    ensure!(how == BreakEnd::Left(0), "{taken:?}");
    Ok(())
}

#[tokio::test]
async fn the_last_window_shows_the_break_that_is_open() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    stored::welcomed(&desktop.store())?;
    let program = desktop.start().await?;
    let mut first_terminal = Terminal::start(&desktop, &["kind-hand", "--length", "1m"])?;
    first_terminal.says("Enter: Begin").await?;
    first_terminal.types("").await?;
    first_terminal.says(&first("kind-hand-place")).await?;
    let mut terminal = Terminal::start(&desktop, &[])?;
    terminal.says(&first("kind-hand-place")).await?;
    ensure!(!first_terminal.ends().await?.success(), "another window took its place");
    terminal.types("q").await?;
    ensure!(terminal.ends().await?.success());
    program.stops().await?;
    let (taken, how) = the_break(&desktop)?;
    ensure!(how == BreakEnd::Left(0), "{taken:?}");
    Ok(())
}
