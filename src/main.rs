//! The command line: reads it, runs the command, ends with its exit code.

use std::io;
use std::io::IsTerminal;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use kindbeat::clock;
use kindbeat::command;
use kindbeat::command::history::Telling;
use kindbeat::config_file;
use kindbeat::interface::Bus;
use kindbeat::locale;
use kindbeat::practice_files;
use kindbeat::store;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::Length;
use kindbeat_core::words::Words;

#[allow(unreachable_pub, reason = "a program has no public side; here pub means: for main")]
mod cli;

use cli::Cli;
use cli::Command;
use cli::ConfigAction;
use cli::PracticesAction;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Not locked: other threads have something to say, too.
    let (mut out, mut complaints) = (io::stdout().lock(), io::stderr());
    let words = words();
    let ended = run(cli.command, &words, &mut out, &mut complaints)
        .and_then(|well| Ok(out.flush().map(|()| well)?));
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads our output has read enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Where not even this can be written, the exit code has to do.
            let _ = writeln!(complaints, "kindbeat: {}", command::text(&error, &words));
            ExitCode::from(command::exit_code(&error))
        }
    }
}

/// Runs one command; false when it did all it could and not everything went well.
fn run(
    command: Command,
    words: &Words,
    out: &mut impl Write,
    complaints: &mut impl Write,
) -> anyhow::Result<bool> {
    match command {
        Command::Demo { headless } => command::demo::run(headless, words, out)?,
        Command::Daemon => return command::daemon::run(words, complaints),
        Command::Replay { files, learn, config, set, json } => {
            let request = command::replay::ReplayRequest { files, learn, config, set, json };
            return command::replay::run(&request, words, out, complaints);
        }
        Command::Devices { seconds, chosen: Some(wanted), .. } => {
            command::devices::choose(&wanted, seconds, words, Bus::session(), out)?;
        }
        Command::Devices { seconds, pair: Some(wanted), yes, .. } => {
            let input = io::stdin().lock();
            command::devices::pair(&wanted, seconds, yes, words, input, out)?;
        }
        Command::Devices { seconds, all, json, .. } => {
            command::devices::run(seconds, all, json, words, out)?;
        }
        Command::Status { json, waybar, watch } => status(json, waybar, watch, words, out)?,
        Command::Why { all: true } => decisions(words, out)?,
        Command::Why { all: false } => command::why::run(words, Bus::session(), out)?,
        Command::Break { practice, length, here } => {
            let length = length.and_then(|word| Length::named(&word));
            if here {
                command::here::run(practice, length, words, out, complaints)?;
            } else {
                command::breaks::start(practice.as_deref(), length, words, Bus::session(), out)?;
            }
        }
        Command::Fine { answer, undo } => {
            command::fine::run(&answer, undo, words, Bus::session(), out)?;
        }
        Command::Snooze { until } => {
            let (now, zone) = (clock::now(), clock::zone());
            command::snooze::snooze(&until, now, &zone, words, Bus::session(), out)?;
        }
        Command::Resume => command::snooze::resume(words, Bus::session(), out)?,
        Command::History { day } => history(day.as_deref(), words, out)?,
        Command::Doctor { json } => return command::doctor::run(json, words, out),
        Command::Practices { action } => {
            let action = action.unwrap_or(PracticesAction::List);
            return practices(action, words, out, complaints);
        }
        Command::Config { action: ConfigAction::Check { file } } => {
            command::config::check(file.as_deref(), words, out)?;
        }
        Command::Config { action: ConfigAction::Show { defaults } } => {
            command::config::show(defaults, words, out)?;
        }
        Command::Config { action: ConfigAction::Path } => command::config::path(out)?,
    }
    Ok(true)
}

fn status(
    json: bool,
    waybar: bool,
    watch: bool,
    words: &Words,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let zone = clock::zone();
    if waybar {
        command::status::for_bar(clock::now, &zone, words, Bus::session(), io::stdout(), out)
    } else if watch {
        let reader = io::stdout();
        let in_place = reader.is_terminal();
        command::status::watch(in_place, clock::now, &zone, words, Bus::session(), reader, out)
    } else {
        command::status::run(json, clock::now(), &zone, words, Bus::session(), out)
    }
}

fn history(day: Option<&str>, words: &Words, out: &mut impl Write) -> anyhow::Result<()> {
    let (library, _) = practice_files::library()?;
    let zone = clock::zone();
    let telling = Telling { library: &library, words, zone: &zone };
    command::history::run(store::folder().as_deref(), day, clock::now(), &telling, out)
}

fn decisions(words: &Words, out: &mut impl Write) -> anyhow::Result<()> {
    let (library, _) = practice_files::library()?;
    let zone = clock::zone();
    let telling = Telling { library: &library, words, zone: &zone };
    command::history::decisions::run(store::folder().as_deref(), &telling, out)
}

fn practices(
    action: PracticesAction,
    words: &Words,
    out: &mut impl Write,
    complaints: &mut impl Write,
) -> anyhow::Result<bool> {
    let (library, faults) = practice_files::library()?;
    let mut tell_faults = || {
        faults.iter().try_for_each(|fault| writeln!(complaints, "kindbeat: {}", fault.text(words)))
    };
    let mut well = true;
    match action {
        PracticesAction::List => {
            command::practices::list(&library, words, out)?;
            tell_faults()?;
        }
        PracticesAction::Show { name } => {
            let shown = command::practices::show(&name, Anchor::Breath, &library, words, out);
            if shown.is_err() {
                // It may be one of these that is asked for.
                tell_faults()?;
            }
            shown?;
        }
        PracticesAction::Check { files } => {
            for file in files {
                if let Err(error) = command::practices::check(&file, words, out) {
                    well = false;
                    writeln!(complaints, "kindbeat: {}", command::text(&error, words))?;
                }
            }
        }
    }
    Ok(well)
}

/// What the commands say, in the language that is set, else in that of the locale.
fn words() -> Words {
    // What is wrong with the configuration, the commands say that need it.
    let config = config_file::load(None).unwrap_or_default();
    Words::new(config.language(&locale::of_messages()))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
    })
}
