//! `kindbeat doctor`, on a desk that lacks this and that.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use kindbeat::clock;
use kindbeat::desktop::DesktopReport;
use kindbeat::desktop::FactReport;
use kindbeat::desktop::IdleSource;
use kindbeat::desktop::PresenceReport;
use kindbeat::store::Store;
use kindbeat_core::context::Fact;
use kindbeat_core::context::InputActivity;
use kindbeat_core::context::Probe;
use kindbeat_core::words::Sentence;
use serde_json::Value;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::BufReader;
use tokio::net::UnixListener;

use super::bus::PrivateBus;
use super::commands::program;
use super::stand::Stand;
use super::stand::soon;

/// A desk with these programs on it, and no other, and a systemd that looks as if it ran.
fn with_programs(bus: &PrivateBus, programs: &[(&str, &str)]) -> anyhow::Result<()> {
    fs::create_dir_all(bus.folder().join("systemd"))?;
    fs::write(bus.folder().join("systemd/private"), "")?;
    let folder = bus.folder().join("bin");
    fs::create_dir_all(&folder)?;
    for (name, script) in programs {
        // Moved into place when it is written: a program that is open for writing cannot be started.
        let draft = folder.join("draft");
        fs::write(&draft, format!("#!/bin/sh\n{script}\n"))?;
        fs::set_permissions(&draft, fs::Permissions::from_mode(0o755))?;
        fs::rename(&draft, folder.join(name))?;
    }
    Ok(())
}

/// What it finds: the code it ends with, and each line of `--json`.
async fn findings(bus: &PrivateBus) -> anyhow::Result<(Option<i32>, String)> {
    let output = soon(doctor(bus, &["doctor", "--json"]).output()).await??;
    let list: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    let line = |found: &Value| {
        let text = |key: &str| found[key].as_str().unwrap_or("-").to_owned();
        format!("{} {}: {} ({})", text("check"), text("state"), text("says"), text("remedy"))
    };
    // Which devices there are is this machine's own.
    let device = |found: &&Value| found["check"] != "microphone" && found["check"] != "camera";
    let lines: Vec<_> = list.iter().filter(device).map(line).collect();
    let folder = bus.folder().to_string_lossy().into_owned();
    Ok((output.status.code(), lines.join("\n").replace(&folder, "HOME")))
}

/// The findings but those of the facts, where nothing tells of any.
fn without_facts(found: &str) -> String {
    let is_fact = |line: &&str| {
        let check = line.split(' ').next();
        Fact::ALL.iter().any(|fact| check == Some(fact.name()))
    };
    let (facts, others): (Vec<_>, Vec<_>) = found.lines().partition(is_fact);
    for line in facts {
        assert!(line.contains(" ok: nothing here tells ("), "{line}");
    }
    others.join("\n")
}

fn doctor(bus: &PrivateBus, arguments: &[&str]) -> tokio::process::Command {
    let mut command = program(bus, arguments);
    command.env("PATH", bus.folder().join("bin"));
    command.env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    command
}

#[tokio::test]
async fn the_desk_is_told_as_the_service_sees_it() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let stand = Stand::start(&bus).await?;
    let of_the_desk = async || {
        let (_, found) = findings(&bus).await?;
        let of_it = |line: &&str| {
            ["presence", "full_screen", "service"].iter().any(|check| line.starts_with(check))
        };
        let lines = found.lines().filter(of_it);
        anyhow::Ok(lines.map(str::to_owned).collect::<Vec<_>>().join("\n"))
    };
    // One of another version: what is seen from here has to do.
    insta::assert_snapshot!(of_the_desk().await?, @r#"
    presence look: logind is there to tell of keyboard and pointer, and does not: the message bus cannot be reached: failed to connect to `unix:path=/nonexistent/bus`: No such file or directory (os error 2) (it is asked again now and then; meanwhile offers do not wait for a pause, a rise has to be larger, and exercise is told from the heart alone)
    full_screen ok: nothing here tells (display: there is no display) (-)
    service look: running, but it does not tell what it sees of your desk; what is said of it above is seen from here ("systemctl --user restart kindbeat")
    "#);
    let presence = PresenceReport {
        awake_is_use: false,
        source: Some(IdleSource::ExtIdleNotify),
        silent: vec![(IdleSource::Mutter, None)],
        hands: InputActivity::Resting(clock::now()),
        lock: vec!["org.freedesktop.login1".into()],
        locked: false,
        sleep: true,
    };
    let window = FactReport {
        fact: Fact::FullScreen,
        source: Sentence::detail("X11"),
        seen: Probe::Yes,
        why: None,
    };
    stand.sees(&DesktopReport { presence: Some(presence), desktop: vec![window] })?;
    insta::assert_snapshot!(of_the_desk().await?, @r#"
    presence ok: ext-idle-notify-v1 tells of keyboard and pointer, org.freedesktop.login1 of the lock (-)
    full_screen ok: speaks against an offer just now (told by X11) (-)
    service look: running; systemd does not say whether it starts when you log in (without systemd, have your desktop run "kindbeat daemon" when it starts)
    "#);
    Ok(())
}

#[tokio::test]
async fn a_desk_that_lacks_everything_is_told_what_to_do() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (code, found) = findings(&bus).await?;
    let missing = "GNOME session manager: not running; Plasma power management: not running; logind: there is no message bus";
    assert!(
        found.contains(&format!("inhibited ok: nothing here tells ({missing}) (-)")),
        "{found}"
    );
    insta::assert_snapshot!(without_facts(&found), @r#"
    bluetooth fault: the system bus cannot be reached, and Bluetooth only through it (see whether D-Bus runs on this machine: "systemctl status dbus.service")
    strap look: none is known yet (put one on, then see whether "kindbeat devices" lists it)
    notifications fault: no program shows them, so offers cannot be seen (install and start one, such as dunst or mako; "kindbeat break" works without)
    presence look: logind is there to tell of keyboard and pointer, and does not: the message bus cannot be reached: failed to connect to `unix:path=/nonexistent/bus`: No such file or directory (os error 2) (it is asked again now and then; meanwhile offers do not wait for a pause, a rise has to be larger, and exercise is told from the heart alone)
    page fault: no program is there to open it with (install a browser such as chromium, or name one as page.open_with in the configuration)
    voice ok: off (-)
    service fault: not running (start it with "kindbeat daemon", best along with your desktop)
    config ok: HOME/kindbeat/config.toml: not there; the defaults apply (-)
    practices ok: those of kindbeat, and none of your own (-)
    store ok: HOME/kindbeat/kindbeat.db: nothing is stored yet (-)
    "#);
    assert_eq!(code, Some(1));
    let output = soon(doctor(&bus, &["doctor"]).output()).await??;
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout)?;
    assert_eq!(
        text.lines().filter(|line| !line.starts_with(' ')).count(),
        10 + Fact::ALL.len(),
        "{text}"
    );
    Ok(())
}

#[tokio::test]
async fn a_desk_that_has_most_of_it_lacks_the_rest() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _stand = Stand::start(&bus).await?;
    let shown = "LoadState=loaded\\nUnitFileState=enabled\\nActiveState=active";
    with_programs(&bus, &[("chromium", "exit 0"), ("systemctl", &format!("printf '{shown}\\n'"))])?;
    let folder = bus.folder().join("kindbeat");
    drop(Store::open(&folder, clock::now())?);
    let (code, found) = findings(&bus).await?;
    let size = Store::open_to_look(&folder)?.map_or(Ok(0), |store| store.bytes())?;
    let found = found.replace(&format!("{} kB", size.div_ceil(1000)), "SIZE");
    insta::assert_snapshot!(without_facts(&found), @r#"
    bluetooth fault: the system bus cannot be reached, and Bluetooth only through it (see whether D-Bus runs on this machine: "systemctl status dbus.service")
    strap ok: Polar H10 streams; battery 87 % (-)
    notifications fault: no program shows them, so offers cannot be seen (install and start one, such as dunst or mako; "kindbeat break" works without)
    presence look: logind is there to tell of keyboard and pointer, and does not: the message bus cannot be reached: failed to connect to `unix:path=/nonexistent/bus`: No such file or directory (os error 2) (it is asked again now and then; meanwhile offers do not wait for a pause, a rise has to be larger, and exercise is told from the heart alone)
    page ok: opens with chromium (-)
    voice ok: off (-)
    service look: running, but it does not tell what it sees of your desk; what is said of it above is seen from here ("systemctl --user restart kindbeat")
    config ok: HOME/kindbeat/config.toml: not there; the defaults apply (-)
    practices ok: those of kindbeat, and none of your own (-)
    store ok: HOME/kindbeat/kindbeat.db: SIZE (-)
    "#);
    assert_eq!(code, Some(1));
    Ok(())
}

#[tokio::test]
async fn what_never_answers_does_not_hold_it_up() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    // The shell's own: nothing else is there to sleep with.
    with_programs(&bus, &[("systemctl", "while :; do :; done")])?;
    let (_, found) = findings(&bus).await?;
    assert!(found.contains("service fault: not running"), "{found}");
    Ok(())
}

#[tokio::test]
async fn what_reads_aloud_is_asked_where_that_is_wanted() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    with_programs(&bus, &[("chromium", "exit 0")])?;
    let folder = bus.folder().join("kindbeat");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("config.toml"), "[practice]\nvoice = true\n")?;
    let (_, found) = findings(&bus).await?;
    let line = "voice look: speech-dispatcher is not running; the page reads in its place, where the browser has a voice";
    assert!(found.contains(line), "{found}");
    // Where programs look for it.
    let socket = bus.folder().join("speech-dispatcher/speechd.sock");
    fs::create_dir_all(bus.folder().join("speech-dispatcher"))?;
    let listener = UnixListener::bind(&socket)?;
    let asked = async {
        let (stream, _) = listener.accept().await?;
        let mut lines = BufReader::new(stream).lines();
        let mut asked = Vec::new();
        while let Some(line) = lines.next_line().await? {
            let answer: &[u8] = match line.as_str() {
                "GET OUTPUT_MODULE" => b"251-espeak-ng\r\n251 OK GET RETURNED\r\n",
                "QUIT" => b"231 HAPPY HACKING\r\n",
                _ => b"208 OK CLIENT NAME SET\r\n",
            };
            lines.get_mut().write_all(answer).await?;
            asked.push(line);
        }
        anyhow::Ok(asked)
    };
    let (asked, found) = tokio::join!(soon(asked), findings(&bus));
    let (asked, (_, found)) = (asked??, found?);
    let line = "voice ok: speech-dispatcher answers, and reads with espeak-ng (-)";
    assert!(found.contains(line), "{found}");
    assert_eq!(asked.len(), 3, "nothing is said: {asked:?}");
    Ok(())
}

#[tokio::test]
async fn looking_changes_nothing() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let folder = bus.folder().join("kindbeat");
    drop(Store::open(&folder, clock::now())?);
    fs::write(folder.join("config.toml"), "[offer]\nat_most_per_day = 7\n")?;
    let before = files(&folder)?;
    let (_, found) = findings(&bus).await?;
    assert!(found.contains("store ok") && found.contains("config look"), "{found}");
    assert!(files(&folder)? == before, "it left something else behind");
    fs::write(folder.join("kindbeat.db"), "this is no database, and was never one")?;
    let before = files(&folder)?;
    let (_, found) = findings(&bus).await?;
    assert!(found.contains("store fault: HOME/kindbeat/kindbeat.db: is damaged"), "{found}");
    assert!(files(&folder)? == before, "it left something else behind");
    Ok(())
}

/// Every file of a folder, with what is in it.
fn files(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?);
    }
    Ok(files)
}
