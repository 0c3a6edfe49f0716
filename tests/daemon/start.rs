//! Starting where something is missing: whatever it is, the daemon goes on without, and says so.

use std::fs;
use std::io;
use std::io::Write as _;

use anyhow::Context as _;
use anyhow::ensure;
use futures_util::StreamExt as _;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::clock;
use kindbeat::desktop::DesktopReport;
use kindbeat::interface::Client;
use kindbeat::store::FILE;
use kindbeat::store::OfferEnd;
use kindbeat::store::Store;
use kindbeat_core::context::Probe;
use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;
use rusqlite::Connection;
use rustix::fs::CWD;
use rustix::fs::FileType;
use rustix::fs::Mode;
use rustix::fs::mknodat;
use zbus::MessageStream;

use crate::bluez::Fake;
use crate::client::soon;
use crate::program::Desktop;
use crate::program::Program;
use crate::program::shows;
use crate::stored;

#[tokio::test]
async fn it_starts_without_bluetooth_and_without_notifications() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let mut program = desktop.start().await?;
    program.says("monitor: no Bluetooth adapter or no Bluetooth service").await?;
    assert_eq!(desktop.client().await?.status().await?.state, "no_bluetooth");
    let log = program.stops().await?;
    assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
    Ok(())
}

#[tokio::test]
async fn it_starts_without_an_adapter_and_uses_a_later_one() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let fake = Fake::start(&desktop.system.address()).await?;
    fake.unplug().await?;
    let mut program = desktop.start().await?;
    program.says("monitor: no Bluetooth adapter").await?;
    fake.plug_in().await?;
    fake.was_asked("StartNotify rate", 1).await?;
    fake.sends(&[0, 72]).await?;
    desktop.heart_rate_is(72).await?;
    program.stops().await.map(drop)
}

#[tokio::test]
async fn it_has_one_connection_of_its_own_to_each_bus() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let fake = Fake::start(&desktop.system.address()).await?;
    let program = desktop.start().await?;
    fake.was_asked("StartNotify rate", 1).await?;
    desktop.client().await?.status().await?;
    // btleplug has one to the system bus.
    let ours = async || {
        let (system, session) = (&desktop.system, &desktop.session);
        anyhow::Ok((program.connections(system).await?, program.connections(session).await?))
    };
    assert_eq!(ours().await?, (2, 1));
    // The same while it looks at the desktop, where somebody takes every question and answers none.
    let silent = desktop.session.connect().await?;
    let mut questions = MessageStream::from(&silent);
    silent.request_name("org.gnome.SessionManager").await?;
    let client = desktop.client().await?;
    let meanwhile = async {
        while let Some(question) = questions.next().await {
            if question?.header().member().is_some_and(|member| member == "IsInhibited") {
                desktop.client().await?.status().await?;
                return ours().await;
            }
        }
        anyhow::bail!("the bus is lost")
    };
    let (seen, asked) = tokio::join!(client.look::<DesktopReport>(), soon(meanwhile));
    assert_eq!(asked??, (2, 1));
    let manager = Sentence::from(Message::SourceGnomeSession);
    let silent = seen?.desktop.into_iter().find(|probed| probed.source == manager);
    assert_eq!(silent.map(|probed| probed.seen), Some(Probe::Failed));
    program.stops().await.map(drop)
}

#[tokio::test]
async fn it_starts_without_any_message_bus() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let mut command = desktop.command();
    for bus in ["DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS"] {
        command.env(bus, format!("unix:path={}/nowhere", desktop.folder().display()));
    }
    let mut program = Program::ready(command).await?;
    program.says("not on the session bus: kindbeat status").await?;
    program.says("session bus not reachable: offers are not shown").await?;
    program.says("monitor: no Bluetooth adapter or no Bluetooth service").await?;
    program.stops().await.map(drop)
}

#[tokio::test]
async fn it_comes_to_a_session_bus_that_comes_later() -> anyhow::Result<()> {
    let Some(mut desktop) = Desktop::new()? else { return Ok(()) };
    desktop.session.kill();
    let mut program = desktop.start().await?;
    program.says("not on the session bus").await?;
    desktop.session.restart()?;
    program.says("on the session bus now").await?;
    desktop.client().await?.status().await?;
    program.stops().await.map(drop)
}

#[tokio::test]
async fn it_starts_where_nothing_can_be_written_and_tells_its_owner() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    // Also to root.
    fs::write(desktop.folder().join("state"), "a file, and no folder")?;
    let mut screen = desktop.screen().await?;
    let mut program = desktop.start().await?;
    program.says("store failing: records wait in memory").await?;
    let notice = shows(&mut screen, 1).await?;
    assert_eq!(notice.title, "kindbeat: the history");
    assert!(notice.body.contains("cannot be written for now"), "{}", notice.body);
    assert!(notice.body.contains("cannot be written"), "{}", notice.body);
    let error = desktop.client().await?.status().await?.history_error;
    assert!(error.as_deref().is_some_and(|error| error.contains("cannot be written")), "{error:?}");
    program.stops().await.map(drop)
}

/// A limit on the size of files stands for the disk.
#[tokio::test]
async fn on_a_full_disk_it_remembers_and_writes_when_there_is_room() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let full = "trap '' XFSZ; ulimit -S -f 0;";
    remembers_while_full(&desktop, full, || Ok(()), Program::has_room).await
}

/// The same on a real file system that is full, in a mount namespace of this test's own; and that it may only read is seen.
#[tokio::test]
async fn on_a_full_file_system_it_remembers_too() -> anyhow::Result<()> {
    if std::env::var_os(OWN_MOUNTS).is_none() {
        let mut unshare = std::process::Command::new("unshare");
        // Whoever is not root is so there.
        let root = rustix::process::geteuid().is_root();
        unshare.args(["--mount", "--map-root-user"].iter().take(if root { 1 } else { 2 }));
        let test = "start::on_a_full_file_system_it_remembers_too";
        unshare.arg(std::env::current_exe()?).args(["--exact", test, "--nocapture"]);
        let output = unshare.env(OWN_MOUNTS, "1").output().context("unshare")?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        ensure!(output.status.success() && said.contains("1 passed"), "{said}");
        return Ok(());
    }
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let folder = desktop.store();
    fs::create_dir_all(&folder)?;
    let size = ["-t", "tmpfs", "-o", "size=700k,mode=700", "tmpfs"];
    let mount = std::process::Command::new("mount").args(size).arg(&folder).status()?;
    ensure!(mount.success(), "{mount}");
    let filling = folder.join("something-large");
    let fill = || {
        let mut file = fs::File::create(&filling)?;
        while file.write(&[7; 512])? > 0 {}
        io::Result::Ok(())
    };
    let fill = || match fill() {
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Ok(()),
        other => other,
    };
    remembers_while_full(&desktop, "", fill, |_| Ok(fs::remove_file(&filling)?)).await?;

    let read_only = ["-o", "remount,ro"];
    let mount = std::process::Command::new("mount").args(read_only).arg(&folder).status()?;
    ensure!(mount.success(), "{mount}");
    let doctor = desktop.kindbeat(&["doctor", "--json"]).output().await?;
    let checks: serde_json::Value = serde_json::from_slice(&doctor.stdout)?;
    let checks = checks.as_array().context("a list")?;
    let store = checks.iter().find(|check| check["check"] == "store").context("the store")?;
    ensure!(store["state"] == "fault", "{store}");
    Ok(())
}

/// What it knows, shows and says when it is started by a `shell` on a disk that was filled after its last run, and that has room
/// again later.
async fn remembers_while_full(
    desktop: &Desktop,
    shell: &str,
    fill: impl Fn() -> io::Result<()>,
    free: impl Fn(&Program) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    stored::learned(&desktop.store(), clock::now(), 64.0)?;
    let hour = SignedDuration::from_hours(1);
    let snoozed = Timestamp::from_second(clock::now().as_second())? + hour;
    let program = desktop.start().await?;
    desktop.client().await?.snooze(snoozed).await?;
    program.stops().await?;

    fill()?;
    let mut screen = desktop.screen().await?;
    let mut program = Program::ready(desktop.after(shell)).await?;
    program.says("store failing: records wait in memory").await?;
    let notice = shows(&mut screen, 1).await?;
    assert!(notice.body.contains("cannot be written for now"), "{}", notice.body);
    let client = desktop.client().await?;
    let status = client.status().await?;
    assert_eq!((status.snoozed_until, status.usual), (Some(snoozed), Some(64.0)));
    assert!(status.history_error.is_some_and(|error| error.contains(FILE)));
    for command in ["history", "why --all"] {
        let mut command = desktop.after(&format!("{shell} exec \"$0\" {command};"));
        let ended = command.output().await?;
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    client.snooze(snoozed + hour).await?;
    free(&program)?;
    let log = program.stops().await?;
    assert!(log.contains("store works again"), "{log}");
    assert_eq!(stored::state(&desktop.store())?.state.snoozed_until, Some(snoozed + hour));
    Ok(())
}

#[tokio::test]
async fn a_history_deleted_while_in_use_is_begun_anew_and_said() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let mut screen = desktop.screen().await?;
    let mut program = desktop.start().await?;
    let client = desktop.client().await?;
    let snoozed = Timestamp::from_second(clock::now().as_second())? + SignedDuration::from_hours(1);
    client.snooze(snoozed).await?;
    fs::remove_dir_all(desktop.store())?;
    client.snooze(snoozed).await?;
    client.resume().await?;
    program.says("the database was deleted or replaced while in use").await?;
    let notice = shows(&mut screen, 1).await?;
    assert!(notice.body.contains("deleted or replaced"), "{}", notice.body);
    client.snooze(snoozed).await?;
    program.stops().await?;
    assert_eq!(stored::state(&desktop.store())?.state.snoozed_until, Some(snoozed));
    Ok(())
}

#[tokio::test]
async fn a_disk_that_fills_up_is_said_and_stops_nothing() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let mut screen = desktop.screen().await?;
    // No file may grow beyond this many halves of a KiB: room enough to begin.
    let mut program = Program::ready(desktop.after("trap '' XFSZ; ulimit -f 400;")).await?;
    let client = desktop.client().await?;
    tokio::select! {
        said = program.says("store failing") => said?,
        ended = keep_busy(&client) => ended?,
    }
    let notice = shows(&mut screen, 1).await?;
    assert!(notice.body.contains("cannot be written for now"), "{}", notice.body);
    let status = client.status().await?;
    assert!(status.snoozed_until.is_some() && status.history_error.is_some(), "{status:?}");
    let log = program.stops().await?;
    assert!(log.contains("not everything could be written before the end"), "{log}");
    Ok(())
}

/// Has it write something, again and again.
async fn keep_busy(client: &Client) -> anyhow::Result<()> {
    for hour in (1..8_000).cycle() {
        client.snooze(clock::now() + SignedDuration::from_hours(hour)).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_log_that_cannot_be_written_ends_nothing() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    mknodat(CWD, desktop.folder().join("log"), FileType::Fifo, Mode::RWXU, 0)?;
    // Descriptor 3 keeps the pipe of the test open.
    let full = "exec 3>&2 2>/dev/full;";
    let nobody_reads = "exec 3>&2 4<>\"$HOME/log\" 2>\"$HOME/log\" 4>&-;";
    let mut until = Timestamp::from_second(clock::now().as_second())?;
    for log in [full, nobody_reads] {
        let program = Program::ready(desktop.after(log)).await?;
        until += SignedDuration::from_hours(1);
        desktop.client().await?.snooze(until).await?;
        let (status, _) = Program::start(desktop.after(log))?.ends().await?;
        assert_eq!(status.code(), Some(0), "that it is running already is no failure");
        assert_eq!(program.stops().await?, "");
        let stored = stored::state(&desktop.store())?.state;
        assert_eq!(stored.snoozed_until, Some(until));
    }
    Ok(())
}

#[tokio::test]
async fn a_database_that_is_damaged_is_kept_aside_and_a_new_one_begun() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    fs::create_dir_all(desktop.store())?;
    fs::write(desktop.store().join(FILE), "This is not a database. ".repeat(1_000))?;
    begins_anew(&desktop, "corrupt").await
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_set_aside_for_a_new_one() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    drop(Store::open(&desktop.store(), clock::now())?);
    let database = Connection::open(desktop.store().join(FILE))?;
    database.pragma_update(None, "user_version", 1_000)?;
    drop(database);
    begins_anew(&desktop, "newer").await
}

async fn begins_anew(desktop: &Desktop, word: &str) -> anyhow::Result<()> {
    let mut screen = desktop.screen().await?;
    let mut program = desktop.start().await?;
    program.says("the history cannot be used and is kept aside; a new one is begun").await?;
    let notice = shows(&mut screen, 1).await?;
    assert_eq!(notice.title, "kindbeat: the history");
    let mut aside = None;
    for entry in fs::read_dir(desktop.store())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(&format!("{FILE}.{word}-")) && !name.ends_with("-shm") {
            aside = Some(path);
        }
    }
    let aside = aside.context("nothing is kept aside")?.display().to_string();
    let aside = aside.trim_end_matches("-wal");
    assert!(notice.body.contains(aside), "{}", notice.body);
    assert!(program.log().contains(aside), "{}", program.log());
    program.stops().await?;
    assert!(stored::breaks(&desktop.store())?.is_empty(), "the new one can be read");
    Ok(())
}

#[tokio::test]
async fn a_second_one_says_that_one_is_running_and_ends_well() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let program = desktop.start().await?;
    let elsewhere = desktop.folder().join("elsewhere");
    let mut same_bus = desktop.command();
    same_bus.env("XDG_STATE_HOME", &elsewhere);
    let mut same_store = desktop.command();
    same_store.env("DBUS_SESSION_BUS_ADDRESS", desktop.system.address());
    for command in [desktop.command(), same_bus, same_store] {
        let (status, log) = Program::start(command)?.ends().await?;
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(log.contains("kindbeat is running already"), "{log}");
    }
    assert!(!elsewhere.join("kindbeat").join(FILE).exists(), "it did not begin a history");
    desktop.client().await?.status().await?;
    program.stops().await.map(drop)
}

/// Set where the file systems that are mounted are this test's own.
const OWN_MOUNTS: &str = "KINDBEAT_TEST_MOUNTS";

#[tokio::test]
async fn an_offer_of_a_killed_run_is_closed_and_ended() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let mut screen = desktop.screen().await?;
    let runtime = desktop.folder().join("runtime");
    fs::create_dir_all(&runtime)?;
    stored::offered(&desktop.store(), clock::now())?;
    let (connection, name) = (desktop.session.connect().await?, "org.freedesktop.Notifications");
    let dbus = zbus::fdo::DBusProxy::new(&connection).await?;
    let server = dbus.get_name_owner(name.try_into()?).await?;
    let file = runtime.join("kindbeat-offer");
    fs::write(&file, format!("{} {server} 41", connection.server_guid()))?;
    let program = desktop.start().await?;
    assert_eq!(screen.asked_to_close().await?, 41);
    program.stops().await?;
    assert!(!file.exists());
    assert_eq!(stored::answers(&desktop.store())?, [Some(OfferEnd::Expired)]);
    Ok(())
}
