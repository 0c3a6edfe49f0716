use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::time::Instant;

use super::*;
use crate::accented;
use crate::clock::SharedClock;
use crate::store::BreakEnd;
use crate::store::Record;
use crate::store::Store;
use crate::store::StoredBreak;
use crate::store::Writer;
use kindbeat_core::practice::Habits;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Liking;

/// Types these pieces, waiting a minute and a second before each; all that is written, and the break that is kept.
async fn taken(practice: &str, typed: &[&str]) -> (String, StoredBreak) {
    taken_for(practice, typed, Duration::from_secs(61)).await
}

/// The same, and so long after the last piece nobody is there any more.
async fn taken_for(practice: &str, typed: &[&str], after: Duration) -> (String, StoredBreak) {
    taken_in(english, practice, typed, after).await
}

fn english() -> Words {
    Words::new("en")
}

/// The same in these words.
async fn taken_in(
    words: fn() -> Words,
    practice: &str,
    typed: &[&str],
    after: Duration,
) -> (String, StoredBreak) {
    let begun = Instant::now();
    let clock: SharedClock = Arc::new(move || {
        Timestamp::from_second(1_900_000_000).unwrap()
            + SignedDuration::try_from(begun.elapsed()).unwrap()
    });
    let folder = welcomed();
    let mut player = player(practice, folder.path(), Config::default(), words, clock);
    let (keys, chunks) = mpsc::channel(1);
    let mut terminal = Terminal::from_chunks(chunks).unwrap();
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
    tokio::select! {
        ended = player.play(&mut terminal, &mut out, &mut complaints) => ended.unwrap(),
        () = typing => {}
    }
    player.finish(&mut complaints).unwrap();
    assert!(complaints.is_empty(), "{}", String::from_utf8_lossy(&complaints));
    let store = Store::open_to_look(folder.path()).unwrap().unwrap();
    let breaks = store.breaks(Timestamp::MIN, Timestamp::MAX).unwrap();
    let [kept] = <[StoredBreak; 1]>::try_from(breaks).unwrap();
    (String::from_utf8(out).unwrap(), kept)
}

/// A folder of somebody who knows the screens of the first time.
fn welcomed() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::new(SignedDuration::from_hours(1));
    let habits = Habits { welcomed: true, ..Habits::default() };
    writer.keep(Timestamp::UNIX_EPOCH, Record::Habits(habits));
    let batch = writer.flush(Timestamp::UNIX_EPOCH).unwrap();
    Store::open(folder.path(), Timestamp::UNIX_EPOCH).unwrap().store.write(&batch).unwrap();
    folder
}

fn player(
    practice: &str,
    folder: &Path,
    config: Config,
    words: fn() -> Words,
    clock: SharedClock,
) -> Player {
    let parts = LocalParts {
        config,
        locale: "en_GB".to_owned(),
        words: words(),
        library: Library::built_in().unwrap(),
        folder: Some(folder.to_owned()),
        clock,
    };
    let (problems, problem) = mpsc::channel(1);
    let (practice, length) = (Some(practice.to_owned()), Some(Length::OneMinute));
    let local = Local::begin(practice, length, parts, problems).unwrap();
    Player::new(Host::Local(Box::new(local)), words(), problem)
}

#[tokio::test]
async fn a_missing_voice_is_reported_once_in_plain_words() {
    let folder = welcomed();
    let (voice, heard, _) = Speaker::start(Some(folder.path().join("none")));
    let noon = Timestamp::from_second(1_900_000_000).unwrap();
    let mut config = Config::default();
    config.practice.voice = true;
    let mut player = player("kind-hand", folder.path(), config, english, Arc::new(move || noon))
        .aloud(PageReader::new(voice), heard);
    let (keys, chunks) = mpsc::channel(1);
    let mut terminal = Terminal::from_chunks(chunks).unwrap();
    let (mut out, mut complaints) = (Vec::new(), Pipe::default());
    let heard = complaints.clone();
    let typing = async {
        keys.send(b"\n".to_vec()).await.unwrap();
        while heard.said().is_empty() {
            tokio::task::yield_now().await;
        }
        keys.send(b"\n".to_vec()).await.unwrap();
        keys.send(b"q\n".to_vec()).await.unwrap();
    };
    let (ended, ()) = tokio::join!(player.play(&mut terminal, &mut out, &mut complaints), typing);
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
    let Some((BreakEnd::Completed, ended)) = kept.ended else { panic!("{kept:?}") };
    // As long on the first page, and the minute itself.
    assert_eq!(ended.duration_since(kept.started).as_secs(), 121);
    let answer = kept.answers.unwrap();
    assert_eq!((answer.tension, answer.liking), (Some(3), Some(Liking::More)));
    assert_eq!(answer.note.as_deref(), Some("A line."));
}

#[tokio::test(start_paused = true)]
async fn a_break_in_another_language_holds_no_english() {
    let days = [
        &["r\n", "h\n", "0815\n", "7\n", "P\n", "\n", "P\n", "p\n", "9\n", "3\n", "m\n", "0815.\n"]
            [..],
        &["\n", "t\n", "9\n", "\n", "\n", "\n", "3\n", "9\n", "l\n", "\n"],
    ];
    for typed in days {
        let over = Duration::from_secs(32 * 60);
        let (said, _) = taken_in(accented::words, "self-compassion-break", typed, over).await;
        assert!(said.lines().count() > 20, "{said}");
        // Keys to press, and a place on the web.
        let known = ["b:", "findahelpline.com"];
        assert_eq!(accented::untranslated(&said, &known), [""; 0]);
    }
    let noon = Timestamp::from_second(1_900_000_000).unwrap();
    let nowhere = player(
        "stop",
        Path::new("/dev/null"),
        Config::default(),
        accented::words,
        Arc::new(move || noon),
    );
    let mut complaints = Vec::new();
    nowhere.finish(&mut complaints).unwrap();
    let said = String::from_utf8(complaints).unwrap();
    assert!(said.contains("/dev/null"), "{said}");
    let of_the_system = io::Error::from_raw_os_error(17).to_string();
    let known = ["/dev/null", of_the_system.as_str()];
    assert_eq!(accented::untranslated(&said, &known), [""; 0]);
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
    let answer = kept.answers.unwrap();
    assert_eq!((answer.tension_before, answer.tension), (Some(7), Some(3)));
}

#[tokio::test(start_paused = true)]
async fn too_much_turns_to_the_grounding_at_once() {
    let (said, kept) = taken("self-compassion-break", &["\nt\n"]).await;
    assert!(said.contains("findahelpline.com"), "{said}");
    assert!(matches!(kept.ended, Some((BreakEnd::TooMuch(0), _))), "{kept:?}");
}

#[tokio::test(start_paused = true)]
async fn a_question_that_nobody_answers_is_skipped_after_half_an_hour() {
    let over = Duration::from_secs(32 * 60);
    for (typed, tension) in [(&["\n"][..], None), (&["\n", "4\n"], Some(4))] {
        let (said, kept) = taken_for("kind-hand", typed, over).await;
        assert_eq!(kept.answers.unwrap().tension, tension, "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_before_the_break_ends_with_it() {
    let (said, kept) = taken_for("kind-hand", &["h\n"], Duration::from_secs(32 * 60)).await;
    assert!(matches!(kept.ended, Some((BreakEnd::Left(0), _))), "{kept:?}: {said}");
}
