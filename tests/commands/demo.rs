//! The demonstration as a person without a desktop meets it: in the terminal, by keys alone.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::process::Child;
use std::process::ChildStdout;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context;
use anyhow::ensure;

/// Neither a screen, nor a message bus, nor anything of the owner's.
fn demo(home: &Path, stdin: Stdio) -> anyhow::Result<Child> {
    Command::new(env!("CARGO_BIN_EXE_kindbeat"))
        .arg("demo")
        .env_clear()
        .env("HOME", home)
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting the demonstration")
}

/// A demonstration that is typed at.
struct Terminal {
    child: Child,
    out: BufReader<ChildStdout>,
    said: Vec<String>,
    in_break: bool,
}

impl Terminal {
    /// Starts it, and answers there.
    fn start(home: &Path) -> anyhow::Result<Self> {
        let mut child = demo(home, Stdio::piped())?;
        let out = BufReader::new(child.stdout.take().context("its words")?);
        let mut terminal = Self { child, out, said: Vec::new(), in_break: false };
        terminal.at("answer here: Enter starts", "")?;
        terminal.at("Enter: Begin", "")?;
        Ok(terminal)
    }

    /// Reads on until a line with `words`, and types `keys` then; in the break with what belongs together, up to an empty line,
    /// pressing Enter wherever the words are not.
    fn at(&mut self, words: &str, keys: &str) -> anyhow::Result<()> {
        let (mut line, mut found, mut begun) = (String::new(), false, false);
        loop {
            line.clear();
            ensure!(self.out.read_line(&mut line)? > 0, "{words:?} was not said: {:#?}", self.said);
            self.said.push(line.trim_end().to_owned());
            begun |= line.contains("Enter: Begin");
            found |= line.contains(words);
            if found && (line.trim().is_empty() || !self.in_break && !begun) {
                self.in_break |= begun;
                return self.types(keys);
            }
            if line.trim().is_empty() && self.in_break {
                self.types("")?;
            }
        }
    }

    /// Reads on to its end; the lines of before.
    fn ends(mut self) -> anyhow::Result<String> {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest)?;
        ensure!(rest.contains("That was the demonstration"), "{rest}");
        ensure!(self.child.wait()?.success());
        Ok(self.said.join("\n"))
    }

    fn types(&mut self, keys: &str) -> anyhow::Result<()> {
        let stdin = self.child.stdin.as_mut().context("a keyboard")?;
        writeln!(stdin, "{keys}")?;
        Ok(stdin.flush()?)
    }
}

#[test]
fn keys_alone_finish_a_break_and_nothing_is_written() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let mut terminal = Terminal::start(home.path())?;
    terminal.at("how tense does it feel now", "4")?;
    let all = terminal.ends()?;
    ensure!(all.contains("The heart averaged") && all.contains("above the usual"), "{all}");
    ensure!(std::fs::read_dir(home.path())?.next().is_none(), "something was left in the home");
    Ok(())
}

#[test]
fn too_much_leads_out_of_the_break_to_numbers_to_call() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let mut terminal = Terminal::start(home.path())?;
    terminal.at("Something may be difficult", "t")?;
    terminal.at("findahelpline.com", "q")?;
    terminal.ends().map(drop)
}

#[test]
fn without_a_desktop_and_without_a_keyboard_it_says_what_to_do() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let ended = demo(home.path(), Stdio::null())?.wait_with_output()?;
    let complaint = String::from_utf8_lossy(&ended.stderr);
    ensure!(ended.status.code() == Some(1), "{complaint}");
    ensure!(complaint.contains("kindbeat demo --headless"), "{complaint}");
    Ok(())
}
