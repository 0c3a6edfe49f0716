//! What the owner can set about the break: the section `[practice]` of the configuration.

use serde::Deserialize;
use serde::Serialize;

/// The section `[practice]`. An unset key is not the same as one set to its usual value: what was not chosen may be chosen for
/// the owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PracticeSettings {
    /// The name of the practice that opens when none is asked for. `None`: the self-compassion break, after trauma the soles of
    /// the feet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// How long a break lasts when no length is asked for.
    pub length: Length,
    /// Where attention may rest. `None`: the breath, after trauma the feet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// What the owner would like the breaks to be mindful of.
    pub focus: Focus,
    /// Whether offers and pages show the heart in figures; never where `offer.mention_heart` is off.
    pub show_heart: bool,
    /// Whether soft tones go with the breath, in and out.
    pub tones: bool,
    /// Whether the steps are read aloud.
    pub voice: bool,
}

impl PracticeSettings {
    /// Where attention rests until something else is chosen.
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

/// How long a break lasts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize,
)]
pub enum Length {
    /// Twenty seconds.
    #[serde(rename = "20s")]
    TwentySeconds,
    /// One minute.
    #[serde(rename = "1m")]
    OneMinute,
    /// Three minutes, the default.
    #[default]
    #[serde(rename = "3m")]
    ThreeMinutes,
    /// Five minutes.
    #[serde(rename = "5m")]
    FiveMinutes,
}

impl Length {
    /// Every length, the shortest first.
    pub const ALL: [Self; 4] =
        [Self::TwentySeconds, Self::OneMinute, Self::ThreeMinutes, Self::FiveMinutes];

    /// How many seconds that is.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        match self {
            Self::TwentySeconds => 20,
            Self::OneMinute => 60,
            Self::ThreeMinutes => 180,
            Self::FiveMinutes => 300,
        }
    }

    /// The length of that many seconds; `None` when there is no such length.
    #[must_use]
    pub fn from_seconds(seconds: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.seconds() == seconds)
    }

    /// The length of this word; `None` when there is no such length.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.as_str() == word)
    }

    /// The word for it in the configuration and on the command line.
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

/// Where attention may rest during a break. All are equal choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    /// The breath, as it comes and goes.
    Breath,
    /// The soles of the feet.
    Feet,
    /// The hands, resting or touching.
    Hands,
    /// The sounds around.
    Sound,
    /// Something to look at.
    Sight,
}

/// What the owner would like the breaks, and the offers, to be mindful of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Focus {
    /// Nothing in particular, the default.
    #[default]
    Anyone,
    /// Anxiety: offers do not mention the heart.
    Anxiety,
    /// Stress that has lasted long.
    #[serde(rename = "long-lasting stress")]
    LongLastingStress,
    /// A harsh inner critic.
    Perfectionism,
    /// Life after trauma: what grounds comes first, the breath only when chosen.
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
