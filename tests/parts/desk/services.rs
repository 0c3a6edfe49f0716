//! Services on a bus that answer for a fact: stand-ins for those that only a whole desktop has.

use std::sync::Arc;
use std::sync::Mutex;

use kindbeat::dbus::Bus;
use kindbeat::desktop::Place;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;
use zbus::Connection;
use zbus::ObjectPath;
use zbus::object_server::SignalEmitter;

use super::bus::PrivateBus;
use super::stand::Watcher;
use super::stand::nowhere;

/// What somebody keeps from happening: what, who, why, how, the user and the process.
type Inhibitor = (String, String, String, String, u32, u32);

/// logind, as far as it is asked.
struct Login(Arc<Mutex<Vec<Inhibitor>>>);

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    fn list_inhibitors(&self) -> Vec<Inhibitor> {
        self.0.lock().map(|all| all.clone()).unwrap_or_default()
    }

    #[zbus(property)]
    fn block_inhibited(&self) -> String {
        let all = self.list_inhibitors();
        let blocked = all.iter().filter(|inhibitor| inhibitor.3 == "block");
        blocked.map(|inhibitor| inhibitor.0.clone()).collect::<Vec<_>>().join(":")
    }

    #[zbus(property)]
    fn idle_hint(&self) -> bool {
        self.list_inhibitors().is_empty()
    }
}

#[tokio::test]
async fn logind_is_asked_for_what_keeps_this_user_awake() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let own = rustix::process::getuid().as_raw();
    let of = |what: &str, mode: &str, user| {
        let words = [what, "somebody", "a reason", mode].map(str::to_owned);
        let [what, who, why, mode] = words;
        (what, who, why, mode, user, 1)
    };
    // As on every desktop.
    let always = of("sleep:handle-lid-switch", "block", own);
    let all = Arc::new(Mutex::new(vec![always.clone(), of("idle", "block", own + 1)]));
    let login = bus.connect().await?;
    login.object_server().at("/org/freedesktop/login1", Login(all.clone())).await?;
    login.request_name("org.freedesktop.login1").await?;
    let mut place = nowhere(bus.folder());
    place.system_bus = Bus::at(bus.address());
    let mut watcher = Watcher::start(place).await?;
    assert_eq!(watcher.next().await?[Fact::Inhibited], Probe::No);

    let set = async |inhibitors| {
        if let Ok(mut all) = all.lock() {
            *all = inhibitors;
        }
        let at = login.object_server().interface::<_, Login>("/org/freedesktop/login1").await?;
        at.get().await.idle_hint_changed(at.signal_emitter()).await?;
        at.get().await.block_inhibited_changed(at.signal_emitter()).await
    };
    set(vec![always.clone(), of("idle:sleep", "block", own)]).await?;
    watcher.until(|seen| seen[Fact::Inhibited] == Probe::Yes).await?;
    set(vec![always, of("idle", "delay", own)]).await?;
    watcher.until(|seen| seen[Fact::Inhibited] == Probe::No).await?;
    Ok(())
}

/// The session manager of GNOME: what is inhibited, as bits.
struct Session(Arc<Mutex<u32>>);

#[zbus::interface(name = "org.gnome.SessionManager")]
impl Session {
    fn is_inhibited(&self, what: u32) -> bool {
        self.0.lock().is_ok_and(|inhibited| *inhibited & what != 0)
    }

    #[zbus(signal)]
    async fn inhibitor_added(to: &SignalEmitter<'_>, path: ObjectPath<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn inhibitor_removed(to: &SignalEmitter<'_>, path: ObjectPath<'_>) -> zbus::Result<()>;
}

#[tokio::test]
async fn the_session_of_gnome_tells_what_keeps_it_from_going_idle() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let inhibited = Arc::new(Mutex::new(4));
    let session = serve(
        &bus,
        "org.gnome.SessionManager",
        "/org/gnome/SessionManager",
        Session(inhibited.clone()),
    )
    .await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    // Sleep is inhibited, and nothing else.
    assert_eq!(watcher.next().await?[Fact::Inhibited], Probe::No);
    let to = SignalEmitter::new(&session, "/org/gnome/SessionManager")?;
    let one = ObjectPath::try_from("/org/gnome/SessionManager/Inhibitor1")?;
    set(&inhibited, 4 | 8);
    Session::inhibitor_added(&to, one.clone()).await?;
    watcher.until(|seen| seen[Fact::Inhibited] == Probe::Yes).await?;
    set(&inhibited, 4);
    Session::inhibitor_removed(&to, one).await?;
    watcher.until(|seen| seen[Fact::Inhibited] == Probe::No).await?;
    Ok(())
}

/// The power management of Plasma: what is inhibited, as bits.
struct Policy(Arc<Mutex<u32>>);

#[zbus::interface(name = "org.kde.Solid.PowerManagement.PolicyAgent")]
impl Policy {
    fn has_inhibition(&self, what: u32) -> bool {
        self.0.lock().is_ok_and(|inhibited| *inhibited & what != 0)
    }

    #[zbus(signal)]
    async fn inhibitions_changed(
        to: &SignalEmitter<'_>,
        added: Vec<(String, String)>,
        removed: Vec<String>,
    ) -> zbus::Result<()>;
}

#[tokio::test]
async fn plasma_tells_what_keeps_the_screen_on() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (name, path) =
        ("org.kde.Solid.PowerManagement.PolicyAgent", "/org/kde/Solid/PowerManagement/PolicyAgent");
    let inhibited = Arc::new(Mutex::new(1));
    let policy = serve(&bus, name, path, Policy(inhibited.clone())).await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    // A download keeps it from sleeping.
    assert_eq!(watcher.next().await?[Fact::Inhibited], Probe::No);
    let to = SignalEmitter::new(&policy, path)?;
    set(&inhibited, 5);
    Policy::inhibitions_changed(&to, vec![("player".into(), "a film".into())], vec![]).await?;
    watcher.until(|seen| seen[Fact::Inhibited] == Probe::Yes).await?;
    Ok(())
}

/// A session manager that is asked something else.
struct Other;

#[zbus::interface(name = "org.gnome.SessionManager")]
impl Other {
    fn can_shutdown(&self) -> bool {
        let Self = self;
        true
    }
}

/// A session manager that does not say.
struct Refusing;

#[zbus::interface(name = "org.gnome.SessionManager")]
impl Refusing {
    fn is_inhibited(&self, what: u32) -> zbus::fdo::Result<bool> {
        let Self = self;
        Err(zbus::fdo::Error::Failed(format!("nobody knows {what}")))
    }
}

#[tokio::test]
async fn a_refused_question_has_failed_and_an_unknown_one_is_absent() -> anyhow::Result<()> {
    let (name, path) = ("org.gnome.SessionManager", "/org/gnome/SessionManager");
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _session = serve(&bus, name, path, Refusing).await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    assert_eq!(watcher.next().await?[Fact::Inhibited], Probe::Failed);
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _session = serve(&bus, name, path, Other).await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    assert_eq!(watcher.next().await?[Fact::Inhibited], Probe::Absent);
    Ok(())
}

/// A desktop with this session bus and nothing else.
fn on(bus: &PrivateBus) -> Place {
    let mut place = nowhere(bus.folder());
    place.session_bus = Bus::at(bus.address());
    place
}

fn set(inhibited: &Mutex<u32>, what: u32) {
    if let Ok(mut inhibited) = inhibited.lock() {
        *inhibited = what;
    }
}

/// Somebody of this name, with one object.
async fn serve<I: zbus::object_server::Interface>(
    bus: &PrivateBus,
    name: &'static str,
    path: &'static str,
    object: I,
) -> anyhow::Result<Connection> {
    let connection = bus.connect().await?;
    connection.object_server().at(path, object).await?;
    connection.request_name(name).await?;
    Ok(connection)
}
