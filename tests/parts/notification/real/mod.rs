//! Offers on notification servers as people have them: the same cases for each, by the mouse wherever there is something to
//! click on. Each is tried on every Debian that people have: in a root of its own, which `tests/desktops/run` makes. What was shown lies in
//! `target/tmp/pictures` after that, the README has the results in short, and here is the whole.
#![doc = include_str!("servers.md")]

mod desktop;
mod home;
mod kind;
mod table;

use std::fs;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::bail;
use anyhow::ensure;
use kindbeat::notification::NotifierCommand;
use kindbeat::notification::NotifierEvent;
use kindbeat::notification::Obstacle;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use kindbeat_core::offer::Popup;
use kindbeat_core::reason;
use kindbeat_core::reason::Detail;
use kindbeat_core::words::Words;

use self::desktop::Desktop;
use self::desktop::NAMED;
use self::desktop::install;
use self::kind::FullScreen;
use self::kind::Hand;
use self::kind::Kind;
use self::kind::Seen;
use self::kind::Tried;
use super::bus::PrivateBus;
use super::bus::installed;
use super::client::Client;
use super::client::offer;
use super::screen;
use super::screen::Screen;
use crate::debian::Debian;
use crate::desk::limits::Limited;

#[tokio::test]
async fn dunst() -> anyhow::Result<()> {
    every_case(table::dunst).await
}

#[tokio::test]
async fn xfce() -> anyhow::Result<()> {
    every_case(table::xfce).await
}

#[tokio::test]
async fn notification_daemon() -> anyhow::Result<()> {
    every_case(table::notification_daemon).await
}

#[tokio::test]
async fn mate() -> anyhow::Result<()> {
    every_case(table::mate).await
}

#[tokio::test]
async fn lxqt() -> anyhow::Result<()> {
    every_case(table::lxqt).await
}

#[tokio::test]
async fn mako() -> anyhow::Result<()> {
    every_case(table::mako).await
}

#[tokio::test]
async fn mako_on_labwc() -> anyhow::Result<()> {
    every_case(table::mako_on_labwc).await
}

#[tokio::test]
async fn swaync() -> anyhow::Result<()> {
    every_case(table::swaync).await
}

#[tokio::test]
async fn fnott() -> anyhow::Result<()> {
    every_case(table::fnott).await
}

#[tokio::test]
async fn plasma() -> anyhow::Result<()> {
    every_case(table::plasma).await
}

#[tokio::test]
async fn gnome() -> anyhow::Result<()> {
    every_case(table::gnome).await
}

#[tokio::test]
async fn cinnamon() -> anyhow::Result<()> {
    every_case(table::cinnamon).await
}

#[tokio::test]
async fn budgie() -> anyhow::Result<()> {
    every_case(table::budgie).await
}

#[tokio::test]
async fn an_offer_that_left_the_screen_of_cinnamon_comes_once_more() -> anyhow::Result<()> {
    comes_once_more(table::hasty_cinnamon).await
}

#[tokio::test]
async fn an_offer_that_left_the_screen_of_budgie_comes_once_more() -> anyhow::Result<()> {
    comes_once_more(table::budgie).await
}

#[test]
fn the_readme_tells_what_is_tried_here() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows = kind::rows(&table::ALL);
    let readme = fs::read_to_string(root.join("README.md"))?;
    assert!(readme.contains(&rows), "the README lacks\n{rows}");
    let path = format!("s|^{NAMED}|Exec=$HOME/.local/bin/kindbeat|");
    assert!(readme.contains(&path), "the README lacks {path}");
    let lines = kind::lines(&table::ALL);
    let long = fs::read_to_string(root.join("tests/parts/notification/real/servers.md"))?;
    assert!(long.contains(&lines), "servers.md lacks\n{lines}");
    Ok(())
}

/// A desktop that starts its server when it is asked for, as Xfce and MATE do: it may be gone whenever there is nothing to show.
#[tokio::test]
async fn a_server_is_started_for_an_offer_and_again_for_the_next() -> anyhow::Result<()> {
    let services = [table::XFCE_SERVICE, table::XFCONF_SERVICE];
    let xfce = table::xfce(Debian::here()?);
    if !installed(&[&screen::NEEDED[..], xfce.needs].concat())? {
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
        assert_eq!(client.server().await?.name, xfce.calls_itself);
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

async fn every_case(kind: fn(Debian) -> Kind) -> anyhow::Result<()> {
    let Some((mut meeting, tried)) = Meeting::start(kind).await? else { return Ok(()) };
    meeting.late().await?;
    if tried == Tried::OneClick {
        return Ok(());
    }
    meeting.answers().await?;
    meeting.expired().await?;
    meeting.reworded().await?;
    meeting.silenced().await?;
    meeting.full_screen().await?;
    meeting.killed().await
}

/// The server takes an offer off the screen by itself, and nothing is told of that. The same offer is shown once more, and clicked.
async fn comes_once_more(kind: fn(Debian) -> Kind) -> anyhow::Result<()> {
    let Some((mut meeting, _)) = Meeting::start(kind).await? else { return Ok(()) };
    meeting.desktop.serve().await?;
    meeting.client.server().await?;
    meeting.offer_until(true).await?;
    meeting.desktop.until(false).await?;
    ensure!(meeting.client.is_quiet(), "something is told");
    let again = NotifierCommand::ShowAgain(offer(meeting.offers));
    meeting.client.command(again).await?;
    assert_eq!(meeting.client.event().await?, NotifierEvent::Shown(OfferId(meeting.offers)));
    meeting.answer(meeting.kind.start, Some(Answer::Start)).await
}

/// The program, and a server in front of somebody.
struct Meeting {
    kind: Kind,
    debian: Debian,
    desktop: Desktop,
    client: Client,
    /// How many were made so far; the number of the last.
    offers: u64,
}

impl Meeting {
    /// With this server, not yet started, and how much of it is to be tried; `None` where it isn't.
    async fn start(kind: fn(Debian) -> Kind) -> anyhow::Result<Option<(Self, Tried)>> {
        let debian = Debian::here()?;
        let kind = kind(debian);
        if kind.version(debian).is_none() {
            return Ok(None);
        }
        let tried = kind.tried_now();
        if tried == Tried::Rarely {
            return Ok(None);
        }
        let Some(desktop) = Desktop::start(kind.clone()).await? else { return Ok(None) };
        let client = Client::start(&desktop.address());
        Ok(Some((Self { kind, debian, desktop, client, offers: 0 }, tried)))
    }

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
        writeln!(
            io::stderr(),
            "Debian {}: {} {}",
            self.debian.name(),
            self.kind.name,
            server.version
        )?;
        if std::env::var_os("CI").is_some() && self.debian != Debian::Testing {
            // Where it is another one, the README has to be told. Mako does not say which it is.
            let expected = [self.kind.version(self.debian).unwrap_or_default(), "0.0.0"];
            let version = &server.version;
            assert!(expected.iter().any(|expected| version.starts_with(expected)), "{version}");
        }
        assert_eq!(self.client.event().await?, NotifierEvent::Shown(id));
        self.seen().await?;
        self.desktop
            .picture(&format!(
                "offer-{}-{}.png",
                self.debian.name(),
                self.kind.name.to_lowercase().replace(' ', "-")
            ))
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
        let gone = !self.desktop.shows_at_rest().await?;
        ensure!(!gone || self.leaves(), "{}: it is gone", self.kind.name);
        self.is_seen().await?;
        // Its buttons may be elsewhere now: the text has another length.
        let beside =
            if self.kind.body == Hand::Missing { self.kind.to_begin() } else { self.kind.body };
        self.answer(beside, Some(Answer::Start)).await
    }

    /// While its owner wants quiet the server takes an offer and shows nothing. What runs out meanwhile stays away. The program sees it,
    /// or says that it can't.
    async fn silenced(&mut self) -> anyhow::Result<()> {
        let Some(mut watcher) = self.watcher()? else { return Ok(()) };
        let Some(silence) = self.kind.silence else {
            return watcher.until("do_not_disturb: Absent").await;
        };
        watcher.until(silence.told(false)).await?;
        for (is_on, line) in [(true, silence.on), (false, silence.off)] {
            self.desktop.command(line).await?;
            if silence.seen != Seen::AtOnce {
                let Some(another) = self.watcher()? else { return Ok(()) };
                watcher = another;
            }
            watcher.until(silence.told(is_on)).await?;
            if is_on {
                self.offer_until(false).await?;
                self.withdraw().await?;
            }
        }
        ensure!(!self.desktop.shows_at_rest().await?, "{}: shown hours later", self.kind.name);
        self.offer_until(true).await?;
        self.answer(self.kind.to_begin(), Some(Answer::Start)).await
    }

    /// What the program sees of this desktop; `None`, and a line that says so, where that can't be tried.
    fn watcher(&self) -> anyhow::Result<Option<Limited>> {
        Limited::start(self.desktop.guest("setpriv"))
    }

    /// What the program sees of a window that fills the screen.
    async fn full_screen(&mut self) -> anyhow::Result<()> {
        let Some(seen) = self.kind.full_screen else { return Ok(()) };
        let needed = [("foot", "foot"), ("wmctrl", "wmctrl"), ("xmessage", "x11-utils")];
        if !installed(&needed)? {
            return Ok(());
        }
        let Some(mut before) = self.watcher()? else { return Ok(()) };
        before.until("do_not_disturb: No").await?;
        let window = self.desktop.fill().await?;
        match seen {
            FullScreen::Seen => before.until("full_screen: Yes").await?,
            FullScreen::AsSilence => {
                before.until_all(&["full_screen: Absent", "do_not_disturb: Yes"]).await?;
            }
            FullScreen::Never => {
                let Some(mut during) = self.watcher()? else { return Ok(()) };
                during.until_all(&["full_screen: Absent", "do_not_disturb: No"]).await?;
            }
        }
        let name = format!("full-{}-{}.png", self.debian.name(), self.kind.name.replace(' ', "-"));
        self.desktop.whole_picture(&name.to_lowercase()).await?;
        drop(window);
        match seen {
            FullScreen::Seen => before.until("full_screen: No").await,
            FullScreen::AsSilence => before.until("do_not_disturb: No").await,
            FullScreen::Never => Ok(()),
        }
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
        self.seen().await?;
        self.answer(self.kind.to_begin(), Some(Answer::Start)).await
    }

    /// Waits until the offer that a server took as it started is seen; until another one is, where it isn't shown.
    async fn seen(&mut self) -> anyhow::Result<()> {
        if self.kind.misses_first {
            self.withdraw().await?;
            return self.offer_until(true).await;
        }
        self.is_seen().await
    }

    /// Makes an offer, which the server takes.
    async fn offer(&mut self) -> anyhow::Result<()> {
        self.offers += 1;
        self.client.show(self.offers).await?;
        loop {
            match self.client.event().await? {
                NotifierEvent::Shown(id) if id.0 == self.offers => return Ok(()),
                // As that of the one before.
                NotifierEvent::Shown(id) if id.0 < self.offers => {}
                // A server that is silenced may give no number, or close at once what it was given: that may be told late.
                NotifierEvent::NotShown(id, Obstacle::NoNumber) if id.0 == self.offers => {
                    return Ok(());
                }
                NotifierEvent::NotShown(id, Obstacle::ClosedAtOnce) if id.0 < self.offers => {}
                other => bail!("{other:?}"),
            }
        }
    }

    /// Whether what it shows leaves the screen by itself.
    fn leaves(&self) -> bool {
        Popup::of(self.kind.calls_itself) == Popup::Leaves
    }

    /// Waits until the offer is on the screen. Where popups leave by themselves, a busy machine may have looked too late: there it is shown
    /// again, as the program does.
    async fn is_seen(&mut self) -> anyhow::Result<()> {
        if !self.leaves() {
            return self.desktop.until(true).await;
        }
        for _ in 0..10 {
            for _ in 0..50 {
                if self.desktop.shows().await? {
                    return Ok(());
                }
            }
            if let Some(event) = self.comes_back().await? {
                bail!("{event:?}");
            }
        }
        bail!("{}: not seen", self.kind.name)
    }

    /// Makes an offer and waits until it is seen.
    async fn open(&mut self) -> anyhow::Result<()> {
        self.offer().await?;
        self.is_seen().await
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
        if answer.is_none() {
            // Nobody is faster: what goes sooner is taken for the server's doing.
            tokio::time::sleep(NO_HAND_IS_FASTER).await;
        }
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

    /// Shows the offer again, as the program does, where it has left the screen by itself: GNOME takes it away after four seconds, in which a busy
    /// machine has neither seen nor clicked it. What is told instead, if anything is.
    async fn comes_back(&mut self) -> anyhow::Result<Option<NotifierEvent>> {
        if self.desktop.shows().await? {
            return Ok(None);
        }
        if let Some(event) = self.client.event_at_once().await {
            return Ok(Some(event));
        }
        self.client.command(NotifierCommand::ShowAgain(offer(self.offers))).await?;
        match self.client.event_at_once().await {
            Some(NotifierEvent::Shown(id)) if id.0 == self.offers => Ok(None),
            Some(event) => Ok(Some(event)),
            // It was shown twice, as when its server was another one meanwhile. The program leaves it at that, and makes the next one.
            None => {
                self.withdraw().await?;
                self.offer().await?;
                Ok(None)
            }
        }
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
                    if let Some(event) = self.comes_back().await? {
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

/// Longer than what the program takes for faster than any hand.
const NO_HAND_IS_FASTER: Duration = Duration::from_millis(100);
