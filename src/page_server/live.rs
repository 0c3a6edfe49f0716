//! The live connection of a page: what it shows now, whenever that changes (server-sent events).
//!
//! Four events: `view`, the page as HTML; `heart`, the heart in words; `line`, what is new of the heart's line, as JSON; `gone`,
//! when nothing more will come.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

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

use crate::page_server::Shared;
use crate::page_server::html;
use kindbeat_core::breathing::Point;
use kindbeat_core::page::LineView;
use kindbeat_core::page::View;

/// The answer to a page that wants to know what changes.
pub(super) async fn live(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut live = Live {
        view: shared.view.clone(),
        changed: shared.changed.subscribe(),
        connection: Connection::new(shared, id),
        shown: String::new(),
        heart: None,
        line: None,
        events: VecDeque::new(),
        over: false,
    };
    live.look();
    let events = stream::unfold(live, |mut live| async {
        let event = live.next().await?;
        Some((Ok(event), live))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

struct Live {
    view: watch::Receiver<View>,
    changed: watch::Receiver<()>,
    connection: Connection,
    /// What the page shows.
    shown: String,
    heart: Option<String>,
    /// What it shows of the heart's line; `None`: none.
    line: Option<Shown>,
    /// What it has yet to be told.
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
            let there = tokio::select! {
                there = self.view.changed() => there,
                there = self.changed.changed() => there,
            };
            self.look();
            if there.is_err() || !self.connection.is_wanted() {
                self.events.push_back(Event::default().event("gone").data("gone"));
                self.over = true;
            }
        }
    }

    /// Notes what the page does not show yet.
    fn look(&mut self) {
        let view = self.view.borrow_and_update();
        let main = html::main(&view).into_string();
        if main != self.shown {
            self.events.push_back(Event::default().event("view").data(&main));
            self.shown = main;
        }
        if view.heart != self.heart {
            // An event without data is none to a browser; the page takes spaces away.
            let told = view.heart.as_deref().unwrap_or(" ");
            self.events.push_back(Event::default().event("heart").data(told));
            self.heart.clone_from(&view.heart);
        }
        let shown = view.line.as_ref();
        if let Some(told) = news_of(shown, self.line.as_ref(), self.connection.shared.now()) {
            self.events.push_back(Event::default().event("line").data(told));
        }
        self.line = shown.map(|line| Shown {
            newest: line.points.last().map(|point| point.at),
            words: line.words.clone(),
        });
    }
}

/// What a page shows of the heart's line.
struct Shown {
    /// When the newest point is; `None`: no point.
    newest: Option<Timestamp>,
    words: String,
}

/// The heart's line as it is sent. Times in milliseconds since 1970; the page lays them against its own clock.
#[derive(Serialize)]
struct News<'a> {
    now: i64,
    /// Time, beats a minute, and whether the line begins there.
    points: Vec<(i64, f64, bool)>,
    /// Whether there is a line at all; if not, what was drawn goes.
    drawn: bool,
    words: &'a str,
}

/// What a page that shows `before` has yet to be told of the line; `None`: nothing.
fn news_of(line: Option<&LineView>, before: Option<&Shown>, now: Timestamp) -> Option<String> {
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
    serde_json::to_string(&News { now: now.as_millisecond(), points, drawn, words: &line.words })
        .ok()
}

/// Counts as a live connection of its page for as long as it exists, however it ends.
struct Connection {
    shared: Arc<Shared>,
    id: String,
}

impl Connection {
    fn new(shared: Arc<Shared>, id: String) -> Self {
        shared.open().pages.connected(&id);
        shared.ring();
        shared.is_watched();
        Self { shared, id }
    }

    fn is_wanted(&self) -> bool {
        self.shared.open().pages.is_open(&self.id)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let now = self.shared.now();
        self.shared.open().pages.disconnected(&self.id, now);
        self.shared.ring();
        self.shared.is_watched();
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

    fn shown(line: &LineView) -> Shown {
        Shown { newest: line.points.last().map(|point| point.at), words: line.words.clone() }
    }

    #[test]
    fn a_page_is_told_what_is_new_of_the_line_and_nothing_twice() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(2);
        let (first, next, none) = (line(0..2, "a"), line(1..3, "a"), line(0..0, "b"));
        let told = |line, before: Option<&LineView>| {
            news_of(line, before.map(shown).as_ref(), now).unwrap_or_default()
        };
        let begin =
            r#"{"now":2000,"points":[[0,60.0,true],[250,61.0,false]],"drawn":true,"words":"a"}"#;
        assert_eq!(told(Some(&first), None), begin);
        let then = r#"{"now":2000,"points":[[500,62.0,false]],"drawn":true,"words":"a"}"#;
        assert_eq!(told(Some(&next), Some(&first)), then);
        assert_eq!(told(Some(&first), Some(&first)), "");
        let gone = r#"{"now":2000,"points":[],"drawn":false,"words":"b"}"#;
        assert_eq!(told(Some(&none), Some(&next)), gone);
        assert_eq!(told(None, Some(&none)), "null");
        assert_eq!(told(None, None), "");
    }
}
