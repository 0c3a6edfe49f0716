//! Wayland compositors that nobody sees.

use std::ffi::OsString;
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
use tempfile::TempDir;

use crate::bus::Ended;
use crate::bus::installed;
use crate::debian::Debian;

/// A compositor that needs no graphics card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CompositorKind {
    Sway,
    Labwc,
}

/// Where a compositor draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Nowhere: it says on its standard output where it listens, once it can be reached.
    Nowhere,
    /// In a window of X11, which it makes 800 by 600 pixels and fills with one colour that is not black.
    Window,
}

impl CompositorKind {
    /// Its program and its package.
    pub(crate) const fn program(self) -> &'static str {
        match self {
            Self::Sway => "sway",
            Self::Labwc => "labwc",
        }
    }

    /// Where it listens, in a folder that was empty.
    pub(crate) const fn first_display(self) -> &'static str {
        match self {
            Self::Sway => "wayland-1",
            Self::Labwc => "wayland-0",
        }
    }

    /// Writes its configuration with these rules for windows into `folder`; the arguments that have it used.
    pub(crate) fn configure(
        self,
        folder: &Path,
        output: Output,
        rules: &str,
    ) -> anyhow::Result<Vec<OsString>> {
        let (name, text) = match (self, output) {
            (Self::Sway, Output::Nowhere) => {
                ("sway-config", "xwayland disable\nexec echo $WAYLAND_DISPLAY\n")
            }
            (Self::Sway, Output::Window) => (
                "sway-config",
                "output * resolution 800x600\noutput * background #204060 solid_color\n",
            ),
            (Self::Labwc, _) => ("rc.xml", ""),
        };
        let file = folder.join(name);
        let text = match self {
            Self::Sway => format!("{text}{rules}\n"),
            Self::Labwc => format!("<labwc_config>{rules}</labwc_config>\n"),
        };
        fs::write(&file, text)?;
        fs::set_permissions(&file, Permissions::from_mode(0o644))?;
        if self == Self::Sway {
            return Ok(vec!["--config".into(), file.into()]);
        }
        let line = match output {
            Output::Nowhere => "sh -c 'echo $WAYLAND_DISPLAY'",
            Output::Window => {
                "sh -c 'wlr-randr --output X11-1 --custom-mode 800x600 && swaybg --color 204060'"
            }
        };
        Ok(vec!["--config-dir".into(), folder.into(), "--startup".into(), line.into()])
    }
}

/// A compositor without a screen; it ends with this value.
pub(crate) struct Compositor {
    kind: CompositorKind,
    rules: String,
    server: Ended,
    display: String,
    folder: TempDir,
}

impl Compositor {
    /// Returns when it can be reached; `None`, and a line that says so, where something is not installed.
    pub(crate) fn start(kind: CompositorKind) -> anyhow::Result<Option<Self>> {
        Self::with(kind, "")
    }

    /// The same with these rules for windows.
    pub(crate) fn with(kind: CompositorKind, rules: &str) -> anyhow::Result<Option<Self>> {
        // That of Debian 12 tells neither idle time nor windows.
        if kind == CompositorKind::Labwc && Debian::here()? == Debian::Twelve {
            return Ok(None);
        }
        let program = kind.program();
        if !installed(&[(program, program), ("setpriv", "util-linux")])? {
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        // Sway does not run as root, and the folder is then another's.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777))?;
        let (server, display) = serve(kind, folder.path(), rules)?;
        Ok(Some(Self { kind, rules: rules.to_owned(), server, display, folder }))
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

    /// Where sway takes orders.
    pub(crate) fn orders(&self) -> anyhow::Result<String> {
        for entry in fs::read_dir(self.folder())? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with("sway-ipc") {
                return Ok(entry.path().to_string_lossy().into_owned());
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
        let (server, display) = serve(self.kind, self.folder(), &self.rules)?;
        self.server = server;
        // The old one cannot have tidied up.
        if display != self.display {
            fs::rename(self.folder().join(display), self.socket())?;
        }
        Ok(())
    }
}

fn serve(kind: CompositorKind, folder: &Path, rules: &str) -> anyhow::Result<(Ended, String)> {
    let arguments = kind.configure(folder, Output::Nowhere, rules)?;
    let mut command = Command::new(kind.program());
    if rustix::process::geteuid().is_root() {
        command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--", kind.program()]);
    }
    let mut server = command
        .args(arguments)
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
        .context(kind.program())?;
    let output = server.stdout.take().context("piped")?;
    let server = Ended(server);
    let mut display = String::new();
    BufReader::new(output).read_line(&mut display)?;
    Ok((server, display.trim().to_owned()))
}
