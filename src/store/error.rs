//! Why the store cannot do its work.

use std::error::Error;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use rusqlite::ErrorCode;

use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;
use kindbeat_core::words::Words;
use kindbeat_core::words::english_display;

/// What went wrong with the store, where, and what helps.
#[derive(Debug)]
pub enum StoreError {
    /// Nothing says where the store belongs.
    NoHome,
    /// The folder, or a file in it, cannot be made, or its rights cannot be set.
    Unwritable {
        /// The folder or file.
        path: PathBuf,
        source: io::Error,
    },
    /// The database may be read but not written.
    ReadOnly {
        /// The database, here and below.
        path: PathBuf,
    },
    /// No room is left.
    Full { path: PathBuf, source: rusqlite::Error },
    /// Another program holds the database for longer than we wait.
    Busy { path: PathBuf, source: rusqlite::Error },
    /// The content makes no sense.
    Corrupt {
        path: PathBuf,
        /// What is wrong.
        problem: Sentence,
    },
    /// Written by a kindbeat that is not this one.
    OtherVersion {
        path: PathBuf,
        /// The version of its schema.
        found: i64,
        /// The version of ours.
        known: i64,
    },
    /// What cannot be used could not be moved out of the way either.
    Stuck {
        path: PathBuf,
        /// Why it cannot be used.
        problem: Sentence,
        /// Why it cannot be moved.
        source: io::Error,
    },
    /// Anything else the database complains about.
    Database { path: PathBuf, source: rusqlite::Error },
    /// The thread that writes cannot be started.
    Thread { source: io::Error },
}

english_display!(StoreError);

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unwritable { source, .. }
            | Self::Stuck { source, .. }
            | Self::Thread { source } => Some(source),
            Self::Full { source, .. } | Self::Busy { source, .. } => Some(source),
            // The text of `Database` quotes the database; the others say it all.
            Self::NoHome
            | Self::Database { .. }
            | Self::ReadOnly { .. }
            | Self::Corrupt { .. }
            | Self::OtherVersion { .. } => None,
        }
    }
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
                Self::Corrupt { path, problem: Sentence::detail(source.to_string()) }
            }
            _ => Self::Database { path, source },
        }
    }

    /// What is wrong, and what helps.
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        self.sentence().text(words)
    }

    /// The same, and what the system or the database says of it: for whoever does not see the [`source`](Error::source).
    #[must_use]
    pub fn with_detail(&self) -> Sentence {
        let Some(source) = self.source() else { return self.sentence() };
        let detail = Sentence::new(Message::StoreProblemDetail).with("detail", source.to_string());
        detail.with("problem", self.sentence())
    }

    fn sentence(&self) -> Sentence {
        let [says, remedy] = self.sentences();
        Sentence::new(Message::StoreProblem).with("says", says).with("remedy", remedy)
    }

    /// What is wrong, and what helps, apart.
    #[must_use]
    pub fn sentences(&self) -> [Sentence; 2] {
        let (says, remedy) = match self {
            Self::NoHome => (Message::StoreNowhere, Message::StoreSetHome),
            Self::Unwritable { .. } => (Message::StoreUnwritable, Message::StoreOwn),
            Self::ReadOnly { .. } => (Message::StoreReadOnly, Message::StoreMakeWritable),
            Self::Full { .. } => (Message::StoreFull, Message::StoreFree),
            Self::Busy { .. } => (Message::StoreBusy, Message::StoreClose),
            Self::Corrupt { .. } => (Message::StoreCorrupt, Message::StoreBegunAnew),
            Self::OtherVersion { .. } => (Message::StoreVersion, Message::StoreSameKindbeat),
            Self::Stuck { .. } => (Message::StoreUnusable, Message::StoreMove),
            Self::Database { .. } => (Message::StoreUnusable, Message::SeeDisk),
            Self::Thread { .. } => (Message::StoreNoThread, Message::PageSeeLimits),
        };
        let says = match self.path() {
            Some(path) => Sentence::new(says).with("path", path.display().to_string()),
            None => says.into(),
        };
        let says = match self {
            Self::OtherVersion { found, known, .. } => {
                says.with("found", found.to_string()).with("known", known.to_string())
            }
            Self::Stuck { problem, .. } => says.with("problem", problem.clone()),
            Self::Database { source, .. } => says.with("problem", source.to_string()),
            _ => says,
        };
        [says, remedy.into()]
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Self::Unwritable { path, .. }
            | Self::ReadOnly { path }
            | Self::Full { path, .. }
            | Self::Busy { path, .. }
            | Self::Corrupt { path, .. }
            | Self::OtherVersion { path, .. }
            | Self::Stuck { path, .. }
            | Self::Database { path, .. } => Some(path),
            Self::NoHome | Self::Thread { .. } => None,
        }
    }
}
