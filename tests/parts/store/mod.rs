//! The store as the daemon and its commands meet it: killed, read while written, of an earlier version, a year long.

#![allow(clippy::unwrap_used, reason = "also in the helpers of tests")]

use std::fs;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use kindbeat::store;
use kindbeat::store::BreakAnswers;
use kindbeat::store::BreakEnd;
use kindbeat::store::ElevationDecision;
use kindbeat::store::OfferEnd;
use kindbeat::store::Record;
use kindbeat::store::Store;
use kindbeat::store::StoredBreak;
use kindbeat::store::StoredElevation;
use kindbeat::store::StoredFigures;
use kindbeat::store::StoredOffer;
use kindbeat::store::StoredReading;
use kindbeat_core::detection::Baseline;
use kindbeat_core::detection::Method;
use kindbeat_core::heart::BeatFilter;
use kindbeat_core::heart::Rates;
use kindbeat_core::heart::Sample;
use kindbeat_core::heart::Sampler;
use kindbeat_core::practice::Liking;

mod year;

use crate::again::name_of_test;

/// Files that the kindbeat of each schema wrote, by [`fill_for_later`].
const STORED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parts/store");
/// The monitor in those files; before schema 3 its Bluetooth address alone was stored.
const MONITOR: &str = "bluetooth:C0:FF:EE:00:00:01";
const PATIENCE: Duration = Duration::from_secs(60);
const KEEP: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

/// Monday 2026-11-23, 00:00 UTC, and so many seconds.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_392_000 + second).unwrap()
}

fn open(folder: &Path) -> Store {
    let opened = Store::open(folder, at(0)).unwrap();
    assert_eq!(opened.quarantined, None);
    opened.store
}

/// Not a test: what the killed process runs. It stores a heart second by second, without waiting for the seconds to pass but
/// waiting for the disk as they would, and says how far it is.
#[test]
fn the_process_that_is_killed() {
    let Ok(folder) = std::env::var("KINDBEAT_TEST_STORE") else { return };
    let mut store = store::spawn(open(Path::new(&folder)), KEEP, |_| ()).unwrap();
    let mut heart = year::Heart::new(1);
    // Past the end of an hour.
    for second in 3_000.. {
        let now = at(second);
        let (_, reading) = heart.next();
        store.keep(now, Record::Reading(StoredReading { at: now, reading }));
        store.keep(
            now,
            Record::Sample(Sample {
                at: now,
                heart_rate: 70.0,
                since_last: Rates::default(),
                rmssd: None,
                coverage: 1.0,
            }),
        );
        assert!(store.settle(PATIENCE));
        writeln!(io::stdout(), "second {second}").unwrap();
    }
}

/// Runs it until it says `last`, and kills it there. What it last said, which may be more.
fn killed_at(folder: &Path, last: i64) -> i64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([name_of_test!(the_process_that_is_killed), "--exact", "--nocapture"])
        .env("KINDBEAT_TEST_STORE", folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = |line: io::Result<String>| {
        line.unwrap().strip_prefix("second ").map(|second| second.parse().unwrap())
    };
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().filter_map(said);
    assert!(lines.any(|second: i64| second == last));
    // SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    lines.last().unwrap_or(last)
}

#[test]
fn a_kill_loses_less_than_ten_seconds() {
    for last in [3_003, 3_057, 3_600, 3_641] {
        let folder = tempfile::tempdir().unwrap();
        let reached = killed_at(folder.path(), last);
        let store = open(folder.path());
        let heard = store.readings(at(0), at(10_000)).unwrap();
        let seconds: Vec<i64> =
            heard.iter().map(|heard| heard.at.as_second() - at(0).as_second()).collect();
        let whole: Vec<i64> = (3_000..).take(seconds.len()).collect();
        assert_eq!(seconds, whole, "nothing is missing in between");
        let lost = reached - seconds.last().copied().unwrap_or(3_000 - 1);
        assert!(lost < 10, "{lost} s lost at {reached}");
        let minutes = store.minutes(at(0), at(10_000)).unwrap();
        let summed_up =
            minutes.last().map_or(50 * 60, |minute| minute.at.as_second() - at(0).as_second() + 60);
        assert!(reached - summed_up < 10, "no summary since {summed_up} at {reached}");
    }
}

#[test]
fn a_killed_store_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    killed_at(folder.path(), 3_700);
    let before = open(folder.path()).readings(at(0), at(100_000)).unwrap();
    let mut store = store::spawn(open(folder.path()), KEEP, |_| ()).unwrap();
    let reading = year::Heart::new(3).next().1;
    store.keep(
        at(9_000),
        Record::Reading(StoredReading { at: at(9_000), reading: reading.clone() }),
    );
    assert!(store.finish(at(9_001), PATIENCE));
    let after = open(folder.path()).readings(at(0), at(100_000)).unwrap();
    assert_eq!(after[..before.len()], before);
    assert_eq!(after.len(), before.len() + 1);
}

#[test]
fn it_can_be_read_while_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Store::open_to_read(folder.path()).unwrap().is_none());
    let mut writing = store::spawn(open(folder.path()), KEEP, |_| ()).unwrap();
    let reading = Store::open_to_read(folder.path()).unwrap().unwrap();
    let mut heart = year::Heart::new(2);
    for second in 0..100 {
        writing.keep(
            at(second),
            Record::Reading(StoredReading { at: at(second), reading: heart.next().1 }),
        );
        assert!(writing.settle(PATIENCE));
        let seen = reading.readings(at(0), at(1_000)).unwrap().len();
        assert_eq!(
            i64::try_from(seen),
            Ok(second - second % 9 + i64::from(second % 9 == 8) * 9),
            "at {second}"
        );
    }
}

/// Writes all that the test below looks for.
fn fill_for_later(folder: &Path) {
    let mut store = store::spawn(open(folder), KEEP, |_| ()).unwrap();
    let (mut heart, mut sampler) =
        (year::Heart::new(5), Sampler::over(SignedDuration::from_secs(60)));
    let mut baseline = Baseline::new(Method::default());
    for second in 0..4_000 {
        let (now, reading) = (at(second), heart.next().1);
        if let Some(sample) = sampler.observe(now, reading.heart_rate, &[]) {
            baseline.learn(&sample);
            store.keep(now, Record::Sample(sample));
        }
        store.keep(now, Record::Reading(StoredReading { at: now, reading }));
    }
    let sustained = SignedDuration::from_mins(5);
    let figures = StoredFigures { heart_rate: 88.4, usual: 72.1, spread: 5.2, sustained };
    let started = at(3_000);
    let said = BreakAnswers {
        started,
        answered: at(3_200),
        tension_before: Some(7),
        tension: Some(3),
        liking: Some(Liking::More),
        note: Some("lighter".to_owned()),
    };
    for record in [
        Record::Elevation(StoredElevation {
            started,
            ended: None,
            figures,
            decision: Some(ElevationDecision::Offered),
        }),
        Record::Offer(StoredOffer {
            made: started,
            figures,
            ended: Some((OfferEnd::Start, started)),
        }),
        Record::Break(StoredBreak {
            started,
            practice: "kind-hand".to_owned(),
            length_s: 60,
            ended: Some((BreakEnd::Left(2), at(3_100))),
            answers: None,
        }),
        Record::Answers(said),
        Record::Baseline(baseline.state()),
        Record::Monitor(MONITOR.parse().ok()),
        Record::Snoozed(Some(at(5_000))),
        Record::Offered { cool_down_from: started, made: 7, of_day: Some((date(2026, 11, 23), 2)) },
    ] {
        store.keep(at(4_000), record);
    }
    assert!(store.finish(at(4_000), PATIENCE));
}

/// The first run after a change of the schema writes the file, and fails.
#[test]
fn a_file_of_the_present_schema_is_kept_for_later() {
    let folder = tempfile::tempdir().unwrap();
    fill_for_later(folder.path());
    let path = folder.path().join(store::FILE);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA journal_mode = DELETE; VACUUM").unwrap();
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    drop(connection);
    let kept = Path::new(STORED).join(format!("schema-{version:04}.db.gz"));
    if !kept.exists() {
        let mut packed = GzEncoder::new(fs::File::create(&kept).unwrap(), Compression::best());
        packed.write_all(&fs::read(path).unwrap()).unwrap();
        packed.finish().unwrap();
        panic!("{} was written; add it to the repository", kept.display());
    }
}

#[test]
fn the_file_of_every_schema_is_read() {
    for entry in fs::read_dir(STORED).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "gz") {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut database = Vec::new();
        GzDecoder::new(fs::File::open(&path).unwrap()).read_to_end(&mut database).unwrap();
        fs::write(folder.path().join(store::FILE), database).unwrap();
        let store = open(folder.path());
        let (from, to) = (at(0), at(86_400));
        let (stored, mut heart) = (store.readings(from, to).unwrap(), year::Heart::new(5));
        assert_eq!(stored.len(), 4_000);
        for heard in &stored {
            assert_eq!(heard.reading.rr.len(), heart.next().1.rr.len());
        }
        assert_eq!(store.minutes(from, to).unwrap().len(), 67);
        assert_eq!(store.elevations(from, to).unwrap().len(), 1);
        let offers = store.offers(from, to).unwrap();
        assert_eq!(offers[0].ended.unwrap().0, OfferEnd::Start);
        let breaks = store.breaks(from, to).unwrap();
        let said = breaks[0].answers.as_ref().unwrap();
        assert_eq!((said.tension, said.note.as_deref()), (Some(3), Some("lighter")));
        let loaded = store.load_state().unwrap();
        assert_eq!(loaded.ignored, [""; 0]);
        let baseline = Baseline::restored(Method::default(), loaded.baseline.unwrap()).unwrap();
        assert_eq!(baseline.learned(), SignedDuration::from_secs(3_995));
        assert_eq!(loaded.state.monitor, MONITOR.parse().ok());
        assert_eq!(loaded.state.offers_of_day, Some((date(2026, 11, 23), 2)));
        let days = store.days(from, to, &TimeZone::UTC).unwrap();
        assert_eq!((days.len(), days[0].minutes, days[0].breaks), (1, 67, 1));
    }
}

#[test]
fn beats_come_back_as_they_were_judged() {
    let mut store = Store::in_memory().unwrap();
    year::fill(&mut store, at(0), 1).unwrap();
    let (mut filter, mut heart, mut live) =
        (BeatFilter::default(), year::Heart::new(7), Vec::new());
    for _ in 0..8 * 3_600 {
        let (millis, reading) = heart.next();
        let now = at(8 * 3_600) + SignedDuration::from_secs_f64(millis / 1000.0);
        live.extend(filter.label(now, &reading.rr));
    }
    let stored = store.beats(at(0), at(86_400)).unwrap();
    assert_eq!(stored.len(), live.len());
    assert!(live.iter().any(|beat| beat.artefact.is_some()));
    for (stored, live) in stored.iter().zip(&live) {
        assert!((stored.rr.millis() - live.rr.millis()).abs() < 1e-9);
        assert_eq!((stored.artefact, stored.follows), (live.artefact, live.follows));
        assert!(stored.at.duration_since(live.at).abs() <= SignedDuration::from_millis(50));
    }
}

#[test]
fn a_beat_takes_less_than_three_bytes_in_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let empty = store.bytes().unwrap();
    let beats = year::fill(&mut store, at(0), 14).unwrap();
    let bytes = store.bytes().unwrap() - empty;
    assert!(bytes <= 3 * beats, "{bytes} bytes for {beats} beats");
}
