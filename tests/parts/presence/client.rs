//! Whoever listens to what happens at the desk.

use std::time::Duration;

use anyhow::Context as _;
use kindbeat::dbus::Bus;
use kindbeat::desktop::presence;
use kindbeat::desktop::presence::Command;
use kindbeat::desktop::presence::Event;
use kindbeat::desktop::presence::Places;
use kindbeat::desktop::presence::Watches;
use kindbeat_core::context::InputActivity;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Short enough for a test, long enough for a busy machine to do something in between.
pub(crate) const WATCHES: Watches =
    Watches { away: Duration::from_millis(1_500), rest: Duration::from_millis(300) };

/// The code under test, at work.
pub(crate) struct Client {
    commands: mpsc::Sender<Command>,
    events: mpsc::Receiver<Event>,
    run: JoinHandle<()>,
}

impl Client {
    pub(crate) fn start(places: Places, watches: Watches) -> Self {
        let (commands, received) = mpsc::channel(1);
        let (tell, events) = mpsc::channel(1);
        let run = tokio::spawn(presence::run(places, watches, received, tell));
        Self { commands, events, run }
    }

    pub(crate) async fn watch_pause(&self, wanted: bool) -> anyhow::Result<()> {
        Ok(self.commands.send(Command::WatchPause(wanted)).await?)
    }

    pub(crate) async fn event(&mut self) -> anyhow::Result<Event> {
        soon(self.events.recv()).await?.context("it ended")
    }

    /// The next event has to be of the hands.
    pub(crate) async fn hands(&mut self) -> anyhow::Result<InputActivity> {
        match self.event().await? {
            Event::Activity(hands) => Ok(hands),
            event => anyhow::bail!("{event:?}"),
        }
    }

    /// The next event has to be a rest; since when, in seconds ago.
    pub(crate) async fn rests(&mut self) -> anyhow::Result<f64> {
        match self.hands().await? {
            InputActivity::Resting(since) => {
                Ok(kindbeat::clock::now().duration_since(since).as_secs_f64())
            }
            hands => anyhow::bail!("{hands:?}"),
        }
    }

    pub(crate) async fn says(&mut self, expected: Event) -> anyhow::Result<()> {
        let event = self.event().await?;
        anyhow::ensure!(event == expected, "{event:?} instead of {expected:?}");
        Ok(())
    }

    /// Has nothing more to say, and ends when nobody wants anything any more.
    pub(crate) async fn ends(mut self) -> anyhow::Result<()> {
        drop(self.commands);
        let event = soon(self.events.recv()).await?;
        anyhow::ensure!(event.is_none(), "{event:?}");
        Ok(soon(self.run).await??)
    }
}

/// A desktop without a bus and without a display.
pub(crate) fn nowhere() -> Places {
    let no_bus = Bus::at("unix:path=/nonexistent/bus".to_owned());
    Places {
        session_bus: no_bus.clone(),
        system_bus: no_bus,
        session: None,
        wayland: None,
        x11: None,
    }
}

/// Generous: machines are busy.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> anyhow::Result<T> {
    Ok(tokio::time::timeout(Duration::from_secs(60), what).await?)
}
