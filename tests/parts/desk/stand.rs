//! The program's side, and desktops to look at.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use kindbeat::dbus::Bus;
use kindbeat::desktop;
use kindbeat::desktop::DesktopCommand;
use kindbeat::desktop::DesktopEvent;
use kindbeat::desktop::Place;
use kindbeat::desktop::Watches;
use kindbeat::file_watch;
use kindbeat_core::context::Desktop;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Watches a desktop.
pub(crate) struct Watcher {
    commands: mpsc::Sender<DesktopCommand>,
    events: mpsc::Receiver<DesktopEvent>,
    running: JoinHandle<()>,
}

impl Watcher {
    /// One that rests.
    pub(crate) fn rests(place: Place) -> Self {
        let (commands, wanted) = mpsc::channel(8);
        let (told, events) = mpsc::channel(8);
        let running = tokio::spawn(desktop::run(place, Watches::default(), wanted, told));
        Self { commands, events, running }
    }

    /// One that watches.
    pub(crate) async fn start(place: Place) -> anyhow::Result<Self> {
        let watcher = Self::rests(place);
        watcher.command(DesktopCommand::WatchFacts(true)).await?;
        Ok(watcher)
    }

    pub(crate) async fn command(&self, command: DesktopCommand) -> anyhow::Result<()> {
        Ok(self.commands.send(command).await?)
    }

    /// What is told next.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Desktop> {
        loop {
            let event = soon(self.events.recv()).await?;
            if let DesktopEvent::Facts(desktop) = event.context("no further event")? {
                return Ok(desktop);
            }
        }
    }

    /// Waits until it is told that it is so.
    pub(crate) async fn until(
        &mut self,
        is_so: impl Fn(&Desktop) -> bool,
    ) -> anyhow::Result<Desktop> {
        let mut last = None;
        loop {
            let next = self.next().await.with_context(|| format!("told last: {last:?}"))?;
            if is_so(&next) {
                return Ok(next);
            }
            last = Some(next);
        }
    }

    /// Nothing is left to be told.
    pub(crate) fn has_news(&mut self) -> bool {
        std::iter::from_fn(|| self.events.try_recv().ok())
            .any(|event| matches!(event, DesktopEvent::Facts(_)))
    }

    /// Nobody wants anything any more: it ends.
    pub(crate) async fn end(self) -> anyhow::Result<()> {
        drop(self.commands);
        Ok(soon(self.running).await??)
    }
}

/// A desktop on which there is nothing, with this folder as its own.
pub(crate) fn nowhere(folder: &Path) -> Place {
    let nobody = Bus::at(format!("unix:path={}", folder.join("nobody").display()));
    Place {
        runtime: Some(folder.to_owned()),
        config: Some(folder.join("config")),
        wayland: None,
        x11: None,
        dev: folder.join("dev"),
        proc: folder.join("proc"),
        ..Place::from_environment(nobody.clone(), nobody)
    }
}

/// Waits until there is such a file.
pub(crate) async fn there(path: &Path) -> anyhow::Result<()> {
    let (tell, mut changes) = mpsc::channel(1);
    let watching = tokio::spawn(file_watch::run(path.to_owned(), tell));
    while !path.exists() {
        soon(changes.recv()).await.with_context(|| path.display().to_string())?;
    }
    watching.abort();
    Ok(())
}

/// As long as anything here may take on a machine that is busy.
pub(crate) async fn soon<F: Future>(what: F) -> anyhow::Result<F::Output> {
    Ok(tokio::time::timeout(Duration::from_secs(60), what).await?)
}
