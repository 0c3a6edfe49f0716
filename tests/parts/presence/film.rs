//! A film that plays: a window that keeps the screen awake, as players ask a compositor to.

use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;

use wayland_client::Connection;
use wayland_client::Dispatch;
use wayland_client::EventQueue;
use wayland_client::QueueHandle;
use wayland_client::delegate_noop;
use wayland_client::globals::GlobalListContents;
use wayland_client::globals::registry_queue_init;
use wayland_client::protocol::wl_buffer::WlBuffer;
use wayland_client::protocol::wl_compositor::WlCompositor;
use wayland_client::protocol::wl_registry;
use wayland_client::protocol::wl_registry::WlRegistry;
use wayland_client::protocol::wl_shm;
use wayland_client::protocol::wl_shm::WlShm;
use wayland_client::protocol::wl_shm_pool::WlShmPool;
use wayland_client::protocol::wl_surface::WlSurface;
use wayland_protocols::wp::idle_inhibit::zv1::client::zwp_idle_inhibit_manager_v1::ZwpIdleInhibitManagerV1;
use wayland_protocols::wp::idle_inhibit::zv1::client::zwp_idle_inhibitor_v1::ZwpIdleInhibitorV1;
use wayland_protocols::xdg::shell::client::xdg_surface;
use wayland_protocols::xdg::shell::client::xdg_surface::XdgSurface;
use wayland_protocols::xdg::shell::client::xdg_toplevel::XdgToplevel;
use wayland_protocols::xdg::shell::client::xdg_wm_base;
use wayland_protocols::xdg::shell::client::xdg_wm_base::XdgWmBase;

/// It ends with this value.
pub(crate) struct Film {
    queue: EventQueue<Screening>,
    screening: Screening,
    inhibitor: ZwpIdleInhibitorV1,
}

#[derive(Default)]
struct Screening {
    is_configured: bool,
}

impl Film {
    /// Returns when its picture is on the screen, which stays awake from then on.
    pub(crate) fn plays(socket: &Path) -> anyhow::Result<Self> {
        let connection = Connection::from_socket(UnixStream::connect(socket)?)?;
        let (globals, mut queue) = registry_queue_init::<Screening>(&connection)?;
        let handle = queue.handle();
        let compositor: WlCompositor = globals.bind(&handle, 1..=1, ())?;
        let shell: XdgWmBase = globals.bind(&handle, 1..=1, ())?;
        let memory: WlShm = globals.bind(&handle, 1..=1, ())?;
        let awake: ZwpIdleInhibitManagerV1 = globals.bind(&handle, 1..=1, ())?;

        let surface = compositor.create_surface(&handle, ());
        let window = shell.get_xdg_surface(&surface, &handle, ());
        let _toplevel = window.get_toplevel(&handle, ());
        let inhibitor = awake.create_inhibitor(&surface, &handle, ());
        surface.commit();
        let mut screening = Screening::default();
        while !screening.is_configured {
            queue.blocking_dispatch(&mut screening)?;
        }
        let mut picture = tempfile::tempfile()?;
        picture.write_all(&[0; (SIDE * SIDE * PIXEL) as usize])?;
        let pool = memory.create_pool(picture.as_fd(), SIDE * SIDE * PIXEL, &handle, ());
        let format = wl_shm::Format::Xrgb8888;
        let buffer = pool.create_buffer(0, SIDE, SIDE, SIDE * PIXEL, format, &handle, ());
        surface.attach(Some(&buffer), 0, 0);
        surface.damage(0, 0, SIDE, SIDE);
        surface.commit();
        queue.roundtrip(&mut screening)?;
        Ok(Self { queue, screening, inhibitor })
    }

    /// The window stays, and the screen may go dark.
    pub(crate) fn pauses(&mut self) -> anyhow::Result<()> {
        self.inhibitor.destroy();
        self.queue.roundtrip(&mut self.screening)?;
        Ok(())
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for Screening {
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

impl Dispatch<XdgSurface, ()> for Screening {
    fn event(
        screening: &mut Self,
        window: &XdgSurface,
        event: xdg_surface::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_surface::Event::Configure { serial } = event {
            window.ack_configure(serial);
            screening.is_configured = true;
        }
    }
}

impl Dispatch<XdgWmBase, ()> for Screening {
    fn event(
        _: &mut Self,
        shell: &XdgWmBase,
        event: xdg_wm_base::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_wm_base::Event::Ping { serial } = event {
            shell.pong(serial);
        }
    }
}

delegate_noop!(Screening: WlCompositor);
delegate_noop!(Screening: WlShmPool);
delegate_noop!(Screening: ZwpIdleInhibitManagerV1);
delegate_noop!(Screening: ZwpIdleInhibitorV1);
delegate_noop!(Screening: ignore WlBuffer);
delegate_noop!(Screening: ignore WlShm);
delegate_noop!(Screening: ignore WlSurface);
delegate_noop!(Screening: ignore XdgToplevel);

/// The sides of its picture, in pixels.
const SIDE: i32 = 64;

/// The bytes of a pixel.
const PIXEL: i32 = 4;
