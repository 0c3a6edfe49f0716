//! What a practice is: its steps, their words, and how long each lasts in each length.
//!
//! How a practice is written down is in `file.rs`; that is also the only way to make one, so a practice that exists keeps
//! every rule given there.

use std::fmt;

use jiff::SignedDuration;
use serde::Deserialize;

use crate::practice::settings::Anchor;
use crate::practice::settings::Focus;
use crate::practice::settings::Length;
use crate::words::Message;
use serde::Serialize;

/// One practice: a guided pause in the lengths that suit it.
#[derive(Clone, Debug, PartialEq)]
pub struct Practice {
    pub(super) id: String,
    pub(super) title: Text,
    pub(super) about: Option<Text>,
    pub(super) caution: Option<Text>,
    pub(super) inward: bool,
    pub(super) suits: Vec<Focus>,
    pub(super) day: Vec<PartOfDay>,
    pub(super) steps: Vec<Step>,
    pub(super) lengths: Vec<Length>,
}

impl Practice {
    /// The name by which it is asked for: `kind-hand`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is called.
    #[must_use]
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// One sentence on what it is.
    #[must_use]
    pub fn about(&self) -> Option<&Text> {
        self.about.as_ref()
    }

    /// For whom it is not, or when to stop; said before it begins, besides what is said before every inward practice.
    #[must_use]
    pub fn caution(&self) -> Option<&Text> {
        self.caution.as_ref()
    }

    /// Whether it turns attention inward: then it is said beforehand that hard feelings may come up.
    #[must_use]
    pub fn inward(&self) -> bool {
        self.inward
    }

    /// For which focus it is among the first to think of; empty: for none in particular.
    #[must_use]
    pub fn suits(&self) -> &[Focus] {
        &self.suits
    }

    /// At which times of the day it is among the first to think of; empty: at any.
    #[must_use]
    pub fn day(&self) -> &[PartOfDay] {
        &self.day
    }

    /// Whether a step of it goes with a breath at the owner's pace, so that the heart can be seen following.
    #[must_use]
    pub fn follows_heart(&self) -> bool {
        self.steps.iter().any(|step| step.breath == Some(Breath::Slow))
    }

    /// Every step of every length, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The lengths it is offered in, shortest first; at least one.
    #[must_use]
    pub fn lengths(&self) -> &[Length] {
        &self.lengths
    }

    /// The steps of one length and how long each lasts; none where it is not offered in that length.
    pub fn steps_in(&self, length: Length) -> impl Iterator<Item = (&Step, SignedDuration)> {
        self.steps.iter().filter_map(move |step| Some((step, step.lasts_in(length)?)))
    }

    /// The length to begin when `asked` is asked for: that one, else the next shorter one, else the shortest.
    #[must_use]
    pub fn nearest_length(&self, asked: Length) -> Length {
        let not_longer = |length: &Length| length.seconds() <= asked.seconds();
        let shorter = self.lengths.iter().rev().copied().find(not_longer);
        shorter.or_else(|| self.lengths.first().copied()).unwrap_or(asked)
    }

    /// Which elements its steps hold, each once, in the order in which they first come.
    #[must_use]
    pub fn elements(&self) -> Vec<Element> {
        let mut elements = Vec::new();
        for step in &self.steps {
            if !elements.contains(&step.element) {
                elements.push(step.element);
            }
        }
        elements
    }

    /// Every text it says or shows.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let around = [Some(&self.title), self.about.as_ref(), self.caution.as_ref()];
        around.into_iter().flatten().chain(self.steps.iter().flat_map(Step::texts))
    }
}

/// One step of a practice.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What the step is there for.
    pub element: Element,
    /// What is said.
    pub say: Text,
    /// The breath that a guide shows, whatever attention rests on; `None`: none of its own.
    pub breath: Option<Breath>,
    /// Words to choose from, if the step offers any. Choosing none is fine too.
    pub choices: Vec<Choice>,
    /// How long it lasts in each length it is part of, 5 s to 10 min.
    pub lasts: Vec<(Length, SignedDuration)>,
}

impl Step {
    /// How long it lasts in `length`; `None` where it is left out.
    #[must_use]
    pub fn lasts_in(&self, length: Length) -> Option<SignedDuration> {
        self.lasts.iter().find(|(in_length, _)| *in_length == length).map(|(_, lasts)| *lasts)
    }

    /// Every text of the step.
    fn texts(&self) -> impl Iterator<Item = &Text> {
        let choices = self.choices.iter().flat_map(|choice| [&choice.word, &choice.line]);
        std::iter::once(&self.say).chain(choices)
    }
}

/// One of a few words to choose from, and the line that is said with it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The word to choose: "steady".
    pub word: Text,
    /// The line that is then said.
    pub line: Text,
}

/// A breath that a guide shows. Neither is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Breath {
    /// In, and a little longer out, at the owner's pace.
    #[serde(rename = "slow")]
    Slow,
    /// Two short ones in, a long one out.
    #[serde(rename = "long out")]
    LongOut,
    /// In, and a little longer out, slower step by step: the search for the owner's pace.
    #[serde(rename = "search")]
    Search,
}

/// A part of the day, by the local clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartOfDay {
    /// Until noon.
    Morning,
    /// From noon to five.
    Afternoon,
    /// From five on.
    Evening,
}

impl PartOfDay {
    /// The part of the day that an hour, 0 to 23, belongs to.
    #[must_use]
    pub const fn at(hour: i8) -> Self {
        match hour {
            ..12 => Self::Morning,
            12..17 => Self::Afternoon,
            17.. => Self::Evening,
        }
    }
}

/// What a step is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Element {
    /// Noticing what is here, without judging it.
    #[serde(rename = "mindfulness")]
    Mindfulness,
    /// Remembering that others feel this too.
    #[serde(rename = "common humanity")]
    CommonHumanity,
    /// Speaking to oneself as to a friend.
    #[serde(rename = "self-kindness")]
    SelfKindness,
    /// Turning to the room, the feet, what is solid.
    #[serde(rename = "grounding")]
    Grounding,
}

impl Element {
    /// What it is called.
    #[must_use]
    pub const fn message(self) -> Message {
        match self {
            Self::Mindfulness => Message::ElementMindfulness,
            Self::CommonHumanity => Message::ElementCommonHumanity,
            Self::SelfKindness => Message::ElementSelfKindness,
            Self::Grounding => Message::ElementGrounding,
        }
    }
}

/// Words, or the name of the message that holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// The words themselves: in practices of one's own.
    Literal(String),
    /// A message that can be translated: in the built-in practices. It may depend on the anchor.
    Message(String),
}

impl Text {
    /// The words, where `message` says what a message holds.
    #[must_use]
    pub fn say(&self, message: impl FnOnce(&str) -> String) -> String {
        match self {
            Self::Literal(words) => words.clone(),
            Self::Message(id) => message(id),
        }
    }
}

impl Anchor {
    /// The word by which a message chooses what it says for this anchor.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Breath => "breath",
            Self::Feet => "feet",
            Self::Hands => "hands",
            Self::Sound => "sound",
            Self::Sight => "sight",
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
