//! What BlueZ tells of the link to one device.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::timeout;
use tracing::debug;
use zbus::Message;
use zbus::OwnedVariant;

use super::bluez;
use super::bluez::BlueZ;
use super::error::BluetoothError;
use crate::dbus;
use crate::dbus::Signals;

/// The link to one device, as BlueZ tells of it.
pub(super) struct Link {
    bluez: BlueZ,
    path: String,
    /// Whether this computer was paired with the device.
    bonded: bool,
    /// All that the object of the device signals, in its order.
    signals: Signals,
    /// Whether BlueZ gave authentication as the reason of the last end (`Device1.Disconnected`: 5.87 has it, 5.82 not).
    unauthenticated: bool,
}

/// What can be told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkNews {
    Up,
    Down,
    /// The battery level, in percent.
    Battery(u8),
}

impl Link {
    /// Listens from now on.
    pub(super) async fn watch(
        bluez: &BlueZ,
        path: String,
        bonded: bool,
    ) -> Result<Self, BluetoothError> {
        let of = path.clone();
        let signals = bluez.signals(|rule| rule.sender(bluez::SERVICE).path(of)).await?;
        Ok(Self { bluez: bluez.clone(), path, bonded, signals, unauthenticated: false })
    }

    /// The next news; `None`: the bus is lost.
    pub(super) async fn next(&mut self) -> Option<LinkNews> {
        loop {
            let signal = self.signals.next().await?;
            if let Some(reason) = reason(&signal) {
                self.unauthenticated = reason == AUTHENTICATION;
            } else if let Some(connected) = property(&signal, bluez::DEVICE, "Connected") {
                let up = bool::try_from(connected).unwrap_or(false);
                return Some(if up { LinkNews::Up } else { LinkNews::Down });
            } else if let Some(level) = property(&signal, bluez::BATTERY, "Percentage")
                && let Some(level) = u8::try_from(level).ok().filter(|level| *level <= 100)
            {
                return Some(LinkNews::Battery(level));
            }
        }
    }

    /// Waits until it is up.
    pub(super) async fn up(&mut self) -> Result<(), BluetoothError> {
        loop {
            match self.next().await {
                Some(LinkNews::Up) => return Ok(()),
                Some(LinkNews::Down | LinkNews::Battery(_)) => {}
                None => return Err(BluetoothError::NoService),
            }
        }
    }

    /// The result of what needs the link, unless that goes meanwhile; `asked`: the measurements are being asked for.
    pub(super) async fn while_up<T>(
        &mut self,
        asked: bool,
        work: impl Future<Output = Result<T, BluetoothError>>,
    ) -> Result<T, BluetoothError> {
        let result = tokio::select! {
            biased;
            lost = self.lost() => Err(lost),
            result = work => result,
        };
        match result {
            Err(error) if error.says_unpaired() => {
                Err(BluetoothError::Unauthenticated { bonded: self.bonded })
            }
            Err(BluetoothError::LinkLost) => Err(self.dropped(asked)),
            // What fails because the link went may say so before the link does.
            Err(error @ BluetoothError::Strap { .. }) if !self.is_up().await => {
                debug!(error = error.without(None), "the link is gone");
                Err(self.dropped(asked))
            }
            other => other,
        }
    }

    async fn lost(&mut self) -> BluetoothError {
        loop {
            match self.next().await {
                Some(LinkNews::Down) => return BluetoothError::LinkLost,
                Some(LinkNews::Up | LinkNews::Battery(_)) => {}
                None => return BluetoothError::NoService,
            }
        }
    }

    const fn dropped(&self, asked: bool) -> BluetoothError {
        let bonded = self.bonded;
        if self.unauthenticated {
            BluetoothError::Unauthenticated { bonded }
        } else {
            BluetoothError::Dropped { bonded, asked }
        }
    }

    /// Whether it is up; if BlueZ does not say, it is not.
    pub(super) async fn is_up(&self) -> bool {
        let connected = timeout(ANSWER, self.bluez.is_connected(&self.path)).await;
        matches!(connected, Ok(Ok(true)))
    }
}

/// Why the link ended, in BlueZ's own name for it; `None`: the signal is another.
fn reason(signal: &Message) -> Option<String> {
    let header = signal.header();
    let is_end = header.interface().is_some_and(|interface| interface == bluez::DEVICE)
        && header.member().is_some_and(|member| member == "Disconnected");
    let (name, _): (String, String) = signal.body().deserialize().ok().filter(|_| is_end)?;
    Some(name)
}

/// The value of a property, if the signal says that it changed.
fn property(signal: &Message, interface: &str, name: &str) -> Option<OwnedVariant> {
    type Changed = (String, HashMap<String, OwnedVariant>, Vec<String>);
    let header = signal.header();
    header.interface().filter(|interface| *interface == dbus::PROPERTIES)?;
    let (of, mut changed, _): Changed = signal.body().deserialize().ok()?;
    if of == interface { changed.remove(name) } else { None }
}

const AUTHENTICATION: &str = "org.bluez.Reason.Authentication";

/// How long BlueZ may take to say whether the link is up: milliseconds when well.
const ANSWER: Duration = Duration::from_secs(5);
