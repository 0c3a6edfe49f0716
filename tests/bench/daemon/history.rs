//! How long a start takes with a long history.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use kindbeat::store::FILE;
use kindbeat::store::Store;
use rustix::fs::Advice;
use rustix::fs::fadvise;
use rustix::fs::fsync;

use crate::bus::Bus;
use crate::process::Daemon;
use crate::year;

pub(crate) async fn measure(system: &Bus, session: &Bus) -> anyhow::Result<()> {
    let home = Arc::new(tempfile::tempdir()?);
    let folder = home.path().join(".local/state/kindbeat");
    let from = Timestamp::from_second(1_732_492_800)?;
    let mut store = Store::open(&folder, from)?.store;
    year::fill(&mut store, from, 2 * 365)?;
    let bytes = store.bytes()?;
    drop(store);
    let start = async |cold: bool| {
        if cold {
            forget(&folder.join(FILE))?;
        }
        let daemon = Daemon::start_at(Arc::clone(&home), system, session, "").await?;
        anyhow::Ok(daemon.started.as_secs_f64() * 1e3)
    };
    let (mut warm, mut cold) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        cold.push(start(true).await?);
        warm.push(start(false).await?);
    }
    println!(
        "start to ready with two years of history, {:.0} MB: {:.0} ms (budget 100), {:.0} ms where the disk has to read it",
        bytes as f64 / 1e6,
        median(warm),
        median(cold)
    );
    Ok(())
}

/// The system is to read this file from the disk again.
fn forget(file: &Path) -> anyhow::Result<()> {
    let file = fs::File::open(file)?;
    fsync(&file)?;
    Ok(fadvise(&file, 0, None, Advice::DontNeed)?)
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}
