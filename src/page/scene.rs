//! Which words stand on the page.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::page::help::Help;
use crate::page::view::Anchors;
use crate::page::view::ChoiceView;
use crate::page::view::Closing;
use crate::page::view::Direction;
use crate::page::view::FirstView;
use crate::page::view::Labels;
use crate::page::view::Screen;
use crate::page::view::StepView;
use crate::page::view::View;
use crate::page::visit::Visit;
use crate::practice::Anchor;
use crate::practice::Choice;
use crate::practice::Ending;
use crate::practice::HelpLines;
use crate::practice::Place;
use crate::practice::Practice;
use crate::practice::Session;
use crate::practice::State;
use crate::practice::Step;
use crate::practice::Text;
use crate::words::Message;
use crate::words::Words;

/// All that a page depends on.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// Now.
    pub now: Timestamp,
    /// The break; `None` where there is none.
    pub session: Option<&'a Session>,
    /// How far the person has come on the page.
    pub visit: &'a Visit,
    /// The words of their language.
    pub words: &'a Words,
    /// Their locale, `en_AT.UTF-8`: which help lines stand first.
    pub locale: &'a str,
    /// The help lines.
    pub help: &'a HelpLines,
    /// The heart in beats a minute; `None` where it is not known.
    pub heart: Option<f64>,
    /// Whether it may be shown: `practice.show_heart`, and never where the heart is not to be mentioned.
    pub show_heart: bool,
}

/// What stands on the page. The same scene gives the same words.
#[must_use]
pub fn view_of(scene: &Scene<'_>) -> View {
    let language = scene.words.language();
    let title = scene.session.map(|session| scene.say(session.practice().title()));
    View {
        language: language.to_owned(),
        direction: direction(language),
        title: title.unwrap_or_default(),
        screen: scene.session.map_or_else(|| scene.nothing(), |session| scene.screen(session)),
        heart: scene.heart(),
        labels: Labels::new(scene.words),
    }
}

impl Scene<'_> {
    fn screen(&self, session: &Session) -> Screen {
        let (place, paused, remaining) = match session.state() {
            State::Ended { ending, .. } => return self.after(ending),
            _ if !self.visit.begun() => return Screen::First(self.first(session.practice())),
            State::Running { place, until, .. } => (place, false, until.duration_since(self.now)),
            State::Paused { place, remaining, .. } => (place, true, remaining),
        };
        let Some(step) = session.step() else { return self.nothing() };
        let grounding = matches!(place, Place::Grounding { .. });
        Screen::Step(StepView {
            place,
            steps: session.steps(),
            met: match place {
                Place::Grounding { step: 0, .. } => self.lines(Message::TooMuchMet),
                _ => Vec::new(),
            },
            words: lines(&self.say(&step.say)),
            choices: self.choices(step),
            anchors: self.anchors(std::iter::once(&step.say)),
            breathing: self.visit.anchor() == Anchor::Breath && !grounding,
            paused,
            remaining: remaining.max(SignedDuration::ZERO),
            help: grounding.then(|| self.help()),
        })
    }

    fn first(&self, practice: &Practice) -> FirstView {
        let inward = practice.inward().then(|| self.lines(Message::CautionInward));
        let own = practice.caution().map(|caution| lines(&self.say(caution)));
        let eyes = Some(self.lines(Message::EyesOpen));
        FirstView {
            about: practice.about().map(|about| self.say(about)),
            cautions: [own, inward, eyes].into_iter().flatten().flatten().collect(),
            care: [Message::SeekCare, Message::NotMedical]
                .into_iter()
                .flat_map(|message| self.lines(message))
                .collect(),
            anchors: self.anchors(practice.texts()),
        }
    }

    fn after(&self, ending: Ending) -> Screen {
        let words = match ending {
            Ending::Completed if !self.visit.answered() => {
                return Screen::Question { ending: self.lines(Message::EndingCompleted) };
            }
            Ending::Completed => Message::EndingCompleted,
            Ending::Left { .. } => Message::EndingLeft,
            Ending::TooMuch { .. } => Message::EndingTooMuch,
        };
        let too_much = matches!(ending, Ending::TooMuch { .. });
        Screen::Farewell {
            words: self.lines(words),
            help: too_much.then(|| self.help()),
            closing: match ending {
                _ if self.visit.left() => Closing::AtOnce,
                Ending::TooMuch { .. } => Closing::ByHand,
                Ending::Completed | Ending::Left { .. } => Closing::WhenRead,
            },
        }
    }

    fn nothing(&self) -> Screen {
        let words = self.lines(Message::NoBreak);
        Screen::Farewell { words, help: None, closing: Closing::WhenRead }
    }

    fn choices(&self, step: &Step) -> Vec<ChoiceView> {
        let choice = |choice: &Choice| ChoiceView {
            word: self.say(&choice.word),
            line: self.say(&choice.line),
        };
        step.choices.iter().map(choice).collect()
    }

    /// The anchors, where any of the texts says something else for another one.
    fn anchors<'t>(&self, mut texts: impl Iterator<Item = &'t Text>) -> Option<Anchors> {
        let depends = texts.any(|text| {
            let breath = self.say_for(text, Anchor::Breath);
            ANCHORS.iter().any(|(anchor, _)| self.say_for(text, *anchor) != breath)
        });
        depends.then(|| Anchors {
            all: ANCHORS.map(|(anchor, message)| (anchor, self.words.text(message, &[]))).to_vec(),
            chosen: self.visit.anchor(),
        })
    }

    fn heart(&self) -> Option<String> {
        let rate = self.heart.filter(|rate| self.show_heart && rate.is_finite())?;
        Some(self.words.text(Message::HeartNow, &[("rate", rate.round().into())]))
    }

    fn help(&self) -> Help {
        Help::new(self.help, self.locale, self.words)
    }

    fn lines(&self, message: Message) -> Vec<String> {
        lines(&self.words.text(message, &[]))
    }

    fn say(&self, text: &Text) -> String {
        self.say_for(text, self.visit.anchor())
    }

    fn say_for(&self, text: &Text, anchor: Anchor) -> String {
        text.say(|id| self.words.text(id, &[("anchor", anchor.as_str().into())]))
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn direction(language: &str) -> Direction {
    let language = language.split('-').next().unwrap_or_default();
    if RIGHT_TO_LEFT.contains(&language) { Direction::RightToLeft } else { Direction::LeftToRight }
}

const ANCHORS: [(Anchor, Message); 5] = [
    (Anchor::Breath, Message::AnchorBreath),
    (Anchor::Feet, Message::AnchorFeet),
    (Anchor::Hands, Message::AnchorHands),
    (Anchor::Sound, Message::AnchorSound),
    (Anchor::Sight, Message::AnchorSight),
];

/// Languages whose usual script is written from right to left (CLDR, `characterOrder`).
const RIGHT_TO_LEFT: [&str; 10] = ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];

#[cfg(test)]
mod tests;
