//! Notification servers as people have them, silenced in the ways that they have.

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
use crate::sway::Sway;
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

#[tokio::test]
async fn the_banners_of_gnome_are_switched_off_in_its_settings() -> anyhow::Result<()> {
    let schema = "/usr/share/glib-2.0/schemas/org.gnome.desktop.notifications.gschema.xml";
    let needed = [
        ("gsettings", "libglib2.0-bin"),
        (DCONF, "dconf-service"),
        ("/usr/lib/x86_64-linux-gnu/gio/modules/libdconfsettings.so", "dconf-gsettings-backend"),
        (schema, "gsettings-desktop-schemas"),
    ];
    if !installed(&needed)? {
        return Ok(());
    }
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _settings = settings(&bus).await?;
    let _shell = serve(&bus, Plasma { name: "gnome-shell", inhibited: false }).await?;
    // In a process of its own, whose settings are not those of whoever runs the test.
    let Some(mut watcher) = Limited::start(configured(&bus, "setpriv"))? else { return Ok(()) };
    watcher.until("do_not_disturb: No").await?;
    let set = |shown: &str| {
        let what = ["set", "org.gnome.desktop.notifications", "show-banners", shown];
        done(configured(&bus, "gsettings").args(what))
    };
    set("false")?;
    watcher.until("do_not_disturb: Yes").await?;
    set("true")?;
    watcher.until("do_not_disturb: No").await?;
    Ok(())
}

#[tokio::test]
async fn swaync_is_silenced() -> anyhow::Result<()> {
    if !installed(&[("swaync", "sway-notification-center"), (DCONF, "dconf-service")])? {
        return Ok(());
    }
    let Some(sway) = Sway::start()? else { return Ok(()) };
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
    let Some(sway) = Sway::start()? else { return Ok(()) };
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
