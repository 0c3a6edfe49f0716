//! Asks systemd about the user service. By `systemctl`, since the manager's bus isn't reachable from everywhere that
//! `systemctl` works.

use std::env;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

pub const UNIT: &str = "kindbeat.service";

/// What the service starts with, where the desktop starts it: GNOME and KDE do, many others don't.
pub const SESSION: &str = "graphical-session.target";

/// The state of the user service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// No systemd runs here, or none for this user.
    NoManager,
    NotInstalled,
    Installed {
        /// Whether the service starts with [`SESSION`].
        enabled: bool,
        /// Whether this desktop session has started that.
        with_session: bool,
        state: UnitState,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitState {
    /// Running, or about to.
    Running,
    Stopped,
    /// The exit code of the program, or systemd's word for the result.
    Failed(String),
}

/// Changes nothing. Takes as long as `systemctl`, which is killed when this is cancelled.
pub async fn unit() -> Unit {
    // Without a manager, `systemctl` would have the session bus start one.
    let folder = env::var_os("XDG_RUNTIME_DIR").unwrap_or_default();
    if !Path::new(&folder).join("systemd/private").exists() {
        return Unit::NoManager;
    }
    let asked = Command::new("systemctl")
        .args(["--user", "show", UNIT, SESSION, "--property"])
        .arg("LoadState,UnitFileState,ActiveState,Result,ExecMainStatus")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    match asked.await {
        Ok(output) if output.status.success() => read(&String::from_utf8_lossy(&output.stdout)),
        _ => Unit::NoManager,
    }
}

/// `systemctl show` prints one property a line, and an empty line between two units.
fn read(printed: &str) -> Unit {
    let (unit, session) = printed.split_once("\n\n").unwrap_or((printed, ""));
    let property = |name: &str| {
        let value = |line: &str| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned());
        unit.lines().find_map(value).unwrap_or_default()
    };
    match property("LoadState").as_str() {
        "" => return Unit::NoManager,
        "not-found" => return Unit::NotInstalled,
        _ => {}
    }
    let state = match property("ActiveState").as_str() {
        "active" | "activating" | "reloading" => UnitState::Running,
        "failed" => UnitState::Failed(match (property("Result"), property("ExecMainStatus")) {
            (result, status) if result == "exit-code" => status,
            (result, _) => result,
        }),
        _ => UnitState::Stopped,
    };
    // Not "enabled-runtime", which is gone after the next boot.
    let enabled = property("UnitFileState") == "enabled";
    let with_session = session.lines().any(|line| line == "ActiveState=active");
    Unit::Installed { enabled, with_session, state }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systemctl_prints_is_read() {
        let show = |load: &str, file: &str, active: &str, result: &str| {
            read(&format!(
                "Result={result}\nExecMainStatus=78\nLoadState={load}\nActiveState={active}\nUnitFileState={file}\n\nLoadState=loaded\nActiveState=inactive\n"
            ))
        };
        let installed = |enabled, state| Unit::Installed { enabled, with_session: false, state };
        assert_eq!(
            show("loaded", "enabled", "active", "success"),
            installed(true, UnitState::Running)
        );
        assert_eq!(
            show("loaded", "disabled", "inactive", "success"),
            installed(false, UnitState::Stopped)
        );
        assert_eq!(
            show("loaded", "enabled", "failed", "exit-code"),
            installed(true, UnitState::Failed("78".to_owned()))
        );
        assert_eq!(
            show("loaded", "enabled-runtime", "active", "success"),
            installed(false, UnitState::Running)
        );
        assert_eq!(
            show("loaded", "linked", "failed", "oom-kill"),
            installed(false, UnitState::Failed("oom-kill".to_owned()))
        );
        let desktop =
            "LoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\n\nActiveState=active\n";
        let with_session = true;
        let stopped = UnitState::Stopped;
        assert_eq!(read(desktop), Unit::Installed { enabled: true, with_session, state: stopped });
        assert_eq!(show("not-found", "", "inactive", "success"), Unit::NotInstalled);
    }

    #[test]
    fn what_says_nothing_is_no_systemd() {
        for printed in ["", "\n", "LoadState", "Failed to connect to bus"] {
            assert_eq!(read(printed), Unit::NoManager, "{printed:?}");
        }
    }
}
