//! Reading: what the next run starts from, and what happened between two moments.
//!
//! Every span holds its first moment and not its last, and what comes back is in the order of time.

use jiff::SignedDuration;
use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::types::FromSqlError;
use rusqlite::types::FromSqlResult;
use tracing::warn;

use super::Store;
use super::StoreError;
use super::packed::Packer;
use super::packed::StoredReading;
use super::record::BreakAnswers;
use super::record::BreakEnd;
use super::record::ElevationDecision;
use super::record::OfferEnd;
use super::record::StoredBreak;
use super::record::StoredElevation;
use super::record::StoredFigures;
use super::record::StoredMinute;
use super::record::StoredOffer;
use super::record::StoredState;
use super::write;
use super::write::readings_in_hour;
use kindbeat_core::detection::BaselineState;
use kindbeat_core::detection::Tracker;
use kindbeat_core::heart::Beat;
use kindbeat_core::heart::BeatFilter;
use kindbeat_core::heart::Contact;
use kindbeat_core::practice::PastBreak;

/// What the next run starts from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// `None` if nothing was learned yet.
    pub baseline: Option<BaselineState>,
    pub state: StoredState,
    /// The last breaks, a hundred at most, in the order of time.
    pub past: Vec<PastBreak>,
    /// The names of stored values that cannot be read and count as absent: worth a line in the log.
    pub ignored: Vec<&'static str>,
}

impl Store {
    /// What the last run left for the next.
    pub fn load_state(&self) -> Result<Loaded, StoreError> {
        let past = self.last_breaks()?;
        self.reading(|connection| {
            let mut loaded = Loaded { past, ..Loaded::default() };
            let sql = "SELECT form, state FROM baseline";
            let stored = connection
                .query_row(sql, [], |row| {
                    let is_known = row.get_ref(0)?.as_i64() == Ok(write::BASELINE_FORM);
                    Ok(row.get_ref(1)?.as_bytes().ok().filter(|_| is_known).map(<[u8]>::to_owned))
                })
                .optional()?;
            if let Some(known) = stored {
                loaded.baseline = known.and_then(|state| serde_json::from_slice(&state).ok());
                if loaded.baseline.is_none() {
                    loaded.ignored.push("baseline");
                }
            }
            let mut find = connection.prepare("SELECT value FROM state WHERE key = ?1")?;
            let mut find = |key| {
                find.query_row([key], |row| Ok(row.get_ref(0)?.as_str().map(str::to_owned)))
                    .optional()
            };
            let monitor = find(write::MONITOR)?;
            loaded.state.monitor = loaded.read(write::MONITOR, monitor, parsed);
            let name = find(write::MONITOR_NAME)?;
            loaded.state.monitor_name =
                loaded.read(write::MONITOR_NAME, name, |name| Some(name.to_owned()));
            let told = find(write::BATTERY_TOLD)?;
            loaded.state.battery_told = loaded.read(write::BATTERY_TOLD, told, parsed);
            let (snoozed, last) = (find(write::SNOOZED_UNTIL)?, find(write::LAST_OFFER)?);
            let resting = find(write::RESTING_UNTIL)?;
            loaded.state.resting_until = loaded.read(write::RESTING_UNTIL, resting, parsed);
            loaded.state.snoozed_until = loaded.read(write::SNOOZED_UNTIL, snoozed, parsed);
            let snoozed_at = find(write::SNOOZED_AT)?;
            loaded.state.snoozed_at = loaded.read(write::SNOOZED_AT, snoozed_at, parsed);
            loaded.state.last_offer = loaded.read(write::LAST_OFFER, last, parsed);
            let made = find(write::OFFERS_MADE)?;
            loaded.state.offers_made =
                loaded.read(write::OFFERS_MADE, made, parsed).unwrap_or_default();
            let of_day = find(write::OFFERS_OF_DAY)?;
            loaded.state.offers_of_day = loaded.read(write::OFFERS_OF_DAY, of_day, |text| {
                let (day, count) = text.split_once(' ')?;
                Some((parsed(day)?, parsed(count)?))
            });
            let in_a_row = find(write::FINE_IN_A_ROW)?;
            loaded.state.fine_in_a_row =
                loaded.read(write::FINE_IN_A_ROW, in_a_row, parsed).unwrap_or_default();
            let fit_asked = find(write::FIT_ASKED)?;
            loaded.state.fit_asked = loaded.read(write::FIT_ASKED, fit_asked, parsed);
            let habits = find(write::HABITS)?;
            let read = |text: &str| serde_json::from_str(text).ok();
            loaded.state.habits = loaded.read(write::HABITS, habits, read).unwrap_or_default();
            Ok(loaded)
        })
    }

    fn last_breaks(&self) -> Result<Vec<PastBreak>, StoreError> {
        let sql = "SELECT started_ms FROM breaks ORDER BY started_ms DESC LIMIT 1 OFFSET ?1";
        let first = self.reading(|connection| {
            connection.query_row(sql, [PAST - 1], |row| Ok(time(row, 0).ok())).optional()
        })?;
        let breaks = self.breaks(first.flatten().unwrap_or(Timestamp::MIN), Timestamp::MAX)?;
        Ok(breaks.iter().map(StoredBreak::past).collect())
    }

    /// The readings between two moments.
    pub fn readings(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<StoredReading>, StoreError> {
        let mut all = Vec::new();
        self.each_reading(from, to, |reading| all.push(reading))?;
        Ok(all)
    }

    /// The same, one by one, with no more than an hour of it in memory. Each is later than the one before: by a millisecond
    /// where the store cannot tell them apart.
    pub fn each_reading(
        &self,
        from: Timestamp,
        to: Timestamp,
        mut each: impl FnMut(StoredReading),
    ) -> Result<(), StoreError> {
        self.reading(|connection| {
            let sql = "SELECT hour FROM beats WHERE hour BETWEEN ?1 AND ?2
                UNION SELECT hour FROM open_beats WHERE hour BETWEEN ?1 AND ?2 ORDER BY hour";
            let mut find = connection.prepare(sql)?;
            let hours = find
                .query_map([Packer::hour_of(from), Packer::hour_of(to)], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<i64>>>()?;
            let mut last = Timestamp::MIN;
            for hour in hours {
                for mut reading in readings_in_hour(connection, hour)? {
                    if reading.at <= last {
                        reading.at = last.saturating_add(MILLISECOND).unwrap_or(last);
                    }
                    last = reading.at;
                    if (from..to).contains(&reading.at) {
                        each(reading);
                    }
                }
            }
            Ok(())
        })
    }

    /// The beats between two moments, judged as they were when they came; only at the begin of a span may a label differ,
    /// where what was before the last minutes would have counted.
    pub fn beats(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Beat>, StoreError> {
        let (mut filter, mut last, mut beats) = (BeatFilter::default(), None, Vec::new());
        let before = from.saturating_sub(RUN_UP).unwrap_or(Timestamp::MIN);
        // A beat lies before the message that tells of it.
        let behind = to.saturating_add(RUN_UP).unwrap_or(Timestamp::MAX);
        self.each_reading(before, behind, |StoredReading { at, reading }| {
            if reading.contact == Contact::Lost {
                return;
            }
            if last.is_some_and(|last| at.duration_since(last) >= Tracker::MAX_GAP) {
                filter.reset();
            }
            last = Some(at);
            let labelled = filter.label(at, &reading.rr).into_iter();
            beats.extend(labelled.filter(|beat| (from..to).contains(&beat.at)));
        })?;
        Ok(beats)
    }

    /// The minutes of wear between two moments.
    pub fn minutes(&self, from: Timestamp, to: Timestamp) -> Result<Vec<StoredMinute>, StoreError> {
        let sql = "SELECT minute * 60000, heart_rate_tenths, rmssd_tenths, coverage_percent FROM minutes
            WHERE minute * 60000 >= ?1 AND minute >= ?1 / 60000 - 1 AND minute * 60000 < ?2 AND minute <= ?2 / 60000 + 1
            ORDER BY minute";
        self.all(sql, from, to, |row| {
            Ok(StoredMinute {
                at: time(row, 0)?,
                heart_rate: row.get::<_, f64>(1)? / 10.0,
                rmssd: row.get::<_, Option<f64>>(2)?.map(|tenths| tenths / 10.0),
                coverage: row.get::<_, f64>(3)? / 100.0,
            })
        })
    }

    /// The elevations that began between two moments.
    pub fn elevations(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<StoredElevation>, StoreError> {
        let sql = "SELECT heart_rate, usual, spread, sustained_ms, started_ms, ended_ms, outcome
            FROM elevations WHERE started_ms >= ?1 AND started_ms < ?2 ORDER BY started_ms";
        self.all(sql, from, to, |row| {
            let decision: Option<String> = row.get(6)?;
            Ok(StoredElevation {
                started: time(row, 4)?,
                ended: time_if_any(row, 5)?,
                figures: figures(row)?,
                decision: decision.map(|decision| match decision.as_str() {
                    write::OFFERED => ElevationDecision::Offered,
                    _ => ElevationDecision::Held(decision),
                }),
            })
        })
    }

    /// The offers that were made between two moments.
    pub fn offers(&self, from: Timestamp, to: Timestamp) -> Result<Vec<StoredOffer>, StoreError> {
        let sql = "SELECT heart_rate, usual, spread, sustained_ms, made_ms, became, became_ms
            FROM offers WHERE made_ms >= ?1 AND made_ms < ?2 ORDER BY made_ms";
        self.all(sql, from, to, |row| {
            let end: Option<String> = row.get(5)?;
            let end = end.and_then(|name| OfferEnd::named(&name));
            Ok(StoredOffer {
                made: time(row, 4)?,
                figures: figures(row)?,
                ended: end.zip(time_if_any(row, 6)?),
            })
        })
    }

    /// The breaks that were begun between two moments, with the answers of their owner.
    pub fn breaks(&self, from: Timestamp, to: Timestamp) -> Result<Vec<StoredBreak>, StoreError> {
        let sql = "SELECT started_ms, practice, length_s, ended_ms, ending, step,
            answered_ms, tension_before, tension, liking, note FROM breaks LEFT JOIN answers USING (started_ms)
            WHERE started_ms >= ?1 AND started_ms < ?2 ORDER BY started_ms";
        self.all(sql, from, to, |row| {
            let started = time(row, 0)?;
            let end: Option<String> = row.get(4)?;
            let step = row.get(5)?;
            let end = end.and_then(|name| BreakEnd::named(&name, step));
            let answers = match time_if_any(row, 6)? {
                Some(answered) => {
                    let liking: Option<String> = row.get(9)?;
                    Some(BreakAnswers {
                        started,
                        answered,
                        tension_before: row.get(7)?,
                        tension: row.get(8)?,
                        liking: liking.and_then(|name| write::liking_named(&name)),
                        note: row.get(10)?,
                    })
                }
                None => None,
            };
            Ok(StoredBreak {
                started,
                practice: row.get(1)?,
                length_s: row.get(2)?,
                ended: end.zip(time_if_any(row, 3)?),
                answers,
            })
        })
    }

    fn all<T>(
        &self,
        sql: &str,
        from: Timestamp,
        to: Timestamp,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let span = [from.as_millisecond(), to.as_millisecond()];
        self.reading(|connection: &Connection| {
            let mut find = connection.prepare_cached(sql)?;
            let rows = find.query_map(span, read)?;
            rows.filter(|row| !row.as_ref().is_err_and(is_of_one_value)).collect()
        })
    }
}

impl Loaded {
    /// One of the small things; noted as ignored when it cannot be read.
    fn read<T>(
        &mut self,
        name: &'static str,
        stored: Option<FromSqlResult<String>>,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let read = stored?.ok().and_then(|text| parse(&text));
        if read.is_none() {
            self.ignored.push(name);
        }
        read
    }
}

/// Whether only this value cannot be read; its row is left out, and the others tell what they tell.
fn is_of_one_value(error: &rusqlite::Error) -> bool {
    let is = matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..)
    );
    if is {
        warn!(%error, "a stored row cannot be read and is left out");
    }
    is
}

fn parsed<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn figures(row: &Row<'_>) -> rusqlite::Result<StoredFigures> {
    Ok(StoredFigures {
        heart_rate: row.get(0)?,
        usual: row.get(1)?,
        spread: row.get(2)?,
        sustained: SignedDuration::from_millis(row.get(3)?),
    })
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let millis: i64 = row.get(column)?;
    Timestamp::from_millisecond(millis).map_err(|_| FromSqlError::OutOfRange(millis).into())
}

fn time_if_any(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get_ref(column)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => time(row, column).map(Some),
    }
}

/// As many breaks as the choice of the next one looks back on: a month of them for whoever takes three a day.
const PAST: i64 = 100;

const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);
/// As much before a span as the judging of beats looks back, and more.
const RUN_UP: SignedDuration = SignedDuration::from_mins(5);
