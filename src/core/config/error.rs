//! What is wrong with a configuration, for the person who just edited it.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use annotate_snippets::AnnotationKind;
use annotate_snippets::Group;
use annotate_snippets::Level;
use annotate_snippets::Renderer;
use annotate_snippets::Snippet;
use annotate_snippets::normalize_untrusted_str;

use super::check::ConfigFinding;

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that was asked for does not exist.
    #[error("there is no file {}", .0.display())]
    Missing(PathBuf),
    /// A folder stands where a file was expected.
    #[error("{} is a folder, not a configuration file", .0.display())]
    Folder(PathBuf),
    /// The file could not be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is larger than any configuration.
    #[error("{} is larger than 1 MiB; is this really the configuration?", .0.display())]
    TooLarge(PathBuf),
    /// The file is not text.
    #[error("{}:{line}: not text in UTF-8; is this really the configuration?", path.display())]
    NotText {
        /// Which file.
        path: PathBuf,
        /// The first line with something else in it, from 1.
        line: usize,
    },
    /// Neither `XDG_CONFIG_HOME` nor `HOME` says where the configuration is.
    #[error(
        "neither XDG_CONFIG_HOME nor HOME is set to an absolute path: where is the configuration?"
    )]
    NoHome,
    /// The text has faults.
    #[error(transparent)]
    Faults(#[from] Faults),
}

impl ConfigError {
    /// The error in one line, for a notice on the desktop and for `status`: the first fault and how many there are.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Unreadable { source, .. } => format!("{self}: {source}"),
            Self::Faults(faults) => faults.summary(),
            other => other.to_string(),
        }
    }
}

/// All faults of a text, in its order; at least one, and no more than a person would read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    /// The faults themselves.
    pub list: Vec<Fault>,
    /// How many more there are.
    pub more: usize,
}

impl Faults {
    /// The faults of a text called `source`.
    pub(super) fn new(source: &str, text: &str, findings: &[ConfigFinding]) -> Self {
        let list = findings.iter().take(MOST).map(|finding| Fault::new(source, text, finding));
        Self { list: list.collect(), more: findings.len().saturating_sub(MOST) }
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.list.append(&mut other.list);
        self.more += other.more;
    }

    fn summary(&self) -> String {
        let first = self.list.first().map(Fault::summary).unwrap_or_default();
        match self.list.len() + self.more {
            0 | 1 => first,
            count => format!("{first} (and {} more)", count - 1),
        }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            fault.fmt(f)?;
        }
        if self.more > 0 {
            write!(f, "\n\nand {} more", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

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
    pub message: String,
    /// What would be right: the allowed range, the allowed words or the nearest known key.
    pub hint: String,
    /// The line with the caret.
    snippet: String,
}

impl Fault {
    fn new(source: &str, text: &str, finding: &ConfigFinding) -> Self {
        let span = within(text, &finding.span);
        let line_start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let rest = &text[line_start..];
        let line = rest.split('\n').next().unwrap_or(rest);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let start = (span.start - line_start).min(line.len());
        let end = (span.end - line_start).clamp(start, line.len());
        let number = text[..line_start].matches('\n').count() + 1;
        let hint = clean(&finding.hint);
        Self {
            source: clean(source),
            line: number,
            column: line[..start].chars().count() + 1,
            message: clean(&finding.message),
            snippet: snippet(line, number, start..end, &hint),
            hint,
        }
    }

    /// The fault in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let Self { source, line, column, message, hint, .. } = self;
        format!("{source}:{line}:{column}: {message}: {hint}")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, line, column, message, snippet, .. } = self;
        write!(f, "{source}:{line}:{column}: {message}\n{snippet}")
    }
}

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
