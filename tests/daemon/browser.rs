//! A stand-in for a browser: it tells the test what it was started with, and fetches nothing by itself.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context as _;
use rustix::fs::CWD;
use rustix::fs::FileType;
use rustix::fs::Mode;
use rustix::fs::mknodat;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;
use tokio::io::Lines;
use tokio::net::unix::pipe;

use crate::client::soon;

pub(crate) struct Browser {
    script: PathBuf,
    started: Lines<BufReader<pipe::Receiver>>,
}

/// What it was started with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Started {
    pub(crate) url: String,
    /// `XDG_ACTIVATION_TOKEN` and `DESKTOP_STARTUP_ID`; empty: not set.
    pub(crate) tokens: [String; 2],
}

impl Browser {
    pub(crate) fn install(folder: &Path) -> anyhow::Result<Self> {
        let (script, pipe) = (folder.join("browser"), folder.join("browser.pipe"));
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
        // One write, and so one whole line, however many are started at once.
        let text = format!(
            "printf '%s|%s|%s\\n' \"$1\" \"$XDG_ACTIVATION_TOKEN\" \"$DESKTOP_STARTUP_ID\" > '{}'\n",
            pipe.display()
        );
        fs::write(&script, text)?;
        // Also for writing, so that it does not end with the first that was started.
        let pipe = pipe::OpenOptions::new().read_write(true).open_receiver(pipe)?;
        Ok(Self { script, started: BufReader::new(pipe).lines() })
    }

    /// The setting that opens pages with it.
    pub(crate) fn setting(&self) -> String {
        format!("open_with = [\"/bin/sh\", \"{}\", \"{{url}}\"]", self.script.display())
    }

    /// Waits until it is started.
    pub(crate) async fn started(&mut self) -> anyhow::Result<Started> {
        let line = soon(self.started.next_line()).await.context("waiting for a browser")??;
        let line = line.context("the pipe stays open")?;
        let mut parts = line.split('|').map(ToOwned::to_owned);
        let mut part = || parts.next().context("three parts");
        Ok(Started { url: part()?, tokens: [part()?, part()?] })
    }

    /// Whether it was started and nobody took note of it; what is started later may still come.
    pub(crate) async fn is_quiet(&mut self) -> bool {
        tokio::select! {
            biased;
            _ = self.started.next_line() => false,
            () = tokio::task::yield_now() => true,
        }
    }
}
