//! The unit that systemd starts the daemon with.

use std::io::Write as _;
use std::process::Command;
use std::process::Stdio;

const UNIT: &str = include_str!("../../systemd/kindbeat.service");

#[test]
fn the_unit_says_what_the_daemon_relies_on() {
    let lines: Vec<_> = UNIT.lines().collect();
    for needed in [
        "Type=notify",
        "Restart=on-failure",
        "Environment=MALLOC_ARENA_MAX=1 MALLOC_TOP_PAD_=0 MALLOC_TRIM_THRESHOLD_=65536",
        "Environment=GLIBC_TUNABLES=glibc.malloc.tcache_count=0",
        "RestartPreventExitStatus=78",
        "RestartForceExitStatus=75",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "UMask=0077",
        "WantedBy=graphical-session.target",
    ] {
        assert!(lines.contains(&needed), "{needed}");
    }
    let set = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name));
    assert_eq!(set("ExecStart=%h/.local/bin/kindbeat "), Some("daemon"));
    // With either, the page could not tell whose connection it is, or could not listen at all.
    for never in ["ProcSubset=", "PrivateNetwork=", "IPAddressDeny=", "ProtectProc=invisible"] {
        assert!(!lines.iter().any(|line| line.starts_with(never)), "{never}");
    }
    let watchdog: Option<u32> = set("WatchdogSec=").and_then(|seconds| seconds.parse().ok());
    assert!(watchdog.is_some_and(|seconds| seconds >= 60), "few wake-ups while nothing happens");
    let patience: Option<u32> = set("TimeoutStopSec=").and_then(|seconds| seconds.parse().ok());
    assert!(patience.is_some_and(|seconds| seconds > 5), "it takes up to five seconds to end");
}

#[test]
fn systemd_has_nothing_to_say_against_the_unit() -> anyhow::Result<()> {
    let found = Command::new("systemd-analyze").arg("--version").stdout(Stdio::null()).status();
    if found.is_err() {
        writeln!(std::io::stderr(), "LEFT OUT: this test needs systemd-analyze (package systemd)")?;
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let unit = folder.path().join("kindbeat.service");
    // Where it is to be installed there is nothing yet.
    std::fs::write(&unit, UNIT.replace("%h/.local/bin/kindbeat", "/bin/true"))?;
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--user", "--man=no"])
        .arg(&unit)
        .env("HOME", folder.path())
        .env("XDG_RUNTIME_DIR", folder.path())
        .output()?;
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    let ours: Vec<_> = said.lines().filter(|line| line.contains("kindbeat.service")).collect();
    assert!(ours.is_empty(), "{said}");
    Ok(())
}
