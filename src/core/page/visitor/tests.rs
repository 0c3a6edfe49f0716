use super::*;
use crate::practice::Anchor;
use crate::practice::Liking;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn begun(practice: &str) -> (Visitor, Session, Library) {
    let library = Library::built_in().unwrap();
    let settings = PracticeSettings::default();
    let mut visitor = Visitor::new(Earlier::default(), &settings);
    visitor.begin(practice, &library, &settings, true, (AT, Offset::UTC));
    let practice = Arc::clone(library.get(practice).unwrap());
    let grounding = Arc::clone(library.grounding());
    let mut session = Session::start(practice, Length::OneMinute, grounding, AT);
    session.handle(Visit::hold(), AT);
    // The screens of the first time.
    for _ in 0..Visit::WELCOMES {
        assert_eq!(visitor.handle(PageInput::Next, &session, &library), None);
    }
    (visitor, session, library)
}

#[test]
fn another_practice_swaps_with_the_one_about_to_begin() {
    let (mut visitor, session, library) = begun("stop");
    let shown: Vec<_> = visitor.others.iter().map(|other| other.id().to_owned()).collect();
    assert_eq!(shown.len(), 2);
    let chosen = visitor.handle(PageInput::Other(1), &session, &library);
    assert_eq!(chosen, Some(Decision::Choose(shown[1].clone(), Length::OneMinute)));
    assert_eq!(visitor.others[1].id(), "stop");
    assert_eq!(visitor.others[0].id(), shown[0]);
    assert_eq!(visitor.handle(PageInput::Other(2), &session, &library), None, "there is none");
}

#[test]
fn a_length_keeps_the_practice_and_the_search_is_one_of_its_own() {
    let (mut visitor, session, library) = begun("stop");
    let length = visitor.handle(PageInput::Length(Length::ThreeMinutes), &session, &library);
    assert_eq!(length, Some(Decision::Choose("stop".to_owned(), Length::ThreeMinutes)));
    let search = visitor.handle(PageInput::FindPace, &session, &library);
    let own_pace = library.own_pace().id().to_owned();
    assert_eq!(search, Some(Decision::Choose(own_pace, Length::OneMinute)));
}

#[test]
fn what_is_chosen_is_learned_once() {
    let settings = PracticeSettings::default();
    let (mut visitor, session, library) = begun("stop");
    assert!(visitor.learn(&settings), "the screens of the first time lie behind");
    assert!(!visitor.learn(&settings));
    visitor.handle(PageInput::Anchor(Anchor::Sound), &session, &library);
    assert!(visitor.learn(&settings) && visitor.habits.anchor(&settings) == Anchor::Sound);
    let loud = Sound { volume: 90, ..Sound::SILENT };
    visitor.handle(PageInput::Sound(loud), &session, &library);
    assert!(visitor.learn(&settings) && visitor.habits.volume == Some(90));
    assert!(!visitor.learn(&settings));
}

#[test]
fn a_question_waits_as_long_as_a_pause_or_until_its_answer() {
    let (mut visitor, mut session, library) = begun("stop");
    assert_eq!(visitor.question_until(&session), None);
    visitor.handle(PageInput::Begin, &session, &library);
    session.handle(SessionCommand::Resume, AT);
    let mut now = AT;
    while !matches!(session.state(), SessionState::Ended { .. }) {
        now += SECOND;
        session.tick(now);
    }
    let SessionState::Ended { at, .. } = session.state() else { unreachable!() };
    assert_eq!(visitor.question_until(&session), Some(at + Session::MAX_PAUSE));
    let said = Feedback { liking: Some(Liking::More), ..Feedback::default() };
    let answered = visitor.handle(PageInput::Feedback(said.clone()), &session, &library);
    assert_eq!(answered, Some(Decision::Feedback(said)));
    assert_eq!(visitor.question_until(&session), None);
}

#[test]
fn the_heart_is_kept_in_steps_of_a_second() {
    let (mut visitor, ..) = begun("stop");
    for tenth in 0..30 {
        let now = AT + SignedDuration::from_millis(100 * tenth);
        visitor.heart_beats(now, (tenth != 9).then_some(70.0));
    }
    let seconds: Vec<_> = visitor.course.iter().map(|(at, _)| at.as_millisecond()).collect();
    assert_eq!(seconds, [0, 1000, 1900, 2800]);
}
