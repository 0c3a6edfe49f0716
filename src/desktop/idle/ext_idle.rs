//! A Wayland compositor: ext-idle-notify-v1 or, in older ones, `org_kde_kwin_idle`.
//!
//! Both tell that a seat has been idle for a length, counted from the request on, and then that it is in use again. The first
//! seat counts: at one desk there is hardly another.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::sync::watch;
use tokio::time::Instant;
use wayland_client::Connection;
use wayland_client::Dispatch;
use wayland_client::Proxy as _;
use wayland_client::QueueHandle;
use wayland_client::backend::protocol::Interface;
use wayland_client::delegate_noop;
use wayland_client::protocol::wl_callback;
use wayland_client::protocol::wl_callback::WlCallback;
use wayland_client::protocol::wl_registry;
use wayland_client::protocol::wl_registry::WlRegistry;
use wayland_client::protocol::wl_seat::WlSeat;
use wayland_protocols::ext::idle_notify::v1::client::ext_idle_notification_v1;
use wayland_protocols::ext::idle_notify::v1::client::ext_idle_notification_v1::ExtIdleNotificationV1;
use wayland_protocols::ext::idle_notify::v1::client::ext_idle_notifier_v1::ExtIdleNotifierV1;
use wayland_protocols_plasma::idle::client::org_kde_kwin_idle::OrgKdeKwinIdle;
use wayland_protocols_plasma::idle::client::org_kde_kwin_idle_timeout;
use wayland_protocols_plasma::idle::client::org_kde_kwin_idle_timeout::OrgKdeKwinIdleTimeout;

use super::IdleSource;
use crate::desktop::Watches;
use crate::desktop::presence::PresenceInput;
use crate::desktop::report::NoAnswer;
use crate::desktop::wayland::WaylandLink;
use kindbeat_core::words::Message;

/// A compositor that tells of idle seats.
pub(in crate::desktop) struct Wayland {
    link: WaylandLink<Inbox>,
    notifier: Notifier,
    seat: WlSeat,
    watches: Watches,
}

/// What came from the compositor.
#[derive(Default)]
struct Inbox {
    seat: Option<WlSeat>,
    ext: Option<ExtIdleNotifierV1>,
    kwin: Option<OrgKdeKwinIdle>,
    /// When a watch for a short rest was asked for, while it has told nothing.
    asked: Option<Instant>,
    /// Whether the rest that goes on may have begun before it was watched.
    unknown_length: bool,
    /// All that there is was told.
    settled: bool,
    inputs: VecDeque<PresenceInput>,
}

/// Who is asked for a watch.
enum Notifier {
    Ext(ExtIdleNotifierV1),
    Kwin(OrgKdeKwinIdle),
}

/// A watch of ours.
enum Notification {
    Ext(ExtIdleNotificationV1),
    Kwin(OrgKdeKwinIdleTimeout),
}

impl Wayland {
    pub(super) async fn open(socket: &Path, watches: Watches) -> Result<Self, NoAnswer> {
        let no_compositor = |error: io::Error| NoAnswer::no_compositor(&error);
        let mut link =
            WaylandLink::connect(socket, Inbox::default()).await.map_err(no_compositor)?;
        while !link.state.settled {
            link.turn().await.map_err(no_compositor)?;
        }
        let inbox = &mut link.state;
        let notifier = match (inbox.ext.take(), inbox.kwin.take()) {
            (Some(ext), _) => Notifier::Ext(ext),
            (None, Some(kwin)) => Notifier::Kwin(kwin),
            (None, None) => {
                return Err(NoAnswer::absent(Message::SourceNoIdleTime));
            }
        };
        let seat = inbox.seat.take();
        let seat = seat.ok_or_else(|| NoAnswer::absent(Message::SourceNoIdleTime))?;
        Ok(Self { link, notifier, seat, watches })
    }

    pub(super) fn source(&self) -> IdleSource {
        match self.notifier {
            Notifier::Ext(_) => IdleSource::ExtIdleNotify,
            Notifier::Kwin(_) => IdleSource::KwinIdle,
        }
    }

    /// Whether it counts a program that keeps the screen awake as use.
    pub(super) fn awake_is_use(&self) -> bool {
        match &self.notifier {
            Notifier::Ext(ext) => ext.version() < INPUT_ALONE,
            Notifier::Kwin(_) => true,
        }
    }

    /// Reports until the compositor goes.
    pub(super) async fn run(
        mut self,
        mut rest: watch::Receiver<bool>,
        inputs: &Sender<PresenceInput>,
    ) -> Result<(), NoAnswer> {
        let _away = self.watch(self.watches.away);
        let mut short: Option<Notification> = None;
        loop {
            let wanted = *rest.borrow_and_update();
            if wanted && short.is_none() {
                self.link.state.asked = Some(Instant::now());
                short = Some(self.watch(self.watches.rest));
            } else if !wanted && let Some(notification) = short.take() {
                notification.end();
            }
            tokio::select! {
                turned = self.link.turn() => turned.map_err(|error| NoAnswer::no_compositor(&error))?,
                changed = rest.changed() => if changed.is_err() { return Ok(()) },
            }
            while let Some(input) = self.link.state.inputs.pop_front() {
                inputs.send(input).await.map_err(|_| NoAnswer::gone())?;
            }
        }
    }

    /// Asks to be told when the seat has been idle for this long. Idle is what nobody types or points at: where that can be
    /// chosen, a film that keeps the screen awake does not count as somebody at the keys.
    fn watch(&self, length: Duration) -> Notification {
        let (seat, handle) = (&self.seat, self.link.handle());
        let wait = length.as_millis().try_into().unwrap_or(u32::MAX);
        match &self.notifier {
            Notifier::Ext(ext) if ext.version() >= INPUT_ALONE => {
                Notification::Ext(ext.get_input_idle_notification(wait, seat, &handle, length))
            }
            Notifier::Ext(ext) => {
                Notification::Ext(ext.get_idle_notification(wait, seat, &handle, length))
            }
            Notifier::Kwin(kwin) => {
                Notification::Kwin(kwin.get_idle_timeout(seat, wait, &handle, length))
            }
        }
    }
}

impl Notification {
    fn end(self) {
        match self {
            Self::Ext(notification) => notification.destroy(),
            Self::Kwin(timeout) => timeout.release(),
        }
    }
}

impl Inbox {
    /// Nothing was used for this long, as far as the compositor counts: from when it was asked on. Who rested before that, it cannot say;
    /// a rest that began no later is one of unknown length, and no pause.
    fn idle_for(&mut self, length: Duration) {
        if let Some(asked) = self.asked.take() {
            self.unknown_length = asked.elapsed() < length + SLACK;
        }
        // Each watch counts from when it was asked for: what one could not see, the longer one cannot see either.
        let length = if self.unknown_length { length + UNKNOWN } else { length };
        self.inputs.push_back(PresenceInput::IdleFor(length));
    }

    fn used(&mut self) {
        self.asked = None;
        self.unknown_length = false;
        self.inputs.push_back(PresenceInput::Used);
    }
}

impl Dispatch<WlRegistry, ()> for Inbox {
    fn event(
        inbox: &mut Self,
        registry: &WlRegistry,
        event: wl_registry::Event,
        (): &(),
        _: &Connection,
        handle: &QueueHandle<Self>,
    ) {
        let wl_registry::Event::Global { name, interface, version } = event else { return };
        let one_of = |known: &Interface| interface == known.name;
        if one_of(WlSeat::interface()) && inbox.seat.is_none() {
            inbox.seat = Some(registry.bind(name, 1, handle, ()));
        } else if one_of(ExtIdleNotifierV1::interface()) && inbox.ext.is_none() {
            inbox.ext = Some(registry.bind(name, version.min(INPUT_ALONE), handle, ()));
        } else if one_of(OrgKdeKwinIdle::interface()) && inbox.kwin.is_none() {
            inbox.kwin = Some(registry.bind(name, 1, handle, ()));
        }
    }
}

impl Dispatch<WlCallback, ()> for Inbox {
    fn event(
        inbox: &mut Self,
        _: &WlCallback,
        _: wl_callback::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        inbox.settled = true;
    }
}

impl Dispatch<ExtIdleNotificationV1, Duration> for Inbox {
    fn event(
        inbox: &mut Self,
        _: &ExtIdleNotificationV1,
        event: ext_idle_notification_v1::Event,
        length: &Duration,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            ext_idle_notification_v1::Event::Idled => inbox.idle_for(*length),
            ext_idle_notification_v1::Event::Resumed => inbox.used(),
            _ => {}
        }
    }
}

impl Dispatch<OrgKdeKwinIdleTimeout, Duration> for Inbox {
    fn event(
        inbox: &mut Self,
        _: &OrgKdeKwinIdleTimeout,
        event: org_kde_kwin_idle_timeout::Event,
        length: &Duration,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            org_kde_kwin_idle_timeout::Event::Idle => inbox.idle_for(*length),
            org_kde_kwin_idle_timeout::Event::Resumed => inbox.used(),
            _ => {}
        }
    }
}

delegate_noop!(Inbox: ExtIdleNotifierV1);
delegate_noop!(Inbox: OrgKdeKwinIdle);
delegate_noop!(Inbox: ignore WlSeat);

/// The version of ext-idle-notify that can be asked for input alone, whatever keeps the screen awake.
const INPUT_ALONE: u32 = 2;

/// How much later than asked for a compositor may tell.
const SLACK: Duration = Duration::from_millis(500);

/// How much longer than it is known to be a rest is taken to be that began before it was watched: longer than any pause.
const UNKNOWN: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_secs(6);
    const LONG: Duration = Duration::from_secs(300);

    #[test]
    fn a_rest_of_unknown_length_is_the_same_for_each_watch() {
        let mut inbox = Inbox { asked: Some(Instant::now()), ..Inbox::default() };
        inbox.idle_for(SHORT);
        inbox.idle_for(LONG);
        inbox.used();
        inbox.idle_for(SHORT);
        let told = [
            PresenceInput::IdleFor(SHORT + UNKNOWN),
            PresenceInput::IdleFor(LONG + UNKNOWN),
            PresenceInput::Used,
            PresenceInput::IdleFor(SHORT),
        ];
        assert_eq!(Vec::from(inbox.inputs), told);
    }
}
