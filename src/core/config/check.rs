//! From text to a configuration, or to everything that is wrong with it. Pure.
//!
//! The settings types themselves list the known sections, keys and words (serde reports them in the error for an unknown
//! name), so no second list can go stale.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use super::Config;
use super::value::Kind;
use super::value::Problem;
use super::value::Value;
use super::value::entry;
use super::value::nothing;

/// A fault, before it's drawn with its line.
#[derive(Debug)]
pub(super) struct ConfigFinding {
    /// In bytes of the text.
    pub(super) span: Range<usize>,
    pub(super) message: String,
    /// What would be right.
    pub(super) hint: String,
}

/// The table of a text.
///
/// # Errors
///
/// Everything that isn't TOML, in the order of the text.
pub(super) fn parse(text: &str) -> Result<Spanned<DeValue<'_>>, Vec<ConfigFinding>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(Spanned::new(root.span(), DeValue::Table(root.into_inner())));
    }
    let mut findings: Vec<_> = errors.iter().map(|error| syntax_finding(text, error)).collect();
    findings.sort_by_key(|finding| finding.span.start);
    // The first fault of a line is mostly the cause of the others.
    findings.dedup_by(|later, first| {
        let between = text.as_bytes().get(first.span.start..later.span.start);
        between.is_some_and(|between| !between.contains(&b'\n'))
    });
    Err(findings)
}

fn syntax_finding(text: &str, error: &toml::de::Error) -> ConfigFinding {
    let span = error.span().unwrap_or_default();
    let hint = match text.get(span.clone()).map(str::trim) {
        // The most common fault is `cool_down = 90m`.
        Some("") if error.message().starts_with(NO_VALUE) => "a value is missing".to_owned(),
        Some(value) if error.message().starts_with(NO_VALUE) => {
            format!("words and durations stand in quotes: \"{value}\"")
        }
        _ => error.message().to_owned(),
    };
    ConfigFinding { span, message: "this cannot be read".to_owned(), hint }
}

/// # Errors
///
/// Everything that is wrong, in the order of the text.
pub(super) fn table(root: &Spanned<DeValue<'_>>) -> Result<Config, Vec<ConfigFinding>> {
    let mut findings = Vec::new();
    for (name, value) in root.get_ref().as_table().into_iter().flatten() {
        section(name, value, &mut findings);
    }
    if !findings.is_empty() {
        findings.sort_by_key(|finding| finding.span.start);
        return Err(findings);
    }
    // Each value was read by itself already; this covers rules between two values.
    Config::deserialize(Value(root))
        .map_err(|problem| vec![describe(problem, root.span(), "bad configuration".to_owned())])
}

/// Checks the value of one key of a section.
///
/// The spans are those of the section's name, of the key and of the value.
pub(super) fn key(
    section: (&str, Range<usize>),
    key: (&str, Range<usize>),
    value: &Spanned<DeValue<'_>>,
) -> Result<(), ConfigFinding> {
    if !known_sections().contains(&section.0) {
        return Err(unknown_section(section.0, section.1));
    }
    if !known_keys(section.0).contains(&key.0) {
        return Err(unknown_key(section.0, key.0, key.1));
    }
    match Config::deserialize(entry(section.0, entry(key.0, Value(value)))) {
        Ok(_) => Ok(()),
        Err(problem) => {
            let message = format!("bad value for `{}` in [{}]", key.0, section.0);
            Err(describe(problem, value.span(), message))
        }
    }
}

/// For a key outside any section.
pub(super) fn homeless(name: &str, span: Range<usize>) -> ConfigFinding {
    let hint = match home(name) {
        Some(section) => format!("it belongs in [{section}]"),
        None => sections_hint(name),
    };
    ConfigFinding { span, message: format!("`{name}` stands outside any section"), hint }
}

/// In the order of the fields of [`Config`].
pub(super) fn known_sections() -> &'static [&'static str] {
    known(&Config::deserialize(entry(NOBODY, nothing())))
}

/// In the order of the fields of the section's type.
pub(super) fn known_keys(section: &str) -> &'static [&'static str] {
    known(&Config::deserialize(entry(section, entry(NOBODY, nothing()))))
}

fn known(read: &Result<Config, Problem>) -> &'static [&'static str] {
    match read {
        Err(Problem { kind: Kind::UnknownKey { known }, .. }) => known,
        _ => &[],
    }
}

fn section(
    name: &Spanned<std::borrow::Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
    findings: &mut Vec<ConfigFinding>,
) {
    let (text, span) = (name.get_ref().as_ref(), name.span());
    let known = known_sections().contains(&text);
    match value.get_ref() {
        DeValue::Table(keys) if known => keys_of(text, &span, keys, findings),
        DeValue::Table(_) => findings.push(unknown_section(text, span)),
        _ if known => findings.push(ConfigFinding {
            span,
            message: format!("`{text}` is a section, not a key"),
            hint: format!("write [{text}] on a line of its own and its keys below it"),
        }),
        _ => findings.push(homeless(text, span)),
    }
}

fn keys_of(
    section: &str,
    span: &Range<usize>,
    keys: &DeTable<'_>,
    findings: &mut Vec<ConfigFinding>,
) {
    for (name, value) in keys {
        let name = (name.get_ref().as_ref(), name.span());
        findings.extend(key((section, span.clone()), name, value).err());
    }
}

fn unknown_section(name: &str, span: Range<usize>) -> ConfigFinding {
    ConfigFinding { span, message: format!("unknown section [{name}]"), hint: sections_hint(name) }
}

fn sections_hint(name: &str) -> String {
    match nearest(name, known_sections()) {
        Some(near) => format!("did you mean [{near}]?"),
        None => format!("the sections are [{}]", known_sections().join("], [")),
    }
}

fn unknown_key(section: &str, name: &str, span: Range<usize>) -> ConfigFinding {
    let hint = if let Some(near) = nearest(name, known_keys(section)) {
        format!("did you mean `{near}`?")
    } else if let Some(home) = home(name) {
        format!("it belongs in [{home}]")
    } else {
        format!("known here: {}", known_keys(section).join(", "))
    };
    ConfigFinding { span, message: format!("unknown key `{name}` in [{section}]"), hint }
}

/// The section that has a key of exactly this name.
fn home(key: &str) -> Option<&'static str> {
    known_sections().iter().copied().find(|section| known_keys(section).contains(&key))
}

fn describe(problem: Problem, whole: Range<usize>, message: String) -> ConfigFinding {
    let hint = match problem.kind {
        Kind::UnknownKey { known } => format!("known here: {}", known.join(", ")),
        Kind::NotOneOf { found, words } => {
            let near = found.and_then(|found| nearest(&found, words));
            let near = near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
            format!("must be {}{near}", one_of(words))
        }
        Kind::NotA { expected } => format!("must be {}", in_words(&expected)),
        Kind::Other(sentence) => sentence,
    };
    ConfigFinding { span: problem.span.unwrap_or(whole), message, hint }
}

/// serde's name of a Rust type, in the words of the file.
fn in_words(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a string" => "text in quotes",
        "a sequence" => "a list in brackets, such as [\"...\", \"...\"]",
        other => other,
    }
}

fn one_of(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [only] => format!("\"{only}\""),
        [first @ .., last] => format!("\"{}\" or \"{last}\"", first.join("\", \"")),
    }
}

/// The known word that was most probably meant.
fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let name = name.to_lowercase();
    let likeness = |known: &&str| strsim::jaro_winkler(&name, known);
    let near = known.iter().copied().filter(|known| likeness(known) >= NEAR);
    near.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

/// A name that no section and no key has: serde then lists the known ones.
const NOBODY: &str = "";
/// In bytes; a longer name resembles no key and would only cost time.
const LONGEST_NAME: usize = 64;
/// A slip of a letter or two, a missing underscore or a missing end scores higher, another word lower.
const NEAR: f64 = 0.84;
/// The parser's message where it can't read a value.
const NO_VALUE: &str = "string values must be quoted";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_and_every_key_is_known() {
        let sections = ["monitor", "detection", "offer", "practice", "page", "history"];
        assert_eq!(known_sections(), sections);
        for section in sections {
            assert!(!known_keys(section).is_empty(), "{section}");
        }
        assert_eq!(known_keys("page"), ["open_with", "language"]);
    }

    #[test]
    fn a_slip_finds_its_key() {
        let slips = [
            ("offer", "cooldown", "cool_down"),
            ("offer", "cool-down", "cool_down"),
            ("offer", "CoolDown", "cool_down"),
            ("offer", "quite_hours", "quiet_hours"),
            ("offer", "hold_in_fullscreen", "hold_in_full_screen"),
            ("offer", "max_per_day", ""),
            ("detection", "rise", "rise_bpm"),
            ("detection", "sensitvity", "sensitivity"),
            ("detection", "warmup", "warm_up"),
            ("practice", "lenght", "length"),
            ("monitor", "devise", "device"),
            ("page", "browser", ""),
            ("offer", "interval", ""),
            ("practice", "x", ""),
        ];
        for (section, slip, key) in slips {
            assert_eq!(nearest(slip, known_keys(section)).unwrap_or_default(), key, "{slip}");
        }
    }

    #[track_caller]
    fn hints(text: &str) -> Vec<String> {
        parse(text).unwrap_err().into_iter().map(|finding| finding.hint).collect()
    }

    #[test]
    fn a_word_without_quotes_is_shown_with_them() {
        assert_eq!(hints("a = 90m"), ["words and durations stand in quotes: \"90m\""]);
        assert_eq!(hints("a = \n"), ["a value is missing"]);
    }

    #[test]
    fn each_line_that_cannot_be_read_is_shown_once_and_in_order() {
        let found = parse("a = \nb == 3\n[x\n").unwrap_err();
        assert_eq!(found.iter().map(|finding| finding.span.start).collect::<Vec<_>>(), [4, 8, 14]);
    }
}
