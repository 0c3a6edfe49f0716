//! logind: the lock of our session, its idle hint, and sleep.

use std::collections::HashMap;

use tokio::sync::mpsc::Sender;
use tracing::debug;
use zbus::Connection;
use zbus::Message;
use zbus::OwnedObjectPath;
use zbus::OwnedVariant;
use zbus::message::Type;

use crate::clock;
use crate::dbus;
use crate::dbus::Object;
use crate::dbus::Signals;
use crate::desktop::LONGEST_PAUSE;
use crate::desktop::bus;
use crate::desktop::place::Place;
use crate::desktop::presence::IdleHint;
use crate::desktop::presence::PresenceInput;
use crate::desktop::report::NoAnswer;
use kindbeat_core::backoff::Backoff;

/// Reports the session and sleep for ever.
pub(in crate::desktop) async fn run(place: &Place, inputs: &Sender<PresenceInput>) {
    let mut backoff = Backoff::new(LONGEST_PAUSE);
    loop {
        let began = clock::now();
        if let Err(none) = follow(place, inputs).await {
            debug!(reason = %none, "lock and sleep source lost: logind");
        }
        backoff.ended(began, clock::now());
        clock::sleep(backoff.next_delay()).await;
    }
}

/// A session, as logind has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::desktop) struct Session {
    pub(in crate::desktop) hint: IdleHint,
    pub(in crate::desktop) locked: bool,
}

async fn follow(place: &Place, inputs: &Sender<PresenceInput>) -> Result<(), NoAnswer> {
    let connection =
        place.system_bus.connection().await.map_err(|error| NoAnswer::no_bus(&error))?;
    let mut owner = dbus::owner_changes(&connection, SERVICE).await?;
    let mut manager = dbus::signals(&connection, |rule| {
        rule.sender(SERVICE).path(MANAGER.path).interface(MANAGER.interface)
    })
    .await?;
    // Once for each session that is ours: it may come after us, and logind itself may be replaced.
    loop {
        let session = session(&connection, place.session_id.as_deref()).await?;
        let mut signals = match &session {
            Some(path) => Some(session_signals(&connection, path).await?),
            None => None,
        };
        let state = match &session {
            Some(path) => state(&connection, path).await?,
            None => Session::default(),
        };
        let asleep = prepares_for_sleep(&connection).await?.unwrap_or(false);
        for input in [
            PresenceInput::LockedHint(state.locked),
            PresenceInput::Hint(state.hint),
            PresenceInput::Sleep(asleep),
        ] {
            inputs.send(input).await.map_err(|_| NoAnswer::gone())?;
        }
        loop {
            let message = tokio::select! {
                message = owner.next() => message,
                message = manager.next() => message,
                message = of(&mut signals) => message,
            };
            let message = message.ok_or_else(NoAnswer::gone)?;
            match read(&message) {
                Signal::Input(input) => inputs.send(input).await.map_err(|_| NoAnswer::gone())?,
                Signal::Hint => {
                    // Not every logind signals at once when the rest began.
                    let Some(path) = &session else { continue };
                    let hint = self::state(&connection, path).await?.hint;
                    inputs.send(PresenceInput::Hint(hint)).await.map_err(|_| NoAnswer::gone())?;
                }
                Signal::OtherSession => break,
                Signal::Nothing => {}
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

async fn session_signals(connection: &Connection, path: &str) -> Result<Signals, NoAnswer> {
    let path = OwnedObjectPath::try_from(path)?;
    let signals =
        dbus::signals(connection, |rule| rule.sender(SERVICE).path(path.into_inner())).await?;
    Ok(signals)
}

/// The meaning of a signal of logind.
#[derive(Debug, PartialEq, Eq)]
enum Signal {
    Input(PresenceInput),
    /// The idle hint changed.
    Hint,
    /// Sessions came or went, or logind did: another one may be ours.
    OtherSession,
    /// Nothing that matters here.
    Nothing,
}

fn read(message: &Message) -> Signal {
    if message.message_type() != Type::Signal {
        return Signal::Nothing;
    }
    let header = message.header();
    let body = message.body();
    match header.member().map_or("", |member| member.as_str()) {
        "NameOwnerChanged" | "SessionNew" | "SessionRemoved" => Signal::OtherSession,
        "PrepareForSleep" => body
            .deserialize()
            .map_or(Signal::Nothing, |asleep| Signal::Input(PresenceInput::Sleep(asleep))),
        "Lock" => Signal::Input(PresenceInput::LockCalled),
        "Unlock" => Signal::Input(PresenceInput::UnlockCalled),
        "PropertiesChanged" => {
            type Changed = (String, HashMap<String, OwnedVariant>, Vec<String>);
            let Ok((_, changed, _)) = body.deserialize::<Changed>() else { return Signal::Nothing };
            changed_to(&changed)
        }
        _ => Signal::Nothing,
    }
}

fn changed_to(changed: &HashMap<String, OwnedVariant>) -> Signal {
    if let Some(locked) = changed.get("LockedHint") {
        return flag(locked)
            .map_or(Signal::Nothing, |locked| Signal::Input(PresenceInput::LockedHint(locked)));
    }
    if changed.contains_key("IdleHint") { Signal::Hint } else { Signal::Nothing }
}

fn flag(value: &OwnedVariant) -> Option<bool> {
    value.downcast_ref::<bool>().ok()
}

/// The session, if there is one, and whether logind signals sleep.
pub(in crate::desktop) async fn probe(place: &Place) -> Result<(Option<Session>, bool), NoAnswer> {
    let connection =
        place.system_bus.connection().await.map_err(|error| NoAnswer::no_bus(&error))?;
    let session = match session(&connection, place.session_id.as_deref()).await? {
        Some(path) => Some(state(&connection, &path).await?),
        None => None,
    };
    Ok((session, prepares_for_sleep(&connection).await?.is_some()))
}

/// The session of whoever sits here; `None`: there is none, or no logind.
async fn session(connection: &Connection, id: Option<&str>) -> Result<Option<String>, NoAnswer> {
    if let Some(id) = id {
        let asked = MANAGER.call::<_, OwnedObjectPath>(connection, "GetSession", &id).await;
        if let Some(path) = bus::reply(asked)? {
            return Ok(Some(path.to_string()));
        }
    }
    let own = std::process::id();
    let asked = MANAGER.call::<_, OwnedObjectPath>(connection, "GetSessionByPID", &own).await;
    if let Some(path) = bus::reply(asked)? {
        return Ok(Some(path.to_string()));
    }
    // A service of the user belongs to no session; the one with the display is meant.
    let user = rustix::process::getuid().as_raw();
    let asked = MANAGER.call::<_, OwnedObjectPath>(connection, "GetUser", &user).await;
    let Some(user) = bus::reply(asked)? else { return Ok(None) };
    let user = Object { path: user.as_str(), interface: USER, ..MANAGER };
    let asked = user.property(connection, "Display").await;
    let Some(display) = bus::reply(asked)? else { return Ok(None) };
    let display = <(String, OwnedObjectPath)>::try_from(display).ok();
    Ok(display.filter(|(id, _)| !id.is_empty()).map(|(_, path)| path.to_string()))
}

/// How the session stands; one that went in the meantime is neither locked nor idle.
async fn state(connection: &Connection, path: &str) -> Result<Session, NoAnswer> {
    let session = Object { path, interface: dbus::PROPERTIES, ..MANAGER };
    let asked =
        session.call::<_, HashMap<String, OwnedVariant>>(connection, "GetAll", &SESSION).await;
    let properties = bus::reply(asked)?.unwrap_or_default();
    let is = |name| properties.get(name).and_then(flag).unwrap_or(false);
    let since = properties.get("IdleSinceHint").and_then(|since| since.downcast_ref::<u64>().ok());
    Ok(Session {
        hint: IdleHint::new(is("IdleHint"), since.unwrap_or_default()),
        locked: is("LockedHint"),
    })
}

/// Whether the machine is about to sleep; `None`: nobody says.
async fn prepares_for_sleep(connection: &Connection) -> Result<Option<bool>, NoAnswer> {
    let asked = MANAGER.property(connection, "PreparingForSleep").await;
    Ok(bus::reply(asked)?.as_ref().and_then(flag))
}

pub(in crate::desktop) const SERVICE: &str = "org.freedesktop.login1";
const SESSION: &str = "org.freedesktop.login1.Session";
const USER: &str = "org.freedesktop.login1.User";

const MANAGER: Object<'_> = Object {
    service: SERVICE,
    path: "/org/freedesktop/login1",
    interface: "org.freedesktop.login1.Manager",
};
