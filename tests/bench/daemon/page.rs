//! What a page costs: a browser that has yet to start, its guide that moves, and what the daemon keeps of it afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::Context;
use anyhow::ensure;
use jiff::Timestamp;
use kindbeat::interface;
use kindbeat::interface::Client;
use kindbeat_core::practice::Length;
use tokio::time::sleep;

use crate::browser;
use crate::browser::Browser;
use crate::browser::Program;
use crate::bus::Bus;
use crate::fake::Fake;
use crate::offers::PAINTED;
use crate::offers::PAINTED_AT;
use crate::process::Daemon;

const ROUNDS: usize = 5;

/// Measures all three.
pub(crate) async fn measure(system: &Bus, session: &Bus) -> anyhow::Result<()> {
    let Some(program) = browser::find() else {
        println!("what a page costs: no Chromium here");
        return Ok(());
    };
    let _nobody = Fake::start(&system.address()).await?;
    // The browser is started here, so that it can be asked.
    let daemon = Daemon::start(system, session, "[page]\nopen_with = [\"true\"]\n").await?;
    let client = Client::connect(interface::Bus::at(session.address())).await?;
    sleep(Duration::from_secs(10)).await;
    let idle = Memory::of(&daemon)?;
    cold(&client, &program).await?;
    guide(&client, &program).await?;
    sleep(Duration::from_secs(10)).await;
    let after = Memory::of(&daemon)?;
    println!(
        "the daemon's memory 10 s after its pages closed: {:+.2} MB beside the idle {:.2} (budget 1), of it {:+.2} MB its own and {:+.2} MB files",
        after.resident - idle.resident,
        idle.resident,
        after.own - idle.own,
        after.files - idle.files
    );
    Ok(())
}

/// From a break that is asked for to its painted page, with a browser that is not running and knows nothing yet.
async fn cold(client: &Client, program: &Program) -> anyhow::Result<()> {
    let mut pages = Vec::new();
    for _ in 0..ROUNDS {
        let asked = Timestamp::now();
        let url = client.start_break(None, None).await?;
        let mut browser = Browser::start(program).await;
        browser.open(&url).await;
        browser.until(PAINTED).await;
        let painted = browser.eval(PAINTED_AT).await.as_f64().context("no time")?;
        pages.push(painted - asked.as_duration().as_secs_f64() * 1e3);
        // A key before its script runs is lost.
        browser.until("document.activeElement.id === 'page'").await;
        browser.press("Escape").await;
        closed(client).await?;
    }
    pages.sort_by(f64::total_cmp);
    println!(
        "click to painted page, browser not running: {:.0} ms at the median of {} (budget 1200)",
        pages[pages.len() / 2],
        pages.len()
    );
    Ok(())
}

/// What the browser, all its processes together, uses while the guide moves, and while the same page stands still.
async fn guide(client: &Client, program: &Program) -> anyhow::Result<()> {
    let mut browser = Browser::start(program).await;
    let url = client.start_break(None, Some(Length::FiveMinutes)).await?;
    browser.open(&url).await;
    browser.until("document.activeElement.id === 'page'").await;
    // Past the screens of the first time and the first page.
    while browser.eval("page.className").await != "step" {
        let moment = browser.text("page.dataset.moment").await;
        browser.press(" ").await;
        browser.until(&format!("page.dataset.moment !== '{moment}'")).await;
    }
    browser.until("document.getAnimations().length > 0").await;
    let process = browser.process().context("it has ended")?;
    let used = async || {
        sleep(Duration::from_secs(2)).await;
        let before = ticks(process)?;
        sleep(Duration::from_secs(10)).await;
        // A tick is a hundredth of a second; ten seconds of a core are a thousand.
        anyhow::Ok((ticks(process)? - before) / 10.0)
    };
    let moving = used().await?;
    ensure!(browser.eval("page.dataset.moment").await == "step-0", "the step was too short");
    browser.press("p").await;
    browser.until("pause.dataset.do === 'resume'").await;
    let still = used().await?;
    println!(
        "the browser while the guide moves: {moving:.1} % of a core, {still:.1} % while it stands still: {:.1} above (budget 10)",
        moving - still
    );
    browser.press("Escape").await;
    closed(client).await
}

async fn closed(client: &Client) -> anyhow::Result<()> {
    while client.status().await?.page_open {
        sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// The processor time of a process and all that come from it, in ticks.
fn ticks(process: u32) -> anyhow::Result<f64> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let name = entry.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // It may have ended meanwhile. The name of a program, in brackets, may hold anything.
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let rest = stat.rsplit_once(')').context("a name")?.1;
        let figures: Vec<&str> = rest.split_whitespace().collect();
        let figure =
            |at: usize| figures.get(at).context("a figure")?.parse::<u32>().context("a number");
        // proc(5): the third field comes first here; parent, user and system time.
        all.insert(id, (figure(1)?, figure(11)? + figure(12)?));
    }
    let is_of_it = |mut id: u32| {
        while let Some((parent, _)) = all.get(&id) {
            if id == process {
                return true;
            }
            id = *parent;
        }
        false
    };
    Ok(all.iter().filter(|(id, _)| is_of_it(**id)).map(|(_, (_, used))| f64::from(*used)).sum())
}

/// In megabytes.
struct Memory {
    resident: f64,
    own: f64,
    files: f64,
}

impl Memory {
    fn of(daemon: &Daemon) -> anyhow::Result<Self> {
        Ok(Self {
            resident: daemon.megabytes("VmRSS")?,
            own: daemon.megabytes("RssAnon")?,
            files: daemon.megabytes("RssFile")?,
        })
    }
}
