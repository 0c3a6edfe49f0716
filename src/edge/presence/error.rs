//! Why a source does not tell.

use std::io;
use std::time::Duration;

use wayland_client::DispatchError;
use wayland_client::backend::WaylandError;
use x11rb_protocol::errors::ConnectError;
use x11rb_protocol::errors::DisplayParsingError;
use x11rb_protocol::errors::ParseError;

/// Why a source of presence does not tell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The message bus could not be reached, or a call on it went wrong.
    #[error("asking on the message bus")]
    Bus(#[source] Box<zbus::Error>),
    /// It went while it was listened to.
    #[error("it went")]
    Gone,
    /// It should be there, and did not answer in this time.
    #[error("no answer in {0:?}")]
    Silent(Duration),
    /// The socket of the compositor or of the X server could not be used.
    #[error("talking to the display")]
    Io(#[source] io::Error),
    /// The compositor broke off.
    #[error("talking to the Wayland compositor")]
    Wayland(#[source] DispatchError),
    /// This is no name of a display.
    #[error("reading the name of the X display")]
    Display(#[source] DisplayParsingError),
    /// The display is on another machine, and so are its keyboard and pointer.
    #[error("the X display is on another machine")]
    Elsewhere,
    /// The X server lets nobody in.
    #[error("being let in by the X server")]
    Refused(#[source] Box<ConnectError>),
    /// The X server sent what nobody can read.
    #[error("reading what the X server says")]
    Reply(#[source] ParseError),
    /// The X server began to send more than any answer is long.
    #[error("the X server sent too much")]
    TooLong,
    /// The X server refused a request with this code.
    #[error("the X server refused a request (error {0})")]
    Request(u8),
}

impl From<zbus::Error> for Error {
    fn from(error: zbus::Error) -> Self {
        Self::Bus(Box::new(error))
    }
}

impl From<DispatchError> for Error {
    fn from(error: DispatchError) -> Self {
        Self::Wayland(error)
    }
}

impl From<WaylandError> for Error {
    fn from(error: WaylandError) -> Self {
        Self::Wayland(error.into())
    }
}

impl From<ParseError> for Error {
    fn from(error: ParseError) -> Self {
        Self::Reply(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
