//! A mouse on a compositor that has none.

use std::os::unix::net::UnixStream;
use std::path::Path;

use wayland_client::Connection;
use wayland_client::Dispatch;
use wayland_client::EventQueue;
use wayland_client::QueueHandle;
use wayland_client::delegate_noop;
use wayland_client::globals::GlobalListContents;
use wayland_client::globals::registry_queue_init;
use wayland_client::protocol::wl_pointer::ButtonState;
use wayland_client::protocol::wl_registry;
use wayland_client::protocol::wl_registry::WlRegistry;
use wayland_protocols_wlr::virtual_pointer::v1::client::zwlr_virtual_pointer_manager_v1::ZwlrVirtualPointerManagerV1;
use wayland_protocols_wlr::virtual_pointer::v1::client::zwlr_virtual_pointer_v1::ZwlrVirtualPointerV1;

/// It is unplugged with this value.
pub(crate) struct Pointer {
    queue: EventQueue<Hand>,
    mouse: ZwlrVirtualPointerV1,
}

struct Hand;

impl Pointer {
    pub(crate) fn plugged_in(socket: &Path) -> anyhow::Result<Self> {
        let connection = Connection::from_socket(UnixStream::connect(socket)?)?;
        let (globals, mut queue) = registry_queue_init::<Hand>(&connection)?;
        let mice: ZwlrVirtualPointerManagerV1 = globals.bind(&queue.handle(), 1..=1, ())?;
        let mouse = mice.create_virtual_pointer(None, &queue.handle(), ());
        queue.roundtrip(&mut Hand)?;
        Ok(Self { queue, mouse })
    }

    /// Clicks with the left button so many pixels from the right and from the top.
    pub(crate) fn click(&mut self, right: f64, top: f64) -> anyhow::Result<()> {
        // Into the corner, wherever it is; from there on.
        for (x, y) in [(FAR, -FAR), (-right, top)] {
            self.mouse.motion(0, x, y);
            self.mouse.frame();
            self.queue.roundtrip(&mut Hand)?;
        }
        for state in [ButtonState::Pressed, ButtonState::Released] {
            self.mouse.button(0, LEFT, state);
            self.mouse.frame();
            self.queue.roundtrip(&mut Hand)?;
        }
        Ok(())
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for Hand {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Hand: ZwlrVirtualPointerManagerV1);
delegate_noop!(Hand: ZwlrVirtualPointerV1);

/// Farther than any screen is wide.
const FAR: f64 = 10_000.0;

/// As input-event-codes.h of Linux has it.
const LEFT: u32 = 0x110;
