//! What the daemon itself takes, as a process of its own, beside its budgets: time to start, memory, threads, processor and
//! wake-ups, while a strap streams and while there is none.
//!
//! With `--away` it waits until the strap counts as away, eleven minutes, and counts the wake-ups of five minutes of that.

#![allow(clippy::print_stdout, reason = "printing the figures is what it is for")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;

#[allow(dead_code, reason = "shared with the tests")]
#[path = "../bluetooth/bus.rs"]
mod bus;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../bluetooth/fake.rs"]
mod fake;

use bus::Bus;
use fake::Fake;
use kindbeat::simulation::SimulatedHeart;

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (Some(system), Some(session)) = (Bus::start().await?, Bus::start().await?) else {
            return Ok(());
        };
        streaming(&system, &session).await?;
        searching(&system, &session).await
    })
}

/// A strap at 1 Hz, as most are.
async fn streaming(system: &Bus, session: &Bus) -> anyhow::Result<()> {
    let strap = Fake::start(&system.address()).await?;
    let daemon = Daemon::start(system, session).await?;
    println!("start to ready: {:.0} ms (budget 100)", daemon.started.as_secs_f64() * 1e3);
    strap.was_asked("StartNotify", 1).await?;
    let mut heart = SimulatedHeart::new(1);
    let mut second = 0..;
    // The first minute is learning to walk; the second is counted.
    stream(&strap, &mut heart, second.by_ref().take(30)).await?;
    let before = daemon.usage()?;
    stream(&strap, &mut heart, second.by_ref().take(60)).await?;
    let used = daemon.usage()?.since(&before);
    println!(
        "streaming at 1 Hz: {:.1} MB RSS (budget 12), {} threads",
        daemon.memory_mb()?,
        daemon.threads()?
    );
    println!("  of it {}", daemon.status(&["RssAnon", "RssFile"])?);
    used.print(60.0, "0.1 % and 4 a second");
    Ok(())
}

async fn stream(
    strap: &Fake,
    heart: &mut SimulatedHeart,
    seconds: impl Iterator<Item = u32>,
) -> anyhow::Result<()> {
    let mut clock = tokio::time::interval(Duration::from_secs(1));
    for second in seconds {
        clock.tick().await;
        strap.sends(&heart.second(second, 66.0).encode()).await?;
    }
    Ok(())
}

/// No strap in reach.
async fn searching(system: &Bus, session: &Bus) -> anyhow::Result<()> {
    let nobody = Fake::start(&system.address()).await?;
    nobody.loses_link(false).await?;
    let daemon = Daemon::start(system, session).await?;
    let count = async |after: u64, lasting: u64| {
        tokio::time::sleep(Duration::from_secs(after)).await;
        let before = daemon.usage()?;
        tokio::time::sleep(Duration::from_secs(lasting)).await;
        anyhow::Ok(daemon.usage()?.since(&before))
    };
    count(10, 60).await?.print(60.0, "searching, not away yet");
    if std::env::args().any(|argument| argument == "--away") {
        count(590, 300).await?.print(300.0, "away for 10 minutes: 10 wake-ups a minute");
    } else {
        println!("(with --away: the wake-ups once the strap has been away for 10 minutes)");
    }
    Ok(())
}

/// The program, running.
struct Daemon {
    child: Child,
    started: Duration,
    _state: tempfile::TempDir,
}

impl Daemon {
    async fn start(system: &Bus, session: &Bus) -> anyhow::Result<Self> {
        let state = tempfile::tempdir()?;
        let socket = state.path().join("notify");
        let ready = UnixDatagram::bind(&socket)?;
        let began = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_kindbeat"))
            .arg("daemon")
            .env_clear()
            .env("HOME", state.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("NOTIFY_SOCKET", &socket)
            .env("DBUS_SYSTEM_BUS_ADDRESS", system.address())
            .env("DBUS_SESSION_BUS_ADDRESS", session.address())
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting the daemon")?;
        // The stand-in for BlueZ runs on this thread too.
        let ready = tokio::task::spawn_blocking(move || ready.recv(&mut [0; 64]));
        ready.await??;
        Ok(Self { child, started: began.elapsed(), _state: state })
    }

    fn proc(&self, file: &str) -> anyhow::Result<String> {
        Ok(fs::read_to_string(format!("/proc/{}/{file}", self.child.id()))?)
    }

    fn status(&self, fields: &[&str]) -> anyhow::Result<String> {
        let status = self.proc("status")?;
        let line = |field: &&str| status.lines().find(|line| line.starts_with(**field));
        let lines: Vec<_> = fields.iter().filter_map(line).collect();
        Ok(lines.join(", ").replace('\t', " "))
    }

    fn number(&self, field: &str) -> anyhow::Result<f64> {
        let line = self.status(&[field])?;
        Ok(line.split_whitespace().nth(1).context("no figure")?.parse()?)
    }

    fn memory_mb(&self) -> anyhow::Result<f64> {
        Ok(self.number("VmRSS:")? * 1024.0 / 1e6)
    }

    fn threads(&self) -> anyhow::Result<f64> {
        self.number("Threads:")
    }

    /// Of all its threads.
    fn usage(&self) -> anyhow::Result<Usage> {
        let mut usage = Usage { nanoseconds: 0.0, wake_ups: 0.0 };
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let task = task?.path();
            let first = |file: &Path| -> anyhow::Result<f64> {
                let text = fs::read_to_string(file)?;
                Ok(text.split_whitespace().next().context("empty")?.parse()?)
            };
            usage.nanoseconds += first(&task.join("schedstat"))?;
            let status = fs::read_to_string(task.join("status"))?;
            let line =
                status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            usage.wake_ups += line.context("no count")?.trim().parse::<f64>()?;
        }
        Ok(usage)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process used since its start.
struct Usage {
    nanoseconds: f64,
    wake_ups: f64,
}

impl Usage {
    fn since(&self, before: &Self) -> Self {
        Self {
            nanoseconds: self.nanoseconds - before.nanoseconds,
            wake_ups: self.wake_ups - before.wake_ups,
        }
    }

    fn print(&self, seconds: f64, budget: &str) {
        let share = self.nanoseconds / (seconds * 1e9) * 100.0;
        let each = self.wake_ups / seconds;
        println!(
            "  processor {share:.3} %, {each:.2} wake-ups a second, {:.0} a minute ({budget})",
            each * 60.0
        );
    }
}
