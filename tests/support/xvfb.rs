//! An X server that nobody sees.

use std::io::BufRead as _;
use std::io::BufReader;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;

use crate::bus::Ended;

/// A screen; it ends with this value.
pub(crate) struct Xvfb {
    size: &'static str,
    server: Ended,
    display: String,
}

impl Xvfb {
    /// One of 800 by 600 pixels. Returns when it can be reached.
    pub(crate) fn start() -> anyhow::Result<Self> {
        Self::sized("800x600")
    }

    pub(crate) fn sized(size: &'static str) -> anyhow::Result<Self> {
        Self::on(None, size)
    }

    fn on(display: Option<&str>, size: &'static str) -> anyhow::Result<Self> {
        let mut server = Command::new("Xvfb")
            .args(display)
            // Without "-noreset" it starts anew whenever its last client goes, and refuses everyone meanwhile.
            .args(["-displayfd", "1", "-screen", "0", &format!("{size}x24")])
            .args(["-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb")?;
        let output = server.stdout.take().context("piped")?;
        let server = Ended(server);
        let mut number = String::new();
        BufReader::new(output).read_line(&mut number)?;
        Ok(Self { size, server, display: format!(":{}", number.trim()) })
    }

    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// The server goes, and everybody on it notices.
    pub(crate) fn kill(&mut self) {
        self.server.end();
    }

    /// And comes back on the same display, as a new one.
    pub(crate) fn restart(&mut self) -> anyhow::Result<()> {
        *self = Self::on(Some(&self.display), self.size)?;
        Ok(())
    }
}
