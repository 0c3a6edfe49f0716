//! The program as its owner has it: a daemon in a process of its own, on a bus and in a home that are nobody else's.

use std::process::Stdio;

use kindbeat::interface::Bus;
use kindbeat::interface::Client;
use kindbeat_core::practice::Length;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;
use tempfile::TempDir;
use tokio::net::UnixDatagram;
use tokio::process::Child;
use tokio::process::Command;
use tokio::time::timeout;

use crate::browser::SOON;
use crate::bus::PrivateBus;
use crate::nobody::kindbeat;

/// A daemon that has never run before; killed with this value.
pub(crate) struct Process {
    daemon: Child,
    client: Client,
    _bus: PrivateBus,
    _home: TempDir,
}

impl Process {
    /// `None`, and a line that says so, where there is no `dbus-daemon`.
    pub(crate) async fn start() -> Option<Self> {
        let bus = PrivateBus::start().unwrap()?;
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("kindbeat");
        std::fs::create_dir(&config).unwrap();
        std::fs::write(config.join("config.toml"), CONFIG).unwrap();
        let socket = home.path().join("notify");
        let told = UnixDatagram::bind(&socket).unwrap();
        let daemon = Command::new(kindbeat())
            .arg("daemon")
            .env_clear()
            .envs(FOLDERS.map(|name| (name, home.path())))
            .envs(ENVIRONMENT)
            .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
            .env("NOTIFY_SOCKET", &socket)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let ready = async {
            let mut state = [0; 4096];
            loop {
                let length = told.recv(&mut state).await.unwrap();
                if String::from_utf8_lossy(&state[..length]).lines().any(|line| line == "READY=1") {
                    return Client::connect(Bus::at(bus.address())).await.unwrap();
                }
            }
        };
        let client = timeout(SOON, ready).await.unwrap();
        Some(Self { daemon, client, _bus: bus, _home: home })
    }

    /// A break is asked for as the command does; the address of its page, which the test opens.
    pub(crate) async fn begins(&self, practice: Option<&str>, length: Length) -> String {
        self.client.start_break(practice, Some(length)).await.unwrap()
    }

    /// It ends as with its session.
    pub(crate) async fn ends(mut self) {
        let id = Pid::from_raw(i32::try_from(self.daemon.id().unwrap()).unwrap()).unwrap();
        kill_process(id, Signal::TERM).unwrap();
        let status = timeout(SOON, self.daemon.wait()).await.unwrap().unwrap();
        assert!(status.success(), "{status}");
    }
}

/// What is to open the page does nothing, so that the test can.
const CONFIG: &str = "page.open_with = ['/bin/true']\n";

const FOLDERS: [&str; 5] =
    ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"];

/// What the page suggests depends on the time of day: with libfaketime, where it is installed, the pictures do not. There is no
/// Bluetooth.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("LANG", "en_GB.UTF-8"),
    ("TZ", "UTC"),
    ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus"),
    ("LD_PRELOAD", "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
    ("FAKETIME", "@2027-01-15 08:00:00"),
    ("DONT_FAKE_MONOTONIC", "1"),
];
