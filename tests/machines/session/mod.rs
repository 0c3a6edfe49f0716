//! The service as its owner has it: the unit as it is, started by a real systemd for a user whom a real logind knows, in a machine of
//! its own (`tests/machines/boot.sh`); and what it hears, sees and starts from in there.
//!
//! The machine runs once; all tests look at what it left. What happens in it is told in `story.rs`. The strap is a stand-in for BlueZ,
//! the notification server one for Plasma's; the browser is a script.
//!
//! What is needed and not there is named, and the tests are left out; where `CI` is set they fail instead.

mod account;
mod desktop;
mod gates;
mod heart;
mod host;
mod journal;
mod limits;
mod notes;
mod person;
mod story;

use anyhow::Context as _;
use jiff::SignedDuration;

use crate::screen;
use account::Fact;
use account::Moment;
use account::Opened;
use account::Properties;
use account::Why;

/// What this program does in the machine; nothing by itself.
#[test]
fn the_session_from_inside() -> anyhow::Result<()> {
    story::play_role()
}

#[test]
fn logind_knows_the_session_of_the_user() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let (_, session) = run.first("a session", |fact| match fact {
        Fact::Session(session) => Some(session),
        _ => None,
    })?;
    assert_eq!(
        of(session, ["Name", "Class", "Type", "Seat", "Active"]),
        ["anna", "user", "wayland", "seat0", "yes"]
    );
    Ok(())
}

#[test]
fn the_unit_becomes_active_and_stays_so_when_it_is_reloaded() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let (_, started) = run.unit(Moment::Started)?;
    let state = ["ActiveState", "SubState", "UnitFileState", "NRestarts"];
    assert_eq!(of(started, state), ["active", "running", "enabled", "0"]);
    let (_, reloaded) = run.unit(Moment::Reloaded)?;
    assert_eq!(reloaded, started);
    Ok(())
}

#[test]
fn the_limits_of_the_unit_are_in_force() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let (_, process) = run.first("the process of the daemon", |fact| match fact {
        Fact::Process(process) => Some(process),
        _ => None,
    })?;
    assert_eq!(of(process, ["NoNewPrivs", "Seccomp"]), ["1", FILTERED]);
    assert!(group(process).ends_with("/app.slice/kindbeat.service"), "{process:?}");
    run.time(&Fact::OwnNamespace { free: true, limited: false })?;
    Ok(())
}

#[test]
fn status_answers_over_the_bus_of_the_user() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let (_, status) = run.first("a status", |fact| match fact {
        Fact::Status(status) => Some(status),
        _ => None,
    })?;
    let status: serde_json::Value = serde_json::from_str(status).context(status.clone())?;
    assert_eq!(status["config_error"], serde_json::Value::Null, "{status}");
    assert_eq!(status["offers_today"], 0, "{status}");
    Ok(())
}

#[test]
fn doctor_finds_all_that_there_is_under_the_limits_of_the_unit() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let (_, doctor) = run.first("doctor", |fact| match fact {
        Fact::Doctor(printed) => Some(printed),
        _ => None,
    })?;
    let checks: Vec<serde_json::Value> = serde_json::from_str(doctor).context(doctor.clone())?;
    let state = |name: &str| checks.iter().find(|check| check["check"] == name);
    for name in ["bluetooth", "notifications", "presence", "page", "service", "practices", "store"]
    {
        let check = state(name).context(name)?;
        assert_eq!(check["state"], "ok", "{check}");
    }
    Ok(())
}

#[test]
fn a_desktop_is_seen_under_the_limits_of_the_unit() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let (_, banners) = run.first("gsettings", |fact| match fact {
        Fact::Gsettings(said) => Some(said),
        _ => None,
    })?;
    assert_eq!(banners, "true");
    let (_, seen) = run.first("a desktop", |fact| match fact {
        Fact::Seen(seen) => Some(seen),
        _ => None,
    })?;
    assert_eq!(of(seen, ["full screen", "hands"]), ["yes", "X11"]);
    Ok(())
}

#[test]
fn what_is_in_the_way_is_seen_from_inside_the_service() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    run.time(&Fact::Offered)?;
    let before = [
        "sharing",
        "locked",
        "in_call",
        "do_not_disturb",
        "in_call",
        "inhibited",
        "no_pause",
        "locked",
        "just_returned",
    ];
    assert_eq!(run.held(), before);
    assert!(run.time(&Fact::Microphone)? < run.time(&Fact::Camera)?);
    Ok(())
}

#[test]
fn the_strap_is_let_go_for_a_sleep_and_found_again() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let (let_go, back) = (Fact::LetGo(Why::Asleep), Fact::Back(Why::Asleep));
    let order = [Fact::PutToSleep, Fact::Asleep, let_go, Fact::Awake, back];
    let times: Vec<_> = order.iter().map(|fact| run.time(fact)).collect::<anyhow::Result<_>>()?;
    assert!(times.is_sorted(), "{times:?}");
    Ok(())
}

#[test]
fn the_strap_is_let_go_for_another_session_in_front() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let (behind, why) = run.first("another session", |fact| match fact {
        Fact::Behind(why) => Some(why),
        _ => None,
    })?;
    assert!(why.contains("- another session is on the screen, not yours"), "{why}");
    let order = [Fact::LetGo(Why::Behind), Fact::Back(Why::Behind)];
    let mut times = vec![behind];
    for fact in order {
        times.push(run.time(&fact)?);
    }
    assert!(times.is_sorted(), "{times:?}");
    Ok(())
}

#[test]
fn a_browser_runs_as_a_service_of_its_own_without_our_limits() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    for opened in [Opened::ByCommand, Opened::ByClick] {
        let noted = run.browser(opened)?;
        assert_eq!(of(noted, ["NoNewPrivs", "Seccomp"]), ["0", "0"], "{noted:?}");
        assert_eq!(of(noted, ["XDG_CURRENT_DESKTOP"]), ["Desk"]);
        let group = group(noted);
        assert!(group.contains("/app.slice/run-"), "{group}");
        assert!(!group.contains("kindbeat"), "{group}");
    }
    let tokens = ["XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"];
    assert_eq!(of(run.browser(Opened::ByCommand)?, tokens), ["", ""]);
    assert_eq!(of(run.browser(Opened::ByClick)?, tokens), [screen::TOKEN; 2]);
    Ok(())
}

#[test]
fn a_loop_that_hangs_is_ended_and_started_again() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let (hung, before) = run.unit(Moment::Hanging)?;
    let (revived, after) = run.unit(Moment::Revived)?;
    assert_eq!(of(before, ["ActiveState", "NRestarts"]), ["active", "0"]);
    assert_eq!(of(after, ["ActiveState", "NRestarts"]), ["active", "1"]);
    assert_ne!(of(before, ["MainPID"]), of(after, ["MainPID"]));
    // It was fed at most half of its ten seconds before.
    let took = revived.duration_since(hung);
    assert!(took > SignedDuration::from_secs(4), "{took:?}");
    Ok(())
}

#[test]
fn the_service_ends_within_five_seconds_and_the_browser_stays() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let asked = run.time(&Fact::AskedToStop)?;
    let (stopped, unit) = run.unit(Moment::Stopped)?;
    let end = ["ActiveState", "Result", "ExecMainStatus"];
    assert_eq!(of(unit, end), ["inactive", "success", "0"]);
    let took = stopped.duration_since(asked);
    assert!(took < SignedDuration::from_secs(5), "{took:?}");
    let (before, after) = (run.browser(Opened::ByCommand)?, run.browser(Opened::Still)?);
    assert_eq!(group(before), group(after));
    Ok(())
}

#[test]
fn a_fault_in_the_configuration_ends_it_for_good_and_is_told() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let (_, unit) = run.unit(Moment::Refused)?;
    let end = ["ActiveState", "SubState", "Result", "ExecMainStatus", "NRestarts"];
    assert_eq!(of(unit, end), ["failed", "failed", "exit-code", "78", "0"]);
    let (_, notice) = run.first("a notice", |fact| match fact {
        Fact::Notice(title) => Some(title),
        _ => None,
    })?;
    assert!(notice.contains("kindbeat"), "{notice}");
    Ok(())
}

/// What stands under these names; nothing where there is none.
fn of<'p, const N: usize>(properties: &'p Properties, names: [&str; N]) -> [&'p str; N] {
    names.map(|name| properties.get(name).map_or("", String::as_str))
}

/// The control group.
fn group(properties: &Properties) -> &str {
    let [group] = of(properties, ["cgroup"]);
    group
}

/// As `/proc` has it: system calls are filtered.
const FILTERED: &str = "2";
