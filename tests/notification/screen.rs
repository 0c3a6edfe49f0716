//! A screen that nobody sees, to click on and to take pictures of.

use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::ensure;

use super::bus::Ended;

/// An X server; it ends with this value.
pub(crate) struct Screen {
    _server: Ended,
    display: String,
}

/// A window on it, of this height.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    id: String,
    height: f64,
}

/// What a screen needs, with the packages.
pub(crate) const NEEDED: [(&str, &str); 3] =
    [("Xvfb", "xvfb"), ("xdotool", "xdotool"), ("import", "imagemagick")];

impl Screen {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb")?;
        let output = server.stdout.take().context("piped")?;
        let mut number = String::new();
        BufReader::new(output).read_line(&mut number)?;
        Ok(Self { _server: Ended(server), display: format!(":{}", number.trim()) })
    }

    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// The window of this name, as soon as it is on the screen; the newest, where another one is about to go.
    pub(crate) fn window(&self, name: &str) -> anyhow::Result<Window> {
        for _ in 0..500 {
            // Not by that name: the search looks for it in another place than where Qt writes it.
            let all = self.run("xdotool", &["search", "--onlyvisible", "--name", ".*"])?;
            for id in all.lines().rev() {
                if let Some(window) = self.measured(id, name) {
                    return Ok(window);
                }
            }
        }
        anyhow::bail!("no window {name:?}")
    }

    /// This window, if it has that name and is still there.
    fn measured(&self, id: &str, name: &str) -> Option<Window> {
        let named = self.run("xdotool", &["getwindowname", id]).ok()?;
        let geometry = self.run("xdotool", &["getwindowgeometry", "--shell", id]).ok()?;
        let height = geometry.lines().find_map(|line| line.strip_prefix("HEIGHT="))?;
        (named.trim() == name).then_some(Window { id: id.to_owned(), height: height.parse().ok()? })
    }

    /// Clicks so many pixels from the left and from the bottom.
    pub(crate) fn click(
        &self,
        window: &Window,
        left: f64,
        bottom: f64,
        button: u8,
    ) -> anyhow::Result<()> {
        let x = format!("{left:.0}");
        let y = format!("{:.0}", window.height - bottom);
        let button = button.to_string();
        let click = ["mousemove", "--window", &window.id, &x, &y, "click", &button];
        self.run("xdotool", &click).map(|_| ())
    }

    /// Takes a picture of a window once it is drawn: it has several colours, and is the same twice in a row.
    pub(crate) fn picture(&self, window: &Window, name: &str) -> anyhow::Result<()> {
        let shot = tempfile::NamedTempFile::with_suffix(".png")?;
        let path = shot.path().to_string_lossy();
        let mut before = Vec::new();
        for _ in 0..50 {
            let plain = "png:exclude-chunks=date,time";
            self.run("import", &["-window", &window.id, "-strip", "-define", plain, &path])?;
            let now = fs::read(shot.path())?;
            let colours = self.run("identify", &["-format", "%k", &path])?.trim().parse::<u32>()?;
            if now == before && colours > 8 {
                let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
                fs::create_dir_all(&pictures)?;
                fs::write(pictures.join(name), now)?;
                return Ok(());
            }
            before = now;
        }
        anyhow::bail!("{name}: nothing is drawn")
    }

    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(program)
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .with_context(|| program.to_owned())?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "{program} {arguments:?}: {said}");
        Ok(String::from_utf8(output.stdout)?)
    }
}
