//! The news on the session bus, whenever there is one.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::watch;
use tracing::info;
use tracing::warn;

use crate::interface;
use crate::interface::Bus;
use crate::interface::Served;
use kindbeat_core::backoff::Backoff;
use kindbeat_core::status::News;
use kindbeat_core::words::Words;

/// Hands the news to the session bus; where that is gone, it is looked for again.
pub(super) async fn publish(
    session: Bus,
    mut served: Option<Served>,
    mut news: mpsc::Receiver<News>,
    requests: mpsc::Sender<interface::Request>,
    words: watch::Receiver<Arc<Words>>,
) {
    let door = Door { session, requests, words };
    let mut last = None;
    loop {
        let bus = match served.take() {
            Some(bus) => bus,
            None => match reach_bus(&door, &mut news, &mut last).await {
                Some(bus) => bus,
                None => return,
            },
        };
        loop {
            tokio::select! {
                happened = news.recv() => {
                    let Some(happened) = happened else { return };
                    bus.tell(&happened).await;
                    note(happened, &mut last);
                }
                () = bus.gone() => break,
            }
        }
        warn!("the session bus is gone; trying to reach it again");
    }
}

/// Looks for the session bus until it is there, and tells it how things stand; `None` when there are no more news. What else
/// happens meanwhile nobody there could hear: told later, it would no longer be true.
async fn reach_bus(
    door: &Door,
    news: &mut mpsc::Receiver<News>,
    last: &mut Option<News>,
) -> Option<Served> {
    let mut backoff = Backoff::new(LONGEST_PAUSE);
    loop {
        let mut attempt = pin!(door.open(backoff.next_delay()));
        let served = loop {
            tokio::select! {
                served = attempt.as_mut() => break served,
                happened = news.recv() => note(happened?, last),
            }
        };
        if let Some(served) = served {
            info!("on the session bus now");
            if let Some(news) = last {
                served.tell(news).await;
            }
            return Some(served);
        }
    }
}

/// What the service is reached with.
struct Door {
    session: Bus,
    requests: mpsc::Sender<interface::Request>,
    words: watch::Receiver<Arc<Words>>,
}

impl Door {
    /// Attempts it once, after a pause.
    async fn open(&self, pause: Duration) -> Option<Served> {
        tokio::time::sleep(pause).await;
        let (requests, words) = (self.requests.clone(), self.words.clone());
        interface::serve(&self.session, requests, words).await.ok()
    }
}

/// Remembers how things stand.
fn note(happened: News, last: &mut Option<News>) {
    if matches!(happened, News::Changed(_)) {
        *last = Some(happened);
    }
}

/// The longest pause between two attempts to reach a session bus that is gone.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
