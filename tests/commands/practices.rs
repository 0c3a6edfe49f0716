//! Practices of one's own, as a person meets them: in their folder, and in what the commands say.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::ensure;
use tempfile::TempDir;

/// Somebody's home.
struct Home(TempDir);

impl Home {
    fn new() -> anyhow::Result<Self> {
        let home = Self(tempfile::tempdir()?);
        fs::create_dir_all(home.folder())?;
        Ok(home)
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join(".config/kindbeat/practices")
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> anyhow::Result<()> {
        Ok(fs::write(self.folder().join(name), text)?)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kindbeat"));
        command.args(arguments).env_clear().env("HOME", self.0.path());
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        command
    }

    fn kindbeat(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        Ok(self.command(arguments).output()?)
    }

    /// What is said and what is complained of, where it ends well.
    fn says(&self, arguments: &[&str]) -> anyhow::Result<(String, String)> {
        let Output { status, stdout, stderr } = self.kindbeat(arguments)?;
        let folder = format!("{}/", self.folder().display());
        let stderr = String::from_utf8(stderr)?.replace(&folder, "");
        ensure!(status.success(), "{arguments:?}: {stderr}");
        Ok((String::from_utf8(stdout)?, stderr))
    }
}

const WINDOW: &str = r#"
id = "window"
title = "A window <b>& more</b>"
inward = false

[[step]]
element = "grounding"
say = "Something far away, <script>."
lasts = { 20s = "20s" }
"#;

#[test]
fn a_bad_file_is_named_and_hides_no_good_one() -> anyhow::Result<()> {
    let home = Home::new()?;
    home.write("window.toml", WINDOW)?;
    home.write("bad.toml", WINDOW.replace("20s = \"20s\"", "20s = \"90s\""))?;
    let (said, complaints) = home.says(&["practices", "list"])?;
    ensure!(said.contains("self-compassion-break  "), "{said}");
    ensure!(said.lines().last().is_some_and(|line| line.starts_with("window ")), "{said}");
    insta::assert_snapshot!(complaints, @r#"kindbeat: bad.toml:9:17: step.lasts.20s: the steps of 20s last 90s together; make it between 16s and 24s"#);
    let (said, complaints) = home.says(&["practices", "show", "window"])?;
    ensure!(complaints.is_empty(), "{complaints}");
    // As it was written: a terminal shows marks of a page as they are.
    ensure!(said.starts_with("A window <b>& more</b> (window)\n"), "{said}");
    ensure!(said.contains("Something far away, <script>."), "{said}");
    Ok(())
}

#[test]
fn one_that_is_asked_for_and_cannot_be_read_is_explained() -> anyhow::Result<()> {
    let home = Home::new()?;
    home.write("window.toml", WINDOW.replace("title", "titel"))?;
    let Output { status, stderr, .. } = home.kindbeat(&["practices", "show", "window"])?;
    let complaint = String::from_utf8(stderr)?;
    ensure!(
        status.code() == Some(1) && complaint.contains("\"title\" may be meant"),
        "{complaint}"
    );
    Ok(())
}

#[test]
fn files_made_to_hurt_hurt_nobody() -> anyhow::Result<()> {
    let home = Home::new()?;
    home.write("window.toml", WINDOW)?;
    home.write("huge.toml", vec![b'#'; 10 << 20])?;
    let step = "[[step]]\nelement = 'grounding'\nsay = 'x'\nlasts = { 1m = '5s' }\n";
    home.write("million.toml", format!("id = 'a'\ntitle = 'A'\n{}", step.repeat(1_000_000)))?;
    home.write("steps.toml", format!("id = 'a'\ntitle = 'A'\n{}", step.repeat(10_000)))?;
    home.write("lines.toml", "\n".repeat(1 << 20))?;
    home.write("deep.toml", format!("id = {}", "[".repeat(1 << 19)))?;
    home.write("dots.toml", format!("{}a = 1", "a.".repeat(1 << 18)))?;
    home.write("latin.toml", b"id = \"\xe4\"")?;
    home.write("nul.toml", vec![0; 1 << 16])?;
    let made = Command::new("mkfifo").arg(home.folder().join("pipe.toml")).status()?;
    ensure!(made.success());
    fs::create_dir(home.folder().join("folder.toml"))?;
    let (said, complaints) = home.says(&["practices"])?;
    ensure!(said.lines().last().is_some_and(|line| line.starts_with("window ")), "{said}");
    insta::assert_snapshot!(complaints, @"
    kindbeat: deep.toml:1:20003: too many words and marks; five minutes hold some hundred words
    kindbeat: dots.toml:1:40002: too many words and marks; five minutes hold some hundred words
    kindbeat: folder.toml: not a file; a practice is a file of text
    kindbeat: huge.toml: the file is too large; a practice has at most 1 MiB of text
    kindbeat: latin.toml: not a text in UTF-8; save it as UTF-8
    kindbeat: lines.toml:20001:1: too many words and marks; five minutes hold some hundred words
    kindbeat: million.toml: the file is too large; a practice has at most 1 MiB of text
    kindbeat: nul.toml:1:20001: too many words and marks; five minutes hold some hundred words
    kindbeat: pipe.toml: not a file; a practice is a file of text
    kindbeat: steps.toml:2668:11: too many words and marks; five minutes hold some hundred words
    ");
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_read_is_told() -> anyhow::Result<()> {
    let home = Home::new()?;
    fs::remove_dir(home.folder())?;
    fs::write(home.folder(), "no folder")?;
    let (said, complaints) = home.says(&["practices"])?;
    ensure!(said.contains("self-compassion-break"), "{said}");
    ensure!(
        complaints.trim_end().ends_with("; make it a folder that you can read"),
        "{complaints}"
    );
    Ok(())
}

#[test]
fn each_file_is_checked_by_itself() -> anyhow::Result<()> {
    let home = Home::new()?;
    home.write("window.toml", WINDOW)?;
    home.write("bad.toml", WINDOW.replace("[[step]]", "[[step]"))?;
    let file = |name: &str| home.folder().join(name);
    let at = |path: &Path| path.display().to_string();
    let (bad, good, lost) =
        (at(&file("bad.toml")), at(&file("window.toml")), at(&file("lost.toml")));
    let Output { status, stdout, stderr } =
        home.kindbeat(&["practices", "check", &bad, &good, &lost])?;
    ensure!(status.code() == Some(1));
    ensure!(String::from_utf8(stdout)? == format!("{good}: fine\n"));
    let complaints = String::from_utf8(stderr)?;
    ensure!(complaints.contains(&format!("{bad}:6:8: ")), "{complaints}");
    ensure!(complaints.contains(&format!("{lost}: cannot be read: No such file")), "{complaints}");
    Ok(())
}

#[test]
fn a_practice_of_ones_own_can_be_taken() -> anyhow::Result<()> {
    let home = Home::new()?;
    home.write("window.toml", WINDOW)?;
    let mut command = home.command(&["break", "window", "--here"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    // Past what comes before the first break, and then nothing more is typed: it ends there.
    child.stdin.take().context("piped")?.write_all(b"\n\n\n")?;
    let Output { status, stdout, .. } = child.wait_with_output()?;
    let said = String::from_utf8(stdout)?;
    ensure!(status.success() && said.contains("\n\nA window <b>& more</b>\n"), "{said}");
    ensure!(!said.contains("Turning inward"), "{said}");
    Ok(())
}
