//! The user of a machine: a home, a session bus, and the program as it is started there.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::ensure;
use kindbeat_core::status::Status;
use tokio::io::AsyncBufReadExt as _;
use tokio::process::Child;
use tokio::process::Command;
use zbus::Connection;
use zbus::OwnedVariant;

use crate::account::soon;

/// The user, logged in until this is dropped.
pub(crate) struct User {
    pub(crate) session: Connection,
    _bus: Child,
}

impl User {
    /// Makes a home with this configuration, and the session bus.
    pub(crate) async fn start(config: &str) -> anyhow::Result<Self> {
        for folder in ["", "home", "config/kindbeat", "state", "runtime"] {
            let folder = Path::new(HOME).join(folder);
            fs::create_dir_all(&folder)?;
        }
        configure(config)?;
        fs::write(Path::new(HOME).join("bus.conf"), BUS.replace("ADDRESS", ADDRESS))?;
        hand_over(Path::new(HOME))?;
        let program = std::env::var("KINDBEAT_PROGRAM").context("which program?")?;
        show(Path::new(&program), PROGRAM).await?;
        let mut bus = as_user("dbus-daemon")
            .arg(format!("--config-file={HOME}/bus.conf"))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .spawn()
            .context("dbus-daemon")?;
        first_line(&mut bus).await?;
        let session = zbus::connection::Builder::address(ADDRESS).build().await?;
        Ok(Self { session, _bus: bus })
    }

    /// The heart rate, in beats a minute, as soon as the program streams and tells one.
    pub(crate) async fn heart_rate(&self) -> anyhow::Result<u16> {
        self.told("State", |state: &String| state == "streaming").await?;
        self.told("HeartRate", |rate| *rate > 0).await
    }

    /// What the program tells of itself, as soon as it is such.
    pub(crate) async fn told<T: TryFrom<OwnedVariant>>(
        &self,
        name: &str,
        is: impl Fn(&T) -> bool,
    ) -> anyhow::Result<T> {
        let told = async {
            loop {
                // Until it has come to the bus there is nobody to ask.
                let value = self.property(name).await.ok().and_then(|value| value.try_into().ok());
                match value {
                    Some(value) if is(&value) => return value,
                    _ => tokio::time::sleep(POLL).await,
                }
            }
        };
        soon(&format!("{name} on the session bus"), told).await
    }

    /// All that the program tells of itself now.
    pub(crate) async fn status(&self) -> anyhow::Result<Status> {
        let (name, path) = ("org.kindbeat.Kindbeat1", "/org/kindbeat/Kindbeat1");
        let answer = self.session.call_method(Some(name), path, Some(name), "Status", &()).await?;
        Ok(serde_json::from_str(answer.body().deserialize()?)?)
    }

    /// One property of it.
    pub(crate) async fn property(&self, name: &str) -> anyhow::Result<OwnedVariant> {
        let (path, interface) = ("/org/kindbeat/Kindbeat1", "org.freedesktop.DBus.Properties");
        let body = ("org.kindbeat.Kindbeat1", name);
        let answer = self
            .session
            .call_method(Some("org.kindbeat.Kindbeat1"), path, Some(interface), "Get", &body)
            .await?;
        Ok(answer.body().deserialize()?)
    }
}

/// Writes the configuration for the next start of the program.
pub(crate) fn configure(config: &str) -> anyhow::Result<()> {
    Ok(fs::write(Path::new(HOME).join("config/kindbeat/config.toml"), config)?)
}

/// The program, to be started by the user.
pub(crate) fn kindbeat(arguments: &[&str]) -> Command {
    let mut command = as_user(PROGRAM);
    command.args(arguments).env("KINDBEAT_LOG", "debug");
    command
}

/// A program, started by the user: nothing of the machine's own environment reaches it.
pub(crate) fn as_user(program: &str) -> Command {
    let user = format!("--reuid={USER}");
    let group = format!("--regid={USER}");
    let mut command = Command::new("setpriv");
    command.args([&user, &group, "--clear-groups", "--", program]);
    command.env_clear().current_dir(HOME).kill_on_drop(true).stdin(Stdio::null());
    for (variable, folder) in [
        ("HOME", "home"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_RUNTIME_DIR", "runtime"),
    ] {
        command.env(variable, Path::new(HOME).join(folder));
    }
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
    command.env("DBUS_SESSION_BUS_ADDRESS", ADDRESS);
    command
}

/// Where the programs were built the user may not look.
pub(crate) async fn show(program: &Path, at: &str) -> anyhow::Result<()> {
    fs::File::create(at)?;
    let mounted = Command::new("mount").arg("--bind").arg(program).arg(at).status().await?;
    ensure!(mounted.success(), "{} cannot be shown", program.display());
    Ok(())
}

/// Waits until a program has printed its first line.
pub(crate) async fn first_line(child: &mut Child) -> anyhow::Result<String> {
    let printed = child.stdout.take().context("its output is not read")?;
    let mut lines = tokio::io::BufReader::new(printed).lines();
    let line = soon("the first line of a program", lines.next_line()).await??;
    line.context("it ended without a word")
}

fn hand_over(path: &Path) -> anyhow::Result<()> {
    chown(path, Some(USER), Some(USER))?;
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            hand_over(&entry?.path())?;
        }
    }
    Ok(())
}

/// `nobody`.
pub(crate) const USER: u32 = 65_534;
/// What the user has to write to. In memory, as all of the machine.
pub(crate) const HOME: &str = "/run/desk";
const ADDRESS: &str = "unix:path=/run/desk/bus";
const PROGRAM: &str = "/run/kindbeat";

/// Everything is allowed to everyone, as nobody else is on it.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>ADDRESS</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// How long until it is asked again: of the rate no signal says that it changed.
const POLL: Duration = Duration::from_millis(50);
