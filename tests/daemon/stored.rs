//! What is in the store when nobody writes any more.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::ensure;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::store;
use kindbeat::store::ElevationDecision;
use kindbeat::store::Loaded;
use kindbeat::store::OfferEnd;
use kindbeat::store::Record;
use kindbeat::store::Store;
use kindbeat::store::StoredBreak;
use kindbeat::store::StoredFigures;
use kindbeat::store::StoredOffer;
use kindbeat::store::StoredReading;
use kindbeat_core::detection::Baseline;
use kindbeat_core::detection::Method;
use kindbeat_core::heart::Rates;
use kindbeat_core::heart::Sample;
use kindbeat_core::practice::Habits;

pub(crate) fn reading(folder: &Path) -> anyhow::Result<Store> {
    Store::open_to_read(folder)?.context("a database")
}

/// What became of each offer, in order.
pub(crate) fn answers(folder: &Path) -> anyhow::Result<Vec<Option<OfferEnd>>> {
    let offers = reading(folder)?.offers(Timestamp::MIN, Timestamp::MAX)?;
    Ok(offers.iter().map(|offer| offer.ended.map(|(end, _)| end)).collect())
}

/// What became of each elevation, in order.
pub(crate) fn outcomes(folder: &Path) -> anyhow::Result<Vec<Option<ElevationDecision>>> {
    let elevations = reading(folder)?.elevations(Timestamp::MIN, Timestamp::MAX)?;
    Ok(elevations.into_iter().map(|elevation| elevation.decision).collect())
}

pub(crate) fn breaks(folder: &Path) -> anyhow::Result<Vec<StoredBreak>> {
    Ok(reading(folder)?.breaks(Timestamp::MIN, Timestamp::MAX)?)
}

pub(crate) fn heard(folder: &Path) -> anyhow::Result<Vec<StoredReading>> {
    Ok(reading(folder)?.readings(Timestamp::MIN, Timestamp::MAX)?)
}

pub(crate) fn state(folder: &Path) -> anyhow::Result<Loaded> {
    Ok(reading(folder)?.load_state()?)
}

/// Its owner has read what comes before the first break.
pub(crate) fn welcomed(folder: &Path) -> anyhow::Result<()> {
    let now = Timestamp::UNIX_EPOCH;
    let opened = Store::open(folder, now)?;
    let mut handle = store::spawn(opened.store, SignedDuration::from_hours(24), |_| {})?;
    handle.keep(now, Record::Habits(Habits { welcomed: true, ..Habits::default() }));
    ensure!(handle.finish(now, Duration::from_secs(20)), "not written");
    Ok(())
}

/// An hour of wear at this rate, up to `now`, as an earlier run left it.
pub(crate) fn learned(folder: &Path, now: Timestamp, rate: f64) -> anyhow::Result<()> {
    let mut baseline = Baseline::new(Method::default());
    for second in (-3_600..0).step_by(5) {
        baseline.learn(&Sample {
            at: now + SignedDuration::from_secs(second),
            heart_rate: rate,
            since_last: Rates::steady(rate, 5),
            rmssd: None,
            coverage: 1.0,
        });
    }
    let opened = Store::open(folder, now)?;
    let mut handle = store::spawn(opened.store, SignedDuration::from_hours(24), |_| {})?;
    handle.keep(now, Record::Baseline(baseline.state()));
    ensure!(handle.finish(now, Duration::from_secs(20)), "not written");
    Ok(())
}

/// An offer that was open as the run ended that made it.
pub(crate) fn offered(folder: &Path, now: Timestamp) -> anyhow::Result<()> {
    let figures = StoredFigures {
        heart_rate: 84.0,
        usual: 62.0,
        spread: 3.0,
        sustained: SignedDuration::from_mins(5),
    };
    let opened = Store::open(folder, now)?;
    let mut handle = store::spawn(opened.store, SignedDuration::from_hours(24), |_| {})?;
    handle.keep(now, Record::Offer(StoredOffer { made: now, figures, ended: None }));
    ensure!(handle.finish(now, Duration::from_secs(20)), "not written");
    Ok(())
}
