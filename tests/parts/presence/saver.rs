//! Stand-ins for screen savers.

use kindbeat::dbus::Bus;
use kindbeat::desktop::DesktopEvent;
use kindbeat::desktop::Place;
use tokio::sync::mpsc;
use zbus::Connection;

use super::bus::PrivateBus;
use super::client::Client;
use super::client::WATCHES;
use super::client::look;
use super::client::nowhere;
use super::client::soon;

/// A screen saver of either kind; it ends with this value.
struct Saver {
    bus: Connection,
    name: &'static str,
    asked: mpsc::UnboundedReceiver<()>,
}

struct Common(bool, mpsc::UnboundedSender<()>);
struct Gnome(bool, mpsc::UnboundedSender<()>);

#[zbus::interface(name = "org.freedesktop.ScreenSaver")]
impl Common {
    fn get_active(&self) -> bool {
        let _ = self.1.send(());
        self.0
    }
}

#[zbus::interface(name = "org.gnome.ScreenSaver")]
impl Gnome {
    fn get_active(&self) -> bool {
        let _ = self.1.send(());
        self.0
    }
}

impl Saver {
    async fn start(bus: &PrivateBus, name: &'static str, active: bool) -> anyhow::Result<Self> {
        let (tell, asked) = mpsc::unbounded_channel();
        let bus = bus.connect().await?;
        let server = bus.object_server();
        if name == GNOME {
            server.at("/org/gnome/ScreenSaver", Gnome(active, tell)).await?;
        } else {
            server.at("/org/freedesktop/ScreenSaver", Common(active, tell)).await?;
        }
        bus.request_name(name).await?;
        Ok(Self { bus, name, asked })
    }

    async fn was_asked(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(soon(self.asked.recv()).await?.is_some());
        Ok(())
    }

    async fn covers(&self, active: bool) -> anyhow::Result<()> {
        let path = format!("/{}", self.name.replace('.', "/"));
        let signal = self.bus.emit_signal(None::<&str>, path, self.name, "ActiveChanged", &active);
        Ok(signal.await?)
    }
}

fn places(bus: &PrivateBus) -> Place {
    Place { session_bus: Bus::at(bus.address()), ..nowhere() }
}

#[tokio::test]
async fn a_screen_that_is_covered_counts_as_locked() -> anyhow::Result<()> {
    for name in [COMMON, GNOME] {
        let Some(bus) = PrivateBus::start()? else { return Ok(()) };
        let mut saver = Saver::start(&bus, name, false).await?;
        let mut client = Client::start(places(&bus), WATCHES);
        saver.was_asked().await?;
        for active in [true, false] {
            saver.covers(active).await?;
            client.says(DesktopEvent::Locked(active)).await?;
        }
        client.ends().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_screen_saver_that_went_covers_nothing() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut client = Client::start(places(&bus), WATCHES);
    let saver = Saver::start(&bus, COMMON, true).await?;
    client.says(DesktopEvent::Locked(true)).await?;
    drop(saver);
    client.says(DesktopEvent::Locked(false)).await?;
    let _saver = Saver::start(&bus, GNOME, true).await?;
    client.says(DesktopEvent::Locked(true)).await?;
    client.ends().await
}

#[tokio::test]
async fn the_doctor_sees_who_tells_of_the_lock() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _saver = Saver::start(&bus, GNOME, true).await?;
    let found = look(places(&bus)).await?;
    assert_eq!((found.lock, found.locked), (vec![GNOME.into()], true));
    Ok(())
}

const COMMON: &str = "org.freedesktop.ScreenSaver";
const GNOME: &str = "org.gnome.ScreenSaver";
