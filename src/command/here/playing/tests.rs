use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::Instant;

use super::*;
use crate::interface::Stands;
use crate::speech::Speaker;
use crate::store::Loaded;
use kindbeat_core::practice::Ending;
use kindbeat_core::practice::Habits;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Liking;

/// Types these pieces, waiting a minute and a second before each; all that is said, and what is to be kept.
async fn taken(practice: &str, typed: &[&str]) -> (String, Vec<Note>) {
    taken_for(practice, typed, Duration::from_secs(61)).await
}

/// The same, and so long after the last piece nobody is there any more.
async fn taken_for(practice: &str, typed: &[&str], after: Duration) -> (String, Vec<Note>) {
    let begun = Instant::now();
    let clock: SharedClock = Arc::new(move || {
        Timestamp::from_second(1_900_000_000).unwrap()
            + SignedDuration::try_from(begun.elapsed()).unwrap()
    });
    let (tell, mut notes) = mpsc::unbounded_channel();
    let mut player = player(clock, tell);
    player.begin(Some(practice.to_owned()), Some(Length::OneMinute)).unwrap();
    let (keys, chunks) = mpsc::channel(1);
    let mut terminal = Terminal::over(chunks).unwrap();
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    let typing = async {
        for piece in typed {
            tokio::time::sleep(Duration::from_secs(61)).await;
            if keys.send(piece.as_bytes().to_vec()).await.is_err() {
                return;
            }
        }
        tokio::time::sleep(after).await;
    };
    let mut problems = mpsc::channel(1).1;
    tokio::select! {
        ended = player.play(&mut terminal, &mut problems, &mut out, &mut complaints) => ended.unwrap(),
        () = typing => {}
    }
    drop(player);
    let mut kept = Vec::new();
    while let Some(note) = notes.recv().await {
        if !matches!(note, Note::Habits(..)) {
            kept.push(note);
        }
    }
    (String::from_utf8(out).unwrap(), kept)
}

fn player(clock: SharedClock, notes: mpsc::UnboundedSender<Note>) -> Player {
    let config = Config::default();
    let habits = Habits { welcomed: true, ..Habits::default() };
    let earlier = Earlier { habits, past: Vec::new() };
    let library = Library::built_in().unwrap();
    let engine = Loaded::default().into_engine(&config, library);
    Player::new(engine, earlier, config, "en_GB".to_owned(), clock, notes).unwrap()
}

#[tokio::test]
async fn a_missing_voice_is_reported_once_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let (voice, heard, _) = Speaker::start(Some(folder.path().join("none")));
    let noon = Timestamp::from_second(1_900_000_000).unwrap();
    let mut player = player(Arc::new(move || noon), mpsc::unbounded_channel().0)
        .aloud(PageReader::new(voice), heard);
    player.begin(Some("kind-hand".to_owned()), Some(Length::OneMinute)).unwrap();
    let (keys, chunks) = mpsc::channel(1);
    let mut terminal = Terminal::over(chunks).unwrap();
    let (mut out, mut complaints) = (Vec::new(), Pipe::default());
    let heard = complaints.clone();
    let mut problems = mpsc::channel(1).1;
    let typing = async {
        keys.send(b"\n".to_vec()).await.unwrap();
        while heard.said().is_empty() {
            tokio::task::yield_now().await;
        }
        keys.send(b"\n".to_vec()).await.unwrap();
        keys.send(b"q\n".to_vec()).await.unwrap();
    };
    let (ended, ()) =
        tokio::join!(player.play(&mut terminal, &mut problems, &mut out, &mut complaints), typing);
    ended.unwrap();
    assert_eq!(
        complaints.said(),
        "The steps are not read aloud: speech-dispatcher is not running. Starting speech-dispatcher may help; \"voice = false\" \
         turns reading off.\n"
    );
}

/// What is written, to be looked at while more is.
#[derive(Clone, Default)]
struct Pipe(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

impl Pipe {
    fn said(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn steps_come_by_themselves_and_the_first_one_waits() {
    let (said, kept) = taken("kind-hand", &["\n", "3\n", "m\n", "A line.\n"]).await;
    for words in
        ["a hand on", "There may be warmth", "You are not alone in this.", "A line for yourself"]
    {
        assert_eq!(said.matches(words).count(), 1, "{words}: {said}");
    }
    let [Note::Break(begun, at, _), Note::Break(ended, over, _), Note::Answer(answer, ..)] =
        kept.as_slice()
    else {
        panic!("{kept:?}")
    };
    assert_eq!((begun.stands, ended.stands), (Stands::Open, Stands::Ended(Ending::Completed)));
    // As long on the first page, and the minute itself.
    assert_eq!(over.duration_since(*at).as_secs(), 121);
    assert_eq!((answer.tension, answer.liking), (Some(3), Some(Liking::More)));
    assert_eq!(answer.note.as_deref(), Some("A line."));
}

#[tokio::test(start_paused = true)]
async fn the_anchor_and_the_tension_can_be_chosen_before_the_break() {
    let typed = ["r\n", "h\n", "twelve\n", "7\n", "\n", "3\n", "\n", "\n"];
    let (said, kept) = taken("self-compassion-break", &typed).await;
    for (words, times) in [
        ("Attention can rest on the breath.", 1),
        ("Attention can rest on the feet now.", 1),
        ("How tense is it now, if you like to say? (0", 2),
        ("7 of 10, before the break.", 1),
    ] {
        assert_eq!(said.matches(words).count(), times, "{words}: {said}");
    }
    let Some(Note::Answer(answer, ..)) = kept.last() else { panic!("{kept:?}") };
    assert_eq!((answer.tension_before, answer.tension), (Some(7), Some(3)));
}

#[tokio::test(start_paused = true)]
async fn what_is_too_much_is_told_at_once_and_remembered() {
    let (said, kept) = taken("self-compassion-break", &["\nt\n"]).await;
    assert!(said.contains("findahelpline.com"), "{said}");
    let [_, Note::Break(told, at, known), Note::Break(ended, ..)] = kept.as_slice() else {
        panic!("{kept:?}")
    };
    assert_eq!(
        (told.stands, ended.stands),
        (Stands::Grounding, Stands::Ended(Ending::TooMuch { step: 0 }))
    );
    assert_eq!(at.duration_since(told.started).as_secs(), 61);
    assert!(!known.is_empty(), "offers rest");
}

#[tokio::test(start_paused = true)]
async fn a_question_that_nobody_answers_is_skipped_after_half_an_hour() {
    let over = Duration::from_secs(32 * 60);
    for (typed, tension) in [(&["\n"][..], None), (&["\n", "4\n"], Some(4))] {
        let (said, kept) = taken_for("kind-hand", typed, over).await;
        let Some(Note::Answer(answer, ..)) = kept.last() else { panic!("{kept:?}: {said}") };
        assert_eq!(answer.tension, tension);
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_before_the_break_ends_with_it() {
    let (said, kept) = taken_for("kind-hand", &["h\n"], Duration::from_secs(32 * 60)).await;
    let Some(Note::Break(told, ..)) = kept.last() else { panic!("{kept:?}") };
    assert_eq!(told.stands, Stands::Ended(Ending::Left { step: 0 }), "{said}");
}
