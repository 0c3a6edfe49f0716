//! Why there was an offer, or none, in words.
//!
//! PURE.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::Offset;
use jiff::tz::TimeZone;

use crate::context::HandsNow;
use crate::detection::Figures;
use crate::detection::Phase;
use crate::engine::Outlook;
use crate::engine::Snapshot;
use crate::monitor::LinkState;
use crate::offer::Answer;
use crate::offer::Gate;
use crate::offer::GateMessage;
use crate::offer::OfferId;
use crate::offer::OfferOutcome;
use crate::offer::OnScreen;
use crate::offer::Resumed;
use crate::offer::Unseen;
use crate::status::Quality;
use crate::words::Message;
use crate::words::Value;
use crate::words::Words;
use crate::words::local_moment;

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

/// The same where it is known what keyboard and pointer do.
#[must_use]
pub fn holds_now(gate: Gate, hands: HandsNow, words: &Words) -> String {
    match (gate, hands) {
        (Gate::NoPause, HandsNow::Rest) => words.text(Message::WhyHandsRest, &[]),
        (Gate::NoPause, HandsNow::Unsure) => words.text(Message::WhyHandsUnsure, &[]),
        _ => holds(gate, words),
    }
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
    /// Whether it was on the screen.
    pub on_screen: OnScreen,
}

impl LastOffer {
    /// What becomes of it where nobody answers.
    #[must_use]
    pub fn unanswered(&self) -> OfferOutcome {
        match self.on_screen.was_seen() {
            Some(true) => OfferOutcome::Expired,
            Some(false) | None => OfferOutcome::NotShown,
        }
    }
}

/// What is known of the link to the monitor, which the engine knows nothing of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonitorLink {
    pub state: LinkState,
    /// Whether a monitor was connected since the start.
    pub was_connected: bool,
}

/// Why no heart is heard, if none is; then the last offer, if any, and the state of now: every figure and every closed gate. Several
/// lines; times are local.
#[must_use]
pub fn why(
    snapshot: &Snapshot,
    last: Option<&LastOffer>,
    link: MonitorLink,
    offset: Offset,
    words: &Words,
) -> String {
    let say = |message| words.text(message, &[]);
    let time = |at: Timestamp| -> Value<'static> {
        offset.to_datetime(at).strftime("%H:%M").to_string().into()
    };
    let no_heart = no_heart(snapshot, link).map(say).or_else(|| {
        let since = snapshot.frozen_since?;
        Some(words.text(Message::WhyFrozen, &[("time", time(since))]))
    });
    let is_heard = no_heart.is_none();
    let mut lines: Vec<String> = no_heart.into_iter().collect();
    match last {
        Some(offer) => {
            let reason = risen(&offer.figures, snapshot.thresholds.sustain, words);
            let args = [("time", time(offer.made_at)), ("reason", reason.into())];
            lines.push(words.text(Message::WhyLastOffer, &args));
            lines.push(say(outcome(offer)));
            lines.extend(unseen(offer).map(say));
            lines.extend(offer.on_screen.was_again().then(|| say(Message::WhyShownAgain)));
        }
        None => lines.push(say(Message::WhyNoOffer)),
    }
    let since_offer = |at| last.is_none_or(|offer| offer.made_at < at);
    if let Some((at, gate)) = snapshot.last_held.filter(|&(at, _)| since_offer(at)) {
        let args = [("time", time(at)), ("reason", held(gate, words).into())];
        lines.push(words.text(Message::WhyHeld, &args));
    }
    if is_heard {
        lines.extend(figures(snapshot, time, words));
    }
    let is_held = is_heard && matches!(snapshot.outlook, Outlook::Held(_));
    match (snapshot.closed.is_empty(), is_held) {
        (true, _) => lines.push(say(Message::WhyAllOpen)),
        (false, true) => lines.push(say(Message::WhyHolds)),
        (false, false) => lines.push(say(Message::WhyClosed)),
    }
    lines.extend(snapshot.closed.iter().map(|&gate| closed(gate, snapshot, offset, words)));
    if !snapshot.desktop_seen {
        lines.push(say(Message::WhyDesktopUnseen));
    }
    lines.join("\n")
}

/// What `resume` ended, and what still holds offers back, by the snapshot taken after it. Several lines; times are local.
#[must_use]
pub fn resumed(ended: Resumed, after: &Snapshot, offset: Offset, words: &Words) -> String {
    let all = [
        (ended.snooze, Message::ResumedSnooze),
        (ended.rest, Message::ResumedRest),
        (ended.postponement, Message::ResumedPostponement),
        (ended == Resumed::default(), Message::ResumedNothing),
    ];
    let say = |message| words.text(message, &[]);
    let mut lines: Vec<_> =
        all.into_iter().filter(|(is_so, _)| *is_so).map(|(_, message)| say(message)).collect();
    // Hands pause within moments: that holds nothing back for whoever asks.
    let holding: Vec<_> = after.closed.iter().filter(|gate| **gate != Gate::NoPause).collect();
    if after.offer_open {
        lines.push(say(Message::ResumeOffered));
    } else if after.outlook == Outlook::Due {
        lines.push(say(Message::WhyDue));
    } else if holding.is_empty() {
        lines.push(say(Message::ResumeDone));
    } else {
        lines.push(say(Message::ResumeHeld));
        lines.extend(holding.into_iter().map(|gate| closed(*gate, after, offset, words)));
    }
    lines.join("\n")
}

/// Why no heart is heard; `None` where one is.
fn no_heart(snapshot: &Snapshot, link: MonitorLink) -> Option<Message> {
    match link.state {
        LinkState::Searching | LinkState::Away if !link.was_connected => Some(Message::WhyNoStrap),
        LinkState::Searching => Some(Message::WhySearching),
        LinkState::Connecting => Some(Message::WhyConnecting),
        LinkState::Silent => Some(Message::WhySilent),
        LinkState::Away => Some(Message::WhyAway),
        LinkState::AdapterOff => Some(Message::WhyAdapterOff),
        LinkState::NoBluetooth => Some(Message::WhyNoBluetooth),
        LinkState::Blocked => Some(Message::WhyBlocked),
        LinkState::ServiceEnds => Some(Message::WhyServiceEnds),
        LinkState::InUse => Some(Message::WhyInUse),
        LinkState::NeedsPairing => Some(Message::WhyNeedsPairing),
        LinkState::BondLost => Some(Message::WhyBondLost),
        LinkState::HangsUp => Some(Message::WhyHangsUp),
        LinkState::Released => Some(Message::WhyReleased),
        LinkState::Streaming if snapshot.quality == Some(Quality::OffBody) => {
            Some(Message::WhyOffBody)
        }
        LinkState::Streaming if snapshot.heart_rate.is_none() => Some(Message::WhyNoRate),
        LinkState::Streaming => None,
    }
}

/// What is measured, and what it means; nothing while nothing is measured.
fn figures(
    snapshot: &Snapshot,
    time: impl Fn(Timestamp) -> Value<'static>,
    words: &Words,
) -> Vec<String> {
    let say = |message| words.text(message, &[]);
    let since = |message, at| words.text(message, &[("time", time(at))]);
    let Some(rate) = snapshot.heart_rate else { return Vec::new() };
    let Some(usual) = snapshot.usual else {
        let minutes = |lasting: SignedDuration| -> Value<'static> { lasting.as_mins().into() };
        let args = [("learned", minutes(snapshot.learned)), ("needed", minutes(snapshot.warm_up))];
        return vec![words.text(Message::WhyLearning, &args)];
    };
    let args = [
        ("rate", rate.round().into()),
        ("window", span(snapshot.window, words).into()),
        ("usual", usual.heart_rate.round().into()),
        ("spread", usual.spread.round().into()),
        ("rise", snapshot.thresholds.rise(usual.spread).round().into()),
        ("span", lasting(snapshot.thresholds.sustain, words).into()),
    ];
    let phase = match snapshot.phase {
        Phase::Settled => say(Message::WhySettled),
        Phase::Settling { .. } => say(Message::WhySettling),
        Phase::Rising { since: at, .. } => since(Message::WhyRising, at),
        Phase::Elevated { since: at, .. } => since(Message::WhyElevated, at),
    };
    let outlook = match snapshot.outlook {
        Outlook::Due => Some(Message::WhyDue),
        Outlook::NotEnough => Some(Message::WhyNotEnough),
        Outlook::GivenUp => Some(Message::WhyGivenUp),
        // That it is open was said with the offer.
        Outlook::Asked if !snapshot.offer_open => Some(Message::WhyAsked),
        Outlook::Nothing | Outlook::Held(_) | Outlook::Asked => None,
    };
    let phase = [Some(phase), outlook.map(say)].into_iter().flatten().collect::<Vec<_>>();
    vec![words.text(Message::WhyFigures, &args), phase.join(" ")]
}

/// A line about a gate that is closed.
fn closed(gate: Gate, snapshot: &Snapshot, offset: Offset, words: &Words) -> String {
    let failed = snapshot.failed.contains(&gate);
    let reason = if failed {
        about(gate, GateMessage::Unknown, words)
    } else {
        holds_now(gate, snapshot.hands, words)
    };
    let line = match snapshot.closed_until(gate) {
        Some(until) => {
            let until = local_moment(until, snapshot.at, &TimeZone::fixed(offset), words);
            let args = [("reason", reason.into()), ("until", until.into())];
            words.text(Message::WhyClosedUntil, &args)
        }
        None => reason,
    };
    format!("- {line}")
}

const fn outcome(offer: &LastOffer) -> Message {
    match offer.outcome {
        None if offer.on_screen.unseen().is_some() => Message::WhyOpenNotShown,
        None => Message::WhyOpen,
        Some(OfferOutcome::Expired) => Message::WhyExpired,
        Some(OfferOutcome::NotShown) => Message::WhyNotShown,
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

/// Why nobody can have seen it, and that it therefore does not count; `None` where somebody can.
fn unseen(offer: &LastOffer) -> Option<Message> {
    // Whoever answered it, by a command, knew of it.
    if !matches!(offer.outcome, None | Some(OfferOutcome::NotShown)) {
        return None;
    }
    Some(match offer.on_screen.unseen()? {
        Unseen::NotShown => Message::WhyUncounted,
        Unseen::NoNumber => Message::WhyUncountedNoNumber,
        Unseen::ClosedAtOnce => Message::WhyUncountedClosed,
    })
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
