//! Faults in the file of a practice, for the person who wrote it. Pure.

use std::ops::Range;

/// Why a file isn't a practice: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {}{problem}; {remedy}", key.as_ref().map(|key| format!("{key}: ")).unwrap_or_default())]
pub struct ScriptError {
    /// As it was named by the caller.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The key with its parents, `step.lasts.3m`; `None` when no key is at fault.
    pub key: Option<String>,
    pub problem: String,
    /// What the writer can do about it.
    pub remedy: String,
}

/// A [`ScriptError`] whose file isn't known yet.
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
        // Names are in quotes: the missing or unknown one first, then those that are allowed.
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
        // Only the text of an error without its input names the keys.
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
            // A byte 10xxxxxx continues a character that was counted already.
            column: before[line_start..].iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1,
            key: self.key,
            problem: self.problem,
            remedy: self.remedy,
        }
    }
}

/// Escapes control characters, which could rewrite the terminal, and cuts a long text.
fn visible(text: &str) -> String {
    let shown =
        |c: char| if c.is_control() { c.escape_default().collect() } else { String::from(c) };
    let cut = text.char_indices().nth(LONGEST).map(|(at, _)| at);
    let told: String = text[..cut.unwrap_or(text.len())].chars().map(shown).collect();
    if cut.is_some() { told + "..." } else { told }
}

/// In characters: a problem with all the names that are allowed.
const LONGEST: usize = 200;
/// Jaro-Winkler: a slip of the finger scores higher, another word lower.
const ALIKE: f64 = 0.75;
