//! What stands on a page: plain words, whoever shows them.

use jiff::SignedDuration;

use crate::page::help::Help;
use crate::practice::Anchor;
use crate::practice::Place;
use crate::words::Message;
use crate::words::Words;

/// The page of a break at one moment.
#[derive(Clone, Debug, PartialEq)]
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
    /// What the buttons say, and what is said in their place.
    pub labels: Labels,
}

/// How a language is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Screen {
    /// Before the first step: what it is, and what may come up.
    First(FirstView),
    /// A step, of the practice or of the grounding.
    Step(StepView),
    /// The one question, after the last step.
    Question {
        /// The closing words of the break.
        ending: Vec<String>,
    },
    /// The last words.
    Farewell {
        /// Line by line.
        words: Vec<String>,
        /// Where to turn to, after "this is too much".
        help: Option<Help>,
        /// When the window closes.
        closing: Closing,
    },
}

/// The first page.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstView {
    /// What the practice is.
    pub about: Option<String>,
    /// What may come up and what to do, and for whom the practice is not; line by line.
    pub cautions: Vec<String>,
    /// When to seek care instead, and what the program is not; line by line.
    pub care: Vec<String>,
    /// What attention may rest on, where the practice leaves a choice.
    pub anchors: Option<Anchors>,
}

/// A step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepView {
    /// Which one.
    pub place: Place,
    /// How many there are.
    pub steps: usize,
    /// Said before the first step of the grounding: that stopping is self-care.
    pub met: Vec<String>,
    /// What is said, line by line.
    pub words: Vec<String>,
    /// Words to choose from, each with the line it shows.
    pub choices: Vec<ChoiceView>,
    /// What attention may rest on, where the words of the step depend on it.
    pub anchors: Option<Anchors>,
    /// Whether the shape widens and narrows as a breath does: only while attention rests on the breath.
    pub breathing: bool,
    /// Whether time stands still.
    pub paused: bool,
    /// How much of the step is still to come. It is not shown: no clock counts down.
    pub remaining: SignedDuration,
    /// Where to turn to: in the grounding only.
    pub help: Option<Help>,
}

/// A word to choose and the line it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceView {
    /// The word.
    pub word: String,
    /// The line.
    pub line: String,
}

/// What attention may rest on. All are equal choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchors {
    /// Each with its word.
    pub all: Vec<(Anchor, String)>,
    /// The one it rests on.
    pub chosen: Anchor,
}

/// When a window closes after the last words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
            Screen::First(_) => "first".to_owned(),
            Screen::Step(StepView { place: Place::Practice { step }, .. }) => {
                format!("step-{step}")
            }
            Screen::Step(StepView { place: Place::Grounding { step, .. }, .. }) => {
                format!("grounding-{step}")
            }
            Screen::Question { .. } => "question".to_owned(),
            Screen::Farewell { .. } => "farewell".to_owned(),
        }
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
        #[derive(Clone, Debug, PartialEq, Eq)]
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
    /// In place of the shape that moves.
    shape_still = ShapeStill,
    /// The one question.
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
