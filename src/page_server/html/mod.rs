//! The page as HTML. The texts of a practice are text here, never markup (maud escapes them).
//!
//! Every screen has the same parts, each with an id; the script replaces their contents. So the words stay in one place that
//! a screen reader listens to, and the focus stays where it is.

use std::cmp::Ordering;

use maud::DOCTYPE;
use maud::Markup;
use maud::html;

use kindbeat_core::page::Anchors;
use kindbeat_core::page::Closing;
use kindbeat_core::page::Course;
use kindbeat_core::page::Direction;
use kindbeat_core::page::Feedback;
use kindbeat_core::page::FirstView;
use kindbeat_core::page::Help;
use kindbeat_core::page::HelpGroup;
use kindbeat_core::page::Labels;
use kindbeat_core::page::Screen;
use kindbeat_core::page::StepView;
use kindbeat_core::page::Tense;
use kindbeat_core::page::View;
use kindbeat_core::page::Visit;
use kindbeat_core::page::WelcomeView;
use kindbeat_core::practice::Breath;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::SessionPlace;

/// `proof` is what its live connection has to begin with.
pub(super) fn document(view: &View, proof: &str) -> String {
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
            body data-proof=(proof) {
                (main(view))
                div id="gone" hidden { @for line in view.labels.gone.lines() { p { (line) } } }
                p id="may-close" hidden { (view.labels.may_close) }
                noscript { p { (view.labels.no_script) } }
            }
        }
    };
    page.into_string()
}

/// The page for an address that isn't valid, or no longer.
pub(super) fn refusal(view: &View) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(view.language) dir=(direction(view)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "kindbeat" }
                // A refusal holds nothing of any page.
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

/// The part that changes during a break. The heart and its line change far more often and aren't in it.
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
                    Screen::First(first) => (lengths(first, labels)),
                    Screen::Step(step) => (choices(step, labels)),
                    Screen::Question { course, .. } => (question(course.as_ref(), labels)),
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
                @if let Screen::First(first) = &view.screen { (others(first, labels)) }
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
                @if has_sound(view) { (sound(view)) }
            }
            div id="more" {
                @match &view.screen {
                    Screen::First(first) => (more(first, labels)),
                    Screen::Welcome(WelcomeView { help: Some(lines), .. })
                    | Screen::Step(StepView { help: Some(lines), .. })
                    | Screen::Farewell { help: Some(lines), .. } => (help(lines)),
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

/// The guide of the breath, a still shape, or nothing.
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
        // Attention goes outward: there is nothing to look at but the room.
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

/// Tones belong to practices; in the grounding there is only the voice, which can be turned off.
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

/// Progress without numbers or a clock.
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
    // Towards the side where reading begins.
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

/// On every screen until the last step is over. "Too much" leads to the grounding, so the grounding doesn't offer it.
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

/// The lengths to choose from, when there is more than one.
fn lengths(first: &FirstView, labels: &Labels) -> Markup {
    html! {
        @if first.lengths.len() > 1 {
            div role="group" aria-label=(labels.lengths_title) {
                @for view in &first.lengths {
                    button id={ "length-" (view.length) } type="button" data-do="length" data-value=(view.length)
                        aria-pressed=(view.chosen) aria-keyshortcuts=(key(view.length)) {
                        (view.words) kbd aria-hidden="true" { (key(view.length)) }
                    }
                }
            }
        }
    }
}

/// The first figure of the length.
const fn key(length: Length) -> &'static str {
    match length {
        Length::TwentySeconds => "2",
        Length::OneMinute => "1",
        Length::ThreeMinutes => "3",
        Length::FiveMinutes => "5",
    }
}

/// Other practices, each with a key; before them the search for a pace, where it's offered.
fn others(first: &FirstView, labels: &Labels) -> Markup {
    html! {
        @if first.finds_pace {
            div class="alone" {
                button id="find-pace" type="button" data-do="find-pace" aria-keyshortcuts="F" {
                    (labels.find_pace) kbd aria-hidden="true" { "F" }
                }
            }
        }
        @if !first.others.is_empty() {
            h2 id="others-title" { (labels.others_title) }
            div role="group" aria-labelledby="others-title" {
                @for ((index, other), key) in first.others.iter().enumerate().zip(["a", "b"]) {
                    button id={ "other-" (index) } type="button" data-do="other" data-value=(index)
                        title=[other.about.as_deref()] aria-keyshortcuts=(key.to_uppercase()) dir="auto" {
                        (other.title) kbd aria-hidden="true" { (key.to_uppercase()) }
                    }
                }
            }
        }
    }
}

/// The question before the break, for those who want to answer it, and when to seek care.
fn more(first: &FirstView, labels: &Labels) -> Markup {
    html! {
        details id="before" {
            summary { (labels.before_title) }
            fieldset class="tense" {
                legend class="unseen" { (labels.before_title) }
                (scale("before", first.before, labels))
            }
        }
        details id="care" {
            summary { (labels.care_title) }
            @for line in &first.care { p { (line) } }
        }
    }
}

fn sound(view: &View) -> Markup {
    let (labels, sound) = (&view.labels, view.sound);
    html! {
        details id="sounds" {
            summary { (labels.sound_title) }
            label { input id="tones" type="checkbox" autocomplete="off" checked[sound.tones]; (labels.sound_tones) }
            label { input id="voice" type="checkbox" autocomplete="off" checked[sound.voice]; (labels.sound_voice) }
            label {
                (labels.sound_volume)
                input id="volume" type="range" min="0" max="100" step="5" autocomplete="off" value=(sound.volume);
            }
        }
    }
}

/// The questions at the end; each may be left without an answer.
fn question(course: Option<&Course>, labels: &Labels) -> Markup {
    html! {
        fieldset class="tense" {
            legend { (labels.tense_question) }
            (scale("tense", None, labels))
        }
        fieldset class="liking" {
            legend class="unseen" { (labels.liking_title) }
            @for (value, label) in [("more", &labels.more_like_this), ("less", &labels.less_like_this)] {
                label { input id={ "liking-" (value) } type="radio" name="liking" value=(value); span { (label) } }
            }
        }
        label class="note" {
            (labels.note_title)
            input id="note" type="text" maxlength=(Feedback::NOTE) autocomplete="off" dir="auto";
        }
        @if let Some(course) = course {
            details id="course" {
                summary { (labels.course_title) }
                svg viewBox="0 0 100 32" preserveAspectRatio="none" aria-hidden="true" {
                    polyline points=(points(course)) {}
                }
                p { (course.words) }
            }
        }
    }
}

/// From 0 to 10, in its own fieldset.
fn scale(name: &str, chosen: Option<Tense>, labels: &Labels) -> Markup {
    html! {
        div class="figures" {
            @for figure in 0..=Tense::MOST {
                label {
                    input id={ (name) "-" (figure) } type="radio" name=(name) value=(figure) autocomplete="off"
                        checked[chosen == Tense::new(figure)];
                    span { (figure) }
                }
            }
        }
        p class="scale" { span { (labels.tense_least) } span { (labels.tense_most) } }
    }
}

/// The points of the curve, with a margin above and below.
fn points(course: &Course) -> String {
    let point = |(x, y): &(f64, f64)| format!("{:.1},{:.1}", x * 100.0, 29.0 - y * 26.0);
    course.line.iter().map(point).collect::<Vec<_>>().join(" ")
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
mod tests;
