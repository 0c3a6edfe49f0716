//! Windows under Wayland, where the compositor tells of them: those built on wlroots and a few others do
//! (wlr-foreign-toplevel-management), GNOME and Plasma do not.

use std::collections::HashMap;
use std::convert::Infallible;
use std::ffi::OsStr;
use std::io;
use std::io::ErrorKind;
use std::path::Path;
use std::path::PathBuf;

use tokio::io::Interest;
use tokio::net::UnixStream;
use wayland_client::Connection;
use wayland_client::Dispatch;
use wayland_client::EventQueue;
use wayland_client::Proxy as _;
use wayland_client::QueueHandle;
use wayland_client::backend::ObjectId;
use wayland_client::backend::WaylandError;
use wayland_client::event_created_child;
use wayland_client::protocol::wl_callback;
use wayland_client::protocol::wl_callback::WlCallback;
use wayland_client::protocol::wl_registry;
use wayland_client::protocol::wl_registry::WlRegistry;
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_handle_v1;
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_handle_v1::ZwlrForeignToplevelHandleV1;
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_manager_v1;
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_manager_v1::ZwlrForeignToplevelManagerV1;

use crate::desktop::interruptions::report::Silence;
use crate::desktop::interruptions::report::Teller;
use kindbeat_core::context::Fact;

/// Tells whether the active window fills the screen, until the compositor goes.
pub(super) async fn follow(
    display: &OsStr,
    runtime: Option<&Path>,
    teller: &Teller,
) -> Result<Infallible, Silence> {
    let socket =
        socket(display, runtime).ok_or_else(|| Silence::broken("XDG_RUNTIME_DIR is not set"))?;
    let mut link = Link::connect(&socket).await.map_err(|error| broken(&error))?;
    let mut told = None;
    loop {
        // First the compositor says what it offers, then what windows there are.
        if link.windows.is_settled() {
            if link.windows.manager.is_none() {
                let why = "this Wayland compositor does not tell whether a window fills the screen";
                return Err(Silence::Absent(why.to_owned()));
            }
            let is_filled = link.windows.is_filled();
            if told != Some(is_filled) {
                told = Some(is_filled);
                teller.tell(Fact::FullScreen, is_filled).await;
            }
        }
        link.turn().await.map_err(|error| broken(&error))?;
    }
}

/// Where the compositor listens: `WAYLAND_DISPLAY` is a name in the folder, or a path.
fn socket(display: &OsStr, runtime: Option<&Path>) -> Option<PathBuf> {
    let display = Path::new(display);
    if display.is_absolute() { Some(display.to_owned()) } else { Some(runtime?.join(display)) }
}

fn broken(error: &io::Error) -> Silence {
    Silence::Broken(format!("the Wayland compositor cannot be asked: {error}"))
}

/// The connection to a compositor.
struct Link {
    queue: EventQueue<Windows>,
    windows: Windows,
    /// The socket once more, to wait at.
    socket: UnixStream,
}

/// The windows, as far as they were told.
#[derive(Debug, Default)]
struct Windows {
    manager: Option<ZwlrForeignToplevelManagerV1>,
    /// How many of the two rounds are complete: what there is to ask, and what it says.
    rounds: u8,
    /// Whether each is in use and fills the screen.
    all: HashMap<ObjectId, Window>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    /// As told so far; it counts when all was told.
    next: bool,
    fills: bool,
}

impl Windows {
    const fn is_settled(&self) -> bool {
        self.rounds >= 2 || (self.rounds == 1 && self.manager.is_none())
    }

    fn is_filled(&self) -> bool {
        self.all.values().any(|window| window.fills)
    }
}

impl Link {
    async fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket).await?.into_std()?;
        let socket = UnixStream::from_std(stream.try_clone()?)?;
        let connection = Connection::from_socket(stream).map_err(io::Error::other)?;
        let queue = connection.new_event_queue();
        let (display, handle) = (connection.display(), queue.handle());
        display.get_registry(&handle, ());
        display.sync(&handle, ());
        Ok(Self { queue, windows: Windows::default(), socket })
    }

    /// Sends what is to be sent, and waits until something came and was taken in.
    async fn turn(&mut self) -> io::Result<()> {
        loop {
            if self.queue.dispatch_pending(&mut self.windows).map_err(io::Error::other)? > 0 {
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

impl Dispatch<WlRegistry, ()> for Windows {
    fn event(
        windows: &mut Self,
        registry: &WlRegistry,
        event: wl_registry::Event,
        (): &(),
        _: &Connection,
        handle: &QueueHandle<Self>,
    ) {
        let wl_registry::Event::Global { name, interface, version } = event else { return };
        if interface == ZwlrForeignToplevelManagerV1::interface().name
            && version >= TELLS_FULL_SCREEN
        {
            windows.manager = Some(registry.bind(name, TELLS_FULL_SCREEN, handle, ()));
        }
    }
}

impl Dispatch<WlCallback, ()> for Windows {
    fn event(
        windows: &mut Self,
        _: &WlCallback,
        _: wl_callback::Event,
        (): &(),
        connection: &Connection,
        handle: &QueueHandle<Self>,
    ) {
        windows.rounds += 1;
        if windows.rounds == 1 {
            connection.display().sync(handle, ());
        }
    }
}

impl Dispatch<ZwlrForeignToplevelManagerV1, ()> for Windows {
    fn event(
        windows: &mut Self,
        _: &ZwlrForeignToplevelManagerV1,
        event: zwlr_foreign_toplevel_manager_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let zwlr_foreign_toplevel_manager_v1::Event::Toplevel { toplevel } = event {
            windows.all.insert(toplevel.id(), Window::default());
        }
    }

    event_created_child!(Self, ZwlrForeignToplevelManagerV1, [
        zwlr_foreign_toplevel_manager_v1::EVT_TOPLEVEL_OPCODE => (ZwlrForeignToplevelHandleV1, ()),
    ]);
}

impl Dispatch<ZwlrForeignToplevelHandleV1, ()> for Windows {
    fn event(
        windows: &mut Self,
        handle: &ZwlrForeignToplevelHandleV1,
        event: zwlr_foreign_toplevel_handle_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        use zwlr_foreign_toplevel_handle_v1::Event;
        let id = handle.id();
        match event {
            Event::State { state } => {
                windows.all.entry(id).or_default().next = fills(&state);
            }
            Event::Done => {
                let window = windows.all.entry(id).or_default();
                window.fills = window.next;
            }
            Event::Closed => {
                windows.all.remove(&id);
                handle.destroy();
            }
            _ => {}
        }
    }
}

/// Whether a window in these states is in use and fills the screen.
fn fills(states: &[u8]) -> bool {
    let has = |state: zwlr_foreign_toplevel_handle_v1::State| {
        let number = u32::from(state).to_ne_bytes();
        states.chunks_exact(number.len()).any(|found| found == number)
    };
    has(zwlr_foreign_toplevel_handle_v1::State::Activated)
        && has(zwlr_foreign_toplevel_handle_v1::State::Fullscreen)
}

/// The version of the protocol from which on it tells of the full screen.
const TELLS_FULL_SCREEN: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_fills_the_screen_while_it_is_in_use() {
        let states =
            |all: &[u32]| all.iter().flat_map(|state| state.to_ne_bytes()).collect::<Vec<_>>();
        assert!(fills(&states(&[2, 3])));
        assert!(!fills(&states(&[3])));
        assert!(!fills(&states(&[0, 2])));
        assert!(!fills(&[]));
        assert!(!fills(&[3, 0, 0]));
    }

    #[test]
    fn the_display_is_a_name_or_a_path() {
        let runtime = Path::new("/run/user/1000");
        let at = |display: &str, runtime| socket(OsStr::new(display), runtime);
        assert_eq!(at("wayland-1", Some(runtime)), Some(runtime.join("wayland-1")));
        assert_eq!(at("/tmp/way", None), Some(PathBuf::from("/tmp/way")));
        assert_eq!(at("wayland-1", None), None);
    }
}
