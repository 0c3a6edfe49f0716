//! From a gate that opens to the offer, and from the click to the painted page.

use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use anyhow::ensure;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::interface;
use kindbeat::interface::Client;
use kindbeat_core::simulation::SimulatedHeart;
use tokio::io::AsyncBufReadExt;
use tokio::io::BufReader;
use tokio::net::unix::pipe;

use crate::browser;
use crate::browser::Browser;
use crate::bus::Bus;
use crate::fake::Fake;
use crate::process::Daemon;
use crate::server::Server;

/// Each round takes two minutes: a heart has to go up and to settle.
const ROUNDS: usize = 3;

/// What the program takes for usual before it has learned much, so that little has to be learned.
const USUAL: f64 = 72.0;

/// Measures both, a few times over.
pub(crate) async fn measure(system: &Bus, session: &Bus) -> anyhow::Result<()> {
    let strap = Fake::start(&system.address()).await?;
    let mut desktop = Server::start(&session.address()).await?;
    let folder = tempfile::tempdir()?;
    let pipe = folder.path().join("opened");
    let made = Command::new("mkfifo").arg(&pipe).status()?;
    ensure!(made.success(), "mkfifo: {made}");
    // Open for writing too, so that it does not end when a writer does.
    let opened = pipe::OpenOptions::new().read_write(true).open_receiver(&pipe)?;
    let mut opened = BufReader::new(opened).lines();
    let daemon = Daemon::start(system, session, &config(&pipe)).await?;
    strap.was_asked("StartNotify rate", 1).await?;
    let client = Client::connect(interface::Bus::at(session.address())).await?;
    let mut browser = None;
    if let Some(program) = browser::find() {
        browser.insert(Browser::start(&program).await).open("about:blank").await;
    }
    let mut heart = Heart { strap: &strap, beating: SimulatedHeart::new(3), second: 0 };
    heart.beats(USUAL, 60).await?;
    let (mut offers, mut pages) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        client.snooze(Timestamp::now() + SignedDuration::from_hours(1)).await?;
        while client.status().await?.held_by.as_deref() != Some("snoozed") {
            heart.beats(USUAL + 15.0, 1).await?;
        }
        let began = Instant::now();
        let (resumed, asked) = tokio::join!(client.resume(), desktop.asked_to_show());
        resumed?;
        asked?;
        offers.push(began.elapsed());
        let clicked = Timestamp::now();
        desktop.clicks().await?;
        let url = opened.next_line().await?.context("no address")?;
        if let Some(browser) = &mut browser {
            browser.open(url.trim()).await;
            browser.until(PAINTED).await;
            let painted = browser.eval(PAINTED_AT).await.as_f64().context("no time")?;
            pages.push(painted - clicked.as_duration().as_secs_f64() * 1e3);
        }
        client.end_break().await?;
        heart.beats(USUAL, 75).await?;
    }
    drop(daemon);
    offers.sort();
    let median = offers[offers.len() / 2].as_secs_f64() * 1e3;
    println!(
        "last gate open to Notify: {median:.1} ms at the median of {} (budget 50)",
        offers.len()
    );
    pages.sort_by(f64::total_cmp);
    match pages.get(pages.len() / 2) {
        Some(median) => println!(
            "click to painted page, browser running: {median:.0} ms at the median of {} (budget 500)",
            pages.len()
        ),
        None => println!("click to painted page: no Chromium here"),
    }
    Ok(())
}

/// Short, so that a round does not take half an hour. The page is opened by whoever reads from `pipe`.
fn config(pipe: &Path) -> String {
    let tell = format!("printf '%s\\n' \"$1\" > {}", pipe.display());
    format!(
        "[detection]\nrise_bpm = 8\nrise_spread = 0.5\nsustain = \"10s\"\nwarm_up = \"30s\"\nrearm = \"0s\"\n\
         [offer]\ncool_down = \"0s\"\nat_most_per_day = 1000\nwait_for_pause = \"0s\"\n\
         [page]\nopen_with = [\"sh\", \"-c\", {tell:?}, \"sh\", \"{{url}}\"]\n"
    )
}

struct Heart<'a> {
    strap: &'a Fake,
    beating: SimulatedHeart,
    second: u32,
}

impl Heart<'_> {
    /// Beats at that level for so many seconds.
    async fn beats(&mut self, level: f64, seconds: u32) -> anyhow::Result<()> {
        for _ in 0..seconds {
            self.strap.sends(&self.beating.second(self.second, level).encode()).await?;
            self.second += 1;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(())
    }
}

pub(crate) const PAINTED: &str =
    "performance.getEntriesByName('first-contentful-paint').length > 0";
pub(crate) const PAINTED_AT: &str =
    "performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime";
