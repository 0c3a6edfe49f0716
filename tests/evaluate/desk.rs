//! Recorded days as a desktop sees them: nobody tells of steps, and hands that walk rest.

use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;

use anyhow::Context;
use anyhow::bail;
use flate2::read::MultiGzDecoder;
use kindbeat_core::context::AWAY_AFTER;
use kindbeat_core::detection::Sensitivity;
use kindbeat_core::replay::ReplayRow;

use crate::everyday::hours_of;
use crate::everyday::is_awake;
use crate::plateau::LENGTH_S;
use crate::plateau::raise;
use crate::rules::Rule;
use crate::set::Entry;
use crate::set::Set;
use crate::table::share;
use crate::table::share_within;
use crate::variant::Profile;
use crate::variant::Variant;

/// Prints what is offered at the desk, how much of it after a walk, and how many plateaus of each height are found there. Fails where it is
/// worse than it was, on the recordings of which that is known.
pub fn view(set: &Set, heights: &[u32]) -> anyhow::Result<()> {
    let days = set.recordings.iter().map(|entry| Day::of(set, entry));
    let days = days.collect::<anyhow::Result<Vec<_>>>()?;
    let known = set.recordings.iter().map(|entry| entry.name.as_str()).eq(STORED.recordings);
    let mut worse = Vec::new();
    let (mut offers, mut walks, mut hours) = (0, 0, 0.0);
    for day in &days {
        hours += hours_of(&day.rows, |row| {
            row.idle_s.is_some_and(|idle_s| idle_s < AWAY_AFTER.as_secs_f64())
        });
        let made = detected(&day.rows)?;
        offers += made.len();
        walks += made.iter().filter(|&&offer| day.steps_before(offer) >= WALK_STEPS).count();
    }
    println!(
        "\nAt the desk, {}: hands rest while steps are counted (the column moving, half a minute earlier) and pause twice a minute \
         otherwise;\nsteps are not told. Plateaus: 60 s up, 10 min, 120 s down, RR scaled alike, every 20 min of quiet sitting, one at a \
         time; those within\nthe cool-down of an earlier offer do not count.",
        set.name
    );
    println!(
        "  {offers} offers in {hours:.1} h at the desk, {:.1} in 8 h; after {WALK_STEPS:.0} steps or more in the 6 min before: {walks}",
        8.0 * offers as f64 / hours
    );
    if walks > STORED.walks {
        worse.push(format!("{walks} offers after a walk, {} before", STORED.walks));
    }
    for &height in heights {
        let (found, sites, latency) = plateaus(&days, height, false, detected)?;
        let latency = latency.map(|minutes| format!("   median latency {minutes:.1} min"));
        println!(
            "  +{height:<4} bpm {:>24}{}",
            share_within(found, sites),
            latency.unwrap_or_default()
        );
        let stored = STORED.found.iter().find(|&&(stored, _)| stored == height);
        if let Some((_, before)) = stored.filter(|(_, before)| found < *before) {
            worse.push(format!("{found} plateaus of +{height} bpm found, {before} before"));
        }
        if height == 0 && found > 0 {
            worse.push("something is found where nothing was added".to_owned());
        }
    }
    let (found, sites, _) = plateaus(&days, READING_BPM, true, detected)?;
    println!("  +{READING_BPM:<4} bpm {:>24}   while reading", share_within(found, sites));
    if found < STORED.reading {
        worse.push(format!("{found} found while reading, {} before", STORED.reading));
    }
    if known && !worse.is_empty() {
        bail!("at the desk: {}", worse.join("; "));
    }
    Ok(())
}

fn detected(rows: &[ReplayRow]) -> anyhow::Result<Vec<f64>> {
    Variant::Desk.offers(Profile::Everyday, &[], rows)
}

/// Prints what is paid for what: the sensitivities, and the simple rules, each with the figure that brings about as many offers.
pub fn frontier(set: &Set) -> anyhow::Result<()> {
    let days = set.recordings.iter().map(|entry| Day::of(set, entry));
    let days = days.collect::<anyhow::Result<Vec<_>>>()?;
    println!("\nWhat is paid for what there:");
    for sensitivity in [Sensitivity::Gentle, Sensitivity::Balanced, Sensitivity::Keen] {
        let name = format!("{sensitivity:?}").to_lowercase();
        line(&days, &name, |rows| Variant::Desk.offers_at(sensitivity, rows))?;
    }
    let ours = days.iter().map(|day| detected(&day.rows)).collect::<anyhow::Result<Vec<_>>>()?;
    let wanted = ours.concat().len();
    println!(
        "and simple rules, which too leave out absences, returns and the hour after an offer, with about as many offers:"
    );
    for rule in Rule::ALL {
        let of = |figure: f64| days.iter().map(|day| rule.offers(figure, &day.rows).len()).sum();
        let distance = |figure: &f64| wanted.abs_diff(of(*figure));
        let nearest = rule.figures().into_iter().min_by_key(distance);
        let figure = nearest.context("no figure")?;
        line(&days, &rule.says(figure), |rows| Ok(rule.offers(figure, rows)))?;
    }
    Ok(())
}

fn line(
    days: &[Day],
    name: &str,
    offers: impl Fn(&[ReplayRow]) -> anyhow::Result<Vec<f64>>,
) -> anyhow::Result<()> {
    let (mut all, mut walks) = (0, 0);
    for day in days {
        let made = offers(&day.rows)?;
        all += made.len();
        walks += made.iter().filter(|&&offer| day.steps_before(offer) >= WALK_STEPS).count();
    }
    let found =
        [(12, false), (16, false), (20, false), (READING_BPM, true)].map(|(height, reading)| {
            let (found, sites, _) = plateaus(days, height, reading, &offers)?;
            anyhow::Ok(format!(
                "+{height}{} {}",
                if reading { " while reading" } else { "" },
                share(found, sites)
            ))
        });
    let found = found.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    println!("  {name:<55}{all:>3} offers, {walks} after a walk; {}", found.join(", "));
    Ok(())
}

/// How many plateaus of one height are found, of how many, and how soon at the median, in minutes.
fn plateaus(
    days: &[Day],
    height: u32,
    reading: bool,
    offers: impl Fn(&[ReplayRow]) -> anyhow::Result<Vec<f64>>,
) -> anyhow::Result<(usize, usize, Option<f64>)> {
    let (mut sites, mut latencies) = (0, Vec::new());
    for day in days {
        for begin in day.quiet_sites() {
            let end = day.rows.partition_point(|row| row.t_s <= begin + AFTER_S);
            let mut raised = raise(&day.rows[..end], &[begin], height.into());
            if reading {
                read(&mut raised, begin);
            }
            let offers = offers(&raised)?;
            let early = begin - 3_600.0..begin + SHORTEST_S;
            if offers.iter().any(|offer| early.contains(offer)) {
                continue;
            }
            sites += 1;
            let within = begin + SHORTEST_S..begin + LENGTH_S;
            let first = offers.iter().find(|offer| within.contains(offer));
            latencies.extend(first.map(|offer| (offer - begin) / 60.0));
        }
    }
    latencies.sort_by(f64::total_cmp);
    Ok((latencies.len(), sites, latencies.get(latencies.len() / 2).copied()))
}

/// For how long the hands have rested, in seconds, where they pause for ten seconds twice a minute.
pub fn idle_at_work(t_s: f64) -> f64 {
    (t_s % 30.0 - 20.0).max(0.0)
}

/// The waking hours of one recording.
struct Day {
    rows: Vec<ReplayRow>,
    /// The steps of each second in which there were any.
    steps: Vec<(f64, f64)>,
    /// In bpm: a heart that is slower sleeps.
    awake_from: f64,
}

impl Day {
    fn of(set: &Set, entry: &Entry) -> anyhow::Result<Self> {
        let mut rows = set.rows(entry)?;
        rows.retain(|row| is_awake(entry, row.t_s));
        let spells = spells(&rows);
        let still = rows.iter().filter(|row| row.moving == Some(false));
        let seated = still.filter_map(|row| row.reading.heart_rate).collect();
        for row in &mut rows {
            let walks = spells.iter().find(|(from, to)| (*from..*to).contains(&row.t_s));
            row.idle_s = Some(match walks {
                Some((from, _)) => row.t_s - from,
                None => idle_at_work(row.t_s),
            });
        }
        Ok(Self { rows, steps: steps(set, entry)?, awake_from: quantile(seated, 0.1) })
    }

    fn steps_before(&self, t_s: f64) -> f64 {
        let before = self.steps.iter().filter(|(at, _)| (t_s - 360.0..t_s).contains(at));
        before.map(|(_, steps)| steps).sum()
    }

    fn quiet_sites(&self) -> Vec<f64> {
        let ends = self.rows.first().zip(self.rows.last());
        let Some((mut next, last)) = ends.map(|(first, last)| (first.t_s + 3_600.0, last.t_s))
        else {
            return Vec::new();
        };
        let mut sites = Vec::new();
        while next + LENGTH_S < last {
            let quiet = self.is_quiet(next);
            if quiet {
                sites.push(next);
            }
            next += if quiet { APART_S } else { 60.0 };
        }
        sites
    }

    fn is_quiet(&self, begin: f64) -> bool {
        let rows = |from: f64, to: f64| {
            let place = |t_s: f64| self.rows.partition_point(|row| row.t_s < t_s);
            &self.rows[place(from)..place(to)]
        };
        let all = rows(begin - BEFORE_S, begin + LENGTH_S);
        let within = begin - BEFORE_S..begin + LENGTH_S;
        let steps: f64 =
            self.steps.iter().filter(|(at, _)| within.contains(at)).map(|(_, steps)| steps).sum();
        let before = rows(begin - BEFORE_S, begin);
        let rates: Vec<f64> = before.iter().filter_map(|row| row.reading.heart_rate).collect();
        before.len() >= 600
            && rates.len() >= 300
            && rows(begin, begin + LENGTH_S).len() >= 500
            && steps / (all.len() as f64) < 0.1
            && quantile(rates.clone(), 0.9) - quantile(rates.clone(), 0.1) < 15.0
            && quantile(rates, 0.5) >= self.awake_from
    }
}

/// The same, but somebody reads from an hour before: hands at work for one to three minutes, and at rest for as long, in turn.
fn read(rows: &mut [ReplayRow], begin: f64) {
    let (mut since, mut turn) = (begin - 3_600.0, 0_u32);
    for row in rows.iter_mut().filter(|row| row.t_s >= begin - 3_600.0) {
        let length = 60.0 + f64::from(turn * 53 % 121);
        if row.t_s - since >= length {
            since += length;
            turn += 1;
        }
        if turn % 2 == 1 {
            row.idle_s = Some(row.t_s - since);
        }
    }
}

/// From when to when the wearer moved. The column is a mean over a minute, so half of one late; what lies closer together is one.
fn spells(rows: &[ReplayRow]) -> Vec<(f64, f64)> {
    let mut spells: Vec<(f64, f64)> = Vec::new();
    for row in rows.iter().filter(|row| row.moving == Some(true)) {
        match spells.last_mut() {
            Some((_, to)) if row.t_s - *to < 10.0 => *to = row.t_s,
            _ => spells.push((row.t_s, row.t_s)),
        }
    }
    spells.into_iter().map(|(from, to)| (from - 30.0, to - 30.0)).collect()
}

/// The steps that the recording counted, in its column `activity`.
fn steps(set: &Set, entry: &Entry) -> anyhow::Result<Vec<(f64, f64)>> {
    let file = File::open(set.path(entry))?;
    let mut lines = BufReader::new(MultiGzDecoder::new(file)).lines();
    let head = lines.next().context("an empty recording")??;
    let column = |name: &str| head.split(',').position(|column| column == name);
    let (time, activity) = column("t_s").zip(column("activity")).context("no steps")?;
    let mut steps = Vec::new();
    for line in lines {
        let line = line?;
        let field = |column: usize| line.split(',').nth(column).unwrap_or_default();
        if let Ok(count) = field(activity).parse::<f64>()
            && count > 0.0
        {
            steps.push((field(time).parse()?, count));
        }
    }
    Ok(steps)
}

fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in it")]
    let place = ((values.len().max(1) - 1) as f64 * share) as usize;
    values.get(place).copied().unwrap_or_default()
}

/// What came of these recordings when they were last looked at: a change may only be better.
struct Stored {
    recordings: [&'static str; 5],
    walks: usize,
    /// Of each height.
    found: [(u32, usize); 3],
    reading: usize,
}

const STORED: Stored = Stored {
    recordings: ["m01", "m03", "m05", "m07", "m09"],
    walks: 1,
    found: [(12, 22), (16, 29), (20, 28)],
    reading: 20,
};

const READING_BPM: u32 = 16;
const WALK_STEPS: f64 = 60.0;
/// What comes sooner is not about the plateau.
const SHORTEST_S: f64 = 30.0;
const BEFORE_S: f64 = 900.0;
const AFTER_S: f64 = 900.0;
const APART_S: f64 = 1_200.0;
