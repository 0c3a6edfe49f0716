//! What the owner can set about detection: the section `[detection]` of the configuration.

use jiff::SignedDuration;
use serde::Deserialize;
use serde::Serialize;

use crate::context::Presence;
use crate::setting::RangedDuration;
use crate::setting::RangedNumber;

/// The section `[detection]`. `None` in the first three means: as `sensitivity` chooses.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct DetectionSettings {
    /// Which set of thresholds applies where none is given by itself.
    pub sensitivity: Sensitivity,
    /// How far above usual the heart must be, in bpm, 3 to 40.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rise_bpm: Option<RangedNumber<30, 400>>,
    /// How far above usual in multiples of the usual spread, 0.5 to 5; the larger of the two counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rise_spread: Option<RangedNumber<5, 50>>,
    /// Over how long the mean must be that high, 10 s to 60 min.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sustain: Option<RangedDuration<10, 3_600>>,
    /// How long the heart must be back near usual before a new elevation can begin, 0 s to 60 min.
    pub rearm: RangedDuration<0, 3_600>,
    /// How much must be learned before the first elevation, 0 s to 24 h of wear.
    pub warm_up: RangedDuration<0, 86_400>,
    /// How far above usual counts as exercise and not as an elevation, in bpm, 15 to 100.
    pub exercise_bpm: RangedNumber<150, 1_000>,
    /// How long after movement, return, unlock or resume nothing is offered, 0 s to 30 min.
    pub after_return: RangedDuration<0, 1_800>,
    /// Which parts of the method are at work: all, but where an evaluation shows what each is worth.
    #[serde(skip)]
    pub method: Method,
}

impl DetectionSettings {
    /// The thresholds in force for somebody who is known to sit at the desk, or not to: what is given, else what the sensitivity chooses.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        self.or(self.sensitivity.thresholds())
    }

    /// The thresholds in force where that much is known: where nothing tells whether somebody sits at the desk, a walk may be behind a
    /// rise, and what the sensitivity chooses is three quarters larger. Of recorded exercise of which nothing else is known, 4
    /// sessions of 30 have an offer with that and the wait for what still climbs, and 8 without.
    #[must_use]
    pub fn thresholds_for(&self, presence: Presence) -> Thresholds {
        let chosen = self.sensitivity.thresholds();
        let factor = if presence == Presence::Unknown { UNSEEN_FACTOR } else { 1.0 };
        self.or(Thresholds {
            rise_bpm: factor * chosen.rise_bpm,
            rise_spread: factor * chosen.rise_spread,
            ..chosen
        })
    }

    fn or(&self, chosen: Thresholds) -> Thresholds {
        Thresholds {
            rise_bpm: self.rise_bpm.map_or(chosen.rise_bpm, RangedNumber::value),
            rise_spread: self.rise_spread.map_or(chosen.rise_spread, RangedNumber::value),
            sustain: self.sustain.map_or(chosen.sustain, RangedDuration::value),
        }
    }
}

impl Default for DetectionSettings {
    fn default() -> Self {
        Self {
            sensitivity: Sensitivity::Balanced,
            rise_bpm: None,
            rise_spread: None,
            sustain: None,
            rearm: RangedDuration::secs(5 * 60),
            warm_up: RangedDuration::secs(10 * 60),
            exercise_bpm: EXERCISE_BPM,
            after_return: RangedDuration::secs(5 * 60),
            method: Method::default(),
        }
    }
}

/// How readily an elevation is seen: one word for three thresholds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sensitivity {
    /// Fewer offers: only a large, long rise.
    Gentle,
    /// The default.
    #[default]
    Balanced,
    /// More offers: smaller and shorter rises too.
    Keen,
}

impl Sensitivity {
    /// The thresholds this word stands for.
    ///
    /// Balanced is the starting point measured on recorded hearts; the other two are a step to either side of it.
    #[must_use]
    pub const fn thresholds(self) -> Thresholds {
        let (rise_bpm, rise_spread, minutes) = match self {
            Self::Gentle => (12.0, 2.0, 8),
            Self::Balanced => (8.0, 1.5, 5),
            Self::Keen => (6.0, 1.2, 3),
        };
        Thresholds { rise_bpm, rise_spread, sustain: SignedDuration::from_mins(minutes) }
    }
}

/// The parts of the method that can be left out to see what they are worth. Not for the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// Whether the last quiet minutes count, or the long-term reference alone.
    pub local_reference: bool,
    /// Whether an elevation needs an RMSSD below usual, where it is known.
    pub rmssd: bool,
    /// Whether exercise is told from elevation.
    pub exercise: bool,
}

impl Default for Method {
    fn default() -> Self {
        Self { local_reference: true, rmssd: true, exercise: true }
    }
}

/// When the heart counts as up: mean excess over the last `sustain` of at least max(`rise_bpm`, `rise_spread` x spread).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// In bpm above usual.
    pub rise_bpm: f64,
    /// In multiples of the usual spread.
    pub rise_spread: f64,
    /// Over how long the excess is averaged, and how long the rise must have lasted.
    pub sustain: SignedDuration,
}

impl Thresholds {
    /// The rise that counts, in bpm, for someone whose usual spread is `spread` bpm.
    #[must_use]
    pub fn rise(&self, spread: f64) -> f64 {
        self.rise_bpm.max(self.rise_spread * spread)
    }
}

const UNSEEN_FACTOR: f64 = 1.75;
/// 30 bpm above usual: no seated task in the recordings the defaults were chosen on held that for minutes, cycling did.
const EXERCISE_BPM: RangedNumber<150, 1_000> = RangedNumber::tenths(300);
