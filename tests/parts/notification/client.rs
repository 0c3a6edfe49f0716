//! The program's side: what sends commands and takes events.

use std::time::Duration;

use anyhow::Context as _;
use kindbeat::notification;
use kindbeat::notification::Bus;
use kindbeat::notification::Leftover;
use kindbeat::notification::NotifierCommand;
use kindbeat::notification::NotifierEvent;
use kindbeat::notification::OfferLabels;
use kindbeat::notification::OfferNotification;
use kindbeat::notification::ServerInfo;
use kindbeat_core::offer::OfferId;
use kindbeat_core::reason;
use kindbeat_core::reason::Detail;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub(crate) struct Client {
    commands: mpsc::Sender<NotifierCommand>,
    events: mpsc::Receiver<NotifierEvent>,
    running: JoinHandle<()>,
}

impl Client {
    pub(crate) fn start(address: &str) -> Self {
        Self::on(Bus::at(address.to_owned()))
    }

    pub(crate) fn on(bus: Bus) -> Self {
        Self::with(bus, Leftover::none())
    }

    pub(crate) fn with(bus: Bus, leftover: Leftover) -> Self {
        let (commands, wanted) = mpsc::channel(8);
        let (told, events) = mpsc::channel(8);
        let running = tokio::spawn(notification::run(bus, leftover, wanted, told));
        Self { commands, events, running }
    }

    /// Nobody wants anything of it any more.
    pub(crate) fn ends(self) {
        drop(self.commands);
    }

    /// Kills it: nothing is taken away any more.
    pub(crate) fn killed(self) {
        self.running.abort();
    }

    pub(crate) async fn show(&self, id: u64) -> anyhow::Result<()> {
        Ok(self.commands.send(NotifierCommand::Show(offer(id))).await?)
    }

    pub(crate) async fn command(&self, command: NotifierCommand) -> anyhow::Result<()> {
        Ok(self.commands.send(command).await?)
    }

    /// What is told next.
    pub(crate) async fn event(&mut self) -> anyhow::Result<NotifierEvent> {
        let event = soon(self.events.recv()).await.context("waiting for an event")?;
        event.context("no further event")
    }

    /// Waits until a server is known.
    pub(crate) async fn server(&mut self) -> anyhow::Result<ServerInfo> {
        loop {
            if let NotifierEvent::Server(Some(server)) = self.event().await? {
                return Ok(server);
            }
        }
    }

    /// What is told next, if anything is within a second.
    pub(crate) async fn event_at_once(&mut self) -> Option<NotifierEvent> {
        tokio::time::timeout(Duration::from_secs(1), self.events.recv()).await.ok().flatten()
    }

    /// Whether nothing was told that nobody has taken.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.events.try_recv().is_err()
    }

    /// Ends it as the program does.
    pub(crate) async fn end(self) -> anyhow::Result<()> {
        drop(self.commands);
        Ok(soon(self.running).await??)
    }
}

/// The offer as it is put without figures.
pub(crate) fn offer(id: u64) -> OfferNotification {
    let words = Words::new("en");
    OfferNotification {
        id: OfferId(id),
        title: words.text(Message::OfferTitle, &[]),
        body: reason::offer(OfferId(id), Detail::Heart, &words),
        labels: OfferLabels::new(&words),
    }
}

/// What has to happen, within a time that only a fault takes.
pub(crate) async fn soon<F: Future>(future: F) -> anyhow::Result<F::Output> {
    tokio::time::timeout(Duration::from_secs(20), future).await.context("nothing happened")
}

/// Lets time pass on the clock of the program alone: nobody waits for it.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
