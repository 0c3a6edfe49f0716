//! Elevations that are known, because they were added: what share of them is found, and how soon.

use kindbeat_core::heart::RrInterval;
use kindbeat_core::replay::ReplayRow;

use crate::everyday::is_awake;
use crate::set::Entry;
use crate::set::Set;
use crate::table::share;
use crate::variant::Profile;
use crate::variant::Variant;

/// Adds plateaus of each height to quiet sitting, and prints how many were found.
pub fn added(set: &Set, heights: &[u32]) -> anyhow::Result<()> {
    println!(
        "\nAdded plateaus, {}: 60 s up, 10 min, 120 s down, RR scaled alike, in stretches quiet for 15 min before (10th to 90th \
         percentile\nunder 15 bpm) and not moving, 90 min apart; with presence. Sites within the cool-down of an earlier offer do \
         not count.",
        set.name
    );
    for &height in heights {
        let (mut found, mut sites, mut latencies) = (0, 0, Vec::new());
        for entry in &set.recordings {
            let rows = set.rows(entry)?;
            let begins = quiet_sites(entry, &rows);
            let raised = raise(&rows, &begins, height.into());
            let offers = Variant::Presence.offers(Profile::Everyday, &[], &raised)?;
            for begin in begins {
                if offers.iter().any(|&offer| (begin - 3_600.0..begin).contains(&offer)) {
                    continue;
                }
                sites += 1;
                if let Some(offer) =
                    offers.iter().find(|&&offer| (begin..begin + LENGTH_S).contains(&offer))
                {
                    found += 1;
                    latencies.push((offer - begin) / 60.0);
                }
            }
        }
        latencies.sort_by(f64::total_cmp);
        let latency = latencies
            .get(latencies.len() / 2)
            .map(|minutes| format!("   median latency {minutes:.1} min"));
        println!("  +{height:<4} bpm {:>14}{}", share(found, sites), latency.unwrap_or_default());
    }
    Ok(())
}

fn quiet_sites(entry: &Entry, rows: &[ReplayRow]) -> Vec<f64> {
    let mut sites: Vec<f64> = Vec::new();
    let mut next = rows.first().map_or(0.0, |row| row.t_s) + BEFORE_S;
    while next + LENGTH_S < rows.last().map_or(0.0, |row| row.t_s) {
        let quiet =
            is_awake(entry, next) && is_awake(entry, next + LENGTH_S) && is_quiet(rows, next);
        if quiet {
            sites.push(next);
        }
        next += if quiet { APART_S } else { 60.0 };
    }
    sites
}

fn is_quiet(rows: &[ReplayRow], begin: f64) -> bool {
    let between = |from: f64, to: f64| {
        &rows[rows.partition_point(|row| row.t_s < from)..rows.partition_point(|row| row.t_s < to)]
    };
    let still = between(begin, begin + LENGTH_S);
    let mut rates: Vec<f64> =
        between(begin - BEFORE_S, begin).iter().filter_map(|row| row.reading.heart_rate).collect();
    rates.sort_by(f64::total_cmp);
    let place = |tenths: usize| rates[rates.len() * tenths / 10];
    let seen = still.len() as f64 >= 0.5 * LENGTH_S && rates.len() >= 300;
    seen && still.iter().all(|row| row.moving != Some(true)) && place(9) - place(1) < 15.0
}

pub fn raise(rows: &[ReplayRow], begins: &[f64], height: f64) -> Vec<ReplayRow> {
    let share = |t_s: f64| {
        let into =
            begins.iter().map(|begin| t_s - begin).find(|into| (0.0..LENGTH_S).contains(into))?;
        Some((into / UP_S).min((LENGTH_S - into) / DOWN_S).min(1.0))
    };
    let mut raised = rows.to_vec();
    for row in &mut raised {
        let Some(added) = share(row.t_s).map(|share| share * height) else { continue };
        let before = row
            .reading
            .heart_rate
            .or_else(|| row.reading.rr.first().map(|rr| 60_000.0 / rr.millis()));
        let Some(before) = before else { continue };
        row.reading.heart_rate = row.reading.heart_rate.map(|rate| rate + added);
        let scale = before / (before + added);
        for rr in &mut row.reading.rr {
            *rr = RrInterval::from_millis(rr.millis() * scale).unwrap_or(*rr);
        }
    }
    raised
}

const UP_S: f64 = 60.0;
const DOWN_S: f64 = 120.0;
pub const LENGTH_S: f64 = UP_S + 600.0 + DOWN_S;
const BEFORE_S: f64 = 900.0;
const APART_S: f64 = 5_400.0;
