//! The listener and its connections: which are accepted, how many, and for how long.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::task::JoinSet;
use tokio::task::yield_now;
use tokio::time::sleep;
use tokio::time::timeout;
use tracing::debug;

use crate::clock;
use crate::page_server::Shared;
use crate::page_server::live::Streams;
use crate::page_server::owner::Owners;
use crate::page_server::routes;
use kindbeat_core::page::PageInput;

/// Serves until the last page is closed, then closes the listener.
pub(super) async fn serve(listener: TcpListener, address: SocketAddr, shared: Arc<Shared>) {
    let router = routes::router(Arc::clone(&shared), address);
    let mut changed = shared.changed.subscribe();
    let mut view = shared.view.clone();
    let mut view_may_change = true;
    let owners = Owners::new(address);
    let mut connections = Connections::default();
    let stop = watch::Sender::new(());
    while let Some(wakeup) = settle(&shared) {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    if owners.is_ours(peer, address).await {
                        connections.add(stream, router.clone(), stop.subscribe());
                    } else {
                        debug!(reason = "not our user", "connection refused");
                    }
                    // However fast they come, everything else takes its turn.
                    yield_now().await;
                }
                // Most likely file descriptors ran out: without a pause the loop would spin.
                Err(error) => {
                    debug!(%error, "connection not accepted");
                    sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = connections.tasks.join_next() => {}
            () = clock::until(wakeup, &shared.clock) => {}
            _ = changed.changed() => {}
            alive = view.changed(), if view_may_change => view_may_change = alive.is_ok(),
        }
    }
    drop(listener);
    // A page that was just closed may still wait for its answer.
    stop.send_replace(());
    let all = async { while connections.tasks.join_next().await.is_some() {} };
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

/// Those that are open.
#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    /// The oldest first.
    open: Vec<(AbortHandle, Streams)>,
}

impl Connections {
    /// Serves one more. Where there are too many of its kind the oldest one goes: a program that opens many keeps no browser out.
    fn add(&mut self, stream: TcpStream, router: Router, stop: watch::Receiver<()>) {
        let streams = Streams::default();
        let task = self.tasks.spawn(connection(stream, router, stop, streams.clone()));
        self.open.push((task, streams));
        self.open.retain(|(task, _)| !task.is_finished());
        for live in [true, false] {
            let same = || self.open.iter().filter(|(_, streams)| streams.is() == live);
            if same().count() > MOST_OF_A_KIND
                && let Some((oldest, _)) = same().next()
            {
                oldest.abort();
            }
        }
    }
}

/// Serves one connection until it ends; where this is to `stop`, with the answer that is under way.
pub(super) async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    router: Router,
    mut stop: watch::Receiver<()>,
    streams: Streams,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(streams.clone());
        router.call(request)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_headers(MOST_HEADERS)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
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
const MOST_OF_A_KIND: usize = 32;
const MOST_HEADERS: usize = 64;
/// Browsers send about 1 KiB, and the cookies of every other program on 127.0.0.1.
const LARGEST_HEAD: usize = 64 * 1024;
/// Also the longest time that a connection may be open without a request.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
const LAST_ANSWER: Duration = Duration::from_secs(1);
