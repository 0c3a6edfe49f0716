//! The heart that follows the breath, in words.

use crate::breathing::Point;
use crate::breathing::SearchOutcome;
use crate::breathing::Swing;
use crate::breathing::Unclear;
use crate::breathing::Verdict;
use crate::page::view::LineView;
use crate::words::Message;
use crate::words::Words;

/// What is known of the heart's line.
#[derive(Clone, Copy, Debug)]
pub struct Following<'a> {
    /// Whether it can be trusted.
    pub verdict: Verdict,
    /// Its points of the last while, oldest first.
    pub points: &'a [Point],
    /// How far the heart swings with the breath; `None`: not known, or not to be told now.
    pub swing: Option<Swing>,
    /// What the search of this break has found; `None`: there was none, or it is not over.
    pub outcome: Option<&'a SearchOutcome>,
}

impl Following<'_> {
    /// Whether a search for the owner's pace could find one: not without beats, nor where the rhythm tells nothing.
    #[must_use]
    pub fn can_find_pace(self) -> bool {
        matches!(self.verdict, Verdict::Good | Verdict::Waiting)
    }

    /// The line as it stands on the page; one sentence in its place where it cannot be trusted.
    pub(super) fn view(self, words: &Words) -> LineView {
        let (drawn, words) = match (self.verdict, self.swing) {
            (Verdict::Good, Some(swing)) if swing.ms >= LEAST_SWING_MS => {
                // To ten: the figure is no finer, and should not flicker.
                let ms = (swing.ms / 10.0).round() * 10.0;
                (true, words.text(Message::LineSwing, &[("ms", ms.into())]))
            }
            (Verdict::Good, Some(_)) => (true, words.text(Message::LineEven, &[])),
            (Verdict::Good, None) => (true, words.text(Message::LineDrawn, &[])),
            (Verdict::Waiting, _) => (true, words.text(Message::LineWaiting, &[])),
            (Verdict::Silent, _) => (false, words.text(Message::LineSilent, &[])),
            (Verdict::NoRr, _) => (false, words.text(Message::LineNoRr, &[])),
            (Verdict::Poor, _) => (false, words.text(Message::LinePoor, &[])),
            (Verdict::Irregular, _) => (false, words.text(Message::LineIrregular, &[])),
        };
        LineView { points: if drawn { self.points.to_vec() } else { Vec::new() }, words }
    }

    /// What the search has found, in words; `None`: there was none, or it is not over.
    pub(super) fn found(self, words: &Words) -> Option<String> {
        let message = match self.outcome? {
            SearchOutcome::Found(pace, _) => {
                let pace = [("pace", pace.per_minute().into())];
                return Some(words.text(Message::PaceFound, &pace));
            }
            SearchOutcome::Unclear(Unclear::Unfinished) => Message::PaceUnfinished,
            SearchOutcome::Unclear(Unclear::NoRr) => Message::PaceNoRr,
            SearchOutcome::Unclear(Unclear::Poor) => Message::PacePoor,
            SearchOutcome::Unclear(Unclear::Irregular) => Message::PaceIrregular,
            SearchOutcome::Unclear(Unclear::TooEven) => Message::PaceTooEven,
        };
        Some(words.text(message, &[]))
    }
}

/// A smaller swing is not told in figures, peak to trough in ms: a choice.
const LEAST_SWING_MS: f64 = 15.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breathing::BreathPace;

    fn following(verdict: Verdict, ms: Option<f64>) -> LineView {
        let swing = ms.map(|ms| Swing { ms, per_minute: 6.0 });
        let at = jiff::Timestamp::UNIX_EPOCH;
        let points = [Point { at, bpm: 60.0, begins: true }];
        Following { verdict, points: &points, swing, outcome: None }.view(&Words::new("en"))
    }

    #[test]
    fn a_line_that_can_be_trusted_is_drawn_and_its_swing_told() {
        let line = following(Verdict::Good, Some(83.0));
        assert!(line.points.len() == 1 && line.words.contains("80"), "{line:?}");
        let small = following(Verdict::Good, Some(4.0));
        assert!(!small.words.contains(char::is_numeric), "{small:?}");
    }

    #[test]
    fn one_sentence_replaces_the_line_when_nothing_can_be_concluded() {
        for verdict in [Verdict::Silent, Verdict::NoRr, Verdict::Poor, Verdict::Irregular] {
            let line = following(verdict, Some(80.0));
            assert!(line.points.is_empty() && !line.words.contains(char::is_numeric), "{line:?}");
            assert!(!line.words.contains('\n') && !line.words.is_empty(), "{line:?}");
        }
    }

    #[test]
    fn only_a_search_that_found_a_pace_is_mentioned() {
        let said = |outcome: &SearchOutcome| {
            let following = Following {
                verdict: Verdict::Good,
                points: &[],
                swing: None,
                outcome: Some(outcome),
            };
            following.found(&Words::new("en")).unwrap()
        };
        let pace = BreathPace::new(5.4).unwrap();
        assert!(said(&SearchOutcome::Found(pace, Vec::new())).contains("5.4"));
        for why in [
            Unclear::Unfinished,
            Unclear::NoRr,
            Unclear::Poor,
            Unclear::Irregular,
            Unclear::TooEven,
        ] {
            let said = said(&SearchOutcome::Unclear(why));
            assert!(!said.contains(char::is_numeric) && !said.is_empty(), "{said}");
        }
    }
}
