//! The files of the store: their rights, and the quarantine of a database that cannot be used.

use std::fs;
use std::fs::DirBuilder;
use std::fs::OpenOptions;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;

use super::StoreError;
use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;

/// A database that could not be used and was renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Where it is now, in the same folder, with the files that belong to it.
    pub path: PathBuf,
    /// Why it could not be used.
    pub why: Unusable,
}

/// Why a database cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Damaged, or something else altogether: what the check found.
    Corrupt(Sentence),
    /// Written by a newer kindbeat, with this version of the schema.
    Newer(i64),
    /// It may not be read.
    Unreadable(Sentence),
}

impl Unusable {
    const fn word(&self) -> &'static str {
        match self {
            Self::Corrupt(_) => "corrupt",
            Self::Newer(_) => "newer",
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> Sentence {
        match self {
            Self::Corrupt(problem) | Self::Unreadable(problem) => problem.clone(),
            Self::Newer(version) => Sentence::new(Message::StoreNewer).with("found", *version),
        }
    }
}

/// Makes sure of a folder that only its owner can look into.
pub(super) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let make = || {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        restrict(folder, 0o700)
    };
    make().map_err(|source| StoreError::Unwritable { path: folder.to_owned(), source })
}

/// Makes sure of a file that only its owner can read, so that the database never makes a wider one. Its companions take
/// over its rights; those left from an earlier run are put right here.
pub(super) fn make_private(database: &Path) -> io::Result<()> {
    // Mends the rights of a file of ours; the next line reports the error where the file is not ours.
    let _ = restrict(database, 0o600);
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(database)?;
    for file in with_companions(database) {
        if file.try_exists()? {
            restrict(&file, 0o600)?;
        }
    }
    Ok(())
}

/// Sets exactly these rights, whatever the umask made of them.
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    if fs::metadata(path)?.permissions().mode() & 0o777 == mode {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Renames the database and its companions, so that the name says why and when.
pub(super) fn quarantine(
    database: &Path,
    why: Unusable,
    now: Timestamp,
) -> Result<Quarantined, StoreError> {
    let path = free_name(database, &format!("{}-{}", why.word(), now.strftime("%Y%m%d-%H%M")));
    let move_all = || {
        // The companions first: a database without its log is older, a log that meets another database is harm.
        for (from, to) in with_companions(database).into_iter().zip(with_companions(&path)).rev() {
            match fs::rename(from, to) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    };
    match move_all() {
        Ok(()) => Ok(Quarantined { path, why }),
        Err(source) => {
            Err(StoreError::Stuck { path: database.to_owned(), problem: why.problem(), source })
        }
    }
}

fn free_name(database: &Path, ending: &str) -> PathBuf {
    let name = with_suffix(database, &format!(".{ending}"));
    let others = (2..100).map(|number| with_suffix(&name, &format!("-{number}")));
    let mut names = std::iter::once(name.clone()).chain(others);
    names.find(|name| !name.exists()).unwrap_or(name)
}

/// The database, its log and the index of the log.
pub(super) fn with_companions(database: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| with_suffix(database, suffix))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
