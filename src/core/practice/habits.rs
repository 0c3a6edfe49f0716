//! What earlier breaks leave for the next one: past breaks and the choices made on the page. Pure.

use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::breathing::BreathPace;
use crate::practice::settings::Anchor;
use crate::practice::settings::PracticeSettings;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastBreak {
    /// The beginning of the break.
    pub at: Timestamp,
    /// The id of the practice.
    pub practice: String,
    /// Whether the break came to its last step.
    pub finished: bool,
    /// The tension after the break, 0 to 10; `None` without an answer.
    pub tension: Option<u8>,
    /// `None` without an answer.
    pub liking: Option<Liking>,
}

/// Whether the owner wants more breaks like this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Liking {
    More,
    Less,
}

/// Choices made on the page that hold for the next break, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Habits {
    /// Whether the screens of the first time were shown.
    pub welcomed: bool,
    /// `None`: the anchor of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<ChosenAnchor>,
    /// The volume of tones and voice, 0 to 100; `None`: the default of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<u8>,
    /// The pace that a search found; `None` before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<BreathPace>,
    /// The pairs of other practices that first pages showed, the last one first.
    pub pairs: Vec<[String; 2]>,
    /// When help lines were last shown because of the answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helped: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ChosenAnchor {
    pub anchor: Anchor,
    /// The anchor in the configuration at that time; once the configuration names another, that one counts.
    pub in_place_of: Option<Anchor>,
}

impl Habits {
    /// At three breaks a day, two weeks of pairs.
    pub const PAIRS: usize = 42;

    /// The last choice, on the page or in the configuration.
    #[must_use]
    pub fn anchor(&self, settings: &PracticeSettings) -> Anchor {
        let chosen = self.anchor.filter(|chosen| chosen.in_place_of == settings.anchor);
        chosen.map_or_else(|| settings.first_anchor(), |chosen| chosen.anchor)
    }

    pub fn choose_anchor(&mut self, anchor: Anchor, settings: &PracticeSettings) {
        self.anchor = Some(ChosenAnchor { anchor, in_place_of: settings.anchor });
    }

    pub fn showed(&mut self, pair: [String; 2]) {
        self.pairs.insert(0, pair);
        self.pairs.truncate(Self::PAIRS);
    }

    /// Whether to show help lines after the last break of `past`: three answers of 8 or more within 14 days, and no help
    /// lines for that reason in the last 14 days.
    #[must_use]
    pub fn needs_help(&self, past: &[PastBreak], now: Timestamp) -> bool {
        let lately = |at: Timestamp| at <= now && now.duration_since(at) < FORTNIGHT;
        let high = |past: &&PastBreak| lately(past.at) && past.tension >= Some(HIGH);
        past.last().is_some_and(|last| high(&last))
            && past.iter().filter(high).count() >= 3
            && !self.helped.is_some_and(lately)
    }
}

/// Answers count for this long, and help lines are shown once in this time.
const FORTNIGHT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Out of 10.
const HIGH: u8 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(day * 24)
    }

    fn answered(days_and_tensions: &[(i64, u8)]) -> Vec<PastBreak> {
        let past = |&(day, tension): &(i64, u8)| PastBreak {
            at: at(day),
            practice: "stop".to_owned(),
            finished: true,
            tension: Some(tension),
            liking: None,
        };
        days_and_tensions.iter().map(past).collect()
    }

    #[test]
    fn help_is_shown_after_three_high_answers_in_a_fortnight() {
        let habits = Habits::default();
        assert!(habits.needs_help(&answered(&[(100, 8), (105, 9), (113, 10)]), at(113)));
        assert!(!habits.needs_help(&answered(&[(99, 8), (105, 9), (113, 10)]), at(113)));
        assert!(!habits.needs_help(&answered(&[(105, 7), (106, 9), (113, 10)]), at(113)));
        assert!(!habits.needs_help(&answered(&[(105, 8), (106, 9), (112, 8), (113, 2)]), at(113)));
        assert!(!habits.needs_help(&[], at(113)));
    }

    #[test]
    fn help_is_shown_for_that_once_a_fortnight() {
        let answers = answered(&[(105, 8), (106, 9), (113, 10)]);
        let shown = |day| Habits { helped: Some(at(day)), ..Habits::default() };
        assert!(!shown(106).needs_help(&answers, at(113)));
        assert!(shown(99).needs_help(&answers, at(113)));
        // After a clock was set back: a time in the future doesn't block the help lines.
        assert!(shown(200).needs_help(&answers, at(113)));
    }

    #[test]
    fn the_anchor_is_the_one_that_was_chosen_last() {
        let mut habits = Habits::default();
        let mut settings = PracticeSettings::default();
        assert_eq!(habits.anchor(&settings), Anchor::Breath);
        habits.choose_anchor(Anchor::Sound, &settings);
        assert_eq!(habits.anchor(&settings), Anchor::Sound);
        settings.anchor = Some(Anchor::Hands);
        assert_eq!(habits.anchor(&settings), Anchor::Hands);
    }

    #[test]
    fn habits_of_another_version_are_read_as_far_as_they_are_known() {
        let read: Habits = serde_json::from_str(r#"{"welcomed":true,"favourite":"tea"}"#).unwrap();
        assert_eq!(read, Habits { welcomed: true, ..Habits::default() });
        let mut habits = read;
        habits.choose_anchor(Anchor::Feet, &PracticeSettings::default());
        habits.pace = Some(BreathPace::SLOWEST);
        for number in 0..100 {
            habits.showed([number.to_string(), "stop".to_owned()]);
        }
        let written = serde_json::to_string(&habits).unwrap();
        assert_eq!(serde_json::from_str::<Habits>(&written).unwrap(), habits);
        assert_eq!((habits.pairs.len(), habits.pairs[0][0].as_str()), (Habits::PAIRS, "99"));
    }
}
