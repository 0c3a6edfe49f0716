//! Which words stand on the page.

mod after;
mod before;

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::breathing::BreathPace;
use crate::page::following::Following;
use crate::page::help::Help;
use crate::page::view::Anchors;
use crate::page::view::ChoiceView;
use crate::page::view::Closing;
use crate::page::view::Direction;
use crate::page::view::Guide;
use crate::page::view::Labels;
use crate::page::view::LineView;
use crate::page::view::Screen;
use crate::page::view::StepView;
use crate::page::view::View;
use crate::page::visit::Sound;
use crate::page::visit::Visit;
use crate::practice::Anchor;
use crate::practice::Breath;
use crate::practice::Choice;
use crate::practice::HelpLines;
use crate::practice::Practice;
use crate::practice::Session;
use crate::practice::SessionPlace;
use crate::practice::SessionState;
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
    /// Other practices that fit, for the first page; see [`others`](crate::practice::others).
    pub others: &'a [Arc<Practice>],
    /// How long a breath of the guide takes, in and out.
    pub cycle: SignedDuration,
    /// The heart's line; looked at only where the heart may be shown.
    pub following: Option<Following<'a>>,
    /// The heart since the break began: when, and in beats a minute.
    pub course: &'a [(Timestamp, f64)],
    /// Whether the answers of late ask for help lines below the last words.
    pub needs_help: bool,
    /// Whether something else on this machine reads the steps aloud.
    pub is_read_aloud: bool,
}

impl<'a> Scene<'a> {
    /// The page of a break of which nothing else is known.
    #[must_use]
    pub fn new(
        now: Timestamp,
        session: Option<&'a Session>,
        visit: &'a Visit,
        words: &'a Words,
        locale: &'a str,
        help: &'a HelpLines,
    ) -> Self {
        Self {
            now,
            session,
            visit,
            words,
            locale,
            help,
            heart: None,
            show_heart: false,
            others: &[],
            cycle: BreathPace::default().cycle(),
            following: None,
            course: &[],
            needs_help: false,
            is_read_aloud: false,
        }
    }
}

/// What stands on the page before the first break.
#[must_use]
pub fn empty_page(words: &Words, locale: &str, help: &HelpLines) -> View {
    let visit = Visit::new(Anchor::Breath, Sound::SILENT, false);
    view_of(&Scene::new(Timestamp::UNIX_EPOCH, None, &visit, words, locale, help))
}

/// What stands on the page. The same scene gives the same words.
#[must_use]
pub fn view_of(scene: &Scene<'_>) -> View {
    let language = scene.words.language();
    let title = scene.session.map(|session| scene.say(session.practice().title()));
    View {
        language: language.to_owned(),
        direction: direction(language),
        title: match scene.visit.welcome() {
            Some(_) if scene.under_way() => scene.words.text(Message::WelcomeTitle, &[]),
            _ => title.unwrap_or_default(),
        },
        screen: scene.session.map_or_else(|| scene.nothing(), |session| scene.screen(session)),
        heart: scene.heart(),
        line: scene.line(),
        sound: scene.visit.sound(),
        reads_aloud: scene.visit.sound().voice && !scene.is_read_aloud,
        labels: Labels::new(scene.words),
    }
}

impl Scene<'_> {
    fn under_way(&self) -> bool {
        let state = self.session.map(Session::state);
        state.is_some_and(|state| !matches!(state, SessionState::Ended { .. }))
    }

    fn screen(&self, session: &Session) -> Screen {
        let (place, paused, remaining) = match session.state() {
            SessionState::Ended { ending, .. } => return self.after(ending),
            _ if !self.visit.begun() => return self.before(session),
            SessionState::Running { place, until, .. } => {
                (place, false, until.duration_since(self.now))
            }
            SessionState::Paused { place, remaining, .. } => (place, true, remaining),
        };
        let Some(step) = session.step() else { return self.nothing() };
        let grounding = matches!(place, SessionPlace::Grounding { .. });
        Screen::Step(StepView {
            place,
            steps: session.steps(),
            met: match place {
                SessionPlace::Grounding { step: 0, .. } => self.lines(Message::TooMuchMet),
                _ => Vec::new(),
            },
            words: self.step_words(step),
            choices: self.choices(step),
            anchors: self.anchors(std::iter::once(&step.say)),
            guide: if grounding { None } else { self.guide(step) },
            paused,
            remaining: remaining.max(SignedDuration::ZERO),
            help: grounding.then(|| self.help()),
        })
    }

    /// What is said, and after a search what it found.
    fn step_words(&self, step: &Step) -> Vec<String> {
        let found = self.following.filter(|_| self.show_heart && step.breath.is_none());
        let found = found.and_then(|following| following.found(self.words));
        let said = lines(&self.say(&step.say));
        found.map(|found| lines(&found)).unwrap_or_default().into_iter().chain(said).collect()
    }

    /// The heart's line, where the step goes with a breath at the owner's pace.
    fn line(&self) -> Option<LineView> {
        let place = self.session.map(Session::state).and_then(|state| match state {
            SessionState::Running { place, .. } | SessionState::Paused { place, .. } => Some(place),
            SessionState::Ended { .. } => None,
        });
        let breath = self.session.and_then(Session::step).and_then(|step| step.breath);
        let shown = self.show_heart
            && self.visit.begun()
            && matches!(place, Some(SessionPlace::Practice { .. }))
            && matches!(breath, Some(Breath::Slow | Breath::Search));
        self.following.filter(|_| shown).map(|following| following.view(self.words))
    }

    /// A step with a breath of its own shows it; elsewhere attention that rests on the breath sees one come and go.
    fn guide(&self, step: &Step) -> Option<Guide> {
        let text = |message, args: &[_]| self.words.text(message, args);
        // Out takes longer than in: three parts of five.
        let seconds = |fifths: f64| (self.cycle.as_secs_f64() / 5.0 * fifths).round();
        let (breath, still) = match step.breath {
            Some(breath @ (Breath::Slow | Breath::Search)) => {
                let count = [("in", seconds(2.0).into()), ("out", seconds(3.0).into())];
                (breath, text(Message::ShapeCount, &count))
            }
            Some(Breath::LongOut) => (Breath::LongOut, text(Message::ShapeLongOut, &[])),
            None if self.visit.anchor() == Anchor::Breath => {
                (Breath::Slow, text(Message::ShapeStill, &[]))
            }
            None => return None,
        };
        Some(Guide { breath, cycle: self.cycle, still })
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
