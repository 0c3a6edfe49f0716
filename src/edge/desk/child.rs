//! A program of the desktop that is asked, or tells of changes: one whose library would need a C compiler and headers, or that is alone
//! in reading its own settings.

use std::process::Stdio;

use tokio::io::AsyncReadExt as _;
use tokio::process::Child;
use tokio::process::ChildStdout;
use tokio::process::Command;

use super::report::Silence;

/// A program that runs; it ends with this value.
pub(super) struct Running {
    name: &'static str,
    output: ChildStdout,
    _child: Child,
}

impl Running {
    /// Starts it; `name` is what it is called where it fails.
    pub(super) fn start(name: &'static str, command: &mut Command) -> Result<Self, Silence> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Silence::Broken(format!("{name} does not start: {error}")))?;
        let output = child.stdout.take();
        let output = output.ok_or_else(|| Silence::Broken(format!("{name} has no output")))?;
        Ok(Self { name, output, _child: child })
    }

    /// What it says next, at most as much as the buffer holds; 0: it has ended.
    pub(super) async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Silence> {
        let read = self.output.read(buffer).await;
        read.map_err(|error| Silence::Broken(format!("{}: {error}", self.name)))
    }

    /// All that it says until it ends, or so many bytes of it.
    pub(super) async fn said(self, most: u64) -> Result<String, Silence> {
        let mut said = String::new();
        let read = self.output.take(most).read_to_string(&mut said).await;
        read.map_err(|error| Silence::Broken(format!("{}: {error}", self.name)))?;
        Ok(said)
    }
}
