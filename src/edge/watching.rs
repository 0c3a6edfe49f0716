//! Watching one file, so that a change to it is noticed at once and nothing has to be asked again and again (inotify).
//!
//! The folder is watched rather than the file, since editors write a new file and put it in place of the old one. Where the
//! folder is not there yet, the nearest one above it is, and where the file is a link, the folder of what it points to as well.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use inotify::EventStream;
use inotify::Inotify;
use inotify::WatchMask;
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;
use tracing::warn;

/// Tells `changed` whenever the file at `path` may have changed, come or gone, until nobody listens any more; for the first time
/// once it is watched, since it may have changed before that.
///
/// Where the system cannot watch (no more watches to be had), this is said in the log, and nothing is told.
pub async fn run(path: PathBuf, changed: Sender<()>) {
    let mut buffer = [0; BUFFER];
    loop {
        let mut events = match watch(&path, &mut buffer) {
            Ok(events) => events,
            Err(error) => {
                warn!(%error, "the configuration cannot be watched; a SIGHUP has it read again");
                return;
            }
        };
        // Told after the new watch is in place, so that nothing falls between two watches.
        if changed.send(()).await.is_err() {
            return;
        }
        tokio::select! {
            () = touched(&mut events, &path) => {}
            () = changed.closed() => return,
        }
        // An editor writes in several steps: wait until it has been quiet for a moment, but not for ever.
        let settled = async { while timeout(QUIET, events.next()).await.is_ok() {} };
        let _ = timeout(LONGEST, settled).await;
    }
}

/// Waits for something that may concern the file at `path`.
async fn touched(events: &mut EventStream<&mut [u8; BUFFER]>, path: &Path) {
    loop {
        match events.next().await {
            // A folder is shared with other files, which may change all day.
            Some(Ok(event)) if event.name.as_deref().is_some_and(|name| !concerns(path, name)) => {}
            // An error: more happened than the system keeps, and the file may be among it.
            Some(_) | None => return,
        }
    }
}

/// Whether something of that name, in a folder that is watched, is the file, a folder on the way to it, or what it points to.
fn concerns(path: &Path, name: &OsStr) -> bool {
    let target = path.canonicalize().ok();
    path.iter().chain(target.iter().flat_map(|target| target.iter())).any(|part| part == name)
}

fn watch<'b>(
    path: &Path,
    buffer: &'b mut [u8; BUFFER],
) -> io::Result<EventStream<&'b mut [u8; BUFFER]>> {
    let inotify = Inotify::init()?;
    let nearest = path.ancestors().skip(1).find(|folder| folder.is_dir());
    let target = path.canonicalize().ok();
    let beside = target.as_deref().and_then(Path::parent);
    for folder in nearest.into_iter().chain(beside) {
        inotify.watches().add(folder, WHAT)?;
    }
    inotify.into_event_stream(buffer)
}

const WHAT: WatchMask = WatchMask::CREATE
    .union(WatchMask::CLOSE_WRITE)
    .union(WatchMask::MOVE)
    .union(WatchMask::DELETE)
    .union(WatchMask::DELETE_SELF)
    .union(WatchMask::MOVE_SELF);

/// Room for one event with the longest name a file can have, and for a few with usual ones (`man 7 inotify`).
const BUFFER: usize = 1024;
const QUIET: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use tokio::sync::mpsc;

    use super::*;

    /// Lets `act` change something once the file is watched, and waits until it is noticed.
    async fn noticed(path: &Path, act: impl Fn()) {
        let (tell, mut changes) = mpsc::channel(1);
        let watching = tokio::spawn(run(path.to_owned(), tell));
        let limit = Duration::from_secs(30);
        assert_eq!(timeout(limit, changes.recv()).await, Ok(Some(())), "it is not watched");
        act();
        assert_eq!(timeout(limit, changes.recv()).await, Ok(Some(())), "nothing is noticed");
        watching.abort();
    }

    #[tokio::test]
    async fn a_file_that_is_written_put_in_place_or_removed_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (file, other) = (folder.path().join("config.toml"), folder.path().join("new"));
        noticed(&file, || fs::write(&file, "a").unwrap()).await;
        let replace = || {
            fs::write(&other, "b").unwrap();
            fs::rename(&other, &file).unwrap();
        };
        noticed(&file, replace).await;
        let remove = || {
            fs::write(&file, "c").unwrap();
            fs::remove_file(&file).unwrap();
        };
        noticed(&file, remove).await;
    }

    #[tokio::test]
    async fn a_file_whose_folder_comes_later_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kindbeat/config.toml");
        let make = || {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "a").unwrap();
        };
        noticed(&file, make).await;
    }

    #[tokio::test]
    async fn a_file_behind_a_link_is_noticed() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (link, file) = (folder.path().join("config.toml"), elsewhere.path().join("mine.toml"));
        fs::write(&file, "a").unwrap();
        symlink(&file, &link).unwrap();
        noticed(&link, || fs::write(&file, "b").unwrap()).await;
    }

    #[tokio::test]
    async fn what_lies_beside_it_is_not_its_concern() {
        assert!(concerns(
            Path::new("/home/a/.config/kindbeat/config.toml"),
            OsStr::new("kindbeat")
        ));
        assert!(!concerns(Path::new("/home/a/.config/kindbeat/config.toml"), OsStr::new("mail")));
    }
}
