//! A window on a break: another program of the owner shows the daemon's break and takes what is done, as the page in a browser does.
//!
//! `BreakHere` gives its caller one end of a pair of sockets. The daemon writes a [`Shown`] whenever there is something new to see,
//! the caller writes a [`PageInput`] for what somebody does; both are JSON, one a line. Each side reads the other's end of the
//! socket as the window closing. Nobody else on the bus sees any of it.
//!
//! Memory is bounded whatever the caller does: one input at a time is read, of at most [`LONGEST_LINE`] bytes, and it is answered
//! before the next; of what is to be seen only the last counts; a caller that does not read is given up after [`PATIENCE`].

use std::io;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;
use tokio::net::unix::OwnedWriteHalf;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Request;
use super::WindowTicket;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::View;

/// What there is to see.
#[derive(Debug, Deserialize, Serialize)]
struct Shown<V> {
    /// How many inputs of this window it takes into account.
    inputs: u64,
    view: V,
}

/// A break of the daemon, shown by this program. The daemon takes the window for closed when this is dropped.
#[derive(Debug)]
pub struct BreakWindow {
    lines: Lines,
    write: OwnedWriteHalf,
    /// How many inputs were sent.
    inputs: u64,
    view: View,
}

impl BreakWindow {
    /// The window at this end of the pair, once there is something to see.
    pub(super) async fn open(socket: StdUnixStream) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let (read, write) = UnixStream::from_std(socket)?.into_split();
        let mut lines = Lines::new(read, LONGEST_VIEW);
        let Shown { view, .. } = lines.next::<Shown<View>>().await?;
        Ok(Self { lines, write, inputs: 0, view })
    }

    /// What there is to see.
    #[must_use]
    pub const fn view(&self) -> &View {
        &self.view
    }

    /// Waits until there is something new to see. Nothing is lost where this is given up half-way. The error: the daemon is gone, or
    /// another window took the place of this one.
    pub async fn changed(&mut self) -> io::Result<()> {
        self.next().await.map(drop)
    }

    /// Hands on what somebody does, and waits until it is to be seen.
    pub async fn input(&mut self, input: &PageInput) -> io::Result<()> {
        let done = async {
            write_line(&mut self.write, input).await?;
            self.inputs += 1;
            while self.next().await? < self.inputs {}
            Ok(())
        };
        timeout(PATIENCE, done).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn next(&mut self) -> io::Result<u64> {
        let Shown { inputs, view } = self.lines.next::<Shown<View>>().await?;
        self.view = view;
        Ok(inputs)
    }
}

/// Two ends of a window: the daemon's, and the one for the caller.
pub(super) fn pair() -> io::Result<(UnixStream, StdUnixStream)> {
    let (ours, theirs) = StdUnixStream::pair()?;
    ours.set_nonblocking(true)?;
    Ok((UnixStream::from_std(ours)?, theirs))
}

/// Serves a window until either side goes; then [`Request::WindowClosed`] follows.
pub(super) async fn serve(
    socket: UnixStream,
    ticket: WindowTicket,
    requests: mpsc::Sender<Request>,
) {
    let id = ticket.id;
    // However it ends, it is closed then.
    let _ = show(socket, ticket, &requests).await;
    // The daemon is ending where it is not taken.
    let _ = requests.send(Request::WindowClosed(id)).await;
}

async fn show(
    socket: UnixStream,
    WindowTicket { mut views, mut replaced, .. }: WindowTicket,
    requests: &mpsc::Sender<Request>,
) -> io::Result<()> {
    let (read, mut write) = socket.into_split();
    let mut lines = Lines::new(read, LONGEST_LINE);
    let mut inputs = 0;
    views.mark_changed();
    loop {
        let input = tokio::select! {
            // The last view of a daemon that ends is shown before the window closes.
            biased;
            input = lines.next::<PageInput>() => Some(input?),
            changed = views.changed() => {
                changed.map_err(io::Error::other)?;
                None
            }
            _ = &mut replaced => return Ok(()),
        };
        if let Some(input) = input {
            let (reply, done) = oneshot::channel();
            requests.send(Request::Window { input, reply }).await.map_err(io::Error::other)?;
            done.await.map_err(io::Error::other)?;
            inputs += 1;
        }
        let view = views.borrow_and_update().clone();
        let written = timeout(PATIENCE, write_line(&mut write, &Shown { inputs, view })).await;
        written.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
    }
}

/// Reads JSON, line by line.
#[derive(Debug)]
struct Lines {
    read: BufReader<OwnedReadHalf>,
    /// What was read of the next line so far.
    line: Vec<u8>,
    /// In bytes.
    longest: usize,
}

impl Lines {
    fn new(read: OwnedReadHalf, longest: usize) -> Self {
        Self { read: BufReader::new(read), line: Vec::new(), longest }
    }

    /// The next line. What was read of it stays where this is given up half-way.
    async fn next<T: DeserializeOwned>(&mut self) -> io::Result<T> {
        let room = self.longest.saturating_sub(self.line.len()) as u64;
        (&mut self.read).take(room).read_until(b'\n', &mut self.line).await?;
        if self.line.last() != Some(&b'\n') {
            let too_long = self.line.len() >= self.longest;
            return Err(if too_long {
                io::ErrorKind::InvalidData.into()
            } else {
                io::ErrorKind::UnexpectedEof.into()
            });
        }
        let line = std::mem::take(&mut self.line);
        Ok(serde_json::from_slice(&line)?)
    }
}

async fn write_line(write: &mut OwnedWriteHalf, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    write.write_all(&line).await
}

/// An input in bytes: the longest is a note of 200 characters, which JSON may write in twelve bytes each.
const LONGEST_LINE: usize = 4_096;
/// A view in bytes: help lines and the heart's line among it, some ten thousand; a practice of one's own may say much.
const LONGEST_VIEW: usize = 4 * 1024 * 1024;
/// How long the other side may take: milliseconds when well.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::*;
    use kindbeat_core::page::empty_page;
    use kindbeat_core::practice::HelpLines;
    use kindbeat_core::words::Words;

    fn view(title: &str) -> View {
        let view = empty_page(&Words::new("en"), "en_GB", &HelpLines::built_in().unwrap());
        View { title: title.to_owned(), ..view }
    }

    /// What the daemon has of a window.
    struct Daemon {
        views: watch::Sender<View>,
        requested: mpsc::Receiver<Request>,
        window: oneshot::Sender<()>,
    }

    async fn opened() -> (BreakWindow, Daemon) {
        let (views, shown) = watch::channel(view("first"));
        let (requests, requested) = mpsc::channel(1);
        let (window, replaced) = oneshot::channel();
        let (ours, theirs) = pair().unwrap();
        tokio::spawn(serve(ours, WindowTicket { id: 7, views: shown, replaced }, requests));
        (BreakWindow::open(theirs).await.unwrap(), Daemon { views, requested, window })
    }

    #[tokio::test]
    async fn what_is_done_is_seen_when_it_is_answered() {
        let (mut window, Daemon { views, mut requested, window: _open }) = opened().await;
        assert_eq!(window.view().title, "first");
        let daemon = async {
            let Some(Request::Window { input, reply }) = requested.recv().await else { panic!() };
            assert_eq!(input, PageInput::Begin);
            views.send_replace(view("second"));
            reply.send(()).unwrap();
        };
        let (done, ()) = tokio::join!(window.input(&PageInput::Begin), daemon);
        done.unwrap();
        assert_eq!(window.view().title, "second");
        views.send_replace(view("third"));
        window.changed().await.unwrap();
        assert_eq!(window.view().title, "third");
    }

    #[tokio::test]
    async fn a_window_that_goes_is_closed() {
        let (window, mut daemon) = opened().await;
        drop(window);
        assert!(matches!(daemon.requested.recv().await, Some(Request::WindowClosed(7))));
    }

    #[tokio::test]
    async fn a_daemon_that_goes_is_noticed() {
        let (mut window, daemon) = opened().await;
        drop(daemon);
        assert!(window.changed().await.is_err());
        assert!(window.input(&PageInput::Begin).await.is_err());
    }

    #[tokio::test]
    async fn a_window_that_is_replaced_shows_the_last_view_and_ends() {
        let (mut window, daemon) = opened().await;
        daemon.views.send_replace(view("last"));
        drop(daemon.window);
        window.changed().await.unwrap();
        assert_eq!(window.view().title, "last");
        assert!(window.changed().await.is_err());
    }

    #[tokio::test]
    async fn what_is_no_input_closes_the_window() {
        let endless = vec![b'x'; LONGEST_LINE + 1];
        for typed in [&b"{\"Other\":\n"[..], b"\"Closed\"\n", b"{\"Before\":11}\n", &endless] {
            let (mut window, mut daemon) = opened().await;
            window.write.write_all(typed).await.unwrap();
            assert!(matches!(daemon.requested.recv().await, Some(Request::WindowClosed(_))));
        }
    }
}
