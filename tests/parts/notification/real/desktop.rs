//! A screen and a bus, and a notification server on both.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::bail;
use anyhow::ensure;
use futures_util::StreamExt as _;

use super::home::Home;
use super::home::write;
use super::kind::Kind;
use super::kind::Stage;
use super::kind::View;
use crate::bus::Ended;
use crate::bus::PrivateBus;
use crate::bus::installed;
use crate::notification::client::soon;
use crate::notification::screen;
use crate::notification::screen::Screen;
use crate::notification::screen::Spot;
use crate::notification::shell::Shell;

/// What `kind` runs on, without it at first. What is first here ends first.
pub(crate) struct Desktop {
    kind: Kind,
    server: Option<Ended>,
    /// They stay when the server ends.
    helpers: Vec<Ended>,
    home: Option<Home>,
    bus: PrivateBus,
    screen: Screen,
    /// What its part of the screen looks like without an offer.
    bare: Option<Vec<u8>>,
    /// What the part below looks like as soon as it is there, where it draws all there is.
    below: Option<Vec<u8>>,
}

impl Desktop {
    /// `None`, and a line that says so, where something is not installed.
    pub(crate) async fn start(kind: Kind) -> anyhow::Result<Option<Self>> {
        if !installed(&[&screen::NEEDED[..], &FONT, kind.needs].concat())? {
            return Ok(None);
        }
        let mut screen = Screen::start()?;
        let services: Vec<_> = kind.services.iter().map(Path::new).collect();
        let Some(bus) = PrivateBus::with_services(&services, Some(screen.display()))? else {
            return Ok(None);
        };
        install(&bus)?;
        write(bus.folder(), &[("fonts.conf", FONTS)])?;
        let home = match kind.stage {
            Stage::Screen => {
                write(bus.folder(), kind.files)?;
                None
            }
            Stage::Compositor(_) | Stage::Kwin | Stage::Desktop | Stage::Shell => {
                Some(Home::new(&bus, kind.files)?)
            }
        };
        if let (Stage::Shell, Some(home)) = (kind.stage, &home) {
            screen.look_at(Shell::new(bus.connect().await?, home.folder()));
        }
        let mut desktop = Self {
            kind,
            server: None,
            helpers: Vec::new(),
            home,
            bus,
            screen,
            bare: None,
            below: None,
        };
        match (desktop.kind.stage, &mut desktop.home) {
            (Stage::Compositor(kind), Some(home)) => {
                home.start(kind, &desktop.bus, &desktop.screen).await?;
            }
            (Stage::Kwin, Some(home)) => {
                home.start_kwin(&desktop.bus, &desktop.screen, desktop.kind.variables).await?;
            }
            _ => {}
        }
        if desktop.home.is_some() {
            desktop.learn().await?;
        }
        Ok(Some(desktop))
    }

    /// Gets to know what it looks like when there is no offer: with the server, where that draws something then.
    async fn learn(&mut self) -> anyhow::Result<()> {
        let Some((area, colours)) = self.kind.below else {
            self.bare = Some(self.drawn().await?);
            return Ok(());
        };
        self.spawn()?;
        for _ in 0..500 {
            if self.screen.colours(Some(area)).await? > colours {
                self.below = Some(self.screen.complete(area).await?);
                self.bare = Some(self.drawn().await?);
                self.server = None;
                return self.deserted().await;
            }
        }
        bail!("{} does not start", self.kind.name)
    }

    pub(crate) fn address(&self) -> String {
        self.bus.address()
    }

    /// Waits until nobody shows notifications: a server may have helpers that outlive it by a moment.
    async fn deserted(&self) -> anyhow::Result<()> {
        let dbus = zbus::fdo::DBusProxy::new(&self.bus.connect().await?).await?;
        let mut changes = dbus.receive_name_owner_changed_with_args(&[(0, SERVER)]).await?;
        while dbus.name_has_owner(SERVER.try_into()?).await? {
            soon(changes.next()).await?;
        }
        Ok(())
    }

    /// Starts the server, and waits where it has to draw all else before an offer.
    pub(crate) async fn serve(&mut self) -> anyhow::Result<()> {
        self.spawn()?;
        for _ in 0..500 {
            let (Some(below), Some((area, _))) = (&self.below, self.kind.below) else {
                return Ok(());
            };
            if *below == self.screen.still(&Spot::Screen, Some(area)).await? {
                return Ok(());
            }
        }
        bail!("{} does not start again", self.kind.name)
    }

    fn spawn(&mut self) -> anyhow::Result<()> {
        let program = match self.kind.program {
            service if Path::new(service).extension().is_some_and(|is| is == "service") => {
                let text = fs::read_to_string(service)?;
                let line = text.lines().find_map(|line| line.strip_prefix("Exec="));
                line.context("a service is a program")?.to_owned()
            }
            program => program.to_owned(),
        };
        while let Some(helper) = self.kind.helpers.get(self.helpers.len()) {
            self.helpers.push(self.started(helper)?);
        }
        self.server = Some(self.started(&program)?);
        Ok(())
    }

    fn started(&self, line: &str) -> anyhow::Result<Ended> {
        let mut program = self.program(line);
        program.stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Ended(program.spawn().with_context(|| line.to_owned())?))
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

    /// A program of whoever runs this test, as one on this desktop: others may be unable to read files of the test.
    pub(crate) fn guest(&self, name: &str) -> Command {
        let mut program = self.bus.program(name);
        if let Some(home) = &self.home {
            home.is_home_of(&self.bus, &mut program);
        }
        self.is_desktop_of(&mut program);
        self.is_client(&mut program);
        program
    }

    /// Has a program find the compositor, where that is the server itself.
    fn is_client(&self, program: &mut Command) {
        if self.kind.stage == Stage::Shell {
            program.env("WAYLAND_DISPLAY", SHELL_SOCKET);
        }
    }

    /// A window that fills the screen.
    pub(crate) async fn fill(&self) -> anyhow::Result<Ended> {
        if self.is_wayland() {
            let mut window = self.program("foot --fullscreen --working-directory=/ sleep 600");
            self.is_client(&mut window);
            let window = Ended(window.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
            let Some((area, _)) = self.kind.below else { return Ok(window) };
            for _ in 0..100 {
                if Some(self.screen.still(&Spot::Screen, Some(area)).await?) != self.below {
                    return Ok(window);
                }
            }
            bail!("{}: no window fills the screen", self.kind.name)
        }
        let window = self.started("xmessage -title full Hello")?;
        self.command("until wmctrl -r full -b add,fullscreen; do sleep 0.1; done").await?;
        self.command("wmctrl -a full").await?;
        Ok(window)
    }

    fn is_wayland(&self) -> bool {
        self.kind.variables.contains(&("XDG_SESSION_TYPE", "wayland"))
            || matches!(self.kind.stage, Stage::Compositor(_) | Stage::Kwin | Stage::Shell)
    }

    /// Takes a picture of all of the screen.
    pub(crate) async fn whole_picture(&self, name: &str) -> anyhow::Result<()> {
        self.screen.whole_picture(name).await
    }

    /// Clicks on the offer.
    pub(crate) async fn click(&self, left: f64, bottom: f64, button: u8) -> anyhow::Result<()> {
        let place = self.place().await?;
        self.hover(&place).await?;
        if self.kind.stage == Stage::Desktop {
            // What draws all there is draws a button under the mouse first; before that a click is lost.
            self.screen.point(&place, left, bottom).await?;
            self.screen.still(&Spot::Screen, None).await?;
        }
        self.screen.click(&place, left, bottom, button).await
    }

    /// Has the mouse where the buttons come up.
    async fn hover(&self, place: &Spot) -> anyhow::Result<()> {
        if let Some((left, bottom)) = self.kind.hover {
            self.screen.point(place, left, bottom).await?;
            self.screen.still(&Spot::Screen, None).await?;
        }
        Ok(())
    }

    /// Takes a picture of the offer.
    pub(crate) async fn picture(&self, name: &str) -> anyhow::Result<()> {
        let place = self.place().await?;
        self.hover(&place).await?;
        self.screen.picture(&place, self.area().as_deref(), name).await
    }

    /// Its part of the screen, where it is no window.
    fn area(&self) -> Option<String> {
        match self.kind.view {
            View::Window(_) => None,
            View::Area(width, height, left, top) => Some(format!("{width}x{height}+{left}+{top}")),
        }
    }

    /// Whether an offer is on the screen just now.
    pub(crate) async fn shows(&self) -> anyhow::Result<bool> {
        match self.kind.view {
            View::Window(name) => Ok(self.screen.window_now(name).await?.is_some()),
            // There is nothing at all without it.
            View::Area(..) if self.below.is_some() && self.server.is_none() => Ok(false),
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
        let Some(area) = self.area() else { return Ok(Vec::new()) };
        if self.kind.hover.is_some() {
            // The mouse is drawn, too.
            self.screen.point(&Spot::Screen, 10.0, 10.0).await?;
        }
        self.screen.still(&Spot::Screen, Some(&area)).await
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
        let name = words.next().unwrap_or_default();
        let mut program = match &self.home {
            Some(home) => home.program(&self.bus, name),
            None => self.bus.program(name),
        };
        program.args(words);
        self.is_desktop_of(&mut program);
        program
    }

    fn is_desktop_of(&self, program: &mut Command) {
        program
            .env("DISPLAY", self.screen.display())
            .env("DBUS_SYSTEM_BUS_ADDRESS", self.bus.address())
            .env("FONTCONFIG_FILE", self.bus.folder().join("fonts.conf"))
            .envs(self.kind.variables.iter().copied());
    }
}

/// Puts the desktop file and the icon where a desktop looks for those of its owner. GNOME 48 gives a token only to a program that it can
/// find, so the file names it with its path, as the README has it done.
pub(crate) fn install(bus: &PrivateBus) -> anyhow::Result<()> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/desktop");
    let program = bus.folder().join("kindbeat");
    fs::write(&program, "#!/bin/sh\n")?;
    fs::set_permissions(&program, Permissions::from_mode(0o755))?;
    let entry = fs::read_to_string(from.join("org.kindbeat.Kindbeat.desktop"))?;
    let entry = entry.replace(NAMED, &NAMED.replace("kindbeat", &program.to_string_lossy()));
    let icon = fs::read_to_string(from.join("org.kindbeat.Kindbeat.svg"))?;
    write(
        bus.folder(),
        &[
            ("applications/org.kindbeat.Kindbeat.desktop", &entry),
            ("icons/hicolor/scalable/apps/org.kindbeat.Kindbeat.svg", &icon),
        ],
    )
}

/// The program, in the desktop file; there its path is written.
pub(crate) const NAMED: &str = "Exec=kindbeat";

/// As it's started with.
const SHELL_SOCKET: &str = "wayland-9";

const SERVER: &str = "org.freedesktop.Notifications";

/// Where it is, and its package.
const FONT: [(&str, &str); 1] =
    [("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "fonts-dejavu-core")];

/// One font, whatever else is installed: where the buttons are depends on it.
const FONTS: &str = "<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir prefix=\"xdg\">fontconfig</cachedir></fontconfig>";
