//! logind: the lock of our session, its hint about the hands, and sleep.

use std::collections::HashMap;

use tokio::sync::mpsc::Sender;
use tracing::debug;
use zbus::Connection;
use zbus::Message;
use zbus::OwnedObjectPath;
use zbus::OwnedVariant;
use zbus::message::Type;

use super::Error;
use super::LONGEST_PAUSE;
use super::bus;
use super::desk::Heard;
use super::desk::Hint;
use crate::clock;
use crate::dbus;
use crate::dbus::Bus;
use crate::dbus::Object;
use crate::dbus::Signals;
use kindbeat_core::backoff::Backoff;

/// Tells of the session and of sleep for ever. `id` is what logind calls the session, if anybody knows.
pub(super) async fn run(system: &Bus, id: Option<&str>, tell: &Sender<Heard>) {
    let mut pauses = Backoff::new(LONGEST_PAUSE);
    loop {
        let began = clock::now();
        if let Err(error) = follow(system, id, tell).await {
            debug!(error = &error as &dyn std::error::Error, "no word of the session and of sleep");
        }
        pauses.ended(began, clock::now());
        clock::sleep(pauses.next_delay()).await;
    }
}

/// What logind says of the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    pub(super) hint: Hint,
    pub(super) locked: bool,
}

async fn follow(system: &Bus, id: Option<&str>, tell: &Sender<Heard>) -> Result<(), Error> {
    let connection = system.connection().await?;
    let mut owner = dbus::owner_changes(&connection, SERVICE).await?;
    let mut manager = dbus::signals(&connection, |rule| {
        rule.sender(SERVICE).path(MANAGER.path).interface(MANAGER.interface)
    })
    .await?;
    // Once for each session that is ours: it may come after us, and logind itself may be replaced.
    loop {
        let session = session(&connection, id).await?;
        let mut signals = match &session {
            Some(path) => Some(session_signals(&connection, path).await?),
            None => None,
        };
        let state = match &session {
            Some(path) => state(&connection, path).await?,
            None => State::default(),
        };
        let asleep = prepares_for_sleep(&connection).await?.unwrap_or(false);
        for heard in
            [Heard::LockedHint(state.locked), Heard::Hint(state.hint), Heard::Sleep(asleep)]
        {
            tell.send(heard).await.map_err(|_| Error::Gone)?;
        }
        loop {
            let message = tokio::select! {
                message = owner.next() => message,
                message = manager.next() => message,
                message = of(&mut signals) => message,
            };
            let message = message.ok_or(Error::Gone)?;
            match read(&message) {
                Said::Heard(heard) => tell.send(heard).await.map_err(|_| Error::Gone)?,
                Said::Hint => {
                    // When it began is not told in the same breath by every logind.
                    let Some(path) = &session else { continue };
                    let hint = self::state(&connection, path).await?.hint;
                    tell.send(Heard::Hint(hint)).await.map_err(|_| Error::Gone)?;
                }
                Said::OtherSession => break,
                Said::Nothing => {}
            }
        }
    }
}

async fn of(signals: &mut Option<Signals>) -> Option<Message> {
    match signals {
        Some(signals) => signals.next().await,
        None => std::future::pending().await,
    }
}

async fn session_signals(connection: &Connection, path: &str) -> Result<Signals, Error> {
    let path = OwnedObjectPath::try_from(path)?;
    let signals =
        dbus::signals(connection, |rule| rule.sender(SERVICE).path(path.into_inner())).await?;
    Ok(signals)
}

/// What a message of logind says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Heard(Heard),
    /// The hint about the hands changed.
    Hint,
    /// Sessions came or went, or logind did: another one may be ours.
    OtherSession,
    /// Nothing that matters here.
    Nothing,
}

fn read(message: &Message) -> Said {
    if message.message_type() != Type::Signal {
        return Said::Nothing;
    }
    let header = message.header();
    let body = message.body();
    match header.member().map_or("", |member| member.as_str()) {
        "NameOwnerChanged" | "SessionNew" | "SessionRemoved" => Said::OtherSession,
        "PrepareForSleep" => {
            body.deserialize().map_or(Said::Nothing, |asleep| Said::Heard(Heard::Sleep(asleep)))
        }
        "Lock" => Said::Heard(Heard::LockCalled),
        "Unlock" => Said::Heard(Heard::UnlockCalled),
        "PropertiesChanged" => {
            type Changed = (String, HashMap<String, OwnedVariant>, Vec<String>);
            let Ok((_, changed, _)) = body.deserialize::<Changed>() else { return Said::Nothing };
            changed_to(&changed)
        }
        _ => Said::Nothing,
    }
}

fn changed_to(changed: &HashMap<String, OwnedVariant>) -> Said {
    if let Some(locked) = changed.get("LockedHint") {
        return flag(locked).map_or(Said::Nothing, |locked| Said::Heard(Heard::LockedHint(locked)));
    }
    if changed.contains_key("IdleHint") { Said::Hint } else { Said::Nothing }
}

fn flag(value: &OwnedVariant) -> Option<bool> {
    value.downcast_ref::<bool>().ok()
}

/// What logind says of the session, if there is one, and whether it tells of sleep.
pub(super) async fn told(system: &Bus, id: Option<&str>) -> Result<(Option<State>, bool), Error> {
    let connection = system.connection().await?;
    let session = match session(&connection, id).await? {
        Some(path) => Some(state(&connection, &path).await?),
        None => None,
    };
    Ok((session, prepares_for_sleep(&connection).await?.is_some()))
}

/// The session of whoever sits here; `None`: there is none, or no logind.
async fn session(connection: &Connection, id: Option<&str>) -> Result<Option<String>, Error> {
    if let Some(id) = id {
        let asked = MANAGER.call::<_, OwnedObjectPath>(connection, "GetSession", &id).await;
        if let Some(path) = bus::answered(asked)? {
            return Ok(Some(path.to_string()));
        }
    }
    let own = std::process::id();
    let asked = MANAGER.call::<_, OwnedObjectPath>(connection, "GetSessionByPID", &own).await;
    if let Some(path) = bus::answered(asked)? {
        return Ok(Some(path.to_string()));
    }
    // A service of the user belongs to no session; the one with the display is meant.
    let user = rustix::process::getuid().as_raw();
    let asked = MANAGER.call::<_, OwnedObjectPath>(connection, "GetUser", &user).await;
    let Some(user) = bus::answered(asked)? else { return Ok(None) };
    let user = Object { path: user.as_str(), interface: USER, ..MANAGER };
    let asked = user.property(connection, "Display").await;
    let Some(display) = bus::answered(asked)? else { return Ok(None) };
    let display = <(String, OwnedObjectPath)>::try_from(display).ok();
    Ok(display.filter(|(id, _)| !id.is_empty()).map(|(_, path)| path.to_string()))
}

/// How the session stands; one that went in the meantime is neither locked nor idle.
async fn state(connection: &Connection, path: &str) -> Result<State, Error> {
    let session = Object { path, interface: dbus::PROPERTIES, ..MANAGER };
    let asked =
        session.call::<_, HashMap<String, OwnedVariant>>(connection, "GetAll", &SESSION).await;
    let properties = bus::answered(asked)?.unwrap_or_default();
    let is = |name| properties.get(name).and_then(flag).unwrap_or(false);
    let since = properties.get("IdleSinceHint").and_then(|since| since.downcast_ref::<u64>().ok());
    Ok(State {
        hint: Hint::new(is("IdleHint"), since.unwrap_or_default()),
        locked: is("LockedHint"),
    })
}

/// Whether the machine is about to sleep; `None`: nobody says.
async fn prepares_for_sleep(connection: &Connection) -> Result<Option<bool>, Error> {
    let asked = MANAGER.property(connection, "PreparingForSleep").await;
    Ok(bus::answered(asked)?.as_ref().and_then(flag))
}

pub(super) const SERVICE: &str = "org.freedesktop.login1";
const SESSION: &str = "org.freedesktop.login1.Session";
const USER: &str = "org.freedesktop.login1.User";

const MANAGER: Object<'_> = Object {
    service: SERVICE,
    path: "/org/freedesktop/login1",
    interface: "org.freedesktop.login1.Manager",
};
