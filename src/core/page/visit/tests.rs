use jiff::SignedDuration;
use jiff::Timestamp;

use super::*;
use crate::practice::SessionPlace;

const AT: Timestamp = Timestamp::UNIX_EPOCH;
const UNDER_WAY: SessionState = SessionState::Paused {
    place: SessionPlace::Practice { step: 0 },
    remaining: SignedDuration::from_secs(20),
    since: AT,
};
const COMPLETED: SessionState = SessionState::Ended { ending: Ending::Completed, at: AT };

fn new() -> Visit {
    Visit::new(Anchor::Breath, Sound::SILENT, false)
}

fn begun() -> Visit {
    let mut visit = new();
    assert_eq!(
        visit.handle(PageInput::Begin, UNDER_WAY),
        Some(Wish::Break(SessionCommand::Resume))
    );
    visit
}

fn tense(figure: u8) -> Feedback {
    Feedback { tense: Tense::new(figure), ..Feedback::default() }
}

#[test]
fn the_first_step_waits_until_the_first_page_was_read() {
    let mut visit = new();
    for input in [PageInput::Back, PageInput::Pause, PageInput::Resume] {
        assert_eq!(visit.handle(input, UNDER_WAY), None);
    }
    assert_eq!(visit.handle(PageInput::Next, UNDER_WAY), Some(Wish::Break(SessionCommand::Resume)));
    assert_eq!(visit.handle(PageInput::Next, UNDER_WAY), Some(Wish::Break(SessionCommand::Next)));
    assert_eq!(visit.handle(PageInput::Begin, UNDER_WAY), None);
}

#[test]
fn the_first_time_there_are_three_screens_before_the_first_page() {
    let mut visit = Visit::new(Anchor::Breath, Sound::SILENT, true);
    let mut seen = vec![visit.welcome()];
    for input in [PageInput::Next, PageInput::Back, PageInput::Back, PageInput::Next] {
        assert_eq!(visit.handle(input, UNDER_WAY), None);
        seen.push(visit.welcome());
    }
    assert_eq!(seen, [0, 1, 0, 0, 1].map(Some));
    // Nothing is chosen before it is seen.
    assert_eq!(visit.handle(PageInput::Other(0), UNDER_WAY), None);
    for _ in 0..2 {
        assert_eq!(visit.handle(PageInput::Next, UNDER_WAY), None);
    }
    assert_eq!((visit.welcome(), visit.begun()), (None, false));
}

#[test]
fn leaving_and_too_much_work_before_the_first_step_too() {
    for first_time in [false, true] {
        let mut visit = Visit::new(Anchor::Breath, Sound::SILENT, first_time);
        assert_eq!(
            visit.handle(PageInput::Leave, UNDER_WAY),
            Some(Wish::Break(SessionCommand::Leave))
        );
        let mut visit = Visit::new(Anchor::Breath, Sound::SILENT, first_time);
        let too_much = visit.handle(PageInput::TooMuch, UNDER_WAY);
        assert_eq!(too_much, Some(Wish::Break(SessionCommand::TooMuch)));
        let pause = visit.handle(PageInput::Pause, UNDER_WAY);
        assert_eq!(pause, Some(Wish::Break(SessionCommand::Pause)));
    }
}

#[test]
fn length_and_practice_are_chosen_before_the_first_step_only() {
    let (length, other) = (PageInput::Length(Length::OneMinute), PageInput::Other(1));
    let mut visit = new();
    assert_eq!(visit.handle(length.clone(), UNDER_WAY), Some(Wish::Length(Length::OneMinute)));
    assert_eq!(visit.handle(other.clone(), UNDER_WAY), Some(Wish::Other(1)));
    for input in [length, other] {
        assert_eq!(begun().handle(input.clone(), UNDER_WAY), None);
        assert_eq!(begun().handle(input, COMPLETED), None);
    }
}

#[test]
fn the_question_is_answered_once_and_only_after_the_last_step() {
    let mut visit = begun();
    assert_eq!(visit.handle(PageInput::Feedback(tense(7)), UNDER_WAY), None);
    assert_eq!(
        visit.handle(PageInput::Feedback(tense(7)), COMPLETED),
        Some(Wish::Feedback(tense(7)))
    );
    assert_eq!(visit.handle(PageInput::Feedback(Feedback::default()), COMPLETED), None);
    assert_eq!(visit.handle(PageInput::Closed, COMPLETED), None);
}

#[test]
fn what_was_said_before_is_told_with_what_is_said_afterwards() {
    let mut visit = new();
    for before in [Tense::new(9), None, Tense::new(8)] {
        assert_eq!(visit.handle(PageInput::Before(before), UNDER_WAY), None);
    }
    visit.handle(PageInput::Begin, UNDER_WAY);
    visit.handle(PageInput::Before(None), UNDER_WAY);
    let told = visit.handle(PageInput::Feedback(tense(3)), COMPLETED);
    assert_eq!(told, Some(Wish::Feedback(Feedback { before: Tense::new(8), ..tense(3) })));
}

#[test]
fn leaving_the_question_skips_it() {
    for input in [PageInput::Leave, PageInput::Closed, PageInput::Feedback(Feedback::default())] {
        assert_eq!(begun().handle(input, COMPLETED), Some(Wish::Feedback(Feedback::default())));
    }
}

#[test]
fn whoever_left_is_asked_nothing() {
    for ending in [Ending::Left { step: 1 }, Ending::TooMuch { step: 1 }] {
        let state = SessionState::Ended { ending, at: AT };
        assert_eq!(begun().handle(PageInput::Feedback(tense(3)), state), None);
    }
}

#[test]
fn a_window_that_is_gone_ends_the_break() {
    assert_eq!(
        begun().handle(PageInput::Closed, UNDER_WAY),
        Some(Wish::Break(SessionCommand::Leave))
    );
}

#[test]
fn attention_can_rest_elsewhere_at_any_step() {
    let mut visit = begun();
    assert_eq!(visit.handle(PageInput::Anchor(Anchor::Feet), UNDER_WAY), None);
    assert_eq!(visit.anchor(), Anchor::Feet);
}

#[test]
fn sound_is_chosen_at_any_time_and_never_louder_than_it_can_be() {
    let loud = Sound { tones: true, voice: true, volume: 200 };
    for state in [UNDER_WAY, COMPLETED] {
        let mut visit = begun();
        assert_eq!(visit.handle(PageInput::Sound(loud), state), None);
        assert_eq!(visit.sound(), Sound { volume: 100, ..loud });
    }
}

#[test]
fn a_note_is_one_line() {
    assert_eq!(
        Feedback::note("  a walk\nhelped \u{1b}[2J "),
        Some("a walk helped  [2J".to_owned())
    );
    assert_eq!(Feedback::note(" \u{0} \n"), None);
    assert_eq!(
        Feedback::note(&"é".repeat(500)).map(|note| note.chars().count()),
        Some(Feedback::NOTE)
    );
}

#[test]
fn tension_goes_from_0_to_10() {
    assert_eq!(Tense::new(0).map(Tense::figure), Some(0));
    assert_eq!(Tense::new(10).map(Tense::figure), Some(10));
    assert_eq!(Tense::new(11), None);
}
