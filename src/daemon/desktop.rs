//! The desktop and whoever sits at it: the context that the engine decides by, and how closely both are watched.

use jiff::Timestamp;
use jiff::tz::Offset;
use tokio::sync::mpsc;
use tracing::debug;
use tracing::warn;

use crate::clock;
use crate::desktop::interruptions;
use crate::desktop::presence;
use kindbeat_core::context::Context;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::Fact;
use kindbeat_core::engine::Attention;
use kindbeat_core::engine::Input;

pub(super) struct DesktopContext {
    /// `None`: nobody can look at the desktop, and it counts as one that does nothing.
    interruptions: Option<mpsc::Sender<interruptions::Command>>,
    presence: mpsc::Sender<presence::Command>,
    context: Context,
    attention: Attention,
}

impl DesktopContext {
    pub(super) fn new(
        interruptions: Option<mpsc::Sender<interruptions::Command>>,
        presence: mpsc::Sender<presence::Command>,
    ) -> Self {
        let context = Context {
            desktop: interruptions.is_none().then(Desktop::default),
            ..Context::default()
        };
        Self { interruptions, presence, context, attention: Attention::default() }
    }

    /// The context as it is now, for the engine.
    pub(super) fn input(&self) -> Input {
        Input::Context(self.context.clone())
    }

    /// The desktop was looked at.
    #[must_use]
    pub(super) fn interruptions(
        &mut self,
        interruptions::Event::Seen(desktop): interruptions::Event,
    ) -> Option<Input> {
        // A look may end after nobody wants it any more.
        self.attention.desktop.then(|| {
            self.context.desktop = Some(desktop);
            self.input()
        })
    }

    /// Something happened at the desk.
    #[must_use]
    pub(super) fn presence(&mut self, event: presence::Event) -> Option<Input> {
        match event {
            presence::Event::Activity(hands) => self.context.hands = hands,
            presence::Event::Locked(locked) => self.context.locked = locked,
            presence::Event::Asleep => {
                debug!("the machine is about to sleep");
                return None;
            }
            presence::Event::Woke => {
                debug!("the machine is awake");
                return Some(Input::Woke);
            }
        }
        Some(self.input())
    }

    /// The time zone may have changed.
    #[must_use]
    pub(super) fn local_time(&mut self, now: Timestamp) -> Option<Input> {
        let offset = clock::utc_offset(now);
        (offset != self.context.utc_offset).then(|| {
            self.context.utc_offset = offset;
            self.input()
        })
    }

    /// Watches the desk and the desktop this closely from now on.
    #[must_use]
    pub(super) fn attend(&mut self, attention: Attention) -> Option<Input> {
        let before = std::mem::replace(&mut self.attention, attention);
        if attention.hands != before.hands {
            let command = presence::Command::WatchPause(attention.hands);
            if self.presence.try_send(command).is_err() {
                debug!("nothing tells of the hands");
            }
        }
        if attention.desktop == before.desktop {
            return None;
        }
        let commands = self.interruptions.as_ref()?;
        let command = if attention.desktop {
            interruptions::Command::Watch
        } else {
            interruptions::Command::Rest
        };
        if commands.try_send(command).is_err() {
            warn!("the desktop cannot be looked at; nothing is offered until the next start");
        }
        (!attention.desktop).then(|| {
            // What it is like when it is looked at again has to be seen anew.
            self.context.desktop = None;
            self.input()
        })
    }

    /// Whether it is known that nobody else sees the screen.
    pub(super) fn is_private(&self) -> bool {
        self.context.desktop.is_some_and(|desktop| !desktop[Fact::Sharing].holds())
    }

    /// How far local time is ahead of UTC.
    pub(super) const fn utc_offset(&self) -> Offset {
        self.context.utc_offset
    }
}
