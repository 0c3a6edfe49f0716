//! Somebody with a home and a session: an ordinary user of the machine, logged in by PAM and logind, with a manager and a bus of
//! their own.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::ensure;
use kindbeat::interface::Bus;
use tokio::process::Command;
use zbus::Connection;

use crate::account::soon;
use crate::session::account::Properties;
use crate::session::account::properties;

/// Adds the user, and installs the program in their home, as the README says.
pub(crate) async fn moves_in() -> anyhow::Result<()> {
    // The one of the host not everybody may read.
    fs::remove_file("/etc/shadow")?;
    fs::write("/etc/shadow", "root:*:19000::::::\n")?;
    for (name, id, home) in [(NAME, USER, HOME), (GUEST, GUEST_USER, "/")] {
        for (file, line) in [
            ("/etc/passwd", format!("{name}:x:{id}:{id}::{home}:/bin/bash")),
            ("/etc/group", format!("{name}:x:{id}:")),
            ("/etc/shadow", format!("{name}:*:19000::::::")),
        ] {
            let mut file = fs::OpenOptions::new().append(true).open(file).context(file)?;
            writeln!(file, "{line}")?;
        }
    }
    let home = Path::new(HOME);
    for (file, text) in [
        (".config/systemd/user/kindbeat.service", UNIT),
        // What a desktop starts for its session.
        (".config/systemd/user/desk.target", "[Unit]\nBindsTo=graphical-session.target\n"),
        (".config/environment.d/kindbeat.conf", "KINDBEAT_LOG=debug\nXDG_CURRENT_DESKTOP=Desk\n"),
        (".config/kindbeat/config.toml", &config()),
        (".local/bin/kindbeat", ""),
        ("browser", include_str!("browser.sh")),
    ] {
        let path = home.join(file);
        fs::create_dir_all(path.parent().context("a folder")?)?;
        fs::write(path, text)?;
    }
    fs::set_permissions(home.join("browser"), fs::Permissions::from_mode(0o755))?;
    hand_over(home)?;
    // Where it was built the user may not look.
    let program = std::env::var("KINDBEAT_PROGRAM").context("which program?")?;
    run(Command::new("mount").args(["--bind", &program, PROGRAM])).await?;
    // So that this story, which is told by root, can be a notification server for them.
    fs::write("/etc/dbus-1/session-local.conf", LET_ROOT_IN)?;
    Ok(())
}

/// Logs in, as a display manager does; what logind says of the session.
pub(crate) async fn logs_in() -> anyhow::Result<Properties> {
    run(Command::new("systemctl").args(["start", "desk"])).await?;
    let logged_in = async {
        // Until then logind does not know the user, and to ask for them is an error.
        while connection().await.is_err() || session().await.is_ok_and(|id| id.is_empty()) {
            tokio::time::sleep(POLL).await;
        }
    };
    soon("a session", logged_in).await?;
    let shown = run(Command::new("loginctl").args(["show-session", &session().await?])).await?;
    Ok(properties(&shown, '='))
}

/// What logind calls the session that it holds for the one at the display.
pub(crate) async fn session() -> anyhow::Result<String> {
    session_of(USER).await
}

async fn session_of(user: u32) -> anyhow::Result<String> {
    let user = user.to_string();
    let display = ["show-user", &user, "--property=Display", "--value"];
    Ok(run(Command::new("loginctl").args(display)).await?.trim().to_owned())
}

/// Somebody else logs in at the same screen, and is in front.
pub(crate) async fn another_comes() -> anyhow::Result<()> {
    run(Command::new("systemctl").args(["start", "guest"])).await?;
    let logged_in = async {
        loop {
            match session_of(GUEST_USER).await {
                Ok(session) if !session.is_empty() => return session,
                _ => tokio::time::sleep(POLL).await,
            }
        }
    };
    in_front(&soon("a second session", logged_in).await?).await
}

/// This session is on the screen again.
pub(crate) async fn comes_back() -> anyhow::Result<()> {
    in_front(&session().await?).await
}

async fn in_front(session: &str) -> anyhow::Result<()> {
    run(Command::new("loginctl").args(["activate", session])).await.map(drop)
}

/// Replaces the configuration.
pub(crate) fn configures(text: &str) -> anyhow::Result<()> {
    let path = Path::new(HOME).join(".config/kindbeat/config.toml");
    let draft = path.with_extension("draft");
    fs::write(&draft, text)?;
    chown(&draft, Some(USER), Some(USER))?;
    Ok(fs::rename(draft, path)?)
}

/// Changes the unit of the service by a drop-in, from its next start on.
pub(crate) async fn changes_unit(text: &str) -> anyhow::Result<()> {
    let folder = Path::new(HOME).join(".config/systemd/user/kindbeat.service.d");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("change.conf"), text)?;
    hand_over(&folder)?;
    systemctl(&["daemon-reload"]).await.map(drop)
}

/// A program, to be started by the user: nothing of the environment of this one reaches it.
pub(crate) fn theirs(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={USER}"), format!("--regid={USER}")]);
    command.args(["--init-groups", "--", program]).args(arguments);
    command.env_clear().current_dir(HOME).kill_on_drop(true).stdin(Stdio::null());
    command.env("HOME", HOME).env("LC_ALL", "C.UTF-8").env("XDG_RUNTIME_DIR", RUNTIME);
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("DBUS_SESSION_BUS_ADDRESS", ADDRESS);
    command
}

/// `systemctl --user`, as the user.
pub(crate) async fn systemctl(arguments: &[&str]) -> anyhow::Result<String> {
    run(theirs("systemctl", &["--user"]).args(arguments)).await
}

/// How their service stands.
pub(crate) async fn unit() -> anyhow::Result<Properties> {
    let shown =
        "ActiveState,SubState,UnitFileState,Result,MainPID,ExecMainStatus,ExecMainCode,NRestarts";
    Ok(properties(&systemctl(&["show", "kindbeat", "--property", shown]).await?, '='))
}

/// Their bus.
pub(crate) fn bus() -> Bus {
    Bus::at(ADDRESS.to_owned())
}

/// A connection to it.
pub(crate) async fn connection() -> anyhow::Result<Connection> {
    Ok(zbus::connection::Builder::address(ADDRESS).build().await?)
}

/// Runs it to its end, which has to be a good one; what it printed.
pub(crate) async fn run(command: &mut Command) -> anyhow::Result<String> {
    let what = format!("{:?}", command.as_std());
    let output = soon(&what, command.kill_on_drop(true).output()).await??;
    let complaints = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{what}: {}: {complaints}", output.status);
    Ok(String::from_utf8(output.stdout)?)
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

/// Everything as short as it may be, but for the wait for a rest of the hands, and the same thresholds whatever is known of them.
pub(crate) fn config() -> String {
    format!(
        r#"
[detection]
rise_bpm = 8
rise_spread = 1.5
sustain = "10s"
warm_up = "0s"
rearm = "0s"
after_return = "0s"

[offer]
cool_down = "0s"
at_most_per_day = 1000

[page]
open_with = ["{HOME}/browser", "{NOTES}", "{{url}}"]
"#
    )
}

/// The unit, as it is.
pub(crate) const UNIT: &str = include_str!("../../../systemd/kindbeat.service");
/// The program in the place that the unit names.
pub(crate) const PROGRAM: &str = "/home/anna/.local/bin/kindbeat";
/// Where the browser leaves what it notes.
pub(crate) const NOTES: &str = "/home/anna/notes";

const NAME: &str = "anna";
/// Of those that belong to people.
pub(crate) const USER: u32 = 4321;
const HOME: &str = "/home/anna";
const GUEST: &str = "otto";
const GUEST_USER: u32 = 4322;
const RUNTIME: &str = "/run/user/4321";
const ADDRESS: &str = "unix:path=/run/user/4321/bus";

/// How long until it is asked again: nothing tells that the manager of a user is there.
const POLL: Duration = Duration::from_millis(200);

const LET_ROOT_IN: &str = r#"<busconfig><policy context="default"><allow user="anna"/><allow user="root"/></policy></busconfig>
"#;
