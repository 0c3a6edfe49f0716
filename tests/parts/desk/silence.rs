//! Notification servers as people have them, silenced in the ways that they have.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::Context as _;
use anyhow::ensure;
use kindbeat::dbus::Bus;
use kindbeat::desktop;
use kindbeat::desktop::DesktopCommand;
use kindbeat::desktop::Place;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;
use tokio::sync::Notify;
use zbus::Connection;
use zbus::object_server::Interface;

use super::bus::Ended;
use super::bus::PrivateBus;
use super::bus::installed;
use super::limits::Limited;
use super::stand::Watcher;
use super::stand::nowhere;
use super::stand::soon;
use crate::compositor::Compositor;
use crate::compositor::CompositorKind;
use crate::xvfb::Xvfb;

#[tokio::test]
async fn dunst_is_paused_and_goes_on() -> anyhow::Result<()> {
    let needed = [("Xvfb", "xvfb"), ("dunst", "dunst"), ("dunstctl", "dunst")];
    if !installed(&needed)? {
        return Ok(());
    }
    let screen = Xvfb::start()?;
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut dunst = started(bus.program("dunst").env("DISPLAY", screen.display()))?;
    owned(&bus, SERVER).await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    assert_eq!(watcher.next().await?[Fact::DoNotDisturb], Probe::No);
    done(bus.program("dunstctl").args(["set-paused", "true"]))?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::Yes).await?;
    done(bus.program("dunstctl").args(["set-paused", "false"]))?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::No).await?;
    assert_eq!(probed(&bus).await, ("dunst".to_owned(), Probe::No));
    // With it goes what it said; nobody shows anything then.
    dunst.end();
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::Absent).await?;
    let _dunst = started(bus.program("dunst").env("DISPLAY", screen.display()))?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::No).await?;
    Ok(())
}

#[tokio::test]
async fn xfce_is_silenced_in_its_settings() -> anyhow::Result<()> {
    let services = [
        "/usr/share/dbus-1/services/org.xfce.xfce4-notifyd.Notifications.service",
        "/usr/share/dbus-1/services/org.xfce.Xfconf.service",
    ];
    let needed = [
        ("Xvfb", "xvfb"),
        (services[0], "xfce4-notifyd"),
        (services[1], "xfconf"),
        ("xfconf-query", "xfconf"),
    ];
    if !installed(&needed)? {
        return Ok(());
    }
    let screen = Xvfb::start()?;
    let services = services.map(Path::new);
    let Some(bus) = PrivateBus::with_services(&services, Some(screen.display()))? else {
        return Ok(());
    };
    // Nobody is started by looking.
    assert_eq!(probed(&bus).await, ("notification server".to_owned(), Probe::Absent));
    start(&bus).await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    assert_eq!(watcher.next().await?[Fact::DoNotDisturb], Probe::No);
    let query = |rest: &[&str]| {
        done(
            bus.program("xfconf-query")
                .args(["-c", "xfce4-notifyd", "-p", "/do-not-disturb"])
                .args(rest),
        )
    };
    query(&["-n", "-t", "bool", "-s", "true"])?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::Yes).await?;
    query(&["-r"])?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::No).await?;
    assert_eq!(probed(&bus).await, ("Xfce".to_owned(), Probe::No));
    Ok(())
}

/// A notification server with the property of Plasma.
struct Plasma {
    name: &'static str,
    inhibited: bool,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Plasma {
    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        (self.name, "KDE", "5.27.5", "1.2")
    }

    #[zbus(property)]
    fn inhibited(&self) -> bool {
        self.inhibited
    }
}

#[tokio::test]
async fn plasma_says_that_it_is_silenced() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let server = serve(&bus, Plasma { name: "Plasma", inhibited: true }).await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    assert_eq!(watcher.next().await?[Fact::DoNotDisturb], Probe::Yes);
    let at = server.object_server().interface::<_, Plasma>(PATH).await?;
    at.get_mut().await.inhibited = false;
    at.get().await.inhibited_changed(at.signal_emitter()).await?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::No).await?;
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_not_known_does_not_hold_back_and_is_named() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _server = serve(&bus, Plasma { name: "Something", inhibited: true }).await?;
    let listed = desktop::probe(on(&bus)).await.desktop;
    let silence = listed.iter().find(|probed| probed.fact == Fact::DoNotDisturb);
    let why = silence.and_then(|probed| probed.why.as_ref()).map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("Something does not tell whether it is silenced"));
    Ok(())
}

/// A server that says who it is when it is let.
struct Slow(Arc<Notify>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Slow {
    async fn get_server_information(&self) -> (&str, &str, &str, &str) {
        self.0.notified().await;
        ("Plasma", "KDE", "6", "1.2")
    }

    #[zbus(property)]
    fn inhibited(&self) -> bool {
        Arc::strong_count(&self.0) == 0
    }
}

#[tokio::test]
async fn a_server_that_is_late_holds_back_until_it_answers() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let first = serve(&bus, Plasma { name: "Plasma", inhibited: false }).await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    assert_eq!(watcher.next().await?[Fact::DoNotDisturb], Probe::No);
    // Another takes over: what the first said does not stand for it.
    first.close().await?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::Absent).await?;
    let may_answer = Arc::new(Notify::new());
    let _second = serve(&bus, Slow(may_answer.clone())).await?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::Failed).await?;
    may_answer.notify_one();
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::No).await?;
    Ok(())
}

/// What is written in the settings of a desktop while its notifications are silenced, and while they are not.
struct Setting {
    server: &'static str,
    vendor: &'static str,
    schema: &'static str,
    key: &'static str,
    silenced: &'static str,
    not: &'static str,
}

const GNOME: Setting = Setting {
    server: "gnome-shell",
    vendor: "GNOME",
    schema: "org.gnome.desktop.notifications",
    key: "show-banners",
    silenced: "false",
    not: "true",
};

const MATE: Setting = Setting {
    server: "Notification Daemon",
    vendor: "MATE",
    schema: "org.mate.NotificationDaemon",
    key: "do-not-disturb",
    silenced: "true",
    not: "false",
};

const CINNAMON: Setting = Setting {
    server: "cinnamon",
    vendor: "Linux Mint",
    schema: "org.cinnamon.desktop.notifications",
    key: "display-notifications",
    silenced: "false",
    not: "true",
};

#[tokio::test]
async fn the_banners_of_gnome_are_switched_off_in_its_settings() -> anyhow::Result<()> {
    let schema = "/usr/share/glib-2.0/schemas/org.gnome.desktop.notifications.gschema.xml";
    if !installed(&[(schema, "gsettings-desktop-schemas")])? {
        return Ok(());
    }
    is_silenced_in_its_settings(&GNOME, None).await
}

#[tokio::test]
async fn mate_is_silenced_in_its_settings() -> anyhow::Result<()> {
    let schema = "/usr/share/glib-2.0/schemas/org.mate.NotificationDaemon.gschema.xml";
    if !installed(&[(schema, "mate-notification-daemon-common")])? {
        return Ok(());
    }
    is_silenced_in_its_settings(&MATE, None).await
}

/// With the key of its schema alone, which Debian 12 has only with all of Cinnamon.
#[tokio::test]
async fn cinnamon_is_silenced_in_its_settings() -> anyhow::Result<()> {
    if !installed(&[("glib-compile-schemas", "libglib2.0-bin")])? {
        return Ok(());
    }
    let schemas = tempfile::tempdir()?;
    let Setting { schema, key, not, .. } = CINNAMON;
    let path = schema.replace('.', "/");
    let text = format!(
        "<schemalist><schema id='{schema}' path='/{path}/'>\
         <key name='{key}' type='b'><default>{not}</default></key></schema></schemalist>"
    );
    std::fs::write(schemas.path().join(format!("{schema}.gschema.xml")), text)?;
    done(Command::new("glib-compile-schemas").arg(schemas.path()))?;
    is_silenced_in_its_settings(&CINNAMON, Some(schemas.path())).await
}

async fn is_silenced_in_its_settings(
    setting: &Setting,
    schemas: Option<&Path>,
) -> anyhow::Result<()> {
    let needed = [
        ("gsettings", "libglib2.0-bin"),
        (DCONF, "dconf-service"),
        ("/usr/lib/x86_64-linux-gnu/gio/modules/libdconfsettings.so", "dconf-gsettings-backend"),
    ];
    if !installed(&needed)? {
        return Ok(());
    }
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let configured = |program: &str| {
        let mut command = configured(&bus, program);
        command.envs(schemas.map(|folder| ("GSETTINGS_SCHEMA_DIR", folder)));
        command
    };
    let _settings = settings(&bus).await?;
    let Setting { server: name, vendor, schema, key, silenced, not } = *setting;
    let _server = serve(&bus, Named { name, vendor }).await?;
    // In a process of its own, whose settings are not those of whoever runs the test.
    let mut setpriv = configured("setpriv");
    setpriv.env_remove("DISPLAY");
    let Some(mut watcher) = Limited::start(setpriv)? else { return Ok(()) };
    watcher.until("do_not_disturb: No").await?;
    for (value, seen) in [(silenced, "do_not_disturb: Yes"), (not, "do_not_disturb: No")] {
        done(configured("gsettings").args(["set", schema, key, value]))?;
        watcher.until(seen).await?;
    }
    Ok(())
}

/// The program that tells of changes begins to watch only after the first of them.
#[tokio::test]
async fn a_setting_that_changes_before_it_is_watched_is_seen() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let Setting { server: name, vendor, silenced, not, .. } = CINNAMON;
    let _server = serve(&bus, Named { name, vendor }).await?;
    let (program, setting) = (bus.folder().join("gsettings"), bus.folder().join("setting"));
    let script =
        format!("#!/bin/sh\n[ $1 = get ] || exec sleep 600\nexec cat '{}'\n", setting.display());
    std::fs::write(&program, script)?;
    std::fs::set_permissions(&program, Permissions::from_mode(0o755))?;
    std::fs::write(&setting, not)?;
    let place = Place { programs: vec![bus.folder().to_owned()], ..on(&bus) };
    let mut watcher = Watcher::start(place).await?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::No).await?;
    std::fs::write(&setting, silenced)?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::Yes).await?;
    Ok(())
}

/// What swaync answers.
struct Swaync(bool);

#[zbus::interface(name = "org.erikreider.swaync.cc")]
impl Swaync {
    #[zbus(name = "GetDnd")]
    fn is_silenced(&self) -> bool {
        self.0
    }
}

/// A server has its name before it says who it is, or knows that and not yet whether it is silenced.
#[tokio::test]
async fn what_a_server_answers_only_once_it_is_up_is_seen() -> anyhow::Result<()> {
    for knows_itself in [false, true] {
        let Some(bus) = PrivateBus::start()? else { return Ok(()) };
        let named = Named { name: "SwayNotificationCenter", vendor: "ErikReider" };
        let server = bus.connect().await?;
        let objects = server.object_server();
        let (first, later) = if knows_itself { (Some(named), None) } else { (None, Some(named)) };
        if let Some(known) = first {
            objects.at(PATH, known).await?;
        }
        server.request_name(SERVER).await?;
        let mut watcher = Watcher::start(on(&bus)).await?;
        watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::Absent).await?;
        objects.at("/org/erikreider/swaync/cc", Swaync(true)).await?;
        if let Some(known) = later {
            objects.at(PATH, known).await?;
        }
        watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::Yes).await?;
    }
    Ok(())
}

/// A notification server of this name that tells nothing else.
struct Named {
    name: &'static str,
    vendor: &'static str,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Named {
    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        (self.name, self.vendor, "1", "1.2")
    }
}

/// What Budgie 10.9 and 10.10 answer beside the notifications.
struct Budgie(bool);

#[zbus::interface(name = "org.buddiesofbudgie.budgie.Dispatcher")]
impl Budgie {
    fn get_do_not_disturb(&self) -> bool {
        self.0
    }

    #[zbus(signal)]
    async fn do_not_disturb_changed(
        emitter: &zbus::object_server::SignalEmitter<'_>,
        is_on: bool,
    ) -> zbus::Result<()>;
}

#[tokio::test]
async fn budgie_is_silenced() -> anyhow::Result<()> {
    const AT: &str = "/org/budgie_desktop/Notifications";
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (name, vendor) = ("Budgie Notification Server", "Budgie Desktop Developers");
    let server = serve(&bus, Named { name, vendor }).await?;
    server.object_server().at(AT, Budgie(true)).await?;
    server.request_name("org.budgie_desktop.Notifications").await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::Yes).await?;
    let at = server.object_server().interface::<_, Budgie>(AT).await?;
    for is_on in [false, true] {
        at.get_mut().await.0 = is_on;
        Budgie::do_not_disturb_changed(at.signal_emitter(), is_on).await?;
        let probe = if is_on { Probe::Yes } else { Probe::No };
        watcher.until(|seen| seen[Fact::DoNotDisturb] == probe).await?;
    }
    assert_eq!(probed(&bus).await, ("Budgie".to_owned(), Probe::Yes));
    Ok(())
}

/// The file is written anew, in place of the old one, as lxqt-notificationd does.
#[tokio::test]
async fn lxqt_is_silenced_in_its_file() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _server = serve(&bus, Named { name: "lxqt-notificationd", vendor: "lxqt.org" }).await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    assert_eq!(watcher.next().await?[Fact::DoNotDisturb], Probe::No);
    let folder = bus.folder().join("config/lxqt");
    std::fs::create_dir_all(&folder)?;
    for (value, probe) in [("true", Probe::Yes), ("false", Probe::No), ("true", Probe::Yes)] {
        let text = format!("[General]\n__userfile__=true\ndoNotDisturb={value}\n");
        std::fs::write(folder.join("notifications.conf.new"), text)?;
        std::fs::rename(folder.join("notifications.conf.new"), folder.join("notifications.conf"))?;
        watcher.until(|seen| seen[Fact::DoNotDisturb] == probe).await?;
    }
    assert_eq!(probed(&bus).await, ("LXQt".to_owned(), Probe::Yes));
    std::fs::remove_file(folder.join("notifications.conf"))?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::No).await?;
    Ok(())
}

#[tokio::test]
async fn fnott_cannot_be_asked_and_that_is_said() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _server = serve(&bus, Named { name: "fnott", vendor: "dnkl" }).await?;
    let listed = desktop::probe(on(&bus)).await.desktop;
    let silence = listed.iter().find(|probed| probed.fact == Fact::DoNotDisturb);
    let silence = silence.context("it is listed")?;
    let why = silence.why.as_ref().map(ToString::to_string);
    assert_eq!(silence.seen, Probe::Absent);
    assert_eq!(
        why.as_deref(),
        Some(
            "fnott cannot be asked whether it is paused; an offer that it then does not show is noticed, and does not count"
        )
    );
    Ok(())
}

#[tokio::test]
async fn swaync_is_silenced() -> anyhow::Result<()> {
    if !installed(&[("swaync", "sway-notification-center"), (DCONF, "dconf-service")])? {
        return Ok(());
    }
    let Some(sway) = Compositor::start(CompositorKind::Sway)? else { return Ok(()) };
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _settings = settings(&bus).await?;
    let _server = started(sway.on(&mut configured(&bus, "swaync")))?;
    owned(&bus, SERVER).await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::No).await?;
    done(sway.on(bus.program("swaync-client").arg("-dn")))?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::Yes).await?;
    done(sway.on(bus.program("swaync-client").arg("-df")))?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::No).await?;
    assert_eq!(probed(&bus).await, ("swaync".to_owned(), Probe::No));
    Ok(())
}

#[tokio::test]
async fn mako_is_in_a_mode_for_it() -> anyhow::Result<()> {
    // Its program for modes asks through busctl.
    let needed = [("mako", "mako-notifier"), ("makoctl", "mako-notifier"), ("busctl", "systemd")];
    if !installed(&needed)? {
        return Ok(());
    }
    let Some(sway) = Compositor::start(CompositorKind::Sway)? else { return Ok(()) };
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _server = started(sway.on(&mut bus.program("mako")))?;
    owned(&bus, SERVER).await?;
    let mut watcher = Watcher::start(on(&bus)).await?;
    assert_eq!(watcher.next().await?[Fact::DoNotDisturb], Probe::No);
    watcher.command(DesktopCommand::WatchFacts(false)).await?;
    done(sway.on(bus.program("makoctl").args(["mode", "-a", "do-not-disturb"])))?;
    // This version tells nobody: it is asked anew with the next elevation.
    watcher.command(DesktopCommand::WatchFacts(true)).await?;
    assert_eq!(watcher.next().await?[Fact::DoNotDisturb], Probe::Yes);
    assert_eq!(probed(&bus).await, ("mako".to_owned(), Probe::Yes));
    Ok(())
}

/// A desktop with this session bus and nothing else.
fn on(bus: &PrivateBus) -> Place {
    let mut place = nowhere(bus.folder());
    place.session_bus = Bus::at(bus.address());
    place
}

/// Who is asked on this bus, and what it says.
async fn probed(bus: &PrivateBus) -> (String, Probe) {
    let listed = desktop::probe(on(bus)).await.desktop;
    let silence = listed.iter().find(|probed| probed.fact == Fact::DoNotDisturb);
    silence.map_or_else(
        || (String::new(), Probe::Failed),
        |probed| (probed.source.to_string(), probed.seen),
    )
}

async fn serve<S: Interface>(bus: &PrivateBus, server: S) -> anyhow::Result<Connection> {
    let connection = bus.connect().await?;
    connection.object_server().at(PATH, server).await?;
    connection.request_name(SERVER).await?;
    Ok(connection)
}

/// Waits until there is somebody of this name.
async fn owned(bus: &PrivateBus, name: &'static str) -> anyhow::Result<()> {
    use futures_util::StreamExt as _;
    let connection = bus.connect().await?;
    let dbus = zbus::fdo::DBusProxy::new(&connection).await?;
    let mut owners = dbus.receive_name_owner_changed().await?;
    while !dbus.name_has_owner(name.try_into()?).await? {
        soon(owners.next()).await?.context("no bus")?;
    }
    Ok(())
}

/// Has the bus start a server.
async fn start(bus: &PrivateBus) -> anyhow::Result<()> {
    let connection = bus.connect().await?;
    let dbus = zbus::fdo::DBusProxy::new(&connection).await?;
    soon(dbus.start_service_by_name(SERVER.try_into()?, 0)).await??;
    Ok(())
}

/// The store of settings, in a folder where its files are not in the way of others of the same name.
async fn settings(bus: &PrivateBus) -> anyhow::Result<Ended> {
    let store = started(&mut configured(bus, DCONF))?;
    owned(bus, "ca.desrt.dconf").await?;
    Ok(store)
}

/// A program that finds these settings.
fn configured(bus: &PrivateBus, name: &str) -> Command {
    let mut command = bus.program(name);
    command.env("XDG_CONFIG_HOME", bus.folder().join("config"));
    command
}

fn started(command: &mut Command) -> anyhow::Result<Ended> {
    Ok(Ended(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
}

fn done(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

const DCONF: &str = "/usr/libexec/dconf-service";

const SERVER: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
