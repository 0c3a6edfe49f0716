//! What is wrong with a configuration, for the person who just edited it.

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use annotate_snippets::AnnotationKind;
use annotate_snippets::Group;
use annotate_snippets::Level;
use annotate_snippets::Renderer;
use annotate_snippets::Snippet;
use annotate_snippets::normalize_untrusted_str;

use super::check::ConfigFinding;
use crate::words::Message;
use crate::words::Sentence;
use crate::words::Words;
use crate::words::english_display;

/// Why there is no configuration.
#[derive(Debug)]
pub enum ConfigError {
    /// The file that was asked for does not exist.
    Missing(PathBuf),
    /// A pipe, a socket or a device, which reading might wait for, stands where a file was expected.
    NoFile(PathBuf),
    /// A folder stands where a file was expected.
    Folder(PathBuf),
    Unreadable {
        path: PathBuf,
        source: io::Error,
    },
    /// The file is larger than any configuration.
    TooLarge(PathBuf),
    /// The file is not text.
    NotText {
        path: PathBuf,
        /// The first line with something else in it, from 1.
        line: usize,
    },
    /// Neither `XDG_CONFIG_HOME` nor `HOME` says where the configuration is.
    NoHome,
    /// The text has faults.
    Faults(Faults),
}

impl ConfigError {
    /// Everything that is wrong, each fault with its line.
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        match self {
            Self::Faults(faults) => faults.text(words),
            other => other.sentence().text(words),
        }
    }

    /// The error in one line, for a notice on the desktop and for `status`: the first fault and how many there are.
    #[must_use]
    pub fn summary(&self, words: &Words) -> String {
        match self {
            Self::Faults(faults) => faults.summary(words),
            other => other.sentence().text(words),
        }
    }

    /// Where the first fault is, and nothing of what stands there, which is the owner's: for the log.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Missing(path)
            | Self::NoFile(path)
            | Self::Folder(path)
            | Self::TooLarge(path)
            | Self::Unreadable { path, .. } => clean(&path.to_string_lossy()),
            Self::NotText { path, line } => format!("{}:{line}", clean(&path.to_string_lossy())),
            Self::NoHome => "HOME".to_owned(),
            Self::Faults(faults) => faults.list.first().map(Fault::place).unwrap_or_default(),
        }
    }

    fn sentence(&self) -> Sentence {
        let (message, path) = match self {
            Self::Missing(path) => (Message::ConfigMissing, path),
            Self::NoFile(path) => (Message::ConfigNoFile, path),
            Self::Folder(path) => (Message::ConfigFolder, path),
            Self::Unreadable { path, .. } => (Message::ConfigUnreadable, path),
            Self::TooLarge(path) => (Message::ConfigTooLarge, path),
            Self::NotText { path, .. } => (Message::ConfigNotText, path),
            Self::NoHome | Self::Faults(_) => return Message::ConfigNoHome.into(),
        };
        let sentence = Sentence::new(message).with("path", clean(&path.to_string_lossy()));
        match self {
            Self::Unreadable { source, .. } => sentence.with("problem", source.to_string()),
            Self::NotText { line, .. } => sentence.with("line", line.to_string()),
            _ => sentence,
        }
    }
}

english_display!(ConfigError);

impl std::error::Error for ConfigError {}

impl From<Faults> for ConfigError {
    fn from(faults: Faults) -> Self {
        Self::Faults(faults)
    }
}

/// All faults of a text, in its order; at least one, and no more than a person would read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    pub list: Vec<Fault>,
    /// How many more there are.
    pub more: usize,
}

impl Faults {
    /// The faults of a text called `source`.
    pub(super) fn new(source: &str, text: &str, findings: &[ConfigFinding]) -> Self {
        let whole = Arc::from(text);
        let list = findings.iter().take(MOST).map(|finding| Fault::new(source, &whole, finding));
        Self { list: list.collect(), more: findings.len().saturating_sub(MOST) }
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.list.append(&mut other.list);
        self.more += other.more;
    }

    fn text(&self, words: &Words) -> String {
        let mut blocks: Vec<_> = self.list.iter().map(|fault| fault.text(words)).collect();
        if self.more > 0 {
            let more = i64::try_from(self.more).unwrap_or(i64::MAX);
            blocks.push(words.text(Message::ConfigMore, &[("count", more.into())]));
        }
        blocks.join("\n\n")
    }

    fn summary(&self, words: &Words) -> String {
        let first = self.list.first().map(|fault| fault.summary(words)).unwrap_or_default();
        match self.list.len() + self.more {
            0 | 1 => first,
            count => {
                let more = i64::try_from(count - 1).unwrap_or(i64::MAX);
                let args = [("first", first.into()), ("count", more.into())];
                words.text(Message::ConfigFirst, &args)
            }
        }
    }
}

/// One fault: where it is, what it is, what would be right.
///
/// Shown with the line it stands in and a caret under it:
/// ```text
/// config.toml:3:1: unknown key `cooldown` in [offer]
///   |
/// 3 | cooldown = "90m"
///   | ^^^^^^^^ did you mean `cool_down`?
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file as it was named, or `--set`.
    pub source: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong.
    message: Sentence,
    /// What would be right: the allowed range, the allowed words or the nearest known key.
    hint: Sentence,
    /// The text it is in, its line, and in that the span it is about: bytes.
    whole: Arc<str>,
    shown: Range<usize>,
    span: Range<usize>,
}

impl Fault {
    fn new(source: &str, text: &Arc<str>, finding: &ConfigFinding) -> Self {
        let span = within(text, &finding.span);
        let line_start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let rest = &text[line_start..];
        let line = rest.split('\n').next().unwrap_or(rest);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let start = (span.start - line_start).min(line.len());
        let end = (span.end - line_start).clamp(start, line.len());
        Self {
            source: clean(source),
            line: text[..line_start].matches('\n').count() + 1,
            column: line[..start].chars().count() + 1,
            message: finding.message.clone(),
            hint: finding.hint.clone(),
            whole: Arc::clone(text),
            shown: line_start..line_start + line.len(),
            span: start..end,
        }
    }

    fn place(&self) -> String {
        let Self { source, line, column, .. } = self;
        format!("{source}:{line}:{column}")
    }

    fn text(&self, words: &Words) -> String {
        let Self { line, .. } = self;
        let (message, hint) = self.in_words(words);
        let snippet = snippet(&self.whole[self.shown.clone()], *line, self.span.clone(), &hint);
        format!("{}: {message}\n{snippet}", self.place())
    }

    /// The fault in one line.
    #[must_use]
    pub fn summary(&self, words: &Words) -> String {
        let (message, hint) = self.in_words(words);
        format!("{}: {message}: {hint}", self.place())
    }

    fn in_words(&self, words: &Words) -> (String, String) {
        (clean(&self.message.text(words)), clean(&self.hint.text(words)))
    }
}

english_display!(Fault);

fn snippet(line: &str, number: usize, span: Range<usize>, hint: &str) -> String {
    let beside = line[..span.end].chars().count() + hint.chars().count() <= WIDEST;
    let annotation = AnnotationKind::Primary.span(span).label(beside.then_some(hint));
    let snippet = Snippet::source(line).line_start(number).annotation(annotation);
    let group = Group::with_level(Level::ERROR).element(snippet);
    let below = (!beside).then(|| Level::HELP.no_name().message(hint));
    Renderer::plain().render(&[group.elements(below)])
}

/// The span within the text, its ends moved out to whole characters.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// A text that may hold anything the file held, fit for a terminal: short and without control characters.
fn clean(text: &str) -> String {
    let mut kept: String = text.chars().take(LONGEST_MESSAGE).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    normalize_untrusted_str(&kept.replace('\n', "␊"))
}

/// In characters: where a hint beside its caret would reach further, it stands below.
const WIDEST: usize = 90;
/// How many faults are shown.
const MOST: usize = 20;
/// In characters.
const LONGEST_MESSAGE: usize = 300;
