//! The owner's files, read again when they may have changed: the configuration and the practices.

use std::future::pending;
use std::time::Duration;

use tokio::signal::unix::Signal;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::info;

use crate::config_file;
use crate::file_watch;
use crate::practice_files;
use crate::practice_files::Practices;
use kindbeat_core::config::Config;
use kindbeat_core::config::ConfigError;
use kindbeat_core::practice::Library;

/// Reads the configuration again whenever its file changes, and on SIGHUP; until nobody takes it any more.
pub(super) async fn config(reread: mpsc::Sender<Result<Config, ConfigError>>, mut hangup: Signal) {
    let (tell, mut changes) = mpsc::channel(1);
    let watch = async {
        if let Ok(path) = config_file::path() {
            file_watch::run(path, tell).await;
        }
        pending::<()>().await;
    };
    let read = async {
        loop {
            tokio::select! {
                Some(()) = changes.recv() => {}
                _ = hangup.recv() => info!("SIGHUP: reading the configuration again"),
            }
            // On a thread of its own: a disk may take its time.
            let Ok(read) = spawn_blocking(|| config_file::load(None)).await else { return };
            if reread.send(read).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = watch => {}
        () = read => {}
    }
}

/// The same for the practices and their folder.
pub(super) async fn practices(reread: mpsc::Sender<Practices>, mut hangup: Signal) {
    let (tell, mut changes) = mpsc::channel(1);
    let watch = async {
        if let Some(folder) = config_file::practices() {
            file_watch::run_folder(folder, tell).await;
        }
        pending::<()>().await;
    };
    let read = async {
        loop {
            tokio::select! {
                Some(()) = changes.recv() => {}
                _ = hangup.recv() => {}
            }
            let Ok(Ok(read)) = spawn_blocking(practice_files::library).await else { return };
            if reread.send(read).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = watch => {}
        () = read => {}
    }
}

/// All practices, read on a thread of its own, since a disk may take its time; after [`PATIENCE`] only those of the program, the
/// others follow.
pub(super) async fn practices_at_start() -> anyhow::Result<Practices> {
    match timeout(PATIENCE, spawn_blocking(practice_files::library)).await {
        Ok(Ok(read)) => Ok(read?),
        // After a panic, too, which ends the daemon in a moment.
        Ok(Err(_)) | Err(_) => Ok((Library::built_in()?, Vec::new())),
    }
}

/// Longer than a disk that is well takes for as many as are read.
const PATIENCE: Duration = Duration::from_secs(2);
