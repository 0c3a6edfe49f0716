use jiff::SignedDuration;

use super::*;
use kindbeat_core::page::ChoiceView;
use kindbeat_core::page::Sound;
use kindbeat_core::words::Words;

fn view(words: &str) -> View {
    let words = words.to_owned();
    View {
        language: "en".to_owned(),
        direction: Direction::LeftToRight,
        title: words.clone(),
        screen: Screen::Step(StepView {
            place: SessionPlace::Practice { step: 0 },
            steps: 3,
            met: Vec::new(),
            words: vec![words.clone()],
            choices: vec![ChoiceView { word: words.clone(), line: words }],
            anchors: None,
            guide: None,
            paused: false,
            remaining: SignedDuration::ZERO,
            help: None,
        }),
        heart: Some("Your heart: 71".to_owned()),
        line: None,
        sound: Sound::SILENT,
        reads_aloud: false,
        labels: Labels::new(&Words::new("en")),
    }
}

#[test]
fn what_a_practice_says_is_never_markup() {
    let page = document(&view("<script>\"'&</script><img src=x onerror=y>"), "p1");
    assert!(!page.contains("<img") && page.matches("<script").count() == 1, "{page}");
}

#[test]
fn nothing_that_changes_by_the_second_stands_in_the_page() {
    let main = main(&view("words")).into_string();
    assert!(!main.contains("71"), "{main}");
    let mut later = view("words");
    if let Screen::Step(step) = &mut later.screen {
        step.remaining = SignedDuration::from_secs(9);
    }
    later.heart = None;
    assert_eq!(main, super::main(&later).into_string());
}

#[test]
fn no_script_and_no_style_stands_in_the_page_itself() {
    let page = document(&view("words"), "p1");
    for never in ["style=", "<style", "onclick=", "onload=", "javascript:", "<script>"] {
        assert!(!page.contains(never), "{never}");
    }
    assert!(page.contains(r#"<script type="module" src="page.js"></script>"#));
}
