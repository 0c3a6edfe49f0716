//! What the daemon takes while the owner's strap is out of reach, alone and among devices of other people.

use std::time::Duration;
use std::time::Instant;

use kindbeat_core::simulation::SimulatedHeart;
use tokio::time::sleep;

use crate::bus::Bus;
use crate::fake::Fake;
use crate::process::Daemon;
use crate::process::Usage;
use crate::stream;

/// A computer with a strap that streamed and went.
struct Computer {
    bluez: Fake,
    daemon: Daemon,
    _buses: [Bus; 2],
}

/// What is taken in a stretch of time.
struct Taken {
    used: Usage,
    seconds: f64,
    searched: Duration,
}

/// Measures the first minutes of a search and, where it may take twenty minutes, what follows once the strap counts as away.
pub(crate) async fn measure(away: bool) -> anyhow::Result<()> {
    // At the same time, since it takes so long.
    let (alone, among) = tokio::try_join!(searched(0, away), searched(NEIGHBOURS, away))?;
    println!("searching, the strap out of reach:\n  alone:\n{alone}");
    println!("  among {NEIGHBOURS} devices of others, and a monitor of somebody else:\n{among}");
    if !away {
        println!("  away for 10 minutes: left out; with \"-- --away\" it takes twenty minutes");
    }
    Ok(())
}

async fn searched(neighbours: u32, away: bool) -> anyhow::Result<String> {
    let Some(computer) = Computer::start().await? else { return Ok(String::new()) };
    if neighbours > 0 {
        computer.bluez.another_is_in_reach().await?;
    }
    tokio::select! {
        said = computer.tells(away) => said,
        gone = computer.bluez.is_among(neighbours) => match gone? {},
    }
}

impl Computer {
    async fn start() -> anyhow::Result<Option<Self>> {
        let (Some(system), Some(session)) = (Bus::start().await?, Bus::start().await?) else {
            return Ok(None);
        };
        let bluez = Fake::start(&system.address()).await?;
        let daemon = Daemon::start(&system, &session, "").await?;
        bluez.was_asked("StartNotify rate", 1).await?;
        stream(&bluez, &mut SimulatedHeart::new(1), 0..3).await?;
        bluez.loses_link(false).await?;
        bluez.forgets_strap().await?;
        Ok(Some(Self { bluez, daemon, _buses: [system, session] }))
    }

    async fn tells(&self, away: bool) -> anyhow::Result<String> {
        let first = format!("    its first minutes: {}", self.takes(10, 60).await?.said());
        if !away {
            return Ok(first);
        }
        let (wake_ups, share) = BUDGET;
        let taken = self.takes(590, 600).await?.said();
        self.bluez.strap_is_back();
        let back = Instant::now();
        self.bluez.was_asked("StartNotify rate", 2).await?;
        let back = back.elapsed().as_secs_f64();
        Ok(format!(
            "{first}\n    away for 10 minutes: {taken} (budget {wake_ups} and {share} %)\n    the strap is back: connected after {back:.0} s"
        ))
    }

    /// What it takes in so many seconds, after others.
    async fn takes(&self, after: u64, lasting: u64) -> anyhow::Result<Taken> {
        sleep(Duration::from_secs(after)).await;
        let (before, searched, began) =
            (self.daemon.usage()?, self.bluez.searched(), Instant::now());
        sleep(Duration::from_secs(lasting)).await;
        Ok(Taken {
            used: self.daemon.usage()?.since(&before),
            seconds: began.elapsed().as_secs_f64(),
            searched: self.bluez.searched().saturating_sub(searched),
        })
    }
}

impl Taken {
    fn said(&self) -> String {
        format!(
            "{:.3} % of a core, {:.1} wake-ups a minute, searching for {:.1} % of the time",
            self.used.processor(self.seconds),
            self.used.wake_ups(self.seconds) * 60.0,
            self.searched.as_secs_f64() / self.seconds * 100.0
        )
    }
}

/// An office.
const NEIGHBOURS: u32 = 30;

/// Wake-ups a minute, and the percentage of the time that may be searched, once the strap has been away for ten minutes.
const BUDGET: (f64, f64) = (10.0, 5.0);
