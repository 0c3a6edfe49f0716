//! What is wrong with the file of a practice, told to the person who wrote it.

use std::ops::Range;

/// Why a file is not a practice: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {}{problem}; {remedy}", key.as_ref().map(|key| format!("{key}: ")).unwrap_or_default())]
pub struct ScriptError {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The key, with the keys around it: `step.lasts.3m`; `None` where there is none to name.
    pub key: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

/// A [`ScriptError`] that does not know its file yet.
pub(super) struct PracticeFault {
    key: Option<String>,
    span: Range<usize>,
    problem: String,
    remedy: String,
}

impl PracticeFault {
    pub(super) fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { key: None, span: 0..0, problem: problem.into(), remedy: remedy.into() }
    }

    pub(super) fn key(self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self }
    }

    pub(super) fn span(self, span: Range<usize>) -> Self {
        Self { span, ..self }
    }

    pub(super) fn from_toml(mut error: toml::de::Error) -> Self {
        let span = error.span().unwrap_or(0..0);
        let problem = visible(&error.message().trim().replace('\n', ", ").replace('`', "\""));
        // Names stand in quotes: the one that is missing or unknown first, then those that would be known.
        let mut names = problem.split('"').skip(1).step_by(2);
        let first = names.next().unwrap_or_default();
        let remedy = if problem.starts_with("missing") {
            "add it".to_owned()
        } else if problem.ends_with("expected \"message\"") {
            "write the words themselves in quotes".to_owned()
        } else if problem.starts_with("unknown") {
            let likeness = |name: &&str| strsim::jaro_winkler(name, first);
            let alike = names.filter(|name| likeness(name) >= ALIKE);
            let nearest = alike.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
            nearest.map_or_else(
                || "take one of these".to_owned(),
                |name| format!("\"{name}\" may be meant"),
            )
        } else if problem.starts_with("duplicate") {
            "take one of them out".to_owned()
        } else if problem.starts_with("must be") || problem.contains("is not a duration") {
            "change it".to_owned()
        } else {
            "texts stand in quotes, durations too: \"20s\"".to_owned()
        };
        let field = problem.contains(" field ").then(|| first.to_owned());
        // The keys are told only in the text of an error that holds no input.
        error.set_input(None);
        let told = error.to_string();
        let around = told.rsplit_once("in `").and_then(|(_, key)| key.trim_end().strip_suffix('`'));
        let keys: Vec<_> = around.map(visible).into_iter().chain(field).collect();
        let key = (!keys.is_empty()).then(|| keys.join("."));
        Self { key, span, problem, remedy }
    }

    pub(super) fn at(self, file: &str, text: &str) -> ScriptError {
        let before = &text.as_bytes()[..self.span.start.min(text.len())];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        ScriptError {
            file: file.to_owned(),
            line: before.split(|byte| *byte == b'\n').count(),
            // Bytes 10xxxxxx go on with a character that was counted already.
            column: before[line_start..].iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1,
            key: self.key,
            problem: self.problem,
            remedy: self.remedy,
        }
    }
}

/// Without control characters, which in an error could rewrite the terminal it is shown in, and no longer than one reads.
fn visible(text: &str) -> String {
    let shown =
        |c: char| if c.is_control() { c.escape_default().collect() } else { String::from(c) };
    let cut = text.char_indices().nth(LONGEST).map(|(at, _)| at);
    let told: String = text[..cut.unwrap_or(text.len())].chars().map(shown).collect();
    if cut.is_some() { told + "..." } else { told }
}

/// In characters: what is wrong, with all the names that would be right.
const LONGEST: usize = 200;
/// Jaro-Winkler: a slip of the finger is above, another word below.
const ALIKE: f64 = 0.75;
