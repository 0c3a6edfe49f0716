//! Opening the database for reading only.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::OpenFlags;

use super::FILE;
use super::FLAGS;
use super::PATIENCE;
use super::Store;
use super::StoreError;
use super::schema;

impl Store {
    /// Opens the database in `folder` for reading, while another program may be writing; `None` if there is none yet.
    pub fn open_to_read(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = folder.join(FILE);
        Self::reader(&path, |path| {
            Connection::open_with_flags(path, FLAGS | OpenFlags::SQLITE_OPEN_READ_ONLY)
        })
    }

    /// The same, and leaves nothing behind: a reader that is alone otherwise leaves an empty log. For a short look: a writer that
    /// comes meanwhile is not noticed, and may make what is read seem damaged.
    pub fn open_to_look(folder: &Path) -> Result<Option<Self>, StoreError> {
        if folder.join(format!("{FILE}-wal")).exists() {
            return Self::open_to_read(folder);
        }
        let path = folder.join(FILE);
        Self::reader(&path, |path| {
            let flags = FLAGS | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(still(path), flags)
        })
    }

    fn reader(
        path: &Path,
        open: impl FnOnce(&Path) -> rusqlite::Result<Connection>,
    ) -> Result<Option<Self>, StoreError> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            _ => {}
        }
        let open = || {
            let connection = open(path)?;
            connection.busy_timeout(PATIENCE)?;
            let version = schema::version(&connection)?;
            Ok((connection, version))
        };
        let (connection, found) = open().map_err(|source| StoreError::of(path, source))?;
        let path = path.to_owned();
        match found {
            0 => Ok(None),
            schema::VERSION => Ok(Some(Self { connection, path, open_hour: None })),
            _ => Err(StoreError::OtherVersion { path, found, known: schema::VERSION }),
        }
    }
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
