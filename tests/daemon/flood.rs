//! Somebody else on this machine who connects to the open page again and again.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::ensure;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;
use tokio::net::TcpSocket;
use tokio::process::Child;
use tokio::process::Command;
use tokio::time::Instant;

use crate::client::soon;
use crate::program::Desktop;
use crate::visitor::Visitor;

#[tokio::test]
async fn a_flood_of_another_user_is_not_noticed() -> anyhow::Result<()> {
    if !rustix::process::geteuid().is_root() {
        ensure!(std::env::var_os("CI").is_none(), "has to run as root in CI, to be two users");
        writeln!(
            std::io::stderr(),
            "NOT TESTED: a flood by another user. Only root can be two users."
        )?;
        return Ok(());
    }
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let program = desktop.start().await?;
    let client = desktop.client().await?;
    let url = client.start_break(None, None).await?;
    let page = Visitor::fetch(&url).await?;
    let host = url.split('/').nth(2).context("an address")?.to_owned();
    let flood = [flood(&host).await?, flood(&host).await?];
    // A table of many sockets, as on a busy machine.
    let crowd: Vec<_> = (0..CROWD).map_while(|_| listener().ok()).collect();

    let (mut status, mut seen) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        let asked = Instant::now();
        soon(client.status()).await??;
        status.push(asked.elapsed());
        let asked = Instant::now();
        page.sees().await?;
        seen.push(asked.elapsed());
    }
    let (status, seen) = (Times::of(status), Times::of(seen));
    writeln!(
        std::io::stderr(),
        "under a flood, {} sockets beside it: Status {status}; the page {seen}",
        crowd.len()
    )?;
    ensure!(status.median < Duration::from_millis(100), "Status: {status}");
    ensure!(seen.median < Duration::from_millis(100), "the page: {seen}");
    drop(flood);
    page.closes().await?;
    let gone = async {
        while TcpSocket::new_v4()?.connect(host.parse()?).await.is_ok() {}
        anyhow::Ok(())
    };
    soon(gone).await.context("at rest nobody listens")??;
    program.stops().await?;
    Ok(())
}

/// Another user's program that connects as fast as it can, and has begun; ended with this value.
async fn flood(host: &str) -> anyhow::Result<Child> {
    let (address, port) = host.split_once(':').context("a port")?;
    let again =
        format!("while exec 3<>/dev/tcp/{address}/{port}; do ((++n == 100)) && echo begun; done");
    let mut flood = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--", "bash", "-c", &again])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut told = BufReader::new(flood.stdout.take().context("piped")?).lines();
    ensure!(soon(told.next_line()).await??.is_some(), "no flood");
    Ok(flood)
}

fn listener() -> std::io::Result<std::net::TcpListener> {
    std::net::TcpListener::bind("127.0.0.1:0")
}

struct Times {
    median: Duration,
    worst: Duration,
}

impl Times {
    fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        let worst = all.last().copied().unwrap_or_default();
        Self { median: all.get(all.len() / 2).copied().unwrap_or_default(), worst }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
        write!(f, "median {:.1} ms, worst {:.1} ms", ms(self.median), ms(self.worst))
    }
}

/// As many as a test may have open.
const CROWD: usize = 800;
