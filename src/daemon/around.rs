//! The desk and the desktop: what they tell, and how closely they are looked at.

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::debug;
use tracing::warn;

use crate::dbus::Bus;
use crate::desktop::interruptions;
use crate::desktop::interruptions::Place;
use crate::desktop::presence;
use crate::desktop::presence::Places;
use crate::desktop::presence::Watches;
use kindbeat_core::context::Desktop;
use kindbeat_core::engine::Attention;
use kindbeat_core::engine::Input;

use super::service::Service;
use super::setup::QUEUE;

/// What watches the desk and the desktop, in tasks of its own, and the ways to and from it.
pub(super) struct Watchers {
    pub(super) desk: mpsc::Sender<interruptions::Command>,
    pub(super) seen: mpsc::Receiver<interruptions::Event>,
    pub(super) presence: mpsc::Sender<presence::Command>,
    pub(super) sensed: mpsc::Receiver<presence::Event>,
    pub(super) tasks: [JoinHandle<()>; 2],
}

impl Watchers {
    /// Those of the session that the environment names.
    pub(super) fn start(session: &Bus, system: &Bus) -> Self {
        let (desk, looks) = mpsc::channel(QUEUE);
        // One place: of what is seen only the last counts.
        let (see, seen) = mpsc::channel(1);
        let (presence, attends) = mpsc::channel(QUEUE);
        let (sense, sensed) = mpsc::channel(QUEUE);
        let (place, places) = (
            Place::from_environment(session.clone(), system.clone()),
            Places::of_environment(session.clone(), system.clone()),
        );
        let tasks = [
            tokio::spawn(interruptions::run(place, looks, see)),
            tokio::spawn(presence::run(places, Watches::default(), attends, sense)),
        ];
        Self { desk, seen, presence, sensed, tasks }
    }
}

impl Service {
    /// The desktop was looked at.
    pub(super) fn desktop_seen(
        &mut self,
        interruptions::Event::Seen(desktop): interruptions::Event,
    ) {
        // What was seen while it was still looked at may come late.
        if self.attended.desktop {
            self.around.desktop = Some(desktop);
            self.surrounded();
        }
    }

    /// Something happened at the desk.
    pub(super) fn presence(&mut self, event: presence::Event) {
        match event {
            presence::Event::Activity(hands) => self.around.hands = hands,
            presence::Event::Locked(locked) => self.around.locked = locked,
            presence::Event::Asleep => return debug!("the machine is about to sleep"),
            presence::Event::Woke => {
                debug!("the machine is awake");
                self.handle(Input::Woke);
                return;
            }
        }
        self.surrounded();
    }

    /// Looks at the desk and the desktop as closely as is wanted from now on.
    pub(super) fn attend(&mut self, attention: Attention) {
        let before = std::mem::replace(&mut self.attended, attention);
        if attention.hands != before.hands {
            let command = presence::Command::WatchPause(attention.hands);
            if self.parts.presence.try_send(command).is_err() {
                debug!("nothing tells of the hands");
            }
        }
        if attention.desktop == before.desktop {
            return;
        }
        let Some(desk) = &self.parts.desk else { return };
        let command = if attention.desktop {
            interruptions::Command::Watch
        } else {
            interruptions::Command::Rest
        };
        if desk.try_send(command).is_err() {
            warn!("the desktop cannot be looked at; nothing is offered until the next start");
        }
        if !attention.desktop {
            // What it is like when it is looked at again has to be seen anew.
            self.around.desktop = None;
            self.surrounded();
        }
    }

    /// Nothing was seen of the desktop so far; where nobody can look, it tells nothing.
    pub(super) fn surrounded_at_first(&mut self) {
        self.around.desktop = self.parts.desk.is_none().then(Desktop::default);
        self.surrounded();
    }

    fn surrounded(&mut self) {
        self.handle(Input::Context(self.around.clone()));
    }
}
