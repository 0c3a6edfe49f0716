//! A computer is started anew and somebody is logged in by itself, at a desktop that starts no session target, and logs out again: the
//! autostart entry, or the line of the README, starts the service, one of it runs, and it ends with the session, while the manager of the
//! user goes on. A Debian 13 with real sessions of sway (by `agetty`), Xfce and `LXQt` (by `LightDM`), in a machine of its own
//! (`tests/machines/boot.sh`) with a disk, on the files of `tests/desktops/make`. At `LXQt` a session target is started as well, as GNOME
//! and Plasma do.
//!
//! The machine runs once; what happens in it is in `inside.sh`. Xfce and `LXQt` are slow on an emulated processor: they are tried where
//! `KINDBEAT_ALL` is set.

use std::sync::LazyLock;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::Serialize;

use crate::machine;
use crate::machine::Machine;
use crate::machine::OnlyRun;
use crate::machine::Run;
use crate::machine::Story;
use crate::machine::figure;

/// What can happen in this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Fact {
    LoggedIn(LoggedIn),
    /// What `kindbeat doctor --json` says of the service, on which desktop.
    Doctor(String, Check),
    /// Out of which desktop.
    LogsOut(String),
    Ended(Ended),
}

/// The service runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct LoggedIn {
    desktop: String,
    /// How many processes of the user are one.
    daemons: u32,
    /// What systemd calls the state of the service.
    state: String,
    /// How often it was ready since the computer started.
    starts: u32,
    /// What the manager of the user knows as the display.
    display: String,
    /// The state of the session target.
    target: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Check {
    state: String,
    says: String,
}

/// The service does not run any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Ended {
    desktop: String,
    /// As it stands in the journal.
    reason: String,
    /// How many processes of the user are still one.
    daemons: u32,
    /// The state of the manager of the user.
    manager: String,
    /// What systemd calls the end.
    result: String,
}

#[test]
fn after_a_reboot_each_login_has_one_daemon() -> anyhow::Result<()> {
    let Some(run) = run()? else { return Ok(()) };
    for desktop in desktops() {
        let seen = logged_in(run, desktop)?;
        assert_eq!((seen.daemons, &*seen.state, seen.starts), (1, "running", 1), "{seen:?}");
        let own = if desktop == "sway" { "wayland-1 " } else { " :0" };
        assert!(seen.display.starts_with(own), "{seen:?}");
    }
    Ok(())
}

#[test]
fn where_target_and_entry_start_it_there_is_one_daemon() -> anyhow::Result<()> {
    if !machine::all() {
        machine::say("LEFT OUT: a login at LXQt needs KINDBEAT_ALL");
        return Ok(());
    }
    let Some(run) = run()? else { return Ok(()) };
    let seen = logged_in(run, "lxqt")?;
    assert_eq!((&*seen.target, seen.daemons, seen.starts), ("active", 1, 1), "{seen:?}");
    Ok(())
}

#[test]
fn within_a_minute_of_each_logout_the_daemon_is_gone() -> anyhow::Result<()> {
    let Some(run) = run()? else { return Ok(()) };
    for desktop in desktops() {
        let out = run.time(&Fact::LogsOut(desktop.to_owned()))?;
        let (ended, seen) = run.first(&format!("an end after {desktop}"), |fact| match fact {
            Fact::Ended(seen) if seen.desktop == desktop => Some(seen),
            _ => None,
        })?;
        let took = ended.duration_since(out);
        figure(&format!("from logout to the end on {desktop} ({})", seen.reason), took);
        assert!(took < SignedDuration::from_mins(1), "{took:?}");
        assert_eq!(seen.daemons, 0, "{seen:?}");
        assert!(REASONS.contains(&seen.reason.as_str()), "{seen:?}");
        // It was the daemon that ended, and not all that the user runs.
        assert_eq!((&*seen.manager, &*seen.result), ("active", "success"), "{seen:?}");
    }
    Ok(())
}

#[test]
fn doctor_says_on_each_desktop_whether_it_comes_back() -> anyhow::Result<()> {
    let Some(run) = run()? else { return Ok(()) };
    for (desktop, state) in desktops().zip(["look", "ok", "ok"]) {
        let (_, check) = run.first(&format!("doctor on {desktop}"), |fact| match fact {
            Fact::Doctor(on, check) if on == desktop => Some(check),
            _ => None,
        })?;
        assert_eq!(check.state, state, "{desktop}: {check:?}");
    }
    Ok(())
}

fn logged_in<'r>(run: &'r Run<Fact, ()>, desktop: &str) -> anyhow::Result<&'r LoggedIn> {
    let seen = run.first(&format!("a login on {desktop}"), |fact| match fact {
        Fact::LoggedIn(seen) if seen.desktop == desktop => Some(seen),
        _ => None,
    });
    Ok(seen?.1)
}

fn run() -> anyhow::Result<Option<&'static Run<Fact, ()>>> {
    static RUN: OnlyRun<Fact, ()> = LazyLock::new(|| Run::new(&MACHINE, |_| Ok(())));
    machine::of(&RUN)
}

/// By the names of their sessions. For the first a line in its configuration has to do; the others start autostart entries.
fn desktops() -> impl Iterator<Item = &'static str> {
    let some = if machine::all() { 3 } else { 1 };
    ["sway", "xfce", "lxqt"].into_iter().take(some)
}

const REASONS: [&str; 2] =
    ["the desktop session is closed", "the X server or the compositor is gone"];

const MACHINE: Machine = Machine {
    what: "logins after a reboot",
    inside: "machines/login/inside.sh",
    story: Story::Script,
    kernel: machine::KERNEL_13,
    root: Some("13"),
    disk: true,
    radio: false,
    waits: false,
    needs: &[("mke2fs", "e2fsprogs")],
    log: "login.log",
};
