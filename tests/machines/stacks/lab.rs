//! All that runs in such a machine: the buses, the Bluetooth service, its controller, and the daemon.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::bail;
use anyhow::ensure;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;
use tokio::process::Child;
use tokio::process::Command;
use tokio::time::Instant;
use tokio::time::sleep;
use tokio::time::timeout;
use zbus::Connection;
use zbus::OwnedObjectPath;
use zbus::OwnedVariant;
use zbus::Variant;

use crate::account::SHARE;
use crate::account::soon;
use crate::stacks::account::Cause;
use crate::stacks::account::Fact;
use crate::stacks::account::Teller;
use crate::stacks::radio::Plugged;
use crate::stacks::radio::Socket;
use crate::stacks::radio::Strap;
use crate::user::HOME;
use crate::user::User;
use crate::user::first_line;
use crate::user::kindbeat;

/// All of it. Ends when dropped.
pub(crate) struct Lab {
    teller: Teller,
    /// The version of the kernel.
    pub(crate) kernel: String,
    pub(crate) strap: Strap,
    socket: Socket,
    adapter: Option<Plugged>,
    user: User,
    /// A connection to the system bus.
    bus: Connection,
    bus_daemon: Child,
    service: Child,
    daemon: Option<Child>,
}

impl Lab {
    /// Starts all but the daemon, and returns when the adapter is on.
    pub(crate) async fn start(teller: Teller) -> anyhow::Result<Self> {
        let socket = Socket::open()?;
        let strap = Strap::open()?;
        let adapter = socket.plug_in().await?;
        let bus_daemon = start_bus().await?;
        let bus = Connection::system().await?;
        let user = User::start("").await?;
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned();
        let bluez = Command::new(SERVICE).arg("--version").output().await.context("bluetoothd")?;
        let bluez = String::from_utf8(bluez.stdout)?.trim().to_owned();
        teller.tell(Fact::Versions { bluez, kernel: kernel.clone() });
        let service = start_service(&teller)?;
        let lab = Self {
            teller,
            kernel,
            strap,
            socket,
            adapter: Some(adapter),
            user,
            bus,
            bus_daemon,
            service,
            daemon: None,
        };
        let on = async {
            // Until the service has come to the bus there is nobody to ask.
            while !lab.is_on().await.unwrap_or_default() {
                sleep(POLL).await;
            }
        };
        soon("an adapter that is on", on).await?;
        Ok(lab)
    }

    /// It has just happened.
    pub(crate) fn tell(&self, fact: Fact) {
        self.teller.tell(fact);
    }

    /// From now on nothing keeps the heart rate away: waits for one, and looks whether the service is the same.
    pub(crate) async fn streams_after(&mut self, cause: Cause) -> anyhow::Result<()> {
        self.tell(Fact::Over(cause.clone()));
        // Each rate differs from the one before: one that is another was measured since.
        let before = self.rate().await;
        let began = Instant::now();
        loop {
            let rate = self.rate().await;
            if rate > 0 && rate != before {
                break;
            }
            if let Some(status) = self.service.try_wait()? {
                bail!("bluetoothd ended by itself, {status}: {cause}");
            }
            if let Some(status) = self.daemon.as_mut().map_or(Ok(None), Child::try_wait)? {
                bail!("the daemon ended by itself, {status}: {cause}");
            }
            if began.elapsed() > LIMIT {
                bail!("no heart rate within {LIMIT:?}: {cause}");
            }
            sleep(POLL).await;
        }
        self.tell(Fact::Streams(cause));
        let (to, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
        let method = "GetConnectionUnixProcessID";
        let id = self.bus.call_method(Some(to), path, Some(to), method, &BLUEZ).await?;
        self.tell(Fact::ServiceSeen(id.body().deserialize()?));
        Ok(())
    }

    /// What the daemon tells; 0 where it tells none, or nothing.
    async fn rate(&self) -> u16 {
        let told = async {
            let state = String::try_from(self.user.property("State").await.ok()?).ok()?;
            let rate = self.user.property("HeartRate").await.ok()?;
            (state == "streaming").then_some(u16::try_from(rate).ok()?)
        };
        timeout(Duration::from_secs(5), told).await.ok().flatten().unwrap_or_default()
    }

    pub(crate) fn start_daemon(&mut self) -> anyhow::Result<()> {
        let log = File::options().append(true).create(true).open(Path::new(SHARE).join(LOG))?;
        let mut daemon = kindbeat(&["daemon"]);
        daemon.stdout(log.try_clone()?).stderr(log);
        self.daemon = Some(daemon.spawn().context("the daemon")?);
        Ok(())
    }

    pub(crate) async fn kill_daemon(&mut self) -> anyhow::Result<()> {
        Ok(self.daemon.as_mut().context("no daemon")?.kill().await?)
    }

    /// As its owner asks it to.
    pub(crate) async fn end_daemon(&mut self) -> anyhow::Result<()> {
        let daemon = self.daemon.as_mut().context("no daemon")?;
        signal(daemon, Signal::TERM)?;
        let status = soon("the end of the daemon", daemon.wait()).await??;
        self.tell(Fact::Ended(status.code()));
        Ok(())
    }

    pub(crate) async fn kill_service(&mut self) -> anyhow::Result<()> {
        Ok(self.service.kill().await?)
    }

    pub(crate) fn start_service(&mut self) -> anyhow::Result<()> {
        self.service = start_service(&self.teller)?;
        Ok(())
    }

    pub(crate) fn signal_service(&self, which: Signal) -> anyhow::Result<()> {
        signal(&self.service, which)
    }

    /// Kills the system bus; the Bluetooth service ends with it.
    pub(crate) async fn kill_bus(&mut self) -> anyhow::Result<()> {
        self.bus_daemon.kill().await?;
        soon("the end of bluetoothd", self.service.wait()).await??;
        Ok(())
    }

    /// Starts both again.
    pub(crate) async fn start_bus(&mut self) -> anyhow::Result<()> {
        self.bus_daemon = start_bus().await?;
        self.bus = Connection::system().await?;
        self.start_service()
    }

    pub(crate) fn pull_out(&mut self) {
        self.adapter = None;
    }

    pub(crate) async fn plug_in(&mut self) -> anyhow::Result<()> {
        self.adapter = Some(self.socket.plug_in().await?);
        Ok(())
    }

    /// Waits until the daemon says one of these of its strap.
    pub(crate) async fn is_said(&self, states: &[&str]) -> anyhow::Result<()> {
        self.user.told("State", |said: &String| states.contains(&said.as_str())).await?;
        Ok(())
    }

    /// Pairs with it, as its owner does.
    pub(crate) async fn pair(&self, name: &str) -> anyhow::Result<()> {
        let pairing = kindbeat(&["devices", "--pair", name, "--yes"]).output();
        let pairing = soon("the pairing", pairing).await??;
        let said = String::from_utf8_lossy(&pairing.stderr);
        ensure!(pairing.status.success(), "pairing ended with {}: {said}", pairing.status);
        Ok(())
    }

    /// Listens to the strap as another program, until what is returned is dropped.
    pub(crate) async fn listen(&self) -> anyhow::Result<Connection> {
        let measurement = "00002a37-0000-1000-8000-00805f9b34fb";
        let objects = self.objects().await?;
        let is_it = |interfaces: &Interfaces| {
            let uuid = interfaces.get("org.bluez.GattCharacteristic1")?.get("UUID")?.clone();
            Some(String::try_from(uuid).ok()? == measurement)
        };
        let mut found = objects.iter().filter(|(_, interfaces)| is_it(interfaces) == Some(true));
        let (path, _) = found.next().context("no measurements")?;
        let other = Connection::system().await?;
        let interface = Some("org.bluez.GattCharacteristic1");
        other.call_method(Some(BLUEZ), path, interface, "StartNotify", &()).await?;
        Ok(other)
    }

    async fn objects(&self) -> anyhow::Result<HashMap<OwnedObjectPath, Interfaces>> {
        let interface = Some("org.freedesktop.DBus.ObjectManager");
        let objects = self.bus.call_method(Some(BLUEZ), "/", interface, "GetManagedObjects", &());
        Ok(objects.await?.body().deserialize()?)
    }

    /// Copies what the daemon, which has ended, stored into the folder that both sides see.
    pub(crate) fn keep_store() -> anyhow::Result<()> {
        for file in std::fs::read_dir(Path::new(HOME).join("state/kindbeat"))? {
            let file = file?;
            std::fs::copy(file.path(), Path::new(SHARE).join(file.file_name()))?;
        }
        Ok(())
    }

    /// Has the service and the daemon, which is not running, forget that there ever was a strap.
    pub(crate) async fn forget(&self) -> anyhow::Result<()> {
        let objects = self.objects().await?;
        for (path, _) in objects.iter().filter(|(_, is)| is.contains_key("org.bluez.Device1")) {
            let adapter = Some("org.bluez.Adapter1");
            self.bus.call_method(Some(BLUEZ), ADAPTER, adapter, "RemoveDevice", path).await?;
        }
        Ok(std::fs::remove_dir_all(Path::new(HOME).join("state/kindbeat"))?)
    }

    /// Switches the adapter on or off, as its owner does.
    pub(crate) async fn switch(&self, on: bool) -> anyhow::Result<()> {
        let body = ("org.bluez.Adapter1", "Powered", Variant::from(on));
        self.bus.call_method(Some(BLUEZ), ADAPTER, Some(PROPERTIES), "Set", &body).await?;
        Ok(())
    }

    /// Whether the adapter is.
    pub(crate) async fn is_on(&self) -> anyhow::Result<bool> {
        let body = ("org.bluez.Adapter1", "Powered");
        let on = self.bus.call_method(Some(BLUEZ), ADAPTER, Some(PROPERTIES), "Get", &body);
        Ok(on.await?.body().deserialize::<OwnedVariant>()?.try_into()?)
    }
}

type Interfaces = HashMap<String, HashMap<String, OwnedVariant>>;

async fn start_bus() -> anyhow::Result<Child> {
    let mut bus = Command::new("dbus-daemon")
        .args(["--system", "--nofork", "--nopidfile", "--print-address=1"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("dbus-daemon")?;
    first_line(&mut bus).await?;
    Ok(bus)
}

fn start_service(teller: &Teller) -> anyhow::Result<Child> {
    let mut service = Command::new(SERVICE);
    let service = service.arg("--nodetach").kill_on_drop(true).spawn().context("bluetoothd")?;
    teller.tell(Fact::ServiceStarted(service.id().context("it is gone already")?));
    Ok(service)
}

fn signal(process: &Child, signal: Signal) -> anyhow::Result<()> {
    let id = process.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
    Ok(kill_process(id.context("it is gone already")?, signal)?)
}

/// What the daemon wrote, in the folder that both sides see.
pub(crate) const LOG: &str = "daemon.log";

const SERVICE: &str = "/usr/libexec/bluetooth/bluetoothd";
const BLUEZ: &str = "org.bluez";
const ADAPTER: &str = "/org/bluez/hci0";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// How long until something is asked again.
const POLL: Duration = Duration::from_millis(200);
/// Many times what the program is designed for.
const LIMIT: Duration = Duration::from_secs(180);
