//! The section `[practice]` of the configuration. Pure.

use serde::Deserialize;
use serde::Serialize;

/// An unset key isn't the same as its default: the program may choose by itself where the owner didn't.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PracticeSettings {
    /// The id of the practice of a break. `None`: the self-compassion break, after trauma the soles of the feet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The length of a break when no length is requested.
    pub length: Length,
    /// The place for attention. `None`: the breath, after trauma the feet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    pub focus: Focus,
    /// Whether offers and pages show figures of the heart; never where `offer.mention_heart` is off.
    pub show_heart: bool,
    /// Whether soft tones go with the breath.
    pub tones: bool,
    /// Whether the steps are read aloud.
    pub voice: bool,
}

impl PracticeSettings {
    /// The anchor until something else is chosen.
    #[must_use]
    pub fn first_anchor(&self) -> Anchor {
        self.anchor.unwrap_or(match self.focus {
            Focus::AfterTrauma => Anchor::Feet,
            Focus::Anyone | Focus::Anxiety | Focus::LongLastingStress | Focus::Perfectionism => {
                Anchor::Breath
            }
        })
    }
}

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize,
)]
pub enum Length {
    #[serde(rename = "20s")]
    TwentySeconds,
    #[serde(rename = "1m")]
    OneMinute,
    #[default]
    #[serde(rename = "3m")]
    ThreeMinutes,
    #[serde(rename = "5m")]
    FiveMinutes,
}

impl Length {
    /// Shortest first.
    pub const ALL: [Self; 4] =
        [Self::TwentySeconds, Self::OneMinute, Self::ThreeMinutes, Self::FiveMinutes];

    #[must_use]
    pub const fn seconds(self) -> u32 {
        match self {
            Self::TwentySeconds => 20,
            Self::OneMinute => 60,
            Self::ThreeMinutes => 180,
            Self::FiveMinutes => 300,
        }
    }

    /// `None` when no length has that many seconds.
    #[must_use]
    pub fn from_seconds(seconds: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.seconds() == seconds)
    }

    /// `None` when no length has that name.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.as_str() == word)
    }

    /// The name in the configuration and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TwentySeconds => "20s",
            Self::OneMinute => "1m",
            Self::ThreeMinutes => "3m",
            Self::FiveMinutes => "5m",
        }
    }
}

/// Where attention rests during a break. All are equal choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    Breath,
    /// The soles of the feet.
    Feet,
    /// The hands, resting or touching.
    Hands,
    /// Sounds in and outside the room.
    Sound,
    /// Something to look at.
    Sight,
}

/// What the owner wants breaks and offers to be mindful of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Focus {
    /// Nothing in particular.
    #[default]
    Anyone,
    /// Offers don't mention the heart.
    Anxiety,
    /// Stress that has lasted long.
    #[serde(rename = "long-lasting stress")]
    LongLastingStress,
    /// A harsh inner critic.
    Perfectionism,
    /// Grounding practices come first, the breath only when chosen.
    #[serde(rename = "after trauma")]
    AfterTrauma,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_called_the_same_everywhere() {
        for length in Length::ALL {
            assert_eq!(serde_json::to_value(length).unwrap(), length.as_str());
            assert_eq!(Length::from_seconds(length.seconds()), Some(length));
            assert_eq!(Length::named(length.as_str()), Some(length));
        }
        assert_eq!(Length::from_seconds(61), None);
    }
}
