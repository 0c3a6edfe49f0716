//! Sets of everyday life, learned as they go.

use kindbeat_core::replay::ReplayRow;

use crate::set::Entry;
use crate::set::Set;
use crate::table::Table;
use crate::table::hourly;
use crate::variant::Profile;
use crate::variant::Variant;

/// Waking life of which movement is known.
pub fn moving(set: &Set, variants: &[Variant], table: &mut Table) -> anyhow::Result<()> {
    let (mut all, mut walking) = (vec![0; variants.len()], vec![0; variants.len()]);
    let (mut hours, mut still) = (0.0, 0.0);
    for entry in &set.recordings {
        let rows = set.rows(entry)?;
        let awake = |t_s: f64| is_awake(entry, t_s);
        hours += hours_of(&rows, |row| awake(row.t_s));
        still += hours_of(&rows, |row| awake(row.t_s) && row.moving == Some(false));
        for (place, variant) in variants.iter().enumerate() {
            let offers = variant.offers(Profile::Everyday, &[], &rows)?;
            for offer in offers.into_iter().filter(|&offer| awake(offer)) {
                all[place] += 1;
                walking[place] += usize::from(walked_before(&rows, offer));
            }
        }
    }
    table.note(format!(
        "Everyday, {hours:.1} waking hours (08:00 to 23:30) of which {still:.1} not moving: learned as it goes, cool-down 60 min. \
         Walking: moving at some\ntime in the 5 minutes before the offer."
    ));
    table.row(
        format!("{}: offers", set.name),
        all.iter().map(|&count| hourly(count, hours)).collect(),
    );
    table.row(
        format!("{}: of which walking", set.name),
        walking.iter().map(ToString::to_string).collect(),
    );
    Ok(())
}

/// Whole recordings of which nothing but the heart is known.
pub fn unknown(set: &Set, variants: &[Variant], table: &mut Table) -> anyhow::Result<()> {
    let (mut count, mut hours) = (vec![0; variants.len()], 0.0);
    for entry in &set.recordings {
        let rows = set.rows(entry)?;
        hours += hours_of(&rows, |_| true);
        for (count, variant) in count.iter_mut().zip(variants) {
            *count += variant.offers(Profile::Everyday, &[], &rows)?.len();
        }
    }
    table.note(format!(
        "{:.0} h of {}, movement unknown: learned as it goes, cool-down 60 min.",
        hours, set.name
    ));
    let cells = count
        .iter()
        .map(|&count| format!("{count} {:.1}/24h", count as f64 / hours * 24.0))
        .collect();
    table.row(format!("{}: offers", set.name), cells);
    Ok(())
}

/// 08:00 to 23:30 by the clock on the wall.
pub fn is_awake(entry: &Entry, t_s: f64) -> bool {
    let Some(start) = entry.starts_at else { return true };
    let time_of_day = (start + t_s) % 86_400.0;
    (8.0 * 3_600.0..23.5 * 3_600.0).contains(&time_of_day)
}

pub fn hours_of(rows: &[ReplayRow], counted: impl Fn(&ReplayRow) -> bool) -> f64 {
    let pairs = rows.iter().zip(rows.iter().skip(1)).filter(|(_, row)| counted(row));
    pairs.map(|(before, row)| (row.t_s - before.t_s).min(15.0)).sum::<f64>() / 3_600.0
}

fn walked_before(rows: &[ReplayRow], offer: f64) -> bool {
    let end = rows.partition_point(|row| row.t_s <= offer);
    rows[..end]
        .iter()
        .rev()
        .take_while(|row| row.t_s >= offer - 300.0)
        .any(|row| row.moving == Some(true))
}
