//! Every command in a language that is not English: of what it says, nothing is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::CommandFactory as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kindbeat::command;
use kindbeat::command::history::Telling;
use kindbeat::interface::Bus;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::words::Words;

use super::bus::PrivateBus;
use super::stand;
use super::stand::Stand;
use crate::accented;
use crate::accented::untranslated;

#[allow(
    unreachable_pub,
    dead_code,
    reason = "the grammar as the program has it; nothing is parsed here"
)]
#[path = "../../../src/cli.rs"]
mod cli;

/// Where what a command says is seen in another language.
enum Seen {
    /// Here, as it runs.
    Here(Run),
    /// In a test of this name, in this file: what it says depends on this machine.
    There(&'static str, &'static str),
}

type Run = fn(&At<'_>, &Words, &mut Vec<u8>) -> anyhow::Result<()>;

/// Where a command runs.
struct At<'a> {
    address: &'a str,
    folder: &'a Path,
}

impl At<'_> {
    fn bus(&self) -> Bus {
        Bus::at(self.address.to_owned())
    }
}

/// Each command of the command line.
const COMMANDS: [(&str, Seen); 19] = [
    ("demo", Seen::Here(|_, words, out| command::demo::run(true, words, out))),
    ("replay", Seen::Here(replay)),
    (
        "daemon",
        Seen::There("every_error_is_said_in_the_language_of_its_reader", "command/tests.rs"),
    ),
    ("devices", Seen::There("a_list_of_monitors_holds_no_english", "command/devices/mod.rs")),
    ("status", Seen::Here(status)),
    (
        "why",
        Seen::There(
            "a_closed_gate_is_named_while_it_holds_and_afterwards",
            "../tests/core/gates/why.rs",
        ),
    ),
    ("break", Seen::Here(a_break)),
    ("fine", Seen::Here(fine)),
    ("snooze", Seen::Here(snooze)),
    (
        "resume",
        Seen::There(
            "resume_says_what_it_ended_and_what_still_holds",
            "../tests/core/remembering.rs",
        ),
    ),
    ("history", Seen::Here(history)),
    (
        "doctor",
        Seen::There("where_all_is_well_each_has_one_line", "command/doctor/checks/tests/mod.rs"),
    ),
    (
        "practices list",
        Seen::Here(|_, words, out| command::practices::list(&Library::built_in()?, words, out)),
    ),
    ("practices show", Seen::Here(show)),
    ("practices check", Seen::Here(check)),
    ("config check", Seen::Here(config)),
    (
        "config show",
        Seen::There("what_is_said_of_a_configuration_holds_no_english", "command/config.rs"),
    ),
    ("config path", Seen::There("the_path_follows_the_xdg_specification", "config_file.rs")),
    (
        "break --here",
        Seen::There("a_break_in_another_language_holds_no_english", "command/here/tests.rs"),
    ),
];

#[tokio::test]
async fn no_command_says_anything_in_english() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let stand = Stand::speaking(&bus, stand::spoken(accented::words())).await?;
    let library = Library::built_in()?;
    let (address, folder) = (bus.address(), bus.folder().to_owned());
    let place = folder.to_string_lossy().into_owned();
    let mut known = FILLED_IN.to_vec();
    known.extend(library.list().iter().map(|practice| practice.id()));
    known.push(&place);
    let of_the_system = std::io::Error::from_raw_os_error(2).to_string();
    known.push(&of_the_system);
    let mut english = Vec::new();
    for (name, seen) in COMMANDS {
        let Seen::Here(run) = seen else { continue };
        stand.has_a_question();
        let (address, folder) = (address.clone(), folder.clone());
        // Each waits by itself.
        let said = tokio::task::spawn_blocking(move || {
            let mut out = Vec::new();
            let at = At { address: &address, folder: &folder };
            run(&at, &accented::words(), &mut out).map(|()| out)
        });
        let said = String::from_utf8(said.await??)?;
        assert!(!said.is_empty(), "{name}");
        // The sign of seconds.
        let said = said.replace(" s\n", "\n");
        english
            .extend(untranslated(&said, &known).into_iter().map(|line| format!("{name}: {line}")));
    }
    assert_eq!(english, [""; 0]);
    Ok(())
}

#[test]
fn every_command_is_seen_in_another_language() -> anyhow::Result<()> {
    let grammar = cli::Cli::command();
    let mut all: BTreeSet<String> = ["break --here".to_owned()].into();
    for command in grammar.get_subcommands() {
        let name = command.get_name();
        let below: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
        if below.is_empty() {
            all.insert(name.to_owned());
        }
        all.extend(below.iter().map(|below| format!("{name} {below}")));
    }
    let seen: BTreeSet<_> = COMMANDS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(seen, all);
    for (name, seen) in &COMMANDS {
        let Seen::There(test, file) = seen else { continue };
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
        assert!(fs::read_to_string(&source)?.contains(&format!("fn {test}()")), "{name}: {test}");
    }
    Ok(())
}

/// What stands in what they say and is nobody's language: names, units of the field, keys of settings, what was typed.
const FILLED_IN: [&str; 16] = [
    "Polar H10",
    "http://127.0.0.1:40123/break?once=1.2",
    "kind-hat",
    "two  ",
    "none.toml",
    "faulty.toml",
    "cooldown",
    "cool_down",
    "offer",
    "t_s",
    "20s",
    "1m",
    "3m",
    "5m",
    "bad.toml",
    "title",
];

/// Runs, and writes what went wrong in place of what would be printed.
fn told(run: anyhow::Result<()>, words: &Words, out: &mut Vec<u8>) {
    if let Err(error) = run {
        out.extend(command::text(&error, words).into_bytes());
        out.push(b'\n');
    }
}

fn status(at: &At<'_>, words: &Words, out: &mut Vec<u8>) -> anyhow::Result<()> {
    command::status::run(false, NOW, &TimeZone::UTC, words, at.bus(), out)
}

fn a_break(at: &At<'_>, words: &Words, out: &mut Vec<u8>) -> anyhow::Result<()> {
    command::breaks::start(None, Some(Length::OneMinute), words, at.bus(), out)
}

fn fine(at: &At<'_>, words: &Words, out: &mut Vec<u8>) -> anyhow::Result<()> {
    for answer in ["fine", "moving", "excited"] {
        command::fine::run(answer, false, words, at.bus(), out)?;
    }
    command::fine::run("fine", true, words, at.bus(), out)?;
    // Nobody is there.
    let nobody = || Bus::at("unix:path=/0/1".to_owned());
    let failed = command::fine::run("fine", false, words, nobody(), &mut Vec::new());
    let failed = failed.err().map(|error| command::text(&error, words)).unwrap_or_default();
    // Behind our own sentence stands what the system says.
    out.extend(failed.split(": ").take(2).collect::<Vec<_>>().join(": ").into_bytes());
    Ok(())
}

fn snooze(at: &At<'_>, words: &Words, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let (now, utc) = (kindbeat::clock::now(), TimeZone::UTC);
    for until in ["30m", "today", "72h"] {
        command::snooze::snooze(until, now, &utc, words, at.bus(), out)?;
    }
    let wrong = command::snooze::snooze("0815", now, &utc, words, at.bus(), &mut Vec::new());
    told(wrong, words, out);
    Ok(())
}

fn history(at: &At<'_>, words: &Words, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let library = Library::built_in()?;
    let telling = Telling { library: &library, words, zone: &TimeZone::UTC };
    command::history::run(Some(&at.folder.join("none")), None, NOW, &telling, out)?;
    command::history::decisions::run(Some(&at.folder.join("none")), &telling, out)?;
    told(command::history::run(None, None, NOW, &telling, &mut Vec::new()), words, out);
    told(command::history::run(None, Some("0815"), NOW, &telling, &mut Vec::new()), words, out);
    Ok(())
}

fn show(_: &At<'_>, words: &Words, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let library = Library::built_in()?;
    for practice in library.list() {
        command::practices::show(practice.id(), Anchor::Feet, &library, words, out)?;
    }
    let unknown =
        command::practices::show("kind-hat", Anchor::Feet, &library, words, &mut Vec::new());
    told(unknown, words, out);
    Ok(())
}

fn check(at: &At<'_>, words: &Words, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let file = at.folder.join("bad.toml");
    fs::write(&file, "id = \"0\"\n")?;
    told(command::practices::check(&file, words, &mut Vec::new()), words, out);
    told(
        command::practices::check(&at.folder.join("none.toml"), words, &mut Vec::new()),
        words,
        out,
    );
    Ok(())
}

fn config(at: &At<'_>, words: &Words, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let file = at.folder.join("faulty.toml");
    fs::write(&file, "")?;
    command::config::check(Some(&file), words, out)?;
    fs::write(&file, "[offer]\ncooldown = 1\n")?;
    told(command::config::check(Some(&file), words, &mut Vec::new()), words, out);
    let none = at.folder.join("none.toml");
    told(command::config::check(Some(&none), words, &mut Vec::new()), words, out);
    Ok(())
}

fn replay(at: &At<'_>, words: &Words, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let file = at.folder.join("two.csv");
    fs::write(&file, rises())?;
    let request = command::replay::ReplayRequest {
        files: vec![file, at.folder.join("none.toml")],
        ..command::replay::ReplayRequest::default()
    };
    let mut complaints = Vec::new();
    command::replay::run(&request, words, out, &mut complaints)?;
    out.extend(String::from_utf8(complaints)?.replace("kindbeat: ", "").into_bytes());
    Ok(())
}

/// A quiet hour, and a rise of a quarter of an hour.
fn rises() -> String {
    use std::fmt::Write as _;
    let mut heart = kindbeat_core::simulation::SimulatedHeart::new(5);
    let mut csv = "t_s,hr_bpm,rr_ms\n".to_owned();
    for second in 0..80 * 60 {
        let level = if second < 60 * 60 { 64.0 } else { 90.0 };
        let sent = heart.second(second, level);
        let rr = sent.rr_intervals.iter().map(|&rr| (f64::from(rr) * 1000.0 / 1024.0).to_string());
        let rr: Vec<_> = rr.collect();
        let _ = writeln!(csv, "{second},{},{}", sent.heart_rate, rr.join(" "));
    }
    csv
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
