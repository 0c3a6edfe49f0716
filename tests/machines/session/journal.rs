//! What the service tells, as it stands in the journal.

use std::process::Stdio;

use anyhow::Context as _;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;
use tokio::io::Lines;
use tokio::process::Child;
use tokio::process::ChildStdout;
use tokio::process::Command;

use crate::account::soon;
use crate::machine::say;

/// The journal, from the beginning on. It is followed until this is dropped.
pub(crate) struct Journal {
    lines: Lines<BufReader<ChildStdout>>,
    _journalctl: Child,
}

impl Journal {
    pub(crate) fn follow() -> anyhow::Result<Self> {
        let mut journalctl = Command::new("journalctl")
            .args(["--quiet", "--follow", "--lines=all", "--output=cat"])
            .arg("_SYSTEMD_USER_UNIT=kindbeat.service")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("journalctl")?;
        let lines = BufReader::new(journalctl.stdout.take().context("piped")?).lines();
        Ok(Self { lines, _journalctl: journalctl })
    }

    /// Waits until the service says this, after what was waited for before.
    pub(crate) async fn says(&mut self, words: &str) -> anyhow::Result<()> {
        loop {
            let line = soon(words, self.lines.next_line()).await??.context("no journal")?;
            say(&format!("kindbeat: {line}"));
            if line.contains(words) {
                return Ok(());
            }
        }
    }
}
