//! Opening the database for reading only.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::OpenFlags;

use super::FILE;
use super::FLAGS;
use super::NO_CHECKPOINT;
use super::PATIENCE;
use super::Store;
use super::StoreError;
use super::schema;
use super::what_else;

impl Store {
    /// Opens the database in `folder` for reading, while another program may be writing; `None` if there is none yet. Also on a full
    /// disk.
    pub fn open_to_read(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = folder.join(FILE);
        let opened = Self::reader(&path, |path| {
            let flags = FLAGS | OpenFlags::SQLITE_OPEN_READ_ONLY;
            let connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(PATIENCE)?;
            Ok(connection)
        });
        match opened {
            Err(
                StoreError::Database { .. } | StoreError::Busy { .. } | StoreError::Full { .. },
            ) => Self::open_regardless(folder).or(opened),
            opened => opened,
        }
    }

    /// Opens the database in `folder` for reading where that needs what the disk has no room for, the index of the log, or where
    /// another program locks it. For a short look, as [`Self::open_to_look`]; what is only in the log is seen unless another program
    /// has it.
    pub fn open_regardless(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = folder.join(FILE);
        let has_log = fs::metadata(log_of(folder)).is_ok_and(|log| log.is_file() && log.len() > 0);
        if has_log && let Ok(opened) = Self::reader(&path, alone) {
            return Ok(opened);
        }
        Self::reader(&path, unchanged)
    }

    /// The same, and leaves nothing behind: a reader that is alone otherwise leaves an empty log. For a short look: a writer that
    /// comes meanwhile is not noticed, and may make what is read seem damaged.
    pub fn open_to_look(folder: &Path) -> Result<Option<Self>, StoreError> {
        if log_of(folder).exists() {
            return Self::open_to_read(folder);
        }
        Self::reader(&folder.join(FILE), unchanged)
    }

    fn reader(
        path: &Path,
        open: impl FnOnce(&Path) -> rusqlite::Result<Connection>,
    ) -> Result<Option<Self>, StoreError> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            _ => {}
        }
        if let Some(problem) = what_else(path) {
            let source = io::ErrorKind::InvalidInput.into();
            let (path, problem) = (path.to_owned(), problem.into());
            return Err(StoreError::Stuck { path, problem, source });
        }
        let open = || {
            let connection = open(path)?;
            let version = schema::version(&connection)?;
            Ok((connection, version))
        };
        let (connection, found) = open().map_err(|source| StoreError::of(path, source))?;
        let path = path.to_owned();
        match found {
            0 => Ok(None),
            schema::VERSION => Ok(Some(Self {
                connection,
                path,
                open_hour: None,
                file: None,
                unchecked_since: None,
            })),
            _ => Err(StoreError::OtherVersion { path, found, known: schema::VERSION }),
        }
    }
}

fn log_of(folder: &Path) -> PathBuf {
    folder.join(format!("{FILE}-wal"))
}

/// With the log but without its index, which is kept in memory: only for a connection that no other may join.
fn alone(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, FLAGS | OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(Duration::ZERO)?;
    connection.set_db_config(NO_CHECKPOINT, true)?;
    connection.pragma_update_and_check(None, "locking_mode", "exclusive", |_| Ok(()))?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Without the log, and without a look at who locks it.
fn unchanged(path: &Path) -> rusqlite::Result<Connection> {
    let flags = FLAGS | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(still(path), flags)
}

/// The path as a URI that says that nobody writes (`SQLite`, "Uniform Resource Identifiers", 3.2).
fn still(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            uri.push(byte.into());
        } else {
            // To a text that always can be written.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri + "?immutable=1"
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::Timestamp;

    use super::*;
    use crate::store::Record;
    use crate::store::Writer;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<_> =
            entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_look_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("what? 100% #ü");
        drop(Store::open(&below, Timestamp::UNIX_EPOCH).unwrap());
        let before = names(&below);
        let store = Store::open_to_look(&below).unwrap().unwrap();
        assert!(store.load_state().is_ok() && store.bytes().unwrap() > 0);
        drop(store);
        assert_eq!(names(&below), before);
    }

    #[test]
    fn a_look_sees_what_is_only_in_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let mut store = Store::open(folder.path(), now).unwrap().store;
        let monitor = "bluetooth:A0:9E:1A:00:00:00".parse().ok();
        let mut writer = Writer::new(SignedDuration::from_hours(1));
        writer.keep(now, Record::Monitor(monitor.clone()));
        store.write(&writer.flush(now).unwrap()).unwrap();
        let look = Store::open_to_look(folder.path()).unwrap().unwrap();
        assert_eq!(look.load_state().unwrap().state.monitor, monitor);
    }

    #[test]
    fn where_there_is_nothing_a_look_finds_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Store::open_to_look(folder.path()).unwrap().is_none());
        assert_eq!(names(folder.path()), [""; 0]);
    }
}
