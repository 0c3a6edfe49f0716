//! logind: the lock of our session, its idle hint, whose session is on the screen, and sleep.

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
use kindbeat_core::login::LoginInput;

/// Reports the session and sleep for ever.
pub(in crate::desktop) async fn run(place: &Place, inputs: &Sender<PresenceInput>) {
    let mut backoff = Backoff::new(LONGEST_PAUSE);
    loop {
        let began = clock::now();
        if let Err(none) = follow(place, inputs).await {
            debug!(reason = %none, "lock and sleep source lost: logind");
        }
        // Of a session that nobody tells anything of, nobody knows that it is not on the screen.
        if inputs.send(PresenceInput::OtherSession(false)).await.is_err() {
            return;
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
    screen: Screen,
}

/// Whether a session is on a screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Screen {
    /// It belongs to none, as over the network.
    #[default]
    None,
    /// Nobody is logged in there: what runs of it is left over, or manages the services of its owner.
    NoLogin,
    /// Another session is on its screen.
    Behind,
    /// It is the one that is seen.
    InFront,
}

/// Where a session is found.
struct Found {
    path: String,
    /// This program runs in it, and not beside all sessions of its owner as a service does.
    is_own: bool,
}

/// What logind tells of all sessions.
struct News {
    /// Of logind itself: it may be replaced.
    owner: Signals,
    manager: Signals,
    /// Of every session: another one of ours may come to the screen.
    sessions: Signals,
}

impl News {
    async fn of(connection: &Connection) -> zbus::Result<Self> {
        Ok(Self {
            owner: dbus::owner_changes(connection, SERVICE).await?,
            manager: dbus::signals(connection, |rule| {
                rule.sender(SERVICE).path(MANAGER.path).interface(MANAGER.interface)
            })
            .await?,
            sessions: dbus::signals(connection, |rule| {
                rule.sender(SERVICE).path_namespace(SESSIONS).interface(dbus::PROPERTIES)
            })
            .await?,
        })
    }
}

async fn follow(place: &Place, inputs: &Sender<PresenceInput>) -> Result<(), NoAnswer> {
    let connection =
        place.system_bus.connection().await.map_err(|error| NoAnswer::no_bus(&error))?;
    let mut news = News::of(&connection).await?;
    // Once for each session that is ours: it may come after us, and logind itself may be replaced.
    loop {
        let session = session(&connection, place.session_id.as_deref()).await?;
        let is_own = session.as_ref().is_some_and(|session| session.is_own);
        let session = session.map(|session| session.path);
        let mut signals = match &session {
            Some(path) => Some(session_signals(&connection, path).await?),
            None => None,
        };
        let state = match &session {
            Some(path) => state(&connection, path).await?,
            None => Session::default(),
        };
        let alone = is_own && state.screen == Screen::None;
        let other = !alone && is_other_session(&connection).await?;
        let asleep = prepares_for_sleep(&connection).await?.unwrap_or(false);
        for input in [
            PresenceInput::LockedHint(state.locked),
            PresenceInput::Hint(state.hint),
            PresenceInput::OtherSession(other),
            PresenceInput::Sleep(asleep),
        ] {
            inputs.send(input).await.map_err(|_| NoAnswer::gone())?;
        }
        loop {
            let signal = tokio::select! {
                message = news.owner.next() => message.as_ref().map(read),
                message = news.manager.next() => message.as_ref().map(read),
                message = of(&mut signals) => message.as_ref().map(read),
                message = news.sessions.next() => message.as_ref().map(read_any),
            };
            let input = match signal.ok_or_else(NoAnswer::gone)? {
                Signal::Input(input) => input,
                Signal::Hint => {
                    // Not every logind signals at once when the rest began.
                    let Some(path) = &session else { continue };
                    PresenceInput::Hint(self::state(&connection, path).await?.hint)
                }
                Signal::Active if alone => continue,
                Signal::Active => PresenceInput::OtherSession(is_other_session(&connection).await?),
                Signal::OtherSession => break,
                Signal::Nothing => continue,
            };
            inputs.send(input).await.map_err(|_| NoAnswer::gone())?;
        }
    }
}

/// Reports the desktop sessions of this person that are open, now and after every change, for ever.
pub(in crate::desktop) async fn follow_desktops(place: &Place, tell: &Sender<LoginInput>) {
    let mut backoff = Backoff::new(LONGEST_PAUSE);
    loop {
        let began = clock::now();
        if let Err(none) = tell_desktops(place, tell).await {
            debug!(reason = %none, "nothing tells which sessions are open: logind");
        }
        backoff.ended(began, clock::now());
        clock::sleep(backoff.next_delay()).await;
    }
}

async fn tell_desktops(place: &Place, tell: &Sender<LoginInput>) -> Result<(), NoAnswer> {
    let connection =
        place.system_bus.connection().await.map_err(|error| NoAnswer::no_bus(&error))?;
    let mut news = News::of(&connection).await?;
    loop {
        if let Some(open) = desktops(&connection).await? {
            tell.send(LoginInput::Sessions(open)).await.map_err(|_| NoAnswer::gone())?;
        }
        loop {
            let stirred = tokio::select! {
                message = news.owner.next() => message.as_ref().map(|_| true),
                message = news.manager.next() => message.as_ref().map(|message| read(message) == Signal::OtherSession),
                message = news.sessions.next() => message.as_ref().map(may_close),
            };
            if stirred.ok_or_else(NoAnswer::gone)? {
                break;
            }
        }
    }
}

/// Whether a session may have been closed, or become one of a desktop: a compositor says so of the session that it was started in.
fn may_close(message: &Message) -> bool {
    let names = ["Active", "State", "Type"];
    changes(message).is_some_and(|changed| names.iter().any(|name| changed.contains_key(*name)))
}

/// The desktop sessions of this person that are open; `None`: logind does not know this person, or does not say.
async fn desktops(connection: &Connection) -> Result<Option<Vec<String>>, NoAnswer> {
    let Some(sessions) = of_user(connection, "Sessions").await? else { return Ok(None) };
    let sessions = <Vec<(String, OwnedObjectPath)>>::try_from(sessions).unwrap_or_default();
    let mut open = Vec::new();
    for (id, path) in sessions {
        let session = Object { path: path.as_str(), interface: dbus::PROPERTIES, ..MANAGER };
        let asked =
            session.call::<_, HashMap<String, OwnedVariant>>(connection, "GetAll", &SESSION).await;
        // One that is gone meanwhile is not open.
        let Some(properties) = bus::reply(asked)? else { continue };
        let text = |name| properties.get(name).and_then(|text| text.downcast_ref::<String>().ok());
        let is_open = text("State").as_deref() != Some("closing");
        let is_person = text("Class").is_some_and(|class| class.starts_with("user"));
        let is_desktop = text("Type").is_some_and(|kind| DESKTOPS.contains(&kind.as_str()));
        if is_open && is_person && is_desktop {
            open.push(id);
        }
    }
    Ok(Some(open))
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
    /// A session came to the screen, or went from it.
    Active,
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
            changes(message).map_or(Signal::Nothing, |changed| changed_to(&changed))
        }
        _ => Signal::Nothing,
    }
}

/// The meaning of a signal of any session, ours or not.
fn read_any(message: &Message) -> Signal {
    let is_moved = changes(message).is_some_and(|changed| changed.contains_key("Active"));
    if is_moved { Signal::Active } else { Signal::Nothing }
}

/// The properties that changed, where it is a signal of that.
fn changes(message: &Message) -> Option<HashMap<String, OwnedVariant>> {
    let body = message.body();
    let changed: zbus::Result<(String, HashMap<String, OwnedVariant>, Vec<String>)> =
        body.deserialize();
    changed.ok().map(|(_, changed, _)| changed)
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
        Some(found) => Some(state(&connection, &found.path).await?),
        None => None,
    };
    Ok((session, prepares_for_sleep(&connection).await?.is_some()))
}

/// The session of whoever sits here; `None`: there is none, or no logind.
async fn session(connection: &Connection, id: Option<&str>) -> Result<Option<Found>, NoAnswer> {
    let own = |path: OwnedObjectPath| Found { path: path.to_string(), is_own: true };
    if let Some(id) = id {
        let asked = MANAGER.call::<_, OwnedObjectPath>(connection, "GetSession", &id).await;
        if let Some(path) = bus::reply(asked)? {
            return Ok(Some(own(path)));
        }
    }
    let pid = std::process::id();
    let asked = MANAGER.call::<_, OwnedObjectPath>(connection, "GetSessionByPID", &pid).await;
    if let Some(path) = bus::reply(asked)? {
        return Ok(Some(own(path)));
    }
    // A service of the user belongs to no session; the one with the display is meant.
    let Some(display) = of_user(connection, "Display").await? else { return Ok(None) };
    let display = <(String, OwnedObjectPath)>::try_from(display).ok();
    let display = display.filter(|(id, _)| !id.is_empty());
    Ok(display.map(|(_, path)| Found { path: path.to_string(), is_own: false }))
}

/// A property of ours as a user; `None`: logind does not know us, or the property.
async fn of_user(connection: &Connection, name: &str) -> Result<Option<OwnedVariant>, NoAnswer> {
    let user = rustix::process::getuid().as_raw();
    let asked = MANAGER.call::<_, OwnedObjectPath>(connection, "GetUser", &user).await;
    let Some(user) = bus::reply(asked)? else { return Ok(None) };
    let user = Object { path: user.as_str(), interface: USER, ..MANAGER };
    bus::reply(user.property(connection, name).await)
}

/// Whether another session is on the screen in place of ours: we have some in front of a screen, and none of them is active. Not where we
/// have none there, as over the network or as a service that lingers, and where nothing is known of them.
async fn is_other_session(connection: &Connection) -> Result<bool, NoAnswer> {
    let Some(sessions) = of_user(connection, "Sessions").await? else { return Ok(false) };
    let sessions = <Vec<(String, OwnedObjectPath)>>::try_from(sessions).unwrap_or_default();
    let mut is_other = false;
    for (_, path) in sessions {
        match state(connection, path.as_str()).await?.screen {
            Screen::InFront => return Ok(false),
            Screen::Behind => is_other = true,
            Screen::None | Screen::NoLogin => {}
        }
    }
    Ok(is_other)
}

/// How the session stands; one that went in the meantime is neither locked nor idle.
async fn state(connection: &Connection, path: &str) -> Result<Session, NoAnswer> {
    let session = Object { path, interface: dbus::PROPERTIES, ..MANAGER };
    let asked =
        session.call::<_, HashMap<String, OwnedVariant>>(connection, "GetAll", &SESSION).await;
    let mut properties = bus::reply(asked)?.unwrap_or_default();
    let seat = properties.remove("Seat");
    let seat = seat.and_then(|seat| <(String, OwnedObjectPath)>::try_from(seat).ok());
    let is = |name| properties.get(name).and_then(flag).unwrap_or(false);
    let since = properties.get("IdleSinceHint").and_then(|since| since.downcast_ref::<u64>().ok());
    let text = |name| properties.get(name).and_then(|text| text.downcast_ref::<String>().ok());
    let is_left = text("State").as_deref() == Some("closing");
    let is_manager = text("Class").is_some_and(|class| class.starts_with("manager"));
    let screen = if is_left || is_manager {
        Screen::NoLogin
    } else if seat.is_none_or(|(name, _)| name.is_empty()) {
        Screen::None
    } else if is("Active") {
        Screen::InFront
    } else {
        Screen::Behind
    };
    Ok(Session {
        screen,
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
/// Below which every session is.
const SESSIONS: &str = "/org/freedesktop/login1/session";
const USER: &str = "org.freedesktop.login1.User";
/// The types of a session that has a desktop.
const DESKTOPS: [&str; 3] = ["wayland", "x11", "mir"];

const MANAGER: Object<'_> = Object {
    service: SERVICE,
    path: "/org/freedesktop/login1",
    interface: "org.freedesktop.login1.Manager",
};
