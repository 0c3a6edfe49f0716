//! Practices of one's own, for as long as the daemon runs: read at its start, and again when they may have changed.

use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::Signal;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::warn;

use crate::config_file;
use crate::file_watch;
use crate::practice_files::Practices;
use crate::practice_files::library;
use kindbeat_core::engine::Input;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::OwnFault;

use super::service::Service;

/// All practices, read on a thread of its own, since a disk may take its time; after [`PATIENCE`] only what the program has by itself, the
/// others follow.
pub(super) async fn at_start() -> anyhow::Result<Practices> {
    match tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(library)).await {
        Ok(read) => read.context("reading the breaks")?,
        Err(_) => Ok((Library::built_in()?, Vec::new())),
    }
}

/// Reads them again whenever something in their folder changes, and on SIGHUP.
pub(super) fn watch(reread: mpsc::Sender<Practices>, mut hangup: Signal) -> JoinHandle<()> {
    tokio::spawn(async move {
        let (tell, mut changes) = mpsc::channel(1);
        if let Some(folder) = config_file::practices() {
            tokio::spawn(file_watch::run_folder(folder, tell.clone()));
        }
        loop {
            tokio::select! {
                _ = changes.recv() => {}
                _ = hangup.recv() => {}
            }
            let Ok(Ok(read)) = tokio::task::spawn_blocking(library).await else { return };
            if reread.send(read).await.is_err() {
                return;
            }
        }
    })
}

impl Service {
    /// The practices were read again.
    pub(super) fn practices(&mut self, (library, faults): Practices) {
        self.tell_faults(faults);
        self.handle(Input::Practices(Box::new(library)));
    }

    /// Says in the log which files have a fault, and where, unless it was said before; what stands there is their owner's.
    pub(super) fn tell_faults(&mut self, faults: Vec<OwnFault>) {
        if faults == self.own_faults {
            return;
        }
        for fault in faults.iter().take(MOST_TOLD) {
            warn!(
                at = fault.place(),
                "a practice of your own cannot be used; \"kindbeat practices list\" tells why"
            );
        }
        if faults.len() > MOST_TOLD {
            warn!(more = faults.len() - MOST_TOLD, "more practices of your own cannot be used");
        }
        self.own_faults = faults;
    }
}

/// Longer than a disk that is well takes for as many as are read.
const PATIENCE: Duration = Duration::from_secs(2);
/// More would only fill the log.
const MOST_TOLD: usize = 10;
