//! `kindbeat doctor`: whether everything is there that kindbeat needs, and what to do where it is not.
//!
//! It looks, and changes nothing: nothing is started, switched on, written or scanned for. Every look has its time limit, and all
//! are taken at once, so that it always ends; only what reads aloud waits for the configuration, which says whether it is wanted at
//! all. It is asked as the daemon asks it: where systemd keeps its socket, it may come for that, and goes again by itself.

mod checks;
mod look;

use std::io::Write;
use std::time::Duration;

use serde::Serialize;
use tokio::time::timeout;

use super::asking;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use kindbeat_core::words::harmless;

use self::look::Seen;

/// Looks, and prints a line for each check, or one JSON list of [`Check`]s; false when something is wrong.
pub fn run(json: bool, words: &Words, out: &mut impl Write) -> anyhow::Result<bool> {
    let runtime = asking::runtime(words)?;
    let seen = runtime.block_on(Seen::now());
    // A disk that does not answer is not waited for.
    runtime.shutdown_background();
    let checks = checks::all(&seen, words);
    if json {
        writeln!(out, "{}", serde_json::to_string(&checks)?)?;
    } else {
        write!(out, "{}", as_text(&checks, words))?;
    }
    Ok(checks.iter().all(|check| check.state != State::Fault))
}

/// What was found out about one thing that kindbeat needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at: `bluetooth`, `strap`, `notifications`, `presence`, the [name of a fact](kindbeat_core::context::Fact::name),
    /// `page`, `voice`, `service`, `config`, `practices` or `store`.
    pub check: &'static str,
    /// What that is called, in the language of `says` and `remedy`.
    #[serde(skip)]
    pub label: String,
    /// How it is.
    pub state: State,
    /// What was seen.
    pub says: String,
    /// What to do about it; `None`: nothing.
    pub remedy: Option<String>,
}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// Worth a look; kindbeat does its work.
    Look,
    /// Something is wrong.
    Fault,
}

impl State {
    const ALL: [Self; 3] = [Self::Ok, Self::Look, Self::Fault];

    fn called(self, words: &Words) -> String {
        let message = match self {
            Self::Ok => Message::DoctorOk,
            Self::Look => Message::DoctorLook,
            Self::Fault => Message::DoctorFault,
        };
        words.text(message, &[])
    }
}

fn as_text(checks: &[Check], words: &Words) -> String {
    let widest = |names: &[String]| names.iter().map(|name| name.chars().count()).max();
    let states = State::ALL.map(|state| state.called(words));
    let labels: Vec<_> = checks.iter().map(|check| check.label.clone()).collect();
    let (wide, wider) = (widest(&states).unwrap_or(0), widest(&labels).unwrap_or(0));
    let lines = checks.iter().map(|Check { label, state, says, remedy, .. }| {
        let state = state.called(words);
        let line = format!("{state:wide$}  {label:wider$}  {}\n", harmless(says));
        match remedy {
            Some(remedy) => format!("{line}{:1$}{2}\n", "", wide + wider + 4, harmless(remedy)),
            None => line,
        }
    });
    lines.collect()
}

/// What became of a look that may take no longer than [`LIMIT`]; `None`: it was not over by then.
async fn limited<T>(look: impl Future<Output = T>) -> Option<T> {
    timeout(LIMIT, look).await.ok()
}

/// How long one look may take. What is well answers in milliseconds, or in seconds while a session starts; two looks, one after the
/// other, stay within the ten seconds of a command.
const LIMIT: Duration = Duration::from_secs(4);
