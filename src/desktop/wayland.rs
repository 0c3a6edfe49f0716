//! The connection to a Wayland compositor, without ever holding up the program.

use std::io;
use std::io::ErrorKind;
use std::path::Path;

use tokio::io::Interest;
use tokio::net::UnixStream;
use wayland_client::Connection;
use wayland_client::Dispatch;
use wayland_client::EventQueue;
use wayland_client::QueueHandle;
use wayland_client::backend::WaylandError;
use wayland_client::protocol::wl_callback::WlCallback;
use wayland_client::protocol::wl_registry::WlRegistry;

/// A connection, and the state that the events of the compositor change.
pub(super) struct WaylandLink<S> {
    pub(super) state: S,
    queue: EventQueue<S>,
    /// The socket once more, to wait at.
    socket: UnixStream,
}

impl<S: Dispatch<WlRegistry, ()> + Dispatch<WlCallback, ()> + 'static> WaylandLink<S> {
    /// Connects, and asks for everything that the compositor offers; the end of that list is marked by a callback.
    pub(super) async fn connect(socket: &Path, state: S) -> io::Result<Self> {
        let stream = UnixStream::connect(socket).await?.into_std()?;
        let socket = UnixStream::from_std(stream.try_clone()?)?;
        let connection = Connection::from_socket(stream).map_err(io::Error::other)?;
        let queue = connection.new_event_queue();
        let (display, handle) = (connection.display(), queue.handle());
        display.get_registry(&handle, ());
        display.sync(&handle, ());
        Ok(Self { state, queue, socket })
    }

    pub(super) fn handle(&self) -> QueueHandle<S> {
        self.queue.handle()
    }

    /// Sends what is to be sent, and waits until an event has changed the state. Nothing is lost when this is dropped before it is
    /// done.
    pub(super) async fn turn(&mut self) -> io::Result<()> {
        loop {
            if self.queue.dispatch_pending(&mut self.state).map_err(io::Error::other)? > 0 {
                return Ok(());
            }
            // A few bytes: there is room for them, or the compositor has long stopped reading.
            self.queue.flush().map_err(io::Error::other)?;
            self.socket.readable().await?;
            let Some(guard) = self.queue.prepare_read() else { continue };
            let read = self.socket.try_io(Interest::READABLE, || {
                guard.read().map_err(|error| match error {
                    WaylandError::Io(error) => error,
                    error @ WaylandError::Protocol(_) => io::Error::other(error),
                })
            });
            match read {
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                _ => {}
            }
        }
    }
}
