//! The unit under the systemd of each Debian, as the manager of a user starts it there: it starts, is watched and ends as it is installed,
//! and each of its limits, tried by itself, does what is known of it. A machine of its own (`tests/machines/boot.sh`) for each, on the
//! files of `tests/desktops/make`, with the kernel of Debian 12 (6.1) and 13 (6.12; on testing, too). What was found stands in `limits.md`.
//!
//! Each machine runs once; what happens in it is in `inside.sh`, and what is tried in `probe.pl`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anyhow::Context as _;
use serde::Deserialize;
use serde::Serialize;

use crate::machine;
use crate::machine::KERNEL;
use crate::machine::KERNEL_13;
use crate::machine::Machine;
use crate::machine::OnlyRun;
use crate::machine::Story;
use crate::machine::say;

/// What can happen in such a machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Fact {
    /// The number of systemd.
    Version(String),
    /// How the service stands, by `systemctl --user show`, and its process, by `/proc/PID/status`.
    Started(Properties, Properties),
    /// What `systemd-analyze --user security` says of it, 0 to 10.
    Exposure(String),
    /// One limit by itself.
    Tried(Tried),
    /// How the service stands when the watchdog has had it started again.
    Revived(Properties),
    Stopped(Properties),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Tried {
    /// A line of a unit; nothing: none.
    limit: String,
    /// What came of the unit.
    unit: Properties,
    /// What `probe.pl` says; nothing where it was not started.
    seen: Properties,
}

type Properties = BTreeMap<String, String>;
type Run = machine::Run<Fact, ()>;

#[test]
fn under_each_systemd_the_unit_starts_is_watched_and_ends() -> anyhow::Result<()> {
    for run in runs() {
        let Some(run) = run? else { continue };
        let (_, (unit, process)) = run.first("a start", |fact| match fact {
            Fact::Started(unit, process) => Some((unit, process)),
            _ => None,
        })?;
        let state = ["Type", "ActiveState", "SubState", "NRestarts", "WatchdogUSec"];
        assert_eq!(of(unit, state), ["notify", "active", "running", "0", "2min"]);
        assert_eq!(of(process, ["NoNewPrivs", "Seccomp", "Umask"]), ["1", "2", "0077"]);
        let (_, unit) = run.first("a start after the watchdog", |fact| match fact {
            Fact::Revived(unit) => Some(unit),
            _ => None,
        })?;
        assert_eq!(of(unit, ["ActiveState", "NRestarts"]), ["active", "1"]);
        let (_, unit) = run.first("an end", |fact| match fact {
            Fact::Stopped(unit) => Some(unit),
            _ => None,
        })?;
        // Where it takes longer than the unit allows, the result is another.
        let end = ["ActiveState", "Result", "ExecMainStatus"];
        assert_eq!(of(unit, end), ["inactive", "success", "0"]);
    }
    Ok(())
}

#[test]
fn each_limit_of_the_unit_forbids_something() -> anyhow::Result<()> {
    let service = UNIT.split_once("# What it keeps is private").context("the limits")?.1;
    let limits = service.lines().take_while(|line| !line.starts_with('['));
    for run in runs() {
        let Some(run) = run? else { continue };
        let free = tried(run, "")?;
        for limit in limits.clone().filter(|line| is_limit(line)) {
            let limited = tried(run, limit)?;
            assert_eq!(of(&limited.unit, ["Result"]), ["success"], "{limited:?}");
            let what = tries(limit).with_context(|| format!("nothing tries {limit}"))?;
            assert_ne!(free.seen.get(what), limited.seen.get(what), "{limited:?}");
        }
    }
    Ok(())
}

#[test]
fn limits_md_tells_what_each_systemd_does() -> anyhow::Result<()> {
    for run in runs() {
        let Some(run) = run? else { continue };
        let (_, version) = run.first("systemd", |fact| match fact {
            Fact::Version(version) => Some(version),
            _ => None,
        })?;
        let (_, exposure) = run.first("an exposure", |fact| match fact {
            Fact::Exposure(exposure) => Some(exposure),
            _ => None,
        })?;
        let mut rows = vec![("the whole unit: its exposure".to_owned(), exposure.clone())];
        let all = run.account.iter().filter_map(|entry| match &entry.fact {
            Fact::Tried(tried) => Some(tried),
            _ => None,
        });
        let free = tried(run, "")?;
        for tried in all.filter(|tried| !tried.limit.is_empty()) {
            let what = tries(&tried.limit).with_context(|| format!("{tried:?}"))?;
            rows.push((format!("`{}`", tried.limit), cell(free, tried, what)));
        }
        say(&format!("systemd {version}:"));
        for (limit, cell) in &rows {
            say(&format!("    {limit}: {cell}"));
        }
        let header = LIMITS.lines().find(|line| line.starts_with("| limit")).context("a table")?;
        let column = header.split('|').position(|name| name.trim() == version);
        let column = column.with_context(|| format!("limits.md has no column for {version}"))?;
        for (limit, cell) in &rows {
            let row = LIMITS.lines().find(|line| line.starts_with(&format!("| {limit} |")));
            let row = row.with_context(|| format!("limits.md has no row for {limit}"))?;
            let told = row.split('|').nth(column).unwrap_or_default().trim();
            assert_eq!(told, cell, "{limit} under systemd {version}");
        }
    }
    Ok(())
}

/// What comes of it under this limit; where the unit fails, the status with which systemd ends it.
fn cell(free: &Tried, limited: &Tried, what: &str) -> String {
    let [result, status] = of(&limited.unit, ["Result", "ExecMainStatus"]);
    if result != "success" {
        return format!("fails ({status})");
    }
    let ([before], [after]) = (of(&free.seen, [what]), of(&limited.seen, [what]));
    let cell = if before == after { "nothing" } else { after };
    let filtered = of(&limited.seen, ["seccomp"]) == ["2"];
    format!("{cell}{}", if filtered { ", by a filter" } else { "" })
}

fn tried<'r>(run: &'r Run, limit: &str) -> anyhow::Result<&'r Tried> {
    let tried = run.first(&format!("a try of {limit}"), |fact| match fact {
        Fact::Tried(tried) if tried.limit == limit => Some(tried),
        _ => None,
    });
    Ok(tried?.1)
}

/// A line that is a limit by itself: the number of the error goes with those that concern system calls.
fn is_limit(line: &str) -> bool {
    line.starts_with(|first: char| first.is_ascii_uppercase())
        && !line.starts_with("SystemCallErrorNumber=")
}

/// What `probe.pl` tries of this limit.
fn tries(limit: &str) -> Option<&'static str> {
    let (name, _) = limit.split_once('=')?;
    Some(match name {
        "UMask" => "mask",
        "LimitCORE" => "dump",
        "NoNewPrivileges" => "nnp",
        "LockPersonality" => "personality",
        "RestrictRealtime" => "realtime",
        "RestrictSUIDSGID" => "setuid",
        "RestrictAddressFamilies" => "socket",
        "RestrictNamespaces" => "namespace",
        "MemoryDenyWriteExecute" => "memory",
        "SystemCallArchitectures" => "x32",
        "SystemCallFilter" => "trace",
        "ProtectSystem" => "outside",
        "ProtectHome" => "home",
        "PrivateTmp" => "tmp",
        "PrivateDevices" => "device",
        "ProtectProc" => "process",
        "ProcSubset" => "proc",
        "CapabilityBoundingSet" => "capabilities",
        _ => return None,
    })
}

/// What stands under these names; nothing where there is none.
fn of<'p, const N: usize>(properties: &'p Properties, names: [&str; N]) -> [&'p str; N] {
    names.map(|name| properties.get(name).map_or("", String::as_str))
}

/// One after the other, each when it is looked at; those of Debian 12 and testing where `KINDBEAT_ALL` is set.
fn runs() -> impl Iterator<Item = anyhow::Result<Option<&'static Run>>> {
    static RUNS: [OnlyRun<Fact, ()>; 3] = [
        LazyLock::new(|| Run::new(&machine("13", KERNEL_13, "unit-13.log"), |_| Ok(()))),
        LazyLock::new(|| Run::new(&machine("12", KERNEL, "unit-12.log"), |_| Ok(()))),
        LazyLock::new(|| Run::new(&machine("testing", KERNEL_13, "unit-testing.log"), |_| Ok(()))),
    ];
    let some = if machine::all() { RUNS.len() } else { 1 };
    RUNS.iter().take(some).map(machine::of)
}

const fn machine(debian: &'static str, kernel: &'static str, log: &'static str) -> Machine {
    Machine {
        what: "the unit under the systemd of another Debian",
        inside: "machines/unit/inside.sh",
        story: Story::Script,
        kernel,
        root: Some(debian),
        disk: false,
        radio: false,
        waits: false,
        needs: &[],
        log,
    }
}

const UNIT: &str = include_str!("../../../systemd/kindbeat.service");
const LIMITS: &str = include_str!("limits.md");
