//! What a terminal tells of its break: checked, since it comes from outside; and whether the terminal is still there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use futures_util::StreamExt as _;
use jiff::SignedDuration;
use jiff::Timestamp;
use tokio::sync::mpsc;
use zbus::Connection;
use zbus::fdo::DBusProxy;

use super::Refusal;
use super::Request;
use super::Stands;
use super::ToldAnswer;
use super::ToldBreak;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Liking;

/// What is told of a break, if it can be true now.
pub(super) fn checked_break(
    started_ms: i64,
    practice: String,
    length_s: u32,
    stands: &str,
    step: u32,
    now: Timestamp,
) -> Result<ToldBreak, Refusal> {
    let is_name = |name: &str| {
        (1..=LONGEST_NAME).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if !is_name(&practice) {
        return Err(invalid("that is no name of a practice"));
    }
    let length = Length::from_seconds(length_s).ok_or_else(|| invalid("no break is so long"))?;
    let stands = Stands::from_words(stands, step).ok_or_else(|| invalid("no break stands so"))?;
    Ok(ToldBreak { started: checked_start(started_ms, now)?, practice, length, stands })
}

/// What is told of what was said after a break, if it can be true now. A tension of 255 stands for none, and so does what is
/// empty.
pub(super) fn checked_answer(
    started_ms: i64,
    tensions: [u8; 2],
    liking: &str,
    note: String,
    now: Timestamp,
) -> Result<ToldAnswer, Refusal> {
    let [tension_before, tension] = tensions.map(|tension| (tension != u8::MAX).then_some(tension));
    if tension_before.max(tension) > Some(MOST_TENSE) {
        return Err(invalid("tension goes from 0 to 10"));
    }
    let liking = match liking {
        "" => None,
        "more" => Some(Liking::More),
        "less" => Some(Liking::Less),
        _ => return Err(invalid("more or less like it is wanted, or neither")),
    };
    if note.len() > LONGEST_NOTE || note.contains(char::is_control) {
        return Err(invalid("a note is one line"));
    }
    let note = Some(note).filter(|note| !note.trim().is_empty());
    let started = checked_start(started_ms, now)?;
    Ok(ToldAnswer { started, tension_before, tension, liking, note })
}

fn checked_start(started_ms: i64, now: Timestamp) -> Result<Timestamp, Refusal> {
    let started = Timestamp::from_millisecond(started_ms);
    let started = started.map_err(|_| invalid("there is no such time"))?;
    let ago = now.duration_since(started);
    if (-CLOCKS_APART..=LONGEST_AGO).contains(&ago) {
        Ok(started)
    } else {
        Err(invalid("it began at another time"))
    }
}

fn invalid(why: &str) -> Refusal {
    Refusal::InvalidBreak(why.to_owned())
}

/// The programs whose going is watched.
#[derive(Clone, Default)]
pub(super) struct Watched(Arc<Mutex<BTreeSet<String>>>);

impl Watched {
    /// Tells once the program of this name is gone from the bus, or the bus is; it is watched once, however often this is asked for.
    pub(super) fn watch(
        &self,
        connection: &Connection,
        caller: String,
        requests: &mpsc::Sender<Request>,
    ) {
        if !self.names().insert(caller.clone()) {
            return;
        }
        let (watched, connection, requests) = (self.clone(), connection.clone(), requests.clone());
        tokio::spawn(async move {
            // Where it cannot be watched, it counts as gone: a break is rather taken to be over than open for good.
            let _ = gone(&connection, &caller).await;
            watched.names().remove(&caller);
            // The daemon is ending where it is not taken.
            let _ = requests.send(Request::CallerGone(caller)).await;
        });
    }

    fn names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn gone(connection: &Connection, caller: &str) -> zbus::Result<()> {
    let bus = DBusProxy::new(connection).await?;
    let mut changes = bus.receive_name_owner_changed_with_args(&[(0, caller)]).await?;
    // It may have gone before it was watched.
    if !bus.name_has_owner(caller.try_into()?).await? {
        return Ok(());
    }
    while let Some(change) = changes.next().await {
        if change.args()?.new_owner.is_none() {
            return Ok(());
        }
    }
    Ok(())
}

/// In bytes: the names of practices are no longer.
const LONGEST_NAME: usize = 64;
const MOST_TENSE: u8 = 10;
/// In bytes: what fits on a line that is typed, and some.
pub(super) const LONGEST_NOTE: usize = 4_096;
/// A break lasts minutes, its longest pauses hours.
const LONGEST_AGO: SignedDuration = SignedDuration::from_hours(24);
/// Both programs read the same clock, which may be set in between.
const CLOCKS_APART: SignedDuration = SignedDuration::from_hours(2);

#[cfg(test)]
mod tests {
    use super::*;
    use kindbeat_core::practice::Ending;

    const NOW: Timestamp = Timestamp::constant(1_900_000_000, 0);

    fn told(ago_s: i64, practice: &str, length_s: u32, stands: &str) -> Result<ToldBreak, Refusal> {
        let started = NOW.as_millisecond() - ago_s * 1_000;
        checked_break(started, practice.to_owned(), length_s, stands, 3, NOW)
    }

    #[test]
    fn what_can_be_is_taken_in() {
        let taken = told(60, "kind-hand", 20, "left").unwrap();
        assert_eq!(taken.stands, Stands::Ended(Ending::Left { step: 3 }));
        assert_eq!(NOW.duration_since(taken.started).as_secs(), 60);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let wrong = [
            told(60, "", 20, "open"),
            told(60, "Kind hand", 20, "open"),
            told(60, &"a".repeat(65), 20, "open"),
            told(60, "kind-hand", 21, "open"),
            told(60, "kind-hand", 20, "shut"),
            told(90_000, "kind-hand", 20, "open"),
            told(-8_000, "kind-hand", 20, "open"),
            checked_break(i64::MAX, "kind-hand".to_owned(), 20, "open", 0, NOW),
        ];
        for refused in wrong {
            assert!(matches!(refused, Err(Refusal::InvalidBreak(_))), "{refused:?}");
        }
    }

    #[test]
    fn an_answer_is_a_figure_and_a_line_or_neither() {
        let said = |tensions, liking, note: &str| {
            checked_answer(NOW.as_millisecond(), tensions, liking, note.to_owned(), NOW)
        };
        let nothing = said([255, 255], "", " ").unwrap();
        let none = (None, None, None, None);
        let ToldAnswer { tension_before, tension, liking, note, .. } = nothing;
        assert_eq!((tension_before, tension, liking, note), none);
        let taken = said([10, 0], "less", "A line.").unwrap();
        assert_eq!((taken.tension_before, taken.tension), (Some(10), Some(0)));
        assert_eq!((taken.liking_in_words(), taken.note.as_deref()), ("less", Some("A line.")));
        let wrong = [
            said([11, 0], "", ""),
            said([255, 11], "", ""),
            said([0, 0], "much", ""),
            said([0, 0], "", "two\nlines"),
            said([0, 0], "", &"x".repeat(5_000)),
        ];
        for refused in wrong {
            assert!(refused.is_err(), "{refused:?}");
        }
    }
}
