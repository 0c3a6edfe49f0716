//! Parts of the daemon that fail: the process ends, and what happened until then is kept.

use std::io::Read as _;
use std::time::Duration;

use anyhow::ensure;
use kindbeat::command;
use kindbeat::tasks;
use rustix::process::Signal;
use tokio::process::Command;
use tokio::time::Instant;

use crate::alone;
use crate::desk::Desk;
use crate::desk::EAGER;
use crate::desk::USUAL;
use crate::program::Desktop;
use crate::program::Program;

#[test]
fn a_part_that_panics_is_named_and_ends_the_process() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.seconds(5, USUAL).await?;
        let Err(error) = desk.panics("a part").await else { anyhow::bail!("it went on") };
        ensure!(error.to_string().starts_with("a part panicked"), "{error:#}");
        ensure!(command::exit_code(&error) == 1, "systemd starts it again");
        // The next one goes on with what is stored.
        desk.start(EAGER)?;
        desk.seconds(5, USUAL).await?;
        desk.stop().await
    })
}

/// As a loop that waits for a disk that does not answer.
#[tokio::test]
async fn a_loop_that_hangs_ends_soon_after_sigterm() -> anyhow::Result<()> {
    if std::env::var_os(HANGS).is_some() {
        tasks::end_in_time()?;
        sd_notify::notify(&[sd_notify::NotifyState::Ready])?;
        std::io::stdin().read_to_end(&mut Vec::new())?;
        return Ok(());
    }
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", "failing::a_loop_that_hangs_ends_soon_after_sigterm"]).env(HANGS, "1");
    let (program, _stdin) = Program::ready_with_input(command).await?;
    let began = Instant::now();
    program.signal(Signal::TERM)?;
    let (status, _) = program.ends().await?;
    ensure!(status.code() == Some(1), "{status}");
    ensure!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    Ok(())
}

#[tokio::test]
async fn the_watchdog_is_fed_while_nothing_happens() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let mut command = desktop.command();
    command.env("WATCHDOG_USEC", "2000000");
    let mut program = Program::ready(command).await?;
    for _ in 0..3 {
        program.tells("WATCHDOG=1").await?;
    }
    program.stops().await.map(drop)
}

/// Set in the process whose loop hangs.
const HANGS: &str = "KINDBEAT_TEST_HANGS";
