//! A program of the desktop that is asked, or tells of changes: one whose library would need a C compiler and headers, or that is alone
//! in reading its own settings.

use std::io;
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
    child: Child,
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
        Ok(Self { name, output, child })
    }

    /// What it says next, at most as much as the buffer holds; 0: it has ended.
    pub(super) async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Silence> {
        let read = self.output.read(buffer).await;
        read.map_err(|error| Silence::Broken(format!("{}: {error}", self.name)))
    }

    /// All that it says, once it has ended well; a program that fails, or says more bytes than these, has said nothing.
    pub(super) async fn said(mut self, most: u64) -> Result<String, Silence> {
        let name = self.name;
        let failed = |error: io::Error| Silence::Broken(format!("{name}: {error}"));
        let mut said = Vec::new();
        self.output.take(most + 1).read_to_end(&mut said).await.map_err(failed)?;
        if u64::try_from(said.len()).is_ok_and(|length| length > most) {
            return Err(Silence::Broken(format!("{name} says more than {most} bytes")));
        }
        let status = self.child.wait().await.map_err(failed)?;
        if !status.success() {
            return Err(Silence::Broken(format!("{name} failed ({status})")));
        }
        String::from_utf8(said).map_err(|_| Silence::Broken(format!("{name} says what is no text")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn said(script: &str) -> Result<String, Silence> {
        Running::start("sh", Command::new("sh").args(["-c", script]))?.said(4).await
    }

    #[tokio::test]
    async fn a_program_that_fails_or_says_too_much_has_said_nothing() {
        assert_eq!(said("printf free").await, Ok("free".to_owned()));
        for script in ["printf free; exit 1", "printf 'free!'", r"printf '\377'", "kill -9 $$"] {
            assert!(matches!(said(script).await, Err(Silence::Broken(_))), "{script}");
        }
        let absent = Running::start("nobody", &mut Command::new("/nonexistent/nobody"));
        assert!(matches!(absent.err(), Some(Silence::Broken(_))));
    }
}
