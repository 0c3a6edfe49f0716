//! The desktop and whoever sits at it: the context that the engine decides by, and how closely both are watched.

use jiff::Timestamp;
use jiff::tz::Offset;
use tokio::sync::mpsc;
use tracing::debug;
use tracing::warn;

use crate::clock;
use crate::desktop;
use crate::desktop::DesktopCommand;
use crate::desktop::DesktopEvent;
use crate::desktop::DesktopReport;
use crate::desktop::Place;
use kindbeat_core::context::Context;
use kindbeat_core::context::Desktop;
use kindbeat_core::engine::Attention;
use kindbeat_core::engine::Input;
use kindbeat_core::monitor::Motion;

pub(super) struct DesktopContext {
    /// `None`: nobody watches the desktop, and every fact is absent.
    watcher: Option<mpsc::Sender<DesktopCommand>>,
    place: Place,
    context: Context,
    /// What the monitor tells; `None`: it sends no steps.
    motion: Option<Motion>,
    /// How closely the engine wants the desk and the desktop watched.
    wanted: Attention,
    /// How closely they are.
    attention: Attention,
}

impl DesktopContext {
    pub(super) fn new(watcher: Option<mpsc::Sender<DesktopCommand>>, place: Place) -> Self {
        let context =
            Context { desktop: watcher.is_none().then(Desktop::default), ..Context::default() };
        let (wanted, attention) = (Attention::default(), Attention::default());
        Self { watcher, place, context, motion: None, wanted, attention }
    }

    /// Asks every source of the desktop once.
    pub(super) fn probe(&self) -> impl Future<Output = DesktopReport> + use<> {
        desktop::probe(self.place.clone())
    }

    /// The context as it is now, for the engine.
    pub(super) fn input(&self) -> Input {
        Input::Context(self.context.clone())
    }

    /// Takes over what happened on the desktop; the input for the engine that follows.
    #[must_use]
    pub(super) fn happened(&mut self, event: DesktopEvent) -> Option<Input> {
        match event {
            DesktopEvent::Activity(activity) => {
                self.context.hands = activity;
                self.context.presence = Motion::presence(self.motion, activity);
            }
            DesktopEvent::AwakeIsUse(counts) => self.context.awake_is_use = counts,
            DesktopEvent::Locked(locked) => self.context.locked = locked,
            DesktopEvent::OtherSession(other) => self.context.other_session = other,
            DesktopEvent::Asleep => {
                debug!("the machine is about to sleep");
                return None;
            }
            DesktopEvent::Woke => {
                debug!("the machine is awake");
                return Some(Input::Woke);
            }
            // Facts may come after nobody wants them any more.
            DesktopEvent::Facts(_) if !self.attention.desktop => return None,
            DesktopEvent::Facts(facts) => self.context.desktop = Some(facts),
        }
        Some(self.input())
    }

    /// Takes over what the monitor tells of its wearer's steps.
    #[must_use]
    pub(super) fn moved(&mut self, motion: Option<Motion>) -> Option<Input> {
        (motion != self.motion).then(|| {
            self.motion = motion;
            self.context.steps_known = motion.is_some();
            self.context.presence = Motion::presence(motion, self.context.hands);
            self.input()
        })
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

    /// The engine wants the desk and the desktop watched this closely; [`Self::attend`] sees to it.
    pub(super) const fn want(&mut self, attention: Attention) {
        self.wanted = attention;
    }

    /// Watches the desk and the desktop as closely as is wanted from now on; `page`: a page wants the desktop watched, too.
    #[must_use]
    pub(super) fn attend(&mut self, page: bool) -> Option<Input> {
        let attention = Attention { desktop: self.wanted.desktop || page, ..self.wanted };
        let before = std::mem::replace(&mut self.attention, attention);
        let watcher = self.watcher.as_ref()?;
        if attention.hands != before.hands
            && watcher.try_send(DesktopCommand::WatchPauses(attention.hands)).is_err()
        {
            debug!("the desktop is not watched: offers do not wait for a pause");
        }
        if attention.desktop == before.desktop {
            return None;
        }
        if watcher.try_send(DesktopCommand::WatchFacts(attention.desktop)).is_err() {
            warn!("the desktop is not watched: nothing is offered until the next start");
        }
        (!attention.desktop).then(|| {
            // What it is like when it is looked at again has to be seen anew.
            self.context.desktop = None;
            self.input()
        })
    }

    /// Whether another session is on the screen in place of ours.
    pub(super) const fn is_other_session(&self) -> bool {
        self.context.other_session
    }

    /// How far local time is ahead of UTC.
    pub(super) const fn utc_offset(&self) -> Offset {
        self.context.utc_offset
    }
}
