//! `kindbeat config`: where the configuration is, whether it is fine, and what it amounts to.

use crate::config_file;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use toml::Table;

use kindbeat_core::config;
use kindbeat_core::config::Config;
use kindbeat_core::setting::plain;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

/// `config check [FILE]`: says that a file is fine, or returns everything that is wrong with it. Without FILE the owner's.
pub fn check(file: Option<&Path>, words: &Words, out: &mut impl io::Write) -> anyhow::Result<()> {
    let Some(path) = file else {
        let path = config_file::path()?;
        if !path.try_exists().unwrap_or(true) {
            writeln!(out, "{}", about(Message::ConfigAbsent, &path, words))?;
            return Ok(());
        }
        return check(Some(&path), words, out);
    };
    config_file::load(Some(path))?;
    writeln!(out, "{}", about(Message::ConfigFine, path, words))?;
    Ok(())
}

fn about(message: Message, path: &Path, words: &Words) -> String {
    words.text(message, &[("path", path.display().to_string().into())])
}

/// `config show [--defaults]`: the settings in force, every key; or the default file with every key explained.
pub fn show(defaults: bool, words: &Words, out: &mut impl io::Write) -> anyhow::Result<()> {
    if defaults {
        out.write_all(config::DEFAULT.as_bytes())?;
    } else {
        out.write_all(in_force(&config_file::load(None)?, words)?.as_bytes())?;
    }
    Ok(())
}

/// `config path`: where the owner's file is, whether or not it is there.
pub fn path(out: &mut impl io::Write) -> anyhow::Result<()> {
    writeln!(out, "{}", config_file::path()?.display())?;
    Ok(())
}

/// Every key with its value, as a file that reads as the same configuration; what is not set stands in comments.
fn in_force(config: &Config, words: &Words) -> anyhow::Result<String> {
    let set = Table::try_from(config)?;
    let mut text = String::new();
    for (section, keys) in Config::keys() {
        let gap = if text.is_empty() { "" } else { "\n" };
        writeln!(text, "{gap}[{section}]")?;
        for key in keys {
            match set.get(section).and_then(|values| values.get(key)) {
                Some(value) => writeln!(text, "{key} = {value}")?,
                None => writeln!(text, "# {key}: {}", unset(config, section, key, words))?,
            }
        }
    }
    Ok(text)
}

/// What a key that is not set stands for.
fn unset(config: &Config, section: &str, key: &str, words: &Words) -> String {
    let thresholds = config.detection.thresholds();
    let by_sensitivity =
        |value: String| words.text(Message::UnsetBySensitivity, &[("value", value.into())]);
    match (section, key) {
        ("detection", "rise_bpm") => by_sensitivity(thresholds.rise_bpm.to_string()),
        ("detection", "rise_spread") => by_sensitivity(thresholds.rise_spread.to_string()),
        ("detection", "sustain") => by_sensitivity(format!("\"{}\"", plain(thresholds.sustain))),
        ("practice", _) => words.text(Message::UnsetByFocus, &[]),
        ("page", "language") => words.text(Message::UnsetByDesktop, &[]),
        _ => words.text(Message::Unset, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accented;

    #[test]
    fn what_is_in_force_shows_every_key() {
        let text = in_force(&Config::default(), &Words::new("en")).unwrap();
        for (section, keys) in Config::keys() {
            for key in keys {
                assert!(
                    text.contains(&format!("\n{key} = ")) || text.contains(&format!("\n# {key}: ")),
                    "{section}.{key}"
                );
            }
        }
    }

    #[test]
    fn what_is_said_of_a_configuration_holds_no_english() {
        let words = accented::words();
        let shown = in_force(&Config::default(), &words).unwrap();
        // What is said of a key stands behind it; the rest is the file's own.
        let said: Vec<_> =
            shown.lines().filter_map(|line| line.strip_prefix("# ")?.split_once(": ")).collect();
        assert!(said.len() > 3, "{shown}");
        for (key, said) in said {
            assert_eq!(accented::untranslated(said, &["5m"]), [""; 0], "{key}");
        }
        for message in [Message::ConfigFine, Message::ConfigAbsent] {
            let said = about(message, Path::new("/0/1"), &words);
            assert_eq!(accented::untranslated(&said, &[]), [""; 0]);
        }
    }

    #[test]
    fn what_is_in_force_reads_as_the_same_configuration() {
        let sets = [
            "detection.sustain=7m",
            "offer.quiet_hours=[\"22:00-07:00\"]",
            "page.language=de",
            "history.keep=3mo",
        ];
        let config = Config::default().with(&sets).unwrap();
        assert_eq!(
            Config::parse("show", &in_force(&config, &Words::new("en")).unwrap()).unwrap(),
            config
        );
    }

    #[test]
    fn what_sensitivity_chose_stands_in_comments() {
        let text = in_force(
            &Config::default().with(&["detection.sensitivity=keen"]).unwrap(),
            &Words::new("en"),
        )
        .unwrap();
        let detection = text.split("\n\n").find(|part| part.starts_with("[detection]")).unwrap();
        insta::assert_snapshot!(detection, @r#"
        [detection]
        sensitivity = "keen"
        # rise_bpm: 6, by sensitivity
        # rise_spread: 1.2, by sensitivity
        # sustain: "3m", by sensitivity
        rearm = "5m"
        warm_up = "10m"
        exercise_bpm = 30.0
        after_return = "5m"
        "#);
    }

    #[test]
    fn a_fine_file_is_called_fine() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let mut out = Vec::new();
        show(true, &Words::new("en"), &mut out).unwrap();
        std::fs::write(&file, out).unwrap();
        let mut said = Vec::new();
        check(Some(&file), &Words::new("en"), &mut said).unwrap();
        assert_eq!(String::from_utf8(said).unwrap(), format!("{}: fine\n", file.display()));
    }

    #[test]
    fn a_file_that_is_named_has_to_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let missing =
            check(Some(&folder.path().join("none.toml")), &Words::new("en"), &mut Vec::new())
                .unwrap_err();
        assert!(missing.to_string().starts_with("there is no file "));
        assert_eq!(crate::command::exit_code(&missing), 78);
    }
}
