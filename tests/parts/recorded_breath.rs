//! Recorded hearts: nobody guided them, so that a swing is whatever breath they took, and a search should seldom find a pace.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds and beats of recordings are small"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the figures, and what was left out")]

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::recording::Recording;
use kindbeat_core::breathing::BreathPace;
use kindbeat_core::breathing::Line;
use kindbeat_core::breathing::PaceSearch;
use kindbeat_core::breathing::SearchOutcome;
use kindbeat_core::breathing::Verdict;

/// What came of looking at one recording every few minutes.
#[derive(Default)]
struct Looks {
    verdicts: BTreeMap<String, u32>,
    outcomes: BTreeMap<String, u32>,
    at_six: Vec<f64>,
    freely: Vec<f64>,
    count: u32,
}

#[test]
fn recorded_hearts_swing_as_hearts_do() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let mut recordings = files(&folder.join("nsr2db"));
    recordings.extend(files(&folder.join("mmash10")));
    if recordings.is_empty() {
        eprintln!("LEFT OUT: no recordings in {}", folder.display());
        assert!(std::env::var_os("CI").is_none(), "nothing may be left out here");
        return;
    }
    println!(
        "recording  looks  swing at 6 (ms: 10 %, half, 90 %, most)  at its own pace  verdicts  searches"
    );
    let (mut searched, mut found) = (0, 0);
    for path in recordings {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let looks = look(&path);
        let (at_six, freely) = (spread(&looks.at_six), spread(&looks.freely));
        println!(
            "{name:14} {:4}  {at_six:?}  {freely:?}  {:?}  {:?}",
            looks.count, looks.verdicts, looks.outcomes
        );
        assert!(looks.at_six.iter().chain(&looks.freely).all(|ms| (0.0..=400.0).contains(ms)));
        searched += looks.outcomes.values().sum::<u32>();
        found += looks.outcomes.get("Found").copied().unwrap_or_default();
    }
    println!("{found} of {searched} searches found a pace though nobody followed the guide");
    assert!(f64::from(found) <= 0.01 * f64::from(searched));
}

fn look(path: &Path) -> Looks {
    let (mut line, mut looks) = (Line::default(), Looks::default());
    let mut next = 600.0;
    for row in Recording::open(path).unwrap().map(Result::unwrap) {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(row.t_s);
        for point in line.observe(now, &row.reading) {
            assert!((20.0..=240.0).contains(&point.bpm), "{point:?}");
        }
        if row.t_s < next {
            continue;
        }
        next = row.t_s + 1_800.0;
        looks.count += 1;
        let verdict = line.verdict(now);
        *looks.verdicts.entry(format!("{verdict:?}")).or_default() += 1;
        assert!(verdict == Verdict::Good || line.swing(now, None).is_none());
        looks.at_six.extend(line.swing(now, Some(BreathPace::default())).map(|swing| swing.ms));
        looks.freely.extend(line.swing(now, None).map(|swing| swing.ms));
        let outcome = line.outcome(PaceSearch { began: now - PaceSearch::lasts() }, now);
        let said = match outcome {
            SearchOutcome::Found(..) => "Found".to_owned(),
            SearchOutcome::Unclear(why) => format!("{why:?}"),
        };
        *looks.outcomes.entry(said).or_default() += 1;
    }
    looks
}

/// A tenth, half, nine tenths, and the largest of the values.
fn spread(values: &[f64]) -> [i64; 4] {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values.get(((values.len() as f64 - 1.0) * share) as usize);
    [0.1, 0.5, 0.9, 1.0].map(|share| at(share).map_or(-1, |value| value.round() as i64))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".csv.gz"));
    files.retain(|path| !path.ends_with("labels.csv") && !path.ends_with("recordings.csv"));
    files.sort();
    files
}
