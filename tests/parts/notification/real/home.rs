//! Somebody who may not do everything: Sway refuses to run as root, and GNOME complains of it.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::bail;
use anyhow::ensure;
use tempfile::TempDir;

use crate::bus::Ended;
use crate::bus::PrivateBus;
use crate::compositor::CompositorKind;
use crate::compositor::Output;
use crate::desk::stand::there;
use crate::notification::screen::Screen;

/// A home of their own, with a compositor or without.
pub(crate) struct Home {
    /// Where it listens, and the compositor.
    compositor: Option<(&'static str, Ended)>,
    folder: TempDir,
}

impl Home {
    /// A home with these files, whose owner can reach the bus.
    pub(crate) fn new(bus: &PrivateBus, files: &[(&str, &str)]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        write(folder.path(), files)?;
        if rustix::process::geteuid().is_root() {
            fs::set_permissions(bus.folder(), Permissions::from_mode(0o755))?;
        }
        give_away(folder.path())?;
        Ok(Self { compositor: None, folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts a compositor in a window that is the whole screen, and returns when it has drawn its background.
    pub(crate) async fn start(
        &mut self,
        kind: CompositorKind,
        bus: &PrivateBus,
        screen: &Screen,
    ) -> anyhow::Result<()> {
        let arguments = kind.configure(self.folder(), Output::Window, "")?;
        let compositor = self
            .program(bus, kind.program())
            .args(arguments)
            .env("DISPLAY", screen.display())
            .env("WLR_BACKENDS", "x11")
            .env("WLR_RENDERER", "pixman")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context(kind.program())?;
        self.compositor = Some((kind.first_display(), Ended(compositor)));
        for _ in 0..500 {
            if screen.is_lit().await? {
                return Ok(());
            }
        }
        bail!("{} does not start", kind.program())
    }

    /// Starts the compositor of Plasma in a window that is the whole screen, and returns when it can be reached. It draws nothing itself.
    pub(crate) async fn start_kwin(
        &mut self,
        bus: &PrivateBus,
        screen: &Screen,
        variables: &[(&str, &str)],
    ) -> anyhow::Result<()> {
        let kwin = self
            .program(bus, "kwin_wayland")
            .args(["--x11-display", screen.display(), "--width", "800", "--height", "600"])
            .args(["--no-lockscreen", "--socket", SOCKET])
            .env("DISPLAY", screen.display())
            .envs(variables.iter().copied())
            .env("KWIN_COMPOSE", "Q")
            .env_remove("QT_QPA_PLATFORM")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("kwin_wayland")?;
        self.compositor = Some((SOCKET, Ended(kwin)));
        there(&self.folder.path().join(SOCKET)).await
    }

    /// A program of theirs.
    pub(crate) fn program(&self, bus: &PrivateBus, name: &str) -> Command {
        let mut program = if rustix::process::geteuid().is_root() {
            let mut setpriv = bus.program("setpriv");
            setpriv.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--", name]);
            setpriv
        } else {
            bus.program(name)
        };
        self.is_home_of(bus, &mut program);
        program
    }

    /// Has a program find all of this, whoever runs it.
    pub(crate) fn is_home_of(&self, bus: &PrivateBus, program: &mut Command) {
        for variable in
            ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"]
        {
            program.env(variable, self.folder.path());
        }
        let installed = bus.folder().display();
        program
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("XDG_DATA_DIRS", format!("{installed}:/usr/local/share:/usr/share"));
        if let Some((display, _)) = &self.compositor {
            program.env("WAYLAND_DISPLAY", display);
        }
    }
}

/// Writes these files below `folder`.
pub(crate) fn write(folder: &Path, files: &[(&str, &str)]) -> anyhow::Result<()> {
    for (file, text) in files {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().context("in a folder")?)?;
        fs::write(file, text)?;
    }
    Ok(())
}

/// Makes this folder theirs.
fn give_away(folder: &Path) -> anyhow::Result<()> {
    if rustix::process::geteuid().is_root() {
        let mut give = Command::new("chown");
        give.args(["--recursive", "65534:65534"]).arg(folder);
        ensure!(give.status()?.success(), "the home could not be given away");
    }
    Ok(())
}

/// Where `KWin` listens.
const SOCKET: &str = "wayland-1";
