//! Windows under Wayland, where the compositor tells of them: those built on wlroots and a few others do
//! (wlr-foreign-toplevel-management), GNOME and Plasma do not.

use std::collections::HashMap;
use std::path::Path;

use wayland_client::Connection;
use wayland_client::Dispatch;
use wayland_client::Proxy as _;
use wayland_client::QueueHandle;
use wayland_client::backend::ObjectId;
use wayland_client::event_created_child;
use wayland_client::protocol::wl_callback;
use wayland_client::protocol::wl_callback::WlCallback;
use wayland_client::protocol::wl_registry;
use wayland_client::protocol::wl_registry::WlRegistry;
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_handle_v1;
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_handle_v1::ZwlrForeignToplevelHandleV1;
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_manager_v1;
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_manager_v1::ZwlrForeignToplevelManagerV1;

use crate::desktop::report::NoAnswer;
use crate::desktop::report::Reporter;
use crate::desktop::wayland::WaylandLink;
use kindbeat_core::context::Fact;
use kindbeat_core::words::Message;

/// Reports whether the active window fills the screen, until the compositor goes.
pub(super) async fn follow(socket: &Path, reporter: &Reporter) -> Result<(), NoAnswer> {
    let link = WaylandLink::connect(socket, Windows::default()).await;
    let mut link = link.map_err(|error| NoAnswer::no_compositor(&error))?;
    let mut reported = None;
    loop {
        // First the compositor says what it offers, then what windows there are.
        if link.state.is_settled() {
            if link.state.manager.is_none() {
                return Err(NoAnswer::absent(Message::SourceNoFullScreen));
            }
            let is_filled = link.state.is_filled();
            if reported != Some(is_filled) {
                reported = Some(is_filled);
                reporter.report(Fact::FullScreen, Ok(is_filled)).await;
            }
        }
        link.turn().await.map_err(|error| NoAnswer::no_compositor(&error))?;
    }
}

/// The windows, as far as the compositor has sent them.
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
    /// As sent so far; it counts when all was sent.
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
}
