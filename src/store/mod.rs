//! The store: what was heard, decided and answered, in one `SQLite` file that only its owner can read.
//!
//! - [`Store`] opens it, writes a [`Batch`] and reads. One program writes (the daemon), any number read meanwhile.
//! - [`Writer`] gathers [`Record`]s in memory and says when they are due, so that the disk is asked every few seconds and a
//!   kill loses no more than that. Time is an argument here as everywhere; nothing in the store reads a clock.
//! - [`spawn`] puts the store on a thread of its own, behind a [`Handle`] that never waits for the disk.
//!
//! What is stored are plain types of this module, converted from those of the core, so that the core may change without
//! breaking what is stored. Messages of the monitor are kept as they came; beats, their artefacts and gaps are rebuilt from
//! them by the same [`kindbeat_core::heart::BeatFilter`] that judged them live.

mod aside;
mod error;
mod lock;
mod memory;
mod overview;
mod packed;
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
use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;

pub use self::aside::Aside;
pub use self::aside::Unusable;
pub use self::error::Error;
pub use self::lock::Lock;
pub use self::memory::memory_changes;
pub use self::overview::Day;
pub use self::overview::span_of;
pub use self::packed::Heard;
pub use self::read::Loaded;
pub use self::record::Afterwards;
pub use self::record::Became;
pub use self::record::Break;
pub use self::record::Elevation;
pub use self::record::Figures;
pub use self::record::How;
pub use self::record::Kept;
pub use self::record::Minute;
pub use self::record::Offer;
pub use self::record::Outcome;
pub use self::record::Record;
pub use self::thread::Handle;
pub use self::thread::Report;
pub use self::thread::spawn;
pub use self::writer::Batch;
pub use self::writer::Writer;

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
}

/// A store, and what had to be done to open it.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Store,
    /// The database that was found and could not be used, when there was one: a new one was begun in its place, and the owner
    /// should be told.
    pub aside: Option<Aside>,
}

/// Why a database was not opened.
enum Refused {
    /// It cannot be used, and may be moved aside.
    Unusable(Unusable),
    /// Something that a new database would not better.
    Failed(Error),
}

impl Store {
    /// Opens the database in `folder` for writing, or begins a new one; both are readable by their owner alone.
    ///
    /// What cannot be used is kept aside under a name with the time `now`. For the one program that writes: nobody else may
    /// have the database open then.
    pub fn open(folder: &Path, now: Timestamp) -> Result<Opened, Error> {
        aside::make_folder(folder)?;
        let path = folder.join(FILE);
        match Self::open_usable(&path) {
            Ok(store) => Ok(Opened { store, aside: None }),
            Err(Refused::Failed(error)) => Err(error),
            Err(Refused::Unusable(why)) => {
                let aside = aside::keep_aside(&path, why, now)?;
                match Self::open_usable(&path) {
                    Ok(store) => Ok(Opened { store, aside: Some(aside) }),
                    Err(Refused::Failed(error)) => Err(error),
                    Err(Refused::Unusable(why)) => {
                        Err(Error::Corrupt { path, problem: why.problem() })
                    }
                }
            }
        }
    }

    /// A store that is gone with the program: for tests and demonstrations.
    pub fn in_memory() -> Result<Self, Error> {
        let path = PathBuf::from(":memory:");
        let open = || {
            let mut connection = Connection::open_in_memory()?;
            connection.pragma_update(None, "foreign_keys", true)?;
            schema::migrate(&mut connection, schema::STEPS)?;
            Ok(connection)
        };
        let connection = open().map_err(|source| Error::of(&path, source))?;
        Ok(Self { connection, path, open_hour: None })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How large the database is, in bytes, unused pages included, its log not.
    pub fn bytes(&self) -> Result<u64, Error> {
        let sql = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
        let bytes =
            self.reading(|connection| connection.query_row(sql, [], |row| row.get::<_, i64>(0)))?;
        Ok(bytes.unsigned_abs())
    }

    fn open_usable(path: &Path) -> Result<Self, Refused> {
        aside::make_private(path).map_err(|source| unopened(path, source))?;
        let failed = |source| match Error::of(path, source) {
            Error::Corrupt { problem, .. } => Refused::Unusable(Unusable::Corrupt(problem)),
            error => Refused::Failed(error),
        };
        let mut connection =
            Connection::open_with_flags(path, FLAGS | OpenFlags::SQLITE_OPEN_READ_WRITE)
                .map_err(failed)?;
        // What turns out to be unusable is kept with its log as it was.
        connection.set_db_config(NO_CHECKPOINT, true).map_err(failed)?;
        let found = schema::version(&connection).map_err(failed)?;
        if found > schema::VERSION {
            return Err(Refused::Unusable(Unusable::Newer(found)));
        }
        if connection.is_readonly("main").map_err(failed)? {
            return Err(Refused::Failed(Error::ReadOnly { path: path.to_owned() }));
        }
        set_up(&connection, found).map_err(failed)?;
        if let Some(problem) = problem_of(&connection, path).map_err(failed)? {
            return Err(Refused::Unusable(Unusable::Corrupt(problem)));
        }
        connection.set_db_config(NO_CHECKPOINT, false).map_err(failed)?;
        schema::migrate(&mut connection, schema::STEPS).map_err(failed)?;
        aside::make_private(path).map_err(|source| unopened(path, source))?;
        Ok(Self { connection, path: path.to_owned(), open_hour: None })
    }

    /// Runs a query and sorts its error.
    fn reading<T>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        query(&self.connection).map_err(|source| Error::of(&self.path, source))
    }
}

fn set_up(connection: &Connection, version: i64) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    if version == 0 {
        // Only a database without tables takes it: pages set free can be given back a few at a time.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // A kill loses nothing of what is written; a power cut loses the last minutes, and never the file.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // In KiB when negative: the pages of a few seconds, not of a year.
    connection.pragma_update(None, "cache_size", -512)
}

/// What is wrong with the database; `None` when nothing is.
fn problem_of(connection: &Connection, path: &Path) -> rusqlite::Result<Option<String>> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Ok(Some(verdict));
    }
    // The check takes what is missing of the last page for zeros.
    let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let in_log = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        Ok(row.get::<_, i64>(1)? > row.get::<_, i64>(2)?)
    })?;
    let cut = fs::metadata(path).is_ok_and(|file| file.len() % page.unsigned_abs() != 0);
    Ok((cut && !in_log).then(|| "its last page is cut off".to_owned()))
}

/// Tells a file that may not be read, which can be moved out of the way, from a folder that may not be written.
fn unopened(path: &Path, source: io::Error) -> Refused {
    let kind = source.kind();
    match fs::File::open(path).map(|file| file.metadata().is_ok_and(|file| file.is_dir())) {
        Ok(true) => Refused::Unusable(Unusable::Unreadable("it is a folder".to_owned())),
        Ok(false) if kind == io::ErrorKind::PermissionDenied => {
            Refused::Failed(Error::ReadOnly { path: path.to_owned() })
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Refused::Unusable(Unusable::Unreadable(error.to_string()))
        }
        Ok(false) | Err(_) => Refused::Failed(Error::Unwritable { path: path.to_owned(), source }),
    }
}

/// A connection stays on one thread, and a path is a path even when it looks like a URI.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
/// Leaves the log alone when the database is closed.
const NO_CHECKPOINT: DbConfig = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
/// How long to wait while another program writes.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
