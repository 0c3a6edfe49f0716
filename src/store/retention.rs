//! Forgetting what is older than its owner wishes, by a clock that has stood the test.
//!
//! A clock that is wrong for some seconds must not erase years. Time that the monotonic clock measured counts at once. Time by which the
//! wall clock jumped ahead, while the program ran or between two runs, counts only after a day of measured time in which the clock
//! was not set back; a clock that is set back undoes the newest jumps first.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use rusqlite::params;
use serde::Deserialize;
use serde::Serialize;

use super::Store;
use super::StoreError;
use super::packed::Packer;
use super::quarantine;

/// How far the wall clock is believed when history is forgotten. It is stored, since most runs are shorter than the test.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Retention {
    /// The wall clock without the jumps that are still to stand the test.
    trusted: Timestamp,
    /// The oldest first.
    jumps: Vec<Jump>,
    /// When something was last forgotten, by [`Self::trusted`].
    tidied: Option<Timestamp>,
    /// The monotonic clock at the last look; `None` before the first of this run.
    #[serde(skip)]
    uptime: Option<Duration>,
    /// How much time was measured in this run.
    #[serde(skip)]
    ran: SignedDuration,
    /// How much of it is not stored.
    #[serde(skip)]
    unstored: SignedDuration,
}

/// The wall clock moved ahead of what was measured.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Jump {
    by: SignedDuration,
    /// How much measured time is missing until it counts.
    left: SignedDuration,
}

impl Retention {
    /// Of a store that knows of no earlier look; `newest`: the last moment of its history, `None` where there is none.
    #[must_use]
    pub fn new(newest: Option<Timestamp>) -> Self {
        Self {
            // The first look takes it back to the wall clock.
            trusted: newest.unwrap_or(Timestamp::MAX),
            jumps: Vec::new(),
            tidied: None,
            uptime: None,
            ran: SignedDuration::ZERO,
            unstored: SignedDuration::ZERO,
        }
    }

    /// Looks at both clocks: `wall`, and `uptime`, which is monotonic and counts the sleep of the machine.
    pub fn look(&mut self, wall: Timestamp, uptime: Duration) {
        let before = self.uptime.replace(uptime).unwrap_or(uptime);
        let ran = SignedDuration::try_from(uptime.saturating_sub(before)).unwrap_or_default();
        self.ran = self.ran.saturating_add(ran);
        self.unstored = self.unstored.saturating_add(ran);
        self.trusted = later(self.trusted, ran);
        for jump in &mut self.jumps {
            jump.left = jump.left.saturating_sub(ran);
        }
        let jumped = self.jumps.iter().map(|jump| jump.by);
        let expected =
            later(self.trusted, jumped.fold(SignedDuration::ZERO, SignedDuration::saturating_add));
        let step = wall.duration_since(expected);
        if step > TOLERANCE {
            self.jumped(step);
        } else if step < -TOLERANCE {
            self.set_back(-step);
        } else {
            self.trusted = later(self.trusted, step);
        }
        let (passed, left) =
            std::mem::take(&mut self.jumps).into_iter().partition(|jump| !jump.left.is_positive());
        self.jumps = left;
        let passed: Vec<Jump> = passed;
        self.trusted = passed.iter().fold(self.trusted, |trusted, jump| later(trusted, jump.by));
        self.tidied = self.tidied.map(|tidied| tidied.min(self.trusted));
    }

    /// Before when history may be forgotten that is kept for `keep`; `None`: not now. It counts as done then: a day passes until the
    /// next time.
    pub fn forget_before(&mut self, keep: SignedDuration) -> Option<Timestamp> {
        let rested = self.tidied.is_none_or(|at| self.trusted.duration_since(at) >= TIDY_EVERY);
        if self.ran < FIRST_TIDY || !rested {
            return None;
        }
        self.tidied = Some(self.trusted);
        self.unstored = STORE_EVERY;
        Some(self.trusted.saturating_sub(keep).unwrap_or(Timestamp::MIN))
    }

    /// Whether enough changed to be stored; it counts as stored then.
    pub fn take_change(&mut self) -> bool {
        let changed = self.unstored >= STORE_EVERY;
        if changed {
            self.unstored = SignedDuration::ZERO;
        }
        changed
    }

    fn jumped(&mut self, by: SignedDuration) {
        self.unstored = STORE_EVERY;
        let full = self.jumps.len() >= MOST_JUMPS;
        match self.jumps.last_mut().filter(|_| full) {
            Some(last) => *last = Jump { by: last.by.saturating_add(by), left: TEST },
            None => self.jumps.push(Jump { by, left: TEST }),
        }
    }

    fn set_back(&mut self, mut by: SignedDuration) {
        self.unstored = STORE_EVERY;
        while let Some(last) = self.jumps.last_mut().filter(|_| by.is_positive()) {
            let undone = last.by.min(by);
            last.by -= undone;
            by -= undone;
            if last.by.is_zero() {
                self.jumps.pop();
            }
        }
        self.trusted = self.trusted.saturating_sub(by).unwrap_or(Timestamp::MIN);
    }
}

impl Store {
    /// What the last run knew of the clock; anew where nothing is stored of it, or nothing that can be read.
    pub fn retention(&self) -> Result<Retention, StoreError> {
        self.reading(|connection| {
            let sql = "SELECT value FROM state WHERE key = ?1";
            let stored = connection.query_row(sql, [RETENTION], |row| row.get::<_, String>(0));
            if let Some(known) = stored.ok().and_then(|stored| serde_json::from_str(&stored).ok()) {
                return Ok(known);
            }
            let newest = connection.query_row("SELECT max(minute) FROM minutes", [], |row| {
                row.get::<_, Option<i64>>(0)
            })?;
            Ok(Retention::new(
                newest.and_then(|minute| Timestamp::from_second(minute.saturating_mul(60)).ok()),
            ))
        })
    }

    /// Stores what is known of the clock for the next run.
    pub fn keep_retention(&mut self, retention: &Retention) -> Result<(), StoreError> {
        // It is plain data, which can always be written.
        let value = serde_json::to_string(retention).unwrap_or_default();
        self.transaction(|transaction| {
            transaction
                .execute("INSERT OR REPLACE INTO state VALUES (?1, ?2)", [RETENTION, &value])?;
            Ok(())
        })
    }

    /// Forgets what happened before `time`, but no more than the oldest seven days, and the databases that were kept aside before.
    pub fn tidy(&mut self, time: Timestamp) -> Result<(), StoreError> {
        if let Some(folder) = self.path.parent() {
            quarantine::forget(folder, time);
        }
        let oldest: Option<i64> = self.reading(|connection| {
            let sql = "SELECT min(at) FROM (SELECT min(hour) * 3600000 AS at FROM beats
                UNION ALL SELECT min(hour) * 3600000 FROM open_beats
                UNION ALL SELECT min(minute) * 60000 FROM minutes
                UNION ALL SELECT min(started_ms) FROM elevations
                UNION ALL SELECT min(made_ms) FROM offers
                UNION ALL SELECT min(started_ms) FROM breaks)";
            connection.query_row(sql, [], |row| row.get(0))
        })?;
        match oldest.and_then(|oldest| Timestamp::from_millisecond(oldest).ok()) {
            Some(oldest) if oldest < time => {
                self.forget_before(time.min(later(oldest, MOST_AT_ONCE)))
            }
            Some(_) | None => Ok(()),
        }
    }

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

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    let end = if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
    time.saturating_add(by).unwrap_or(end)
}

/// The key in the table `state`.
const RETENTION: &str = "retention";
/// Two looks at the clocks, and a restart of the program, are no jump.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(1);
/// How long a jump of the clock has to stand: no clock that anything sets, by hand or from the network, stays wrong for as long.
const TEST: SignedDuration = SignedDuration::from_hours(24);
/// A clock that jumps more often within [`TEST`] is believed later.
const MOST_JUMPS: usize = 32;
const MOST_AT_ONCE: SignedDuration = SignedDuration::from_hours(7 * 24);
const TIDY_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// The start of a session has better to do.
const FIRST_TIDY: SignedDuration = SignedDuration::from_mins(10);
/// What is measured and not stored yet has to be measured again by the next run.
const STORE_EVERY: SignedDuration = SignedDuration::from_mins(10);
