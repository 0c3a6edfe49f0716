//! The page of a break, served to the browser of its owner, and to nobody else.
//!
//! There is a listener on 127.0.0.1 only while a page is open: it comes with the first one and goes with the last. What keeps
//! others out, each by itself enough against those it is meant for:
//!
//! - Only connections whose other end belongs to our own user are answered (`owner.rs`): other people on this machine.
//! - An address opens its page once (its token), and from then on a cookie does, which scripts cannot read and other sites
//!   cannot send: whoever sees the address later, in a history or a list of processes.
//! - Requests have to name us as their host, and, where they come from a page, ours (`guard.rs`): pages of other sites, and
//!   names that point to this machine.
//! - Nothing on the page comes from elsewhere or leads there, and no script or style stands in it: whatever a practice says.
//!
//! What is bounded: connections, the time for a request's head and its body, the size of both.
//!
//! Which pages are open is decided in [`kindbeat_core::page::Pages`], what they show in [`kindbeat_core::page::view_of`]; this module asks the
//! time of the clock it is given.

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

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;

use crate::clock::SharedClock;
use crate::tasks::Spawner;
use kindbeat_core::page::PageId;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Pages;
use kindbeat_core::page::Secret;
use kindbeat_core::page::View;

/// The pages that are open, and what serves them. To be used from within a tokio runtime.
pub struct PageServer {
    shared: Arc<Shared>,
    tasks: Option<Spawner>,
}

/// Whether a page could be served: whether this machine lets us listen to itself. Listens for a moment, to nobody.
pub fn can_listen() -> io::Result<()> {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map(|_| ())
}

/// A page that was opened.
#[derive(Debug)]
pub struct OpenedPage {
    /// Its address, good for one request within a minute. It opens the page for whoever has it: not for a log.
    pub url: String,
    /// Told when the page was first fetched; an error when it was closed before.
    pub fetched: oneshot::Receiver<()>,
}

/// Why no page can be opened.
#[derive(Debug, thiserror::Error)]
pub enum PageServerError {
    /// No port is to be had on the loopback.
    #[error("listening on 127.0.0.1 for the page")]
    Listen(#[source] io::Error),
    /// The system gives no random bytes.
    #[error("asking the system for random bytes for the page's address")]
    Random(#[source] getrandom::Error),
}

/// What the daemon's side, the listener and every request share.
struct Shared {
    clock: SharedClock,
    view: watch::Receiver<View>,
    inputs: mpsc::Sender<PageInput>,
    /// A lock of the standard library, since it is held for a look or a change only, never while waiting for anything.
    open: Mutex<Open>,
    /// Rung whenever a page opened, closed, came or went.
    changed: watch::Sender<()>,
}

/// What is open.
#[derive(Default)]
struct Open {
    pages: Pages,
    /// Whom to tell of the first request to a page.
    awaited: Vec<(PageId, oneshot::Sender<()>)>,
    /// Where the listener is; `None` where there is none.
    address: Option<SocketAddr>,
}

impl PageServer {
    /// A server without a page, and so without a listener. What stands on its pages is the latest `view`; what is done on
    /// them goes to `inputs`.
    ///
    /// [`PageInput::Closed`] comes after the last page went. It may come late: it says nothing while [`Self::is_open`].
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

    /// Opens one more page and tells its address.
    pub fn open(&self) -> Result<OpenedPage, PageServerError> {
        let (id, token) = (PageId::new(random()?), Secret::new(random()?));
        let mut open = self.shared.open();
        let address = if let Some(address) = open.address {
            address
        } else {
            let (listener, address) = listen().map_err(PageServerError::Listen)?;
            open.address = Some(address);
            let serving = connection::serve(listener, address, Arc::clone(&self.shared));
            match &self.tasks {
                Some(tasks) => tasks.spawn("page server", serving),
                None => drop(tokio::spawn(serving)),
            }
            address
        };
        let url = format!("http://{address}/p/{}/open/{}", id.as_str(), token.reveal());
        let (tell, fetched) = oneshot::channel();
        open.pages.open(id.clone(), token, self.shared.now());
        open.awaited.push((id, tell));
        drop(open);
        self.shared.ring();
        Ok(OpenedPage { url, fetched })
    }

    /// Whether a page is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.shared.open().pages.is_empty()
    }

    /// Whether a window shows one at this moment; [`PageInput::Watched`] tells that this may have changed.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.shared.open().pages.is_seen()
    }

    /// Looks at the clock: to be called when it may have jumped, as it does when a machine wakes.
    pub fn tick(&self) {
        self.shared.ring();
    }

    /// Closes every page. They say that the break has ended.
    pub fn close(&self) {
        self.shared.open().pages = Pages::default();
        self.shared.ring();
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

    /// What is open at this moment. Nothing panics while it is held, so that what it holds is whole even if the lock says not.
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whoever takes what is done on the pages that a window came or went. Where there is too much to be told already, the
    /// rest of it leads to the same look.
    fn is_watched(&self) {
        let _ = self.inputs.try_send(PageInput::Watched);
    }

    /// Tells all who wait that something changed.
    fn ring(&self) {
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
