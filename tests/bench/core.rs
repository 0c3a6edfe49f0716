//! What the core costs: printed beside its budget, never asserted. `cargo bench`
//!
//! Budgets: replay 2 500 000 rows/s on one core with gunzip and parsing, where c5816b2 did 1 220 000; memory that does not grow over a
//! year of 1 Hz data.
//!
//! With `--beside PROGRAM` it prints what three million rows take of the processor in another build and in this one, in turns: a
//! ratio says more than rows a second of a machine that has other work too. Budget: 40 % of c5816b2.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]
#![allow(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use anyhow::ensure;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::recording::Recording;
use kindbeat_core::detection::Baseline;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Settings;
use kindbeat_core::heart::Reading;
use kindbeat_core::practice::Library;
use kindbeat_core::replay;
use kindbeat_core::replay::ReplayRow;
use kindbeat_core::simulation::SimulatedHeart;

fn main() -> anyhow::Result<()> {
    let day = day();
    let rows = day.len() as f64;
    let arguments: Vec<_> = std::env::args_os().collect();
    let beside = arguments.iter().position(|argument| argument == "--beside");
    if let Some(program) = beside.and_then(|at| arguments.get(at + 1)) {
        return compare(Path::new(program), &day);
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    Year::of(&day, 1).read_into(&mut gzip)?;
    let gzip = gzip.finish()?;

    let reading = median(|| {
        Recording::new("day", gzip.as_slice())?.try_for_each(|row| row.map(drop)).context("day")
    })?;
    line("read, gunzip and parsing", rows / reading.as_secs_f64(), "rows/s", "");
    let replaying = median(|| replayed(gzip.as_slice()).map(drop))?;
    line(
        "replay, gunzip and parsing",
        rows / replaying.as_secs_f64(),
        "rows/s",
        "budget 2 500 000",
    );
    println!("  {ANCHORS}");

    let hour: Vec<Reading> = day[..3_600].iter().map(|row| row.reading.clone()).collect();
    let library = Library::built_in()?;
    let engine = median(|| {
        let settings = Settings::default();
        let mut engine = Engine::new(
            settings.clone(),
            library.clone(),
            Baseline::new(settings.detection.method),
        );
        for (second, reading) in (0i64..).zip(&hour) {
            let now = Timestamp::UNIX_EPOCH.saturating_add(SignedDuration::from_secs(second))?;
            engine.handle(now, Input::Measured(reading.clone()));
        }
        Ok(())
    })?;
    line(
        "engine, an hour of data at 1 Hz",
        engine.as_secs_f64() * 1_000.0,
        "ms",
        "budget 0.1 % of a core: 3 600",
    );

    let week = memory_after(&day, 7)?;
    let year = memory_after(&day, 365)?;
    line("memory after replaying a week at 1 Hz", week, "MB", "");
    line("memory after replaying a year at 1 Hz", year, "MB", "no more than after a week");
    Ok(())
}

/// Measured on a machine on which c5816b2 replayed 1 220 000 rows/s.
const ANCHORS: &str =
    "gzip -dc alone: 8 500 000 rows/s; hrv-analysis: 220 000, NeuroKit2: 3 800 (beats to RMSSD)";

/// What [`DAYS`] take of the processor in both builds, in turns.
fn compare(program: &Path, day: &[ReplayRow]) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let recording = folder.path().join("long.csv.gz");
    let mut gzip = GzEncoder::new(File::create(&recording)?, Compression::fast());
    Year::of(day, DAYS).read_into(&mut gzip)?;
    gzip.finish()?;
    let replay = |program: &Path| -> anyhow::Result<f64> {
        processor_s(Command::new(program).arg("replay").arg(&recording))
    };
    let (mut other, mut this) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        other.push(replay(program)?);
        this.push(replay(Path::new(env!("CARGO_BIN_EXE_kindbeat")))?);
    }
    let middle = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[2]
    };
    let (other, this) = (middle(&mut other), middle(&mut this));
    let gzip = processor_s(Command::new("gzip").arg("-dc").arg(&recording))?;
    println!("{} rows:", day.len() * DAYS as usize);
    line(&format!("replay, {}", program.display()), other * 1_000.0, "ms", "of the processor");
    line("replay, this build", this * 1_000.0, "ms", "");
    line("gzip -dc of the same file", gzip * 1_000.0, "ms", "");
    line("this build beside the other", this / other * 100.0, "%", "budget 40 % of c5816b2");
    Ok(())
}

/// Of which three million rows come.
const DAYS: u32 = 37;

/// What a program takes of the processor until it ends, in seconds.
fn processor_s(command: &mut Command) -> anyhow::Result<f64> {
    let children = || -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string("/proc/self/stat")?;
        // After the name in brackets the 14th and 15th: user and system time of programs that ended, in ticks of 10 ms.
        let fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
        Ok(fields.skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>()
            / 100.0)
    };
    let before = children()?;
    let status = command.stdout(Stdio::null()).status()?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(children()? - before)
}

/// A day at the desk and away from it: rises, walks, a strap that drops.
fn day() -> Vec<ReplayRow> {
    let mut heart = SimulatedHeart::new(21);
    let mut rows = Vec::new();
    for second in 0..86_400u32 {
        let hour = second / 3_600;
        let level = match (hour % 4, second / 600 % 6) {
            (1, 2) => 88.0,
            (2, 4) => 118.0,
            _ => 60.0 + f64::from(hour % 7),
        };
        let reading = Reading::from(heart.second(second, level));
        if second % 7_200 >= 300 {
            rows.push(ReplayRow { t_s: f64::from(second), reading, moving: None, idle_s: None });
        }
    }
    rows
}

fn replayed(source: impl Read) -> anyhow::Result<replay::ReplaySummary> {
    let settings = Settings::default();
    let baseline = Baseline::new(settings.detection.method);
    Ok(replay::replay(
        &settings,
        &Library::built_in()?,
        baseline,
        Recording::new("day", source)?,
        |_| (),
    )?)
}

/// The middle of five runs.
fn median(mut run: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let begin = Instant::now();
        run()?;
        times.push(begin.elapsed());
    }
    times.sort();
    Ok(times[2])
}

/// Resident memory right after so many days, in MB.
fn memory_after(day: &[ReplayRow], days: u32) -> anyhow::Result<f64> {
    replayed(Year::of(day, days))?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let resident =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: f64 = resident.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1_024.0)
}

/// The same day again and again, as the text of a recording that is never whole in memory.
struct Year {
    lines: Vec<(u64, String)>,
    next: usize,
    left: usize,
    buffer: Vec<u8>,
}

impl Year {
    fn of(day: &[ReplayRow], days: u32) -> Self {
        let line = |row: &ReplayRow| {
            let rate = row.reading.heart_rate.map_or_else(String::new, |rate| rate.to_string());
            let rr: Vec<String> =
                row.reading.rr.iter().map(|rr| format!("{:.0}", rr.millis())).collect();
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "seconds of a day"
            )]
            let second = row.t_s as u64;
            (second, format!("{rate},{}", rr.join(" ")))
        };
        let lines: Vec<_> = day.iter().map(line).collect();
        let left = lines.len() * days as usize;
        Self { lines, next: 0, left, buffer: b"t_s,hr_bpm,rr_ms\n".to_vec() }
    }

    fn read_into(mut self, out: &mut impl Write) -> io::Result<u64> {
        io::copy(&mut self, out)
    }
}

impl Read for Year {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.left > 0 && self.buffer.len() < into.len() {
            let (second, line) = &self.lines[self.next % self.lines.len()];
            let day = (self.next / self.lines.len()) as u64;
            writeln!(self.buffer, "{},{line}", day * 86_400 + second)?;
            self.next += 1;
            self.left -= 1;
        }
        let count = self.buffer.len().min(into.len());
        into[..count].copy_from_slice(&self.buffer[..count]);
        self.buffer.drain(..count);
        Ok(count)
    }
}

fn line(what: &str, figure: f64, unit: &str, budget: &str) {
    println!("{what:44} {figure:>14.1} {unit:8} {budget}");
}
