//! The idle monitor of Mutter, the compositor of GNOME.
//!
//! A watch of a length fires each time nothing was used for that long; one for use fires once and is gone.

use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::sync::watch;
use zbus::Connection;
use zbus::Message;

use crate::dbus;
use crate::dbus::Bus;
use crate::dbus::Object;
use crate::dbus::Signals;
use crate::desktop::Watches;
use crate::desktop::bus;
use crate::desktop::presence::PresenceInput;
use crate::desktop::report::NoAnswer;
use kindbeat_core::words;

/// Mutter, which was there and answered.
pub(in crate::desktop) struct Mutter {
    connection: Connection,
    watches: Watches,
    fired: Signals,
    owner: Signals,
    away: Option<u32>,
    rest: Option<u32>,
    active: Option<u32>,
}

impl Mutter {
    /// Asks only, since the connection is shared: a watch would stay with Mutter until the connection ends.
    pub(super) async fn open(session: &Bus, watches: Watches) -> Result<Self, NoAnswer> {
        let connection = session.connection().await.map_err(|error| NoAnswer::no_bus(&error))?;
        // Before the first watch, so that nothing is missed.
        let owner = dbus::owner_changes(&connection, SERVICE).await?;
        let fired = dbus::signals(&connection, |rule| {
            rule.sender(SERVICE).interface(MONITOR.interface).member("WatchFired")
        })
        .await?;
        let idle = MONITOR.call::<_, u64>(&connection, "GetIdletime", &()).await;
        bus::reply(idle)?.ok_or_else(|| NoAnswer::absent(words::Message::SourceNotRunning))?;
        let (away, rest, active) = (None, None, None);
        Ok(Self { connection, watches, fired, owner, away, rest, active })
    }

    /// How long nothing was used.
    pub(super) async fn idle(&self) -> Result<Duration, NoAnswer> {
        let idle: u64 = MONITOR.call(&self.connection, "GetIdletime", &()).await?;
        Ok(Duration::from_millis(idle))
    }

    /// Reports until Mutter goes.
    pub(super) async fn run(
        mut self,
        mut rest: watch::Receiver<bool>,
        inputs: &Sender<PresenceInput>,
    ) -> Result<(), NoAnswer> {
        let away = milliseconds(self.watches.away);
        self.away = Some(MONITOR.call(&self.connection, "AddIdleWatch", &away).await?);
        self.idle_now(inputs).await?;
        loop {
            let wanted = *rest.borrow_and_update();
            if wanted != self.rest.is_some() {
                self.watch_rest(wanted, inputs).await?;
            }
            tokio::select! {
                fired = self.fired.next() => self.fired(&fired.ok_or_else(NoAnswer::gone)?, inputs).await?,
                // Another one knows nothing of our watches.
                _ = self.owner.next() => return Err(NoAnswer::gone()),
                changed = rest.changed() => if changed.is_err() { return Ok(()) },
            }
        }
    }

    async fn watch_rest(
        &mut self,
        wanted: bool,
        inputs: &Sender<PresenceInput>,
    ) -> Result<(), NoAnswer> {
        if wanted {
            let length = milliseconds(self.watches.rest);
            self.rest = Some(MONITOR.call(&self.connection, "AddIdleWatch", &length).await?);
            self.idle_now(inputs).await?;
        } else if let Some(id) = self.rest.take() {
            let () = MONITOR.call(&self.connection, "RemoveWatch", &id).await?;
        }
        Ok(())
    }

    async fn idle_now(&mut self, inputs: &Sender<PresenceInput>) -> Result<(), NoAnswer> {
        let idle = self.idle().await?;
        self.send(PresenceInput::IdleFor(idle), inputs).await
    }

    /// Sends an input, and watches for the end of a rest.
    async fn send(
        &mut self,
        input: PresenceInput,
        inputs: &Sender<PresenceInput>,
    ) -> Result<(), NoAnswer> {
        match input {
            PresenceInput::IdleFor(idle) if idle >= self.watches.rest && self.active.is_none() => {
                let id = MONITOR.call(&self.connection, "AddUserActiveWatch", &()).await?;
                self.active = Some(id);
            }
            PresenceInput::Used => self.active = None,
            _ => {}
        }
        inputs.send(input).await.map_err(|_| NoAnswer::gone())
    }

    /// Sends what follows from a watch that fired; Mutter signals the watches of all programs.
    async fn fired(
        &mut self,
        fired: &Message,
        inputs: &Sender<PresenceInput>,
    ) -> Result<(), NoAnswer> {
        let Ok(id) = fired.body().deserialize::<u32>() else { return Ok(()) };
        if Some(id) == self.active {
            self.send(PresenceInput::Used, inputs).await
        } else if [self.away, self.rest].contains(&Some(id)) {
            // How long it really is: a watch that is added in the midst of a rest fires at once.
            self.idle_now(inputs).await
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
