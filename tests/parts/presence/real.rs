//! The compositors of GNOME and of KDE, without a screen: large, so only where they (`KINDBEAT_LARGE`) or everything (`KINDBEAT_ALL`) are asked for.

use std::fs;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use kindbeat::dbus::Bus;
use kindbeat::desktop::IdleSource;
use kindbeat::desktop::Place;
use kindbeat_core::context::InputActivity;
use wayland_client::Connection;
use wayland_client::Dispatch;
use wayland_client::QueueHandle;
use wayland_client::delegate_noop;
use wayland_client::globals::GlobalListContents;
use wayland_client::globals::registry_queue_init;
use wayland_client::protocol::wl_registry;
use wayland_client::protocol::wl_registry::WlRegistry;
use wayland_protocols_plasma::fake_input::client::org_kde_kwin_fake_input::OrgKdeKwinFakeInput;
use zbus::OwnedObjectPath;
use zbus::fdo::DBusProxy;

use super::bus::Ended;
use super::bus::PrivateBus;
use super::bus::installed;
use super::client::Client;
use super::client::WATCHES;
use super::client::look;
use super::client::nowhere;
use super::client::soon;

fn everything() -> bool {
    ["KINDBEAT_ALL", "KINDBEAT_LARGE"].iter().any(|name| std::env::var_os(name).is_some())
}

#[tokio::test]
async fn under_gnome_a_rest_and_its_end_are_told() -> anyhow::Result<()> {
    if !everything() || !installed(&[("gnome-shell", "gnome-shell")])? {
        return Ok(());
    }
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let connection = bus.connect().await?;
    let mut shell = bus.program("gnome-shell");
    shell
        .args(["--headless", "--wayland", "--no-x11", "--virtual-monitor", "640x480"])
        .env("DBUS_SYSTEM_BUS_ADDRESS", bus.address())
        .env_remove("DISPLAY");
    let _shell = quiet(&mut shell)?;
    comes(&connection, "org.gnome.Mutter.IdleMonitor").await?;
    comes(&connection, "org.gnome.Mutter.RemoteDesktop").await?;
    let places = Place { session_bus: Bus::at(bus.address()), ..nowhere() };
    // A shell that is still at its start may answer too late.
    let answers = async {
        while Box::pin(look(places.clone())).await?.source != Some(IdleSource::Mutter) {}
        anyhow::Ok(())
    };
    soon(answers).await??;
    let pointer = Pointer::new(&connection).await?;
    let mut client = Client::start(places, WATCHES);
    client.watch_pause(true).await?;
    rests_and_works(&mut client, async || pointer.moves().await).await
}

#[tokio::test]
async fn under_kde_a_rest_and_its_end_are_told() -> anyhow::Result<()> {
    if !everything() || !installed(&[("kwin_wayland", "kwin-wayland")])? {
        return Ok(());
    }
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    // A copy has no capabilities, which not every machine grants. It has to have that name.
    let program = bus.folder().join("kwin_wayland");
    fs::copy("/usr/bin/kwin_wayland", &program)?;
    let mut kwin = bus.program(program.to_str().context("a path")?);
    kwin.args(["--virtual", "--no-lockscreen", "--socket", "kwin"])
        .env("KWIN_WAYLAND_NO_PERMISSION_CHECKS", "1")
        .env_remove("DISPLAY");
    let connection = bus.connect().await?;
    let _kwin = quiet(&mut kwin)?;
    comes(&connection, "org.kde.KWin").await?;
    let socket = bus.folder().join("kwin");
    let places = Place { wayland: Some(socket.clone()), ..nowhere() };
    // It has its name on the bus before it answers.
    let answers = async {
        while Box::pin(look(places.clone())).await?.source != Some(IdleSource::ExtIdleNotify) {}
        anyhow::Ok(())
    };
    soon(answers).await??;
    let mut client = Client::start(places, WATCHES);
    client.watch_pause(true).await?;
    rests_and_works(&mut client, async || moves_pointer(&socket)).await
}

async fn rests_and_works(
    client: &mut Client,
    work: impl AsyncFn() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for round in 0..4 {
        // Whoever has been busy until now is told first.
        let hands = client.hands().await?;
        if round == 0 && hands == InputActivity::Busy {
            continue;
        }
        assert!(matches!(hands, InputActivity::Resting(_)), "{hands:?}");
        work().await?;
        // A compositor that had no time for a second may tell of the rest once more before it tells of the use.
        while client.hands().await? != InputActivity::Busy {}
    }
    Ok(())
}

fn quiet(command: &mut Command) -> anyhow::Result<Ended> {
    Ok(Ended(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
}

/// Waits until somebody has this name on the bus.
async fn comes(connection: &zbus::Connection, name: &'static str) -> anyhow::Result<()> {
    let bus = DBusProxy::new(connection).await?;
    let mut changes = bus.receive_name_owner_changed_with_args(&[(0, name)]).await?;
    if !bus.name_has_owner(name.try_into()?).await? {
        soon(changes.next()).await?.context("the bus is gone")?;
    }
    Ok(())
}

/// A pointer as programs for remote help have it.
struct Pointer<'a> {
    bus: &'a zbus::Connection,
    session: OwnedObjectPath,
}

impl<'a> Pointer<'a> {
    async fn new(bus: &'a zbus::Connection) -> anyhow::Result<Self> {
        let (name, path) = (REMOTE, "/org/gnome/Mutter/RemoteDesktop");
        let made = bus.call_method(Some(name), path, Some(name), "CreateSession", &()).await?;
        let pointer = Self { bus, session: made.body().deserialize()? };
        pointer.call("Start", &()).await?;
        Ok(pointer)
    }

    async fn moves(&self) -> anyhow::Result<()> {
        self.call("NotifyPointerMotionRelative", &(5.0, 5.0)).await
    }

    async fn call<B>(&self, method: &'static str, body: &B) -> anyhow::Result<()>
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        let interface = "org.gnome.Mutter.RemoteDesktop.Session";
        self.bus.call_method(Some(REMOTE), &self.session, Some(interface), method, body).await?;
        Ok(())
    }
}

/// Whoever moves the pointer under KDE.
struct Hand;

impl Dispatch<WlRegistry, GlobalListContents> for Hand {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Hand: OrgKdeKwinFakeInput);

fn moves_pointer(socket: &std::path::Path) -> anyhow::Result<()> {
    let connection = Connection::from_socket(std::os::unix::net::UnixStream::connect(socket)?)?;
    let (globals, mut queue) = registry_queue_init::<Hand>(&connection)?;
    let input: OrgKdeKwinFakeInput = globals.bind(&queue.handle(), 1..=1, ())?;
    input.authenticate("kindbeat".to_owned(), "a test".to_owned());
    input.pointer_motion(5.0, 5.0);
    queue.roundtrip(&mut Hand)?;
    Ok(())
}

const REMOTE: &str = "org.gnome.Mutter.RemoteDesktop";
