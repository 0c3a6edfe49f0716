//! Single keys given on the command line: `--set KEY=VALUE`. Pure.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::Table;
use toml::de::DeTable;
use toml::de::DeValue;

use super::Config;
use super::ConfigError;
use super::Faults;
use super::check;
use super::check::ConfigFinding;
use super::value::Value;
use crate::words::Message;
use crate::words::Sentence;

pub(super) fn apply(config: &Config, overrides: &[impl AsRef<str>]) -> Result<Config, ConfigError> {
    let mut table = Table::try_from(config).map_err(|error| broken(&error.to_string()))?;
    let mut faults = Faults { list: Vec::new(), more: 0 };
    for text in overrides.iter().map(AsRef::as_ref) {
        match read(text) {
            Ok(Override { section, key, value }) => {
                let section = table.entry(section).or_insert_with(|| Table::new().into());
                section.as_table_mut().map(|keys| keys.insert(key.to_owned(), value));
            }
            Err(finding) => faults.append(Faults::new(SOURCE, text, &[finding])),
        }
    }
    if !faults.list.is_empty() {
        return Err(faults.into());
    }
    // Each value was checked by itself; this covers rules between two values.
    Config::deserialize(table).map_err(|error| broken(error.message()))
}

fn broken(why: &str) -> ConfigError {
    let (message, hint) = (Message::SettingBad.into(), Sentence::detail(why));
    Faults::new(SOURCE, "", &[ConfigFinding { span: 0..0, message, hint }]).into()
}

struct Override<'a> {
    section: &'a str,
    key: &'a str,
    value: toml::Value,
}

/// A key and its value. The value is read as TOML, or else as plain text, so that nobody has to quote twice.
fn read(text: &str) -> Result<Override<'_>, ConfigFinding> {
    let Some((path, value)) = text.split_once('=') else {
        return Err(ConfigFinding {
            span: 0..text.len(),
            message: Message::SettingNoValue.into(),
            hint: Message::SettingWriteSet.into(),
        });
    };
    let Some((section, key)) = path.split_once('.') else {
        return Err(check::homeless(path.trim(), trimmed(path, 0)));
    };
    let section_at = trimmed(section, 0);
    let key_at = trimmed(key, section.len() + 1);
    let value_at = trimmed(value, path.len() + 1);
    let (section, key) = (section.trim(), key.trim());
    let fits = |value: &Spanned<DeValue<'_>>| {
        check::key((section, section_at.clone()), (key, key_at.clone()), value)
    };

    // A key as wide as the text before the value, so that the value has the same place as in the text.
    let document = format!("{:>width$}{}", "k=", value.trim(), width = value_at.start);
    let plain = Spanned::new(value_at, DeValue::String(value.trim().into()));
    let value = match only_value(&document) {
        Some(value) => match fits(&value) {
            Err(_) if fits(&plain).is_ok() => plain,
            fit => fit.map(|()| value)?,
        },
        None => fits(&plain).map(|()| plain)?,
    };
    let value = toml::Value::deserialize(Value(&value)).map_err(|problem| ConfigFinding {
        span: value.span(),
        message: Message::SettingBad.into(),
        hint: Sentence::detail(problem.to_string()),
    })?;
    Ok(Override { section, key, value })
}

/// The value in a text of one key.
fn only_value(document: &str) -> Option<Spanned<DeValue<'_>>> {
    let mut values = DeTable::parse(document).ok()?.into_inner().into_iter();
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}

/// The range of the trimmed part of a text that begins at `start`.
fn trimmed(part: &str, start: usize) -> Range<usize> {
    let start = start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}

/// The name of the command line in errors.
const SOURCE: &str = "--set";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_set_on_the_command_line_replaces_that_of_the_file() {
        let file =
            Config::parse("config.toml", "[offer]\ncool_down = \"1h\"\nat_most_per_day = 2\n")
                .unwrap();
        let config =
            file.with(&["offer.cool_down=2m", "detection.rise_bpm=11", "detection.rise_bpm=12"]);
        let same = "[offer]\ncool_down = \"2m\"\nat_most_per_day = 2\n[detection]\nrise_bpm = 12\n";
        assert_eq!(config.unwrap(), Config::parse("config.toml", same).unwrap());
    }

    #[test]
    fn a_value_on_the_command_line_needs_no_quotes() {
        for (set, file) in [
            ("monitor.device=A0:9E:1A:00:00:00", "[monitor]\ndevice = \"A0:9E:1A:00:00:00\""),
            ("monitor.device=10", "[monitor]\ndevice = \"10\""),
            ("practice.focus = after trauma", "[practice]\nfocus = \"after trauma\""),
            ("offer.cool_down=\"2m\"", "[offer]\ncool_down = \"2m\""),
            ("offer.quiet_hours=[\"22:00-07:00\"]", "[offer]\nquiet_hours = [\"22:00-07:00\"]"),
            ("offer.mention_heart=false", "[offer]\nmention_heart = false"),
        ] {
            let config = Config::default().with(&[set]).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(config, Config::parse("config.toml", file).unwrap(), "{set}");
        }
    }

    #[test]
    fn a_mistake_on_the_command_line_is_shown_the_same_way() {
        let sets = [
            "detection.rise_bpm=50",
            "offer.cooldown=2m",
            "offer",
            "offer.days=[\"mon\", \"x\"]",
            "rise_bpm=9",
        ];
        let error = Config::default().with(&sets).unwrap_err().to_string();
        assert_eq!(
            error,
            r#"
--set:1:20: bad value for `rise_bpm` in [detection]
  |
1 | detection.rise_bpm=50
  |                    ^^ must be between 3 and 40

--set:1:7: unknown key `cooldown` in [offer]
  |
1 | offer.cooldown=2m
  |       ^^^^^^^^ did you mean `cool_down`?

--set:1:1: no value
  |
1 | offer
  | ^^^^^ write it as KEY=VALUE, such as detection.rise_bpm=12

--set:1:20: bad value for `days` in [offer]
  |
1 | offer.days=["mon", "x"]
  |                    ^^^ must be "mon", "tue", "wed", "thu", "fri", "sat" or "sun"

--set:1:1: `rise_bpm` stands outside any section
  |
1 | rise_bpm=9
  | ^^^^^^^^ it belongs in [detection]
"#
            .trim()
        );
    }
}
