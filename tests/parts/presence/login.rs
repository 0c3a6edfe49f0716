//! A stand-in for logind.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use kindbeat::clock;
use kindbeat::dbus::Bus;
use kindbeat::desktop::DesktopEvent;
use kindbeat::desktop::IdleSource;
use kindbeat::desktop::Place;
use kindbeat::desktop::login_over;
use kindbeat_core::context::InputActivity;
use kindbeat_core::login::GONE_AFTER;
use kindbeat_core::login::LoginEnd;
use serde::Serialize;
use tokio::net::UnixListener;
use tokio::sync::mpsc;
use zbus::Connection;
use zbus::DynamicType;
use zbus::ObjectPath;
use zbus::OwnedObjectPath;
use zbus::fdo;

use super::bus::PrivateBus;
use super::client::Client;
use super::client::WATCHES;
use super::client::look;
use super::client::nowhere;
use super::client::soon;

/// logind, with two sessions; it ends with this value.
struct Login {
    bus: Connection,
    asked: mpsc::UnboundedReceiver<()>,
    listed: mpsc::UnboundedReceiver<()>,
}

/// Which session is that of whoever asks.
#[derive(Clone, Copy)]
enum Own {
    ById,
    ByProcess,
    ByDisplay,
    None,
}

/// What it knows of our session.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "logind has them so")]
struct Known {
    /// Empty: none.
    seat: &'static str,
    active: bool,
    closing: bool,
    /// `wayland`, `tty`, ...
    kind: &'static str,
    locked: bool,
    idle: bool,
    /// In microseconds of Unix time.
    since: u64,
}

struct Manager {
    own: Arc<Mutex<Own>>,
    uid: u32,
    asked: mpsc::UnboundedSender<()>,
}

struct User(Arc<Mutex<Own>>);
/// A session, and who hears that it was looked at.
struct Session(Arc<Mutex<Known>>, Option<mpsc::UnboundedSender<()>>);

fn path(path: &'static str) -> OwnedObjectPath {
    ObjectPath::from_static_str_unchecked(path).into()
}

fn of<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn no_session() -> fdo::Error {
    fdo::Error::Failed("no such session".to_owned())
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn get_session(&self, id: &str) -> fdo::Result<OwnedObjectPath> {
        match *of(&self.own) {
            Own::ById if id == "c2" => Ok(path(OURS)),
            _ => Err(no_session()),
        }
    }

    #[zbus(name = "GetSessionByPID")]
    fn get_session_by_pid(&self, pid: u32) -> fdo::Result<OwnedObjectPath> {
        match *of(&self.own) {
            Own::ByProcess if pid == std::process::id() => Ok(path(OURS)),
            _ => Err(no_session()),
        }
    }

    fn get_user(&self, uid: u32) -> fdo::Result<OwnedObjectPath> {
        if uid == self.uid { Ok(path(USER)) } else { Err(no_session()) }
    }

    /// The last thing that is asked for: by then the signals are listened to.
    #[zbus(property)]
    fn preparing_for_sleep(&self) -> bool {
        let _ = self.asked.send(());
        false
    }
}

#[zbus::interface(name = "org.freedesktop.login1.User")]
impl User {
    #[zbus(property)]
    fn display(&self) -> (String, OwnedObjectPath) {
        match *of(&self.0) {
            Own::ByDisplay => ("c2".to_owned(), path(OURS)),
            _ => (String::new(), path("/")),
        }
    }

    #[zbus(property)]
    #[expect(clippy::unused_self, reason = "the interface wants it so")]
    fn sessions(&self) -> Vec<(String, OwnedObjectPath)> {
        [("c2", OURS), ("c3", SECOND)].map(|(id, at)| (id.to_owned(), path(at))).into()
    }
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        of(&self.0).locked
    }

    #[zbus(property)]
    fn idle_hint(&self) -> bool {
        of(&self.0).idle
    }

    #[zbus(property)]
    fn idle_since_hint(&self) -> u64 {
        of(&self.0).since
    }

    #[zbus(property)]
    fn seat(&self) -> (String, OwnedObjectPath) {
        let seat = of(&self.0).seat;
        (seat.to_owned(), path(if seat.is_empty() { "/" } else { SEAT }))
    }

    #[zbus(property)]
    fn active(&self) -> bool {
        of(&self.0).active
    }

    #[zbus(property, name = "Type")]
    fn kind(&self) -> &'static str {
        of(&self.0).kind
    }

    #[zbus(property)]
    #[expect(clippy::unused_self, reason = "the interface wants it so")]
    fn class(&self) -> &'static str {
        "user"
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn state(&self) -> &'static str {
        let known = *of(&self.0);
        let _ = self.1.as_ref().map(|tell| tell.send(()));
        match (known.closing, known.active) {
            (true, _) => "closing",
            (false, true) => "active",
            (false, false) => "online",
        }
    }
}

impl Login {
    async fn start(bus: &PrivateBus, own: Own, known: Known) -> anyhow::Result<Self> {
        let (tell, asked) = mpsc::unbounded_channel();
        let (look, listed) = mpsc::unbounded_channel();
        let own = Arc::new(Mutex::new(own));
        let uid = rustix::process::getuid().as_raw();
        let manager = Manager { own: own.clone(), uid, asked: tell };
        let bus = bus.connect().await?;
        let server = bus.object_server();
        server.at(MANAGER, manager).await?;
        server.at(USER, User(own)).await?;
        server.at(OURS, Session(Arc::new(Mutex::new(known)), None)).await?;
        let second = Session(Arc::new(Mutex::new(Known::default())), Some(look));
        server.at(SECOND, second).await?;
        bus.request_name("org.freedesktop.login1").await?;
        Ok(Self { bus, asked, listed })
    }

    /// Waits until all sessions, of which the second is the last, were looked at.
    async fn was_listed(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(soon(self.listed.recv()).await?.is_some());
        Ok(())
    }

    /// Waits until it was asked how things stand.
    async fn was_asked(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(soon(self.asked.recv()).await?.is_some());
        Ok(())
    }

    async fn signals<B>(&self, at: &str, name: &str, body: &B) -> anyhow::Result<()>
    where
        B: Serialize + DynamicType,
    {
        let interface = match at {
            MANAGER => "org.freedesktop.login1.Manager",
            _ => "org.freedesktop.login1.Session",
        };
        Ok(self.bus.emit_signal(None::<&str>, at, interface, name, body).await?)
    }

    /// Learns something of our session, and says so.
    async fn learns(&self, change: impl FnOnce(&mut Known)) -> anyhow::Result<()> {
        self.learns_of(OURS, change).await
    }

    /// Learns something of a session, and says so.
    async fn learns_of(&self, at: &str, change: impl FnOnce(&mut Known)) -> anyhow::Result<()> {
        let at = self.bus.object_server().interface::<_, Session>(at).await?;
        let session = at.get().await;
        let (before, after) = {
            let mut known = of(&session.0);
            let before = *known;
            change(&mut known);
            (before, *known)
        };
        if before.locked != after.locked {
            session.locked_hint_changed(at.signal_emitter()).await?;
        }
        if before.idle != after.idle {
            session.idle_hint_changed(at.signal_emitter()).await?;
        }
        if before.kind != after.kind {
            session.type_changed(at.signal_emitter()).await?;
        }
        if before.active != after.active {
            session.active_changed(at.signal_emitter()).await?;
        }
        Ok(())
    }

    /// Another session is that of whoever asks, and one is new.
    async fn moves(&self, own: Own) -> anyhow::Result<()> {
        let at = self.bus.object_server().interface::<_, Manager>(MANAGER).await?;
        *of(&at.get().await.own) = own;
        self.signals(MANAGER, "SessionNew", &("c2", path(OURS))).await
    }
}

fn places(bus: &PrivateBus) -> Place {
    Place { system_bus: Bus::at(bus.address()), session_id: Some("c2".to_owned()), ..nowhere() }
}

#[tokio::test]
async fn sleep_and_waking_are_told() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut login = Login::start(&bus, Own::ById, Known::default()).await?;
    let mut client = Client::start(places(&bus), WATCHES);
    login.was_asked().await?;
    for _ in 0..2 {
        login.signals(MANAGER, "PrepareForSleep", &true).await?;
        client.says(DesktopEvent::Asleep).await?;
        login.signals(MANAGER, "PrepareForSleep", &false).await?;
        client.says(DesktopEvent::Woke).await?;
    }
    client.ends().await
}

#[tokio::test]
async fn the_lock_of_our_session_is_told_however_it_is_found() -> anyhow::Result<()> {
    for own in [Own::ById, Own::ByProcess, Own::ByDisplay] {
        let Some(bus) = PrivateBus::start()? else { return Ok(()) };
        let mut login = Login::start(&bus, own, Known::default()).await?;
        let mut client = Client::start(places(&bus), WATCHES);
        login.was_asked().await?;
        // The session of somebody else is none of our business.
        login.signals(OTHERS, "Lock", &()).await?;
        login.learns(|known| known.locked = true).await?;
        client.says(DesktopEvent::Locked(true)).await?;
        login.learns(|known| known.locked = false).await?;
        client.says(DesktopEvent::Locked(false)).await?;
        client.ends().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_call_to_lock_and_one_to_unlock_are_heard() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let in_use = Known { idle: false, since: 1_800_000_000_000_000, ..Known::default() };
    let mut login = Login::start(&bus, Own::ById, in_use).await?;
    let mut client = Client::start(places(&bus), WATCHES);
    login.was_asked().await?;
    client.says(DesktopEvent::Activity(InputActivity::Lately)).await?;
    login.signals(OURS, "Lock", &()).await?;
    client.says(DesktopEvent::Locked(true)).await?;
    login.signals(OURS, "Unlock", &()).await?;
    client.says(DesktopEvent::Locked(false)).await?;
    client.ends().await
}

#[tokio::test]
async fn the_hint_tells_of_the_hands_where_nothing_better_does() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut login = Login::start(&bus, Own::ById, Known::default()).await?;
    let mut client = Client::start(places(&bus), WATCHES);
    login.was_asked().await?;
    login
        .learns(|known| *known = Known { idle: true, since: 1_800_000_000_000_000, ..*known })
        .await?;
    let since = jiff::Timestamp::from_second(1_800_000_000)?;
    client.says(DesktopEvent::Activity(InputActivity::Resting(since))).await?;
    login
        .learns(|known| *known = Known { idle: false, since: 1_800_000_100_000_000, ..*known })
        .await?;
    client.says(DesktopEvent::Activity(InputActivity::Lately)).await?;
    client.ends().await
}

#[tokio::test]
async fn a_session_that_comes_later_is_followed() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let locked = Known { locked: true, ..Known::default() };
    let mut login = Login::start(&bus, Own::None, locked).await?;
    let mut client = Client::start(places(&bus), WATCHES);
    login.was_asked().await?;
    login.moves(Own::ByDisplay).await?;
    client.says(DesktopEvent::Locked(true)).await?;
    // And one that goes is not locked for ever.
    login.moves(Own::None).await?;
    client.says(DesktopEvent::Locked(false)).await?;
    client.ends().await
}

#[tokio::test]
async fn a_logind_that_is_replaced_is_asked_anew() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut client = Client::start(places(&bus), WATCHES);
    let mut login = Login::start(&bus, Own::ById, Known::default()).await?;
    login.was_asked().await?;
    drop(login);
    let locked = Known { locked: true, ..Known::default() };
    let login = Login::start(&bus, Own::ById, locked).await?;
    client.says(DesktopEvent::Locked(true)).await?;
    login.signals(MANAGER, "PrepareForSleep", &true).await?;
    client.says(DesktopEvent::Asleep).await?;
    client.ends().await
}

#[tokio::test]
async fn a_bus_that_restarts_is_listened_to_again() -> anyhow::Result<()> {
    let Some(mut bus) = PrivateBus::start()? else { return Ok(()) };
    let mut login = Login::start(&bus, Own::ById, Known::default()).await?;
    let mut client = Client::start(places(&bus), WATCHES);
    login.was_asked().await?;
    bus.kill();
    bus.restart()?;
    let mut login = Login::start(&bus, Own::ById, Known::default()).await?;
    login.was_asked().await?;
    login.learns(|known| known.locked = true).await?;
    client.says(DesktopEvent::Locked(true)).await?;
    client.ends().await
}

#[tokio::test]
async fn the_doctor_sees_what_logind_tells() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let login = Login::start(&bus, Own::ById, Known { locked: true, ..Known::default() }).await?;
    let found = look(places(&bus)).await?;
    assert_eq!((found.source, found.hands), (None, InputActivity::Unknown));
    // No desktop has told it of the hands.
    assert_eq!(found.silent.last(), Some(&(IdleSource::Logind, None)));
    assert_eq!(found.lock, ["org.freedesktop.login1"]);
    assert!(found.locked && found.sleep);
    login
        .learns(|known| *known = Known { since: 1_800_000_000_000_000, ..Known::default() })
        .await?;
    let found = look(places(&bus)).await?;
    assert_eq!((found.source, found.hands), (Some(IdleSource::Logind), InputActivity::Lately));
    assert!(!found.locked);
    Ok(())
}

/// In front of a screen, and on it.
const ON_SCREEN: Known = Known { seat: "seat0", active: true, closing: false, ..NO_HINT };
const NO_HINT: Known = Known {
    seat: "",
    active: false,
    closing: false,
    kind: "",
    locked: false,
    idle: false,
    since: 0,
};

#[tokio::test]
async fn the_login_is_over_with_the_last_desktop_session() -> anyhow::Result<()> {
    let desktop = Known { kind: "wayland", ..ON_SCREEN };
    let closing = Known { active: false, closing: true, ..desktop };
    // A compositor that was started in a text console gives it back.
    for (end, expected) in [
        (closing, LoginEnd::SessionClosed),
        (Known { kind: "tty", ..desktop }, LoginEnd::SessionClosed),
    ] {
        let Some(bus) = PrivateBus::start()? else { return Ok(()) };
        let mut login = Login::start(&bus, Own::None, desktop).await?;
        let place = places(&bus);
        let over = tokio::spawn(async move { login_over(&place, false).await });
        login.was_listed().await?;
        login.learns(|known| known.locked = true).await?;
        login.learns(|known| *known = end).await?;
        assert_eq!(soon(over).await??, expected);
    }
    // Another one of the same person is open by then.
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut login = Login::start(&bus, Own::None, desktop).await?;
    let place = places(&bus);
    let over = tokio::spawn(async move { login_over(&place, false).await });
    login.was_listed().await?;
    login.learns_of(SECOND, |known| known.kind = "x11").await?;
    login.was_listed().await?;
    login.learns(|known| *known = closing).await?;
    assert_eq!(soon(over).await??, LoginEnd::Elsewhere);
    Ok(())
}

#[tokio::test]
async fn the_login_is_over_when_the_display_stays_away() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let socket = folder.path().join("wayland-9");
    let compositor = UnixListener::bind(&socket)?;
    let place = Place { wayland: Some(socket.clone()), ..nowhere() };
    let over = tokio::spawn(async move { login_over(&place, false).await });
    drop(soon(compositor.accept()).await??);
    // It hung up once, and is there.
    let (connection, _) = soon(compositor.accept()).await??;
    let gone = clock::now();
    drop((connection, compositor));
    assert_eq!(soon(over).await??, LoginEnd::DisplayGone);
    assert!(clock::now().duration_since(gone) >= GONE_AFTER);
    Ok(())
}

/// A manager of the user that knows this environment.
struct Systemd(Vec<String>);

#[zbus::interface(name = "org.freedesktop.systemd1.Manager")]
impl Systemd {
    #[zbus(property)]
    fn environment(&self) -> Vec<String> {
        self.0.clone()
    }
}

#[tokio::test]
async fn a_display_that_comes_later_is_found() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let manager = bus.connect().await?;
    let known = ["HOME=/home/a", "WAYLAND_DISPLAY=wayland-1"].map(str::to_owned).into();
    manager.object_server().at("/org/freedesktop/systemd1", Systemd(known)).await?;
    manager.request_name("org.freedesktop.systemd1").await?;
    let place = Place { session_bus: Bus::at(bus.address()), ..nowhere() };
    assert_eq!(soon(login_over(&place, true)).await?, LoginEnd::Elsewhere);
    Ok(())
}

#[tokio::test]
async fn another_session_on_the_screen_is_told() -> anyhow::Result<()> {
    for own in [Own::ById, Own::ByProcess, Own::ByDisplay] {
        let Some(bus) = PrivateBus::start()? else { return Ok(()) };
        let mut login = Login::start(&bus, own, ON_SCREEN).await?;
        let mut client = Client::start(places(&bus), WATCHES);
        login.was_asked().await?;
        for _ in 0..2 {
            login.learns(|known| known.active = false).await?;
            client.says(DesktopEvent::OtherSession(true)).await?;
            login.learns(|known| known.active = true).await?;
            client.says(DesktopEvent::OtherSession(false)).await?;
        }
        // Another one of the same person, as in a text console.
        login.learns_of(SECOND, |known| *known = Known { seat: "seat0", ..*known }).await?;
        login.learns_of(SECOND, |known| known.active = true).await?;
        login.learns(|known| known.active = false).await?;
        login.learns(|known| known.locked = true).await?;
        client.says(DesktopEvent::Locked(true)).await?;
        login.learns_of(SECOND, |known| known.active = false).await?;
        client.says(DesktopEvent::OtherSession(true)).await?;
        client.ends().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_session_that_is_behind_at_the_start_is_told_so() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let behind = Known { active: false, ..ON_SCREEN };
    let mut login = Login::start(&bus, Own::ByDisplay, behind).await?;
    let mut client = Client::start(places(&bus), WATCHES);
    login.was_asked().await?;
    client.says(DesktopEvent::OtherSession(true)).await?;
    // Of a session that nobody tells anything of, it is not known.
    drop(login);
    client.says(DesktopEvent::OtherSession(false)).await?;
    client.ends().await
}

#[tokio::test]
async fn a_session_without_a_screen_is_never_behind_another() -> anyhow::Result<()> {
    let network = Known { seat: "", ..ON_SCREEN };
    let logged_out = Known { active: false, closing: true, ..ON_SCREEN };
    for (own, known) in [
        (Own::ById, network),
        (Own::ByProcess, Known { active: false, ..network }),
        // A service that lingers.
        (Own::None, network),
        (Own::ByDisplay, logged_out),
    ] {
        let Some(bus) = PrivateBus::start()? else { return Ok(()) };
        let mut login = Login::start(&bus, own, known).await?;
        if known.seat.is_empty() && !matches!(own, Own::None) {
            // A screen that another one of the same person has left.
            let behind = Known { active: false, ..ON_SCREEN };
            login.learns_of(SECOND, |known| *known = behind).await?;
        }
        let mut client = Client::start(places(&bus), WATCHES);
        login.was_asked().await?;
        login.signals(MANAGER, "PrepareForSleep", &true).await?;
        client.says(DesktopEvent::Asleep).await?;
        client.ends().await?;
    }
    Ok(())
}

const MANAGER: &str = "/org/freedesktop/login1";
const USER: &str = "/org/freedesktop/login1/user/_1000";
const OURS: &str = "/org/freedesktop/login1/session/c2";
const SECOND: &str = "/org/freedesktop/login1/session/c3";
const SEAT: &str = "/org/freedesktop/login1/seat/seat0";
const OTHERS: &str = "/org/freedesktop/login1/session/c1";
