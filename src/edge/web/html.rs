//! The page as HTML. Whatever a practice says is text here, never markup (maud escapes it).
//!
//! The page has the same parts on every screen, each with a name; the script exchanges what is in them. So the words stay in one
//! place, which a screen reader listens to, and what has the focus keeps it wherever it stays on the page.

use std::cmp::Ordering;

use maud::DOCTYPE;
use maud::Markup;
use maud::html;

use crate::page::Anchors;
use crate::page::Closing;
use crate::page::Direction;
use crate::page::FirstView;
use crate::page::Help;
use crate::page::HelpGroup;
use crate::page::Labels;
use crate::page::Screen;
use crate::page::StepView;
use crate::page::Tense;
use crate::page::View;
use crate::practice::Place;

/// The whole page.
pub(super) fn document(view: &View) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(view.language) dir=(direction(view)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (view.title) }
                link rel="icon" href="icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="page.css";
                script type="module" src="page.js" {}
            }
            body {
                (main(view))
                div id="gone" hidden { @for line in view.labels.gone.lines() { p { (line) } } }
                p id="may-close" hidden { (view.labels.may_close) }
                noscript { p { (view.labels.no_script) } }
            }
        }
    };
    page.into_string()
}

/// What is shown to whoever comes with an address that is not, or no longer, good for anything.
pub(super) fn refusal(view: &View) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(view.language) dir=(direction(view)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "kindbeat" }
            }
            body { main { @for line in view.labels.refused.lines() { p { (line) } } } }
        }
    };
    page.into_string()
}

/// What changes in the course of a break, but for the heart, which changes far more often.
pub(super) fn main(view: &View) -> Markup {
    let labels = &view.labels;
    let closing = match &view.screen {
        Screen::Farewell { closing: Closing::AtOnce, .. } => Some("at-once"),
        Screen::Farewell { closing: Closing::WhenRead, .. } => Some("when-read"),
        _ => None,
    };
    html! {
        main id="page" tabindex="-1" aria-labelledby="title" class=(screen(view))
            data-moment=(view.moment()) data-closing=[closing] {
            h1 id="title" dir="auto" { (view.title) }
            p id="heart" {}
            div id="shape" class=[shape(view)] {
                @if shape(view).is_some() { span aria-hidden="true" {} p { (labels.shape_still) } }
            }
            div id="words" aria-live="polite" { (words(view)) }
            div id="choices" {
                @match &view.screen {
                    Screen::Step(step) => (choices(step, labels)),
                    Screen::Question { .. } => (question(labels)),
                    Screen::First(_) | Screen::Farewell { .. } => {}
                }
            }
            div id="dots" aria-hidden="true" {
                @if let Screen::Step(step) = &view.screen { (dots(step)) }
            }
            div id="controls" role="group" aria-label=(labels.controls_title) { (controls(view)) }
            div id="out" { (ways_out(view)) }
            div id="anchors" {
                @match &view.screen {
                    Screen::First(FirstView { anchors: Some(all), .. })
                    | Screen::Step(StepView { anchors: Some(all), .. }) => (anchors(all, labels)),
                    _ => {}
                }
            }
            div id="more" {
                @match &view.screen {
                    Screen::First(first) => {
                        details {
                            summary { (labels.care_title) }
                            @for line in &first.care { p { (line) } }
                        }
                    }
                    Screen::Step(StepView { help: Some(lines), .. })
                    | Screen::Farewell { help: Some(lines), .. } => (help(lines)),
                    _ => {}
                }
            }
        }
    }
}

const fn screen(view: &View) -> &'static str {
    match &view.screen {
        Screen::First(_) => "first",
        Screen::Step(StepView { place: Place::Practice { .. }, .. }) => "step",
        Screen::Step(StepView { place: Place::Grounding { .. }, .. }) => "step grounding",
        Screen::Question { .. } => "question",
        Screen::Farewell { .. } => "farewell",
    }
}

const fn direction(view: &View) -> &'static str {
    match view.direction {
        Direction::LeftToRight => "ltr",
        Direction::RightToLeft => "rtl",
    }
}

const fn shape(view: &View) -> Option<&'static str> {
    match &view.screen {
        Screen::Step(StepView { breathing: true, paused: true, .. }) => Some("breathing paused"),
        Screen::Step(StepView { breathing: true, .. }) => Some("breathing"),
        // Outward: there is nothing to look at but the room.
        Screen::Step(StepView { place: Place::Grounding { .. }, .. })
        | Screen::Question { .. }
        | Screen::Farewell { .. } => None,
        Screen::Step(_) | Screen::First(_) => Some("still"),
    }
}

fn words(view: &View) -> Markup {
    html! {
        @match &view.screen {
            Screen::First(first) => {
                @if let Some(about) = &first.about { p class="about" dir="auto" { (about) } }
                @for line in &first.cautions { p class="caution" dir="auto" { (line) } }
            }
            Screen::Step(step) => {
                @for line in &step.met { p class="met" { (line) } }
                @for line in &step.words { p dir="auto" { (line) } }
                @if !step.choices.is_empty() { p id="line" dir="auto" {} }
            }
            Screen::Question { ending } => {
                @for line in ending { p { (line) } }
            }
            Screen::Farewell { words, .. } => {
                @for line in words { p { (line) } }
            }
        }
    }
}

fn choices(step: &StepView, labels: &Labels) -> Markup {
    html! {
        @if !step.choices.is_empty() {
            div role="group" aria-label=(labels.choices_title) {
                @for (index, choice) in step.choices.iter().enumerate() {
                    button id={ "choice-" (index) } type="button" aria-pressed="false" data-line=(choice.line) dir="auto" {
                        (choice.word)
                    }
                }
            }
        }
    }
}

fn question(labels: &Labels) -> Markup {
    html! {
        fieldset {
            legend { (labels.tense_question) }
            @for figure in 0..=Tense::MOST {
                label {
                    input id={ "tense-" (figure) } type="radio" name="tense" value=(figure);
                    span { (figure) }
                }
            }
        }
        p class="scale" { span { (labels.tense_least) } span { (labels.tense_most) } }
    }
}

/// How far the break is: no numbers, no clock.
fn dots(step: &StepView) -> Markup {
    let (Place::Practice { step: here } | Place::Grounding { step: here, .. }) = step.place;
    html! {
        @for index in 0..step.steps {
            i class=(match index.cmp(&here) {
                Ordering::Less => "past",
                Ordering::Equal => "here",
                Ordering::Greater => "to-come",
            }) {}
        }
    }
}

fn controls(view: &View) -> Markup {
    let labels = &view.labels;
    html! {
        @match &view.screen {
            Screen::First(_) => {
                div { (button("next", "begin", &labels.begin, "Space", "main")) }
            }
            Screen::Step(step) => {
                div {
                    (button("back", "back", &labels.back, "ArrowLeft", ""))
                    @if step.paused {
                        (button("pause", "resume", &labels.resume, "P", ""))
                    } @else {
                        (button("pause", "pause", &labels.pause, "P", ""))
                    }
                    (button("next", "next", &labels.next, "Space", "main"))
                }
            }
            Screen::Question { .. } => {
                div {
                    (button("leave", "skip", &labels.skip, "Escape", ""))
                    (button("next", "tense", &labels.done, "Enter", "main"))
                }
            }
            Screen::Farewell { .. } => {
                div { (button("leave", "close", &labels.close, "Escape", "")) }
            }
        }
    }
}

/// The ways out, on every screen until the last step is over. The grounding is where "too much" leads: there is one.
fn ways_out(view: &View) -> Markup {
    let labels = &view.labels;
    let in_practice =
        !matches!(view.screen, Screen::Step(StepView { place: Place::Grounding { .. }, .. }));
    html! {
        @if let Screen::First(_) | Screen::Step(_) = view.screen {
            @if in_practice { (button("too-much", "too-much", &labels.too_much, "T", "")) }
            (button("leave", "leave", &labels.leave, "Escape", ""))
        }
    }
}

fn button(id: &str, deed: &str, label: &str, key: &str, class: &str) -> Markup {
    html! {
        button id=(id) type="button" class=[Some(class).filter(|class| !class.is_empty())]
            data-do=(deed) aria-keyshortcuts=(key) { (label) }
    }
}

fn anchors(anchors: &Anchors, labels: &Labels) -> Markup {
    html! {
        label for="anchor" { (labels.anchor_title) }
        select id="anchor" autocomplete="off" {
            @for (anchor, word) in &anchors.all {
                option value=(anchor.as_str()) selected[*anchor == anchors.chosen] { (word) }
            }
        }
    }
}

fn help(help: &Help) -> Markup {
    html! {
        section aria-labelledby="help-title" {
            h2 id="help-title" { (help.title) }
            @if help.here.is_empty() {
                (groups(&help.others))
            } @else {
                (groups(&help.here))
                details { summary { (help.others_title) } (groups(&help.others)) }
            }
            p { (help.elsewhere) }
            p { (help.as_of) }
        }
    }
}

fn groups(groups: &[HelpGroup]) -> Markup {
    html! {
        @for group in groups {
            h3 { (group.title) }
            dl {
                @for line in &group.lines {
                    div { dt { (line.number) } dd { (line.places) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::page::ChoiceView;
    use crate::words::Words;

    fn view(words: &str) -> View {
        let words = words.to_owned();
        View {
            language: "en".to_owned(),
            direction: Direction::LeftToRight,
            title: words.clone(),
            screen: Screen::Step(StepView {
                place: Place::Practice { step: 0 },
                steps: 3,
                met: Vec::new(),
                words: vec![words.clone()],
                choices: vec![ChoiceView { word: words.clone(), line: words }],
                anchors: None,
                breathing: true,
                paused: false,
                remaining: SignedDuration::ZERO,
                help: None,
            }),
            heart: Some("Your heart: 71".to_owned()),
            labels: Labels::new(&Words::new("en")),
        }
    }

    #[test]
    fn what_a_practice_says_is_never_markup() {
        let page = document(&view("<script>\"'&</script><img src=x onerror=y>"));
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
        let page = document(&view("words"));
        for never in ["style=", "<style", "onclick=", "onload=", "javascript:", "<script>"] {
            assert!(!page.contains(never), "{never}");
        }
        assert!(page.contains(r#"<script type="module" src="page.js"></script>"#));
    }
}
