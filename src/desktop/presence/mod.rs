//! Whether somebody sits at this desk: keyboard and pointer, the lock, and sleep.
//!
//! Nothing is asked again and again: each source tells by itself. What tells of the hands is the first of these that answers:
//! Mutter (GNOME), a Wayland compositor, an X server; where none does, the hint of logind, which says little. The lock and sleep
//! come from logind, the lock also from the screen savers on the session bus. No service is started for the question.
//!
//! What is heard means is decided in `desk`, without I/O. Everything runs in the one task of [`run`].
//!
//! Known limits: under Mutter, and under a compositor that offers no better than the first version of `ext-idle-notify-v1` or
//! `org_kde_kwin_idle`, nobody is told to rest while a program keeps the screen awake. An X server counts what a program does to
//! keep the screen saver off as input.

mod bus;
mod desk;
mod error;
mod hands;
mod login;
mod look;
mod mutter;
mod places;
mod saver;
mod wayland;
mod x11;

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::Sender;
use tokio::sync::watch;

use self::desk::Desk;
use self::desk::Heard;
use crate::clock;
use kindbeat_core::context::AWAY_AFTER;
use kindbeat_core::context::InputActivity;
use kindbeat_core::offer::PAUSE_FROM;

pub use self::error::Error;
pub use self::hands::Source;
pub use self::look::Found;
pub use self::look::look;
pub use self::places::Places;

/// What the program wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The hands are watched finely from now on, so that a short rest is told; or no longer.
    WatchPause(bool),
}

/// What there is to tell. Before the first of them nothing is known of the hands, the screen counts as not locked and the machine
/// as awake; each is told when it is another than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// What the hands do. Unless a pause is watched, `Busy` is told when they come back, and stands until a long rest.
    Activity(InputActivity),
    /// The screen was locked or unlocked, or a screen saver covers it or does no longer.
    Locked(bool),
    /// The machine is about to sleep.
    Asleep,
    /// It has woken up, or did not sleep after all.
    Woke,
}

/// How long the hands have to rest before it is told. To a compositor and an X server these go in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watches {
    /// As somebody who has left: told always.
    pub away: Duration,
    /// As a pause in what they do: told while [`Command::WatchPause`] wants it. Shorter than `away`.
    pub rest: Duration,
}

impl Default for Watches {
    fn default() -> Self {
        Self { away: AWAY_WATCH, rest: REST_WATCH }
    }
}

/// Tells what happens at this desk until `commands` or `events` is dropped.
///
/// A source that vanishes, or is not there yet, is tried again, after pauses that grow from a second to five minutes.
pub async fn run(
    places: Places,
    watches: Watches,
    mut commands: Receiver<Command>,
    events: Sender<Event>,
) {
    let session_bus = places.session_bus.clone();
    let system_bus = places.system_bus.clone();
    let mut desk = Desk::new(watches);
    let (tell, mut heard) = mpsc::channel(QUEUE);
    let (watch_rest, rest) = watch::channel(desk.watches_rest());
    let sources = async {
        tokio::join!(
            hands::run(&places, watches, &session_bus, rest, &tell),
            login::run(&system_bus, places.session.as_deref(), &tell),
            saver::run(&session_bus, &tell),
        )
    };
    tokio::pin!(sources);
    loop {
        let heard = tokio::select! {
            command = commands.recv() => match command {
                Some(Command::WatchPause(wanted)) => Heard::WatchPause(wanted),
                None => return,
            },
            Some(heard) = heard.recv() => heard,
            _ = &mut sources => return,
            () = events.closed() => return,
        };
        for event in desk.handle(heard, clock::now()) {
            if events.send(event).await.is_err() {
                return;
            }
        }
        watch_rest.send_if_modified(|watched| {
            let before = std::mem::replace(watched, desk.watches_rest());
            before != *watched
        });
    }
}

/// The longest pause before a source is tried again: an attempt costs next to nothing, and somebody may be glad of a display that came late.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// How many things heard may wait; they come a few a minute.
const QUEUE: usize = 16;

/// How long nobody may touch keyboard and pointer and still count as sitting here: long enough to read a page, or to listen.
/// It is also for how long an offer waits after somebody has come back, so that a heart raised by the way is not asked about.
pub const AWAY_WATCH: Duration = Duration::from_secs(AWAY_AFTER.as_secs().unsigned_abs());

/// How long hands have to lie still to be a pause, at which a question disturbs least: longer than a look for the next word, and
/// shorter than a break in thought.
pub const REST_WATCH: Duration = Duration::from_secs(PAUSE_FROM.as_secs().unsigned_abs());
