//! One program at a time: only the holder of the folder's lock may write in it.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::FlockOperation;
use rustix::fs::OFlags;
use rustix::fs::flock;
use rustix::io::Errno;

use super::StoreError;
use super::quarantine;

/// The lock of a folder, held until this is dropped or the program ends, however it ends.
#[derive(Debug)]
pub struct StoreLock {
    _file: File,
}

impl StoreLock {
    /// Takes the lock of `folder`, which is made if need be; `None` when another program holds it.
    pub fn take(folder: &Path) -> Result<Option<Self>, StoreError> {
        quarantine::make_folder(folder)?;
        let path = folder.join(FILE);
        let open = || -> io::Result<Option<Self>> {
            let mut options = OpenOptions::new();
            // Without waiting: a pipe that nobody reads would block for ever.
            options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
            let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => Ok(Some(Self { _file: file })),
                Err(Errno::WOULDBLOCK) => Ok(None),
                Err(error) => Err(error.into()),
            }
        };
        open().map_err(|source| StoreError::Unwritable { path: path.clone(), source })
    }
}

/// The file is empty and stays; only the lock on it counts.
const FILE: &str = "kindbeat.lock";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = StoreLock::take(folder.path()).unwrap();
        assert!(first.is_some());
        assert!(StoreLock::take(folder.path()).unwrap().is_none());
        drop(first);
        assert!(StoreLock::take(folder.path()).unwrap().is_some());
    }

    #[test]
    fn a_folder_that_cannot_be_is_said() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(StoreLock::take(&file.path().join("kindbeat")).is_err());
    }
}
