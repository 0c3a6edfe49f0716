//! The program on each Debian's own Bluetooth service and kernel: whatever keeps the heart rate away, it is back soon after, and the
//! service outlives it. A machine of its own (`tests/machines/boot.sh`) for each, on the files of `tests/desktops/make`; the controller and
//! the strap are outside it (`radio.py`), so that a strap is there at once, and goes as one does.
//!
//! Each machine runs once; what happens in it is told in `story.rs`, what is rarer in `rest.rs`, and what is strange in `strange.rs`.

mod account;
mod lab;
mod radio;
mod rest;
mod story;
mod strange;

use std::path::Path;
use std::sync::LazyLock;

use anyhow::Context as _;
use jiff::Timestamp;
use kindbeat::clock;
use kindbeat::store::Store;
use kindbeat::store::StoredReading;

use crate::machine;
use crate::machine::Machine;
use crate::machine::OnlyRun;
use crate::machine::Story;
use crate::machine::say;
use account::Cause;
use account::Fact;

/// What is left of the run of such a machine.
type Run = machine::Run<Fact, Left>;

struct Left {
    /// What the daemon logged.
    log: String,
    /// What it stored.
    readings: Vec<StoredReading>,
}

/// What this program does in such a machine; nothing by itself.
#[test]
fn the_faults_from_inside() -> anyhow::Result<()> {
    story::play_role(story::faults)
}

/// As [`the_faults_from_inside`].
#[test]
fn the_half_hour_from_inside() -> anyhow::Result<()> {
    story::play_role(story::half_an_hour)
}

/// As [`the_faults_from_inside`].
#[test]
fn the_pairing_from_inside() -> anyhow::Result<()> {
    story::play_role(story::pairing)
}

/// As [`the_faults_from_inside`].
#[test]
fn the_rest_from_inside() -> anyhow::Result<()> {
    story::play_role(rest::rest)
}

/// As [`the_faults_from_inside`].
#[test]
fn the_strange_from_inside() -> anyhow::Result<()> {
    story::play_role(strange::strange)
}

#[test]
fn whatever_kept_it_away_the_heart_rate_is_soon_back() -> anyhow::Result<()> {
    all_are_soon_back(faults())
}

#[test]
fn the_service_lives_until_it_is_killed() -> anyhow::Result<()> {
    the_service_is_always_the_same(faults())
}

#[test]
fn an_adapter_that_is_switched_off_stays_off() -> anyhow::Result<()> {
    for (debian, run) in faults() {
        let Some(run) = run? else { continue };
        let (_, on) = run.first("the adapter off", |fact| match fact {
            Fact::SwitchedOn(on) => Some(on),
            _ => None,
        })?;
        assert!(!on, "Debian {debian}");
    }
    Ok(())
}

#[test]
fn after_all_that_the_daemon_ends_well() -> anyhow::Result<()> {
    each_daemon_ends_well(faults())
}

#[test]
fn half_an_hour_of_coming_and_going_harms_nothing() -> anyhow::Result<()> {
    if !machine::all() {
        say("LEFT OUT: half an hour on each Bluetooth stack needs KINDBEAT_ALL");
        return Ok(());
    }
    all_are_soon_back(half_hours())?;
    the_service_is_always_the_same(half_hours())?;
    each_daemon_ends_well(half_hours())
}

#[test]
fn a_second_client_makes_no_more_beats() -> anyhow::Result<()> {
    if !machine::all() {
        say("LEFT OUT: a second client on each Bluetooth stack needs KINDBEAT_ALL");
        return Ok(());
    }
    for (debian, run) in faults() {
        let Some(run) = run? else { continue };
        let (from, to) = (run.time(&Fact::Shared(true))?, run.time(&Fact::Shared(false))?);
        run.time(&Fact::Finished)?;
        let within = |reading: &&StoredReading| (from..to).contains(&reading.at);
        let stored = run.left.readings.iter().filter(within).count();
        let sent = to.duration_since(from).as_secs();
        say(&format!("Debian {debian} | a second client for {sent} s | {stored} readings"));
        let sent = usize::try_from(sent)?;
        assert!((sent - 3..=sent + 3).contains(&stored), "Debian {debian}: {stored} in {sent} s");
    }
    Ok(())
}

#[test]
fn a_strap_that_another_program_holds_stays_its_own() -> anyhow::Result<()> {
    if !machine::all() {
        say("LEFT OUT: a program that holds the strap on each Bluetooth stack needs KINDBEAT_ALL");
        return Ok(());
    }
    for (debian, run) in faults() {
        let Some(run) = run? else { continue };
        let (_, (sent, got, to_the_end)) =
            run.first("a strap that is held", |fact| match fact {
                Fact::Held { seconds, packets, to_the_end } => {
                    Some((*seconds, *packets, *to_the_end))
                }
                _ => None,
            })?;
        say(&format!("Debian {debian} | held by another program for {sent} s | {got} packets"));
        assert!(to_the_end && (sent - 3..=sent + 3).contains(&got), "Debian {debian}");
        run.time(&Fact::Streams(Cause::Held))?;
    }
    Ok(())
}

#[test]
fn the_rest_of_what_happens_to_a_radio_does_no_harm() -> anyhow::Result<()> {
    if !machine::all() {
        say("LEFT OUT: the rest of what happens to a radio needs KINDBEAT_ALL");
        return Ok(());
    }
    all_are_soon_back(rests())?;
    the_service_is_always_the_same(rests())?;
    each_daemon_ends_well(rests())
}

#[test]
fn strange_straps_and_what_they_send_do_no_harm() -> anyhow::Result<()> {
    if !machine::all() {
        say("LEFT OUT: strange straps on each Bluetooth stack need KINDBEAT_ALL");
        return Ok(());
    }
    all_are_soon_back(stranges())?;
    the_service_is_always_the_same(stranges())?;
    each_daemon_ends_well(stranges())
}

#[test]
fn four_measurements_a_second_are_stored_without_a_break() -> anyhow::Result<()> {
    if !machine::all() {
        say("LEFT OUT: four measurements a second on each Bluetooth stack need KINDBEAT_ALL");
        return Ok(());
    }
    for (debian, run) in stranges() {
        let Some(run) = run? else { continue };
        let (from, to) = (run.time(&Fact::Often(true))?, run.time(&Fact::Often(false))?);
        run.time(&Fact::Finished)?;
        let stored = run.left.readings.iter().map(|reading| reading.at);
        let stored: Vec<_> = stored.filter(|at| (from..to).contains(at)).collect();
        let times: Vec<_> = [from].into_iter().chain(stored.iter().copied()).chain([to]).collect();
        let gaps = times.windows(2).map(|pair| pair[1].duration_since(pair[0]));
        let longest = gaps.max().context("no gap")?.as_secs_f64();
        let sent = to.duration_since(from).as_secs();
        say(&format!(
            "Debian {debian} | four a second for {sent} s | {} readings | longest gap {longest:.1} s",
            stored.len(),
        ));
        assert!(stored.len() > 2 * usize::try_from(sent)?, "Debian {debian}");
        assert!(longest < 3.0, "Debian {debian}: {longest} s");
    }
    Ok(())
}

#[test]
fn a_strap_that_wants_it_is_paired_and_paired_anew() -> anyhow::Result<()> {
    if !machine::all() {
        say("LEFT OUT: pairing on each Bluetooth stack needs KINDBEAT_ALL");
        return Ok(());
    }
    all_are_soon_back(pairings())?;
    the_service_is_always_the_same(pairings())?;
    each_daemon_ends_well(pairings())
}

fn all_are_soon_back(runs: impl Iterator<Item = Seen>) -> anyhow::Result<()> {
    // All of them are printed, whatever is wrong with one.
    let tables: Vec<_> = runs.map(|(debian, run)| table(debian, run?)).collect();
    let late = tables.into_iter().collect::<anyhow::Result<Vec<_>>>()?.concat();
    assert!(late.is_empty(), "{late:#?}");
    Ok(())
}

/// Prints a row for each time that the heart rate came back, and returns those that tell of too long a time.
fn table(debian: &str, run: Option<&Run>) -> anyhow::Result<Vec<String>> {
    let mut late = Vec::new();
    let Some(run) = run else { return Ok(late) };
    let (_, (bluez, kernel)) = run.first("the versions", |fact| match fact {
        Fact::Versions { bluez, kernel } => Some((bluez, kernel)),
        _ => None,
    })?;
    let mut over = None;
    for entry in &run.account {
        match &entry.fact {
            Fact::Over(_) => over = Some(entry.at),
            Fact::Streams(cause) => {
                let took = entry.at.duration_since(over.context("nothing was over")?);
                let designed = cause.designed();
                let row = format!(
                    "Debian {debian} | BlueZ {bluez} | Linux {kernel} | {cause} | {:.1} s of {} s",
                    took.as_secs_f64(),
                    designed.as_secs(),
                );
                say(&row);
                if took > SLOWNESS * designed {
                    late.push(row);
                }
            }
            _ => {}
        }
    }
    run.time(&Fact::Finished)?;
    Ok(late)
}

fn the_service_is_always_the_same(runs: impl Iterator<Item = Seen>) -> anyhow::Result<()> {
    for (debian, run) in runs {
        let Some(run) = run? else { continue };
        let mut started = None;
        for entry in &run.account {
            match entry.fact {
                Fact::ServiceStarted(id) => started = Some(id),
                Fact::ServiceSeen(id) => {
                    assert_eq!(Some(id), started, "Debian {debian}: it was started by another");
                }
                _ => {}
            }
        }
        run.time(&Fact::Finished)?;
    }
    Ok(())
}

fn each_daemon_ends_well(runs: impl Iterator<Item = Seen>) -> anyhow::Result<()> {
    for (debian, run) in runs {
        let Some(run) = run? else { continue };
        run.time(&Fact::Finished)?;
        let bad = |fact: &Fact| matches!(fact, Fact::Ended(code) if *code != Some(0));
        let bad: Vec<_> = run.account.iter().filter(|entry| bad(&entry.fact)).collect();
        assert!(bad.is_empty(), "Debian {debian}: {bad:?}");
        // Not those of which nothing follows: a library has one where the bus goes while it listens.
        let tells = |line: &&str| line.contains("a panic ") || line.contains("panicked at");
        let panics: Vec<_> = run.left.log.lines().filter(tells).collect();
        assert!(panics.is_empty(), "Debian {debian}: {panics:#?}");
    }
    Ok(())
}

/// A Debian, and its run.
type Seen = (&'static str, anyhow::Result<Option<&'static Run>>);

type Runs = [(&'static str, OnlyRun<Fact, Left>); 3];

fn faults() -> impl Iterator<Item = Seen> {
    const STORY: &str = "stacks::the_faults_from_inside";
    static RUNS: Runs = [
        ("12", LazyLock::new(|| run(&on_12(STORY, "stacks-12.log")))),
        ("13", LazyLock::new(|| run(&on_13(STORY, "stacks-13.log")))),
        ("testing", LazyLock::new(|| run(&on_testing(STORY, "stacks-testing.log")))),
    ];
    all_at_once(&RUNS)
}

fn half_hours() -> impl Iterator<Item = Seen> {
    const STORY: &str = "stacks::the_half_hour_from_inside";
    static RUNS: Runs = [
        ("12", LazyLock::new(|| run(&on_12(STORY, "half-hour-12.log")))),
        ("13", LazyLock::new(|| run(&on_13(STORY, "half-hour-13.log")))),
        ("testing", LazyLock::new(|| run(&on_testing(STORY, "half-hour-testing.log")))),
    ];
    all_at_once(&RUNS)
}

/// Not on Debian 12: on its kernel every pairing in such a machine ends with "unspecified reason", whoever asks for it; why is not known.
fn pairings() -> impl Iterator<Item = Seen> {
    const STORY: &str = "stacks::the_pairing_from_inside";
    static RUNS: [(&str, OnlyRun<Fact, Left>); 2] = [
        ("13", LazyLock::new(|| run(&on_13(STORY, "pairing-13.log")))),
        ("testing", LazyLock::new(|| run(&on_testing(STORY, "pairing-testing.log")))),
    ];
    all_at_once(&RUNS)
}

/// Not on Debian 12: its kernel has faults of its own where links come and go.
fn rests() -> impl Iterator<Item = Seen> {
    const STORY: &str = "stacks::the_rest_from_inside";
    static RUNS: [(&str, OnlyRun<Fact, Left>); 2] = [
        ("13", LazyLock::new(|| run(&on_13(STORY, "rest-13.log")))),
        ("testing", LazyLock::new(|| run(&on_testing(STORY, "rest-testing.log")))),
    ];
    all_at_once(&RUNS)
}

/// As [`rests`].
fn stranges() -> impl Iterator<Item = Seen> {
    const STORY: &str = "stacks::the_strange_from_inside";
    static RUNS: [(&str, OnlyRun<Fact, Left>); 2] = [
        ("13", LazyLock::new(|| run(&on_13(STORY, "strange-13.log")))),
        ("testing", LazyLock::new(|| run(&on_testing(STORY, "strange-testing.log")))),
    ];
    all_at_once(&RUNS)
}

/// When one is looked at: they wait most of the time.
fn all_at_once(runs: &'static [(&'static str, OnlyRun<Fact, Left>)]) -> impl Iterator<Item = Seen> {
    std::thread::scope(|scope| {
        for (_, run) in runs {
            scope.spawn(|| LazyLock::force(run));
        }
    });
    runs.iter().map(|(debian, run)| (*debian, machine::of(run)))
}

fn run(machine: &Machine) -> Result<Option<Run>, String> {
    Run::new(machine, |folder| {
        let written = std::fs::read_to_string(folder.join(lab::LOG)).unwrap_or_default();
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(machine.log);
        std::fs::write(kept.with_extension("daemon.log"), &written)?;
        let store = Store::open_to_read(folder)?;
        let stored = store.map(|store| store.readings(Timestamp::UNIX_EPOCH, clock::now()));
        Ok(Left { log: written, readings: stored.transpose()?.unwrap_or_default() })
    })
}

const fn on_12(story: &'static str, log: &'static str) -> Machine {
    machine("12", machine::KERNEL, story, log)
}

const fn on_13(story: &'static str, log: &'static str) -> Machine {
    machine("13", machine::KERNEL_13, story, log)
}

const fn on_testing(story: &'static str, log: &'static str) -> Machine {
    machine("testing", machine::KERNEL_TESTING, story, log)
}

const fn machine(
    debian: &'static str,
    kernel: &'static str,
    story: &'static str,
    log: &'static str,
) -> Machine {
    Machine {
        what: "the Bluetooth stack of another Debian",
        inside: "machines/bluetooth/inside.sh",
        story: Story::Test(story),
        kernel,
        root: Some(debian),
        disk: false,
        radio: true,
        waits: true,
        needs: &[("python3", "python3"), ("/usr/libexec/bluetooth/bluetoothd", "bluez")],
        log,
    }
}

/// How many times slower than designed it may be where the processor is emulated, and shared with other tests.
const SLOWNESS: i32 = 3;
