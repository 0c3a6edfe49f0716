//! What stands on a page: plain words, whoever shows them.

use jiff::SignedDuration;

use crate::breathing::Point;
use crate::page::help::Help;
use crate::page::visit::Sound;
use crate::page::visit::Tense;
use crate::practice::Anchor;
use crate::practice::Breath;
use crate::practice::Length;
use crate::practice::SessionPlace;
use crate::words::Message;
use crate::words::Words;
use serde::Deserialize;
use serde::Serialize;

/// The page of a break at one moment.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct View {
    /// The language of the words, as a tag: `en`.
    pub language: String,
    /// How that language is written.
    pub direction: Direction,
    /// What the break is called.
    pub title: String,
    /// What is shown.
    pub screen: Screen,
    /// The heart just now, in words; `None` where it is not to be shown or not known.
    pub heart: Option<String>,
    /// The heart's line; `None` where none is to be shown.
    pub line: Option<LineView>,
    /// What can be heard.
    pub sound: Sound,
    /// Whether the page itself has to read the steps aloud: nothing else on this machine does.
    pub reads_aloud: bool,
    /// What the buttons say, and what is said in their place.
    pub labels: Labels,
}

/// How a language is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub enum Screen {
    /// The first time, before anything else: one of [`Visit::WELCOMES`](crate::page::Visit::WELCOMES) screens.
    Welcome(WelcomeView),
    /// Before the first step: what it is, what may come up, and what else there is.
    First(FirstView),
    /// A step, of the practice or of the grounding.
    Step(StepView),
    /// The one question, after the last step.
    Question {
        /// The closing words of the break.
        ending: Vec<String>,
        /// How the heart moved; `None` where it is not to be shown, or too little is known.
        course: Option<Course>,
    },
    /// The last words.
    Farewell {
        /// Line by line.
        words: Vec<String>,
        /// Where to turn to, after "this is too much" and where the answers ask for it.
        help: Option<Help>,
        /// When the window closes.
        closing: Closing,
    },
}

/// A screen of the first time.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct WelcomeView {
    /// Which one, from 0.
    pub number: usize,
    /// What is said, line by line.
    pub words: Vec<String>,
    /// Where to turn to, on the screen that says when to seek care.
    pub help: Option<Help>,
}

/// How long the break may last.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct LengthView {
    /// The length.
    pub length: Length,
    /// In words: "3 minutes".
    pub words: String,
    /// Whether the break lasts so long.
    pub chosen: bool,
}

/// Another practice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct OtherView {
    /// What it is called.
    pub title: String,
    /// What it is.
    pub about: Option<String>,
}

/// How the heart moved in the course of a break.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Course {
    /// From left to right: where between the begin and the end of the break, and where between the lowest and the highest
    /// rate, both 0 to 1.
    pub line: Vec<(f64, f64)>,
    /// The same in words.
    pub words: String,
}

/// The first page.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct FirstView {
    /// What the practice is.
    pub about: Option<String>,
    /// What may come up and what to do, and for whom the practice is not; line by line.
    pub cautions: Vec<String>,
    /// The lengths the practice has.
    pub lengths: Vec<LengthView>,
    /// Other practices that may fit, two at most.
    pub others: Vec<OtherView>,
    /// Whether the search for the owner's pace is offered.
    pub finds_pace: bool,
    /// How tense it was said to be before; `None`: not said.
    pub before: Option<Tense>,
    /// When to seek care instead, and what the program is not; line by line.
    pub care: Vec<String>,
    /// What attention may rest on, where the practice leaves a choice.
    pub anchors: Option<Anchors>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct StepView {
    /// Which one.
    pub place: SessionPlace,
    /// How many there are.
    pub steps: usize,
    /// Feedback before the first step of the grounding: that stopping is self-care.
    pub met: Vec<String>,
    /// What is said, line by line.
    pub words: Vec<String>,
    /// Words to choose from, each with the line it shows.
    pub choices: Vec<ChoiceView>,
    /// What attention may rest on, where the words of the step depend on it.
    pub anchors: Option<Anchors>,
    /// The breath that the shape shows; `None`: it stands still.
    pub guide: Option<Guide>,
    /// Whether time stands still.
    pub paused: bool,
    /// How much of the step is still to come. It is not shown: no clock counts down.
    pub remaining: SignedDuration,
    /// Where to turn to: in the grounding only.
    pub help: Option<Help>,
}

/// The heart's rate as a line, beside a breath to go along with.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct LineView {
    /// The points of the last while, oldest first; none where the line cannot be trusted.
    pub points: Vec<Point>,
    /// What there is to say of it, in its place where there are no points.
    pub words: String,
}

/// A breath to go along with, or not.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Guide {
    /// How the breath goes.
    pub breath: Breath,
    /// How long one takes, in and out.
    pub cycle: SignedDuration,
    /// The same in words, where nothing is to move.
    pub still: String,
}

/// A word to choose and the line it shows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ChoiceView {
    /// The word.
    pub word: String,
    /// The line.
    pub line: String,
}

/// What attention may rest on. All are equal choices.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Anchors {
    /// Each with its word.
    pub all: Vec<(Anchor, String)>,
    /// The one it rests on.
    pub chosen: Anchor,
}

/// When a window closes after the last words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Closing {
    /// At once: the person left.
    AtOnce,
    /// When the words have been read.
    WhenRead,
    /// Not by itself: there are numbers on it that may be needed.
    ByHand,
}

impl View {
    /// Which moment of the break this is: changes with every step and every page, and with nothing else.
    #[must_use]
    pub fn moment(&self) -> String {
        match &self.screen {
            Screen::Welcome(welcome) => format!("welcome-{}", welcome.number),
            Screen::First(_) => "first".to_owned(),
            Screen::Step(StepView { place: SessionPlace::Practice { step }, .. }) => {
                format!("step-{step}")
            }
            Screen::Step(StepView { place: SessionPlace::Grounding { step, .. }, .. }) => {
                format!("grounding-{step}")
            }
            Screen::Question { .. } => "question".to_owned(),
            Screen::Farewell { .. } => "farewell".to_owned(),
        }
    }

    /// What is to be read aloud at this moment, line by line; `None` where nothing is: before the first step, after the last one, and
    /// while time stands still.
    #[must_use]
    pub fn spoken(&self) -> Option<String> {
        let Screen::Step(StepView { paused: false, met, words, .. }) = &self.screen else {
            return None;
        };
        Some(met.iter().chain(words).cloned().collect::<Vec<_>>().join("\n"))
    }

    /// Whether nothing more is to come: the page may go after a while.
    #[must_use]
    pub fn is_over(&self) -> bool {
        match &self.screen {
            Screen::Farewell { closing, .. } => *closing != Closing::ByHand,
            _ => false,
        }
    }
}

macro_rules! labels {
    ($($(#[doc = $doc:literal])+ $field:ident = $message:ident,)+) => {
        /// What the buttons say, and what is said in their place.
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
        pub struct Labels {
            $($(#[doc = $doc])+ pub $field: String,)+
        }

        impl Labels {
            /// In the language of `words`.
            #[must_use]
            pub fn new(words: &Words) -> Self {
                Self { $($field: words.text(Message::$message, &[]),)+ }
            }
        }
    };
}

labels! {
    /// From the first page to the first step.
    begin = Begin,
    /// The next step.
    next = Next,
    /// The step before.
    back = Back,
    /// Let time stand still.
    pause = Pause,
    /// Go on.
    resume = Resume,
    /// Out.
    leave = Leave,
    /// This is too much.
    too_much = TooMuch,
    /// What opens when to seek care.
    care_title = CareTitle,
    /// Before what attention may rest on.
    anchor_title = AnchorTitle,
    /// What the words to choose from are called.
    choices_title = ChoicesTitle,
    /// What the buttons are called.
    controls_title = ControlsTitle,
    /// How the screens of the first time are called.
    welcome_title = WelcomeTitle,
    /// What the lengths are called.
    lengths_title = LengthsTitle,
    /// The search for one's pace.
    find_pace = FindPace,
    /// Above other practices.
    others_title = OthersTitle,
    /// What opens the question before the break.
    before_title = BeforeTitle,
    /// What opens what can be heard.
    sound_title = SoundTitle,
    /// Soft tones.
    sound_tones = SoundTones,
    /// Read aloud.
    sound_voice = SoundVoice,
    /// How loud.
    sound_volume = SoundVolume,
    /// More like this.
    more_like_this = MoreLikeThis,
    /// Less like this.
    less_like_this = LessLikeThis,
    /// What the two are called.
    liking_title = LikingTitle,
    /// Above the line of one's own.
    note_title = NoteTitle,
    /// What opens how the heart moved.
    course_title = CourseTitle,
    /// What the heart's line is called.
    line_title = LineTitle,
    /// The question after the break.
    tense_question = TenseQuestion,
    /// What 0 stands for.
    tense_least = TenseLeast,
    /// What 10 stands for.
    tense_most = TenseMost,
    /// Give the answer.
    done = Done,
    /// Give none.
    skip = Skip,
    /// Close the page.
    close = Close,
    /// Where the page cannot close itself.
    may_close = MayClose,
    /// The daemon went away.
    gone = PageGone,
    /// The address was used already, or too late.
    refused = PageRefused,
    /// The page has no script.
    no_script = PageNoScript,
}
