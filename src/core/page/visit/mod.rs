//! What a page adds to a break: words before its first step, and a question after its last.

use crate::practice::Anchor;
use crate::practice::Ending;
use crate::practice::Length;
use crate::practice::Liking;
use crate::practice::SessionCommand;
use crate::practice::SessionState;
use serde::Deserialize;
use serde::Serialize;

/// How far the person has come on the page, beyond what the session knows.
///
/// A break opens paused, with all of its first step still to come, and goes on once the first page was read: hand
/// [`Visit::pause_at_start`] to the session when the break begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Which screen of the first time is shown, from 0; `None`: they lie behind.
    welcome: Option<usize>,
    anchor: Anchor,
    sound: Sound,
    before: Option<Tense>,
    begun: bool,
    left: bool,
    answered: bool,
}

/// What can be heard. Nothing, unless it was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Sound {
    /// Soft tones for in and out.
    pub tones: bool,
    /// The steps, read aloud.
    pub voice: bool,
    /// How loud both are, 0 to 100.
    pub volume: u8,
}

impl Sound {
    /// Nothing; half as loud as can be, once something is chosen.
    pub const SILENT: Self = Self { tones: false, voice: false, volume: 50 };
}

/// What a person does on the page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum PageInput {
    /// From the first page to the first step.
    Begin,
    /// The next step now.
    Next,
    /// The step before.
    Back,
    /// Let time stand still.
    Pause,
    /// Go on.
    Resume,
    /// Out, at once, from wherever it is.
    Leave,
    /// This is too much.
    TooMuch,
    /// Attention is to rest on this.
    Anchor(Anchor),
    /// The break is to last so long: on the first page.
    Length(Length),
    /// Another practice, of those that the first page shows, counted from 0.
    Other(usize),
    /// The search for the owner's pace, where the first page offers it.
    FindPace,
    /// How tense it is before the break; `None`: taken back.
    Before(Option<Tense>),
    /// What is to be heard.
    Sound(Sound),
    /// What is said after the last step so far: kept where nobody comes to [`PageInput::Feedback`].
    Draft(Feedback),
    /// What is said after the last step; empty: skipped.
    Feedback(Feedback),
    /// A window began to show the page, or ceased to: look whether [any does](super::Pages::is_seen).
    #[serde(skip)]
    Watched,
    /// The last page is gone, however it went.
    #[serde(skip)]
    Closed,
}

/// What a person says of a break.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Feedback {
    /// How tense it was before.
    pub before: Option<Tense>,
    /// How tense it is now.
    pub tense: Option<Tense>,
    /// Whether more like it is wanted.
    pub liking: Option<Liking>,
    /// A line of their own, never empty: one line of at most [`Feedback::NOTE`] characters.
    pub note: Option<String>,
}

/// What follows from it outside the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Something is wanted of the break.
    Break(SessionCommand),
    /// The break is to last so long.
    Length(Length),
    /// Another practice is wanted, of those that the first page shows, counted from 0.
    Other(usize),
    /// The search for the owner's pace is wanted.
    FindPace,
    /// What was said of the break, or nothing: once a break, when it is over.
    Feedback(Feedback),
}

/// How tense it feels, from 0, not at all, to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Tense(u8);

impl Tense {
    /// As tense as can be.
    pub const MOST: u8 = 10;

    /// `None` above 10.
    #[must_use]
    pub fn new(figure: u8) -> Option<Self> {
        (figure <= Self::MOST).then_some(Self(figure))
    }

    /// The figure, 0 to 10.
    #[must_use]
    pub const fn figure(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Tense {
    type Error = String;

    fn try_from(figure: u8) -> Result<Self, String> {
        Self::new(figure).ok_or_else(|| format!("{figure} is above {}", Self::MOST))
    }
}

impl From<Tense> for u8 {
    fn from(tense: Tense) -> Self {
        tense.0
    }
}

impl Feedback {
    /// How long a note may be, in characters: one line.
    pub const NOTE: usize = 200;

    /// A note as it is kept: on one line, without control characters, cut at its length; `None` where nothing is left.
    #[must_use]
    pub fn note(typed: &str) -> Option<String> {
        let blank = |character: char| if character.is_control() { ' ' } else { character };
        let line: String = typed.trim().chars().map(blank).take(Self::NOTE).collect();
        let line = line.trim();
        (!line.is_empty()).then(|| line.to_owned())
    }
}

impl Visit {
    /// How many screens the first time has.
    pub const WELCOMES: usize = 3;

    /// A visit that begins with the first page, or with the screens of the first time; attention may rest on `anchor`.
    #[must_use]
    pub const fn new(anchor: Anchor, sound: Sound, first_time: bool) -> Self {
        let welcome = if first_time { Some(0) } else { None };
        Self { welcome, anchor, sound, before: None, begun: false, left: false, answered: false }
    }

    /// What to ask of the session as the break opens, so that no step passes while the first page is read.
    #[must_use]
    pub const fn pause_at_start() -> SessionCommand {
        SessionCommand::Pause
    }

    /// Which screen of the first time is shown, from 0; `None`: none, or no more.
    #[must_use]
    pub const fn welcome(&self) -> Option<usize> {
        self.welcome
    }

    /// What attention rests on.
    #[must_use]
    pub const fn anchor(&self) -> Anchor {
        self.anchor
    }

    /// What can be heard.
    #[must_use]
    pub const fn sound(&self) -> Sound {
        self.sound
    }

    /// How tense it was before the break; `None`: not said.
    #[must_use]
    pub const fn before(&self) -> Option<Tense> {
        self.before
    }

    /// Whether the first page lies behind.
    #[must_use]
    pub const fn begun(&self) -> bool {
        self.begun
    }

    /// Whether the person went, and did not only come to an end.
    #[must_use]
    pub const fn left(&self) -> bool {
        self.left
    }

    /// Whether the question was answered or skipped.
    #[must_use]
    pub const fn answered(&self) -> bool {
        self.answered
    }

    /// Takes in what the person does while the break is in `state`; what it does not fit, it leaves alone.
    pub fn handle(&mut self, input: PageInput, state: SessionState) -> Option<Wish> {
        if let PageInput::Sound(sound) = input {
            self.sound = Sound { volume: sound.volume.min(100), ..sound };
            return None;
        }
        if let SessionState::Ended { ending, .. } = state {
            return self.handle_after(input, ending);
        }
        let command = match input {
            PageInput::TooMuch => {
                (self.begun, self.welcome) = (true, None);
                SessionCommand::TooMuch
            }
            PageInput::Leave | PageInput::Closed => {
                self.left = true;
                SessionCommand::Leave
            }
            PageInput::Anchor(anchor) => {
                self.anchor = anchor;
                return None;
            }
            _ if !self.begun => return self.handle_before(&input),
            PageInput::Next => SessionCommand::Next,
            PageInput::Back => SessionCommand::Back,
            PageInput::Pause => SessionCommand::Pause,
            PageInput::Resume => SessionCommand::Resume,
            _ => return None,
        };
        Some(Wish::Break(command))
    }

    fn handle_before(&mut self, input: &PageInput) -> Option<Wish> {
        match (input, self.welcome) {
            (PageInput::Begin | PageInput::Next, Some(number)) => {
                self.welcome = Some(number + 1).filter(|next| *next < Self::WELCOMES);
            }
            (PageInput::Back, Some(number)) => self.welcome = Some(number.saturating_sub(1)),
            (PageInput::Begin | PageInput::Next, None) => {
                self.begun = true;
                return Some(Wish::Break(SessionCommand::Resume));
            }
            (PageInput::Before(tense), None) => self.before = *tense,
            (PageInput::Length(length), None) => return Some(Wish::Length(*length)),
            (PageInput::Other(index), None) => return Some(Wish::Other(*index)),
            (PageInput::FindPace, None) => return Some(Wish::FindPace),
            _ => {}
        }
        None
    }

    fn handle_after(&mut self, input: PageInput, ending: Ending) -> Option<Wish> {
        let said = match input {
            PageInput::Feedback(said) => said,
            PageInput::Leave | PageInput::Closed => {
                self.left = true;
                Feedback::default()
            }
            _ => return None,
        };
        let asked = ending == Ending::Completed && !self.answered;
        self.answered = true;
        asked.then_some(Wish::Feedback(Feedback { before: self.before, ..said }))
    }
}

#[cfg(test)]
mod tests;
