//! The live connection of a page: what it shows now, whenever that changes (server-sent events).
//!
//! Three events: `view`, the page as HTML; `heart`, the heart in words; `gone`, when nothing more will come.

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
use tokio::sync::watch;

use crate::edge::web::Shared;
use crate::edge::web::html;
use crate::page::View;

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
    }
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
    }
}
