//! A terminal that a program runs in, with somebody at its keyboard.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::process::ExitStatus;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::bail;
use anyhow::ensure;
use pty_process::Command;
use pty_process::Pty;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::WaitOptions;
use rustix::process::kill_process;
use rustix::process::waitpid;
use rustix::termios::LocalModes;
use rustix::termios::tcgetattr;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Child;
use tokio::time::timeout;

/// The terminal; the program is killed with this value.
pub(crate) struct Tty {
    pty: Pty,
    child: Child,
    said: String,
    /// How much of it was waited for.
    heard: usize,
}

impl Tty {
    /// The program in a terminal of its own.
    pub(crate) fn start(command: Command) -> anyhow::Result<Self> {
        let (pty, pts) = pty_process::open()?;
        let child = command.kill_on_drop(true).spawn(pts).context("starting the program")?;
        Ok(Self { pty, child, said: String::new(), heard: 0 })
    }

    /// Waits until it says this, after all that was waited for before.
    pub(crate) async fn says(&mut self, words: &str) -> anyhow::Result<()> {
        loop {
            if let Some(at) = self.said[self.heard..].find(words) {
                self.heard += at + words.len();
                return Ok(());
            }
            ensure!(self.hear().await?, "{words:?} was not said: {}", self.said);
        }
    }

    /// Waits until what it says is said to its end, an empty line.
    pub(crate) async fn is_silent(&mut self) -> anyhow::Result<()> {
        self.says("\r\n\r\n").await
    }

    /// Reads on; false at the end.
    async fn hear(&mut self) -> anyhow::Result<bool> {
        let mut buffer = [0; 4096];
        let Ok(read) = timeout(PATIENCE, self.pty.read(&mut buffer)).await else {
            bail!("it is silent: {}", self.said);
        };
        // A terminal that nobody has open any more gives an error.
        let length = read.unwrap_or(0);
        self.said.push_str(&String::from_utf8_lossy(&buffer[..length]));
        Ok(length > 0)
    }

    /// Types these keys.
    pub(crate) async fn types(&mut self, keys: &str) -> anyhow::Result<()> {
        Ok(self.pty.write_all(keys.as_bytes()).await?)
    }

    /// Waits until it ends; how, and all that it said.
    pub(crate) async fn ends(mut self) -> anyhow::Result<(ExitStatus, String)> {
        while self.hear().await? {}
        let status = timeout(PATIENCE, self.child.wait()).await.context("it does not end")??;
        ensure!(self.is_as_found()?, "the terminal is not as it was found: {}", self.said);
        Ok((status, self.said))
    }

    /// Waits until it stands still, as after Ctrl-Z.
    pub(crate) async fn stands_still(&self) -> anyhow::Result<()> {
        let pid = self.pid()?;
        let waited = tokio::task::spawn_blocking(move || waitpid(Some(pid), WaitOptions::UNTRACED));
        let status = timeout(PATIENCE, waited).await.context("it does not stop")???;
        ensure!(status.is_some_and(|(_, status)| status.stopped()), "{status:?}");
        Ok(())
    }

    pub(crate) fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        Ok(kill_process(self.pid()?, signal)?)
    }

    /// Whether the terminal gives lines and shows what is typed, as it did at the start.
    pub(crate) fn is_as_found(&self) -> anyhow::Result<bool> {
        let modes = tcgetattr(&self.pty)?.local_modes;
        Ok(modes.contains(LocalModes::ICANON | LocalModes::ECHO))
    }

    /// The terminal goes, as when its window is closed; waits until the program has ended.
    pub(crate) async fn hangs_up(self) -> anyhow::Result<()> {
        let Self { pty, mut child, .. } = self;
        drop(pty);
        timeout(PATIENCE, child.wait()).await.context("it does not end")??;
        Ok(())
    }

    fn pid(&self) -> anyhow::Result<Pid> {
        let id = self.child.id().context("it has ended")?;
        Pid::from_raw(i32::try_from(id)?).context("a process")
    }
}

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);
