//! An X server that nobody sees.

use std::io::BufRead as _;
use std::io::BufReader;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;

use super::bus::Ended;

/// It ends with this value.
pub(crate) struct Screen {
    _server: Ended,
    display: String,
}

impl Screen {
    /// Returns when it can be reached.
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
}
