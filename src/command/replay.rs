//! `kindbeat replay`: what would have been offered in a recording, and what would have been held back.

use crate::config_file;
use std::io;
use std::io::Seek;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use jiff::SignedDuration;
use serde::Serialize;
use tempfile::SpooledTempFile;

use crate::recording::Recording;
use kindbeat_core::config::Config;
use kindbeat_core::detection::Baseline;
use kindbeat_core::engine::Settings;
use kindbeat_core::offer::Gate;
use kindbeat_core::practice::Library;
use kindbeat_core::reason;
use kindbeat_core::replay;
use kindbeat_core::replay::ReplayEvent;
use kindbeat_core::replay::ReplayOutcome;
use kindbeat_core::replay::ReplaySummary;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

/// What to replay, and with which settings.
#[derive(Clone, Debug, Default)]
pub struct ReplayRequest {
    /// The recordings; each starts from the same state.
    pub files: Vec<PathBuf>,
    /// Recordings of earlier days, that only teach what is usual.
    pub learn: Vec<PathBuf>,
    /// A configuration in place of the defaults; never the owner's own unless named here.
    pub config: Option<PathBuf>,
    /// Single settings, `section.key=value`, over the configuration.
    pub set: Vec<String>,
    /// An object a line in place of text.
    pub json: bool,
}

/// Replays each file. What goes wrong with one is written to `complaints`, and does not stop the others; nothing of that file is
/// printed then. Returns whether all went well; an error is one that concerns all of them.
pub fn run(
    request: &ReplayRequest,
    words: &Words,
    out: &mut impl Write,
    complaints: &mut impl Write,
) -> anyhow::Result<bool> {
    let config = request
        .config
        .as_deref()
        .map_or_else(|| Ok(Config::default()), |path| config_file::load(Some(path)))?;
    let config = config.with(&request.set)?;
    let settings = config.decisions();
    let library = Library::built_in()?;
    let mut baseline = Baseline::new(settings.detection.method);
    for path in &request.learn {
        let rows = Recording::open(path).context(LEARN)?;
        baseline = replay::learn(&settings, &library, baseline, rows).context(LEARN)?;
    }
    let printer = Printer {
        json: request.json,
        sustain: settings.detection.thresholds().sustain,
        // Scripts read the same words in every language.
        words: if request.json { &Words::new("en") } else { words },
    };
    let mut well = true;
    for path in &request.files {
        match play(path, &settings, &library, baseline.clone(), &printer) {
            Ok(mut output) => {
                output.rewind()?;
                io::copy(&mut output, out)?;
            }
            Err(error) => {
                well = false;
                writeln!(complaints, "kindbeat: {}", super::text(&error, words))?;
            }
        }
    }
    Ok(well)
}

/// The output for one file, whole: held back until its last row was read, in memory while it is small.
fn play(
    path: &Path,
    settings: &Settings,
    library: &Library,
    baseline: Baseline,
    printer: &Printer<'_>,
) -> anyhow::Result<SpooledTempFile> {
    let rows = Recording::open(path)?;
    let name = rows.name().to_owned();
    let mut out = SpooledTempFile::new(IN_MEMORY);
    let mut written = Ok(());
    let summary = replay::replay(settings, library, baseline, rows, |event| {
        if written.is_ok() {
            written = printer.event(&name, &event, &mut out);
        }
    })?;
    written
        .and_then(|()| printer.summary(&name, &summary, &mut out))
        .with_context(|| printer.words.text(Message::ReplayNoRoom, &[]))?;
    Ok(out)
}

struct Printer<'a> {
    json: bool,
    sustain: SignedDuration,
    words: &'a Words,
}

impl Printer<'_> {
    fn event(&self, recording: &str, event: &ReplayEvent, out: &mut impl Write) -> io::Result<()> {
        let (kind, gate) = match event.outcome {
            ReplayOutcome::Offered => ("offer", None),
            ReplayOutcome::Held(gate) => ("held", Some(gate)),
        };
        let risen = reason::risen(&event.figures, self.sustain, self.words);
        let held = gate.map(|gate| reason::held(gate, self.words));
        let reason = [Some(risen), held].into_iter().flatten().collect::<Vec<_>>().join(" ");
        if !self.json {
            let kind =
                self.words.text(gate.map_or(Message::ReplayOffer, |_| Message::ReplayHeld), &[]);
            return writeln!(out, "{recording}  {}  {kind:5}  {reason}", clock(event.t_s));
        }
        let line = EventLine {
            recording,
            t_s: rounded(event.t_s, 1_000.0),
            event: kind,
            gate: gate.map(Gate::name),
            heart_rate: event.figures.heart_rate,
            usual: event.figures.usual,
            spread: event.figures.spread,
            sustained_s: rounded(event.figures.sustained.as_secs_f64(), 10.0),
            reason: &reason,
        };
        writeln!(out, "{}", serde_json::to_string(&line)?)
    }

    fn summary(
        &self,
        recording: &str,
        summary: &ReplaySummary,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let (hours, learned_hours) =
            (rounded(summary.hours, 100.0), rounded(summary.learned_hours, 100.0));
        let ReplaySummary { offers, held, .. } = *summary;
        if !self.json {
            let values = [
                ("offers", offers.into()),
                ("held", held.into()),
                ("hours", hours.into()),
                ("learned", learned_hours.into()),
            ];
            return writeln!(
                out,
                "{recording}  {}",
                self.words.text(Message::ReplaySummary, &values)
            );
        }
        let line = SummaryLine { recording, event: "summary", hours, learned_hours, offers, held };
        writeln!(out, "{}", serde_json::to_string(&line)?)
    }
}

/// One elevation as `--json` prints it: rates in bpm, times in seconds on the recording's own time line.
#[derive(Serialize)]
struct EventLine<'a> {
    recording: &'a str,
    t_s: f64,
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<&'a str>,
    heart_rate: f64,
    usual: f64,
    spread: f64,
    sustained_s: f64,
    reason: &'a str,
}

/// The last line of a recording as `--json` prints it.
#[derive(Serialize)]
struct SummaryLine<'a> {
    recording: &'a str,
    event: &'a str,
    hours: f64,
    learned_hours: f64,
    offers: u64,
    held: u64,
}

fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}

/// Hours, minutes and seconds since second 0 of the recording's time line.
fn clock(t_s: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 100 000 000 000"
    )]
    let seconds = t_s.floor() as u64;
    format!("{:>2}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// The option whose recording has a fault.
const LEARN: &str = "--learn";

/// Up to this much output of one file is held in memory, the rest in a temporary file: a year's events fit.
const IN_MEMORY: usize = 4 << 20;
