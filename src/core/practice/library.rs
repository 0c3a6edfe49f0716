//! The library of practices. Pure.

use std::sync::Arc;

use crate::practice::fault::ScriptError;
use crate::practice::file::Origin;
use crate::practice::script::Practice;
use crate::practice::settings::Focus;
use crate::practice::settings::Length;
use crate::words::Message;
use crate::words::Words;
use crate::words::english_display;

/// The practices to choose from, and the two that aren't among the choices.
#[derive(Clone, Debug, PartialEq)]
pub struct Library {
    pub(super) practices: Vec<Arc<Practice>>,
    pub(super) grounding: Arc<Practice>,
    pub(super) own_pace: Arc<Practice>,
}

impl Library {
    /// The practice of a break when no other is named.
    pub const DEFAULT: &str = "self-compassion-break";

    /// The practice that "this is too much" leads to.
    pub const GROUNDING: &str = "grounding";

    /// The practice of a break when the owner configured none.
    #[must_use]
    pub const fn usual(focus: Focus) -> &'static str {
        match focus {
            Focus::AfterTrauma => AFTER_TRAUMA,
            Focus::Anyone | Focus::Anxiety | Focus::LongLastingStress | Focus::Perfectionism => {
                Self::DEFAULT
            }
        }
    }

    /// Fails only when a file in the build is broken, which a test excludes.
    pub fn built_in() -> Result<Self, ScriptError> {
        let practice =
            |(file, text): (&str, &str)| Practice::parse(file, text, Origin::BuiltIn).map(Arc::new);
        Ok(Self {
            practices: FILES.into_iter().map(practice).collect::<Result<_, _>>()?,
            grounding: practice(GROUNDING)?,
            own_pace: practice(OWN_PACE)?,
        })
    }

    /// The practices to choose from, the default first; without the grounding and the search for a pace.
    #[must_use]
    pub fn list(&self) -> &[Arc<Practice>] {
        &self.practices
    }

    /// Outward, eyes open, about a minute.
    #[must_use]
    pub fn grounding(&self) -> &Arc<Practice> {
        &self.grounding
    }

    /// The search for the resonance frequency, two minutes.
    #[must_use]
    pub fn own_pace(&self) -> &Arc<Practice> {
        &self.own_pace
    }

    /// The practice with this id, the grounding and the search for a pace included.
    ///
    /// # Errors
    ///
    /// With the nearest id, when no practice has this one.
    pub fn get(&self, id: &str) -> Result<&Arc<Practice>, UnknownPractice> {
        let found = self.all().find(|practice| practice.id() == id);
        found.ok_or_else(|| UnknownPractice { asked: id.to_owned(), nearest: self.nearest(id) })
    }

    /// The practice and length to begin when `id` is requested in `length`.
    ///
    /// The default in 20 seconds gives the kind hand: three elements don't fit into 20 seconds, and the kind hand alone was
    /// studied in so short a form; unless the owner's own practice under that id has that length. A length that a practice
    /// lacks gives its next shorter one, or else its shortest.
    pub fn resolve(
        &self,
        id: &str,
        length: Length,
    ) -> Result<(&Arc<Practice>, Length), UnknownPractice> {
        let practice = self.get(id)?;
        let instead = id == Self::DEFAULT
            && length == Length::TwentySeconds
            && !practice.lengths().contains(&length);
        let practice = if instead { self.get(IN_20_SECONDS)? } else { practice };
        Ok((practice, practice.nearest_length(length)))
    }

    fn all(&self) -> impl Iterator<Item = &Arc<Practice>> {
        self.practices.iter().chain([&self.grounding, &self.own_pace])
    }

    /// For the error, so that a slip of the finger can be mended.
    fn nearest(&self, asked: &str) -> String {
        // Bounded, since a comparison takes the product of the two lengths.
        let asked: String = asked.chars().take(100).collect();
        let likeness = |practice: &&Arc<Practice>| strsim::jaro_winkler(practice.id(), &asked);
        let nearest = self.all().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        nearest.map_or_else(|| Self::DEFAULT.to_owned(), |practice| practice.id().to_owned())
    }
}

/// There is no practice of that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPractice {
    pub asked: String,
    pub nearest: String,
}

impl UnknownPractice {
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        let Self { asked, nearest } = self;
        // A name may hold anything: quoted as Rust does, with its control characters escaped.
        let args =
            [("asked", format!("{asked:?}").into()), ("nearest", format!("{nearest:?}").into())];
        words.text(Message::PracticeUnknown, &args)
    }
}

english_display!(UnknownPractice);

impl std::error::Error for UnknownPractice {}

const IN_20_SECONDS: &str = "kind-hand";
const AFTER_TRAUMA: &str = "soles-of-the-feet";

macro_rules! files {
    ($($name:literal)+) => {
        [$((concat!($name, ".toml"), include_str!(concat!("../../../config/practices/", $name, ".toml")))),+]
    };
}

/// In the order of the list.
const FILES: [(&str, &str); 15] = files!(
    "self-compassion-break"
    "kind-hand"
    "slow-breathing"
    "long-exhale"
    "soles-of-the-feet"
    "dropping-anchor"
    "breathing-space"
    "stop"
    "soften-soothe-allow"
    "friend"
    "good-enough"
    "giving-and-receiving"
    "kind-wishes"
    "savour"
    "one-step-up"
);

const GROUNDING: (&str, &str) =
    ("grounding.toml", include_str!("../../../config/practices/grounding.toml"));

const OWN_PACE: (&str, &str) =
    ("own-pace.toml", include_str!("../../../config/practices/own-pace.toml"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::script::Element;

    #[track_caller]
    fn resolved(id: &str, length: Length) -> String {
        let library = Library::built_in().unwrap();
        let (practice, length) = library.resolve(id, length).unwrap();
        format!("{} {length}", practice.id())
    }

    #[test]
    fn the_default_in_20_seconds_gives_the_kind_hand() {
        assert_eq!(resolved(Library::DEFAULT, Length::TwentySeconds), "kind-hand 20s");
        assert_eq!(resolved(Library::DEFAULT, Length::OneMinute), "self-compassion-break 1m");
    }

    #[test]
    fn a_missing_length_gives_the_next_shorter_one_or_the_shortest() {
        assert_eq!(resolved("kind-hand", Length::FiveMinutes), "kind-hand 1m");
        assert_eq!(resolved("grounding", Length::TwentySeconds), "grounding 1m");
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let library = Library::built_in().unwrap();
        let error = library.resolve("kindhand", Length::OneMinute).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no practice is called \"kindhand\"; the nearest is \"kind-hand\", and \"kindbeat practices\" lists them all"
        );
        assert_eq!(library.get(&"x".repeat(1_000_000)).unwrap_err().asked.len(), 1_000_000);
    }

    #[test]
    fn every_full_break_holds_all_three_elements_in_every_length() {
        let three = [Element::Mindfulness, Element::CommonHumanity, Element::SelfKindness];
        for practice in Library::built_in().unwrap().list() {
            for length in practice.lengths() {
                if *length >= Length::ThreeMinutes || practice.id() == Library::DEFAULT {
                    let held: Vec<_> =
                        practice.steps_in(*length).map(|(step, _)| step.element).collect();
                    assert!(
                        three.iter().all(|element| held.contains(element)),
                        "{} {length}",
                        practice.id()
                    );
                }
            }
        }
    }

    #[test]
    fn the_built_in_lengths_last_exactly_as_long_as_they_say() {
        for practice in Library::built_in().unwrap().all() {
            for length in practice.lengths() {
                let total: i64 = practice.steps_in(*length).map(|(_, lasts)| lasts.as_secs()).sum();
                assert_eq!(total, i64::from(length.seconds()), "{} {length}", practice.id());
            }
        }
    }

    #[test]
    fn the_grounding_is_outward_and_not_among_the_choices() {
        let library = Library::built_in().unwrap();
        assert!(!library.grounding().inward());
        assert!(library.list().iter().all(|practice| practice.id() != "grounding"));
        assert!(library.get("grounding").is_ok());
    }
}
