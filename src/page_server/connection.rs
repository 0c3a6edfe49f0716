//! The listener and its connections: which are accepted, how many, and for how long.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio::time::timeout;
use tracing::debug;

use crate::clock;
use crate::page_server::Shared;
use crate::page_server::owner;
use crate::page_server::routes;
use kindbeat_core::page::PageInput;

/// Serves until the last page is closed, then closes the listener.
pub(super) async fn serve(listener: TcpListener, address: SocketAddr, shared: Arc<Shared>) {
    let router = routes::router(Arc::clone(&shared), address);
    let mut changed = shared.changed.subscribe();
    let mut view = shared.view.clone();
    let mut view_may_change = true;
    let mut connections = JoinSet::new();
    let stop = watch::Sender::new(());
    while let Some(wakeup) = settle(&shared) {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MOST_CONNECTIONS => match accepted {
                Ok((stream, peer)) if owner::is_ours(peer, address) => {
                    connections.spawn(connection(stream, router.clone(), stop.subscribe()));
                }
                Ok(_) => debug!(reason = "not our user", "connection refused"),
                // Most likely file descriptors ran out: without a pause the loop would spin.
                Err(error) => {
                    debug!(%error, "connection not accepted");
                    sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = clock::until(wakeup, &shared.clock) => {}
            _ = changed.changed() => {}
            alive = view.changed(), if view_may_change => view_may_change = alive.is_ok(),
        }
    }
    drop(listener);
    // A page that was just closed may still wait for its answer.
    stop.send_replace(());
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = timeout(LAST_ANSWER, all).await;
    // After the daemon's end nobody receives this.
    let _ = shared.inputs.send(PageInput::Closed).await;
}

/// Closes the pages whose time is over. The outer `None`: no page is left, and the next one needs a new listener; the inner
/// one: nothing is due.
#[expect(clippy::option_option, reason = "whether to go on, and if so when to wake up, if at all")]
fn settle(shared: &Shared) -> Option<Option<Timestamp>> {
    let now = shared.now();
    let is_over = shared.view.borrow().is_over();
    let mut open = shared.open();
    if is_over {
        open.pages.over(now);
    } else {
        open.pages.not_over();
    }
    let closed = open.pages.tick(now);
    let open = &mut *open;
    open.awaited.retain(|(id, _)| open.pages.is_open(id.as_str()));
    let wakeup = open.pages.next_wakeup();
    let none_left = open.pages.is_empty();
    if none_left {
        open.address = None;
    }
    if closed {
        shared.notify();
    }
    (!none_left).then_some(wakeup)
}

async fn connection(stream: TcpStream, router: Router, mut stop: watch::Receiver<()>) {
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_headers(MOST_HEADERS)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut served = pin!(served);
    let result = tokio::select! {
        result = served.as_mut() => result,
        _ = stop.changed() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = result {
        debug!(%error, "connection ended");
    }
}

/// A browser opens up to six connections to a host; several browsers may show the page.
const MOST_CONNECTIONS: usize = 32;
const MOST_HEADERS: usize = 64;
/// Twice the smallest that hyper allows: browsers send about 1 KiB.
const LARGEST_HEAD: usize = 16 * 1024;
/// Also the longest time that a connection may be open without a request.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
const LAST_ANSWER: Duration = Duration::from_secs(1);
