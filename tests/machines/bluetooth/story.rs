//! What happens in the machine, from power on to power off.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use anyhow::bail;
use anyhow::ensure;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;
use tokio::process::Child;

use crate::account::SHARE;
use crate::account::soon;
use crate::bluetooth::account::Fact;
use crate::bluetooth::account::Teller;
use crate::bluetooth::account::Writer;
use crate::bluetooth::browser;
use crate::bluetooth::desktop::Desktop;
use crate::bluetooth::stack::Stack;
use crate::bluetooth::strap::Strap;
use crate::machine::ROLE;
use crate::user::kindbeat;

/// What this process was started for, if it was started in the machine.
pub(crate) fn play_role() -> anyhow::Result<()> {
    let Ok(role) = std::env::var(ROLE) else { return Ok(()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { if role == "browser" { browser::run().await } else { tell().await } })
}

async fn tell() -> anyhow::Result<()> {
    let mut account = Writer::new()?;
    let told = happen(&mut account).await;
    account.catch_up()?;
    told
}

async fn happen(account: &mut Writer) -> anyhow::Result<()> {
    let teller = account.teller();
    let stack = Stack::start().await?;
    let strap = Strap::put_on(&stack.bus, &stack.strap_adapter, QUIET, teller.clone()).await?;
    teller.tell(Fact::Ready);

    let desktop = Desktop::start(teller.clone()).await?;
    let listed = soon("a list", kindbeat(&["devices", "--json", "--seconds", "4"]).output());
    let listed = listed.await??;
    teller.tell(Fact::Listed(String::from_utf8(listed.stdout)?));

    let mut daemon = start(&desktop, &teller).await?;
    teller.tell(Fact::Battery(desktop.battery().await?));
    beats(account, QUIET_S).await?;
    strap.beats_at(HIGH);
    teller.tell(Fact::Rise);
    account.until(|fact| matches!(fact, Fact::Shown { .. })).await?;
    account.until(|fact| *fact == Fact::Closed).await?;

    // So long that what is ten seconds old was not written on the occasion of the break.
    beats(account, 12).await?;
    daemon.kill().await?;
    teller.tell(Fact::Killed);
    let mut daemon = start(&desktop, &teller).await?;
    beats(account, 6).await?;
    let id = daemon.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
    teller.tell(Fact::AskedToEnd);
    kill_process(id.context("it is gone already")?, Signal::TERM)?;
    let status = soon("the end of the daemon", daemon.wait()).await??;
    ensure!(status.success(), "the daemon ended with {status}");
    teller.tell(Fact::Ended);

    for file in fs::read_dir("/run/desk/state/kindbeat")? {
        let file = file?;
        fs::copy(file.path(), Path::new(SHARE).join(file.file_name()))?;
    }
    Ok(())
}

/// Starts the daemon, and waits until it tells a heart rate.
async fn start(desktop: &Desktop, teller: &Teller) -> anyhow::Result<Child> {
    let mut daemon = kindbeat(&["daemon"]).spawn().context("the daemon")?;
    teller.tell(Fact::Started);
    tokio::select! {
        rate = desktop.user.heart_rate() => teller.tell(Fact::Streaming(rate?)),
        status = daemon.wait() => bail!("the daemon ended with {}", status?),
    }
    Ok(daemon)
}

/// Waits until the strap has sent so many measurements more, from now on.
async fn beats(account: &mut Writer, count: usize) -> anyhow::Result<()> {
    account.catch_up()?;
    for _ in 0..count {
        account.until(|fact| matches!(fact, Fact::Sent { .. })).await?;
    }
    Ok(())
}

/// What the heart does at first, in beats a minute, and then: up, but by less in a minute than counts as exercise.
pub(crate) const QUIET: u8 = 65;
pub(crate) const HIGH: u8 = 90;
/// For how long it is quiet, in seconds: what is usual is still that of most people then.
const QUIET_S: usize = 20;
