//! The configuration as its owner meets it: the default file, and what a mistake looks like.

use kindbeat::config_file;
use kindbeat_core::config;
use kindbeat_core::config::Config;
use kindbeat_core::words::Words;
use proptest::prelude::*;

#[test]
fn the_default_file_is_the_default() {
    assert_eq!(Config::parse("default.toml", config::DEFAULT).unwrap(), Config::default());
    assert_eq!(Config::parse("config.toml", "").unwrap(), Config::default());
}

#[test]
fn the_default_file_holds_every_key() {
    let mut sections = config::DEFAULT.split("\n[").skip(1);
    for (section, keys) in Config::keys() {
        let text = sections.next().unwrap();
        assert!(
            text.starts_with(&format!("{section}]")),
            "[{section}] is missing or in another place"
        );
        for key in keys {
            let line = format!("{key} = ");
            let mut lines = text.lines().map(|line| line.trim_start_matches("# "));
            assert!(lines.any(|text| text.starts_with(&line)), "{section}.{key} is missing");
        }
    }
    assert_eq!(sections.next(), None);
}

#[test]
fn each_key_that_stands_commented_out_may_be_set() {
    let mut uncommented = Vec::new();
    for (line, (key, value)) in settings_in_comments() {
        let text = config::DEFAULT.replace(line, &format!("{key} = {value}"));
        let config = Config::parse("default.toml", &text).unwrap_or_else(|error| panic!("{error}"));
        assert_ne!(config, Config::default(), "{key} changes nothing");
        assert_eq!(
            config.detection.thresholds(),
            Config::default().detection.thresholds(),
            "{key}"
        );
        uncommented.push(key);
    }
    assert_eq!(
        uncommented,
        ["rise_bpm", "rise_spread", "sustain", "default", "anchor", "language"]
    );
}

fn settings_in_comments() -> impl Iterator<Item = (&'static str, (&'static str, &'static str))> {
    let keys: Vec<_> = Config::keys().flat_map(|(_, keys)| keys).collect();
    let settings = config::DEFAULT
        .lines()
        .filter_map(|line| Some((line, line.strip_prefix("# ")?.split_once(" = ")?)));
    settings.filter(move |(_, (key, _))| keys.contains(&key))
}

#[test]
fn a_key_with_a_slip_finds_its_name() {
    assert_shown(
        "[offer]\n\ncooldown = \"90m\"\n",
        r#"
config.toml:3:1: unknown key `cooldown` in [offer]
  |
3 | cooldown = "90m"
  | ^^^^^^^^ did you mean `cool_down`?
"#,
    );
    assert_shown(
        "[ofer]\ncool_down = \"90m\"\n",
        "
config.toml:1:2: unknown section [ofer]
  |
1 | [ofer]
  |  ^^^^ did you mean [offer]?
",
    );
}

#[test]
fn a_key_in_the_wrong_place_is_told_where_it_belongs() {
    assert_shown(
        "cool_down = \"90m\"\n[offer]\nrise_bpm = 9\n",
        r#"
config.toml:1:1: `cool_down` stands outside any section
  |
1 | cool_down = "90m"
  | ^^^^^^^^^ it belongs in [offer]

config.toml:3:1: unknown key `rise_bpm` in [offer]
  |
3 | rise_bpm = 9
  | ^^^^^^^^ it belongs in [detection]
"#,
    );
    assert_shown(
        "offer = true\n",
        "
config.toml:1:1: `offer` is a section, not a key
  |
1 | offer = true
  | ^^^^^ write [offer] on a line of its own and its keys below it
",
    );
}

#[test]
fn a_key_like_no_other_is_told_which_there_are() {
    assert_shown(
        "[page]\nzoom = 2\n[zoom]\n",
        "
config.toml:2:1: unknown key `zoom` in [page]
  |
2 | zoom = 2
  | ^^^^ known here: open_with, language

config.toml:3:2: unknown section [zoom]
  |
3 | [zoom]
  |  ^^^^ the sections are [monitor], [detection], [offer], [practice], [page], [history]
",
    );
}

#[test]
fn every_value_that_does_not_fit_is_told_what_would() {
    assert_shown(
        r#"[detection]
rise_bpm = 50
rise_spread = "2"
sensitivity = "keener"
sustain = "1s"
[offer]
at_most_per_day = 3.5
cool_down = 90
hold_in_calls = "yes"
quiet_hours = "22:00-07:00"
[history]
keep = "200y"
"#,
        r#"
config.toml:2:12: bad value for `rise_bpm` in [detection]
  |
2 | rise_bpm = 50
  |            ^^ must be between 3 and 40

config.toml:3:15: bad value for `rise_spread` in [detection]
  |
3 | rise_spread = "2"
  |               ^^^ must be a number between 0.5 and 5

config.toml:4:15: bad value for `sensitivity` in [detection]
  |
4 | sensitivity = "keener"
  |               ^^^^^^^^ must be "gentle", "balanced" or "keen"; did you mean "keen"?

config.toml:5:11: bad value for `sustain` in [detection]
  |
5 | sustain = "1s"
  |           ^^^^ must be between "10s" and "1h"

config.toml:7:19: bad value for `at_most_per_day` in [offer]
  |
7 | at_most_per_day = 3.5
  |                   ^^^ must be a whole number between 0 and 1000

config.toml:8:13: bad value for `cool_down` in [offer]
  |
8 | cool_down = 90
  |             ^^ must be a duration between "0s" and "24h", such as "90s" or "5m"

config.toml:9:17: bad value for `hold_in_calls` in [offer]
  |
9 | hold_in_calls = "yes"
  |                 ^^^^^ must be true or false

config.toml:10:15: bad value for `quiet_hours` in [offer]
   |
10 | quiet_hours = "22:00-07:00"
   |               ^^^^^^^^^^^^^ must be a list in brackets, such as ["...", "..."]

config.toml:12:8: bad value for `keep` in [history]
   |
12 | keep = "200y"
   |        ^^^^^^ must be between "1d" and "100y"
"#,
    );
}

#[test]
fn a_value_in_a_list_is_pointed_at_by_itself() {
    assert_shown(
        "[offer]\nquiet_hours = [\"12:00-13:00\", \"22-7\"]\ndays = [\n  \"mon\",\n  \"tues\",\n]\n",
        r#"
config.toml:2:31: bad value for `quiet_hours` in [offer]
  |
2 | quiet_hours = ["12:00-13:00", "22-7"]
  |                               ^^^^^^ must be two times of day, written like "22:00-07:00"

config.toml:5:3: bad value for `days` in [offer]
  |
5 |   "tues",
  |   ^^^^^^ must be "mon", "tue", "wed", "thu", "fri", "sat" or "sun"; did you mean "tue"?
"#,
    );
}

#[test]
fn what_is_not_toml_is_shown_where_it_stops_being_so() {
    assert_shown(
        "[offer]\ncool_down = 90m\nopen_for \"5m\"\n",
        r#"
config.toml:2:13: this cannot be read
  |
2 | cool_down = 90m
  |             ^^^ words and durations stand in quotes: "90m"

config.toml:3:10: this cannot be read
  |
3 | open_for "5m"
  |          ^ key with no value, expected `=`
"#,
    );
    assert_shown(
        "[offer]\n[offer]\n",
        "
config.toml:2:2: this cannot be read
  |
2 | [offer]
  |  ^^^^^ duplicate key
",
    );
}

#[test]
fn the_caret_stands_right_after_tabs_and_wide_characters() {
    assert_shown(
        "[page]\n\tlanguage\t= \"日本語\"; x\n",
        "
config.toml:2:18: this cannot be read
  |
2 |     language    = \"日本語\"; x
  |                           ^ unexpected key or value, expected newline, `#`
",
    );
}

#[test]
fn a_long_line_is_cut_around_the_caret() {
    let list = "\"firefox\", ".repeat(1_000);
    let text = format!("page = {{ open_with = [{list}], langage = \"de\" }} # {list}\n");
    let error = Config::parse("config.toml", &text).unwrap_err().to_string();
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines[0], "config.toml:1:11026: unknown key `langage` in [page]");
    let (line, carets) = (lines[2], lines[3]);
    assert!(line.len() < 200 && carets.contains("^^^^^^^"), "{error}");
    assert_eq!(line.find("langage"), carets.find('^'));
}

#[test]
fn no_more_faults_are_shown_than_anyone_would_read() {
    let keys: String = (0..1_000).fold(String::new(), |keys, key| keys + &format!("x{key} = 1\n"));
    let error = Config::parse("config.toml", &format!("[page]\n{keys}")).unwrap_err();
    assert!(error.to_string().ends_with("\n\nand 980 more"));
    assert_eq!(
        error.summary(&Words::new("en")),
        "config.toml:2:1: unknown key `x0` in [page]: known here: open_with, language (and 999 more)"
    );
}

#[test]
fn what_the_file_holds_cannot_command_the_terminal() {
    let error = Config::parse("config.toml", "\"\\u001b[31m\\n\" = 1 # \u{202e}\n").unwrap_err();
    for text in [error.to_string(), error.summary(&Words::new("en"))] {
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    }
    assert!(!error.summary(&Words::new("en")).contains('\n'));
}

#[test]
fn a_file_that_is_named_is_read_and_has_to_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    assert!(matches!(config_file::load(Some(&path)), Err(config::ConfigError::Missing(_))));
    std::fs::write(&path, "\u{feff}[offer]\r\nat_most_per_day = 2\r\n").unwrap();
    assert_eq!(config_file::load(Some(&path)).unwrap().offer.at_most_per_day.value(), 2);
    std::fs::write(&path, "offer").unwrap();
    let error = config_file::load(Some(&path)).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("{}:1:6: this cannot be read\n", path.display())),
        "{error}"
    );
}

#[track_caller]
fn assert_shown(text: &str, expected: &str) {
    let error = Config::parse("config.toml", text).map_err(|error| error.to_string());
    assert_eq!(error, Err(expected.trim().to_owned()));
}

/// Text that is nearly a configuration, so that more than the first character is looked at.
fn nearly() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "[offer]",
        "[detection]",
        "[",
        "]",
        "\n",
        "\r\n",
        "\t",
        " ",
        "=",
        ".",
        ",",
        "{",
        "}",
        "\"",
        "'",
        "\"\"\"",
        "offer",
        "cool_down",
        "rise_bpm",
        "days",
        "quiet_hours",
        "keep",
        "\"90m\"",
        "\"22:00-07:00\"",
        "8",
        "1e400",
        "nan",
        "true",
        "99999999999999999999",
        "1979-05-27",
        "日",
        "\u{301}",
        "\u{1f469}\u{200d}\u{1f467}",
        "\u{0}",
        "\u{feff}",
        "#",
    ]);
    prop_oneof![
        prop::collection::vec(words, 0..40).prop_map(|words| words.concat()),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn any_text_is_a_configuration_or_has_faults_within_it(text in nearly()) {
        if let Err(config::ConfigError::Faults(faults)) = Config::parse("config.toml", &text) {
            prop_assert!(!faults.list.is_empty());
            for fault in &faults.list {
                let line = text.split('\n').nth(fault.line - 1);
                prop_assert!(fault.column <= line.unwrap().chars().count() + 1);
                prop_assert!(fault.to_string().contains('^'));
                prop_assert!(!fault.summary(&Words::new("en")).contains('\n'));
            }
        }
    }

    #[test]
    fn any_value_on_the_command_line_fits_or_has_a_fault(
        key in prop::sample::select(Config::keys().flat_map(|(section, keys)| keys.iter().map(move |key| format!("{section}.{key}="))).collect::<Vec<_>>()),
        value in nearly(),
    ) {
        let _ = Config::default().with(&[format!("{key}{value}")]);
        let _ = Config::default().with(&[value]);
    }
}

#[test]
fn every_example_in_the_readme_is_a_configuration() {
    let readme = include_str!("../../README.md");
    let blocks: Vec<&str> =
        readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        if let Err(error) = Config::parse("README.md", block) {
            panic!("{error}");
        }
    }
}
