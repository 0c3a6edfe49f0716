//! A break in a terminal: what stands on the page, said in lines, and keys in place of buttons.
//!
//! Lines are only ever added, and each thing is said once, so that a screen reader reads what is new and no more. Nothing is
//! redrawn, and nothing depends on colours.

use std::io;
use std::io::Write;

use kindbeat_core::page::Anchors;
use kindbeat_core::page::FirstView;
use kindbeat_core::page::Help;
use kindbeat_core::page::HelpGroup;
use kindbeat_core::page::HelpNumber;
use kindbeat_core::page::Labels;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Screen;
use kindbeat_core::page::StepView;
use kindbeat_core::page::Tense;
use kindbeat_core::page::View;
use kindbeat_core::page::WelcomeView;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::SessionPlace;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Teller {
    /// What was told last.
    told: Option<Told>,
    /// The keys were said: of the practice, of the grounding.
    keys: [bool; 2],
    /// The breath that was described last.
    breath: String,
    /// The help lines were said.
    helped: bool,
    /// The closing words, where they were said with the question.
    ending: Vec<String>,
}

/// A page at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    moment: String,
    /// What the break is called: on the first page another can be chosen.
    title: String,
    length: Option<Length>,
    anchor: Option<Anchor>,
    before: Option<Tense>,
    paused: bool,
}

/// What somebody means with what they typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// Something is to happen.
    Input(PageInput),
    /// How tense it feels, or nothing, is the answer to the question.
    Answer(Option<Tense>),
    /// They want to say how tense it is before the break.
    SayBefore,
    /// This is to be said.
    Say(String),
}

impl Teller {
    /// What is new on the page, line by line; empty where nothing is.
    pub(super) fn tell(&mut self, view: &View, words: &Words) -> Vec<String> {
        let now = Told::of(view);
        match self.told.replace(now.clone()) {
            // The words of a step go with what attention rests on.
            Some(before)
                if (&before.moment, &before.title) == (&now.moment, &now.title)
                    && (before.anchor == now.anchor || matches!(view.screen, Screen::First(_))) =>
            {
                if before.paused != now.paused {
                    let paused = now.paused;
                    let said =
                        if paused { Message::TerminalPaused } else { Message::TerminalGoesOn };
                    vec![words.text(said, &[])]
                } else if before.length != now.length {
                    let length = chosen_length(view).unwrap_or_default();
                    vec![words.text(Message::TerminalLength, &[("length", length.into())])]
                } else if before.anchor != now.anchor {
                    anchor(view)
                        .map(|word| rests_on(Message::TerminalAnchorNow, word, words))
                        .into_iter()
                        .collect()
                } else if before.before != now.before {
                    let said = now.before.map(|tense| {
                        let tense = [("tense", tense.figure().into())];
                        words.text(Message::TerminalBeforeSaid, &tense)
                    });
                    said.into_iter().chain([words.text(Message::TerminalKeysFirst, &[])]).collect()
                } else {
                    Vec::new()
                }
            }
            _ => self.whole(view, words),
        }
    }

    /// What stands there is to be said once more.
    pub(super) fn once_more(&mut self) {
        self.told = None;
    }

    /// Whoever comes back after a while is told where they are, and the keys.
    pub(super) fn again(&mut self) {
        self.once_more();
        self.keys = [false; 2];
        self.breath.clear();
    }

    fn whole(&mut self, view: &View, words: &Words) -> Vec<String> {
        match &view.screen {
            Screen::Welcome(WelcomeView { number, words: said, help }) => {
                let title = (*number == 0).then(|| view.title.clone());
                let help = help.iter().flat_map(help_lines);
                let keys = words.text(Message::TerminalKeysWelcome, &[]);
                title.into_iter().chain(said.iter().cloned()).chain(help).chain([keys]).collect()
            }
            Screen::First(first) => first_page(first, view, words),
            Screen::Step(step) => self.step(step, words),
            Screen::Question { ending, course } => {
                self.ending.clone_from(ending);
                let course = course.iter().map(|course| course.words.clone());
                ending.iter().cloned().chain(course).chain([question(view, words)]).collect()
            }
            Screen::Farewell { words: said, help, .. } => {
                let said = said.iter().filter(|line| !self.ending.contains(line)).cloned();
                let help = help.iter().flat_map(|help| match self.helped {
                    // Those of other places were left out before: there were steps to be read.
                    true if help.here.is_empty() => Vec::new(),
                    true => other_places(help),
                    false => help_lines(help),
                });
                said.chain(help).collect()
            }
        }
    }

    fn step(&mut self, step: &StepView, words: &Words) -> Vec<String> {
        let StepView { place, met, words: said, choices, guide, paused, help, .. } = step;
        let mut lines: Vec<_> = met.iter().chain(said).cloned().collect();
        if let Some(guide) = guide.as_ref().filter(|guide| guide.still != self.breath) {
            self.breath.clone_from(&guide.still);
            lines.push(guide.still.clone());
        }
        if !choices.is_empty() {
            let words = choices.iter().enumerate();
            let words = words.map(|(at, choice)| format!("{}: {}", (at + 1) % 10, choice.word));
            lines.push(words.collect::<Vec<_>>().join("   "));
        }
        if let Some(help) = help.as_ref().filter(|_| !self.helped) {
            self.helped = true;
            lines.extend(help_lines(help));
        }
        if *paused {
            lines.push(words.text(Message::TerminalPaused, &[]));
        }
        let known = &mut self.keys[usize::from(matches!(place, SessionPlace::Grounding { .. }))];
        if !std::mem::replace(known, true) {
            lines.push(keys(*place, words));
        }
        lines
    }
}

impl Told {
    fn of(view: &View) -> Self {
        let length = match &view.screen {
            Screen::First(first) => first.lengths.iter().find(|length| length.chosen),
            _ => None,
        };
        Self {
            moment: view.moment(),
            title: view.title.clone(),
            length: length.map(|length| length.length),
            anchor: anchors(view).map(|anchors| anchors.chosen),
            before: match &view.screen {
                Screen::First(first) => first.before,
                _ => None,
            },
            paused: matches!(&view.screen, Screen::Step(StepView { paused: true, .. })),
        }
    }
}

fn first_page(first: &FirstView, view: &View, words: &Words) -> Vec<String> {
    let FirstView { about, cautions, lengths, others, care, .. } = first;
    let title = [view.title.clone()];
    let mut said: Vec<_> = title.iter().chain(about).chain(cautions).chain(care).cloned().collect();
    if lengths.len() > 1 {
        let keys = lengths.iter().map(|view| format!("{}: {}", key(view.length), view.words));
        said.push(titled(&view.labels.lengths_title, keys));
    }
    if !others.is_empty() {
        let keys = others.iter().zip(OTHERS).map(|(other, key)| format!("{key}: {}", other.title));
        said.push(titled(&view.labels.others_title, keys));
    }
    said.extend(anchor(view).map(|word| rests_on(Message::TerminalAnchor, word, words)));
    said.push(words.text(Message::TerminalBefore, &[]));
    said.push(words.text(Message::TerminalKeysFirst, &[]));
    said
}

/// What attention can rest on here, where there is a choice.
const fn anchors(view: &View) -> Option<&Anchors> {
    match &view.screen {
        Screen::First(first) => first.anchors.as_ref(),
        Screen::Step(step) => step.anchors.as_ref(),
        _ => None,
    }
}

/// The word for what attention rests on.
fn anchor(view: &View) -> Option<&str> {
    let anchors = anchors(view)?;
    let (_, word) = anchors.all.iter().find(|(anchor, _)| *anchor == anchors.chosen)?;
    Some(word)
}

fn rests_on(message: Message, word: &str, words: &Words) -> String {
    words.text(message, &[("word", word.into())])
}

/// What attention rests on after what it rests on now.
fn next_anchor(anchors: &Anchors) -> Option<PageInput> {
    let mut all = anchors.all.iter().map(|(anchor, _)| *anchor).cycle().take(2 * anchors.all.len());
    all.find(|anchor| *anchor == anchors.chosen)?;
    all.next().map(PageInput::Anchor)
}

fn titled(title: &str, keys: impl Iterator<Item = String>) -> String {
    [title.to_owned()].into_iter().chain(keys).collect::<Vec<_>>().join("   ")
}

/// How long the break is to last, in words.
fn chosen_length(view: &View) -> Option<&str> {
    let Screen::First(first) = &view.screen else { return None };
    first.lengths.iter().find(|length| length.chosen).map(|length| length.words.as_str())
}

/// What a line typed at this screen means, or a key as a line of one character; Enter is an empty line. `None`: nothing.
pub(super) fn meant(view: &View, line: &str, words: &Words) -> Option<Meant> {
    let line = line.trim().to_lowercase();
    let input = match (&view.screen, line.as_str()) {
        (_, "q") => PageInput::Leave,
        (Screen::Farewell { .. }, _) => return None,
        (Screen::Question { .. }, "") => return Some(Meant::Answer(None)),
        (Screen::Question { .. }, figure) => {
            let tense = figure.parse().ok().and_then(Tense::new);
            let again = || Meant::Say(question(view, words));
            return Some(tense.map_or_else(again, |tense| Meant::Answer(Some(tense))));
        }
        (_, "t") => PageInput::TooMuch,
        (_, "r") if let Some(next) = anchors(view).and_then(next_anchor) => next,
        (Screen::First(_), "h") => return Some(Meant::SayBefore),
        (Screen::Welcome(_) | Screen::First(_), "") => PageInput::Begin,
        (Screen::Welcome(_) | Screen::Step(_), "b") => PageInput::Back,
        (Screen::Welcome(_), _) => {
            return Some(Meant::Say(words.text(Message::TerminalKeysWelcome, &[])));
        }
        (Screen::First(first), key) => match chosen_before(first, key) {
            Some(input) => input,
            None => return Some(Meant::Say(words.text(Message::TerminalKeysFirst, &[]))),
        },
        (Screen::Step(StepView { paused: true, .. }), "" | "p") => PageInput::Resume,
        (Screen::Step(_), "") => PageInput::Next,
        (Screen::Step(_), "p") => PageInput::Pause,
        (Screen::Step(step), figure) => {
            let line = chosen(step, figure).unwrap_or_else(|| keys(step.place, words));
            return Some(Meant::Say(line));
        }
    };
    Some(Meant::Input(input))
}

/// What a line means that answers how tense it is before the break; `None`: it has to be asked again.
pub(super) fn meant_before(line: &str) -> Option<PageInput> {
    match line.trim().to_lowercase().as_str() {
        "q" => Some(PageInput::Leave),
        "" => Some(PageInput::Before(None)),
        figure => {
            let tense = Tense::new(figure.parse().ok()?)?;
            Some(PageInput::Before(Some(tense)))
        }
    }
}

/// The length or the other practice with this key.
fn chosen_before(first: &FirstView, typed: &str) -> Option<PageInput> {
    let length = first.lengths.iter().find(|view| key(view.length) == typed);
    let other = OTHERS.iter().take(first.others.len()).position(|key| *key == typed);
    length.map(|view| PageInput::Length(view.length)).or_else(|| other.map(PageInput::Other))
}

/// The key of a length, the same as on the page: the figure it begins with.
const fn key(length: Length) -> &'static str {
    match length {
        Length::TwentySeconds => "2",
        Length::OneMinute => "1",
        Length::ThreeMinutes => "3",
        Length::FiveMinutes => "5",
    }
}

/// The keys of the other practices, the same as on the page.
const OTHERS: [&str; 2] = ["a", "b"];

/// Writes what is said in one go, with a line between it and what follows; nothing where there is nothing to say.
pub(super) fn write(lines: &[String], out: &mut impl Write) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    writeln!(out)?;
    out.flush()
}

/// The line of the word with this number; the tenth word has the key 0.
fn chosen(step: &StepView, figure: &str) -> Option<String> {
    let number: usize = figure.parse().ok()?;
    let at = if number == 0 { 9 } else { number - 1 };
    step.choices.get(at).map(|choice| choice.line.clone())
}

fn question(view: &View, words: &Words) -> String {
    asked(&view.labels.tense_question, view, words)
}

/// How tense it is before the break.
pub(super) fn question_before(view: &View, words: &Words) -> String {
    asked(&view.labels.before_title, view, words)
}

fn asked(question: &str, view: &View, words: &Words) -> String {
    let Labels { tense_least, tense_most, .. } = &view.labels;
    let answer = words.text(Message::TerminalAnswer, &[]);
    format!("{question} ({tense_least}, {tense_most}) {answer}")
}

fn keys(place: SessionPlace, words: &Words) -> String {
    words.text(
        match place {
            SessionPlace::Practice { .. } => Message::TerminalKeysStep,
            SessionPlace::Grounding { .. } => Message::TerminalKeysGrounding,
        },
        &[],
    )
}

/// Where to turn to: the numbers of one's own place, where that is known, else all.
fn help_lines(help: &Help) -> Vec<String> {
    let nearest = if help.here.is_empty() { &help.others } else { &help.here };
    let mut said = vec![help.title.clone()];
    said.extend(nearest.iter().flat_map(numbers));
    said.extend([help.elsewhere.clone(), help.as_of.clone()]);
    said
}

fn other_places(help: &Help) -> Vec<String> {
    [help.others_title.clone()].into_iter().chain(help.others.iter().flat_map(numbers)).collect()
}

fn numbers(group: &HelpGroup) -> Vec<String> {
    let line = |line: &HelpNumber| format!("  {}  {}", line.number, line.places);
    [group.title.clone()].into_iter().chain(group.lines.iter().map(line)).collect()
}

#[cfg(test)]
mod tests;
