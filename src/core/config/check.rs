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
use crate::words::Message;
use crate::words::Sentence;

/// A fault, before it's drawn with its line.
#[derive(Debug)]
pub(super) struct ConfigFinding {
    /// In bytes of the text.
    pub(super) span: Range<usize>,
    pub(super) message: Sentence,
    /// What would be right.
    pub(super) hint: Sentence,
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
        Some("") if error.message().starts_with(NO_VALUE) => Message::SettingMissingValue.into(),
        Some(value) if error.message().starts_with(NO_VALUE) => {
            Sentence::new(Message::SettingNeedsQuotes).with("value", value)
        }
        _ => Sentence::detail(error.message()),
    };
    ConfigFinding { span, message: Message::SettingUnreadable.into(), hint }
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
        .map_err(|problem| vec![describe(problem, root.span(), Message::SettingBad.into())])
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
            let message = Sentence::new(Message::SettingBadValue).with("key", key.0);
            let message = message.with("section", section.0);
            Err(describe(problem, value.span(), message))
        }
    }
}

/// For a key outside any section.
pub(super) fn homeless(name: &str, span: Range<usize>) -> ConfigFinding {
    let hint = match home(name) {
        Some(section) => Sentence::new(Message::SettingBelongs).with("section", section),
        None => sections_hint(name),
    };
    let message = Sentence::new(Message::SettingHomeless).with("key", name);
    ConfigFinding { span, message, hint }
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
            message: Sentence::new(Message::SettingIsSection).with("section", text),
            hint: Sentence::new(Message::SettingWriteSection).with("section", text),
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
    let message = Sentence::new(Message::SettingUnknownSection).with("section", name);
    ConfigFinding { span, message, hint: sections_hint(name) }
}

fn sections_hint(name: &str) -> Sentence {
    if let Some(near) = nearest(name, known_sections()) {
        return Sentence::new(Message::SettingMeantSection).with("section", near);
    }
    let sections = format!("[{}]", known_sections().join("], ["));
    Sentence::new(Message::SettingSections).with("sections", sections)
}

fn unknown_key(section: &str, name: &str, span: Range<usize>) -> ConfigFinding {
    let hint = if let Some(near) = nearest(name, known_keys(section)) {
        Sentence::new(Message::SettingMeantKey).with("key", near)
    } else if let Some(home) = home(name) {
        Sentence::new(Message::SettingBelongs).with("section", home)
    } else {
        known_here(known_keys(section))
    };
    let message = Sentence::new(Message::SettingUnknownKey).with("key", name);
    ConfigFinding { span, message: message.with("section", section), hint }
}

fn known_here(known: &[&str]) -> Sentence {
    Sentence::new(Message::SettingKnownHere).with("keys", known.join(", "))
}

/// The section that has a key of exactly this name.
fn home(key: &str) -> Option<&'static str> {
    known_sections().iter().copied().find(|section| known_keys(section).contains(&key))
}

fn describe(problem: Problem, whole: Range<usize>, message: Sentence) -> ConfigFinding {
    let hint = match problem.kind {
        Kind::UnknownKey { known } => known_here(known),
        Kind::NotOneOf { found, words } => match found.and_then(|found| nearest(&found, words)) {
            Some(near) => Sentence::new(Message::SettingMustBeMeant)
                .with("expected", one_of(words))
                .with("near", near),
            None => must_be(one_of(words)),
        },
        Kind::NotA { expected } => must_be(in_words(&expected)),
        Kind::Other(text) => Sentence::carried(&text).unwrap_or_else(|| Sentence::detail(text)),
    };
    ConfigFinding { span: problem.span.unwrap_or(whole), message, hint }
}

fn must_be(expected: Sentence) -> Sentence {
    Sentence::new(Message::SettingMustBe).with("expected", expected)
}

/// What serde calls a type of Rust, as it is called in the file.
fn in_words(expected: &str) -> Sentence {
    match expected {
        "a boolean" => Message::SettingBoolean.into(),
        "a string" => Message::SettingText.into(),
        "a sequence" => Message::SettingList.into(),
        other => Sentence::carried(other).unwrap_or_else(|| Sentence::detail(other)),
    }
}

fn one_of(words: &[&str]) -> Sentence {
    match words {
        [] => Message::SettingNothing.into(),
        [only] => Sentence::detail(format!("\"{only}\"")),
        [first @ .., last] => Sentence::new(Message::SettingOneOf)
            .with("first", format!("\"{}\"", first.join("\", \"")))
            .with("last", *last),
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
        parse(text).unwrap_err().into_iter().map(|finding| finding.hint.to_string()).collect()
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
