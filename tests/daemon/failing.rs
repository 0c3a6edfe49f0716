//! Parts of the daemon that fail: the process ends, and what happened until then is kept.

use anyhow::ensure;
use kindbeat::command;

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
