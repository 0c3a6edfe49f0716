//! A break in a terminal: what stands on the page, said in lines, and keys in place of buttons.
//!
//! Lines are only ever added, and each thing is said once, so that a screen reader reads what is new and no more. Nothing is
//! redrawn, and nothing depends on colours.

use std::io;
use std::io::Write;

use crate::page::FirstView;
use crate::page::Help;
use crate::page::HelpGroup;
use crate::page::PageInput;
use crate::page::Said;
use crate::page::Screen;
use crate::page::StepView;
use crate::page::Tense;
use crate::page::View;
use crate::practice::HelpLine;
use crate::practice::Place;
use crate::words::Message;
use crate::words::Words;

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Teller {
    /// The moment of the page that was told last, and whether it was paused.
    told: Option<(String, bool)>,
    /// The keys were said: of the practice, of the grounding.
    keys: [bool; 2],
    /// The help lines were said.
    helped: bool,
    /// The closing words, where they were said with the question.
    ending: Vec<String>,
}

/// What somebody means with what they typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// Something is to happen.
    Input(PageInput),
    /// This is to be said.
    Say(String),
}

impl Teller {
    /// What is new on the page, line by line; empty where nothing is.
    pub(super) fn tell(&mut self, view: &View, words: &Words) -> Vec<String> {
        let moment = view.moment();
        let paused = matches!(&view.screen, Screen::Step(StepView { paused: true, .. }));
        match self.told.replace((moment.clone(), paused)) {
            Some((before, was_paused)) if before == moment => {
                let pause = if paused { Message::TerminalPaused } else { Message::TerminalGoesOn };
                (paused != was_paused).then(|| words.text(pause, &[])).into_iter().collect()
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
    }

    fn whole(&mut self, view: &View, words: &Words) -> Vec<String> {
        match &view.screen {
            Screen::Welcome(welcome) => {
                let help = welcome.help.iter().flat_map(help_lines);
                let keys = words.text(Message::TerminalKeysFirst, &[]);
                welcome.words.iter().cloned().chain(help).chain([keys]).collect()
            }
            Screen::First(FirstView { about, cautions, care, .. }) => {
                let title = [view.title.clone()];
                let all = title.iter().chain(about).chain(cautions).chain(care).cloned();
                all.chain([words.text(Message::TerminalKeysFirst, &[])]).collect()
            }
            Screen::Step(step) => self.step(step, words),
            Screen::Question { ending, .. } => {
                self.ending.clone_from(ending);
                ending.iter().cloned().chain([question(view, words)]).collect()
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
        let StepView { place, met, words: said, choices, paused, help, .. } = step;
        let mut lines: Vec<_> = met.iter().chain(said).cloned().collect();
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
        let known = &mut self.keys[usize::from(matches!(place, Place::Grounding { .. }))];
        if !std::mem::replace(known, true) {
            lines.push(keys(*place, words));
        }
        lines
    }
}

/// What a line typed at this screen means, or a key as a line of one character; Enter is an empty line. `None`: nothing.
pub(super) fn meant(view: &View, line: &str, words: &Words) -> Option<Meant> {
    let line = line.trim().to_lowercase();
    let input = match (&view.screen, line.as_str()) {
        (_, "q") => PageInput::Leave,
        (Screen::Farewell { .. }, _) => return None,
        (Screen::Question { .. }, "") => PageInput::Said(Said::default()),
        (Screen::Question { .. }, figure) => match figure.parse().ok().and_then(Tense::new) {
            Some(tense) => PageInput::Said(Said { tense: Some(tense), ..Said::default() }),
            None => return Some(Meant::Say(question(view, words))),
        },
        (_, "t") => PageInput::TooMuch,
        (Screen::Welcome(_) | Screen::First(_), "") => PageInput::Begin,
        (Screen::Welcome(_) | Screen::First(_), _) => {
            return Some(Meant::Say(words.text(Message::TerminalKeysFirst, &[])));
        }
        (Screen::Step(StepView { paused: true, .. }), "" | "p") => PageInput::Resume,
        (Screen::Step(_), "") => PageInput::Next,
        (Screen::Step(_), "b") => PageInput::Back,
        (Screen::Step(_), "p") => PageInput::Pause,
        (Screen::Step(step), figure) => {
            let line = chosen(step, figure).unwrap_or_else(|| keys(step.place, words));
            return Some(Meant::Say(line));
        }
    };
    Some(Meant::Input(input))
}

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
    let labels = &view.labels;
    format!(
        "{} ({}, {}) {}",
        labels.tense_question,
        labels.tense_least,
        labels.tense_most,
        words.text(Message::TerminalAnswer, &[])
    )
}

fn keys(place: Place, words: &Words) -> String {
    words.text(
        match place {
            Place::Practice { .. } => Message::TerminalKeysStep,
            Place::Grounding { .. } => Message::TerminalKeysGrounding,
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
    let line = |line: &HelpLine| format!("  {}  {}", line.number, line.places);
    [group.title.clone()].into_iter().chain(group.lines.iter().map(line)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::page::Scene;
    use crate::page::Sound;
    use crate::page::Visit;
    use crate::page::Wish;
    use crate::page::view_of;
    use crate::practice::Anchor;
    use crate::practice::HelpLines;
    use crate::practice::Length;
    use crate::practice::Library;
    use crate::practice::Session;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    /// A break in which no time passes, and all that was said in it.
    struct Taken {
        session: Session,
        visit: Visit,
        teller: Teller,
        said: String,
    }

    impl Taken {
        fn of(practice: &str, length: Length) -> Self {
            let library = Library::built_in().unwrap();
            let practice = Arc::clone(library.get(practice).unwrap());
            let mut session =
                Session::start(practice, length, Arc::clone(library.grounding()), NOW);
            session.handle(Visit::hold(), NOW);
            let visit = Visit::new(Anchor::Breath, Sound::SILENT, false);
            Self { session, visit, teller: Teller::default(), said: String::new() }.told()
        }

        fn view(&self, words: &Words) -> View {
            let help = HelpLines::built_in().unwrap();
            let session = Some(&self.session);
            view_of(&Scene::new(NOW, session, &self.visit, words, "de_AT.UTF-8", &help))
        }

        fn told(mut self) -> Self {
            let words = Words::new("en");
            let lines = self.teller.tell(&self.view(&words), &words);
            self.say(&lines);
            self
        }

        fn say(&mut self, lines: &[String]) {
            for line in lines {
                self.said.push_str(line);
                self.said.push('\n');
            }
        }

        /// Types a line, and returns what was said because of it.
        #[track_caller]
        fn types(mut self, line: &str) -> Self {
            self.said.extend(["> ", line, "\n"]);
            let words = Words::new("en");
            match meant(&self.view(&words), line, &words) {
                Some(Meant::Input(input)) => {
                    if let Some(Wish::Break(command)) =
                        self.visit.handle(input, self.session.state())
                    {
                        self.session.handle(command, NOW);
                    }
                }
                Some(Meant::Say(line)) => self.say(&[line]),
                None => {}
            }
            self.told()
        }
    }

    #[test]
    fn a_whole_break_is_said_once() {
        let taken = Taken::of("kind-hand", Length::TwentySeconds);
        let taken = taken.types("").types("P").types("p").types("").types("nine").types("7");
        insta::assert_snapshot!(taken.said, @r#"
    Kind hand
    A hand where it comforts, or none, and one kind thought.
    Turning inward can bring up hard feelings. This is known, and it happens to many people.
    If it does, you can look around or listen, feel the ground or the chair, or stop.
    “This is too much” is there at every step.
    Your eyes can stay open all the while. You can stop whenever you like.
    Chest pain, fainting, breathlessness, or a racing or irregular heart at rest that does not settle: please seek medical care now. A break is not the help that is needed then.
    kindbeat is not a medical device. It is for general well-being: it diagnoses nothing and treats nothing.
    An offer, or none, does not tell you whether you are well.
    Enter: Begin   q: Leave   t: This is too much
    > 
    If you like: a hand on arm, belly or chest.
    A kind thought alone is enough, too.
    Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
    > P
    Time stands still now. Enter goes on.
    > p
    It goes on.
    > 
    It is all right to feel overwhelmed.
    You are not alone in this. You can be gentle with yourself.
    > nine
    Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
    > 7
    Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
    "#);
    }

    #[test]
    fn words_to_choose_from_have_a_key_each_and_unknown_keys_are_answered_with_those_there_are() {
        let taken = Taken::of("self-compassion-break", Length::OneMinute);
        let begun = taken.said.len();
        let taken = taken.types("").types("2").types("9").types("b").types("x");
        insta::assert_snapshot!(taken.said[begun..], @"
        > 
        Something may be difficult right now.
        It can be here for a moment, just as it is.
        Perhaps a word comes close.
        1: hard   2: stressful   3: painful
        Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
        > 2
        This is stressful.
        > 9
        Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
        > b
        > x
        Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
        ");
    }

    #[test]
    fn this_is_too_much_leads_to_the_grounding_and_to_the_help_lines_once() {
        let taken = Taken::of("self-compassion-break", Length::OneMinute).types("");
        let begun = taken.said.len();
        let taken = taken.types("t").types("").types("t").types("q");
        insta::assert_snapshot!(taken.said[begun..], @r#"
    > t
    It was too much, and you stopped.
    Stopping is a way of taking care of yourself.
    The practice is over.
    You might look around, stand, stretch, or go to another room.
    Someone to turn to
    In an emergency:
      112  Europe and most mobile networks
    To talk with someone:
      142  Austria
    Everywhere else, and where a number no longer answers: the directory at findahelpline.com
    These numbers are as of November 2026.
    Enter: Next   b: Back   p: Pause   q: Leave
    > 
    You might look around, slowly.
    A colour. An edge. Something far away.
    > t
    > q
    Stopping was a way of taking care of yourself.
    kindbeat leaves you in peace for the rest of the day. You can still open a break yourself.
    Other places
    In an emergency:
      911  US, Canada
      999  UK
      000  Australia
      111  New Zealand
    To talk with someone:
      988  US and Canada
      116 123  UK and Ireland
      0800 111 0 111  Germany
      143  Switzerland
      3114  France
      113  Netherlands
      024  Spain
      13 11 14  Australia
      1737  New Zealand
    "#);
    }
}
