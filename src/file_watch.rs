//! Watches a file, or the files of a folder, so that a change is noticed at once, without polling (inotify).
//!
//! The folder is watched rather than the file, since editors write a new file and put it in place of the old one. Where the
//! folder doesn't exist yet, the nearest one above it is watched, and where the file is a link, the folder of its target as
//! well.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use inotify::EventStream;
use inotify::Inotify;
use inotify::WatchDescriptor;
use inotify::WatchMask;
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;
use tracing::warn;

/// Notifies `changed` whenever the file at `path` may have changed, been created or removed, until the receiver is dropped;
/// also once the watch is in place, since the file may have changed before.
///
/// When the system can't watch (no more watches are free), this logs a warning and ends.
pub async fn run(path: PathBuf, changed: Sender<()>) {
    watch_all(&path, changed, |path, nearest| {
        let target = path.canonicalize().ok();
        let beside = target.as_deref().and_then(Path::parent).map(Path::to_owned);
        nearest.into_iter().chain(beside).collect()
    })
    .await;
}

/// The same for all files in the folder at `path`, and for the folder itself.
pub async fn run_folder(path: PathBuf, changed: Sender<()>) {
    watch_all(&path, changed, |path, nearest| {
        let within = path.is_dir().then(|| path.to_owned());
        within.into_iter().chain(nearest).collect()
    })
    .await;
}

/// Watches the folders that `which` names, given the path and the nearest folder above it.
async fn watch_all(
    path: &Path,
    changed: Sender<()>,
    which: impl Fn(&Path, Option<PathBuf>) -> Vec<PathBuf>,
) {
    let mut buffer = [0; BUFFER];
    loop {
        let nearest = path.ancestors().skip(1).find(|folder| folder.is_dir());
        let folders = which(path, nearest.map(Path::to_owned));
        let (mut events, within) = match watch(path, &folders, &mut buffer) {
            Ok(watched) => watched,
            Err(error) => {
                warn!(%error, path = %path.display(), "file not watched for changes; SIGHUP reloads it");
                return;
            }
        };
        // After the new watch is in place, so that no change is missed between two watches.
        if changed.send(()).await.is_err() {
            return;
        }
        tokio::select! {
            () = touched(&mut events, path, within.as_ref()) => {}
            () = changed.closed() => return,
        }
        // An editor writes in several steps: wait until it has been quiet for a moment, but not for ever.
        // A stream that has ended, or only fails, is as quiet as it will be.
        let settled = async { while let Ok(Some(Ok(_))) = timeout(QUIET, events.next()).await {} };
        let _ = timeout(LONGEST, settled).await;
    }
}

/// Waits for an event that may concern the file at `path`.
async fn touched(
    events: &mut EventStream<&mut [u8; BUFFER]>,
    path: &Path,
    within: Option<&WatchDescriptor>,
) {
    loop {
        match events.next().await {
            // Other files in the folder may change all day.
            Some(Ok(event))
                if within != Some(&event.wd)
                    && event.name.as_deref().is_some_and(|name| !concerns(path, name)) => {}
            // An error: the system dropped events, and the file may be among them.
            Some(_) | None => return,
        }
    }
}

/// Whether a name in a watched folder is the file, a folder on the way to it, or the target of a link.
fn concerns(path: &Path, name: &OsStr) -> bool {
    let target = path.canonicalize().ok();
    path.iter().chain(target.iter().flat_map(|target| target.iter())).any(|part| part == name)
}

/// Watches these folders; returns which of them is the path itself, if one is: everything in it counts.
fn watch<'b>(
    path: &Path,
    folders: &[PathBuf],
    buffer: &'b mut [u8; BUFFER],
) -> io::Result<(EventStream<&'b mut [u8; BUFFER]>, Option<WatchDescriptor>)> {
    let inotify = Inotify::init()?;
    let mut within = None;
    for folder in folders {
        let watched = inotify.watches().add(folder, WHAT)?;
        if folder == path {
            within = Some(watched);
        }
    }
    Ok((inotify.into_event_stream(buffer)?, within))
}

const WHAT: WatchMask = WatchMask::CREATE
    .union(WatchMask::CLOSE_WRITE)
    .union(WatchMask::MOVE)
    .union(WatchMask::DELETE)
    .union(WatchMask::DELETE_SELF)
    .union(WatchMask::MOVE_SELF);

/// Room for one event with the longest file name, and for a few with usual ones (`man 7 inotify`).
const BUFFER: usize = 1024;
const QUIET: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;

    use super::*;

    /// Lets `act` change something once the file is watched, and waits for the notification.
    async fn noticed(path: &Path, act: impl Fn()) {
        noticed_by(|tell| tokio::spawn(run(path.to_owned(), tell)), act).await;
    }

    async fn noticed_by(watch: impl Fn(Sender<()>) -> JoinHandle<()>, act: impl Fn()) {
        let (tell, mut changes) = mpsc::channel(1);
        let watching = watch(tell);
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
    async fn a_folder_is_noticed_with_all_that_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let within = folder.path().join("kindbeat/practices");
        let watch = |tell| tokio::spawn(run_folder(within.clone(), tell));
        noticed_by(watch, || fs::create_dir_all(&within).unwrap()).await;
        noticed_by(watch, || fs::write(within.join("a.toml"), "a").unwrap()).await;
        noticed_by(watch, || fs::remove_file(within.join("a.toml")).unwrap()).await;
        noticed_by(watch, || fs::remove_dir(&within).unwrap()).await;
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
