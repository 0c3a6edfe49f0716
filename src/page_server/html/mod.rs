//! The page as HTML. Whatever a practice says is text here, never markup (maud escapes it).
//!
//! The page has the same parts on every screen, each with a name; the script exchanges what is in them. So the words stay in one
//! place, which a screen reader listens to, and what has the focus keeps it wherever it stays on the page.

mod after;
mod before;

use std::cmp::Ordering;

use maud::DOCTYPE;
use maud::Markup;
use maud::html;

use kindbeat_core::page::Anchors;
use kindbeat_core::page::Closing;
use kindbeat_core::page::Direction;
use kindbeat_core::page::FirstView;
use kindbeat_core::page::Labels;
use kindbeat_core::page::Screen;
use kindbeat_core::page::StepView;
use kindbeat_core::page::View;
use kindbeat_core::page::Visit;
use kindbeat_core::page::WelcomeView;
use kindbeat_core::practice::Breath;
use kindbeat_core::practice::SessionPlace;

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
                // Whoever is refused gets nothing of any page.
                link rel="stylesheet" href="/page.css";
            }
            body {
                main {
                    h1 { "kindbeat" }
                    div id="words" { @for line in view.labels.refused.lines() { p { (line) } } }
                }
            }
        }
    };
    page.into_string()
}

/// What changes in the course of a break, but for the heart and its line, which change far more often.
pub(super) fn main(view: &View) -> Markup {
    let labels = &view.labels;
    let closing = match &view.screen {
        Screen::Farewell { closing: Closing::AtOnce, .. } => Some("at-once"),
        Screen::Farewell { closing: Closing::WhenRead, .. } => Some("when-read"),
        _ => None,
    };
    html! {
        main id="page" tabindex="-1" aria-labelledby="title" class=(screen(view))
            data-moment=(view.moment()) data-closing=[closing]
            data-tones=[view.sound.tones.then_some("")] data-voice=[view.reads_aloud.then_some("")]
            data-volume=(view.sound.volume) {
            h1 id="title" dir="auto" { (view.title) }
            p id="heart" {}
            (shape(view))
            figure id="swing" hidden {
                svg role="img" aria-label=(labels.line_title) viewBox="0 0 300 60" preserveAspectRatio="none" { g { path {} } }
                figcaption {}
            }
            div id="words" aria-live="polite" { (words(view)) }
            div id="choices" {
                @match &view.screen {
                    Screen::First(first) => (before::lengths(first, labels)),
                    Screen::Step(step) => (choices(step, labels)),
                    Screen::Question { course, .. } => (after::question(course.as_ref(), labels)),
                    Screen::Welcome(_) | Screen::Farewell { .. } => {}
                }
            }
            div id="dots" aria-hidden="true" {
                @match &view.screen {
                    Screen::Welcome(welcome) => (dots(welcome.number, Visit::WELCOMES)),
                    Screen::Step(step) => (dots(here(step), step.steps)),
                    _ => {}
                }
            }
            div id="controls" role="group" aria-label=(labels.controls_title) { (controls(view)) }
            div id="others" {
                @if let Screen::First(first) = &view.screen { (before::others(first, labels)) }
            }
            div id="out" { (ways_out(view)) }
            div id="anchors" {
                @match &view.screen {
                    Screen::First(FirstView { anchors: Some(all), .. })
                    | Screen::Step(StepView { anchors: Some(all), .. }) => (anchors(all, labels)),
                    _ => {}
                }
            }
            div id="sound" {
                @if has_sound(view) { (before::sound(view)) }
            }
            div id="more" {
                @match &view.screen {
                    Screen::First(first) => (before::more(first, labels)),
                    Screen::Welcome(WelcomeView { help: Some(lines), .. })
                    | Screen::Step(StepView { help: Some(lines), .. })
                    | Screen::Farewell { help: Some(lines), .. } => (after::help(lines)),
                    _ => {}
                }
            }
        }
    }
}

const fn screen(view: &View) -> &'static str {
    match &view.screen {
        Screen::Welcome(_) => "welcome",
        Screen::First(_) => "first",
        Screen::Step(StepView { place: SessionPlace::Practice { .. }, .. }) => "step",
        Screen::Step(StepView { place: SessionPlace::Grounding { .. }, .. }) => "step grounding",
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

/// The breath of the guide, something still, or nothing.
fn shape(view: &View) -> Markup {
    let guide = match &view.screen {
        Screen::Step(step) => step.guide.as_ref().map(|guide| (guide, step.paused)),
        _ => None,
    };
    let breath = guide.map(|(guide, _)| match guide.breath {
        Breath::Slow => "slow",
        Breath::LongOut => "long-out",
        Breath::Search => "search",
    });
    let class = match (guide, &view.screen) {
        (Some((_, true)), _) => Some("breathing paused"),
        (Some((_, false)), _) => Some("breathing"),
        // Outward: there is nothing to look at but the room.
        (None, Screen::Step(StepView { place: SessionPlace::Practice { .. }, .. })) => {
            Some("still")
        }
        (None, _) => None,
    };
    let cycle = guide.map(|(guide, _)| guide.cycle.as_millis());
    html! {
        div id="shape" class=[class] data-breath=[breath] data-cycle=[cycle] {
            @if class.is_some() { span aria-hidden="true" {} }
            @if let Some((guide, _)) = guide { p { (guide.still) } }
        }
    }
}

/// Where there are breaths and words to be heard. In the grounding there is only a voice, which can be turned off.
const fn has_sound(view: &View) -> bool {
    match &view.screen {
        Screen::First(_) => true,
        Screen::Step(step) => {
            matches!(step.place, SessionPlace::Practice { .. }) || view.sound.voice
        }
        Screen::Welcome(_) | Screen::Question { .. } | Screen::Farewell { .. } => false,
    }
}

fn words(view: &View) -> Markup {
    html! {
        @match &view.screen {
            Screen::Welcome(welcome) => {
                @for line in &welcome.words { p { (line) } }
            }
            Screen::First(first) => {
                @if let Some(about) = &first.about { p class="about" dir="auto" { (about) } }
                @for line in &first.cautions { p class="caution" dir="auto" { (line) } }
            }
            Screen::Step(step) => {
                @for line in &step.met { p class="met" { (line) } }
                @for line in &step.words { p dir="auto" { (line) } }
                @if !step.choices.is_empty() { p id="line" dir="auto" {} }
            }
            Screen::Question { ending, .. } => {
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

const fn here(step: &StepView) -> usize {
    let (SessionPlace::Practice { step: here } | SessionPlace::Grounding { step: here, .. }) =
        step.place;
    here
}

/// How far it is: no numbers, no clock.
fn dots(here: usize, all: usize) -> Markup {
    html! {
        @for index in 0..all {
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
    // Towards where reading begins.
    let back = match view.direction {
        Direction::LeftToRight => "ArrowLeft",
        Direction::RightToLeft => "ArrowRight",
    };
    html! {
        @match &view.screen {
            Screen::Welcome(welcome) => {
                div {
                    @if welcome.number > 0 { (button("back", "back", &labels.back, back, "")) }
                    (button("next", "next", &labels.next, "Space", "main"))
                }
            }
            Screen::First(_) => {
                div { (button("next", "begin", &labels.begin, "Space", "main")) }
            }
            Screen::Step(step) => {
                div {
                    (button("back", "back", &labels.back, back, ""))
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
                    (button("next", "said", &labels.done, "Enter", "main"))
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
    let in_practice = !matches!(
        view.screen,
        Screen::Step(StepView { place: SessionPlace::Grounding { .. }, .. })
    );
    html! {
        @if let Screen::Welcome(_) | Screen::First(_) | Screen::Step(_) = view.screen {
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

#[cfg(test)]
mod tests;
