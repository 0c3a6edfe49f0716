//! From text to TOML, or to the places where it is none.

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use super::check::ConfigFinding;
use crate::words::Message;
use crate::words::Sentence;

/// The table a text holds, or what cannot be read in it, in the order of the text.
pub(super) fn read(text: &str) -> Result<Spanned<DeValue<'_>>, Vec<ConfigFinding>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(Spanned::new(root.span(), DeValue::Table(root.into_inner())));
    }
    let mut findings: Vec<_> = errors.iter().map(|error| finding(text, error)).collect();
    findings.sort_by_key(|finding| finding.span.start);
    // The first fault of a line mostly is the cause of the others.
    findings.dedup_by(|later, first| {
        let between = text.as_bytes().get(first.span.start..later.span.start);
        between.is_some_and(|between| !between.contains(&b'\n'))
    });
    Err(findings)
}

fn finding(text: &str, error: &toml::de::Error) -> ConfigFinding {
    let span = error.span().unwrap_or_default();
    let hint = match text.get(span.clone()).map(str::trim) {
        // By far the most common fault: `cool_down = 90m`.
        Some("") if error.message().starts_with(NO_VALUE) => Message::SettingMissingValue.into(),
        Some(value) if error.message().starts_with(NO_VALUE) => {
            Sentence::new(Message::SettingNeedsQuotes).with("value", value)
        }
        _ => Sentence::detail(error.message()),
    };
    ConfigFinding { span, message: Message::SettingUnreadable.into(), hint }
}

/// How the parser begins its message where no value can be read.
const NO_VALUE: &str = "string values must be quoted";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn hints(text: &str) -> Vec<String> {
        read(text).unwrap_err().into_iter().map(|finding| finding.hint.to_string()).collect()
    }

    #[test]
    fn a_word_without_quotes_is_shown_with_them() {
        assert_eq!(hints("a = 90m"), ["words and durations stand in quotes: \"90m\""]);
        assert_eq!(hints("a = \n"), ["a value is missing"]);
    }

    #[test]
    fn each_line_that_cannot_be_read_is_told_once_and_in_order() {
        let found = read("a = \nb == 3\n[x\n").unwrap_err();
        assert_eq!(found.iter().map(|finding| finding.span.start).collect::<Vec<_>>(), [4, 8, 14]);
    }
}
