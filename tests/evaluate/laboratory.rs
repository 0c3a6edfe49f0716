//! Sets with tasks, rests and exercise at known times.

use anyhow::bail;
use kindbeat_core::replay::ReplayRow;

use crate::desk::idle_at_work;
use crate::set::Entry;
use crate::set::Label;
use crate::set::Set;
use crate::table::Table;
use crate::table::hourly;
use crate::table::share;
use crate::table::share_within;
use crate::variant::Profile;
use crate::variant::Variant;

/// Tasks found and rests disturbed.
pub fn tasks(
    stress: &Set,
    exercise: &Set,
    variants: &[Variant],
    table: &mut Table,
) -> anyhow::Result<()> {
    table.note(
        "Laboratory: baseline from the recording's labelled rest, cool-down 2 min, re-arm 1 min, warm-up 5 min. A task counts \
         when an offer falls\nbetween 30 s after its start and 30 s after its end, tasks of 230 s or more; an offer in the \
         first minute of a rest belongs to the task before.",
    );
    let found = runs(stress, variants, |_| true)?;
    for label in ["stroop", "interview"] {
        let cells = found.iter().map(|runs| tasks_found(runs, |task| task.name == label)).collect();
        table.row(format!("{}: {label} tasks with an offer", stress.name), cells);
    }
    table.row(
        format!("{}: offers in labelled rest", stress.name),
        found.iter().map(|runs| in_rest(runs)).collect(),
    );
    let found =
        runs(exercise, variants, |entry| entry.labels.iter().any(|label| label.is("stress")))?;
    let cells =
        found.iter().map(|runs| tasks_found(runs, |task| task.name != "opinions")).collect();
    table.row(format!("{}: arithmetic tasks with an offer", exercise.name), cells);
    table.row(
        format!("{}: offers in labelled rest", exercise.name),
        found.iter().map(|runs| in_rest(runs)).collect(),
    );
    Ok(())
}

/// Tasks found and rests disturbed where the hands are known to be at the desk, as on most desktops. Fails where it is worse than it was, on
/// the recordings of which that is known.
pub fn at_desk(stress: &Set, exercise: &Set) -> anyhow::Result<()> {
    let wanted = |entry: &Entry| entry.labels.iter().any(|label| label.is("stress"));
    let mut found = runs(stress, &[Variant::Desk], wanted)?;
    found.extend(runs(exercise, &[Variant::Desk], wanted)?);
    let runs: Vec<Run> = found.into_iter().flatten().collect();
    let (tasks, all) = count_tasks(&runs, |task| task.name != "opinions");
    let (disturbed, hours) = count_in_rest(&runs);
    println!(
        "\nAt the desk, {} and {}: as above, with hands that pause twice a minute.\n  tasks with an offer {}\n  offers in labelled rest {}",
        stress.name,
        exercise.name,
        share_within(tasks, all),
        hourly(disturbed, hours)
    );
    if all == STORED_OF && (tasks < STORED_TASKS || disturbed > STORED_IN_REST) {
        bail!(
            "in the laboratory {STORED_TASKS} tasks were found, with {STORED_IN_REST} offers in labelled rest"
        );
    }
    Ok(())
}

/// Exercise taken for an elevation: baseline from the subject's labelled rest in another recording.
pub fn exercise(set: &Set, variants: &[Variant], table: &mut Table) -> anyhow::Result<()> {
    table.note("Exercise: baseline from the subject's labelled rest (subjects without any left out), any offer from start to end of the recording.");
    let mut with_offer = vec![0; variants.len()];
    let mut sessions = 0;
    for entry in
        set.recordings.iter().filter(|entry| entry.labels.iter().any(|label| label.is("exercise")))
    {
        let rests = rests_of(set, &entry.subject)?;
        if rests.is_empty() {
            continue;
        }
        sessions += 1;
        let rests: Vec<&[ReplayRow]> = rests.iter().map(Vec::as_slice).collect();
        let rows = set.rows(entry)?;
        for (count, variant) in with_offer.iter_mut().zip(variants) {
            *count += usize::from(!variant.offers(Profile::Laboratory, &rests, &rows)?.is_empty());
        }
    }
    let unknown = variants.iter().position(|&variant| variant == Variant::Exercise);
    if sessions == STORED_SESSIONS
        && unknown.is_some_and(|place| with_offer[place] > STORED_WITH_OFFER)
    {
        bail!("of {sessions} sessions of exercise {STORED_WITH_OFFER} had an offer, nothing known");
    }
    let cells = with_offer.into_iter().map(|count| share(count, sessions)).collect();
    table.row(format!("{}: sessions with an offer", set.name), cells);
    Ok(())
}

/// One recording as one variant saw it.
struct Run {
    labels: Vec<Label>,
    offers: Vec<f64>,
}

fn runs(
    set: &Set,
    variants: &[Variant],
    wanted: impl Fn(&Entry) -> bool,
) -> anyhow::Result<Vec<Vec<Run>>> {
    let mut found: Vec<Vec<Run>> = variants.iter().map(|_| Vec::new()).collect();
    for entry in set.recordings.iter().filter(|entry| wanted(entry)) {
        let mut rows = set.rows(entry)?;
        for row in &mut rows {
            row.idle_s = Some(idle_at_work(row.t_s));
        }
        let rests = entry.labels.iter().filter(|label| label.is("rest"));
        let rests: Vec<&[ReplayRow]> = rests.map(|label| label.of(&rows)).collect();
        for (runs, variant) in found.iter_mut().zip(variants) {
            runs.push(Run {
                labels: entry.labels.clone(),
                offers: variant.offers(Profile::Laboratory, &rests, &rows)?,
            });
        }
    }
    Ok(found)
}

fn tasks_found(runs: &[Run], wanted: impl Fn(&Label) -> bool) -> String {
    let (found, all) = count_tasks(runs, wanted);
    share(found, all)
}

fn count_tasks(runs: &[Run], wanted: impl Fn(&Label) -> bool) -> (usize, usize) {
    let (mut found, mut all) = (0, 0);
    for run in runs {
        let long =
            |task: &&Label| task.is("stress") && task.end_s - task.start_s >= 230.0 && wanted(task);
        for task in run.labels.iter().filter(long) {
            let span = task.start_s + 30.0..=task.end_s + 30.0;
            all += 1;
            found += usize::from(run.offers.iter().any(|offer| span.contains(offer)));
        }
    }
    (found, all)
}

fn in_rest(runs: &[Run]) -> String {
    let (count, hours) = count_in_rest(runs);
    hourly(count, hours)
}

fn count_in_rest(runs: &[Run]) -> (usize, f64) {
    let (mut count, mut hours) = (0, 0.0);
    for run in runs {
        for rest in run.labels.iter().filter(|label| label.is("rest")) {
            hours += (rest.end_s - rest.start_s) / 3_600.0;
            let span = rest.start_s + 60.0..rest.end_s;
            count += run.offers.iter().filter(|offer| span.contains(offer)).count();
        }
    }
    (count, hours)
}

fn rests_of(set: &Set, subject: &str) -> anyhow::Result<Vec<Vec<ReplayRow>>> {
    let mut rests = Vec::new();
    for entry in set.recordings.iter().filter(|entry| entry.subject == subject) {
        let labels: Vec<&Label> = entry.labels.iter().filter(|label| label.is("rest")).collect();
        if !labels.is_empty() {
            let rows = set.rows(entry)?;
            rests.extend(labels.into_iter().map(|label| label.of(&rows).to_vec()));
        }
    }
    Ok(rests)
}

/// What came of the recordings that are known: a change may only be better. Of how many tasks how many, and how many offers in labelled rest.
const STORED_OF: usize = 43;
const STORED_TASKS: usize = 10;
const STORED_IN_REST: usize = 3;
/// Of how many sessions of exercise how many with an offer.
const STORED_SESSIONS: usize = 30;
const STORED_WITH_OFFER: usize = 4;
