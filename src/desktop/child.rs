//! A program of the desktop that is asked, or tells of changes: one whose library would need a C compiler and headers, or that is alone
//! in reading its own settings.

use std::io;
use std::process::Stdio;

use tokio::io::AsyncReadExt as _;
use tokio::process::Child;
use tokio::process::ChildStdout;
use tokio::process::Command;

use super::report::NoAnswer;
use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;

/// A program that runs; it ends with this value.
pub(super) struct Running {
    name: &'static str,
    output: ChildStdout,
    child: Child,
}

impl Running {
    /// Starts it; `name` is what it is called where it fails.
    pub(super) fn start(name: &'static str, command: &mut Command) -> Result<Self, NoAnswer> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                let why = Sentence::new(Message::SourceNotStarted).with("program", name);
                NoAnswer::Failed(why.with("problem", error.to_string()))
            })?;
        let output = child.stdout.take();
        let output =
            output.ok_or_else(|| NoAnswer::program(Message::SourceProgramStrange, name))?;
        Ok(Self { name, output, child })
    }

    /// What it says next, at most as much as the buffer holds; 0: it has ended.
    pub(super) async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, NoAnswer> {
        let read = self.output.read(buffer).await;
        read.map_err(|error| NoAnswer::unread(self.name, &error))
    }

    /// All that it says, once it has ended well; a program that fails, or says more bytes than these, has said nothing.
    pub(super) async fn output(mut self, most: u64) -> Result<String, NoAnswer> {
        let name = self.name;
        let failed = |error: io::Error| NoAnswer::unread(name, &error);
        let strange = || NoAnswer::program(Message::SourceProgramStrange, name);
        let mut output = Vec::new();
        self.output.take(most + 1).read_to_end(&mut output).await.map_err(failed)?;
        if u64::try_from(output.len()).is_ok_and(|length| length > most) {
            return Err(strange());
        }
        let status = self.child.wait().await.map_err(failed)?;
        if !status.success() {
            let why = Sentence::new(Message::SourceProgramFault).with("program", name);
            return Err(NoAnswer::Failed(why.with("problem", status.to_string())));
        }
        String::from_utf8(output).map_err(|_| strange())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn output(script: &str) -> Result<String, NoAnswer> {
        Running::start("sh", Command::new("sh").args(["-c", script]))?.output(4).await
    }

    #[tokio::test]
    async fn a_program_that_fails_or_says_too_much_has_said_nothing() {
        assert_eq!(output("printf free").await, Ok("free".to_owned()));
        for script in ["printf free; exit 1", "printf 'free!'", r"printf '\377'", "kill -9 $$"] {
            assert!(matches!(output(script).await, Err(NoAnswer::Failed(_))), "{script}");
        }
        let absent = Running::start("nobody", &mut Command::new("/nonexistent/nobody"));
        assert!(matches!(absent.err(), Some(NoAnswer::Failed(_))));
    }
}
