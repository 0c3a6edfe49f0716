//! What can be asked of the daemon, and why it may say no.

use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::sync::watch;

use kindbeat_core::monitor::MonitorInfo;
use kindbeat_core::offer::Answer;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::View;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::UnknownPractice;
use kindbeat_core::status::Status;
use kindbeat_core::words::Message;
use kindbeat_core::words::Value;
use kindbeat_core::words::Words;
use kindbeat_core::words::english_display;

/// Something another program asked for. Each carries the way back for its answer; whether anybody still waits for it, its
/// `is_closed` tells: after five seconds nobody does.
#[derive(Debug)]
pub enum Request {
    /// The state of now.
    Status { reply: oneshot::Sender<Status> },
    /// Why there was an offer, or is none.
    Why { reply: oneshot::Sender<String> },
    /// A break, now.
    StartBreak {
        /// The name of the practice; `None`: the default, or what the offer just missed would have begun.
        practice: Option<String>,
        /// How long; `None`: as set.
        length: Option<Length>,
        /// For the address of its page.
        reply: oneshot::Sender<Result<String, Refusal>>,
    },
    /// End the break that is open.
    EndBreak {
        /// Sent when it has ended.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// No offers for a while.
    Snooze {
        /// Until when: not past, and at most a year ahead.
        until: Timestamp,
        /// Sent when it is in force.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// Offers again.
    Resume {
        /// What it ended and what still holds offers back, in words.
        reply: oneshot::Sender<String>,
    },
    /// An answer to the last offer.
    AnswerLast {
        answer: LastAnswer,
        /// Sent when it is recorded.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// This monitor is the owner's from now on.
    UseMonitor {
        monitor: MonitorInfo,
        /// Sent when it is looked for.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// Whether `kindbeat status` asks its reader, this time, whether the thresholds fit.
    TakeQuestion {
        /// True: it asks, and the question counts as asked.
        reply: oneshot::Sender<bool>,
    },
    /// Ask every source of the desktop once, from where the daemon runs: for `kindbeat doctor`.
    Look {
        /// A `DesktopReport`, as JSON.
        reply: oneshot::Sender<String>,
    },
    /// A break, now, shown by the caller and not in a browser; the one that is open, where none in particular is asked for.
    BreakHere {
        /// The name of the practice, as in [`Self::StartBreak`].
        practice: Option<String>,
        /// How long; `None`: as set.
        length: Option<Length>,
        /// For the window on it.
        reply: oneshot::Sender<Result<WindowTicket, Refusal>>,
    },
    /// Something was done in such a window.
    Window {
        input: PageInput,
        /// Sent when the view shows it.
        reply: oneshot::Sender<()>,
    },
    /// The window of this number is gone; nobody waits for an answer.
    WindowClosed(u64),
}

/// What a window on the break goes by.
#[derive(Debug)]
pub struct WindowTicket {
    /// Tells windows apart.
    pub id: u64,
    /// What there is to see.
    pub views: watch::Receiver<View>,
    /// Ends with the window: another took its place, or the daemon ends.
    pub replaced: oneshot::Receiver<()>,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    NoSuchPractice(UnknownPractice),
    /// This many seconds are no length.
    InvalidLength(String),
    /// Nothing can be snoozed until then.
    InvalidTime(String),
    /// No offer can be answered so.
    InvalidAnswer(String),
    /// This is no address of a monitor.
    InvalidMonitor(String),
    /// The settings name this monitor.
    OtherMonitorSet(String),
    /// There is no break to end.
    NoBreak,
    /// There is no offer to answer, or no answer to take back.
    NoOffer,
    /// The page of the break cannot be shown, for this reason.
    NoPage(String),
    /// The daemon did not answer in time.
    Busy,
    /// The daemon is about to end.
    Ending,
}

english_display!(Refusal);

impl std::error::Error for Refusal {}

impl Refusal {
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        let say = |message, args: &[(&str, Value<'_>)]| words.text(message, args);
        match self {
            Self::NoSuchPractice(UnknownPractice { asked, nearest }) => {
                let args = [("asked", asked.as_str().into()), ("nearest", nearest.as_str().into())];
                say(Message::RefusedPractice, &args)
            }
            Self::InvalidLength(given) => {
                say(Message::RefusedLength, &[("given", given.as_str().into())])
            }
            Self::InvalidTime(given) => {
                say(Message::RefusedTime, &[("given", given.as_str().into())])
            }
            Self::InvalidAnswer(given) => {
                say(Message::RefusedAnswer, &[("given", given.as_str().into())])
            }
            Self::InvalidMonitor(given) => {
                say(Message::RefusedMonitor, &[("given", given.as_str().into())])
            }
            Self::OtherMonitorSet(wanted) => {
                say(Message::RefusedOtherMonitor, &[("wanted", wanted.as_str().into())])
            }
            Self::NoBreak => say(Message::RefusedNoBreak, &[]),
            Self::NoOffer => say(Message::RefusedNoOffer, &[]),
            Self::NoPage(problem) => {
                say(Message::RefusedNoPage, &[("problem", problem.as_str().into())])
            }
            Self::Busy => say(Message::RefusedBusy, &[]),
            Self::Ending => say(Message::RefusedEnding, &[]),
        }
    }

    /// The last part of its name on the bus.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoSuchPractice(_) => "NoSuchPractice",
            Self::InvalidLength(_) => "InvalidLength",
            Self::InvalidTime(_) => "InvalidTime",
            Self::InvalidAnswer(_) => "InvalidAnswer",
            Self::InvalidMonitor(_) => "InvalidMonitor",
            Self::OtherMonitorSet(_) => "OtherMonitorSet",
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

    fn all() -> [Refusal; 11] {
        let word = || "x".to_owned();
        [
            Refusal::NoSuchPractice(UnknownPractice { asked: word(), nearest: word() }),
            Refusal::InvalidLength("61".to_owned()),
            Refusal::InvalidTime(word()),
            Refusal::InvalidAnswer(word()),
            Refusal::InvalidMonitor(word()),
            Refusal::OtherMonitorSet(word()),
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
    fn an_answer_is_known_by_its_word_alone() {
        for (word, answer) in LastAnswer::WORDS {
            assert_eq!(LastAnswer::from_word(word), Some(answer));
        }
        for word in ["", "Start", "start ", "yes"] {
            assert_eq!(LastAnswer::from_word(word), None, "{word:?}");
        }
    }
}
