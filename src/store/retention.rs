//! Forgetting what is older than its owner wishes.

use jiff::Timestamp;
use rusqlite::params;

use super::Store;
use super::StoreError;
use super::packed::Packer;

impl Store {
    /// Forgets what happened before `time` (of the readings, whole hours) and gives the room back to the disk. The baseline
    /// and the state stay.
    pub fn forget_before(&mut self, time: Timestamp) -> Result<(), StoreError> {
        let (hour, minute) = (Packer::hour_of(time), time.as_second().div_euclid(60));
        self.transaction(|transaction| {
            transaction.execute("DELETE FROM beats WHERE hour < ?1", [hour])?;
            transaction.execute("DELETE FROM open_beats WHERE hour < ?1", [hour])?;
            transaction.execute("DELETE FROM minutes WHERE minute < ?1", [minute])?;
            for sql in [
                "DELETE FROM elevations WHERE started_ms < ?1",
                "DELETE FROM offers WHERE made_ms < ?1",
                "DELETE FROM breaks WHERE started_ms < ?1",
            ] {
                transaction.execute(sql, params![time.as_millisecond()])?;
            }
            Ok(())
        })?;
        self.reading(|connection| {
            let mut vacuum = connection.prepare("PRAGMA incremental_vacuum")?;
            let mut rows = vacuum.query([])?;
            while rows.next()?.is_some() {}
            Ok(())
        })
    }
}
