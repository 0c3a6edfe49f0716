//! Offers on notification servers as people have them: the same cases for each, by the mouse wherever there is something to
//! click on. Pictures are kept under `tests/pictures`, and the results stand in the README.

mod desktop;
mod home;
mod kind;
mod table;

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use anyhow::bail;
use anyhow::ensure;
use kindbeat::notification::NotifierCommand;
use kindbeat::notification::NotifierEvent;
use kindbeat::notification::Obstacle;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use kindbeat_core::reason;
use kindbeat_core::reason::Detail;
use kindbeat_core::words::Words;

use self::desktop::Desktop;
use self::desktop::install;
use self::kind::Hand;
use self::kind::Kind;
use super::bus::PrivateBus;
use super::bus::installed;
use super::client::Client;
use super::screen;
use super::screen::Screen;

#[tokio::test]
async fn dunst() -> anyhow::Result<()> {
    every_case(&table::DUNST).await
}

#[tokio::test]
async fn xfce() -> anyhow::Result<()> {
    every_case(&table::XFCE).await
}

#[tokio::test]
async fn notification_daemon() -> anyhow::Result<()> {
    every_case(&table::NOTIFICATION_DAEMON).await
}

#[tokio::test]
async fn mate() -> anyhow::Result<()> {
    every_case(&table::MATE).await
}

#[tokio::test]
async fn lxqt() -> anyhow::Result<()> {
    every_case(&table::LXQT).await
}

#[tokio::test]
async fn mako() -> anyhow::Result<()> {
    every_case(&table::MAKO).await
}

#[tokio::test]
async fn swaync() -> anyhow::Result<()> {
    every_case(&table::SWAYNC).await
}

#[tokio::test]
async fn plasma() -> anyhow::Result<()> {
    every_case(&table::PLASMA).await
}

#[tokio::test]
async fn gnome() -> anyhow::Result<()> {
    every_case(&table::GNOME).await
}

#[test]
fn the_readme_tells_what_is_tried_here() -> anyhow::Result<()> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))?;
    for kind in table::ALL {
        assert!(readme.contains(&kind.row()), "the README lacks\n{}", kind.row());
    }
    Ok(())
}

/// A desktop that starts its server when it is asked for, as Xfce and MATE do: it may be gone whenever there is nothing to show.
#[tokio::test]
async fn a_server_is_started_for_an_offer_and_again_for_the_next() -> anyhow::Result<()> {
    let services = [table::XFCE_SERVICE, table::XFCONF_SERVICE];
    if !installed(&[&screen::NEEDED[..], table::XFCE.needs].concat())? {
        return Ok(());
    }
    let screen = Screen::start()?;
    let services = services.map(Path::new);
    let Some(bus) = PrivateBus::with_services(&services, Some(screen.display()))? else {
        return Ok(());
    };
    install(&bus)?;
    let mut client = Client::start(&bus.address());
    assert_eq!(client.event().await?, NotifierEvent::Server(None));
    for round in 1..=2 {
        client.show(round).await?;
        assert_eq!(client.server().await?.name, table::XFCE.calls_itself);
        assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(round)));
        client.command(NotifierCommand::Withdraw(OfferId(round))).await?;
        end_server(&bus).await?;
        assert_eq!(client.event().await?, NotifierEvent::Server(None));
    }
    Ok(())
}

/// Ends whoever shows notifications.
async fn end_server(bus: &PrivateBus) -> anyhow::Result<()> {
    let dbus = zbus::fdo::DBusProxy::new(&bus.connect().await?).await?;
    let name = "org.freedesktop.Notifications".try_into()?;
    let process = dbus.get_connection_unix_process_id(name).await?;
    let process = rustix::process::Pid::from_raw(process.try_into()?).context("a process")?;
    Ok(rustix::process::kill_process(process, rustix::process::Signal::TERM)?)
}

async fn every_case(kind: &'static Kind) -> anyhow::Result<()> {
    if kind.is_large && std::env::var_os("KINDBEAT_ALL").is_none() {
        return Ok(());
    }
    let Some(desktop) = Desktop::start(kind).await? else { return Ok(()) };
    let client = Client::start(&desktop.address());
    let mut meeting = Meeting { kind, desktop, client, offers: 0 };
    meeting.late().await?;
    meeting.answers().await?;
    meeting.expired().await?;
    meeting.reworded().await?;
    meeting.silenced().await?;
    meeting.killed().await
}

/// The program, and a server in front of somebody.
struct Meeting {
    kind: &'static Kind,
    desktop: Desktop,
    client: Client,
    /// How many were made so far; the number of the last.
    offers: u64,
}

impl Meeting {
    /// The server is there only after the offer, and shows it.
    async fn late(&mut self) -> anyhow::Result<()> {
        self.offers += 1;
        let id = OfferId(self.offers);
        self.client.show(id.0).await?;
        ensure!(self.client.event().await? == NotifierEvent::Server(None));
        ensure!(self.client.event().await? == NotifierEvent::NotShown(id, Obstacle::NoServer));
        self.desktop.serve().await?;
        let server = self.client.server().await?;
        assert_eq!(server.name, self.kind.calls_itself);
        if std::env::var_os("CI").is_some() {
            // Where it is another one, the README has to be told. Mako does not say which it is.
            let expected = [self.kind.version, "0.0.0"];
            let version = &server.version;
            assert!(expected.iter().any(|expected| version.starts_with(expected)), "{version}");
        }
        assert_eq!(self.client.event().await?, NotifierEvent::Shown(id));
        self.desktop.until(true).await?;
        self.desktop
            .picture(&format!("offer-{}.png", self.kind.name.to_lowercase().replace(' ', "-")))
            .await?;
        self.answer(self.kind.to_begin(), Some(Answer::Start)).await
    }

    /// Each way to answer does, and takes the offer off the screen.
    async fn answers(&mut self) -> anyhow::Result<()> {
        for (hand, answer) in self.kind.hands() {
            if hand != Hand::Missing {
                self.open().await?;
                self.answer(hand, answer).await?;
            }
        }
        Ok(())
    }

    /// What runs out is taken off the screen, and nothing is told of it: the next event is that of the next offer.
    async fn expired(&mut self) -> anyhow::Result<()> {
        self.open().await?;
        self.withdraw().await
    }

    /// Another text takes the place of the first: both are gone with one answer.
    async fn reworded(&mut self) -> anyhow::Result<()> {
        self.open().await?;
        let id = OfferId(self.offers);
        let body = reason::offer(id, Detail::Nothing, &Words::new("en"));
        self.client.command(NotifierCommand::Reword(id, body)).await?;
        ensure!(self.desktop.shows_at_rest().await?, "{}: it is gone", self.kind.name);
        self.answer(self.kind.to_begin(), Some(Answer::Start)).await
    }

    /// While its owner wants quiet the server takes an offer and shows nothing. What runs out meanwhile stays away.
    async fn silenced(&mut self) -> anyhow::Result<()> {
        let Some(silence) = self.kind.silence else { return Ok(()) };
        self.desktop.command(silence.on).await?;
        self.offer_until(false).await?;
        self.withdraw().await?;
        self.desktop.command(silence.off).await?;
        ensure!(!self.desktop.shows_at_rest().await?, "{}: shown hours later", self.kind.name);
        self.offer_until(true).await?;
        self.answer(self.kind.to_begin(), Some(Answer::Start)).await
    }

    /// An offer dies with its server, and the next one shows it.
    async fn killed(&mut self) -> anyhow::Result<()> {
        self.open().await?;
        let id = OfferId(self.offers);
        self.desktop.kill_server();
        assert_eq!(self.client.event().await?, NotifierEvent::Lost(id));
        assert_eq!(self.client.event().await?, NotifierEvent::Server(None));
        self.desktop.until(false).await?;
        self.desktop.serve().await?;
        self.client.server().await?;
        assert_eq!(self.client.event().await?, NotifierEvent::Shown(id));
        self.desktop.until(true).await?;
        self.answer(self.kind.to_begin(), Some(Answer::Start)).await
    }

    /// Makes an offer, which the server takes.
    async fn offer(&mut self) -> anyhow::Result<()> {
        self.offers += 1;
        self.client.show(self.offers).await?;
        assert_eq!(self.client.event().await?, NotifierEvent::Shown(OfferId(self.offers)));
        Ok(())
    }

    /// Makes an offer and waits until it is seen.
    async fn open(&mut self) -> anyhow::Result<()> {
        self.offer().await?;
        self.desktop.until(true).await
    }

    /// Takes the offer back, and waits until it is not seen any more.
    async fn withdraw(&mut self) -> anyhow::Result<()> {
        self.client.command(NotifierCommand::Withdraw(OfferId(self.offers))).await?;
        self.desktop.until(false).await
    }

    /// Makes offers until one is seen, or is not: some servers hear late what was set.
    async fn offer_until(&mut self, shown: bool) -> anyhow::Result<()> {
        for _ in 0..30 {
            self.offer().await?;
            if self.desktop.shows_at_rest().await? == shown {
                return Ok(());
            }
            self.withdraw().await?;
        }
        bail!("{}: shown is not {shown}", self.kind.name)
    }

    /// Answers the open offer, which leaves the screen.
    async fn answer(&mut self, hand: Hand, answer: Option<Answer>) -> anyhow::Result<()> {
        let told = self.told(hand).await?;
        let id = OfferId(self.offers);
        let expected = match answer {
            Some(answer) => {
                let token = match &told {
                    NotifierEvent::Answered(_, _, token) => token.clone(),
                    _ => None,
                };
                let clicked = matches!(hand, Hand::Mouse(..));
                assert_eq!(token.is_some(), clicked && self.kind.token, "{hand:?}: {told:?}");
                NotifierEvent::Answered(id, answer, token)
            }
            None => NotifierEvent::Dismissed(id),
        };
        assert_eq!(told, expected, "{hand:?}");
        self.desktop.until(false).await
    }

    /// What is told when this is done; clicked until something is: what has just come up may not listen yet.
    async fn told(&mut self, hand: Hand) -> anyhow::Result<NotifierEvent> {
        match hand {
            Hand::Mouse(left, bottom, button) => {
                for _ in 0..10 {
                    self.desktop.click(left, bottom, button).await?;
                    if let Some(event) = self.client.event_at_once().await {
                        return Ok(event);
                    }
                }
                bail!("{}: clicked ten times, and nothing was told", self.kind.name)
            }
            Hand::Command(line) => {
                self.desktop.command(line).await?;
                self.client.event().await
            }
            Hand::Missing => bail!("{}: no way to answer", self.kind.name),
        }
    }
}
