//! What can be asked of the daemon, and why it may say no.

use jiff::Timestamp;
use tokio::sync::oneshot;

use kindbeat_core::offer::Answer;
use kindbeat_core::practice::Ending;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Liking;
use kindbeat_core::practice::UnknownPractice;
use kindbeat_core::status::Status;

/// Something another program asked for. Each carries the way back for its answer; whether anybody still waits for it, its
/// `is_closed` tells: after five seconds nobody does.
#[derive(Debug)]
pub enum Request {
    /// How things stand.
    Status {
        /// For the answer.
        reply: oneshot::Sender<Status>,
    },
    /// Why there was an offer, or is none.
    Why {
        /// For the answer, in words.
        reply: oneshot::Sender<String>,
    },
    /// A break, now.
    StartBreak {
        /// The name of the practice; `None`: the default, or what the offer just missed would have begun.
        practice: Option<String>,
        /// How long; `None`: as set.
        length: Option<Length>,
        /// For the address of its page.
        reply: oneshot::Sender<Result<String, Refusal>>,
    },
    /// No break any more.
    EndBreak {
        /// For that it ended.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// No offers for a while.
    Snooze {
        /// Until when: not past, and at most a year ahead.
        until: Timestamp,
        /// For that it is so.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// Offers again.
    Resume {
        /// For that it is so; also where nothing was snoozed.
        reply: oneshot::Sender<()>,
    },
    /// An answer to the last offer.
    AnswerLast {
        /// Which.
        answer: LastAnswer,
        /// For that it was taken.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// Whether `kindbeat status` asks its reader, this time, whether the thresholds fit.
    TakeQuestion {
        /// For whether it does; then it counts as asked.
        reply: oneshot::Sender<bool>,
    },
    /// What is seen from where the daemon runs, of the desk and the desktop.
    Look {
        /// For what is seen, as JSON.
        reply: oneshot::Sender<String>,
    },
    /// A break in a terminal began, moved or ended.
    TellBreak {
        /// Which program tells it: its unique name on the bus.
        caller: String,
        /// How it stands.
        told: ToldBreak,
        /// For that it was taken in.
        reply: oneshot::Sender<()>,
    },
    /// What was said after a break in a terminal.
    TellAnswer {
        /// The break and what was said.
        told: ToldAnswer,
        /// For that it was taken in.
        reply: oneshot::Sender<()>,
    },
    /// A program that told of a break is gone from the bus; nobody waits for an answer.
    CallerGone(String),
}

/// A break that runs in a terminal, as that tells it. What is told once more replaces what was told before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldBreak {
    /// When it began; what tells breaks apart.
    pub started: Timestamp,
    /// The name of the practice, 1 to 64 small letters, digits and hyphens.
    pub practice: String,
    /// How long it is to last.
    pub length: Length,
    /// Where it stands.
    pub stands: Stands,
}

/// Where a break in a terminal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Under way.
    Open,
    /// It was too much: under way in the grounding.
    Grounding,
    /// Over.
    Ended(Ending),
}

/// What was said after a break in a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldAnswer {
    /// When the break began.
    pub started: Timestamp,
    /// How tense it was before, 0 to 10; `None`: not said.
    pub tension_before: Option<u8>,
    /// How tense it feels, 0 to 10; `None`: skipped.
    pub tension: Option<u8>,
    /// Whether more like it is wanted; `None`: not said.
    pub liking: Option<Liking>,
    /// A line of the owner's own, not empty; `None`: none.
    pub note: Option<String>,
}

impl ToldAnswer {
    /// Whether more like it is wanted, as it goes over the bus.
    #[must_use]
    pub const fn liking_in_words(&self) -> &'static str {
        match self.liking {
            Some(Liking::More) => "more",
            Some(Liking::Less) => "less",
            None => "",
        }
    }
}

impl Stands {
    /// As it goes over the bus: a word, and the step, counted from 0, where it has one.
    #[must_use]
    pub fn in_words(self) -> (&'static str, u32) {
        let number = |step: usize| u32::try_from(step).unwrap_or(u32::MAX);
        match self {
            Self::Open => ("open", 0),
            Self::Grounding => ("grounding", 0),
            Self::Ended(Ending::Completed) => ("completed", 0),
            Self::Ended(Ending::Left { step }) => ("left", number(step)),
            Self::Ended(Ending::TooMuch { step }) => ("too_much", number(step)),
        }
    }

    /// What it means; `None` for a word that is not known.
    #[must_use]
    pub fn from_words(word: &str, step: u32) -> Option<Self> {
        let step = usize::try_from(step).unwrap_or(usize::MAX);
        Some(match word {
            "open" => Self::Open,
            "grounding" => Self::Grounding,
            "completed" => Self::Ended(Ending::Completed),
            "left" => Self::Ended(Ending::Left { step }),
            "too_much" => Self::Ended(Ending::TooMuch { step }),
            _ => return None,
        })
    }
}

/// What can be said of the last offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastAnswer {
    /// This answer.
    Given(Answer),
    /// Take back the answer that was given.
    Undo,
}

impl LastAnswer {
    /// Every word that is known, in the order in which they are named to whoever used another.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("start", Self::Given(Answer::Start)),
        ("later", Self::Given(Answer::Later)),
        ("fine", Self::Given(Answer::Fine)),
        ("moving", Self::Given(Answer::Moving)),
        ("excited", Self::Given(Answer::Excited)),
        ("undo", Self::Undo),
    ];

    /// What a word means; `None` for a word that is not known.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, answer)| answer)
    }
}

/// Why the daemon does not do what it was asked to: a whole sentence, with what to do.
///
/// On the bus the name of the variant follows `org.kindbeat.Error.`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no practice of this name.
    #[error("No practice is called \"{}\"; the nearest is \"{}\", and \"kindbeat practices\" lists them all.", .0.asked, .0.nearest)]
    NoSuchPractice(UnknownPractice),
    /// This many seconds are no length.
    #[error(
        "A break does not last {0} s; it lasts 20, 60, 180 or 300 seconds, and 0 means the length that is set."
    )]
    InvalidLength(String),
    /// Nothing can be snoozed until then.
    #[error("Offers cannot be snoozed until {0}; give a time that lies ahead, by a year at most.")]
    InvalidTime(String),
    /// No offer can be answered so.
    #[error("\"{0}\" is no answer; answer with start, later, fine, moving, excited or undo.")]
    InvalidAnswer(String),
    /// No break can be told of so.
    #[error("This is told of no break: {0}; only \"kindbeat break --here\" has breaks to tell of.")]
    InvalidBreak(String),
    /// There is no break to end.
    #[error("There is no break open just now; \"kindbeat break\" starts one.")]
    NoBreak,
    /// There is no offer to answer, or no answer to take back.
    #[error("There is no offer to answer just now; \"kindbeat break\" starts a break at any time.")]
    NoOffer,
    /// The page of the break cannot be shown, for this reason.
    #[error(
        "The page of the break cannot be opened ({0}); \"kindbeat break --here\" takes the break in the terminal."
    )]
    NoPage(String),
    /// The daemon did not answer in time.
    #[error(
        "kindbeat did not answer within 5 seconds; try again in a moment, and if that goes on, restart it with \"systemctl --user restart kindbeat\"."
    )]
    Busy,
    /// The daemon is about to end.
    #[error(
        "kindbeat is ending just now; try again in a moment, or start it with \"systemctl --user start kindbeat\"."
    )]
    Ending,
}

impl Refusal {
    /// The last part of its name on the bus.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoSuchPractice(_) => "NoSuchPractice",
            Self::InvalidLength(_) => "InvalidLength",
            Self::InvalidTime(_) => "InvalidTime",
            Self::InvalidAnswer(_) => "InvalidAnswer",
            Self::InvalidBreak(_) => "InvalidBreak",
            Self::NoBreak => "NoBreak",
            Self::NoOffer => "NoOffer",
            Self::NoPage(_) => "NoPage",
            Self::Busy => "Busy",
            Self::Ending => "Ending",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> [Refusal; 10] {
        let word = || "x".to_owned();
        [
            Refusal::NoSuchPractice(UnknownPractice { asked: word(), nearest: word() }),
            Refusal::InvalidLength("61".to_owned()),
            Refusal::InvalidTime(word()),
            Refusal::InvalidAnswer(word()),
            Refusal::InvalidBreak(word()),
            Refusal::NoBreak,
            Refusal::NoOffer,
            Refusal::NoPage(word()),
            Refusal::Busy,
            Refusal::Ending,
        ]
    }

    #[test]
    fn every_refusal_is_a_sentence_and_says_what_to_do() {
        for refusal in all() {
            let says = refusal.to_string();
            assert!(says.ends_with('.') && says.contains(';'), "{says}");
            assert!(format!("{refusal:?}").starts_with(refusal.name()), "{says}");
        }
    }

    #[test]
    fn an_unknown_word_or_number_is_refused_with_the_known_ones() {
        let says = Refusal::InvalidAnswer(String::new()).to_string();
        assert!(LastAnswer::WORDS.iter().all(|(word, _)| says.contains(word)), "{says}");
        let says = Refusal::InvalidLength(String::new()).to_string();
        for length in Length::ALL {
            assert!(says.contains(&length.seconds().to_string()), "{says}");
        }
    }

    #[test]
    fn where_a_break_stands_comes_over_the_bus_as_it_was() {
        let all = [
            Stands::Open,
            Stands::Grounding,
            Stands::Ended(Ending::Completed),
            Stands::Ended(Ending::Left { step: 2 }),
            Stands::Ended(Ending::TooMuch { step: 1 }),
        ];
        for stands in all {
            let (word, step) = stands.in_words();
            assert_eq!(Stands::from_words(word, step), Some(stands));
        }
        assert_eq!(Stands::from_words("done", 0), None);
    }

    #[test]
    fn an_answer_is_known_by_its_word_alone() {
        for (word, answer) in LastAnswer::WORDS {
            assert_eq!(LastAnswer::from_word(word), Some(answer));
        }
        for word in ["", "Start", "start ", "yes"] {
            assert_eq!(LastAnswer::from_word(word), None, "{word:?}");
        }
    }
}
