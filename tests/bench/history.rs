//! What a year of history takes: room, time to open, time to look at.

#![allow(clippy::print_stdout, reason = "printing the figures is what it is for")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::time::Duration;
use std::time::Instant;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kindbeat::store;
use kindbeat::store::Record;
use kindbeat::store::Store;
use kindbeat::store::StoredReading;

#[path = "../parts/store/year.rs"]
mod year;

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let from = Timestamp::from_second(1_767_571_200)?;
    let mut store = Store::open(folder.path(), from)?.store;
    let empty = store.bytes()?;
    let (beats, filled) = timed(|| year::fill(&mut store, from, 365))?;
    let bytes = store.bytes()?;
    let each = (bytes - empty) as f64 / beats as f64;
    println!(
        "a year of working days: {:.1} MB, {beats} beats, {each:.2} bytes a beat (budget 40 MB, 3)",
        bytes as f64 / 1e6
    );
    println!("written in {:.1} s", filled.as_secs_f64());
    drop(store);
    let (opened, opening) = timed(|| Store::open(folder.path(), from))?;
    println!("opened and checked in {:.1} ms", millis(opening));
    let to = from + SignedDuration::from_hours(366 * 24);
    let zone = TimeZone::UTC;
    let (days, overview) = timed(|| opened.store.days(from, to, &zone))?;
    println!("overview of {} days in {:.1} ms (budget 100)", days.len(), millis(overview));
    let fortnight = to - SignedDuration::from_hours(14 * 24);
    let (heard, took) = timed(|| opened.store.readings(fortnight, to))?;
    println!("{} messages of a fortnight in {:.1} ms", heard.len(), millis(took));
    a_live_hour()
}

/// What writing costs while the heart is heard, an hour in one go.
fn a_live_hour() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut now = Timestamp::from_second(1_767_571_200)?;
    let store = Store::open(folder.path(), now)?.store;
    let mut heart = year::Heart::new(1);
    let before = Usage::now()?;
    let mut handle = store::spawn(store, SignedDuration::MAX, |_| ())?;
    for _ in 0..3_600 {
        now += SignedDuration::from_secs(1);
        let reading = heart.next().1;
        handle.keep(now, Record::Reading(StoredReading { at: now, reading }));
        let sample = kindbeat_core::heart::Sample {
            at: now,
            heart_rate: 70.0,
            since_last: kindbeat_core::heart::Rates::default(),
            rmssd: Some(40.0),
            coverage: 1.0,
        };
        handle.keep(now, Record::Sample(sample));
        anyhow::ensure!(handle.settle(Duration::from_secs(10)));
    }
    anyhow::ensure!(handle.finish(now, Duration::from_secs(10)));
    let after = Usage::now()?;
    println!(
        "an hour live: {:.2} MB written, {:.0} ms of processor, waking the thread for nothing included ({:.4} % of a core)",
        (after.written - before.written) / 1e6,
        after.cpu_ms - before.cpu_ms,
        (after.cpu_ms - before.cpu_ms) / 36_000.0,
    );
    Ok(())
}

/// What this process used so far.
struct Usage {
    written: f64,
    cpu_ms: f64,
}

impl Usage {
    fn now() -> anyhow::Result<Self> {
        let io = std::fs::read_to_string("/proc/self/io")?;
        let written = io.lines().find_map(|line| line.strip_prefix("wchar: ")).unwrap_or("0");
        let stat = std::fs::read_to_string("/proc/self/stat")?;
        // After the name in brackets the 12th and 13th: user and system time in ticks of 10 ms.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|ticks| ticks.parse::<f64>().ok());
        let cpu_ms = 10.0 * (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0));
        Ok(Self { written: written.parse()?, cpu_ms })
    }
}

fn timed<T, E>(act: impl FnOnce() -> Result<T, E>) -> Result<(T, Duration), E> {
    let start = Instant::now();
    Ok((act()?, start.elapsed()))
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
