//! What the daemon itself takes, as a process of its own, beside its budgets: time to start, memory, threads, processor and
//! wake-ups, while a strap streams and while there is none; and what its page takes of a browser.
//!
//! With the name of a part (`streaming`, `history`, `offers`, `page`, `searching`, `faults`) only that is measured.
//! With `--beside PROGRAM` it prints what another build takes while a strap streams, before and after this one; `faults` then happen to
//! that build alone.
//! With `--away` it waits until the strap counts as away, eleven minutes, and counts the wake-ups of ten minutes of that and how long it searches, alone and among
//! devices of other people; then how long the strap takes to be found again.
//! With `--hour` something of Bluetooth fails every ten seconds for an hour, and not for two minutes only: memory, files and threads are to stay as they were after five minutes.

#![allow(clippy::print_stdout, reason = "printing the figures is what it is for")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::path::Path;
use std::time::Duration;

#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests")]
#[path = "../../page/browser/mod.rs"]
mod browser;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../../parts/bluetooth/bus.rs"]
mod bus;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../../support/bluez/mod.rs"]
mod fake;
mod faults;
mod history;
mod offers;
mod page;
mod process;
mod searching;
mod server;
#[path = "../../parts/store/year.rs"]
mod year;

use bus::Bus;
use fake::Fake;
use kindbeat_core::simulation::SimulatedHeart;
use process::Daemon;

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (Some(system), Some(session)) = (Bus::start().await?, Bus::start().await?) else {
            return Ok(());
        };
        let arguments: Vec<_> = std::env::args_os().collect();
        let beside = arguments.iter().position(|argument| argument == "--beside");
        let beside = beside.and_then(|at| arguments.get(at + 1)).map(Path::new);
        let named: Vec<_> =
            PARTS.iter().filter(|part| arguments.iter().any(|it| it == *part)).collect();
        let is_wanted = |part: &str| named.is_empty() || named.iter().any(|it| **it == part);
        let rounds = if beside.is_some() { 2 } else { 1 };
        for _ in 0..if is_wanted("streaming") { rounds } else { 0 } {
            if let Some(program) = beside {
                println!("{}:", program.display());
                streaming(&system, &session, Some(program)).await?;
                println!("this build:");
            }
            streaming(&system, &session, None).await?;
        }
        if is_wanted("history") {
            history::measure(&system, &session).await?;
        }
        if is_wanted("offers") {
            offers::measure(&system, &session).await?;
        }
        if is_wanted("page") {
            page::measure(&system, &session).await?;
        }
        if is_wanted("searching") {
            searching::measure(arguments.iter().any(|argument| argument == "--away")).await?;
        }
        if is_wanted("faults") {
            let hour = arguments.iter().any(|argument| argument == "--hour");
            faults::measure(&session, beside, hour).await?;
        }
        Ok(())
    })
}

/// What is measured; an argument that is one of these names leaves out those that are not named.
const PARTS: [&str; 6] = ["streaming", "history", "offers", "page", "searching", "faults"];

/// A strap at 1 Hz, as most are.
async fn streaming(system: &Bus, session: &Bus, other: Option<&Path>) -> anyhow::Result<()> {
    let strap = Fake::start(&system.address()).await?;
    let daemon = match other {
        Some(program) => Daemon::start_other(program, system, session).await?,
        None => Daemon::start(system, session, "").await?,
    };
    println!("start to ready: {:.0} ms (budget 100)", daemon.started.as_secs_f64() * 1e3);
    strap.was_asked("StartNotify rate", 1).await?;
    let mut heart = SimulatedHeart::new(1);
    let mut seconds = 0..;
    stream(&strap, &mut heart, seconds.by_ref().take(30)).await?;
    let before = daemon.usage()?;
    stream(&strap, &mut heart, seconds.by_ref().take(60)).await?;
    let used = daemon.usage()?.since(&before);
    println!(
        "streaming at 1 Hz: {:.1} MB resident (budget 10.5), {:.1} MB proportional, {:.2} MB anonymous (budget 1.5), {:.1} MB files; {} threads",
        daemon.megabytes("VmRSS")?,
        daemon.proportional()?,
        daemon.megabytes("RssAnon")?,
        daemon.megabytes("RssFile")?,
        daemon.status("Threads")?
    );
    println!(
        "  {:.3} % of a core (budget 0.1), {:.2} wake-ups a second (budget 4)",
        used.processor(60.0),
        used.wake_ups(60.0)
    );
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
