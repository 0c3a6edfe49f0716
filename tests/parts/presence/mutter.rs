//! A stand-in for the idle monitor of Mutter.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;
use kindbeat::dbus::Bus;
use kindbeat::desktop::DesktopEvent;
use kindbeat::desktop::IdleSource;
use kindbeat::desktop::Place;
use kindbeat_core::context::InputActivity;
use tokio::sync::mpsc;
use zbus::Connection;

use super::bus::PrivateBus;
use super::client::Client;
use super::client::WATCHES;
use super::client::look;
use super::client::nowhere;
use super::client::soon;

/// Mutter; it ends with this value.
struct Mutter {
    bus: Connection,
    asked: mpsc::UnboundedReceiver<Asked>,
}

/// What it is asked to watch, and the number of the watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Idle(Duration, u32),
    Active(u32),
    Remove(u32),
}

struct Monitor {
    idle: Duration,
    watches: u32,
    asked: mpsc::UnboundedSender<Asked>,
}

impl Monitor {
    fn adds(&mut self, asked: impl FnOnce(u32) -> Asked) -> u32 {
        self.watches += 1;
        let _ = self.asked.send(asked(self.watches));
        self.watches
    }
}

#[zbus::interface(name = "org.gnome.Mutter.IdleMonitor")]
impl Monitor {
    fn get_idletime(&self) -> u64 {
        self.idle.as_millis().try_into().unwrap_or(u64::MAX)
    }

    fn add_idle_watch(&mut self, interval: u64) -> u32 {
        self.adds(|id| Asked::Idle(Duration::from_millis(interval), id))
    }

    fn add_user_active_watch(&mut self) -> u32 {
        self.adds(Asked::Active)
    }

    fn remove_watch(&self, id: u32) {
        let _ = self.asked.send(Asked::Remove(id));
    }
}

impl Mutter {
    /// On this bus, where nothing has been used for so long.
    async fn start(bus: &PrivateBus, idle: Duration) -> anyhow::Result<Self> {
        let (tell, asked) = mpsc::unbounded_channel();
        let bus = bus.connect().await?;
        bus.object_server().at(MONITOR, Monitor { idle, watches: 0, asked: tell }).await?;
        bus.request_name(NAME).await?;
        Ok(Self { bus, asked })
    }

    async fn asked(&mut self) -> anyhow::Result<Asked> {
        soon(self.asked.recv()).await?.context("it is gone")
    }

    /// The number of the next watch for idleness of this length, whatever else it is asked.
    async fn asked_for_idle(&mut self, length: Duration) -> anyhow::Result<u32> {
        loop {
            if let Asked::Idle(asked, id) = self.asked().await?
                && asked == length
            {
                return Ok(id);
            }
        }
    }

    /// The number of the next watch for use, whatever else it is asked.
    async fn asked_for_active(&mut self) -> anyhow::Result<u32> {
        loop {
            if let Asked::Active(id) = self.asked().await? {
                return Ok(id);
            }
        }
    }

    /// Nothing has been used for so long, and this watch fires.
    async fn fires(&self, id: u32, idle: Duration) -> anyhow::Result<()> {
        let monitor = self.bus.object_server().interface::<_, Monitor>(MONITOR).await?;
        monitor.get_mut().await.idle = idle;
        Ok(self.bus.emit_signal(None::<&str>, MONITOR, NAME, "WatchFired", &id).await?)
    }
}

fn places(bus: &PrivateBus) -> Place {
    Place { session_bus: Bus::at(bus.address()), ..nowhere() }
}

#[tokio::test]
async fn a_long_rest_and_its_end_are_told() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut mutter = Mutter::start(&bus, Duration::ZERO).await?;
    let mut client = Client::start(places(&bus), WATCHES);
    let away = mutter.asked_for_idle(WATCHES.away).await?;
    client.says(DesktopEvent::Activity(InputActivity::Busy)).await?;
    for _ in 0..2 {
        mutter.fires(away, WATCHES.away).await?;
        let rested = client.rests().await?;
        assert!(rested >= 1.5, "{rested}");
        let active = mutter.asked_for_active().await?;
        // Watches of other programs are told to all.
        mutter.fires(4_711, WATCHES.away).await?;
        mutter.fires(active, Duration::ZERO).await?;
        client.says(DesktopEvent::Activity(InputActivity::Busy)).await?;
    }
    client.ends().await
}

#[tokio::test]
async fn a_pause_is_watched_only_while_it_is_wanted() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut mutter = Mutter::start(&bus, Duration::from_secs(40)).await?;
    let mut client = Client::start(places(&bus), WATCHES);
    // What it knows is told at once, and the end of it.
    let rested = client.rests().await?;
    assert!((40.0..100.0).contains(&rested), "{rested}");
    let active = mutter.asked_for_active().await?;
    let rest = mutter.asked_for_idle(WATCHES.rest).await?;
    client.watch_pause(true).await?;
    mutter.fires(active, Duration::ZERO).await?;
    client.says(DesktopEvent::Activity(InputActivity::Busy)).await?;
    mutter.fires(rest, WATCHES.rest).await?;
    let rested = client.rests().await?;
    assert!((0.3..40.0).contains(&rested), "{rested}");
    let active = mutter.asked_for_active().await?;
    client.watch_pause(false).await?;
    mutter.fires(active, Duration::ZERO).await?;
    client.says(DesktopEvent::Activity(InputActivity::Busy)).await?;
    assert_eq!(mutter.asked().await?, Asked::Remove(rest));
    client.ends().await
}

#[tokio::test]
async fn a_watch_that_fires_during_idle_time_begins_no_second_one() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let idle = Duration::from_secs(40);
    let mut mutter = Mutter::start(&bus, idle).await?;
    let mut client = Client::start(places(&bus), WATCHES);
    client.rests().await?;
    let active = mutter.asked_for_active().await?;
    let rest = mutter.asked_for_idle(WATCHES.rest).await?;
    mutter.fires(rest, idle).await?;
    mutter.fires(active, Duration::ZERO).await?;
    client.says(DesktopEvent::Activity(InputActivity::Busy)).await?;
    client.ends().await
}

#[tokio::test]
async fn a_mutter_that_comes_goes_and_comes_back_is_listened_to() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut client = Client::start(places(&bus), WATCHES);
    for _ in 0..3 {
        let mutter = Mutter::start(&bus, Duration::ZERO).await?;
        client.says(DesktopEvent::Activity(InputActivity::Busy)).await?;
        drop(mutter);
        client.says(DesktopEvent::Activity(InputActivity::Unknown)).await?;
    }
    client.ends().await
}

#[tokio::test]
async fn the_doctor_sees_mutter() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _mutter = Mutter::start(&bus, Duration::from_secs(2)).await?;
    let found = look(places(&bus)).await?;
    assert_eq!((found.source, found.hands), (Some(IdleSource::Mutter), InputActivity::Busy));
    assert_eq!(found.silent, []);
    Ok(())
}

#[tokio::test]
async fn nobody_is_started_for_the_question() -> anyhow::Result<()> {
    let services = tempfile::tempdir()?;
    let started = services.path().join("started");
    let mut files = Vec::new();
    for name in
        [NAME, "org.freedesktop.login1", "org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"]
    {
        let file = services.path().join(format!("{name}.service"));
        let touch = format!("Exec=/usr/bin/touch {}", started.display());
        fs::write(&file, format!("[D-BUS Service]\nName={name}\n{touch}\n"))?;
        files.push(file);
    }
    let files: Vec<_> = files.iter().map(AsRef::as_ref).collect();
    let Some(bus) = PrivateBus::with_services(&files, None)? else { return Ok(()) };
    let places = Place { system_bus: Bus::at(bus.address()), ..places(&bus) };
    let found = look(places.clone()).await?;
    assert_eq!(found.source, None);
    assert_eq!(found.silent, [(IdleSource::Mutter, None), (IdleSource::Logind, None)]);
    assert!(found.lock.is_empty() && !found.sleep);
    // While it runs it does not start them either: the one that comes by itself is the first.
    let mut client = Client::start(places, WATCHES);
    let _mutter = Mutter::start(&bus, Duration::ZERO).await?;
    client.says(DesktopEvent::Activity(InputActivity::Busy)).await?;
    assert!(!started.exists());
    client.ends().await
}

const NAME: &str = "org.gnome.Mutter.IdleMonitor";
const MONITOR: &str = "/org/gnome/Mutter/IdleMonitor/Core";
