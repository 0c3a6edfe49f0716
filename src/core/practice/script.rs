//! The script of a practice: its steps, their words, and how long each lasts in each length. Pure.
//!
//! `file.rs` describes the format of a file and is the only way to make a practice, so every practice keeps the limits given
//! there.

use std::fmt;

use jiff::SignedDuration;
use serde::Deserialize;

use crate::practice::settings::Anchor;
use crate::practice::settings::Focus;
use crate::practice::settings::Length;
use crate::words::Message;
use serde::Serialize;

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
    /// `kind-hand`, for example.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    #[must_use]
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// One sentence that describes it.
    #[must_use]
    pub fn about(&self) -> Option<&Text> {
        self.about.as_ref()
    }

    /// For whom it isn't, or when to stop; shown before it begins, beside the general caution of inward practices.
    #[must_use]
    pub fn caution(&self) -> Option<&Text> {
        self.caution.as_ref()
    }

    /// Whether it turns attention inward: the page then warns that hard feelings may come up.
    #[must_use]
    pub fn inward(&self) -> bool {
        self.inward
    }

    /// The focuses for which it's offered first; empty: none in particular.
    #[must_use]
    pub fn suits(&self) -> &[Focus] {
        &self.suits
    }

    /// The times of the day at which it's offered first; empty: any.
    #[must_use]
    pub fn day(&self) -> &[PartOfDay] {
        &self.day
    }

    /// Whether a step goes with a breath at the owner's pace, so that the heart can be shown following.
    #[must_use]
    pub fn follows_heart(&self) -> bool {
        self.steps.iter().any(|step| step.breath == Some(Breath::Slow))
    }

    /// Every step of every length, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Shortest first; at least one.
    #[must_use]
    pub fn lengths(&self) -> &[Length] {
        &self.lengths
    }

    /// The steps of one length and how long each lasts; empty when the practice lacks that length.
    pub fn steps_in(&self, length: Length) -> impl Iterator<Item = (&Step, SignedDuration)> {
        self.steps.iter().filter_map(move |step| Some((step, step.lasts_in(length)?)))
    }

    /// The requested length, or else the next shorter one, or else the shortest.
    #[must_use]
    pub fn nearest_length(&self, asked: Length) -> Length {
        let not_longer = |length: &Length| length.seconds() <= asked.seconds();
        let shorter = self.lengths.iter().rev().copied().find(not_longer);
        shorter.or_else(|| self.lengths.first().copied()).unwrap_or(asked)
    }

    /// The elements of its steps, each once, in the order of their first step.
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

    /// Every text of the practice, the steps included.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let around = [Some(&self.title), self.about.as_ref(), self.caution.as_ref()];
        around.into_iter().flatten().chain(self.steps.iter().flat_map(Step::texts))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub element: Element,
    pub say: Text,
    /// The breath of the guide, whatever the anchor; `None`: no guide.
    pub breath: Option<Breath>,
    /// Words to choose from; choosing none is fine too.
    pub choices: Vec<Choice>,
    /// The time in each length that has this step, 5 s to 10 min.
    pub lasts: Vec<(Length, SignedDuration)>,
}

impl Step {
    /// `None` when the length leaves the step out.
    #[must_use]
    pub fn lasts_in(&self, length: Length) -> Option<SignedDuration> {
        self.lasts.iter().find(|(in_length, _)| *in_length == length).map(|(_, lasts)| *lasts)
    }

    fn texts(&self) -> impl Iterator<Item = &Text> {
        let choices = self.choices.iter().flat_map(|choice| [&choice.word, &choice.line]);
        std::iter::once(&self.say).chain(choices)
    }
}

/// A word to choose, and the line that is then shown.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// `steady`, for example.
    pub word: Text,
    pub line: Text,
}

/// The breath of a guide; no breath is held.
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

/// By the local clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartOfDay {
    /// Before noon.
    Morning,
    /// From noon to five.
    Afternoon,
    /// From five on.
    Evening,
}

impl PartOfDay {
    /// `hour` is 0 to 23.
    #[must_use]
    pub const fn at(hour: i8) -> Self {
        match hour {
            ..12 => Self::Morning,
            12..17 => Self::Afternoon,
            17.. => Self::Evening,
        }
    }
}

/// The purpose of a step: the elements of self-compassion, and grounding.
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

/// Words, or the id of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// In the owner's own practices.
    Literal(String),
    /// In built-in practices. The message may depend on the anchor.
    Message(String),
}

impl Text {
    /// The words; `message` gives those of a message.
    #[must_use]
    pub fn say(&self, message: impl FnOnce(&str) -> String) -> String {
        match self {
            Self::Literal(words) => words.clone(),
            Self::Message(id) => message(id),
        }
    }
}

impl Anchor {
    /// The selector of messages that depend on the anchor.
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
