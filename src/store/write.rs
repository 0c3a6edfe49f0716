//! Writing: a batch in one transaction, and the hours that are over packed into one row each.
//!
//! The hour under way is a row a batch: rewriting one row for the whole hour each time wrote twice as much (8 MB an hour in
//! place of 4, log included).

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::ErrorCode;
use rusqlite::Transaction;
use rusqlite::TransactionBehavior;
use rusqlite::named_params;
use rusqlite::params;
use tracing::error;
use tracing::warn;

use super::Store;
use super::StoreError;
use super::packed::Packer;
use super::packed::StoredReading;
use super::packed::unpack;
use super::record::ElevationDecision;
use super::record::OfferEnd;
use super::record::Record;
use super::record::StoredElevation;
use super::record::StoredOffer;
use super::writer::Batch;
use kindbeat_core::heart::Sample;
use kindbeat_core::practice::Liking;

impl Store {
    /// Writes a batch, as a whole or not at all. A record that the schema refuses is left out and logged: it would stand in
    /// the way of all that follow.
    pub fn write(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let newest = batch.chunks.last().map(|chunk| chunk.hour);
        let hour_over = newest.is_some() && newest != self.open_hour;
        self.transaction(|transaction| {
            let sql = "INSERT INTO open_beats (hour, packed) VALUES (?1, ?2)";
            let mut insert = transaction.prepare_cached(sql)?;
            for chunk in &batch.chunks {
                insert.execute(params![chunk.hour, chunk.packed])?;
            }
            for (minute, sample) in &batch.minutes {
                write_minute(transaction, *minute, sample)?;
            }
            for record in &batch.records {
                match write_record(transaction, batch.at, record) {
                    Err(error)
                        if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) =>
                    {
                        error!(%error, "record refused by the schema: not stored");
                    }
                    written => written?,
                }
            }
            if hour_over { close_hours(transaction, newest) } else { Ok(()) }
        })?;
        self.open_hour = newest.or(self.open_hour);
        Ok(())
    }

    /// Offers that no run can end any more, since one was killed: nobody answered them.
    pub fn end_open_offers(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let sql =
            "UPDATE offers SET became = ?1, became_ms = max(made_ms, ?2) WHERE became IS NULL";
        self.transaction(|transaction| {
            transaction.execute(sql, params![OfferEnd::Expired.name(), now.as_millisecond()])?;
            Ok(())
        })
    }

    /// Packs every hour into one row, the one under way included: for the end of an import.
    pub fn close_hours(&mut self) -> Result<(), StoreError> {
        self.open_hour = None;
        self.transaction(|transaction| close_hours(transaction, None))
    }

    /// Does something as a whole or not at all.
    pub(super) fn transaction(
        &mut self,
        act: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let run = |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            act(&transaction)?;
            transaction.commit()
        };
        run(&mut self.connection).map_err(|source| StoreError::of(&self.path, source))
    }
}

/// Packs the open rows of every hour but `newest` into one row each.
fn close_hours(transaction: &Transaction<'_>, newest: Option<i64>) -> rusqlite::Result<()> {
    let mut find = transaction.prepare_cached("SELECT DISTINCT hour FROM open_beats")?;
    let hours: Vec<i64> = find.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for hour in hours.into_iter().filter(|&hour| Some(hour) != newest) {
        let mut packer = Packer::new(hour);
        readings_in_hour(transaction, hour)?.iter().for_each(|reading| packer.push(reading));
        let sql = "INSERT OR REPLACE INTO beats (hour, packed) VALUES (?1, ?2)";
        transaction.prepare_cached(sql)?.execute(params![hour, packer.into_bytes()])?;
        transaction.prepare_cached("DELETE FROM open_beats WHERE hour = ?1")?.execute([hour])?;
    }
    Ok(())
}

/// The readings of an hour, in the order of time.
pub(super) fn readings_in_hour(
    connection: &Connection,
    hour: i64,
) -> rusqlite::Result<Vec<StoredReading>> {
    let mut readings = Vec::new();
    let mut take = |packed: &[u8]| {
        if unpack(hour, packed, &mut readings).is_err() {
            warn!(hour, "stored readings damaged: the rest of this chunk is left out");
        }
    };
    let sql = "SELECT 0 AS id, packed FROM beats WHERE hour = ?1
        UNION ALL SELECT id, packed FROM open_beats WHERE hour = ?1 ORDER BY id";
    let mut find = connection.prepare_cached(sql)?;
    let mut rows = find.query([hour])?;
    while let Some(row) = rows.next()? {
        // Where it is none, nothing can be unpacked.
        take(row.get_ref(1)?.as_blob().unwrap_or_default());
    }
    readings.sort_by_key(|reading: &StoredReading| reading.at);
    Ok(readings)
}

fn write_minute(connection: &Connection, minute: i64, sample: &Sample) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO minutes VALUES (?1, ?2, ?3, ?4)";
    connection.prepare_cached(sql)?.execute(params![
        minute,
        whole(sample.heart_rate * 10.0),
        sample.rmssd.map(|rmssd| whole(rmssd * 10.0)),
        whole(sample.coverage * 100.0),
    ])?;
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "saturates, and NaN becomes 0")]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

fn write_record(connection: &Connection, now: Timestamp, record: &Record) -> rusqlite::Result<()> {
    match record {
        // Gathered by the writer in other forms, and never among the records.
        Record::Reading(_) | Record::Sample(_) => Ok(()),
        Record::Elevation(elevation) => write_elevation(connection, elevation),
        Record::Offer(offer) => write_offer(connection, offer),
        Record::Break(taken) => {
            let ended = taken.ended.map(|(how, at)| (how.stored(), at));
            let sql = "INSERT INTO breaks (started_ms, practice, length_s, ended_ms, ending, step)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT (started_ms) DO UPDATE SET practice = excluded.practice,
                length_s = excluded.length_s, ended_ms = excluded.ended_ms,
                ending = excluded.ending, step = excluded.step";
            connection.prepare_cached(sql)?.execute(params![
                taken.started.as_millisecond(),
                taken.practice,
                taken.length_s,
                ended.map(|(_, at)| at.as_millisecond()),
                ended.map(|((name, _), _)| name),
                ended.and_then(|((_, step), _)| step),
            ])?;
            Ok(())
        }
        Record::Answers(answers) => {
            let sql = "INSERT OR REPLACE INTO answers
                (started_ms, answered_ms, tension_before, tension, liking, note)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            connection.prepare_cached(sql)?.execute(params![
                answers.started.as_millisecond(),
                answers.answered.as_millisecond(),
                answers.tension_before.map(|tension| tension.min(10)),
                answers.tension.map(|tension| tension.min(10)),
                answers.liking.map(liking_name),
                answers.note,
            ])?;
            Ok(())
        }
        Record::Baseline(state) => {
            let sql = "INSERT OR REPLACE INTO baseline VALUES (1, ?1, ?2, ?3)";
            let state = serde_json::to_string(state)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
            let mut replace = connection.prepare_cached(sql)?;
            replace.execute(params![BASELINE_FORM, now.as_millisecond(), state])?;
            Ok(())
        }
        Record::Monitor(monitor) => {
            let monitor = monitor.as_ref().map(ToString::to_string);
            write_state(connection, MONITOR, monitor.as_deref())
        }
        Record::MonitorName(name) => write_state(connection, MONITOR_NAME, name.as_deref()),
        Record::BatteryTold(level) => {
            let level = level.map(|level| level.to_string());
            write_state(connection, BATTERY_TOLD, level.as_deref())
        }
        Record::Snoozed(until) => {
            let at = until.map(|_| now.to_string());
            write_state(connection, SNOOZED_AT, at.as_deref())?;
            let until = until.map(|until| until.to_string());
            write_state(connection, SNOOZED_UNTIL, until.as_deref())
        }
        Record::Resting(until) => {
            let until = until.map(|until| until.to_string());
            write_state(connection, RESTING_UNTIL, until.as_deref())
        }
        Record::FineInARow(count) => {
            write_state(connection, FINE_IN_A_ROW, Some(&count.to_string()))
        }
        Record::FitAsked(at) => write_state(connection, FIT_ASKED, Some(&at.to_string())),
        Record::Habits(habits) => {
            let habits = serde_json::to_string(habits)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
            write_state(connection, HABITS, Some(&habits))
        }
        Record::Offered { cool_down_from, made, of_day } => {
            write_state(connection, OFFERS_MADE, Some(&made.to_string()))?;
            write_state(connection, LAST_OFFER, Some(&cool_down_from.to_string()))?;
            let of_day = of_day.map(|(day, count)| format!("{day} {count}"));
            write_state(connection, OFFERS_OF_DAY, of_day.as_deref())
        }
    }
}

fn write_elevation(connection: &Connection, elevation: &StoredElevation) -> rusqlite::Result<()> {
    let figures = &elevation.figures;
    let sql = "INSERT OR REPLACE INTO elevations
        (started_ms, ended_ms, heart_rate, usual, spread, sustained_ms, outcome)
        VALUES (:started, :ended, :heart_rate, :usual, :spread, :sustained, :outcome)";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":started": elevation.started.as_millisecond(),
        ":ended": elevation.ended.map(Timestamp::as_millisecond),
        ":heart_rate": figures.heart_rate,
        ":usual": figures.usual,
        ":spread": figures.spread,
        ":sustained": millis(figures.sustained),
        ":outcome": elevation.decision.as_ref().map(|decision| match decision {
            ElevationDecision::Offered => OFFERED,
            ElevationDecision::Held(gate) => gate,
        }),
    })?;
    Ok(())
}

fn write_offer(connection: &Connection, offer: &StoredOffer) -> rusqlite::Result<()> {
    let figures = &offer.figures;
    let sql = "INSERT OR REPLACE INTO offers
        (made_ms, heart_rate, usual, spread, sustained_ms, became, became_ms)
        VALUES (:made, :heart_rate, :usual, :spread, :sustained, :became, :became_at)";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":made": offer.made.as_millisecond(),
        ":heart_rate": figures.heart_rate,
        ":usual": figures.usual,
        ":spread": figures.spread,
        ":sustained": millis(figures.sustained),
        ":became": offer.ended.map(|(end, _)| end.name()),
        ":became_at": offer.ended.map(|(_, at)| at.as_millisecond()),
    })?;
    Ok(())
}

/// The name in the store.
const fn liking_name(liking: Liking) -> &'static str {
    match liking {
        Liking::More => "more",
        Liking::Less => "less",
    }
}

/// What is stored under this name; `None` for a name this version does not know.
pub(super) fn liking_named(name: &str) -> Option<Liking> {
    [Liking::More, Liking::Less].into_iter().find(|liking| liking_name(*liking) == name)
}

fn millis(duration: jiff::SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn write_state(connection: &Connection, key: &str, value: Option<&str>) -> rusqlite::Result<()> {
    match value {
        Some(value) => connection
            .prepare_cached("INSERT OR REPLACE INTO state VALUES (?1, ?2)")?
            .execute([key, value])?,
        None => connection.prepare_cached("DELETE FROM state WHERE key = ?1")?.execute([key])?,
    };
    Ok(())
}

/// What stands in the column `outcome` for an elevation that was offered; no gate has this name.
pub(super) const OFFERED: &str = "offered";
/// The form in which the baseline is written.
pub(super) const BASELINE_FORM: i64 = 1;
pub(super) const MONITOR: &str = "monitor";
pub(super) const MONITOR_NAME: &str = "monitor_name";
pub(super) const BATTERY_TOLD: &str = "battery_told";
pub(super) const SNOOZED_UNTIL: &str = "snoozed_until";
pub(super) const SNOOZED_AT: &str = "snoozed_at";
pub(super) const RESTING_UNTIL: &str = "resting_until";
pub(super) const LAST_OFFER: &str = "last_offer";
pub(super) const OFFERS_MADE: &str = "offers_made";
pub(super) const FINE_IN_A_ROW: &str = "fine_in_a_row";
pub(super) const FIT_ASKED: &str = "fit_asked";
pub(super) const HABITS: &str = "habits";
pub(super) const OFFERS_OF_DAY: &str = "offers_of_day";
