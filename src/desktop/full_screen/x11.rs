//! Windows under X11, as the window manager describes them (Extended Window Manager Hints).

use std::borrow::Cow;

use x11rb_protocol::protocol::xproto;
use x11rb_protocol::protocol::xproto::ChangeWindowAttributesAux;
use x11rb_protocol::protocol::xproto::ChangeWindowAttributesRequest;
use x11rb_protocol::protocol::xproto::EventMask;
use x11rb_protocol::protocol::xproto::GetPropertyRequest;
use x11rb_protocol::protocol::xproto::InternAtomRequest;
use x11rb_protocol::protocol::xproto::PropertyNotifyEvent;
use x11rb_protocol::x11_utils::TryParse as _;

use crate::desktop::report::NoAnswer;
use crate::desktop::report::Reporter;
use crate::desktop::x11::CORE;
use crate::desktop::x11::X11Error;
use crate::desktop::x11::X11Link;
use kindbeat_core::context::Fact;
use kindbeat_core::words::Message;

/// Reports whether the active window fills the screen, until the server goes.
pub(super) async fn follow(display: &str, reporter: &Reporter) -> Result<(), NoAnswer> {
    let mut display = Display::open(display).await.map_err(no_answer)?;
    let mut reported = None;
    loop {
        let is_filled = display.is_filled().await?;
        if reported != Some(is_filled) {
            reported = Some(is_filled);
            let answer = is_filled.ok_or_else(|| NoAnswer::absent(Message::SourceNoFullScreen));
            reporter.report(Fact::FullScreen, answer).await;
        }
        display.change().await?;
    }
}

fn no_answer(error: X11Error) -> NoAnswer {
    match error {
        X11Error::Elsewhere => NoAnswer::absent(error),
        error => error.into(),
    }
}

/// The windows of a display.
struct Display {
    link: X11Link,
    /// The window that is watched: the active one, as last reported.
    active: u32,
    active_window: u32,
    state: u32,
    full_screen: u32,
}

impl Display {
    async fn open(display: &str) -> Result<Self, X11Error> {
        let mut link = X11Link::connect(display).await?;
        let active_window = intern(&mut link, "_NET_ACTIVE_WINDOW").await?;
        let state = intern(&mut link, "_NET_WM_STATE").await?;
        let full_screen = intern(&mut link, "_NET_WM_STATE_FULLSCREEN").await?;
        let root = link.root();
        watch(&mut link, root, EventMask::PROPERTY_CHANGE).await?;
        Ok(Self { link, active: NONE, active_window, state, full_screen })
    }

    /// Whether the active window fills the screen; `None`: nobody says which is active.
    async fn is_filled(&mut self) -> Result<Option<bool>, X11Error> {
        let root = self.link.root();
        let Some(&active) = self.property(root, self.active_window).await?.first() else {
            return Ok(None);
        };
        if active != self.active && self.active != NONE {
            watch(&mut self.link, self.active, EventMask::NO_EVENT).await?;
        }
        self.active = active;
        if active == NONE {
            return Ok(Some(false));
        }
        // Watched before it is asked, so that nothing falls in between; each time, since another window may have its number by now.
        watch(&mut self.link, active, EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY)
            .await?;
        Ok(Some(self.property(active, self.state).await?.contains(&self.full_screen)))
    }

    /// Waits until something changed that may matter.
    async fn change(&mut self) -> Result<(), X11Error> {
        loop {
            let event = match self.link.event().await {
                // A window that was to be watched is gone; if it was the one in use, another is by now.
                Err(X11Error::Request(_)) => continue,
                event => event?,
            };
            let matters = match event.first().map(|kind| kind & !SENT_BY_A_CLIENT) {
                Some(xproto::PROPERTY_NOTIFY_EVENT) => PropertyNotifyEvent::try_parse(&event)
                    .is_ok_and(|(event, _)| [self.active_window, self.state].contains(&event.atom)),
                // Some window managers go on naming a window that is gone.
                Some(xproto::DESTROY_NOTIFY_EVENT) => true,
                _ => false,
            };
            if matters {
                return Ok(());
            }
        }
    }

    /// The numbers in a property; none where there is no such property, or no such window any more.
    async fn property(&mut self, window: u32, property: u32) -> Result<Vec<u32>, X11Error> {
        let request = GetPropertyRequest {
            delete: false,
            window,
            property,
            type_: ANY,
            long_offset: 0,
            long_length: STATES,
        };
        match self.link.ask(request, CORE).await {
            Ok(reply) => Ok(reply.value32().map(Iterator::collect).unwrap_or_default()),
            Err(X11Error::Request(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

async fn intern(link: &mut X11Link, name: &str) -> Result<u32, X11Error> {
    let name = Cow::Borrowed(name.as_bytes());
    Ok(link.ask(InternAtomRequest { only_if_exists: false, name }, CORE).await?.atom)
}

/// Has the changes of a window told, or not any more; where it is gone, nothing comes of it.
async fn watch(link: &mut X11Link, window: u32, events: EventMask) -> Result<(), X11Error> {
    let value_list = Cow::Owned(ChangeWindowAttributesAux::new().event_mask(events));
    link.send(ChangeWindowAttributesRequest { window, value_list }, CORE).await
}

/// No window, no atom.
const NONE: u32 = 0;

/// A property of whatever type.
const ANY: u32 = 0;

/// More states than a window can have at once.
const STATES: u32 = 64;

/// In the number of an event: it does not come from the server itself.
const SENT_BY_A_CLIENT: u8 = 0x80;
