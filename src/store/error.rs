//! Why the store cannot do its work.

use std::io;
use std::path::Path;
use std::path::PathBuf;

use rusqlite::ErrorCode;

/// What went wrong with the store, where, and what helps.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder, or a file in it, cannot be made, or its rights cannot be set.
    #[error("{}: cannot be written; make sure that it belongs to you, or move it with XDG_STATE_HOME", path.display())]
    Unwritable {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The database may be read but not written.
    #[error("{}: is read-only; make it and its folder writable, or move it with XDG_STATE_HOME", path.display())]
    ReadOnly {
        /// The database.
        path: PathBuf,
    },
    /// No room is left.
    #[error("{}: the disk is full; free some space, and writing goes on", path.display())]
    Full {
        /// The database.
        path: PathBuf,
        /// What the database said.
        #[source]
        source: rusqlite::Error,
    },
    /// Another program holds the database for longer than we wait.
    #[error("{}: is in use by another program; close that, and writing goes on", path.display())]
    Busy {
        /// The database.
        path: PathBuf,
        /// What the database said.
        #[source]
        source: rusqlite::Error,
    },
    /// The content makes no sense.
    #[error("{}: is damaged; it is kept aside and a new one begun at the next start of kindbeat daemon", path.display())]
    Corrupt {
        /// The database.
        path: PathBuf,
        /// What is wrong, as the database says it.
        problem: String,
    },
    /// Written by a kindbeat that is not this one.
    #[error("{}: has version {found}, this kindbeat reads version {known}; use the same kindbeat as the service, or restart that", path.display())]
    OtherVersion {
        /// The database.
        path: PathBuf,
        /// The version of its schema.
        found: i64,
        /// The version of ours.
        known: i64,
    },
    /// What cannot be used could not be moved out of the way either.
    #[error("{}: cannot be used ({problem}), nor moved aside; move it away by hand", path.display())]
    Stuck {
        /// The database.
        path: PathBuf,
        /// Why it cannot be used.
        problem: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Anything else the database complains about.
    #[error("{}: the database fails", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// What the database said.
        #[source]
        source: rusqlite::Error,
    },
    /// The thread that writes cannot be started.
    #[error("the thread that writes the store cannot be started")]
    Thread {
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl StoreError {
    /// Sorts what the database said by what helps.
    pub(super) fn of(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path, source },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Busy { path, source }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt { path, problem: source.to_string() }
            }
            _ => Self::Database { path, source },
        }
    }
}
