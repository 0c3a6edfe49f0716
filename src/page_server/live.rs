//! The live connection of a page: its contents, whenever they change (server-sent events).
//!
//! Six events: `proof`, the secret of the page, comes first; `view`, the page as HTML; `heart`, the heart in words; `line`, the new part of the heart's line, as JSON;
//! `moved`, when the break has moved to a window that was opened later; `gone`, when nothing more will come.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use axum::Extension;
use axum::extract::Path;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::Event;
use axum::response::sse::KeepAlive;
use futures_util::Stream;
use futures_util::stream;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;
use tracing::debug;

use crate::page_server::Shared;
use crate::page_server::html;
use kindbeat_core::breathing::Point;
use kindbeat_core::page::LineView;
use kindbeat_core::page::Secret;
use kindbeat_core::page::View;

/// Whether a connection is the live one of a window, which stays for as long as the window does.
#[derive(Clone, Debug, Default)]
pub(super) struct Streams(Arc<AtomicBool>);

impl Streams {
    /// It is, from now on.
    fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn is(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

pub(super) async fn live(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Extension(streams): Extension<Streams>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    streams.begin();
    debug!("a window follows the break");
    let proof = shared.open().pages.proof(&id).map(proven).into_iter().collect();
    let mut live = Live {
        view: shared.view.clone(),
        changed: shared.changed.subscribe(),
        events: proof,
        connection: LiveConnection::new(shared, id),
        shown: String::new(),
        heart: None,
        line: None,
        over: false,
    };
    live.queue_changes();
    let events = stream::unfold(live, |mut live| async {
        let event = live.next().await?;
        Some((Ok(event), live))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// Says that it is us.
fn proven(proof: &Secret) -> Event {
    Event::default().event("proof").data(proof.reveal())
}

struct Live {
    view: watch::Receiver<View>,
    changed: watch::Receiver<()>,
    connection: LiveConnection,
    /// The HTML that the page has.
    shown: String,
    heart: Option<String>,
    /// The part of the heart's line that the page has; `None`: no line.
    line: Option<SentLine>,
    /// Events that aren't sent yet.
    events: VecDeque<Event>,
    over: bool,
}

impl Live {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            let alive = tokio::select! {
                alive = self.view.changed() => alive,
                alive = self.changed.changed() => alive,
            };
            if self.connection.has_moved() {
                self.events.push_back(Event::default().event("moved").data("moved"));
                self.over = true;
                continue;
            }
            self.queue_changes();
            if alive.is_err() || !self.connection.is_wanted() {
                self.events.push_back(Event::default().event("gone").data("gone"));
                self.over = true;
            }
        }
    }

    /// Queues what the page doesn't have yet.
    fn queue_changes(&mut self) {
        let view = self.view.borrow_and_update();
        let main = html::main(&view).into_string();
        if main != self.shown {
            self.events.push_back(Event::default().event("view").data(&main));
            self.shown = main;
        }
        if view.heart != self.heart {
            // A browser ignores an event without data; the page trims the space.
            let text = view.heart.as_deref().unwrap_or(" ");
            self.events.push_back(Event::default().event("heart").data(text));
            self.heart.clone_from(&view.heart);
        }
        let shown = view.line.as_ref();
        if let Some(text) = line_update(shown, self.line.as_ref(), self.connection.shared.now()) {
            self.events.push_back(Event::default().event("line").data(text));
        }
        self.line = shown.map(|line| SentLine {
            newest: line.points.last().map(|point| point.at),
            words: line.words.clone(),
        });
    }
}

/// The part of the heart's line that a page has.
struct SentLine {
    /// The time of the newest point; `None`: no point.
    newest: Option<Timestamp>,
    words: String,
}

/// The line as it's sent. Times in milliseconds since 1970; the page translates them to its own clock.
#[derive(Serialize)]
struct LineUpdate<'a> {
    now: i64,
    /// Time, bpm, and whether the line begins here.
    points: Vec<(i64, f64, bool)>,
    /// False: the page removes the line.
    drawn: bool,
    words: &'a str,
}

/// The new part of the line for a page that has `before`; `None`: nothing changed.
fn line_update(
    line: Option<&LineView>,
    before: Option<&SentLine>,
    now: Timestamp,
) -> Option<String> {
    let Some(line) = line else { return before.map(|_| "null".to_owned()) };
    let newest = before.and_then(|before| before.newest);
    let is_new = |point: &&Point| newest.is_none_or(|newest| point.at > newest);
    let tenths = |bpm: f64| (bpm * 10.0).round() / 10.0;
    let sent = |point: &Point| (point.at.as_millisecond(), tenths(point.bpm), point.begins);
    let points: Vec<_> = line.points.iter().filter(is_new).map(sent).collect();
    let drawn = !line.points.is_empty();
    let same = before.is_some_and(|before| before.words == line.words) && newest.is_some() == drawn;
    if points.is_empty() && same {
        return None;
    }
    serde_json::to_string(&LineUpdate {
        now: now.as_millisecond(),
        points,
        drawn,
        words: &line.words,
    })
    .ok()
}

/// Counts as a live connection of its page until it's dropped, however the connection ends.
struct LiveConnection {
    shared: Arc<Shared>,
    id: String,
}

impl LiveConnection {
    fn new(shared: Arc<Shared>, id: String) -> Self {
        shared.open().pages.connected(&id);
        shared.notify();
        shared.send_watched();
        Self { shared, id }
    }

    fn has_moved(&self) -> bool {
        self.shared.open().pages.has_moved(&self.id)
    }

    fn is_wanted(&self) -> bool {
        self.shared.open().pages.is_open(&self.id)
    }
}

impl Drop for LiveConnection {
    fn drop(&mut self) {
        let now = self.shared.now();
        self.shared.open().pages.disconnected(&self.id, now);
        self.shared.notify();
        self.shared.send_watched();
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn line(quarters: std::ops::Range<i64>, words: &str) -> LineView {
        let point = |quarter: i64| Point {
            at: Timestamp::UNIX_EPOCH + SignedDuration::from_millis(250 * quarter),
            bpm: 60.04 + quarter as f64,
            begins: quarter == 0,
        };
        LineView { points: quarters.map(point).collect(), words: words.to_owned() }
    }

    fn shown(line: &LineView) -> SentLine {
        SentLine { newest: line.points.last().map(|point| point.at), words: line.words.clone() }
    }

    #[test]
    fn a_page_gets_what_is_new_of_the_line_and_nothing_twice() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(2);
        let (first, next, none) = (line(0..2, "a"), line(1..3, "a"), line(0..0, "b"));
        let text = |line, before: Option<&LineView>| {
            line_update(line, before.map(shown).as_ref(), now).unwrap_or_default()
        };
        let begin =
            r#"{"now":2000,"points":[[0,60.0,true],[250,61.0,false]],"drawn":true,"words":"a"}"#;
        assert_eq!(text(Some(&first), None), begin);
        let then = r#"{"now":2000,"points":[[500,62.0,false]],"drawn":true,"words":"a"}"#;
        assert_eq!(text(Some(&next), Some(&first)), then);
        assert_eq!(text(Some(&first), Some(&first)), "");
        let gone = r#"{"now":2000,"points":[],"drawn":false,"words":"b"}"#;
        assert_eq!(text(Some(&none), Some(&next)), gone);
        assert_eq!(text(None, Some(&none)), "null");
        assert_eq!(text(None, None), "");
    }
}
