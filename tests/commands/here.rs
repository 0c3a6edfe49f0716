//! `kindbeat break --here`: a break in the terminal, by keys alone, where nothing else of kindbeat runs.

use std::path::Path;
use std::process::Output;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::ensure;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::store::BreakEnd;
use kindbeat::store::Record;
use kindbeat::store::Store;
use kindbeat::store::StoredBreak;
use kindbeat::store::Writer;
use kindbeat_core::practice::Habits;
use kindbeat_core::practice::Liking;
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::BufReader;

use crate::spoken::first;
use crate::spoken::last;
use crate::tty::Tty;

/// The break in a terminal; neither a screen, nor a message bus, nor anything of the owner's.
fn here(home: &Path, arguments: &[&str]) -> anyhow::Result<Tty> {
    let command = pty_process::Command::new(KINDBEAT).args(["break", "--here"]).args(arguments);
    let command = command.env_clear().env("HOME", home).env("TERM", "linux");
    Tty::start(command.env("DBUS_SESSION_BUS_ADDRESS", NO_BUS))
}

/// A home whose owner has read what comes before the first break.
fn home() -> anyhow::Result<TempDir> {
    let home = tempfile::tempdir()?;
    let mut writer = Writer::new(SignedDuration::from_hours(1));
    let habits = Habits { welcomed: true, ..Habits::default() };
    writer.keep(Timestamp::UNIX_EPOCH, Record::Habits(habits));
    let batch = writer.flush(Timestamp::UNIX_EPOCH).context("something to write")?;
    let folder = home.path().join(".local/state/kindbeat");
    Store::open(&folder, Timestamp::UNIX_EPOCH)?.store.write(&batch)?;
    Ok(home)
}

/// The same where standard input is no terminal.
fn piped(home: &Path, arguments: &[&str], stdin: Stdio) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(KINDBEAT);
    command.args(["break", "--here"]).args(arguments).env_clear().env("HOME", home);
    command.env("DBUS_SESSION_BUS_ADDRESS", NO_BUS).stdin(stdin).kill_on_drop(true);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn breaks(home: &Path) -> anyhow::Result<Vec<StoredBreak>> {
    let folder = home.join(".local/state/kindbeat");
    let store = Store::open_to_look(&folder)?.context("nothing is stored")?;
    Ok(store.breaks(Timestamp::MIN, Timestamp::MAX)?)
}

/// The one break that is stored, and how it ended.
fn the_break(home: &Path) -> anyhow::Result<(StoredBreak, BreakEnd)> {
    let [taken] = <[StoredBreak; 1]>::try_from(breaks(home)?).ok().context("one break")?;
    let (how, _) = taken.ended.context("it has not ended")?;
    Ok((taken, how))
}

#[tokio::test]
async fn a_break_is_taken_by_keys_alone_and_kept() -> anyhow::Result<()> {
    let home = home()?;
    let mut terminal = here(home.path(), &["kind-hand", "--length", "20s"])?;
    terminal.says("Turning inward can bring up hard feelings").await?;
    terminal.says("please seek medical care").await?;
    terminal.says("Enter: Begin").await?;
    terminal.is_silent().await?;
    terminal.types("h").await?;
    terminal.says("How tense is it now, if you like to say? (").await?;
    terminal.is_silent().await?;
    ensure!(terminal.is_as_found()?, "what is answered is typed as a line");
    terminal.types("10\r").await?;
    terminal.says("10 of 10, before the break.").await?;
    terminal.is_silent().await?;
    ensure!(!terminal.is_as_found()?, "and what is chosen is one key again");
    terminal.types("\r").await?;
    terminal.says(&first("kind-hand-place")).await?;
    terminal.is_silent().await?;
    terminal.types("p").await?;
    terminal.says("Time stands still now").await?;
    // Arrows are no keys here; Space goes on, to where it was and to the next step.
    terminal.types("\x1b[A \x1bOB").await?;
    terminal.says("It goes on.").await?;
    terminal.types("b").await?;
    terminal.types(" ").await?;
    terminal.says(&last("kind-hand-close")).await?;
    terminal.is_silent().await?;
    terminal.types("\r").await?;
    terminal.says("how tense does it feel now").await?;
    terminal.is_silent().await?;
    ensure!(terminal.is_as_found()?, "what is answered is typed as a line");
    terminal.types("11\r").await?;
    terminal.says("how tense does it feel now").await?;
    terminal.is_silent().await?;
    terminal.types("4\r").await?;
    terminal.says("m: More like this").await?;
    terminal.is_silent().await?;
    terminal.types("m\r").await?;
    terminal.says("A line for yourself").await?;
    terminal.is_silent().await?;
    terminal.types("Better with <b>tea</b> ä.\r").await?;
    let (status, said) = terminal.ends().await?;
    ensure!(status.success(), "{status}: {said}");
    ensure!(!said.contains('\x1b'), "nothing is drawn: {said:?}");
    let once = ["It goes on.".to_owned(), last("kind-hand-close"), last("ending-completed")];
    for words in once {
        ensure!(said.matches(&words).count() == 1, "{words:?} is not said once: {said}");
    }
    let (taken, how) = the_break(home.path())?;
    ensure!((taken.practice.as_str(), taken.length_s) == ("kind-hand", 20), "{taken:?}");
    ensure!(how == BreakEnd::Completed, "{how:?}");
    let said = taken.answers.context("what was said")?;
    let tension = (said.tension_before, said.tension);
    ensure!((tension, said.liking) == ((Some(10), Some(4)), Some(Liking::More)), "{said:?}");
    ensure!(said.note.as_deref() == Some("Better with <b>tea</b> ä."), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn the_first_time_it_says_what_it_is_once() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let mut terminal = here(home.path(), &[])?;
    terminal.says(&first("welcome-title")).await?;
    terminal.is_silent().await?;
    terminal.types(" ").await?;
    terminal.says("findahelpline.com").await?;
    terminal.is_silent().await?;
    terminal.types(" ").await?;
    terminal.is_silent().await?;
    terminal.types(" ").await?;
    terminal.says("Enter: Begin").await?;
    terminal.types("q").await?;
    terminal.ends().await?;
    let mut terminal = here(home.path(), &[])?;
    terminal.says("Enter: Begin").await?;
    terminal.types("q").await?;
    let (_, said) = terminal.ends().await?;
    ensure!(!said.contains(&first("welcome-title")), "{said}");
    Ok(())
}

#[tokio::test]
async fn another_length_and_another_practice_have_a_key_each() -> anyhow::Result<()> {
    let home = home()?;
    let mut terminal = here(home.path(), &["friend", "--length", "3m"])?;
    terminal.says("5: 5 minutes").await?;
    terminal.says("a: ").await?;
    terminal.says("Enter: Begin").await?;
    terminal.is_silent().await?;
    terminal.types("5").await?;
    terminal.says("It lasts 5 minutes now.").await?;
    terminal.types("a").await?;
    terminal.says("Enter: Begin").await?;
    terminal.types("q").await?;
    let (status, said) = terminal.ends().await?;
    ensure!(status.success(), "{said}");
    let (taken, _) = the_break(home.path())?;
    ensure!(taken.practice != "friend", "{taken:?}");
    Ok(())
}

#[tokio::test]
async fn esc_leaves_at_once_and_nothing_is_asked() -> anyhow::Result<()> {
    let home = home()?;
    let mut terminal = here(home.path(), &["--length", "1m"])?;
    terminal.says("Enter: Begin").await?;
    terminal.types("\r").await?;
    terminal.says("1: hard").await?;
    terminal.types("1").await?;
    terminal.says(&first("break-notice-hard")).await?;
    terminal.types("\x1b").await?;
    let (status, said) = terminal.ends().await?;
    ensure!(status.success() && said.contains(&first("ending-left")), "{status}: {said}");
    ensure!(!said.contains("how tense"), "{said}");
    ensure!(the_break(home.path())?.1 == BreakEnd::Left(0));
    Ok(())
}

#[tokio::test]
async fn this_is_too_much_leads_outward_now_and_the_next_time() -> anyhow::Result<()> {
    let home = home()?;
    let mut terminal = here(home.path(), &[])?;
    terminal.says("Enter: Begin").await?;
    terminal.types(" ").await?;
    terminal.says("t: This is too much").await?;
    terminal.types("t").await?;
    terminal.says(&last("too-much-met")).await?;
    terminal.says("findahelpline.com").await?;
    terminal.is_silent().await?;
    terminal.types("q").await?;
    let (status, said) = terminal.ends().await?;
    ensure!(status.success() && said.contains(&last("ending-too-much")), "{status}: {said}");
    ensure!(the_break(home.path())?.1 == BreakEnd::TooMuch(0));
    let folder = home.path().join(".local/state/kindbeat");
    let resting = || -> anyhow::Result<_> {
        let store = Store::open_to_look(&folder)?.context("a store")?;
        Ok(store.load_state()?.state.resting_until)
    };
    ensure!(resting()?.is_some(), "offers rest for the day");
    let mut terminal = here(home.path(), &[])?;
    terminal.says(&first("grounding-title")).await?;
    terminal.says("Enter: Begin").await?;
    terminal.types("q").await?;
    terminal.ends().await?;
    ensure!(breaks(home.path())?.len() == 2);
    Ok(())
}

#[tokio::test]
async fn ctrl_z_gives_the_terminal_back_and_time_stands_still() -> anyhow::Result<()> {
    let home = home()?;
    let mut terminal = here(home.path(), &["kind-hand", "--length", "1m"])?;
    terminal.says("Enter: Begin").await?;
    terminal.types("\r").await?;
    terminal.says(&first("kind-hand-place")).await?;
    terminal.is_silent().await?;
    ensure!(!terminal.is_as_found()?, "keys come one by one");
    terminal.types("\x1a").await?;
    terminal.stands_still().await?;
    ensure!(terminal.is_as_found()?);
    terminal.signal(Signal::CONT)?;
    terminal.says(&first("kind-hand-place")).await?;
    terminal.says("Time stands still now").await?;
    terminal.is_silent().await?;
    ensure!(!terminal.is_as_found()?, "keys come one by one again");
    terminal.types("\x03").await?;
    let (status, said) = terminal.ends().await?;
    ensure!(status.success(), "{status}: {said}");
    ensure!(the_break(home.path())?.1 == BreakEnd::Left(0));
    Ok(())
}

#[tokio::test]
async fn a_terminal_that_goes_leaves_the_break() -> anyhow::Result<()> {
    let home = home()?;
    let mut terminal = here(home.path(), &["kind-hand", "--length", "1m"])?;
    terminal.says("Enter: Begin").await?;
    terminal.types("\r").await?;
    terminal.says(&first("kind-hand-place")).await?;
    terminal.types("\r").await?;
    terminal.says(&first("kind-hand-rest")).await?;
    terminal.hangs_up().await?;
    ensure!(the_break(home.path())?.1 == BreakEnd::Left(1));
    Ok(())
}

#[tokio::test]
async fn asked_to_end_it_ends_and_is_kept() -> anyhow::Result<()> {
    for signal in [Signal::TERM, Signal::HUP, Signal::QUIT] {
        let home = home()?;
        let mut terminal = here(home.path(), &["kind-hand"])?;
        terminal.says("Enter: Begin").await?;
        terminal.signal(signal)?;
        let (status, said) = terminal.ends().await?;
        ensure!(status.success(), "{signal:?}: {status}: {said}");
        ensure!(the_break(home.path())?.1 == BreakEnd::Left(0));
    }
    Ok(())
}

#[tokio::test]
async fn where_it_is_no_terminal_lines_do() -> anyhow::Result<()> {
    let home = home()?;
    let mut child =
        piped(home.path(), &["kind-hand", "--length", "20s"], Stdio::piped()).spawn()?;
    let mut keyboard = child.stdin.take().context("a keyboard")?;
    let mut said = BufReader::new(child.stdout.take().context("its words")?).lines();
    let (mut block, mut all) = (String::new(), String::new());
    while let Some(line) = said.next_line().await? {
        all.push_str(&line);
        all.push('\n');
        if !line.is_empty() {
            block.push_str(&line);
            continue;
        }
        let answer = if block.contains("how tense") { "10\n" } else { "\n" };
        block.clear();
        // Behind the last words nobody reads any more.
        let _ = keyboard.write_all(answer.as_bytes()).await;
    }
    ensure!(child.wait().await?.success(), "{all}");
    let (taken, how) = the_break(home.path())?;
    ensure!(how == BreakEnd::Completed, "{all}");
    let said = taken.answers.context("what was said")?;
    ensure!((said.tension, said.note) == (Some(10), None), "{all}");
    Ok(())
}

#[tokio::test]
async fn a_terminal_that_cannot_do_much_gives_lines() -> anyhow::Result<()> {
    let home = home()?;
    let command = pty_process::Command::new(KINDBEAT).args(["break", "kind-hand", "--here"]);
    let command = command.env_clear().env("HOME", home.path()).env("TERM", "dumb");
    let mut terminal = Tty::start(command.env("DBUS_SESSION_BUS_ADDRESS", NO_BUS))?;
    terminal.says("Enter: Begin").await?;
    ensure!(terminal.is_as_found()?);
    terminal.types("\r").await?;
    terminal.says(&first("kind-hand-place")).await?;
    terminal.types("q\r").await?;
    let (status, said) = terminal.ends().await?;
    ensure!(status.success() && said.contains(&first("ending-left")), "{status}: {said}");
    Ok(())
}

#[tokio::test]
async fn where_nothing_can_be_typed_it_ends() -> anyhow::Result<()> {
    let home = home()?;
    let Output { status, stdout, stderr } = piped(home.path(), &[], Stdio::null()).output().await?;
    let (said, complaint) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    ensure!(status.success() && complaint.is_empty(), "{status}: {complaint}");
    ensure!(said.contains(&first("ending-left")), "{said}");
    ensure!(the_break(home.path())?.1 == BreakEnd::Left(0));
    Ok(())
}

#[tokio::test]
async fn a_break_that_cannot_be_kept_is_taken_all_the_same() -> anyhow::Result<()> {
    let home = home()?;
    // A file stands where the folder is to be.
    std::fs::remove_dir_all(home.path().join(".local"))?;
    std::fs::write(home.path().join(".local"), "")?;
    let mut terminal = here(home.path(), &["kind-hand", "--length", "20s"])?;
    terminal.says(&first("welcome-title")).await?;
    for _ in 0..3 {
        terminal.is_silent().await?;
        terminal.types("\r").await?;
    }
    terminal.says("Enter: Begin").await?;
    terminal.types("\r").await?;
    terminal.says(&first("kind-hand-place")).await?;
    terminal.types("q").await?;
    let (status, said) = terminal.ends().await?;
    ensure!(status.success(), "{status}: {said}");
    ensure!(said.matches("is not kept").count() == 1, "{said}");
    Ok(())
}

#[tokio::test]
async fn a_fault_in_the_settings_is_no_reason_to_go_without_a_break() -> anyhow::Result<()> {
    let home = home()?;
    let config = home.path().join(".config/kindbeat");
    std::fs::create_dir_all(&config)?;
    std::fs::write(config.join("config.toml"), "[practice]\nlength = '2m'\n")?;
    let Output { status, stderr, .. } = piped(home.path(), &[], Stdio::null()).output().await?;
    let complaint = String::from_utf8_lossy(&stderr);
    ensure!(status.success() && complaint.contains("the defaults apply"), "{status}: {complaint}");
    Ok(())
}

#[tokio::test]
async fn a_practice_that_is_none_is_told_with_the_nearest() -> anyhow::Result<()> {
    let home = home()?;
    let Output { status, stdout, stderr } =
        piped(home.path(), &["kind-hat"], Stdio::null()).output().await?;
    let complaint = String::from_utf8_lossy(&stderr);
    ensure!(status.code() == Some(1) && stdout.is_empty(), "{status}");
    ensure!(complaint.contains("the nearest is \"kind-hand\""), "{complaint}");
    ensure!(breaks(home.path())?.is_empty(), "nothing is kept of it");
    Ok(())
}

const KINDBEAT: &str = env!("CARGO_BIN_EXE_kindbeat");
const NO_BUS: &str = "unix:path=/nonexistent/bus";
