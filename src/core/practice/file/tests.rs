use proptest::prelude::*;

use super::*;

const FINE: &str = r#"id = "look-outside"
title = "Look outside"

[[step]]
element = "grounding"
say = "Something far away."
choices = [{ word = "sky", line = "It is large." }]
lasts = { 20s = "20s", 1m = "30s" }

[[step]]
element = "common humanity"
say = """
Others look out of windows, too.
You are not alone.
"""
lasts = { 1m = "30s" }
"#;

fn parsed(text: &str) -> Result<Practice, ScriptError> {
    Practice::parse("mine.toml", text, Origin::Own)
}

#[track_caller]
fn told(change: &str, into: &str) -> String {
    assert!(FINE.contains(change), "nothing to change");
    parsed(&FINE.replacen(change, into, 1)).unwrap_err().to_string()
}

#[test]
fn a_practice_of_ones_own_is_read() {
    let practice = parsed(FINE).unwrap();
    assert_eq!(practice.lengths(), [Length::TwentySeconds, Length::OneMinute]);
    assert_eq!(practice.elements(), [Element::Grounding, Element::CommonHumanity]);
    assert_eq!(practice.steps_in(Length::TwentySeconds).count(), 1);
    assert_eq!(practice.steps_in(Length::ThreeMinutes).count(), 0);
    let said = practice.steps()[1].say.say(str::to_owned);
    assert_eq!(said, "Others look out of windows, too.\nYou are not alone.");
}

#[test]
fn the_example_of_the_documentation_is_a_practice() {
    let docs = include_str!("mod.rs").lines().map_while(|line| line.strip_prefix("//!"));
    let example =
        docs.skip_while(|line| *line != " ```toml").skip(1).take_while(|line| *line != " ```");
    let practice = parsed(&example.collect::<Vec<_>>().join("\n")).unwrap();
    assert_eq!((practice.id(), practice.steps().len()), ("look-outside", 1));
}

#[test]
fn an_inward_practice_is_assumed_unless_the_file_says_otherwise() {
    assert!(parsed(FINE).unwrap().inward());
    assert!(!parsed(&format!("inward = false\n{FINE}")).unwrap().inward());
}

#[test]
fn every_error_names_file_line_key_and_remedy() {
    let errors = [
        told("id = \"look-outside\"", "id = \"Look Outside\""),
        told("id = \"look-outside\"", ""),
        told("title", "titel"),
        told("\"Look outside\"", "\"  \""),
        told("\"Look outside\"", "7"),
        told("\"Look outside\"", "{ message = \"kind-hand-title\" }"),
        told("\"grounding\"", "\"joy\""),
        told("say = \"Something far away.\"", "say = \"\\u001b[2J\""),
        told("say = \"Something far away.\"", "say = { text = \"Hello\" }"),
        told("word = \"sky\"", "word = \"\""),
        told("{ word = \"sky\", line = \"It is large.\" }", "{ word = \"sky\" }"),
        told("lasts = { 20s = \"20s\", 1m = \"30s\" }", "lasts = {}"),
        told("lasts = { 20s = \"20s\", 1m = \"30s\" }", "lasts = { 2m = \"30s\" }"),
        told("20s = \"20s\"", "20s = \"3s\""),
        told("20s = \"20s\"", "20s = \"25s\""),
        told("[[step]]", "[[step]"),
        told("title", "id"),
        told("title", "\"\\u001b\""),
    ];
    insta::assert_snapshot!(errors.join("\n"), @r#"
    mine.toml:1:6: id: not a name a practice can have; small letters a to z, digits and single hyphens, at most 64: "kind-hand"
    mine.toml:1:1: id: missing field "id"; add it
    mine.toml:2:1: titel: unknown field "titel", expected one of "id", "title", "about", "caution", "inward", "suits", "day", "step"; "title" may be meant
    mine.toml:2:9: title: there are no words; write them in quotes, or take the line out
    mine.toml:2:9: title: must be words in quotes; texts stand in quotes, durations too: "20s"
    mine.toml:2:9: title: messages are for built-in practices; write the words themselves in quotes
    mine.toml:5:11: step.element: unknown variant "joy", expected one of "mindfulness", "common humanity", "self-kindness", "grounding"; take one of these
    mine.toml:6:7: step.say: a control character; take it out; only line breaks may stand in a text
    mine.toml:6:7: step.say.text: unknown field "text", expected "message"; write the words themselves in quotes
    mine.toml:7:12: step.choices.word: there are no words; write them in quotes, or take the line out
    mine.toml:7:12: step.choices.line: missing field "line"; add it
    mine.toml:8:9: step.lasts: the step is in no length; say how long it lasts: { 1m = "20s" }
    mine.toml:8:11: step.lasts.2m: unknown field "2m", expected one of "20s", "1m", "3m", "5m"; take one of these
    mine.toml:8:17: step.lasts.20s: must be between "5s" and "10m"; change it
    mine.toml:8:17: step.lasts.20s: the steps of 20s last 25s together; make it between 16s and 24s
    mine.toml:4:8: this cannot be read (unclosed array table, expected "]"); texts stand in quotes, durations too: "20s"
    mine.toml:2:1: duplicate key; take one of them out
    mine.toml:2:1: \u{1b}: unknown field "\u{1b}", expected one of "id", "title", "about", "caution", "inward", "suits", "day", "step"; take one of these
    "#);
}

#[test]
fn what_is_not_a_duration_is_told_where_it_stands() {
    for wrong in ["20s = 20", "20s = \"soon\""] {
        let error = told("20s = \"20s\"", wrong);
        assert!(error.starts_with("mine.toml:8:17: step.lasts.20s: "), "{error}");
    }
}

#[test]
fn a_file_made_to_hurt_is_refused() {
    let step = &FINE[FINE.find("[[step]]").unwrap()..];
    let head = "id = \"a\"\ntitle = \"A\"\n";
    assert_eq!(
        parsed(&format!("{head}{}", step.repeat(26))).unwrap_err().problem.to_string(),
        "too many steps"
    );
    assert_eq!(parsed(head).unwrap_err().problem.to_string(), "there is no step");
    assert_eq!(
        parsed(&"#".repeat((1 << 20) + 1)).unwrap_err().problem.to_string(),
        "the file is too large"
    );
    let nested = format!("id = {}", "[".repeat(100_000));
    assert!(parsed(&nested).is_err());
}

#[test]
fn an_error_is_no_longer_than_one_reads() {
    for text in ["KEY = 1", "id = \"KEY\"", "[[step]]\nelement = \"KEY\"", "[[step]]\nKEY = 1"] {
        let error = parsed(&text.replace("KEY", &"k".repeat(1_000_000))).unwrap_err().to_string();
        assert!(error.len() < 1_000, "{} bytes: {}", error.len(), &error[..300]);
    }
}

#[test]
fn a_line_is_counted_in_characters() {
    let error = parsed("id = \"ä\"\n\"ä\" = 1\n").unwrap_err();
    assert_eq!((error.line, error.column), (2, 1));
    let error = parsed("id = \"a\"\ntitle = { \"ä\" = \"\" }").unwrap_err();
    assert_eq!(error.line, 2);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = parsed(&text);
    }

    #[test]
    fn a_damaged_file_is_read_or_refused(at in 0..FINE.len(), with in "\\PC{0,3}|[\\[\\]{}=\"\\n.#]{1,4}", cut in 0..20_usize) {
        let mut bytes = FINE.as_bytes().to_vec();
        bytes.splice(at..(at + cut).min(bytes.len()), with.bytes());
        if let Ok(practice) = parsed(&String::from_utf8_lossy(&bytes)) {
            prop_assert!(!practice.lengths().is_empty());
            for length in practice.lengths() {
                let total: SignedDuration = practice.steps_in(*length).map(|(_, lasts)| lasts).sum();
                prop_assert!(total.as_secs() <= i64::from(length.seconds()) * 12 / 10);
            }
        }
    }
}
