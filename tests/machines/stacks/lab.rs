//! All that runs in such a machine: the buses, the Bluetooth service, its controller, and the daemon.

use std::collections::HashMap;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::bail;
use anyhow::ensure;
use kindbeat_core::status::Status;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;
use tokio::process::Child;
use tokio::process::Command;
use tokio::task::JoinHandle;
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
use crate::stacks::radio::read;
use crate::stacks::radio::waited_for;
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
    second: Socket,
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
        let socket = Socket::open("adapter")?;
        let second = Socket::open("second")?;
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
            second,
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

    pub(crate) async fn pull_out(&mut self) -> anyhow::Result<()> {
        self.socket.pull_out(self.adapter.take().context("no adapter")?).await
    }

    pub(crate) async fn plug_in(&mut self) -> anyhow::Result<()> {
        self.adapter = Some(self.socket.plug_in().await?);
        Ok(())
    }

    pub(crate) async fn plug_in_second(&self) -> anyhow::Result<Plugged> {
        self.second.plug_in().await
    }

    pub(crate) async fn pull_out_second(&self, second: Plugged) -> anyhow::Result<()> {
        self.second.pull_out(second).await
    }

    /// Blocks all that has a radio, or no longer, as airplane mode does.
    pub(crate) fn block(on: bool) -> anyhow::Result<()> {
        for radio in std::fs::read_dir("/sys/class/rfkill")? {
            std::fs::write(radio?.path().join("soft"), if on { "1" } else { "0" })?;
        }
        Ok(())
    }

    /// Waits until the daemon says one of these of its strap.
    pub(crate) async fn is_said(&self, states: &[&str]) -> anyhow::Result<()> {
        self.user.told("State", |said: &String| states.contains(&said.as_str())).await?;
        Ok(())
    }

    /// Waits until the daemon no longer says that its strap streams.
    pub(crate) async fn is_lost(&self) -> anyhow::Result<()> {
        self.user.told("State", |said: &String| said != "streaming").await?;
        Ok(())
    }

    /// For so many seconds the daemon says at each time that its strap streams, or that it does not.
    pub(crate) async fn goes_on(&self, streaming: bool, seconds: u32) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_secs(seconds.into());
        while Instant::now() < until {
            let state = String::try_from(self.user.property("State").await?)?;
            ensure!((state == "streaming") == streaming, "{state}, within {seconds} s");
            sleep(POLL).await;
        }
        Ok(())
    }

    /// Waits until what the daemon says of itself is such, in words for the account, and for so many seconds it is at each look.
    pub(crate) async fn stays(
        &self,
        what: &str,
        seconds: u32,
        is: impl Fn(&Status) -> bool,
    ) -> anyhow::Result<()> {
        self.says(what, &is).await?;
        let until = Instant::now() + Duration::from_secs(seconds.into());
        while Instant::now() < until {
            let status = self.user.status().await?;
            ensure!(is(&status), "no longer {what}, within {seconds} s: {status:?}");
            sleep(POLL).await;
        }
        Ok(())
    }

    /// Waits until what the daemon says of itself is such, in words for the account.
    pub(crate) async fn says(
        &self,
        what: &str,
        is: impl Fn(&Status) -> bool,
    ) -> anyhow::Result<()> {
        let said = async {
            // Until it has come to the bus there is nobody to ask.
            while !self.user.status().await.is_ok_and(|status| is(&status)) {
                sleep(POLL).await;
            }
        };
        soon(what, said).await?;
        self.tell(Fact::Says(what.to_owned()));
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
        let path = self.measurements().await?;
        let other = Connection::system().await?;
        other.call_method(Some(BLUEZ), &path, Some(CHARACTERISTIC), "StartNotify", &()).await?;
        Ok(other)
    }

    /// Connects to the strap as another program does, and returns when its services are known.
    pub(crate) async fn connect(&self) -> anyhow::Result<()> {
        let path = format!("{ADAPTER}/dev_{}", ADDRESS.replace(':', "_"));
        let connected = self.bus.call_method(Some(BLUEZ), path, Some(DEVICE), "Connect", &());
        soon("a link", connected).await??;
        let known = async {
            while self.measurements().await.is_err() {
                sleep(POLL).await;
            }
        };
        soon("the services of the strap", known).await
    }

    /// Takes the measurements of a strap that is connected, as another program that wants them for itself.
    pub(crate) async fn hold(&self) -> anyhow::Result<Held> {
        let path = self.measurements().await?;
        let bus = Connection::system().await?;
        let options = (HashMap::<&str, Variant<'_>>::new(),);
        let acquired =
            bus.call_method(Some(BLUEZ), &path, Some(CHARACTERISTIC), "AcquireNotify", &options);
        let (socket, longest): (zbus::OwnedFd, u16) = acquired.await?.body().deserialize()?;
        let socket = OwnedFd::from(socket);
        rustix::io::ioctl_fionbio(&socket, true)?;
        Held::new(bus, File::from(socket), longest.into())
    }

    /// Where BlueZ has the measurements of the strap.
    async fn measurements(&self) -> anyhow::Result<OwnedObjectPath> {
        let objects = self.objects().await?;
        let is_it = |interfaces: &Interfaces| {
            let uuid = interfaces.get(CHARACTERISTIC)?.get("UUID")?.clone();
            Some(String::try_from(uuid).ok()? == MEASUREMENT)
        };
        let mut found = objects.into_iter().filter(|(_, is)| is_it(is) == Some(true));
        Ok(found.next().context("no measurements")?.0)
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
        self.remove_devices().await?;
        Ok(std::fs::remove_dir_all(Path::new(HOME).join("state/kindbeat"))?)
    }

    /// Has the service alone forget it.
    pub(crate) async fn remove_devices(&self) -> anyhow::Result<()> {
        let objects = self.objects().await?;
        for (path, _) in objects.iter().filter(|(_, is)| is.contains_key(DEVICE)) {
            let adapter = Some("org.bluez.Adapter1");
            self.bus.call_method(Some(BLUEZ), ADAPTER, adapter, "RemoveDevice", path).await?;
        }
        Ok(())
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

/// Another program that has the measurements for itself, until this is dropped.
pub(crate) struct Held {
    _bus: Connection,
    since: Instant,
    packets: Arc<AtomicU64>,
    reading: JoinHandle<()>,
}

impl Held {
    fn new(bus: Connection, socket: File, longest: usize) -> anyhow::Result<Self> {
        let socket = waited_for(socket)?;
        let packets = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&packets);
        let reading = tokio::spawn(async move {
            let mut packet = vec![0; longest];
            while read(&socket, &mut packet).await.is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(Self { _bus: bus, since: Instant::now(), packets, reading })
    }

    /// What became of it so far.
    pub(crate) fn fact(&self) -> Fact {
        Fact::Held {
            seconds: self.since.elapsed().as_secs(),
            packets: self.packets.load(Ordering::Relaxed),
            to_the_end: !self.reading.is_finished(),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Its socket is closed with it.
        self.reading.abort();
    }
}

/// A stand-in for logind, of which the computer only hears that it is about to sleep; until this is dropped.
pub(crate) struct Login(Connection);

impl Login {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let bus = Connection::system().await?;
        // Whoever asks for anything is told that it is not there.
        bus.object_server();
        bus.request_name("org.freedesktop.login1").await?;
        Ok(Self(bus))
    }

    /// Says that the computer is about to sleep, or that it slept.
    pub(crate) async fn sleeps(&self, is_about_to: bool) -> anyhow::Result<()> {
        let (path, interface) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
        let nobody = None::<&str>;
        let sent = self.0.emit_signal(nobody, path, interface, "PrepareForSleep", &is_about_to);
        Ok(sent.await?)
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
const DEVICE: &str = "org.bluez.Device1";
const CHARACTERISTIC: &str = "org.bluez.GattCharacteristic1";
/// The Heart Rate Measurement, 0x2A37.
const MEASUREMENT: &str = "00002a37-0000-1000-8000-00805f9b34fb";
/// Of the strap (`radio.py`).
pub(crate) const NAME: &str = "Chest strap";
pub(crate) const ADDRESS: &str = "F0:00:00:00:00:02";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// How long until something is asked again.
const POLL: Duration = Duration::from_millis(200);
/// Many times what the program is designed for.
const LIMIT: Duration = Duration::from_secs(180);
