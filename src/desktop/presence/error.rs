//! Why a source does not tell.

use std::io;
use std::time::Duration;

use wayland_client::DispatchError;
use wayland_client::backend::WaylandError;

use crate::desktop::x11;

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
    /// The socket of the compositor could not be used.
    #[error("talking to the display")]
    Io(#[source] io::Error),
    /// The compositor broke off.
    #[error("talking to the Wayland compositor")]
    Wayland(#[source] DispatchError),
    /// The X server cannot be asked.
    #[error(transparent)]
    X11(#[from] x11::Error),
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

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
