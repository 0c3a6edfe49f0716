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

/// A window on it, of this size.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    id: String,
    width: f64,
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

    /// The window of this name, as soon as it is on the screen.
    pub(crate) fn window(&self, name: &str) -> anyhow::Result<Window> {
        let found = self.run(
            "timeout",
            &["20", "xdotool", "search", "--sync", "--onlyvisible", "--name", name],
        )?;
        let id = found.lines().next().context("a window")?.to_owned();
        let geometry = self.run("xdotool", &["getwindowgeometry", "--shell", &id])?;
        let figure = |name: &str| -> anyhow::Result<f64> {
            let line = geometry.lines().find_map(|line| line.strip_prefix(name));
            Ok(line.context("a figure")?.parse()?)
        };
        Ok(Window { width: figure("WIDTH=")?, height: figure("HEIGHT=")?, id })
    }

    /// Clicks at a part of the width from the left, and at so many pixels from the bottom.
    pub(crate) fn click(
        &self,
        window: &Window,
        across: f64,
        from_bottom: f64,
        button: u8,
    ) -> anyhow::Result<()> {
        let x = format!("{:.0}", window.width * across);
        let y = format!("{:.0}", window.height - from_bottom);
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
