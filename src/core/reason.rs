//! Why there was an offer, or none, in words.
//!
//! PURE.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::detection::Figures;
use crate::detection::Phase;
use crate::engine::Snapshot;
use crate::offer::Answer;
use crate::offer::Gate;
use crate::offer::GateMessage;
use crate::offer::OfferId;
use crate::offer::OfferOutcome;
use crate::words::Message;
use crate::words::Value;
use crate::words::Words;

/// How far the heart has risen; `sustain` is the time over which it is averaged.
#[must_use]
pub fn risen(figures: &Figures, sustain: SignedDuration, words: &Words) -> String {
    // The difference of the two that are shown.
    let excess = figures.heart_rate.round() - figures.usual.round();
    let [rate, usual, span] = values(figures, sustain, words);
    words.text(Message::ReasonRisen, &[rate, usual, span, ("excess", excess.into())])
}

/// How much the text of an offer says.
#[derive(Clone, Copy, Debug)]
pub enum Detail<'a> {
    /// The heart, and the time over which its rate is averaged.
    Figures(&'a Figures, SignedDuration),
    /// That it is the heart.
    Heart,
    /// Nothing of the heart.
    Nothing,
}

/// The text of an offer. Never the same twice running.
#[must_use]
pub fn offer(id: OfferId, detail: Detail<'_>, words: &Words) -> String {
    let turn = ("turn", (id.0 % WORDINGS).into());
    match detail {
        Detail::Figures(figures, sustain) => {
            let [rate, usual, span] = values(figures, sustain, words);
            words.text(Message::OfferBodyFigures, &[turn, rate, usual, span])
        }
        Detail::Heart => words.text(Message::OfferBody, &[turn]),
        Detail::Nothing => words.text(Message::OfferBodyNoHeart, &[turn]),
    }
}

/// What held the offer back.
#[must_use]
pub fn held(gate: Gate, words: &Words) -> String {
    about(gate, GateMessage::Held, words)
}

/// What holds an offer back just now: half a sentence.
#[must_use]
pub fn holds(gate: Gate, words: &Words) -> String {
    about(gate, GateMessage::Closed, words)
}

fn about(gate: Gate, about: GateMessage, words: &Words) -> String {
    gate.message(about).map(|id| words.text(id, &[])).unwrap_or_default()
}

/// The last offer and its outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LastOffer {
    pub made_at: Timestamp,
    /// The figures of the elevation that it was made for.
    pub figures: Figures,
    /// `None` while it is open.
    pub outcome: Option<OfferOutcome>,
}

/// The last offer, if any, and the state of now: every figure and every closed gate. Several lines; times are local.
#[must_use]
pub fn why(snapshot: &Snapshot, last: Option<&LastOffer>, offset: Offset, words: &Words) -> String {
    let say = |message| words.text(message, &[]);
    let time = |at: Timestamp| -> Value<'static> {
        offset.to_datetime(at).strftime("%H:%M").to_string().into()
    };
    let since = |message, at| words.text(message, &[("time", time(at))]);
    let mut lines = Vec::new();
    match last {
        Some(offer) => {
            let reason = risen(&offer.figures, snapshot.thresholds.sustain, words);
            let args = [("time", time(offer.made_at)), ("reason", reason.into())];
            lines.push(words.text(Message::WhyLastOffer, &args));
            lines.push(say(outcome(offer.outcome)));
        }
        None => lines.push(say(Message::WhyNoOffer)),
    }
    let since_offer = |at| last.is_none_or(|offer| offer.made_at < at);
    if let Some((at, gate)) = snapshot.last_held.filter(|&(at, _)| since_offer(at)) {
        let args = [("time", time(at)), ("reason", held(gate, words).into())];
        lines.push(words.text(Message::WhyHeld, &args));
    }
    match (snapshot.heart_rate, snapshot.usual) {
        (None, _) => lines.push(say(Message::WhyNothingMeasured)),
        (Some(_), None) => {
            let minutes = |lasting: SignedDuration| -> Value<'static> { lasting.as_mins().into() };
            let args =
                [("learned", minutes(snapshot.learned)), ("needed", minutes(snapshot.warm_up))];
            lines.push(words.text(Message::WhyLearning, &args));
        }
        (Some(rate), Some(usual)) => {
            let args = [
                ("rate", rate.round().into()),
                ("usual", usual.heart_rate.round().into()),
                ("spread", usual.spread.round().into()),
                ("rise", snapshot.thresholds.rise(usual.spread).round().into()),
                ("span", lasting(snapshot.thresholds.sustain, words).into()),
            ];
            lines.push(words.text(Message::WhyFigures, &args));
            lines.push(match snapshot.phase {
                Phase::Settled => say(Message::WhySettled),
                Phase::Settling { .. } => say(Message::WhySettling),
                Phase::Rising { since: at, .. } => since(Message::WhyRising, at),
                Phase::Elevated { since: at, .. } => since(Message::WhyElevated, at),
            });
        }
    }
    if snapshot.closed.is_empty() {
        lines.push(say(Message::WhyAllOpen));
    } else {
        lines.push(say(Message::WhyClosed));
        lines.extend(snapshot.closed.iter().map(|&gate| {
            let failed = snapshot.failed.contains(&gate);
            let message = if failed { GateMessage::Unknown } else { GateMessage::Closed };
            format!("- {}", about(gate, message, words))
        }));
    }
    lines.join("\n")
}

const fn outcome(outcome: Option<OfferOutcome>) -> Message {
    match outcome {
        None => Message::WhyOpen,
        Some(OfferOutcome::Expired) => Message::WhyExpired,
        Some(OfferOutcome::Replaced) => Message::WhyReplaced,
        Some(OfferOutcome::Answered(answer)) => match answer {
            Answer::Start => Message::WhyStart,
            Answer::Later => Message::WhyLater,
            Answer::Fine => Message::WhyFine,
            Answer::Moving => Message::WhyMoving,
            Answer::Excited => Message::WhyExcited,
        },
    }
}

/// In whole beats, which is as fine as anyone feels.
fn values(
    figures: &Figures,
    sustain: SignedDuration,
    words: &Words,
) -> [(&'static str, Value<'static>); 3] {
    [
        ("rate", figures.heart_rate.round().into()),
        ("usual", figures.usual.round().into()),
        ("span", span(sustain, words).into()),
    ]
}

/// By itself: "a minute", "5 minutes".
fn lasting(duration: SignedDuration, words: &Words) -> String {
    if duration.as_secs() == 60 {
        words.text(Message::LastingMinutes, &[("count", 1.into())])
    } else {
        span(duration, words)
    }
}

/// Behind "the last": "minute", "5 minutes", or seconds where it is no whole minute.
fn span(duration: SignedDuration, words: &Words) -> String {
    let seconds = duration.as_secs();
    if seconds % 60 == 0 {
        words.text(Message::SpanMinutes, &[("count", (seconds / 60).into())])
    } else {
        words.text(Message::SpanSeconds, &[("count", seconds.into())])
    }
}

/// How many wordings each text of an offer has.
const WORDINGS: u64 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_never_word_for_word_the_one_before() {
        let words = Words::new("en");
        let sustained = SignedDuration::from_mins(6);
        let figures = Figures { heart_rate: 88.4, usual: 66.2, spread: 4.0, sustained };
        let details = [
            Detail::Figures(&figures, SignedDuration::from_mins(5)),
            Detail::Heart,
            Detail::Nothing,
        ];
        let all: Vec<_> = (0..7)
            .flat_map(|id| details.map(|detail| offer(OfferId(id), detail, &Words::new("en"))))
            .collect();
        for (at, said) in all.iter().enumerate() {
            // What went before may have said more or less.
            let before = (at - at % 3).saturating_sub(3)..at - at % 3;
            assert!(all[before].iter().all(|earlier| earlier != said), "{said}");
            assert!(said.ends_with('?') && !said.contains(['{', '$']), "{said}");
        }
        for id in 0..3 {
            let said = offer(OfferId(id), details[0], &words);
            assert!(["88", "66", "5 minutes"].iter().all(|figure| said.contains(figure)), "{said}");
            let said = offer(OfferId(id), Detail::Heart, &words);
            assert!(
                said.contains("heart") && !said.contains(|c: char| c.is_ascii_digit()),
                "{said}"
            );
            assert!(!offer(OfferId(id), Detail::Nothing, &words).contains("heart"));
        }
    }

    #[test]
    fn the_span_is_said_as_it_is_set() {
        let words = Words::new("en");
        let said =
            [10, 60, 90, 300].map(|seconds| span(SignedDuration::from_secs(seconds), &words));
        assert_eq!(said, ["10 seconds", "minute", "90 seconds", "5 minutes"]);
    }

    #[test]
    fn every_gate_has_its_own_words() {
        let words = Words::new("en");
        let said: std::collections::HashSet<_> = Gate::ALL.map(|gate| held(gate, &words)).into();
        assert_eq!(said.len(), Gate::ALL.len());
        assert!(
            said.iter()
                .all(|line| line.starts_with("Nothing was offered: ") && line.ends_with('.'))
        );
    }
}
