//! The program, killed again and again in the middle of its work, and started again by another clock: what is older than ten seconds
//! is in its store, which opens every time.
//!
//! Its wall clock is that of libfaketime: it starts anywhere in sixty years, and runs three times as fast.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::ensure;
use fastrand::Rng;
use futures_util::future::try_join_all;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::store;
use kindbeat::store::Store;
use rustix::process::Signal;
use tokio::time::Instant;

use crate::bluez::Fake;
use crate::program::Desktop;
use crate::program::Program;

#[tokio::test]
async fn no_kill_loses_what_is_older_than_ten_seconds() -> anyhow::Result<()> {
    if !Path::new(FAKETIME).exists() {
        let missing = format!("{FAKETIME} is not installed");
        ensure!(std::env::var_os("CI").is_none(), missing);
        writeln!(std::io::stderr(), "LEFT OUT: {missing}")?;
        return Ok(());
    }
    let kills = if std::env::var_os("KINDBEAT_ALL").is_some() { 334 } else { 8 };
    let worlds = try_join_all((0..3).map(|_| world(kills))).await?;
    let Some(worlds) = worlds.into_iter().collect::<Option<Vec<Survived>>>() else {
        return Ok(());
    };
    writeln!(
        std::io::stderr(),
        "{} kills: {} messages older than ten seconds, none lost; the oldest that was lost came {:.1} s before",
        kills * worlds.len(),
        worlds.iter().map(|world| world.old).sum::<usize>(),
        worlds.iter().map(|world| world.oldest_lost).max().unwrap_or_default().as_secs_f64()
    )?;
    Ok(())
}

/// What became of the messages of one person's strap.
#[derive(Debug, Default)]
struct Survived {
    /// How many were older than ten seconds at a kill.
    old: usize,
    /// How old the oldest was that a kill lost.
    oldest_lost: Duration,
}

/// One person's desktop, on which the program is killed so many times; `None` where there is no `dbus-daemon`.
async fn world(kills: usize) -> anyhow::Result<Option<Survived>> {
    let Some(desktop) = Desktop::new()? else { return Ok(None) };
    let strap = Fake::start(&desktop.system.address()).await?;
    let seed = fastrand::u64(..);
    let mut random = Rng::with_seed(seed);
    let mut survived = Survived::default();
    for kill in 0..kills {
        let killed = life(&desktop, &strap, &mut random, &mut survived);
        killed.await.with_context(|| format!("kill {kill} of seed {seed}"))?;
    }
    ensure!(store::kept_aside(&desktop.store()).is_empty(), "the database was damaged");
    let opened = Store::open(&desktop.store(), Timestamp::UNIX_EPOCH)?;
    ensure!(opened.quarantined.is_none(), "{:?}", opened.quarantined);
    Ok(Some(survived))
}

/// From a start of the program to its kill.
async fn life(
    desktop: &Desktop,
    strap: &Fake,
    random: &mut Rng,
    survived: &mut Survived,
) -> anyhow::Result<()> {
    let from = Timestamp::from_second(random.i64(1_000_000_000..2_900_000_000))?;
    let lasting = match random.u8(0..4) {
        0 => Duration::from_millis(random.u64(0..250)),
        _ => Duration::from_millis(random.u64(250..7_000)),
    };
    let asked = strap.times("StartNotify rate");
    let mut command = desktop.command();
    let start = format!("@{} x{SPEED}", from.strftime("%Y-%m-%d %H:%M:%S"));
    command.env("LD_PRELOAD", FAKETIME).env("FAKETIME", start).env("TZ", "UTC");
    command.env("DONT_FAKE_MONOTONIC", "1").env("NO_FAKE_STAT", "1");
    let program = Program::start(command)?;
    let end = Instant::now() + lasting;
    let mut sent = Vec::new();
    let stream = async {
        strap.was_asked("StartNotify rate", asked + 1).await?;
        let mut often = tokio::time::interval(Duration::from_millis(50));
        for interval in (400_u16..1_900).cycle() {
            often.tick().await;
            let [low, high] = interval.to_le_bytes();
            sent.push((Instant::now(), interval));
            strap.sends(&[0x10, 72, low, high]).await?;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        streamed = stream => streamed?,
        () = tokio::time::sleep_until(end) => {}
    }
    program.signal(Signal::KILL)?;
    let killed = Instant::now();
    program.ends().await?;

    let until = from + SignedDuration::from_secs(60);
    let stored = match Store::open_to_read(&desktop.store())? {
        Some(store) => store.readings(from - SignedDuration::from_secs(60), until)?,
        None => Vec::new(),
    };
    let stored: Vec<_> = stored.iter().flat_map(|stored| &stored.reading.rr).collect();
    let count = sent.len();
    for (at, interval) in sent {
        let age = (killed - at) * SPEED;
        // As the packet has it: in 1/1024 s.
        let millis = f64::from(interval) * 1_000.0 / 1_024.0;
        let is_stored = stored.iter().any(|stored| (stored.millis() - millis).abs() < 0.2);
        let is_old = age > Duration::from_secs(10);
        let (kept, of) = (stored.len(), count);
        ensure!(is_stored || !is_old, "lost: {age:?} old ({interval}); {kept} of {of} stored");
        survived.old += usize::from(is_old);
        if !is_stored {
            survived.oldest_lost = survived.oldest_lost.max(age);
        }
    }
    Ok(())
}

/// How many seconds of the program's clock pass in one.
const SPEED: u32 = 3;
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
