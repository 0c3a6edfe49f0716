use jiff::tz::Offset;

use super::*;
use crate::accented;
use crate::store::Record;
use crate::store::Writer;
use kindbeat_core::heart::Rates;
use kindbeat_core::heart::Sample;

/// 23:30 on 2026-05-07, in a zone an hour ahead of UTC.
fn now() -> Timestamp {
    "2026-05-07T22:30:00Z".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn figures() -> StoredFigures {
    let sustained = SignedDuration::from_mins(5);
    StoredFigures { heart_rate: 91.6, usual: 74.2, spread: 5.0, sustained }
}

fn taken(started: &str, practice: &str, ended: Option<BreakEnd>) -> StoredBreak {
    let started = at(started);
    let ended = ended.map(|how| (how, started + SignedDuration::from_mins(3)));
    StoredBreak { started, practice: practice.to_owned(), length_s: 180, ended, answers: None }
}

fn said(started: &str) -> BreakAnswers {
    let started = at(started);
    BreakAnswers {
        started,
        answered: started + SignedDuration::from_mins(4),
        tension_before: None,
        tension: None,
        liking: None,
        note: None,
    }
}

fn offer(made: &str, became: Option<OfferEnd>) -> Record {
    let became = became.map(|became| (became, at(made) + SignedDuration::from_mins(1)));
    Record::Offer(StoredOffer { made: at(made), figures: figures(), ended: became })
}

/// Two days of somebody.
fn records() -> Vec<Record> {
    let (first, second) = ("2026-05-06T09:00:10Z", "2026-05-07T14:05:00Z");
    let minute = |number: i64| {
        let (at, steady) = (at("2026-05-07T08:00:00Z"), Rates::steady(70.0, 5));
        let at = at + SignedDuration::from_mins(number);
        Record::Sample(Sample {
            at,
            heart_rate: 70.0,
            since_last: steady,
            rmssd: None,
            coverage: 1.0,
        })
    };
    let held = StoredElevation {
        started: at("2026-05-07T10:00:00Z"),
        ended: None,
        figures: figures(),
        decision: Some(ElevationDecision::Held("in_call".to_owned())),
    };
    let records = [
        offer("2026-05-06T09:00:00Z", Some(OfferEnd::Start)),
        Record::Break(taken(first, Library::DEFAULT, Some(BreakEnd::Completed))),
        Record::Answers(BreakAnswers {
            tension_before: Some(7),
            tension: Some(4),
            liking: Some(Liking::More),
            note: Some("Tea \u{1b}[2J <b>helps</b>.".to_owned()),
            ..said(first)
        }),
        // Local midnight lies between these two.
        offer("2026-05-06T22:59:00Z", Some(OfferEnd::Later)),
        offer("2026-05-06T23:01:00Z", None),
        Record::Break(taken("2026-05-07T13:00:00Z", "gone", Some(BreakEnd::Left(1)))),
        Record::Break(taken(second, "kind-hand", Some(BreakEnd::TooMuch(0)))),
        Record::Answers(BreakAnswers { tension_before: Some(9), ..said(second) }),
        Record::Break(taken("2026-05-07T16:00:00Z", "kind-hand", None)),
        Record::Elevation(held),
    ];
    records.into_iter().chain((0..90).map(minute)).collect()
}

fn told(records: Vec<Record>, day: Option<&str>) -> anyhow::Result<String> {
    tell(records, |folder, telling, out| run(Some(folder), day, now(), telling, out))
}

/// What is told of these records; in another language nothing of it is in English.
#[track_caller]
fn tell(
    records: Vec<Record>,
    what: impl Fn(&Path, &Telling<'_>, &mut Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    let mut writer = Writer::new(SignedDuration::from_hours(24 * 365));
    for record in records {
        writer.keep(now(), record);
    }
    if let Some(batch) = writer.flush(now()) {
        Store::open(folder.path(), now())?.store.write(&batch)?;
    }
    let (library, zone) = (Library::built_in()?, TimeZone::fixed(Offset::constant(1)));
    let in_words = |words: &Words| {
        let mut out = Vec::new();
        let telling = Telling { library: &library, words, zone: &zone };
        what(folder.path(), &telling, &mut out)?;
        anyhow::Ok(String::from_utf8(out)?)
    };
    let other = in_words(&accented::words())?;
    let filled_in = ["Tea ?[2J <b>helps</b>.", "gone"];
    assert_eq!(accented::untranslated(&other, &filled_in), [""; 0]);
    in_words(&Words::new("en"))
}

#[test]
fn days_are_told_with_breaks_offers_answers_and_notes() {
    insta::assert_snapshot!(told(records(), None).unwrap(), @"
    2026-05-06
      10:00  A break was offered. It was begun.
      10:00  Self-compassion break, 3 minutes, to its end.
             Tense before: 7, afterwards: 4.
             More like this is welcome.
             Note: Tea ?[2J <b>helps</b>.
      23:59  A break was offered. The answer was: later.

    2026-05-07
      00:01  A break was offered.
      14:00  gone, 3 minutes, left before its end.
      15:05  Kind hand, 3 minutes; it was too much, and led outward.
             Tense before: 9.
      17:00  Kind hand, 3 minutes, open or interrupted.
    ");
}

#[test]
fn one_day_is_told_in_detail() {
    insta::assert_snapshot!(told(records(), Some("2026-05-07")).unwrap(), @r#"
    2026-05-07
    The heart was heard for 1.5 hours; half of the time it beat slower than 70 a minute, half of the time faster.
      00:01  A break was offered.
             The heart averaged 92 beats a minute, about 74 was usual; it had begun to rise 5 minutes before.
      11:00  Nothing was offered: the microphone or the camera was in use, as far as could be told.
             The heart averaged 92 beats a minute, about 74 was usual; it had begun to rise 5 minutes before.
      14:00  gone, 3 minutes, left before its end.
      15:05  Kind hand, 3 minutes; it was too much, and led outward.
             Tense before: 9.
      17:00  Kind hand, 3 minutes, open or interrupted.
    "#);
    assert_eq!(
        told(records(), Some("today")).unwrap(),
        told(records(), Some("2026-05-07")).unwrap()
    );
    assert!(told(records(), Some("yesterday")).unwrap().starts_with("2026-05-06\n"));
}

#[test]
fn where_there_is_nothing_that_is_said() {
    insta::assert_snapshot!(told(Vec::new(), None).unwrap(), @"
    There is no history yet: it begins with the first offer or break.
    ");
    insta::assert_snapshot!(told(vec![Record::Monitor(None)], None).unwrap(), @"
    There is no history yet: it begins with the first offer or break.
    ");
    insta::assert_snapshot!(told(records(), Some("2020-02-29")).unwrap(), @"
    2020-02-29
    There was no offer and no break on this day.
    ");
}

#[test]
fn what_is_no_day_is_said_with_what_is() {
    for day in ["", "tomorrow", "2026-02-30", "7", "\u{1b}[2J", &"9".repeat(1_000)] {
        let error = told(Vec::new(), Some(day)).unwrap_err();
        assert!(error.is::<Usage>() && error.to_string().len() < 200, "{day:?}: {error}");
    }
}

#[test]
fn every_elevation_is_told_with_what_became_of_it_and_why() {
    let up = |from: &str, minutes: Option<i64>, outcome| {
        let started = at(from);
        let ended = minutes.map(|minutes| started + SignedDuration::from_mins(minutes));
        Record::Elevation(StoredElevation { started, ended, figures: figures(), decision: outcome })
    };
    let held = |gate: &str| Some(ElevationDecision::Held(gate.to_owned()));
    let records = vec![
        up("2026-05-06T08:54:00Z", Some(31), Some(ElevationDecision::Offered)),
        offer("2026-05-06T09:00:00Z", Some(OfferEnd::Later)),
        offer("2026-05-06T09:20:00Z", Some(OfferEnd::Start)),
        up("2026-05-06T10:00:00Z", Some(1), held("in_call")),
        // Of another version of the program.
        up("2026-05-06T11:00:00Z", Some(6), held("full_moon")),
        up("2026-05-07T12:00:00Z", Some(90), held("no_pause")),
        up("2026-05-07T14:00:00Z", None, Some(ElevationDecision::Offered)),
        offer("2026-05-07T14:06:00Z", None),
        up("2026-05-07T15:00:00Z", None, None),
    ];
    let all =
        |records| tell(records, |folder, telling, out| decisions::run(Some(folder), telling, out));
    insta::assert_snapshot!(all(records).unwrap(), @r#"
    2026-05-06
      09:54  Your heart was up until 10:25: 31 minutes.
             The heart averaged 92 beats a minute, about 74 was usual; it had begun to rise 5 minutes before.
             At 10:00 a break was offered. The answer was: later.
             At 10:20 a break was offered. It was begun.
      11:00  Your heart was up until 11:01: a minute.
             The heart averaged 92 beats a minute, about 74 was usual; it had begun to rise 5 minutes before.
             Nothing was offered: the microphone or the camera was in use, as far as could be told.
      12:00  Your heart was up until 12:06: 6 minutes.
             The heart averaged 92 beats a minute, about 74 was usual; it had begun to rise 5 minutes before.

    2026-05-07
      13:00  Your heart was up until 14:30: 90 minutes.
             The heart averaged 92 beats a minute, about 74 was usual; it had begun to rise 5 minutes before.
             Nothing was offered: no rest of the hands was seen in time.
      15:00  Your heart went up.
             The heart averaged 92 beats a minute, about 74 was usual; it had begun to rise 5 minutes before.
             At 15:06 a break was offered.
      16:00  Your heart went up.
             The heart averaged 92 beats a minute, about 74 was usual; it had begun to rise 5 minutes before.
             Nothing is decided yet, or kindbeat ended before it was.
    "#);
    insta::assert_snapshot!(all(Vec::new()).unwrap(), @r#"Since this was first stored, your heart has not been up for long enough to offer a break."#);
}
