//! A screen that nobody sees, to click on and to take pictures of.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use anyhow::ensure;

use super::shell::Shell;
use crate::xvfb::Xvfb;

/// It ends with this value.
pub(crate) struct Screen {
    server: Xvfb,
    /// What is looked at instead, where a desktop draws without a monitor.
    shell: Option<Shell>,
}

/// Something on it, to click on and to take a picture of.
#[derive(Clone, Debug)]
pub(crate) enum Spot {
    /// All of it.
    Screen,
    /// A window, and its height.
    Window(String, f64),
}

/// What a screen needs, with the packages.
pub(crate) const NEEDED: [(&str, &str); 3] =
    [("Xvfb", "xvfb"), ("xdotool", "xdotool"), ("import", "imagemagick")];

impl Screen {
    pub(crate) fn start() -> anyhow::Result<Self> {
        Ok(Self { server: Xvfb::start()?, shell: None })
    }

    /// From here on what this shell draws is looked at and clicked on.
    pub(crate) fn look_at(&mut self, shell: Shell) {
        self.shell = Some(shell);
    }

    pub(crate) fn display(&self) -> &str {
        self.server.display()
    }

    /// The window of this name, as soon as it is on the screen.
    pub(crate) async fn window(&self, name: &str) -> anyhow::Result<Spot> {
        for _ in 0..500 {
            if let Some(window) = self.window_now(name).await? {
                return Ok(window);
            }
        }
        anyhow::bail!("no window {name:?}")
    }

    /// The window of this name, if it is on the screen; the newest, where another one is about to go.
    pub(crate) async fn window_now(&self, name: &str) -> anyhow::Result<Option<Spot>> {
        // Not by that name: the search looks for it in another place than where Qt writes it.
        let search = ["search", "--onlyvisible", "--name", ".*"];
        let mut all = self.run("xdotool", &search).await;
        for _ in 0..5 {
            // It stumbles over a window that goes while it looks.
            if all.is_err() {
                all = self.run("xdotool", &search).await;
            }
        }
        let all = all?;
        for id in all.lines().rev() {
            if let Some(window) = self.measured(id, name).await {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }

    /// This window, if it has that name, is still there, and of a size that says something.
    async fn measured(&self, id: &str, name: &str) -> Option<Spot> {
        let named = self.run("xdotool", &["getwindowname", id]).await.ok()?;
        let geometry = self.run("xdotool", &["getwindowgeometry", "--shell", id]).await.ok()?;
        let size = |prefix: &str| -> Option<f64> {
            geometry.lines().find_map(|line| line.strip_prefix(prefix))?.parse().ok()
        };
        let (width, height) = (size("WIDTH=")?, size("HEIGHT=")?);
        // Plasma calls all of its windows the same, and the panel is as wide as the screen.
        let fits = named.trim() == name && width > 200.0 && width < 600.0;
        fits.then(|| Spot::Window(id.to_owned(), height))
    }

    /// Clicks so many pixels from the left and from the bottom.
    pub(crate) async fn click(
        &self,
        spot: &Spot,
        left: f64,
        bottom: f64,
        button: u8,
    ) -> anyhow::Result<()> {
        self.point(spot, left, bottom).await?;
        if let Some(shell) = &self.shell {
            return shell.click(button).await;
        }
        self.run("xdotool", &["click", &button.to_string()]).await.map(drop)
    }

    /// Puts the mouse there.
    pub(crate) async fn point(&self, spot: &Spot, left: f64, bottom: f64) -> anyhow::Result<()> {
        if let Some(shell) = &self.shell {
            return shell.point(left, bottom).await;
        }
        let x = format!("{left:.0}");
        let (window, height) = match spot {
            Spot::Screen => (None, HEIGHT),
            Spot::Window(id, height) => (Some(id), *height),
        };
        let y = format!("{:.0}", height - bottom);
        let mut arguments = vec!["mousemove"];
        arguments.extend(window.iter().flat_map(|id| ["--window", id]));
        arguments.extend([x.as_str(), &y]);
        self.run("xdotool", &arguments).await.map(drop)
    }

    /// Takes a picture once something is drawn: it has several colours, and is the same twice in a row.
    pub(crate) async fn picture(
        &self,
        spot: &Spot,
        area: Option<&str>,
        name: &str,
    ) -> anyhow::Result<()> {
        for _ in 0..50 {
            let picture = self.still(spot, area).await?;
            if self.measure("%k", &picture).await?.parse::<u32>()? > 8 {
                return keep(&picture, name);
            }
        }
        anyhow::bail!("{name}: nothing is drawn")
    }

    /// Takes a picture of all of it, whatever is drawn.
    pub(crate) async fn whole_picture(&self, name: &str) -> anyhow::Result<()> {
        keep(&self.still(&Spot::Screen, None).await?, name)
    }

    /// What is to be seen, as soon as it is the same twice in a row; of `area` alone, where one is given.
    pub(crate) async fn still(&self, spot: &Spot, area: Option<&str>) -> anyhow::Result<Vec<u8>> {
        self.same(spot, area, 2).await
    }

    /// The same for what is drawn part by part, with pauses: where a panel has its menu, its other icons come a second later.
    pub(crate) async fn complete(&self, area: &str) -> anyhow::Result<Vec<u8>> {
        self.same(&Spot::Screen, Some(area), 25).await
    }

    async fn same(&self, spot: &Spot, area: Option<&str>, times: u32) -> anyhow::Result<Vec<u8>> {
        let (mut before, mut seen) = (self.shot(spot, area).await?, 1);
        for _ in 0..100 * (times - 1) {
            let now = self.shot(spot, area).await?;
            seen = if now == before { seen + 1 } else { 1 };
            if seen == times {
                return Ok(now);
            }
            before = now;
        }
        anyhow::bail!("the screen does not come to rest")
    }

    /// Whether anything but black is on it.
    pub(crate) async fn is_lit(&self) -> anyhow::Result<bool> {
        let picture = self.still(&Spot::Screen, None).await?;
        Ok(self.measure("%[fx:maxima]", &picture).await? != "0")
    }

    /// How many colours are to be seen there.
    pub(crate) async fn colours(&self, area: Option<&str>) -> anyhow::Result<u32> {
        let picture = self.still(&Spot::Screen, area).await?;
        Ok(self.measure("%k", &picture).await?.parse()?)
    }

    async fn measure(&self, what: &str, picture: &[u8]) -> anyhow::Result<String> {
        let file = tempfile::NamedTempFile::with_suffix(".png")?;
        fs::write(file.path(), picture)?;
        let path = file.path().to_string_lossy();
        Ok(self.run("identify", &["-format", what, &path]).await?.trim().to_owned())
    }

    async fn shot(&self, spot: &Spot, area: Option<&str>) -> anyhow::Result<Vec<u8>> {
        let file = tempfile::NamedTempFile::with_suffix(".png")?;
        let path = file.path().to_string_lossy();
        let taken = match &self.shell {
            Some(shell) => Some(shell.picture().await?),
            None => None,
        };
        let taken = taken.as_ref().map(|taken| taken.to_string_lossy());
        let (program, mut arguments) = match (&taken, spot) {
            (Some(taken), _) => ("convert", vec![&**taken]),
            (None, Spot::Screen) => ("import", vec!["-window", "root"]),
            (None, Spot::Window(id, _)) => ("import", vec!["-window", id]),
        };
        arguments.push("-strip");
        arguments.extend(area.iter().flat_map(|area| ["-crop", area, "+repage"]));
        arguments.extend(["-define", "png:exclude-chunks=date,time", &path]);
        self.run(program, &arguments).await?;
        Ok(fs::read(file.path())?)
    }

    async fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let output = tokio::process::Command::new(program)
            .args(arguments)
            .env("DISPLAY", self.display())
            .output()
            .await
            .with_context(|| program.to_owned())?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "{program} {arguments:?}: {said}");
        Ok(String::from_utf8(output.stdout)?)
    }
}

fn keep(picture: &[u8], name: &str) -> anyhow::Result<()> {
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    fs::create_dir_all(&pictures)?;
    Ok(fs::write(pictures.join(name), picture)?)
}

const HEIGHT: f64 = 600.0;
