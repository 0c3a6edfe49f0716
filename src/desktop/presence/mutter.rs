//! The idle monitor of Mutter, the compositor of GNOME.
//!
//! A watch of a length fires each time nothing was used for that long; one for use fires once and is gone.

use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::sync::watch;
use zbus::Connection;
use zbus::Message;

use super::Error;
use super::Watches;
use super::bus;
use super::desk::Heard;
use crate::dbus;
use crate::dbus::Bus;
use crate::dbus::Object;
use crate::dbus::Signals;

/// Mutter, which was there and answered.
pub(super) struct Mutter {
    connection: Connection,
    watches: Watches,
    fired: Signals,
    owner: Signals,
    away: u32,
    rest: Option<u32>,
    active: Option<u32>,
}

impl Mutter {
    /// `None`: nobody of that name is there.
    pub(super) async fn open(session: &Bus, watches: Watches) -> Result<Option<Self>, Error> {
        let connection = session.connection().await?;
        // Before the first watch, so that nothing is missed.
        let owner = dbus::owner_changes(&connection, SERVICE).await?;
        let fired = dbus::signals(&connection, |rule| {
            rule.sender(SERVICE).interface(MONITOR.interface).member("WatchFired")
        })
        .await?;
        let away = MONITOR.call(&connection, "AddIdleWatch", &milliseconds(watches.away)).await;
        let Some(away) = bus::answered(away)? else { return Ok(None) };
        let (rest, active) = (None, None);
        Ok(Some(Self { connection, watches, fired, owner, away, rest, active }))
    }

    /// How long nothing was used.
    pub(super) async fn idle(&self) -> Result<Duration, Error> {
        let idle: u64 = MONITOR.call(&self.connection, "GetIdletime", &()).await?;
        Ok(Duration::from_millis(idle))
    }

    /// Tells until Mutter goes.
    pub(super) async fn run(
        mut self,
        mut rest: watch::Receiver<bool>,
        tell: &Sender<Heard>,
    ) -> Result<(), Error> {
        self.idle_now(tell).await?;
        loop {
            let wanted = *rest.borrow_and_update();
            if wanted != self.rest.is_some() {
                self.watch_rest(wanted, tell).await?;
            }
            tokio::select! {
                fired = self.fired.next() => self.heed(&fired.ok_or(Error::Gone)?, tell).await?,
                // Another one knows nothing of our watches.
                _ = self.owner.next() => return Err(Error::Gone),
                changed = rest.changed() => if changed.is_err() { return Ok(()) },
            }
        }
    }

    async fn watch_rest(&mut self, wanted: bool, tell: &Sender<Heard>) -> Result<(), Error> {
        if wanted {
            let length = milliseconds(self.watches.rest);
            self.rest = Some(MONITOR.call(&self.connection, "AddIdleWatch", &length).await?);
            self.idle_now(tell).await?;
        } else if let Some(id) = self.rest.take() {
            let () = MONITOR.call(&self.connection, "RemoveWatch", &id).await?;
        }
        Ok(())
    }

    async fn idle_now(&mut self, tell: &Sender<Heard>) -> Result<(), Error> {
        let idle = self.idle().await?;
        self.tell(Heard::IdleFor(idle), tell).await
    }

    /// Tells of it, and sees to it that the end of a rest is told, too.
    async fn tell(&mut self, heard: Heard, tell: &Sender<Heard>) -> Result<(), Error> {
        match heard {
            Heard::IdleFor(idle) if idle >= self.watches.rest && self.active.is_none() => {
                let id = MONITOR.call(&self.connection, "AddUserActiveWatch", &()).await?;
                self.active = Some(id);
            }
            Heard::Used => self.active = None,
            _ => {}
        }
        tell.send(heard).await.map_err(|_| Error::Gone)
    }

    /// Tells what follows from a watch that fired; it is told to all who listen, whoever it belongs to.
    async fn heed(&mut self, fired: &Message, tell: &Sender<Heard>) -> Result<(), Error> {
        let Ok(id) = fired.body().deserialize::<u32>() else { return Ok(()) };
        if Some(id) == self.active {
            self.tell(Heard::Used, tell).await
        } else if id == self.away || Some(id) == self.rest {
            // How long it really is: a watch that is added in the midst of a rest fires at once.
            self.idle_now(tell).await
        } else {
            Ok(())
        }
    }
}

fn milliseconds(length: Duration) -> u64 {
    length.as_millis().try_into().unwrap_or(u64::MAX)
}

pub(super) const SERVICE: &str = "org.gnome.Mutter.IdleMonitor";

/// Of keyboards and pointers together.
const MONITOR: Object<'_> = Object {
    service: SERVICE,
    path: "/org/gnome/Mutter/IdleMonitor/Core",
    interface: "org.gnome.Mutter.IdleMonitor",
};
