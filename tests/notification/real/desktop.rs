//! A screen and a bus, and a notification server on both.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::bail;
use anyhow::ensure;
use tempfile::TempDir;

use super::kind::Kind;
use super::kind::Stage;
use super::kind::View;
use crate::bus::Ended;
use crate::bus::PrivateBus;
use crate::bus::installed;
use crate::screen;
use crate::screen::Screen;
use crate::screen::Spot;

/// What `kind` runs on, without it at first. What is started last ends first.
pub(crate) struct Desktop {
    kind: &'static Kind,
    server: Option<Ended>,
    sway: Option<Sway>,
    bus: PrivateBus,
    screen: Screen,
    /// What its part of the screen looks like without an offer.
    bare: Option<Vec<u8>>,
}

/// A compositor, and the folder with its sockets.
struct Sway {
    _compositor: Ended,
    folder: TempDir,
}

impl Desktop {
    /// `None`, and a line that says so, where something is not installed.
    pub(crate) async fn start(kind: &'static Kind) -> anyhow::Result<Option<Self>> {
        if !installed(&[&screen::NEEDED[..], kind.needs].concat())? {
            return Ok(None);
        }
        let screen = Screen::start()?;
        let services: Vec<_> = kind.services.iter().map(Path::new).collect();
        let Some(bus) = PrivateBus::with_services(&services, Some(screen.display()))? else {
            return Ok(None);
        };
        install(&bus)?;
        for (file, text) in kind.files {
            let file = bus.folder().join(file);
            fs::create_dir_all(file.parent().context("in a folder")?)?;
            fs::write(file, text)?;
        }
        let sway = match kind.stage {
            Stage::Screen => None,
            Stage::Sway => Some(Sway::start(&bus, &screen).await?),
        };
        let mut desktop = Self { kind, server: None, sway, bus, screen, bare: None };
        if matches!(kind.view, View::Area(..)) {
            desktop.bare = Some(desktop.drawn().await?);
        }
        Ok(Some(desktop))
    }

    pub(crate) fn address(&self) -> String {
        self.bus.address()
    }

    /// Starts the server.
    pub(crate) fn serve(&mut self) -> anyhow::Result<()> {
        let program = match self.kind.program {
            service if Path::new(service).extension().is_some_and(|is| is == "service") => {
                let text = fs::read_to_string(service)?;
                let line = text.lines().find_map(|line| line.strip_prefix("Exec="));
                line.context("a service is a program")?.to_owned()
            }
            program => program.to_owned(),
        };
        let mut server = self.program(&program);
        server.stdout(Stdio::null()).stderr(Stdio::null());
        self.server = Some(Ended(server.spawn().context(program)?));
        Ok(())
    }

    pub(crate) fn kill_server(&mut self) {
        self.server = None;
    }

    /// Has somebody on this desktop type this.
    pub(crate) async fn command(&self, line: &str) -> anyhow::Result<()> {
        let shell = self.program("sh");
        let said = tokio::process::Command::from(shell).args(["-c", line]).output().await?;
        ensure!(said.status.success(), "{line}: {}", String::from_utf8_lossy(&said.stderr));
        Ok(())
    }

    /// Clicks on the offer.
    pub(crate) async fn click(&self, left: f64, bottom: f64, button: u8) -> anyhow::Result<()> {
        self.screen.click(&self.place().await?, left, bottom, button).await
    }

    /// Takes a picture of the offer.
    pub(crate) async fn picture(&self, name: &str) -> anyhow::Result<()> {
        let (place, area) = match self.kind.view {
            View::Window(_) => (self.place().await?, None),
            View::Area(width, height, left, top) => {
                (Spot::Screen, Some(format!("{width}x{height}+{left}+{top}")))
            }
        };
        self.screen.picture(&place, area.as_deref(), name).await
    }

    /// Whether an offer is on the screen just now.
    pub(crate) async fn shows(&self) -> anyhow::Result<bool> {
        match self.kind.view {
            View::Window(name) => Ok(self.screen.window_now(name).await?.is_some()),
            View::Area(..) => Ok(Some(self.drawn().await?) != self.bare),
        }
    }

    /// The same, once nothing moves on the screen any more.
    pub(crate) async fn shows_at_rest(&self) -> anyhow::Result<bool> {
        self.screen.still(&Spot::Screen, None).await?;
        self.shows().await
    }

    /// Waits until an offer is on the screen, or is not.
    pub(crate) async fn until(&self, shown: bool) -> anyhow::Result<()> {
        for _ in 0..500 {
            if self.shows().await? == shown {
                return Ok(());
            }
        }
        bail!("{}: shown is not {shown}", self.kind.name)
    }

    /// Its part of the screen, once that stays as it is.
    async fn drawn(&self) -> anyhow::Result<Vec<u8>> {
        let View::Area(width, height, left, top) = self.kind.view else { return Ok(Vec::new()) };
        self.screen.still(&Spot::Screen, Some(&format!("{width}x{height}+{left}+{top}"))).await
    }

    /// Where its clicks are counted from.
    async fn place(&self) -> anyhow::Result<Spot> {
        match self.kind.view {
            View::Window(name) => self.screen.window(name).await,
            View::Area(..) => Ok(Spot::Screen),
        }
    }

    /// A program on this desktop; its name may be followed by arguments.
    fn program(&self, line: &str) -> Command {
        let mut words = line.split(' ');
        let mut program = self.bus.program(words.next().unwrap_or_default());
        program.args(words).env("DISPLAY", self.screen.display());
        program.envs(self.kind.variables.iter().copied());
        if let Some(sway) = &self.sway {
            sway.be_found_by(&mut program);
        }
        program
    }
}

impl Sway {
    /// Returns when it listens and has drawn its background.
    async fn start(bus: &PrivateBus, screen: &Screen) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let config = folder.path().join("config");
        fs::write(&config, "output * resolution 800x600\n")?;
        // It refuses to run as root.
        let mut compositor = if rustix::process::geteuid().is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY))?;
            let mut setpriv = bus.program("setpriv");
            setpriv.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--", "sway"]);
            setpriv
        } else {
            bus.program("sway")
        };
        compositor
            .arg("--config")
            .arg(config)
            .env("DISPLAY", screen.display())
            .env("WLR_BACKENDS", "x11")
            .env("WLR_RENDERER", "pixman")
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("SWAYSOCK", folder.path().join(SWAY_SOCKET))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let sway = Self { _compositor: Ended(compositor.spawn().context("sway")?), folder };
        for _ in 0..500 {
            let mut ask = bus.program("swaymsg");
            sway.be_found_by(&mut ask);
            ask.args(["-t", "get_version"]);
            let heard = tokio::process::Command::from(ask).output().await?.status.success();
            if heard && screen.is_lit().await? {
                return Ok(sway);
            }
        }
        bail!("sway does not start")
    }

    fn be_found_by(&self, program: &mut Command) {
        program
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("SWAYSOCK", self.folder.path().join(SWAY_SOCKET))
            // The first name there is, in a folder that was empty.
            .env("WAYLAND_DISPLAY", "wayland-1");
    }
}

/// Puts the desktop file and the icon where a desktop looks for those of its owner.
pub(crate) fn install(bus: &PrivateBus) -> anyhow::Result<()> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/desktop");
    for (file, folder) in [
        ("org.kindbeat.Kindbeat.desktop", "applications"),
        ("org.kindbeat.Kindbeat.svg", "icons/hicolor/scalable/apps"),
    ] {
        let to = bus.folder().join(folder);
        fs::create_dir_all(&to)?;
        fs::copy(from.join(file), to.join(file))?;
    }
    Ok(())
}

const NOBODY: u32 = 65_534;

const SWAY_SOCKET: &str = "sway.sock";
