//! Why there was an offer, or none, in words.

use jiff::SignedDuration;

use crate::detection::Figures;
use crate::offer::Gate;
use crate::words::Message;
use crate::words::Value;
use crate::words::Words;

/// How far the heart has risen; `sustain` is the time over which it is averaged.
#[must_use]
pub fn risen(figures: &Figures, sustain: SignedDuration, words: &Words) -> String {
    words.text(Message::ReasonRisen, &values(figures, sustain, words))
}

/// The offer with its figures.
#[must_use]
pub fn offer(figures: &Figures, sustain: SignedDuration, words: &Words) -> String {
    words.text(Message::OfferBodyFigures, &values(figures, sustain, words))
}

/// What held the offer back.
#[must_use]
pub fn held(gate: Gate, words: &Words) -> String {
    words.text(message(gate), &[])
}

/// In whole beats, which is as fine as anyone feels; the excess is the difference of the two that are shown.
fn values(
    figures: &Figures,
    sustain: SignedDuration,
    words: &Words,
) -> [(&'static str, Value<'static>); 4] {
    let (rate, usual) = (figures.heart_rate.round(), figures.usual.round());
    [
        ("rate", rate.into()),
        ("usual", usual.into()),
        ("excess", (rate - usual).into()),
        ("span", span(sustain, words).into()),
    ]
}

/// "5 minutes", or seconds where it is no whole minute.
fn span(duration: SignedDuration, words: &Words) -> String {
    let seconds = duration.as_secs();
    if seconds % 60 == 0 {
        words.text(Message::SpanMinutes, &[("count", (seconds / 60).into())])
    } else {
        words.text(Message::SpanSeconds, &[("count", seconds.into())])
    }
}

const fn message(gate: Gate) -> Message {
    match gate {
        Gate::DayOff => Message::GateDayOff,
        Gate::QuietHours => Message::GateQuietHours,
        Gate::Snoozed => Message::GateSnoozed,
        Gate::BreakOpen => Message::GateBreakOpen,
        Gate::Locked => Message::GateLocked,
        Gate::Away => Message::GateAway,
        Gate::Moving => Message::GateMoving,
        Gate::JustReturned => Message::GateJustReturned,
        Gate::InCall => Message::GateInCall,
        Gate::Sharing => Message::GateSharing,
        Gate::FullScreen => Message::GateFullScreen,
        Gate::DoNotDisturb => Message::GateDoNotDisturb,
        Gate::Inhibited => Message::GateInhibited,
        Gate::DailyLimit => Message::GateDailyLimit,
        Gate::CoolDown => Message::GateCoolDown,
        Gate::NoPause => Message::GateNoPause,
        Gate::Settled => Message::GateSettled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
