//! Faults in the file of a practice, for the person who wrote it. Pure.

use std::ops::Range;

use crate::words::Message;
use crate::words::Sentence;
use crate::words::Words;
use crate::words::english_display;

/// Why a file is not a practice: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// As it was named by the caller.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The key with its parents, `step.lasts.3m`; `None` when no key is at fault.
    pub key: Option<String>,
    pub problem: Sentence,
    pub remedy: Sentence,
}

impl ScriptError {
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        let Self { file, line, column, key, problem, remedy } = self;
        let key = key.as_ref().map(|key| format!("{key}: ")).unwrap_or_default();
        let (problem, remedy) = (problem.text(words), remedy.text(words));
        format!("{file}:{line}:{column}: {key}{problem}; {remedy}")
    }
}

english_display!(ScriptError);

impl std::error::Error for ScriptError {}

/// A [`ScriptError`] that does not know its file yet.
pub(super) struct PracticeFault {
    key: Option<String>,
    span: Range<usize>,
    problem: Sentence,
    remedy: Sentence,
}

impl PracticeFault {
    pub(super) fn new(problem: impl Into<Sentence>, remedy: impl Into<Sentence>) -> Self {
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
        let carried = Sentence::carried(error.message());
        let told = visible(&error.message().trim().replace('\n', ", ").replace('`', "\""));
        // Names stand in quotes: the one that is missing or unknown first, then those that would be known.
        let names: Vec<_> = told.split('"').skip(1).step_by(2).collect();
        let (problem, remedy) = match carried {
            Some(range) if !told.starts_with("invalid") => (range, Message::PracticeChange.into()),
            Some(expected) => {
                let problem = Sentence::new(Message::SettingMustBe).with("expected", expected);
                (problem, Message::PracticeQuotes.into())
            }
            None => described(&told, &names),
        };
        let field = told.contains(" field ").then(|| names.first().copied().unwrap_or_default());
        // The keys are told only in the text of an error that holds no input.
        error.set_input(None);
        let text = error.to_string();
        let around = text.rsplit_once("in `").and_then(|(_, key)| key.trim_end().strip_suffix('`'));
        let keys: Vec<_> =
            around.map(visible).into_iter().chain(field.map(str::to_owned)).collect();
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

/// What is wrong and what to do, by what the parser says of it and the names it holds.
fn described(told: &str, names: &[&str]) -> (Sentence, Sentence) {
    let first = names.first().copied().unwrap_or_default();
    let known = names.get(1..).unwrap_or_default();
    let expected = || format!("\"{}\"", known.join("\", \""));
    if told.starts_with("missing field") {
        let problem = Sentence::new(Message::PracticeMissing).with("key", first);
        return (problem, Message::PracticeAdd.into());
    }
    if told.starts_with("duplicate") {
        return (Message::PracticeDuplicate.into(), Message::PracticeTakeOut.into());
    }
    let problem = if told.starts_with("unknown field") {
        let message = match known {
            [_] => Message::PracticeUnknownKeyBesideOne,
            _ => Message::PracticeUnknownKey,
        };
        Sentence::new(message).with("key", first)
    } else if told.starts_with("unknown variant") {
        Sentence::new(Message::PracticeUnknownWord).with("word", first)
    } else {
        let problem = Sentence::new(Message::PracticeUnreadable).with("problem", told);
        return (problem, Message::PracticeQuotes.into());
    };
    let problem = problem.with("known", expected());
    if known == ["message"] {
        return (problem, Message::PracticeOwnWords.into());
    }
    let likeness = |name: &&str| strsim::jaro_winkler(name, first);
    let alike = known.iter().copied().filter(|name| likeness(name) >= ALIKE);
    let nearest = alike.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let remedy = nearest.map_or_else(
        || Message::PracticeTakeOne.into(),
        |name| Sentence::new(Message::PracticeMeant).with("name", name),
    );
    (problem, remedy)
}

/// Without control characters, which in an error could rewrite the terminal it is shown in, and no longer than one reads.
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
