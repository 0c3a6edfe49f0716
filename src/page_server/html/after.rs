//! The parts that stand after the last step, and the help lines.

use maud::Markup;
use maud::html;

use kindbeat_core::page::Course;
use kindbeat_core::page::Feedback;
use kindbeat_core::page::Help;
use kindbeat_core::page::HelpGroup;
use kindbeat_core::page::Labels;
use kindbeat_core::page::Tense;

/// How it was: each part may be left out.
pub(super) fn question(course: Option<&Course>, labels: &Labels) -> Markup {
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

/// From 0 to 10, in a fieldset of its own.
pub(super) fn scale(name: &str, chosen: Option<Tense>, labels: &Labels) -> Markup {
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

/// The line, as high as it is told, with a margin above and below.
fn points(course: &Course) -> String {
    let point = |(x, y): &(f64, f64)| format!("{:.1},{:.1}", x * 100.0, 29.0 - y * 26.0);
    course.line.iter().map(point).collect::<Vec<_>>().join(" ")
}

/// Where to turn to.
pub(super) fn help(help: &Help) -> Markup {
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
