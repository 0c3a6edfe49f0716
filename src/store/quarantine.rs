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
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustix::fs::Access;
use rustix::fs::access;

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
    const WORDS: [&str; 3] = ["corrupt", "newer", "unreadable"];

    const fn word(&self) -> &'static str {
        match self {
            Self::Corrupt(_) => Self::WORDS[0],
            Self::Newer(_) => Self::WORDS[1],
            Self::Unreadable(_) => Self::WORDS[2],
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

/// An error where nothing could be written in this folder, or in the nearest above it that exists; nothing is tried.
pub fn check_writable(folder: &Path) -> Result<(), StoreError> {
    let database = folder.join(super::FILE);
    let may = |path: &Path| {
        let read_only = |_| StoreError::ReadOnly { path: database.clone() };
        access(path, Access::WRITE_OK).map_err(read_only)
    };
    folder.ancestors().find(|folder| folder.exists()).map_or(Ok(()), may)?;
    if database.exists() { may(&database) } else { Ok(()) }
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
    let path = free_name(database, &format!("{}-{}", why.word(), now.strftime(TIME)));
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

/// The databases that are kept aside in this folder, the oldest first.
#[must_use]
pub fn kept_aside(folder: &Path) -> Vec<PathBuf> {
    with_times(folder).into_iter().map(|(_, path)| path).collect()
}

/// Deletes what was kept aside before `time` and last written before it. What cannot be deleted stays.
pub(super) fn forget(folder: &Path, time: Timestamp) {
    // The clock may have been wrong when it was kept aside, by which the file is named.
    let is_old = |path: &Path| {
        let written = path.metadata().and_then(|file| file.modified());
        written.is_ok_and(|written| Timestamp::try_from(written).is_ok_and(|at| at < time))
    };
    for (aside, path) in with_times(folder) {
        if aside < time && is_old(&path) {
            for file in with_companions(&path) {
                let _ = fs::remove_file(file);
            }
        }
    }
}

/// Each database that is kept aside, after the time in its name.
fn with_times(folder: &Path) -> Vec<(Timestamp, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<_> = entries
        .filter_map(|entry| Some((time_in(entry.file_name().to_str()?)?, entry.path())))
        .collect();
    all.sort();
    all
}

/// When the database of this name was kept aside; `None` for any other name, those of its companions too.
fn time_in(name: &str) -> Option<Timestamp> {
    let rest = name.strip_prefix(super::FILE)?.strip_prefix('.')?;
    let (word, rest) = rest.split_once('-')?;
    let (time, number) = rest.split_at_checked("20261123-0000".len())?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_ours = Unusable::WORDS.contains(&word)
        && (number.is_empty() || number.strip_prefix('-').is_some_and(is_number));
    let time = DateTime::strptime(TIME, time).ok()?.to_zoned(TimeZone::UTC).ok()?;
    is_ours.then(|| time.timestamp())
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

/// How the time is written in a name, in UTC.
const TIME: &str = "%Y%m%d-%H%M";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_aside_is_found_and_forgotten_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let aside = [
            "kindbeat.db.corrupt-20261123-0000",
            "kindbeat.db.newer-20261124-2359-2",
            "kindbeat.db.unreadable-20261125-0000",
        ];
        let others = [
            "kindbeat.db",
            "kindbeat.db.corrupt-20261123-0000-copy",
            "kindbeat.db.corrupt-20261323-0000",
            "kindbeat.db.mine-20200101-0000",
            "kindbeat.db.newer-2026",
            "letter-20200101-0000",
        ];
        let written: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        for name in aside.into_iter().chain(others) {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(written.into()).unwrap();
        }
        // Kept aside by a clock that was years behind.
        let recent = "kindbeat.db.newer-19700101-0001";
        fs::write(folder.path().join(recent), "").unwrap();
        let log = folder.path().join("kindbeat.db.corrupt-20261123-0000-wal");
        fs::write(&log, "log").unwrap();
        let paths = |names: &[&str]| -> Vec<_> {
            names.iter().map(|name| folder.path().join(name)).collect()
        };
        assert_eq!(kept_aside(folder.path()), paths(&[&[recent], &aside[..]].concat()));
        forget(folder.path(), "2026-11-24T23:59:00Z".parse().unwrap());
        assert_eq!(kept_aside(folder.path()), paths(&[recent, aside[1], aside[2]]));
        assert!(!log.exists());
        forget(folder.path(), Timestamp::MAX);
        assert_eq!(kept_aside(folder.path()), [] as [PathBuf; 0]);
        assert!(paths(&others).iter().all(|path| path.exists()));
    }
}
