//! What a page adds to a break: words before its first step, and one question after its last.

use crate::practice::Anchor;
use crate::practice::Command;
use crate::practice::Ending;
use crate::practice::State;

/// How far the person has come on the page, beyond what the session knows.
///
/// A break opens paused, with all of its first step still to come, and goes on once the first page was read: hand
/// [`Visit::hold`] to the session when the break begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    anchor: Anchor,
    begun: bool,
    left: bool,
    answered: bool,
}

/// What a person does on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageInput {
    /// From the first page to the first step.
    Begin,
    /// The next step now.
    Next,
    /// The step before.
    Back,
    /// Let time stand still.
    Pause,
    /// Go on.
    Resume,
    /// Out, at once, from wherever it is.
    Leave,
    /// This is too much.
    TooMuch,
    /// Attention is to rest on this.
    Anchor(Anchor),
    /// The answer to the one question; `None`: skipped.
    Tense(Option<Tense>),
    /// The last page is gone, however it went.
    Closed,
}

/// What follows from it outside the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Something is wanted of the break.
    Break(Command),
    /// The question was answered, or skipped: once a break at most, and only after one that was completed.
    Tense(Option<Tense>),
}

/// How tense it feels, from 0, not at all, to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tense(u8);

impl Tense {
    /// As tense as can be.
    pub const MOST: u8 = 10;

    /// `None` above 10.
    #[must_use]
    pub fn new(figure: u8) -> Option<Self> {
        (figure <= Self::MOST).then_some(Self(figure))
    }

    /// The figure, 0 to 10.
    #[must_use]
    pub const fn figure(self) -> u8 {
        self.0
    }
}

impl Visit {
    /// A visit that begins with the first page; attention may rest on `anchor`.
    #[must_use]
    pub const fn new(anchor: Anchor) -> Self {
        Self { anchor, begun: false, left: false, answered: false }
    }

    /// What to ask of the session as the break opens, so that no step passes while the first page is read.
    #[must_use]
    pub const fn hold() -> Command {
        Command::Pause
    }

    /// What attention rests on.
    #[must_use]
    pub const fn anchor(&self) -> Anchor {
        self.anchor
    }

    /// Whether the first page lies behind.
    #[must_use]
    pub const fn begun(&self) -> bool {
        self.begun
    }

    /// Whether the person went, and did not only come to an end.
    #[must_use]
    pub const fn left(&self) -> bool {
        self.left
    }

    /// Whether the question was answered or skipped.
    #[must_use]
    pub const fn answered(&self) -> bool {
        self.answered
    }

    /// Takes in what the person does while the break is in `state`; what it does not fit, it leaves alone.
    pub fn handle(&mut self, input: PageInput, state: State) -> Option<Wish> {
        if let State::Ended { ending, .. } = state {
            return self.handle_after(input, ending);
        }
        let command = match input {
            PageInput::Begin | PageInput::Next if !self.begun => {
                self.begun = true;
                Command::Resume
            }
            PageInput::Back | PageInput::Pause | PageInput::Resume if !self.begun => return None,
            PageInput::Begin | PageInput::Tense(_) => return None,
            PageInput::Next => Command::Next,
            PageInput::Back => Command::Back,
            PageInput::Pause => Command::Pause,
            PageInput::Resume => Command::Resume,
            PageInput::TooMuch => {
                self.begun = true;
                Command::TooMuch
            }
            PageInput::Leave | PageInput::Closed => {
                self.left = true;
                Command::Leave
            }
            PageInput::Anchor(anchor) => {
                self.anchor = anchor;
                return None;
            }
        };
        Some(Wish::Break(command))
    }

    fn handle_after(&mut self, input: PageInput, ending: Ending) -> Option<Wish> {
        let answer = match input {
            PageInput::Tense(answer) => answer,
            PageInput::Leave | PageInput::Closed => {
                self.left = true;
                None
            }
            _ => return None,
        };
        let asked = ending == Ending::Completed && !self.answered;
        self.answered = true;
        asked.then_some(Wish::Tense(answer))
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::Timestamp;

    use super::*;
    use crate::practice::Place;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;
    const UNDER_WAY: State = State::Paused {
        place: Place::Practice { step: 0 },
        remaining: SignedDuration::from_secs(20),
        since: AT,
    };
    const COMPLETED: State = State::Ended { ending: Ending::Completed, at: AT };

    fn begun() -> Visit {
        let mut visit = Visit::new(Anchor::Breath);
        assert_eq!(visit.handle(PageInput::Begin, UNDER_WAY), Some(Wish::Break(Command::Resume)));
        visit
    }

    #[test]
    fn the_first_step_waits_until_the_first_page_was_read() {
        let mut visit = Visit::new(Anchor::Breath);
        for input in [PageInput::Back, PageInput::Pause, PageInput::Resume] {
            assert_eq!(visit.handle(input, UNDER_WAY), None);
        }
        assert_eq!(visit.handle(PageInput::Next, UNDER_WAY), Some(Wish::Break(Command::Resume)));
        assert_eq!(visit.handle(PageInput::Next, UNDER_WAY), Some(Wish::Break(Command::Next)));
        assert_eq!(visit.handle(PageInput::Begin, UNDER_WAY), None);
    }

    #[test]
    fn leaving_and_too_much_work_before_the_first_step_too() {
        let mut visit = Visit::new(Anchor::Breath);
        assert_eq!(visit.handle(PageInput::Leave, UNDER_WAY), Some(Wish::Break(Command::Leave)));
        let mut visit = Visit::new(Anchor::Breath);
        let too_much = visit.handle(PageInput::TooMuch, UNDER_WAY);
        assert_eq!(too_much, Some(Wish::Break(Command::TooMuch)));
        assert_eq!(visit.handle(PageInput::Pause, UNDER_WAY), Some(Wish::Break(Command::Pause)));
    }

    #[test]
    fn the_question_is_answered_once_and_only_after_the_last_step() {
        let mut visit = begun();
        let seven = Tense::new(7);
        assert_eq!(visit.handle(PageInput::Tense(seven), UNDER_WAY), None);
        assert_eq!(visit.handle(PageInput::Tense(seven), COMPLETED), Some(Wish::Tense(seven)));
        assert_eq!(visit.handle(PageInput::Tense(None), COMPLETED), None);
        assert_eq!(visit.handle(PageInput::Closed, COMPLETED), None);
    }

    #[test]
    fn leaving_the_question_skips_it() {
        for input in [PageInput::Leave, PageInput::Closed, PageInput::Tense(None)] {
            assert_eq!(begun().handle(input, COMPLETED), Some(Wish::Tense(None)));
        }
    }

    #[test]
    fn whoever_left_is_asked_nothing() {
        for ending in [Ending::Left { step: 1 }, Ending::TooMuch { step: 1 }] {
            let state = State::Ended { ending, at: AT };
            assert_eq!(begun().handle(PageInput::Tense(Tense::new(3)), state), None);
        }
    }

    #[test]
    fn a_window_that_is_gone_ends_the_break() {
        assert_eq!(begun().handle(PageInput::Closed, UNDER_WAY), Some(Wish::Break(Command::Leave)));
    }

    #[test]
    fn attention_can_rest_elsewhere_at_any_step() {
        let mut visit = begun();
        assert_eq!(visit.handle(PageInput::Anchor(Anchor::Feet), UNDER_WAY), None);
        assert_eq!(visit.anchor(), Anchor::Feet);
    }

    #[test]
    fn tension_goes_from_0_to_10() {
        assert_eq!(Tense::new(0).map(Tense::figure), Some(0));
        assert_eq!(Tense::new(10).map(Tense::figure), Some(10));
        assert_eq!(Tense::new(11), None);
    }
}
