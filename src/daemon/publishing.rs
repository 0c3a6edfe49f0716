//! The news on the session bus, whenever there is one.

use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc;
use tracing::info;
use tracing::warn;

use crate::interface;
use crate::interface::Bus;
use crate::interface::Served;
use kindbeat_core::status::News;

/// Hands the news to the session bus; where that is gone, it is looked for again.
pub(super) async fn publish(
    mut served: Option<Served>,
    mut news: mpsc::Receiver<News>,
    requests: mpsc::Sender<interface::Request>,
) {
    let mut told = None;
    loop {
        let bus = match served.take() {
            Some(bus) => bus,
            None => match reach_bus(&mut news, &mut told, &requests).await {
                Some(bus) => bus,
                None => return,
            },
        };
        loop {
            tokio::select! {
                happened = news.recv() => {
                    let Some(happened) = happened else { return };
                    bus.tell(&happened).await;
                    note(happened, &mut told);
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
    news: &mut mpsc::Receiver<News>,
    told: &mut Option<News>,
    requests: &mpsc::Sender<interface::Request>,
) -> Option<Served> {
    let mut wait = FIRST_WAIT;
    loop {
        let mut attempt = pin!(attempt(wait, requests.clone()));
        let served = loop {
            tokio::select! {
                served = attempt.as_mut() => break served,
                happened = news.recv() => note(happened?, told),
            }
        };
        if let Some(served) = served {
            info!("on the session bus now");
            if let Some(news) = told {
                served.tell(news).await;
            }
            return Some(served);
        }
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

async fn attempt(wait: Duration, requests: mpsc::Sender<interface::Request>) -> Option<Served> {
    tokio::time::sleep(wait).await;
    interface::serve(Bus::Session, requests).await.ok()
}

/// Remembers how things stand.
fn note(happened: News, told: &mut Option<News>) {
    if matches!(happened, News::Changed(_)) {
        *told = Some(happened);
    }
}

/// Between two attempts to reach a session bus that is gone.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
