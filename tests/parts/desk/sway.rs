//! A Wayland compositor that nobody sees.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::ensure;
use tempfile::TempDir;

use super::bus::Ended;
use super::bus::installed;
use super::stand::there;

/// sway without a screen; it ends with this value.
pub(crate) struct Sway {
    _compositor: Ended,
    folder: TempDir,
}

impl Sway {
    /// `None`, and a line that says so, where something is not installed.
    pub(crate) async fn start() -> anyhow::Result<Option<Self>> {
        if !installed(&[("sway", "sway"), ("setpriv", "util-linux")])? {
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        let mut sway = Command::new("sway");
        if rustix::process::getuid().is_root() {
            // It does not run as root, and its folder is then another's.
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777))?;
            sway = Command::new("setpriv");
            sway.args(["--reuid=65534", "--regid=65534", "--clear-groups", "sway"]);
        }
        let config = folder.path().join("config");
        fs::write(&config, "xwayland disable\n")?;
        fs::set_permissions(&config, fs::Permissions::from_mode(0o644))?;
        sway.arg("-c").arg(&config).current_dir("/").env_clear();
        sway.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        sway.env("XDG_RUNTIME_DIR", folder.path()).env("HOME", folder.path());
        sway.envs([
            ("WLR_BACKENDS", "headless"),
            ("WLR_RENDERER", "pixman"),
            ("WLR_LIBINPUT_NO_DEVICES", "1"),
        ]);
        sway.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let compositor = Ended(sway.spawn()?);
        there(&folder.path().join(DISPLAY)).await?;
        Ok(Some(Self { _compositor: compositor, folder }))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Has a program show its windows here.
    pub(crate) fn on<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("XDG_RUNTIME_DIR", self.folder()).env("WAYLAND_DISPLAY", DISPLAY)
    }

    /// Has it do something.
    pub(crate) fn order(&self, what: &str) -> anyhow::Result<()> {
        let output = Command::new("swaymsg").arg("-s").arg(self.socket()?).arg(what).output()?;
        ensure!(
            output.status.success(),
            "swaymsg {what}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    fn socket(&self) -> anyhow::Result<PathBuf> {
        for entry in fs::read_dir(self.folder())? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with("sway-ipc") {
                return Ok(entry.path());
            }
        }
        None.context("sway takes no orders")
    }
}

/// The first name that a compositor takes.
pub(crate) const DISPLAY: &str = "wayland-1";
