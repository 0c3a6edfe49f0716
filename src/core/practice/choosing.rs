//! Chooses the two other practices that the first page of a break offers. Pure.
//!
//! A practice that suits the owner's focus and the time of day comes first, and one that they finished and wanted more of. A
//! practice that was shown lately comes later, and the same two don't come together again for as long as
//! [`Habits`](super::Habits) remembers. The weights are set so that a focus outweighs a time of day, "less like this"
//! outweighs a focus, and having been shown last outweighs all but that.

use std::sync::Arc;

use crate::practice::habits::Liking;
use crate::practice::habits::PastBreak;
use crate::practice::library::Library;
use crate::practice::script::PartOfDay;
use crate::practice::script::Practice;
use crate::practice::settings::Focus;

#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// The id of the practice that the page begins with: it isn't among the others.
    pub practice: &'a str,
    pub focus: Focus,
    /// Whether offers and pages may mention the heart.
    pub mention_heart: bool,
    pub day: PartOfDay,
    /// The breaks of the last weeks.
    pub past: &'a [PastBreak],
    /// The pairs that were shown, the last one first.
    pub pairs: &'a [[String; 2]],
}

/// Two other practices that fit; fewer when the library has fewer.
///
/// After trauma only practices that are marked as suiting are offered; with anxiety, and where the heart isn't to be
/// mentioned, none that follows the heart.
#[must_use]
pub fn others(library: &Library, occasion: &Occasion<'_>) -> Vec<Arc<Practice>> {
    let fitting: Vec<_> =
        library.list().iter().filter(|practice| occasion.may_show(practice)).collect();
    let weights: Vec<_> = fitting.iter().map(|practice| occasion.weight(practice)).collect();
    let mut best = None;
    for (second, b) in fitting.iter().enumerate() {
        for (first, a) in fitting.iter().enumerate().take(second) {
            // A practice that was never shown counts as shown longest ago; then fit decides, then difference.
            let rank = (
                occasion.pairs_since(a, b),
                weights[first] + weights[second] - i32::from(begin_alike(a, b)),
            );
            if best.as_ref().is_none_or(|(most, _)| rank > *most) {
                let in_order = if weights[first] >= weights[second] { [a, b] } else { [b, a] };
                best = Some((rank, in_order));
            }
        }
    }
    match best {
        Some((_, pair)) => pair.into_iter().map(|practice| Arc::clone(practice)).collect(),
        None => fitting.into_iter().cloned().collect(),
    }
}

impl Occasion<'_> {
    fn may_show(&self, practice: &Practice) -> bool {
        let heart = self.mention_heart && self.focus != Focus::Anxiety;
        practice.id() != self.practice
            && (heart || !practice.follows_heart())
            && (self.focus != Focus::AfterTrauma || practice.suits().contains(&self.focus))
    }

    fn weight(&self, practice: &Practice) -> i32 {
        let suits = self.focus != Focus::Anyone && practice.suits().contains(&self.focus);
        let at_this_time = match practice.day() {
            [] => 0,
            day if day.contains(&self.day) => 2,
            _ => -2,
        };
        let (mut finished, mut liked) = (0, 0);
        for past in self.past.iter().filter(|past| past.practice == practice.id()) {
            finished += if past.finished { 1 } else { -1 };
            liked += match past.liking {
                Some(Liking::More) => 2,
                Some(Liking::Less) => -4,
                None => 0,
            };
        }
        let shown = self.pairs.iter().position(|pair| pair.iter().any(|id| id == practice.id()));
        let shown = match shown {
            Some(0) => -8,
            Some(1) => -4,
            Some(2) => -2,
            Some(_) | None => 0,
        };
        i32::from(suits) * 4 + at_this_time + finished.clamp(-2, 2) + liked.clamp(-12, 4) + shown
    }

    /// How many pairs were shown since this pair was.
    fn pairs_since(&self, a: &Practice, b: &Practice) -> usize {
        let is = |[one, other]: &[String; 2]| {
            (one == a.id() && other == b.id()) || (one == b.id() && other == a.id())
        };
        self.pairs.iter().position(is).unwrap_or(usize::MAX)
    }
}

/// Whether both begin with the same element: the owner would have less of a choice.
fn begin_alike(a: &Practice, b: &Practice) -> bool {
    a.elements().first() == b.elements().first()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;

    use super::*;
    use crate::practice::habits::Habits;

    const OCCASION: Occasion<'static> = Occasion {
        practice: Library::DEFAULT,
        focus: Focus::Anyone,
        mention_heart: true,
        day: PartOfDay::Morning,
        past: &[],
        pairs: &[],
    };

    fn ids(occasion: &Occasion<'_>) -> Vec<String> {
        let library = Library::built_in().unwrap();
        others(&library, occasion).iter().map(|practice| practice.id().to_owned()).collect()
    }

    /// The pairs of this many breaks in a row.
    fn course(breaks: usize, occasion: Occasion<'_>) -> Vec<[String; 2]> {
        let mut habits = Habits::default();
        let mut course = Vec::new();
        for _ in 0..breaks {
            let pair: [String; 2] =
                ids(&Occasion { pairs: &habits.pairs, ..occasion }).try_into().unwrap();
            habits.showed(pair.clone());
            course.push(pair);
        }
        course
    }

    #[test]
    fn a_pair_rests_for_two_weeks_and_every_practice_comes() {
        for focus in [Focus::Anyone, Focus::Anxiety, Focus::LongLastingStress, Focus::Perfectionism]
        {
            let course = course(Habits::PAIRS, Occasion { focus, ..OCCASION });
            let sorted = course.iter().map(|pair| {
                let mut pair = pair.clone();
                pair.sort();
                pair
            });
            assert_eq!(sorted.collect::<BTreeSet<_>>().len(), Habits::PAIRS, "{focus:?}");
            let all: BTreeSet<_> = course.iter().flatten().collect();
            assert!(all.len() >= 12, "{focus:?}: {all:?}");
        }
    }

    #[test]
    fn after_trauma_only_what_grounds_is_shown() {
        let occasion =
            Occasion { focus: Focus::AfterTrauma, practice: "soles-of-the-feet", ..OCCASION };
        for pair in course(20, occasion) {
            assert_eq!(
                BTreeSet::from(pair),
                ["dropping-anchor", "savour"].map(String::from).into()
            );
        }
    }

    #[test]
    fn anxiety_or_a_hidden_heart_excludes_practices_on_the_heart() {
        let anxious = Occasion { focus: Focus::Anxiety, ..OCCASION };
        let unmentioned = Occasion { mention_heart: false, ..OCCASION };
        for pair in [anxious, unmentioned].into_iter().flat_map(|occasion| course(42, occasion)) {
            assert!(!pair.contains(&"slow-breathing".to_owned()), "{pair:?}");
        }
        assert!(course(42, OCCASION).iter().flatten().any(|id| id == "slow-breathing"));
    }

    #[test]
    fn a_focus_and_the_time_of_day_say_what_comes_first() {
        let perfect = Occasion { focus: Focus::Perfectionism, ..OCCASION };
        insta::assert_compact_debug_snapshot!(
            [PartOfDay::Morning, PartOfDay::Evening].map(|day| ids(&Occasion { day, ..perfect })),
            @r#"[["stop", "one-step-up"], ["good-enough", "kind-hand"]]"#
        );
    }

    #[test]
    fn what_was_liked_comes_sooner_and_what_was_not_comes_last() {
        let past = |practice: &str, liking| PastBreak {
            at: Timestamp::UNIX_EPOCH,
            practice: practice.to_owned(),
            finished: true,
            tension: None,
            liking: Some(liking),
        };
        let past = [past("savour", Liking::More), past("stop", Liking::Less)];
        let occasion = Occasion { past: &past, day: PartOfDay::Afternoon, ..OCCASION };
        assert!(ids(&occasion).contains(&"savour".to_owned()));
        let disliked = course(10, occasion).iter().flatten().filter(|id| *id == "stop").count();
        assert_eq!(disliked, 0);
    }

    #[test]
    fn the_practice_that_begins_is_not_among_the_others() {
        for practice in Library::built_in().unwrap().list() {
            assert!(
                !ids(&Occasion { practice: practice.id(), ..OCCASION })
                    .contains(&practice.id().to_owned())
            );
        }
    }
}
