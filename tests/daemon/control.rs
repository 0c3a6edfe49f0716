//! What the owner and other programs do to the daemon while it runs, and before it starts.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use kindbeat::interface;
use rustix::fs::CWD;
use rustix::fs::FileType;
use rustix::fs::Mode;
use rustix::fs::mknodat;
use rustix::process::Signal;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;
use tokio::task::JoinSet;
use tokio::time::timeout;
use zbus::Connection;
use zbus::DynamicType;

use crate::bus::PrivateBus;
use crate::program::Desktop;
use crate::program::Program;
use crate::program::shows;

#[tokio::test]
async fn a_changed_file_is_read_at_once_and_its_fault_reported() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    desktop.configure("[offer]\ncool_down = '10m'\n")?;
    let mut screen = desktop.screen().await?;
    let mut program = desktop.start().await?;
    let client = desktop.client().await?;
    assert_eq!(client.status().await?.config_error, None);
    desktop.configure("[offer]\ncool_dawn = '5m'\n")?;
    program.says("the last good one stays in force").await?;
    let error = client.status().await?.config_error;
    assert!(error.as_deref().is_some_and(|error| error.contains("cool_dawn")), "{error:?}");
    let notice = shows(&mut screen, 1).await?;
    assert!(notice.body.contains("the last good ones stay in force"), "{}", notice.body);
    desktop.configure("[offer]\ncool_down = '5m'\n")?;
    program.says("the configuration is in force").await?;
    assert_eq!(client.status().await?.config_error, None);
    program.stops().await.map(drop)
}

#[tokio::test]
async fn files_that_never_answer_block_neither_it_nor_its_end() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let pipe = |path: &Path| mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0);
    fs::create_dir_all(desktop.store())?;
    pipe(&desktop.store().join("kindbeat.lock"))?;
    desktop.configure("")?;
    let mut program = desktop.start().await?;
    let draft = desktop.config().with_extension("draft");
    pipe(&draft)?;
    fs::rename(draft, desktop.config())?;
    program.says("the configuration has a fault").await?;
    let error = desktop.client().await?.status().await?.config_error;
    assert!(error.as_deref().is_some_and(|error| error.contains("a pipe")), "{error:?}");
    program.stops().await?;
    let (status, log) = Program::start(desktop.command())?.ends().await?;
    assert_eq!(status.code(), Some(78), "{log}");
    Ok(())
}

#[tokio::test]
async fn a_signal_has_the_file_read_again() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    desktop.configure("[offer]\ncool_down = '10m'\n")?;
    let elsewhere = desktop.folder().join("other-name.toml");
    fs::hard_link(desktop.config(), &elsewhere)?;
    let mut program = desktop.start().await?;
    // Written under its other name, which nobody watches.
    fs::write(&elsewhere, "[offer]\ncool_down = '0s'\n")?;
    program.signal(Signal::HUP)?;
    program.says("SIGHUP: reading the configuration again").await?;
    program.says("the configuration is in force").await?;
    program.stops().await.map(drop)
}

#[tokio::test]
async fn a_fault_at_start_sets_the_exit_code_and_shows_a_notice() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    desktop.configure("[offer]\ncool_dawn = '5m'\n")?;
    let mut screen = desktop.screen().await?;
    // By hand; also below a terminal that systemd started, with the number of that.
    for shell in ["", "export SYSTEMD_EXEC_PID=1;"] {
        let (status, log) = Program::start(desktop.after(shell))?.ends().await?;
        assert_eq!(status.code(), Some(78), "{log}");
        assert!(log.contains("config.toml:2:1") && log.contains("cool_down"), "{log}");
    }
    // What was sent before would come before.
    let mark = mark(&desktop.session).await?;
    assert_eq!(shows(&mut screen, 1).await?.title, mark, "by hand nothing is shown");

    let program = Program::start(desktop.after("export SYSTEMD_EXEC_PID=$$;"))?;
    let notice = shows(&mut screen, 2).await?;
    assert_eq!(notice.title, "kindbeat: the settings");
    assert!(notice.body.contains("did not start"), "{}", notice.body);
    let (status, log) = program.ends().await?;
    assert_eq!(status.code(), Some(78), "{log}");
    assert!(log.contains("config.toml:2:1") && !log.contains("cool_d"), "{log}");
    let mark = self::mark(&desktop.session).await?;
    assert_eq!(shows(&mut screen, 3).await?.title, mark, "one notice and no more");
    Ok(())
}

#[tokio::test]
async fn a_daemon_that_hangs_keeps_no_command_for_long() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let program = desktop.start().await?;
    program.signal(Signal::STOP)?;
    let mut asked = JoinSet::new();
    for arguments in [
        &["status"][..],
        &["status", "--json"],
        &["why"],
        &["break"],
        &["fine"],
        &["fine", "--undo"],
        &["snooze", "1h"],
        &["resume"],
    ] {
        let mut command = desktop.kindbeat(arguments);
        command.kill_on_drop(true);
        asked.spawn(async move {
            let output = timeout(PATIENCE, command.output()).await;
            (arguments, output.expect("it ends in time"))
        });
    }
    while let Some(ended) = asked.join_next().await {
        let (arguments, output) = ended?;
        let output = output?;
        let says = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {says}");
        assert!(says.contains("does not answer"), "{arguments:?}: {says}");
    }
    let mut bar = desktop.kindbeat(&["status", "--waybar"]);
    let mut bar = bar.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let lines = BufReader::new(bar.stdout.take().context("piped")?).lines();
    let line = timeout(PATIENCE, async { { lines }.next_line().await }).await??;
    assert!(line.is_some_and(|line| line.starts_with('{')), "a bar shows something");
    program.signal(Signal::CONT)?;
    Ok(())
}

#[tokio::test]
async fn a_bar_ends_when_its_reader_is_gone() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let offline = follower(&desktop, "--waybar")?;
    offline.ends_without_a_reader().await?;
    // With a daemon that has no strap, there is nothing new to write either.
    let _program = desktop.start().await?;
    for flag in ["--waybar", "--watch"] {
        follower(&desktop, flag)?.ends_without_a_reader().await?;
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let mut command = desktop.kindbeat(&["status", flag]);
        let process =
            command.stdout(std::os::fd::OwnedFd::from(theirs)).kill_on_drop(true).spawn()?;
        // It has the other end, too.
        drop(command);
        let reader = Box::new(tokio::net::UnixStream::from_std(ours)?);
        Follower { process, reader }.ends_without_a_reader().await?;
    }
    Ok(())
}

/// A status that is followed, and whoever reads it.
struct Follower {
    process: tokio::process::Child,
    reader: Box<dyn tokio::io::AsyncRead + Unpin>,
}

fn follower(desktop: &Desktop, flag: &str) -> anyhow::Result<Follower> {
    let mut command = desktop.kindbeat(&["status", flag]);
    let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let reader = Box::new(process.stdout.take().context("piped")?);
    Ok(Follower { process, reader })
}

impl Follower {
    async fn ends_without_a_reader(self) -> anyhow::Result<()> {
        let Self { mut process, reader } = self;
        let mut lines = BufReader::new(reader).lines();
        let line = timeout(PATIENCE, lines.next_line()).await??;
        anyhow::ensure!(line.is_some_and(|line| !line.is_empty()), "something is written first");
        drop(lines);
        let ended = timeout(PATIENCE, process.wait()).await.context("it goes on")??;
        anyhow::ensure!(ended.success(), "{ended}");
        Ok(())
    }
}

/// What a person waits for a prompt at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// A notification of somebody else, to be told from ours; its title.
async fn mark(bus: &PrivateBus) -> anyhow::Result<&'static str> {
    let connection = bus.connect().await?;
    let (name, path) = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications");
    let hints = std::collections::HashMap::<&str, zbus::Variant<'_>>::new();
    let title = "somebody else's";
    let body = ("other", 0_u32, "", title, "", Vec::<&str>::new(), hints, 0_i32);
    let call = zbus::Message::method_call(path, "Notify").destination(name).interface(name);
    connection.send(&call.build(&body)?).await?;
    // It has reached the bus before this is answered.
    crate::fake::settle(&connection).await?;
    Ok(title)
}

#[tokio::test]
async fn whoever_asks_for_nonsense_is_told_so_and_nothing_ends() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let program = desktop.start().await?;
    let connection = desktop.session.connect().await?;
    let on = &connection;
    assert_eq!(refused(on, "StartBreak", &("no-such", 0_u32)).await?, "NoSuchPractice");
    assert_eq!(refused(on, "StartBreak", &("", 17_u32)).await?, "InvalidLength");
    assert_eq!(refused(on, "EndBreak", &()).await?, "NoBreak");
    for until in [0_i64, -1, i64::MIN, i64::MAX, 4_000_000_000] {
        assert_eq!(refused(on, "Snooze", &(until,)).await?, "InvalidTime", "{until}");
    }
    assert_eq!(refused(on, "AnswerLast", &("perhaps",)).await?, "InvalidAnswer");
    assert_eq!(refused(on, "AnswerLast", &("fine",)).await?, "NoOffer");
    let long = "x".repeat(100_000);
    assert_eq!(refused(on, "StartBreak", &(long.as_str(), 0_u32)).await?, "NoSuchPractice");
    for error in [
        refused(on, "StartBreak", &(1_u32,)).await?,
        refused(on, "StartBreak", &()).await?,
        refused(on, "Snooze", &("tomorrow",)).await?,
        refused(on, "NoSuchMethod", &()).await?,
    ] {
        assert!(error.starts_with("org.freedesktop.DBus.Error."), "{error}");
    }
    let status = desktop.client().await?.status().await?;
    assert_eq!((status.page_open, status.snoozed_until), (false, None));
    program.stops().await.map(drop)
}

/// The name of the error that a call is answered with, without what ours have in common.
async fn refused<B>(connection: &Connection, method: &str, body: &B) -> anyhow::Result<String>
where
    B: serde::Serialize + DynamicType,
{
    let called = connection.call_method(
        Some(interface::NAME),
        interface::PATH,
        Some(interface::NAME),
        method,
        body,
    );
    match called.await {
        Ok(_) => anyhow::bail!("{method} was not refused"),
        Err(zbus::Error::MethodError(name, ..)) => {
            Ok(name.trim_start_matches("org.kindbeat.Error.").to_owned())
        }
        Err(zbus::Error::FDO(error)) => Ok(error.to_string()),
        Err(error) => Err(error.into()),
    }
}
