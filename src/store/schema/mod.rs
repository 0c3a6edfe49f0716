//! The schema and its versions: one file each, applied in order, each as a whole or not at all.

use rusqlite::Connection;
use rusqlite::TransactionBehavior;

/// The steps from nothing to the present schema. A step that was released never changes; a new one is added below.
pub(super) const STEPS: &[&str] = &[
    include_str!("0001_initial.sql"),
    include_str!("0002_answers.sql"),
    include_str!("0003_monitor.sql"),
];

/// The version that the steps lead to.
pub(super) const VERSION: i64 = 3;

/// The version a database is at; 0: a new one.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings a database to the version that `steps` lead to; one that is further stays as it is. After an error it is at the
/// last version it reached whole.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    for (number, step) in (1..).zip(steps) {
        if version(connection)? >= number {
            continue;
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another program may have taken the step while this one waited for its turn.
        if version(&transaction)? < number {
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", number)?;
        }
        transaction.commit()?;
    }
    Ok(())
}

/// Makes sure that every table has the columns that are read and written.
pub(super) fn check(connection: &Connection) -> rusqlite::Result<()> {
    COLUMNS.iter().try_for_each(|query| connection.prepare(query).map(drop))
}

const COLUMNS: [&str; 9] = [
    "SELECT hour, packed FROM beats",
    "SELECT id, hour, packed FROM open_beats",
    "SELECT minute, heart_rate_tenths, rmssd_tenths, coverage_percent FROM minutes",
    "SELECT started_ms, ended_ms, heart_rate, usual, spread, sustained_ms, outcome FROM elevations",
    "SELECT made_ms, heart_rate, usual, spread, sustained_ms, became, became_ms FROM offers",
    "SELECT started_ms, practice, length_s, ended_ms, ending, step FROM breaks",
    "SELECT started_ms, answered_ms, tension_before, tension, liking, note FROM answers",
    "SELECT id, form, saved_ms, state FROM baseline",
    "SELECT key, value FROM state",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_number_of_steps() {
        assert_eq!(usize::try_from(VERSION), Ok(STEPS.len()));
    }

    #[test]
    fn a_step_that_fails_halfway_leaves_the_old_schema_and_its_data() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &["CREATE TABLE a (x); INSERT INTO a VALUES (7);"]).unwrap();
        let steps = ["", "CREATE TABLE b (y); UPDATE a SET x = 8; INSERT INTO nowhere VALUES (1);"];
        assert!(migrate(&mut connection, &steps).is_err());
        assert_eq!(version(&connection), Ok(1));
        assert_eq!(connection.query_row("SELECT x FROM a", [], |row| row.get(0)), Ok(7));
        assert!(connection.prepare("SELECT y FROM b").is_err());
        migrate(&mut connection, &["", "CREATE TABLE b (y);"]).unwrap();
        assert_eq!(version(&connection), Ok(2));
    }
}
