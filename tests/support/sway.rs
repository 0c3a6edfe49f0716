//! A Wayland compositor that nobody sees.

use std::fs;
use std::fs::Permissions;
use std::io::BufRead as _;
use std::io::BufReader;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::ensure;
use tempfile::TempDir;

use crate::bus::Ended;
use crate::bus::installed;

/// Sway without a screen; it ends with this value.
pub(crate) struct Sway {
    server: Ended,
    display: String,
    folder: TempDir,
}

impl Sway {
    /// Returns when it can be reached; `None`, and a line that says so, where something is not installed.
    pub(crate) fn start() -> anyhow::Result<Option<Self>> {
        if !installed(&[("sway", "sway"), ("setpriv", "util-linux")])? {
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        // As root it does not run, and the folder is then another's.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777))?;
        let (server, display) = serve(folder.path())?;
        Ok(Some(Self { server, display, folder }))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it listens.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder().join(&self.display)
    }

    /// Has a program show its windows here.
    pub(crate) fn on<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("XDG_RUNTIME_DIR", self.folder()).env("WAYLAND_DISPLAY", &self.display)
    }

    /// Has it do something.
    pub(crate) fn order(&self, what: &str) -> anyhow::Result<()> {
        let output = Command::new("swaymsg").arg("-s").arg(self.orders()?).arg(what).output()?;
        ensure!(
            output.status.success(),
            "swaymsg {what}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    fn orders(&self) -> anyhow::Result<PathBuf> {
        for entry in fs::read_dir(self.folder())? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with("sway-ipc") {
                return Ok(entry.path());
            }
        }
        None.context("sway takes no orders")
    }

    /// It goes, and everybody on it notices.
    pub(crate) fn kill(&mut self) {
        self.server.end();
    }

    /// And comes back at the same socket, as a new one.
    pub(crate) fn restart(&mut self) -> anyhow::Result<()> {
        let (server, display) = serve(self.folder())?;
        self.server = server;
        // The old one cannot have tidied up.
        if display != self.display {
            fs::rename(self.folder().join(display), self.socket())?;
        }
        Ok(())
    }
}

fn serve(folder: &Path) -> anyhow::Result<(Ended, String)> {
    let config = folder.join("config");
    // It says where it is once it can be reached.
    fs::write(&config, "xwayland disable\nexec echo $WAYLAND_DISPLAY\n")?;
    fs::set_permissions(&config, Permissions::from_mode(0o644))?;
    let mut command = Command::new("sway");
    if rustix::process::geteuid().is_root() {
        command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--", "sway"]);
    }
    let mut server = command
        .arg("--config")
        .arg(&config)
        .current_dir("/")
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .envs([("HOME", folder), ("XDG_RUNTIME_DIR", folder)])
        .envs([("WLR_BACKENDS", "headless"), ("WLR_RENDERER", "pixman")])
        .env("WLR_LIBINPUT_NO_DEVICES", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("sway")?;
    let output = server.stdout.take().context("piped")?;
    let server = Ended(server);
    let mut display = String::new();
    BufReader::new(output).read_line(&mut display)?;
    Ok((server, display.trim().to_owned()))
}
