//! The real Bluetooth stack: the system bus, virtual controllers in the kernel, the Bluetooth service.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::bail;
use futures_util::StreamExt as _;
use tokio::process::Child;
use tokio::process::Command;
use tokio::sync::mpsc;
use zbus::Connection;
use zbus::MatchRule;
use zbus::MessageStream;
use zbus::OwnedObjectPath;
use zbus::OwnedVariant;
use zbus::Proxy;
use zbus::proxy::MethodFlags;

use crate::account::soon;
use crate::machine::say;
use crate::user::first_line;

/// All that runs of it. Ends when dropped.
pub(crate) struct Stack {
    /// A connection to the system bus.
    pub(crate) bus: Connection,
    /// The adapter to put a strap on; the other one is the desk's.
    pub(crate) strap_adapter: String,
    _processes: [Child; 3],
}

impl Stack {
    /// Starts all of it, and returns when both adapters are on.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mut bus_daemon = Command::new("dbus-daemon")
            .args(["--system", "--nofork", "--nopidfile", "--print-address=1"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("dbus-daemon")?;
        first_line(&mut bus_daemon).await?;
        let bus = Connection::system().await?;
        let rule = MatchRule::builder().sender("org.bluez").build()?;
        let mut changes = MessageStream::for_match_rule(rule, &bus, None).await?;
        let service = Command::new("/usr/libexec/bluetooth/bluetoothd")
            .arg("--nodetach")
            .kill_on_drop(true)
            .spawn()
            .context("bluetoothd")?;
        let mut troubles = kernel_troubles()?;
        // The controllers can come up without an answer to their first command, for it was lost between the kernel and them:
        // then the kernel says so two seconds later, and nothing but new controllers helps.
        for _ in 0..5 {
            let mut controllers = controllers()?;
            let on = async {
                loop {
                    if let Some(adapters) = two_adapters_on(&bus).await? {
                        return anyhow::Ok(adapters);
                    }
                    changes.next().await.context("no system bus")??;
                }
            };
            let adapters = tokio::select! {
                on = soon("two adapters that are on", on) => on??,
                trouble = troubles.recv() => {
                    say(&format!("new controllers, for {}", trouble.context("no kernel")?));
                    controllers.kill().await?;
                    continue;
                }
            };
            let [_, strap_adapter] = adapters;
            return Ok(Self { bus, strap_adapter, _processes: [controllers, service, bus_daemon] });
        }
        bail!("the controllers do not come up")
    }
}

/// Two controllers that hear each other, of the kind that knows Bluetooth Low Energy only.
fn controllers() -> anyhow::Result<Child> {
    let mut command = Command::new("btvirt");
    command.args(["-L", "-l2"]).stdout(Stdio::null()).kill_on_drop(true);
    command.spawn().context("btvirt")
}

/// What the kernel says when a controller does not answer, as soon as it says so.
fn kernel_troubles() -> anyhow::Result<mpsc::UnboundedReceiver<String>> {
    let (tell, told) = mpsc::unbounded_channel();
    let mut messages = File::open("/dev/kmsg").context("/dev/kmsg")?;
    std::thread::spawn(move || {
        let mut message = [0; 8192];
        // Each message is read by itself; an error says that some were overwritten.
        while let Ok(length) = messages.read(&mut message) {
            let text = String::from_utf8_lossy(&message[..length]);
            let trouble = text.contains("Bluetooth: hci") && text.contains("failed: -110");
            if trouble && tell.send(text.lines().next().unwrap_or_default().to_owned()).is_err() {
                return;
            }
        }
    });
    Ok(told)
}

/// The paths of the adapters, in order, if there are two and both are on.
async fn two_adapters_on(bus: &Connection) -> anyhow::Result<Option<[String; 2]>> {
    type Objects = HashMap<OwnedObjectPath, HashMap<String, HashMap<String, OwnedVariant>>>;
    let proxy = Proxy::new(bus, "org.bluez", "/", "org.freedesktop.DBus.ObjectManager").await?;
    // It is started by nobody but us, and may not have come to the bus yet.
    let flags = MethodFlags::NO_AUTO_START;
    let answer = proxy.call_with_flags("GetManagedObjects", flags, &()).await;
    let Ok(Some(objects)): Result<Option<Objects>, _> = answer else { return Ok(None) };
    let on = |object: &HashMap<String, HashMap<String, OwnedVariant>>| {
        let powered = object.get("org.bluez.Adapter1")?.get("Powered")?.clone();
        bool::try_from(powered).ok()
    };
    let mut adapters: Vec<_> = objects
        .iter()
        .filter(|(_, object)| on(object) == Some(true))
        .map(|(path, _)| path.to_string())
        .collect();
    adapters.sort();
    Ok(adapters.try_into().ok())
}
