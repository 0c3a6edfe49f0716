//! The parts that stand before the first step.

use maud::Markup;
use maud::html;

use super::after::scale;
use kindbeat_core::page::FirstView;
use kindbeat_core::page::Labels;
use kindbeat_core::page::View;
use kindbeat_core::practice::Length;

/// How long the break may last, where there is a choice.
pub(super) fn lengths(first: &FirstView, labels: &Labels) -> Markup {
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

/// The key of a length: the figure it begins with.
const fn key(length: Length) -> &'static str {
    match length {
        Length::TwentySeconds => "2",
        Length::OneMinute => "1",
        Length::ThreeMinutes => "3",
        Length::FiveMinutes => "5",
    }
}

/// Other practices, a key each; before them the search for one's pace, where it is offered.
pub(super) fn others(first: &FirstView, labels: &Labels) -> Markup {
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

/// The question before, for whoever wants it, and when to seek care.
pub(super) fn more(first: &FirstView, labels: &Labels) -> Markup {
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

/// What can be heard, if it is wanted.
pub(super) fn sound(view: &View) -> Markup {
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
