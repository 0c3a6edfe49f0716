//! The news on the session bus, whenever there is one.

use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc;
use tracing::info;
use tracing::warn;

use crate::interface;
use crate::interface::Bus;
use crate::interface::Served;
use kindbeat_core::backoff::Backoff;
use kindbeat_core::status::News;

/// Hands the news to the session bus; where that is gone, it is looked for again.
pub(super) async fn publish(
    session: Bus,
    mut served: Option<Served>,
    mut news: mpsc::Receiver<News>,
    requests: mpsc::Sender<interface::Request>,
) {
    let mut last = None;
    loop {
        let bus = match served.take() {
            Some(bus) => bus,
            None => match reach_bus(&session, &mut news, &mut last, &requests).await {
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
/// happens meanwhile nobody there could hear: last later, it would no longer be true.
async fn reach_bus(
    session: &Bus,
    news: &mut mpsc::Receiver<News>,
    last: &mut Option<News>,
    requests: &mpsc::Sender<interface::Request>,
) -> Option<Served> {
    let mut backoff = Backoff::new(LONGEST_PAUSE);
    loop {
        let mut attempt = pin!(attempt(session, backoff.next_delay(), requests.clone()));
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

async fn attempt(
    session: &Bus,
    pause: Duration,
    requests: mpsc::Sender<interface::Request>,
) -> Option<Served> {
    tokio::time::sleep(pause).await;
    interface::serve(session, requests).await.ok()
}

/// Remembers how things stand.
fn note(happened: News, last: &mut Option<News>) {
    if matches!(happened, News::Changed(_)) {
        *last = Some(happened);
    }
}

/// The longest pause between two attempts to reach a session bus that is gone.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
