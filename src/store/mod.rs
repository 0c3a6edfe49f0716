//! The store: readings, decisions and answers, in one `SQLite` file that only its owner can read.
//!
//! - [`Store`] opens it, writes a [`Batch`] and reads. One program writes (the daemon), any number read meanwhile.
//! - [`Writer`] gathers [`Record`]s in memory and says when they are due, so that the disk is asked every few seconds and a
//!   kill loses no more than that. Time is an argument here as everywhere; nothing in the store reads the wall clock.
//! - [`spawn`] puts the store on a thread of its own, behind a [`StoreHandle`] that never waits for the disk.
//!
//! What is stored are plain types of this module, converted from those of the core, so that the core may change without
//! breaking what is stored. Messages of the monitor are kept as they came; beats, their artefacts and gaps are rebuilt from
//! them by the same [`kindbeat_core::heart::BeatFilter`] that judged them live.

mod error;
mod file_id;
mod lock;
mod memory;
mod overview;
mod packed;
mod quarantine;
mod read;
mod reader;
mod record;
mod retention;
mod schema;
mod thread;
mod write;
mod writer;

use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::ErrorCode;
use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;

use self::file_id::FileId;

pub use self::error::StoreError;
pub use self::lock::StoreLock;
pub use self::memory::memory_changes;
pub use self::overview::DayOverview;
pub use self::overview::span_of;
pub use self::packed::StoredReading;
pub use self::quarantine::Quarantined;
pub use self::quarantine::Unusable;
pub use self::quarantine::check_writable;
pub use self::quarantine::kept_aside;
pub use self::read::Loaded;
pub use self::record::BreakAnswers;
pub use self::record::BreakEnd;
pub use self::record::ElevationDecision;
pub use self::record::OfferEnd;
pub use self::record::Record;
pub use self::record::StoredBreak;
pub use self::record::StoredElevation;
pub use self::record::StoredFigures;
pub use self::record::StoredMinute;
pub use self::record::StoredOffer;
pub use self::record::StoredState;
pub use self::retention::Retention;
pub use self::thread::StoreEvent;
pub use self::thread::StoreHandle;
pub use self::thread::UnopenedStore;
pub use self::thread::spawn;
pub use self::thread::spawn_unopened;
pub use self::writer::Batch;
pub use self::writer::Writer;

use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;

/// The name of the database in its folder.
pub const FILE: &str = "kindbeat.db";

/// Where the history belongs: `$XDG_STATE_HOME/kindbeat`, else below `$HOME/.local/state`; `None` where neither is an absolute path
/// (XDG Base Directory Specification).
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let absolute =
        |name| env::var_os(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    Some(state?.join("kindbeat"))
}

/// An open database.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    /// The hour of the rows in `open_beats`; `None` while that is not known.
    open_hour: Option<i64>,
    /// The file that is open; `None`: nobody looks whether it is still there.
    file: Option<FileId>,
    /// When it was opened unchecked; `None` once it is checked.
    unchecked_since: Option<Timestamp>,
}

/// A store, and what had to be done to open it.
#[derive(Debug)]
pub struct OpenedStore {
    pub store: Store,
    /// The database that was found and could not be used; a new one was begun in its place. Worth a notice to the owner.
    /// `None`: the database was usable, or there was none.
    pub quarantined: Option<Quarantined>,
}

/// When a database is searched for damage.
#[derive(Clone, Copy)]
enum Check {
    First,
    /// It is opened at this moment, and searched later.
    Later(Timestamp),
}

/// Why a database was not opened.
enum Refused {
    /// It cannot be used, and may be quarantined.
    Unusable(Unusable),
    /// A new database would fail in the same way.
    Failed(StoreError),
}

impl Store {
    /// Opens the database in `folder` for writing, or begins a new one; both are readable by their owner alone.
    ///
    /// A database that cannot be used is renamed, with the time `now` in its name. For the one program that writes: no other
    /// may have the database open then.
    pub fn open(folder: &Path, now: Timestamp) -> Result<OpenedStore, StoreError> {
        Self::open_or_quarantine(folder, now, Check::First)
    }

    /// The same, but a database of this version is not yet searched for damage, which takes as long as it is large. The thread that
    /// writes does so before it writes; nothing else may be written to it.
    pub fn open_unchecked(folder: &Path, now: Timestamp) -> Result<OpenedStore, StoreError> {
        Self::open_or_quarantine(folder, now, Check::Later(now))
    }

    fn open_or_quarantine(
        folder: &Path,
        now: Timestamp,
        check: Check,
    ) -> Result<OpenedStore, StoreError> {
        quarantine::make_folder(folder)?;
        let path = folder.join(FILE);
        match Self::open_usable(&path, check) {
            Ok(store) => Ok(OpenedStore { store, quarantined: None }),
            Err(Refused::Failed(error)) => Err(error),
            Err(Refused::Unusable(why)) => {
                let quarantined = quarantine::quarantine(&path, why, now)?;
                match Self::open_usable(&path, check) {
                    Ok(store) => Ok(OpenedStore { store, quarantined: Some(quarantined) }),
                    Err(Refused::Failed(error)) => Err(error),
                    Err(Refused::Unusable(why)) => {
                        Err(StoreError::Corrupt { path, problem: why.problem() })
                    }
                }
            }
        }
    }

    /// Opens the database in `folder` to add a little to it, where another program may be writing, or begin to at any time. The lock is
    /// taken only for a moment, and only where there is no database yet that this version writes.
    pub fn open_beside(folder: &Path, now: Timestamp) -> Result<Self, StoreError> {
        let path = folder.join(FILE);
        let of = |source| StoreError::of(&path, source);
        let flags = FLAGS | OpenFlags::SQLITE_OPEN_READ_WRITE;
        let found = Connection::open_with_flags(&path, flags)
            .and_then(|connection| Ok((schema::version(&connection)?, connection)));
        if let Ok((schema::VERSION, connection)) = found {
            if connection.is_readonly("main").map_err(of)? {
                return Err(StoreError::ReadOnly { path });
            }
            set_up(&connection, schema::VERSION).map_err(of)?;
            connection.busy_timeout(PATIENCE).map_err(of)?;
            return Ok(Self {
                connection,
                path,
                open_hour: None,
                file: None,
                unchecked_since: None,
            });
        }
        let Some(_lock) = StoreLock::take(folder)? else {
            let found = found.map_or(0, |(found, _)| found);
            return Err(StoreError::OtherVersion { path, found, known: schema::VERSION });
        };
        Ok(Self { file: None, ..Self::open(folder, now)?.store })
    }

    /// A store that ends with the program: for tests and demonstrations.
    pub fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from(":memory:");
        let open = || {
            let mut connection = Connection::open_in_memory()?;
            connection.pragma_update(None, "foreign_keys", true)?;
            schema::migrate(&mut connection, schema::STEPS)?;
            Ok(connection)
        };
        let connection = open().map_err(|source| StoreError::of(&path, source))?;
        Ok(Self { connection, path, open_hour: None, file: None, unchecked_since: None })
    }

    /// Writes what is still in the log back into the database.
    fn empty_log(&self) -> Result<(), StoreError> {
        let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        emptied.map_err(|source| StoreError::of(&self.path, source))
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How large the database is, in bytes, unused pages included, its log not.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        let sql = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
        let bytes =
            self.reading(|connection| connection.query_row(sql, [], |row| row.get::<_, i64>(0)))?;
        Ok(bytes.unsigned_abs())
    }

    fn open_usable(path: &Path, check: Check) -> Result<Self, Refused> {
        if let Some(refused) = no_file(path) {
            return Err(refused);
        }
        quarantine::make_private(path).map_err(|source| unopened(path, source))?;
        let failed = |source| match StoreError::of(path, source) {
            StoreError::Corrupt { problem, .. } => Refused::Unusable(Unusable::Corrupt(problem)),
            error => Refused::Failed(error),
        };
        let mut connection =
            Connection::open_with_flags(path, FLAGS | OpenFlags::SQLITE_OPEN_READ_WRITE)
                .map_err(failed)?;
        connection.busy_timeout(PATIENCE_AT_FIRST).map_err(failed)?;
        // What turns out to be unusable is kept with its log as it was.
        connection.set_db_config(NO_CHECKPOINT, true).map_err(failed)?;
        let found = schema::version(&connection).map_err(failed)?;
        if found > schema::VERSION {
            return Err(Refused::Unusable(Unusable::Newer(found)));
        }
        if connection.is_readonly("main").map_err(failed)? {
            return Err(Refused::Failed(StoreError::ReadOnly { path: path.to_owned() }));
        }
        set_up(&connection, found).map_err(failed)?;
        let unchecked_since = match check {
            // What is damaged is not migrated.
            Check::Later(now) if found == schema::VERSION => Some(now),
            Check::First | Check::Later(_) => {
                if let Some(problem) = problem_of(&connection, path).map_err(failed)? {
                    return Err(Refused::Unusable(Unusable::Corrupt(problem)));
                }
                None
            }
        };
        let migrated = schema::migrate(&mut connection, schema::STEPS);
        migrated.and_then(|()| schema::check(&connection)).map_err(|source| {
            // Its tables are not those of the version that it has.
            let problem = match &source {
                // Not the whole statement.
                rusqlite::Error::SqlInputError { error, msg, .. } => Some((error, msg.clone())),
                rusqlite::Error::SqliteFailure(error, _) => Some((error, source.to_string())),
                _ => None,
            };
            match problem {
                Some((error, problem)) if error.code == ErrorCode::Unknown => {
                    Refused::Unusable(Unusable::Corrupt(Sentence::detail(problem)))
                }
                _ => failed(source),
            }
        })?;
        connection.set_db_config(NO_CHECKPOINT, false).map_err(failed)?;
        // A new database has each of its tables and indices in memory by now, whatever the size of the cache: 40 pages.
        connection.execute_batch("PRAGMA shrink_memory").map_err(failed)?;
        quarantine::make_private(path).map_err(|source| unopened(path, source))?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        let file = FileId::of(path).ok();
        Ok(Self { connection, path: path.to_owned(), open_hour: None, file, unchecked_since })
    }

    /// Searches it for damage, if that was not done yet; `None`: there is none.
    fn check(&mut self) -> Result<Option<Sentence>, StoreError> {
        if self.unchecked_since.is_none() {
            return Ok(None);
        }
        match self.reading(|connection| problem_of(connection, &self.path)) {
            Ok(None) => {
                self.unchecked_since = None;
                Ok(None)
            }
            Err(StoreError::Corrupt { problem, .. }) => Ok(Some(problem)),
            result => result,
        }
    }

    /// Closes a damaged database, and leaves its log as it is.
    fn close_damaged(self) {
        // Where that fails the log may be written back, which changes nothing that can be read.
        let _ = self.connection.set_db_config(NO_CHECKPOINT, true);
    }

    /// Whether the database that is open is still the one at its path: neither deleted nor replaced.
    fn is_in_place(&self) -> bool {
        match (self.file, FileId::of(&self.path)) {
            (Some(open), Ok(found)) => open == found,
            (Some(_), Err(error)) => !is_absent(&error),
            (None, _) => true,
        }
    }

    /// Runs a query and sorts its error.
    fn reading<T>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        query(&self.connection).map_err(|source| StoreError::of(&self.path, source))
    }
}

fn set_up(connection: &Connection, version: i64) -> rusqlite::Result<()> {
    if version == 0 {
        // Only a database without tables takes it: pages set free can be given back a few at a time.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // A kill loses nothing of what is written; a power cut loses the last minutes, and never the file.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // In KiB when negative. The check of a history of 40 MB fills the cache: 434 KiB less than with 512, and reading a year is
    // as fast, since each page of it is read once.
    connection.pragma_update(None, "cache_size", -64)
}

/// What is wrong with the database; `None` when nothing is.
fn problem_of(connection: &Connection, path: &Path) -> rusqlite::Result<Option<Sentence>> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Ok(Some(Sentence::detail(verdict)));
    }
    // The check takes what is missing of the last page for zeros.
    let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let in_log = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        Ok(row.get::<_, i64>(1)? > row.get::<_, i64>(2)?)
    })?;
    let cut = fs::metadata(path).is_ok_and(|file| file.len() % page.unsigned_abs() != 0);
    Ok((cut && !in_log).then(|| Message::StoreCutOff.into()))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Something else in the place of one of the files, which opening it might wait for; `None` where there is nothing else.
fn no_file(path: &Path) -> Option<Refused> {
    let [database, log, index] = quarantine::with_companions(path);
    if let Some(what) = what_else(&database) {
        return Some(Refused::Unusable(Unusable::Unreadable(what.into())));
    }
    let stuck = |path: PathBuf| {
        let problem = what_else(&path)?.into();
        let source = io::ErrorKind::InvalidInput.into();
        Some(Refused::Failed(StoreError::Stuck { path, problem, source }))
    };
    [log, index].into_iter().find_map(stuck)
}

/// What it is where it is no regular file; `None` where it is one, or nothing.
fn what_else(path: &Path) -> Option<Message> {
    let found = fs::metadata(path).ok()?;
    match (found.is_file(), found.is_dir()) {
        (true, _) => None,
        (false, true) => Some(Message::StoreFolder),
        (false, false) => Some(Message::StoreNoFile),
    }
}

/// Tells a file that may not be read, which can be moved out of the way, from a folder that may not be written.
fn unopened(path: &Path, source: io::Error) -> Refused {
    let kind = source.kind();
    match fs::File::open(path).map(|file| file.metadata().is_ok_and(|file| file.is_dir())) {
        Ok(true) => Refused::Unusable(Unusable::Unreadable(Message::StoreFolder.into())),
        Ok(false) if kind == io::ErrorKind::PermissionDenied => {
            Refused::Failed(StoreError::ReadOnly { path: path.to_owned() })
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Refused::Unusable(Unusable::Unreadable(Sentence::detail(error.to_string())))
        }
        Ok(false) | Err(_) => {
            Refused::Failed(StoreError::Unwritable { path: path.to_owned(), source })
        }
    }
}

/// A connection stays on one thread, and a path is a path even when it looks like a URI.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
/// Leaves the log alone when the database is closed.
const NO_CHECKPOINT: DbConfig = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
/// How long to wait while another program writes.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same at the start, which others wait for.
const PATIENCE_AT_FIRST: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
