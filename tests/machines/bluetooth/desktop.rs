//! The desktop of an ordinary user: a session bus, a notification server that clicks, a browser, and the program itself.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;
use tokio::net::UnixListener;
use tokio::process::Child;
use tokio::process::Command;
use tokio::task::JoinSet;
use zbus::Connection;
use zbus::OwnedVariant;

use crate::account::soon;
use crate::bluetooth::account::Fact;
use crate::bluetooth::account::Teller;
use crate::bluetooth::stack::first_line;
use crate::machine::ROLE;
use crate::machine::say;
use crate::screen::Screen;

/// The desktop. Ends when dropped.
pub(crate) struct Desktop {
    session: Connection,
    _bus: Child,
    _tasks: JoinSet<()>,
}

impl Desktop {
    /// Sets it up for the user; `teller` is told what the notification server and the browser see.
    pub(crate) async fn start(teller: Teller) -> anyhow::Result<Self> {
        for folder in ["", "home", "config/kindbeat", "state", "runtime"] {
            let folder = Path::new(HOME).join(folder);
            fs::create_dir_all(&folder)?;
        }
        fs::write(Path::new(HOME).join("config/kindbeat/config.toml"), config())?;
        fs::write(Path::new(HOME).join("bus.conf"), BUS.replace("ADDRESS", ADDRESS))?;
        hand_over(Path::new(HOME))?;
        // Where the programs were built the user may not look.
        let own = std::env::current_exe()?;
        let program = std::env::var("KINDBEAT_PROGRAM").context("which program?")?;
        for (from, to) in [(Path::new(&program), PROGRAM), (&own, BROWSER)] {
            fs::File::create(to)?;
            let mounted = Command::new("mount").arg("--bind").arg(from).arg(to).status().await?;
            anyhow::ensure!(mounted.success(), "{} cannot be shown", from.display());
        }
        let mut bus = as_user("dbus-daemon")
            .arg(format!("--config-file={HOME}/bus.conf"))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .spawn()
            .context("dbus-daemon")?;
        first_line(&mut bus).await?;
        let session = zbus::connection::Builder::address(ADDRESS).build().await?;
        let mut tasks = JoinSet::new();
        tasks.spawn(click(Screen::start(session.clone()).await?, teller.clone()));
        let socket = UnixListener::bind(SOCKET)?;
        chown(SOCKET, Some(USER), Some(USER))?;
        tasks.spawn(hear_browser(socket, teller));
        Ok(Self { session, _bus: bus, _tasks: tasks })
    }

    /// The heart rate, in beats a minute, as soon as the program streams and tells one.
    pub(crate) async fn heart_rate(&self) -> anyhow::Result<u16> {
        self.told("State", |state: &String| state == "streaming").await?;
        self.told("HeartRate", |rate| *rate > 0).await
    }

    /// How full the battery of the strap is, in percent, as soon as the program knows.
    pub(crate) async fn battery(&self) -> anyhow::Result<u8> {
        self.told("Battery", |level| *level <= 100).await
    }

    /// What the program tells of itself, as soon as it is such.
    async fn told<T: TryFrom<OwnedVariant>>(
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

    async fn property(&self, name: &str) -> anyhow::Result<OwnedVariant> {
        let (path, interface) = ("/org/kindbeat/Kindbeat1", "org.freedesktop.DBus.Properties");
        let body = ("org.kindbeat.Kindbeat1", name);
        let answer = self
            .session
            .call_method(Some("org.kindbeat.Kindbeat1"), path, Some(interface), "Get", &body)
            .await?;
        Ok(answer.body().deserialize()?)
    }
}

/// The program, to be started by the user.
pub(crate) fn kindbeat(arguments: &[&str]) -> Command {
    let mut command = as_user(PROGRAM);
    command.args(arguments).env("KINDBEAT_LOG", "debug");
    command
}

/// A program, started by the user: nothing of the machine's own environment reaches it.
fn as_user(program: &str) -> Command {
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

fn hand_over(path: &Path) -> anyhow::Result<()> {
    chown(path, Some(USER), Some(USER))?;
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            hand_over(&entry?.path())?;
        }
    }
    Ok(())
}

/// Everything as short as it may be, and this very program as the browser.
fn config() -> String {
    format!(
        r#"
[detection]
sustain = "10s"
warm_up = "0s"
after_return = "0s"

[offer]
wait_for_pause = "0s"

[practice]
length = "20s"

[page]
open_with = ["env", "{ROLE}=browser", "KINDBEAT_PAGE={{url}}", "{BROWSER}", "--exact", "bluetooth::the_machine_from_inside"]
"#
    )
}

/// Clicks on Start as soon as there is such a button.
async fn click(mut screen: Screen, teller: Teller) {
    while let Some(shown) = screen.next().await {
        if !shown.is_offer() {
            continue;
        }
        teller.tell(Fact::Shown { buttons: shown.buttons.clone() });
        if let Err(error) = screen.click(&shown).await {
            say(&format!("the notification server: {error:#}"));
        }
    }
}

/// What the browser tells, each time it is started.
async fn hear_browser(socket: UnixListener, teller: Teller) {
    while let Ok((stream, _)) = socket.accept().await {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            match serde_json::from_str(&line) {
                Ok(entry) => teller.pass_on(entry),
                // It ends with what went wrong, in words.
                Err(_) => say(&format!("the browser: {line}")),
            }
        }
    }
}

/// `nobody`.
const USER: u32 = 65_534;
/// What the user has to write to. In memory, as all of the machine.
pub(crate) const HOME: &str = "/run/desk";
/// Where the browser tells what it sees.
pub(crate) const SOCKET: &str = "/run/desk/browser";
const ADDRESS: &str = "unix:path=/run/desk/bus";
const PROGRAM: &str = "/run/kindbeat";
const BROWSER: &str = "/run/browser";

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
