//! The break in a terminal, where no browser opens it: what stands on the page, as lines, and keys in place of buttons.

use crate::page::FirstView;
use crate::page::PageInput;
use crate::page::Said;
use crate::page::Screen;
use crate::page::StepView;
use crate::page::Tense;
use crate::page::View;

/// What stands on the page, line by line, the keys last.
pub(super) fn lines(view: &View) -> Vec<String> {
    let labels = &view.labels;
    let step_keys = |first: &str| {
        format!(
            "Enter: {first}   b: {}   p: {}   q: {}   t: {}",
            labels.back, labels.pause, labels.leave, labels.too_much
        )
    };
    match &view.screen {
        Screen::Welcome(welcome) => {
            let keys =
                format!("Enter: {}   q: {}   t: {}", labels.next, labels.leave, labels.too_much);
            let help = welcome.help.iter().flat_map(help_lines);
            welcome.words.iter().cloned().chain(help).chain([keys]).collect()
        }
        Screen::First(FirstView { about, cautions, care, .. }) => {
            let begin =
                format!("Enter: {}   q: {}   t: {}", labels.begin, labels.leave, labels.too_much);
            let title = [view.title.clone()];
            let all = title.iter().chain(about).chain(cautions).chain(care);
            all.cloned().chain([begin]).collect()
        }
        Screen::Step(StepView { met, words, choices, help, .. }) => {
            let choices = choices.iter().map(|choice| format!("{}: {}", choice.word, choice.line));
            let said = met.iter().chain(words).cloned().chain(choices);
            let help = help.iter().flat_map(help_lines);
            said.chain(help).chain([step_keys(&labels.next)]).collect()
        }
        Screen::Question { ending, .. } => {
            let question = format!(
                "{} ({}, {})",
                labels.tense_question, labels.tense_least, labels.tense_most
            );
            let keys = format!("A figure and Enter, or Enter alone: {}", labels.skip);
            ending.iter().cloned().chain([question, keys]).collect()
        }
        Screen::Farewell { words, help, .. } => {
            words.iter().cloned().chain(help.iter().flat_map(help_lines)).collect()
        }
    }
}

fn help_lines(help: &crate::page::Help) -> Vec<String> {
    let groups = help.here.iter().chain(&help.others);
    let numbers = groups.flat_map(|group| {
        let lines = group.lines.iter().map(|line| format!("  {}  {}", line.number, line.places));
        [group.title.clone()].into_iter().chain(lines)
    });
    numbers.chain([help.elsewhere.clone(), help.as_of.clone()]).collect()
}

/// What a line typed at this screen asks for; `None`: nothing that is known here.
pub(super) fn input(view: &View, line: &str) -> Option<PageInput> {
    let line = line.trim().to_lowercase();
    Some(match (&view.screen, line.as_str()) {
        (Screen::Question { .. }, "") => PageInput::Said(Said::default()),
        (Screen::Question { .. }, figure) => PageInput::Said(Said {
            tense: Some(Tense::new(figure.parse().ok()?)?),
            ..Said::default()
        }),
        (Screen::Welcome(_) | Screen::First(_), "") => PageInput::Begin,
        (_, "q") => PageInput::Leave,
        (_, "t") => PageInput::TooMuch,
        (Screen::Step(StepView { paused: true, .. }), "" | "p") => PageInput::Resume,
        (Screen::Step(_), "") => PageInput::Next,
        (Screen::Step(_), "b") => PageInput::Back,
        (Screen::Step(_), "p") => PageInput::Pause,
        _ => return None,
    })
}
