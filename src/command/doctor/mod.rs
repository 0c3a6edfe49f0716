//! `kindbeat doctor`: whether everything is there that kindbeat needs, and what to do where it is not.
//!
//! It looks, and changes nothing: nothing is started, switched on, written or scanned for. Every look has its time limit, and all
//! are taken at once, so that it always ends.

mod checks;
mod look;

use std::io::Write;
use std::time::Duration;

use serde::Serialize;
use tokio::time::timeout;

use super::asking;
use super::harmless;

use self::look::Seen;

/// Looks, and prints a line for each check, or one JSON list of [`Check`]s; false when something is wrong.
pub fn run(json: bool, out: &mut impl Write) -> anyhow::Result<bool> {
    let runtime = asking::runtime()?;
    let seen = runtime.block_on(Seen::now());
    // A disk that does not answer is not waited for.
    runtime.shutdown_background();
    let checks = checks::all(&seen);
    if json {
        writeln!(out, "{}", serde_json::to_string(&checks)?)?;
    } else {
        write!(out, "{}", as_text(&checks))?;
    }
    Ok(checks.iter().all(|check| check.state != State::Fault))
}

/// What was found out about one thing that kindbeat needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at: `bluetooth`, `strap`, `notifications`, `page`, `service`, `config`, `practices` or `store`.
    pub check: &'static str,
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
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Look => "look",
            Self::Fault => "fault",
        }
    }
}

fn as_text(checks: &[Check]) -> String {
    let lines = checks.iter().map(|Check { check, state, says, remedy }| {
        let state = state.as_str();
        let line = format!("{state:5}  {check:13}  {}\n", harmless(says));
        match remedy {
            Some(remedy) => format!("{line}{:22}{}\n", "", harmless(remedy)),
            None => line,
        }
    });
    lines.collect()
}

/// What became of a look that may take no longer than [`LIMIT`]; `None`: it was not over by then.
async fn limited<T>(look: impl Future<Output = T>) -> Option<T> {
    timeout(LIMIT, look).await.ok()
}

/// How long one look may take: what is well answers in milliseconds.
const LIMIT: Duration = Duration::from_secs(2);
