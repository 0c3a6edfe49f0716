//! Serves the page of a break to the browser of its owner, and to nobody else. Touches sockets of 127.0.0.1 and the table of
//! their owners.
//!
//! A listener exists only while a page is open. Each of these keeps others out:
//!
//! - Only connections from sockets of the same user are answered (`owner.rs`): this stops other people on this machine.
//!
//! - The token in an address opens its page once; from then on a cookie does, which scripts can't read and other sites can't
//!   send. This stops those who see the address later, in a history or a list of processes.
//!
//! - Requests have to name our host, and those from a page have to come from our page (`guard.rs`): this stops pages of
//!   other sites, and names that point to this machine.
//!
//! - The page believes only a live connection that begins with a secret of its own, which no browser sends: this stops whoever takes
//!   the port after a daemon that was killed.
//!
//! - The page loads nothing from other hosts and leads to none, and no script or style is inline: so nothing in the texts of
//!   a practice can run.
//!
//! Bounded: connections, the time for a request's head and its body, the size of both.
//!
//! [`kindbeat_core::page::Pages`] decides which pages are open, [`kindbeat_core::page::view_of`] what they show.

mod connection;
mod guard;
mod html;
mod live;
mod owner;
mod routes;

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use axum::Router;
use jiff::Timestamp;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;

use crate::clock::SharedClock;
use crate::page_server::live::Streams;
use crate::tasks::Spawner;
use kindbeat_core::page::PageId;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Pages;
use kindbeat_core::page::Secret;
use kindbeat_core::page::View;

/// The open pages and their listener. Needs a tokio runtime.
pub struct PageServer {
    shared: Arc<Shared>,
    tasks: Option<Spawner>,
}

/// Whether this machine lets us listen on the loopback. Listens for a moment, without accepting anything.
pub fn can_listen() -> io::Result<()> {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map(|_| ())
}

/// Another way in than the listener: for connections that somebody else has taken.
#[derive(Debug)]
pub struct Door {
    router: Router,
}

#[derive(Debug)]
pub struct OpenedPage {
    /// Good for one request within a minute. It opens the page for whoever has it: it must not be logged.
    pub url: String,
    /// Completes when the page is first fetched; an error when the page was closed before.
    pub fetched: oneshot::Receiver<()>,
}

/// Why a page can't be opened, as the system says it.
#[derive(Debug, thiserror::Error)]
pub enum PageServerError {
    /// No port is free on the loopback.
    #[error(transparent)]
    Listen(io::Error),
    /// The system gives no random bytes.
    #[error(transparent)]
    Random(getrandom::Error),
}

/// Shared by the daemon's side, the listener and every request.
struct Shared {
    clock: SharedClock,
    view: watch::Receiver<View>,
    inputs: mpsc::Sender<PageInput>,
    /// Held for a look or a change only, never across an await, so a lock of the standard library does.
    open: Mutex<Open>,
    /// Notified whenever a page opened, closed, or a window connected or left.
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Open {
    pages: Pages,
    /// Notified at the first request to a page.
    awaited: Vec<(PageId, oneshot::Sender<()>)>,
    /// The address of the listener; `None` without one.
    address: Option<SocketAddr>,
}

impl PageServer {
    /// A server without a page, and so without a listener. Its pages show the latest `view`; what a person does on them is
    /// sent to `inputs`.
    ///
    /// [`PageInput::Closed`] comes after the last page closed. It may come late: it means nothing while [`Self::is_open`].
    #[must_use]
    pub fn new(
        clock: SharedClock,
        view: watch::Receiver<View>,
        inputs: mpsc::Sender<PageInput>,
    ) -> Self {
        let (open, changed) = (Mutex::default(), watch::Sender::new(()));
        Self { shared: Arc::new(Shared { clock, view, inputs, open, changed }), tasks: None }
    }

    /// The listener is to be one of these tasks.
    #[must_use]
    pub fn supervised_by(self, tasks: Spawner) -> Self {
        Self { tasks: Some(tasks), ..self }
    }

    /// Opens one more page.
    pub fn open(&self) -> Result<OpenedPage, PageServerError> {
        let (id, token) = (PageId::new(random()?), Secret::new(random()?));
        let proof = Secret::new(random()?);
        let mut open = self.shared.open();
        let address = if let Some(address) = open.address {
            address
        } else {
            let (listener, address) = listen().map_err(PageServerError::Listen)?;
            open.address = Some(address);
            let serving = connection::serve(listener, address, Arc::clone(&self.shared));
            match &self.tasks {
                Some(tasks) => tasks.spawn("page-server", serving),
                None => drop(tokio::spawn(serving)),
            }
            address
        };
        let url = routes::url(address, &id, &token);
        let (tell, fetched) = oneshot::channel();
        open.pages.open(id.clone(), token, proof, self.shared.now());
        open.awaited.push((id, tell));
        drop(open);
        self.shared.notify();
        Ok(OpenedPage { url, fetched })
    }

    /// Pages that open from now on are served through this door alone, and not to a listener: as if it listened at this address. No page
    /// ends of itself then.
    #[must_use]
    pub fn door(&self, address: SocketAddr) -> Door {
        self.shared.open().address = Some(address);
        Door { router: routes::router(Arc::clone(&self.shared), address) }
    }

    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.shared.open().pages.is_empty()
    }

    /// Whether a window shows the page at this moment; [`PageInput::Watched`] is sent when this may have changed.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        self.shared.open().pages.is_seen()
    }

    /// Checks the deadlines: for a clock that may have jumped, as it does when a machine wakes.
    pub fn tick(&self) {
        self.shared.notify();
    }

    /// Closes every page; the windows show that the break has ended.
    pub fn close(&self) {
        let mut open = self.shared.open();
        open.pages = Pages::default();
        open.awaited.clear();
        drop(open);
        self.shared.notify();
    }
}

impl Door {
    /// Serves one connection, until it ends.
    pub async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let stop = watch::Sender::new(());
        let router = self.router.clone();
        connection::connection(stream, router, stop.subscribe(), Streams::default()).await;
    }
}

impl fmt::Debug for PageServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageServer").field("is_open", &self.is_open()).finish_non_exhaustive()
    }
}

impl Shared {
    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Nothing panics while the lock is held, so a poisoned lock still holds consistent data.
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends [`PageInput::Watched`]. When the queue is full, an earlier input leads to the same look.
    fn send_watched(&self) {
        let _ = self.inputs.try_send(PageInput::Watched);
    }

    fn notify(&self) {
        self.changed.send_replace(());
    }
}

fn listen() -> io::Result<(tokio::net::TcpListener, SocketAddr)> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn random<const N: usize>() -> Result<[u8; N], PageServerError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(PageServerError::Random)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
