//! Days at a glance.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::Connection;

use super::Store;
use super::StoreError;

/// One local day in a few numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayOverview {
    pub date: Date,
    /// How many minutes have a heart rate.
    pub minutes: u32,
    /// The median of those minutes, in bpm; `None` when there are none.
    pub heart_rate: Option<f64>,
    /// The median of their RMSSD, in ms; `None` when none has one.
    pub rmssd: Option<f64>,
    /// How many elevations began.
    pub elevations: u32,
    /// How many offers were made.
    pub offers: u32,
    /// How many breaks were begun.
    pub breaks: u32,
}

/// The first moment of a local day, and the first after it.
#[must_use]
pub fn span_of(date: Date, zone: &TimeZone) -> (Timestamp, Timestamp) {
    let begin = |date: Date| {
        zone.to_ambiguous_timestamp(date.to_datetime(jiff::civil::Time::midnight())).compatible()
    };
    let from = begin(date).unwrap_or(Timestamp::MIN);
    (from, date.tomorrow().and_then(begin).unwrap_or(Timestamp::MAX))
}

impl Store {
    /// The local days between two moments on which anything is stored, in order.
    pub fn days(
        &self,
        from: Timestamp,
        to: Timestamp,
        zone: &TimeZone,
    ) -> Result<Vec<DayOverview>, StoreError> {
        let mut days = Days { zone, all: BTreeMap::new(), last: None };
        self.reading(|connection| {
            let sql = "SELECT minute, heart_rate_tenths, rmssd_tenths FROM minutes
                WHERE minute >= ?1 AND minute < ?2 ORDER BY minute";
            let mut minutes = connection.prepare_cached(sql)?;
            let span = [from, to].map(|moment| moment.as_second().div_euclid(60));
            let mut rows = minutes.query(span)?;
            while let Some(row) = rows.next()? {
                let minute: i64 = row.get(0)?;
                // One value that makes no sense spoils only itself.
                if let Some(day) = days.of(minute.saturating_mul(60_000)) {
                    day.heart_rates.extend(row.get_ref(1)?.as_i64());
                    day.rmssds.extend(row.get_ref(2)?.as_i64());
                }
            }
            let span = [from.as_millisecond(), to.as_millisecond()];
            let count = |sql, days: &mut Days<'_>, what: fn(&mut Counts) -> &mut u32| {
                each_time(connection, sql, span, |at| {
                    if let Some(day) = days.of(at) {
                        *what(day) += 1;
                    }
                })
            };
            let sql = "SELECT started_ms FROM elevations
                WHERE started_ms >= ?1 AND started_ms < ?2 ORDER BY started_ms";
            count(sql, &mut days, |day| &mut day.elevations)?;
            let sql =
                "SELECT made_ms FROM offers WHERE made_ms >= ?1 AND made_ms < ?2 ORDER BY made_ms";
            count(sql, &mut days, |day| &mut day.offers)?;
            let sql = "SELECT started_ms FROM breaks
                WHERE started_ms >= ?1 AND started_ms < ?2 ORDER BY started_ms";
            count(sql, &mut days, |day| &mut day.breaks)
        })?;
        Ok(days.all.into_iter().map(|(date, counts)| counts.summed_up(date)).collect())
    }
}

fn each_time(
    connection: &Connection,
    sql: &str,
    span: [i64; 2],
    mut each: impl FnMut(i64),
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(span)?;
    while let Some(row) = rows.next()? {
        each(row.get(0)?);
    }
    Ok(())
}

/// What belongs to each day, gathered in the order of time.
struct Days<'a> {
    zone: &'a TimeZone,
    all: BTreeMap<Date, Counts>,
    /// The day of the moment before, and its span in milliseconds.
    last: Option<(Date, i64, i64)>,
}

#[derive(Default)]
struct Counts {
    heart_rates: Vec<i64>,
    rmssds: Vec<i64>,
    elevations: u32,
    offers: u32,
    breaks: u32,
}

impl Days<'_> {
    /// The day of a moment in milliseconds; `None` if there is no such moment.
    fn of(&mut self, millis: i64) -> Option<&mut Counts> {
        let date = match self.last {
            Some((date, from, to)) if (from..to).contains(&millis) => date,
            _ => {
                let at = Timestamp::from_millisecond(millis).ok()?;
                let date = self.zone.to_datetime(at).date();
                let (from, to) = span_of(date, self.zone);
                self.last = Some((date, from.as_millisecond(), to.as_millisecond()));
                date
            }
        };
        Some(self.all.entry(date).or_default())
    }
}

impl Counts {
    fn summed_up(mut self, date: Date) -> DayOverview {
        DayOverview {
            date,
            minutes: u32::try_from(self.heart_rates.len()).unwrap_or(u32::MAX),
            heart_rate: median_tenths(&mut self.heart_rates),
            rmssd: median_tenths(&mut self.rmssds),
            elevations: self.elevations,
            offers: self.offers,
            breaks: self.breaks,
        }
    }
}

/// The upper of the two middle values when there are two; not in tenths any more.
fn median_tenths(values: &mut [i64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    Some(*values.select_nth_unstable(middle).1 as f64 / 10.0)
}
