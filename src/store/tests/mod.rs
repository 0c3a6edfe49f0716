//! The store as a whole: what comes back.

mod retention;
mod trouble;

use jiff::SignedDuration;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use kindbeat_core::detection::Baseline;
use kindbeat_core::detection::Method;
use kindbeat_core::heart::Contact;
use kindbeat_core::heart::Rates;
use kindbeat_core::heart::Reading;
use kindbeat_core::heart::RrInterval;
use kindbeat_core::heart::Sample;
use kindbeat_core::practice::Habits;
use kindbeat_core::practice::Liking;

/// Monday 2026-11-23, 00:00 UTC, and so many milliseconds.
fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_392_000_000 + millis).unwrap()
}

fn heard(millis: i64) -> Record {
    let rr = vec![RrInterval::from_ticks(850).unwrap()];
    let reading = Reading { heart_rate: Some(72.0), contact: Contact::Detected, rr: rr.into() };
    Record::Reading(StoredReading { at: at(millis), reading })
}

fn sample(millis: i64) -> Record {
    Record::Sample(Sample {
        at: at(millis),
        heart_rate: 71.5,
        since_last: Rates::default(),
        rmssd: Some(40.2),
        coverage: 1.0,
    })
}

fn figures() -> StoredFigures {
    let sustained = SignedDuration::from_millis(300_250);
    StoredFigures { heart_rate: 88.4, usual: 72.1, spread: 5.2, sustained }
}

fn keep(store: &mut Store, records: impl IntoIterator<Item = (Timestamp, Record)>) {
    let mut writer = Writer::new(SignedDuration::from_hours(1_000));
    for (now, record) in records {
        writer.keep(now, record);
        if writer.flush_due().unwrap() <= now {
            store.write(&writer.flush(now).unwrap()).unwrap();
        }
    }
    if let Some(batch) = writer.flush(at(0)) {
        store.write(&batch).unwrap();
    }
}

fn all_heard(store: &Store) -> Vec<StoredReading> {
    store.readings(Timestamp::MIN, Timestamp::MAX).unwrap()
}

#[test]
fn nothing_waits_over_eight_seconds_when_the_clock_is_set_back() {
    let mut writer = Writer::new(SignedDuration::from_hours(1));
    assert_eq!(writer.flush_due(), None);
    writer.keep(at(100_000), heard(100_000));
    writer.keep(at(101_000), sample(101_000));
    assert_eq!(writer.flush_due(), Some(at(108_000)));
    writer.keep(at(5_000), heard(5_000));
    assert_eq!(writer.flush_due(), Some(at(13_000)));
    writer.keep(at(6_000), Record::Snoozed(None));
    assert_eq!(writer.flush_due(), Some(at(6_000)));
}

#[test]
fn a_record_that_makes_no_sense_does_not_stop_the_others() {
    let mut store = Store::in_memory().unwrap();
    let (started, answered) = (at(0), at(1));
    let said = BreakAnswers {
        started,
        answered,
        tension_before: Some(11),
        tension: Some(200),
        liking: Some(Liking::Less),
        note: None,
    };
    let taken = StoredBreak {
        started: at(5),
        practice: "a".to_owned(),
        length_s: 60,
        ended: None,
        answers: None,
    };
    let known = BreakAnswers { started: at(5), ..said.clone() };
    let records = [Record::Answers(said), Record::Break(taken), Record::Answers(known)];
    keep(&mut store, records.map(|record| (at(9), record)));
    let breaks = store.breaks(at(0), at(10)).unwrap();
    assert_eq!(breaks[0].answers.as_ref().unwrap().tension, Some(10));
}

#[test]
fn what_is_told_again_replaces_what_was_told() {
    let mut store = Store::in_memory().unwrap();
    let held = ElevationDecision::Held("in_call".to_owned());
    let elevation = |ended, outcome| StoredElevation {
        started: at(7),
        ended,
        figures: figures(),
        decision: outcome,
    };
    let offer = |became| StoredOffer { made: at(8), figures: figures(), ended: became };
    let taken = |ended| StoredBreak {
        started: at(9),
        practice: "kind-hand".to_owned(),
        length_s: 60,
        ended,
        answers: None,
    };
    let said = BreakAnswers {
        started: at(9),
        answered: at(70_000),
        tension_before: Some(6),
        tension: None,
        liking: Some(Liking::More),
        note: Some("ok".to_owned()),
    };
    let how = Some((BreakEnd::TooMuch(3), at(60_000)));
    keep(
        &mut store,
        [
            (at(7), Record::Elevation(elevation(None, None))),
            (at(8), Record::Offer(offer(None))),
            (at(9), Record::Break(taken(None))),
            (at(9), Record::Answers(said.clone())),
            (at(9), Record::Elevation(elevation(Some(at(10)), Some(held.clone())))),
            (at(9), Record::Offer(offer(Some((OfferEnd::Moving, at(20)))))),
            (at(9), Record::Break(taken(how))),
        ],
    );
    assert_eq!(store.elevations(at(0), at(100)).unwrap(), [elevation(Some(at(10)), Some(held))]);
    assert_eq!(store.offers(at(0), at(100)).unwrap(), [offer(Some((OfferEnd::Moving, at(20))))]);
    let expected = StoredBreak { answers: Some(said), ..taken(how) };
    assert_eq!(store.breaks(at(0), at(100)).unwrap(), [expected]);
}

#[test]
fn the_next_run_starts_from_what_was_kept() {
    let mut store = Store::in_memory().unwrap();
    assert_eq!(store.load_state().unwrap(), Loaded::default());
    let baseline = Baseline::new(Method::default()).state();
    let habits = Habits { welcomed: true, volume: Some(30), ..Habits::default() };
    let (monitor, day) = ("bluetooth:C0:FF:EE:00:00:01".parse().ok(), date(2026, 11, 23));
    keep(
        &mut store,
        [
            (at(0), Record::Baseline(baseline.clone())),
            (at(0), Record::Monitor(monitor.clone())),
            (at(0), Record::MonitorName(Some("Polar H10".to_owned()))),
            (at(0), Record::BatteryTold(Some(15))),
            (at(0), Record::Snoozed(Some(at(500)))),
            (at(0), Record::Resting(Some(at(50)))),
            (at(0), Record::Offered { cool_down_from: at(3), made: 7, of_day: Some((day, 2)) }),
            (at(0), Record::FineInARow(3)),
            (at(0), Record::FitAsked(at(2))),
            (at(0), Record::Habits(habits.clone())),
        ],
    );
    let state = StoredState {
        resting_until: Some(at(50)),
        monitor,
        monitor_name: Some("Polar H10".to_owned()),
        battery_told: Some(15),
        snoozed_until: Some(at(500)),
        snoozed_at: Some(at(0)),
        last_offer: Some(at(3)),
        offers_made: 7,
        offers_of_day: Some((day, 2)),
        fine_in_a_row: 3,
        fit_asked: Some(at(2)),
        habits,
    };
    let loaded = Loaded { baseline: Some(baseline), state, past: Vec::new(), ignored: Vec::new() };
    assert_eq!(store.load_state().unwrap(), loaded);
    keep(&mut store, [(at(0), Record::Snoozed(None))]);
    assert_eq!(store.load_state().unwrap().state.snoozed_until, None);
}

#[test]
fn the_next_run_knows_the_last_hundred_breaks() {
    let mut store = Store::in_memory().unwrap();
    let taken = |number: i64| StoredBreak {
        started: at(number),
        practice: "stop".to_owned(),
        length_s: 20,
        ended: Some((BreakEnd::Completed, at(number))),
        answers: None,
    };
    keep(&mut store, (0..130).map(|number| (at(number), Record::Break(taken(number)))));
    let past = store.load_state().unwrap().past;
    assert_eq!((past.len(), past[0].at, past[99].at), (100, at(30), at(129)));
    assert!(past[0].finished);
}

#[test]
fn what_cannot_be_read_of_it_is_ignored_and_named() {
    let store = Store::in_memory().unwrap();
    store.connection.execute_batch(
        "INSERT INTO baseline VALUES (1, 1, 0, '{\"seconds\":7}');
        INSERT INTO state VALUES ('snoozed_until', 'tomorrow'), ('offers_of_day', 'some'), ('monitor', 'A');",
    ).unwrap();
    let loaded = store.load_state().unwrap();
    assert_eq!(loaded.ignored, ["baseline", "monitor", "snoozed_until", "offers_of_day"]);
    assert_eq!((loaded.baseline, loaded.state.monitor), (None, None));
    store.connection.execute_batch("UPDATE baseline SET form = 2").unwrap();
    assert_eq!(store.load_state().unwrap().ignored[0], "baseline");
}

#[test]
fn a_value_of_another_kind_spoils_only_itself() {
    let store = Store::in_memory().unwrap();
    store.connection.execute_batch(
        "INSERT INTO baseline VALUES (1, x'01', 0, x'00FF');
        INSERT INTO state VALUES ('snoozed_until', x'00FF'), ('resting_until', x''), ('last_offer', '2026-11-23T00:00:00Z'),
            ('fine_in_a_row', CAST(x'FF' AS TEXT)), ('offers_made', 7);
        INSERT INTO breaks VALUES (9223372036854775807, 'a', 60, NULL, NULL, NULL), (1, x'00', 60, NULL, NULL, NULL),
            (2, 'b', 'long', NULL, NULL, NULL), (3, 'c', 60, NULL, NULL, NULL);
        INSERT INTO offers VALUES (1, 'fast', 60, 5, 1, NULL, NULL), (2, 90, 60, 5, 1, x'00', NULL), (3, 90, 60, 5, 1, NULL, NULL);
        INSERT INTO elevations VALUES (1, NULL, 90, x'00', 5, 1, NULL), (2, NULL, 90, 60, 5, 1, x'00'), (3, NULL, 90, 60, 5, 1, NULL);
        INSERT INTO minutes VALUES (0, 'fast', 'much', 100), (1, 700, 'much', 100);
        INSERT INTO beats VALUES (0, 'text'), (1, 7);",
    ).unwrap();
    let loaded = store.load_state().unwrap();
    let ignored = ["baseline", "resting_until", "snoozed_until", "fine_in_a_row"];
    assert_eq!(loaded.ignored, ignored);
    assert_eq!((loaded.state.last_offer, loaded.state.offers_made), (Some(at(0)), 7));
    let practices: Vec<_> = loaded.past.iter().map(|taken| taken.practice.as_str()).collect();
    assert_eq!(practices, ["c"]);
    let (from, to) = (Timestamp::UNIX_EPOCH, at(0));
    assert_eq!(store.offers(from, to).unwrap().len(), 1);
    assert_eq!(store.elevations(from, to).unwrap().len(), 1);
    assert_eq!(store.minutes(from, to).unwrap().len(), 0);
    assert_eq!(store.readings(from, to).unwrap(), []);
    let days = store.days(from, to, &TimeZone::UTC).unwrap();
    assert_eq!((days[0].heart_rate, days[0].rmssd), (Some(70.0), None));
}

#[test]
fn what_is_old_is_forgotten_and_its_room_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), at(0)).unwrap().store;
    let hours = |hours: i64| hours * 3_600_000;
    keep(
        &mut store,
        (0..200)
            .flat_map(|hour| (0..900).map(move |n| hours(hour) + n * 4_000))
            .map(|millis| (at(millis), heard(millis))),
    );
    keep(&mut store, [1, 100, 199].map(|hour| (at(hours(hour)), sample(hours(hour)))));
    let taken = |hour| StoredBreak {
        started: at(hours(hour)),
        practice: "a".to_owned(),
        length_s: 60,
        ended: None,
        answers: None,
    };
    keep(&mut store, [1, 199].map(|hour| (at(hours(hour)), Record::Break(taken(hour)))));
    let before = store.bytes().unwrap();
    store.forget_before(at(hours(150))).unwrap();
    assert!(store.bytes().unwrap() < before / 2);
    assert_eq!(all_heard(&store).first().unwrap().at, at(hours(150)));
    assert_eq!(store.minutes(at(0), Timestamp::MAX).unwrap().len(), 1);
    assert_eq!(store.breaks(at(0), Timestamp::MAX).unwrap(), [taken(199)]);
}

#[test]
fn days_are_local() {
    let mut store = Store::in_memory().unwrap();
    // 23:30 and 00:30 in Berlin.
    keep(
        &mut store,
        [22 * 60 + 30, 23 * 60 + 30].map(|minute| (at(minute * 60_000), sample(minute * 60_000))),
    );
    let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let days = store.days(Timestamp::MIN, Timestamp::MAX, &berlin).unwrap();
    let dates: Vec<_> = days.iter().map(|day| (day.date, day.minutes, day.heart_rate)).collect();
    assert_eq!(dates, [(date(2026, 11, 23), 1, Some(71.5)), (date(2026, 11, 24), 1, Some(71.5))]);
    assert_eq!(span_of(date(2026, 11, 24), &berlin).0, at(23 * 3_600_000));
    let (from, to) = span_of(date(2026, 10, 25), &berlin);
    assert_eq!(to.duration_since(from), SignedDuration::from_hours(25));
}

proptest! {
    #[test]
    fn what_is_stored_comes_back(
        steps in prop::collection::vec((prop_oneof![9 => 100i64..2_000, 1 => 0i64..8_000_000], 0u16..2_000, 0u16..4), 0..200),
        close in any::<bool>(),
    ) {
        let mut store = Store::in_memory().unwrap();
        let (mut millis, mut sent) = (0, Vec::new());
        for (step, ticks, count) in steps {
            // Whole tenths, which are stored exactly.
            millis += step / 100 * 100 + 100;
            let rr = (0..count).filter_map(|n| RrInterval::from_ticks(ticks.saturating_mul(33).wrapping_add(n))).collect();
            let heart_rate = (ticks > 100).then_some(f64::from(ticks % 256));
            let contact = if ticks % 50 == 0 { Contact::Lost } else { Contact::Unsupported };
            sent.push(StoredReading { at: at(millis), reading: Reading { heart_rate, contact, rr } });
        }
        keep(&mut store, sent.iter().map(|heard| (heard.at, Record::Reading(heard.clone()))));
        if close {
            store.close_hours().unwrap();
        }
        prop_assert_eq!(all_heard(&store), sent);
    }

    #[test]
    fn samples_become_the_minutes_they_end(seconds in prop::collection::vec(1i64..100, 1..100)) {
        let mut store = Store::in_memory().unwrap();
        let (mut second, mut samples) = (0, Vec::new());
        for step in seconds {
            second += step;
            let heart_rate = 50.0 + (second % 100) as f64 / 10.0;
            samples.push(Sample { at: at(second * 1000), heart_rate, since_last: Rates::default(), rmssd: None, coverage: 0.25 });
        }
        keep(&mut store, samples.iter().map(|&sample| (sample.at, Record::Sample(sample))));
        let minute = |sample: &Sample| sample.at.as_second().div_euclid(60);
        let mut last: Vec<Sample> = samples.clone();
        last.reverse();
        last.dedup_by_key(|sample| minute(sample));
        last.reverse();
        let expected: Vec<StoredMinute> = last.iter().map(|sample| StoredMinute {
            at: Timestamp::from_second(minute(sample) * 60).unwrap(),
            heart_rate: sample.heart_rate,
            rmssd: None,
            coverage: 0.25,
        }).collect();
        prop_assert_eq!(store.minutes(at(0), Timestamp::MAX).unwrap(), expected);
    }
}
