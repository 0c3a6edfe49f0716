//! Whoever listens to what happens at the desk.

use std::time::Duration;

use anyhow::Context as _;
use kindbeat::dbus::Bus;
use kindbeat::desktop;
use kindbeat::desktop::DesktopCommand;
use kindbeat::desktop::DesktopEvent;
use kindbeat::desktop::Place;
use kindbeat::desktop::PresenceReport;
use kindbeat::desktop::Watches;
use kindbeat_core::context::InputActivity;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Short enough for a test, long enough for a busy machine to do something in between.
pub(crate) const WATCHES: Watches =
    Watches { away: Duration::from_millis(1_500), rest: Duration::from_millis(300) };

/// The code under test, at work.
pub(crate) struct Client {
    commands: mpsc::Sender<DesktopCommand>,
    events: mpsc::Receiver<DesktopEvent>,
    run: JoinHandle<()>,
}

impl Client {
    pub(crate) fn start(places: Place, watches: Watches) -> Self {
        let (commands, received) = mpsc::channel(1);
        let (tell, events) = mpsc::channel(1);
        let run = tokio::spawn(desktop::run(places, watches, received, tell));
        Self { commands, events, run }
    }

    pub(crate) async fn watch_pause(&self, wanted: bool) -> anyhow::Result<()> {
        Ok(self.commands.send(DesktopCommand::WatchPauses(wanted)).await?)
    }

    /// What happens next. Whether a film counts as hands differs from compositor to compositor, and is looked at by itself.
    pub(crate) async fn event(&mut self) -> anyhow::Result<DesktopEvent> {
        loop {
            match soon(self.events.recv()).await?.context("it ended")? {
                DesktopEvent::AwakeIsUse(_) => {}
                event => return Ok(event),
            }
        }
    }

    /// The next event has to be of the hands.
    pub(crate) async fn hands(&mut self) -> anyhow::Result<InputActivity> {
        match self.event().await? {
            DesktopEvent::Activity(hands) => Ok(hands),
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

    pub(crate) async fn says(&mut self, expected: DesktopEvent) -> anyhow::Result<()> {
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
pub(crate) fn nowhere() -> Place {
    let no_bus = Bus::at("unix:path=/nonexistent/bus".to_owned());
    Place {
        session_bus: no_bus.clone(),
        system_bus: no_bus,
        session_id: None,
        runtime: None,
        config: None,
        wayland: None,
        x11: None,
        programs: Vec::new(),
        dev: "/nonexistent".into(),
        proc: "/nonexistent".into(),
    }
}

/// What the doctor asks of presence.
pub(crate) async fn look(place: Place) -> anyhow::Result<PresenceReport> {
    desktop::probe(place).await.presence.context("it took too long")
}

/// Generous: machines are busy.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> anyhow::Result<T> {
    Ok(tokio::time::timeout(Duration::from_secs(60), what).await?)
}
