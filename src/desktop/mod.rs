//! The desktop: whether somebody uses keyboard and pointer, the lock of the screen, sleep, and the facts that speak against an offer.
//!
//! One supervisor, [`run`], follows all sources in one place, [`Place`], and sends what changes. Nothing is polled: every source is
//! watched for changes. No service is started by a question. [`probe()`] asks every source once, for `doctor`.
//!
//! | | sources |
//! | --- | --- |
//! | input activity | the first that answers of Mutter (GNOME), a Wayland compositor, an X server; else the hint of logind, which says little |
//! | lock | logind, and the screen savers on the session bus |
//! | whose session is on the screen | logind |
//! | sleep | logind |
//! | the end of the login | logind, and the display that hangs up ([`login_over`]) |
//! | facts | `FACT_SOURCES`: each names its facts where it is declared |
//!
//! The facts are followed only while the program wants them: before an offer, and while a page shows the heart. A fact with several
//! sources holds if one of them says so. A source that should answer and does not holds back, one that is absent does not.
//!
//! Known limits: under Mutter, and under a compositor that offers no better than the first version of `ext-idle-notify-v1` or
//! `org_kde_kwin_idle`, nobody rests while a program keeps the screen awake. An X server counts what a program does to
//! keep the screen saver off as input.

mod autostart;
mod bus;
mod capture;
mod child;
mod do_not_disturb;
mod facts;
mod full_screen;
mod idle;
mod inhibitors;
mod lock;
mod login;
mod place;
mod presence;
mod probe;
mod report;
mod wayland;
mod x11;

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::Sender;
use tokio::sync::watch;

use self::facts::FactWatch;
use self::facts::Sources;
use self::presence::PresenceInput;
use self::presence::PresenceState;
use crate::clock;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::InputActivity;
use kindbeat_core::engine::SHORTEST_WALK;
use kindbeat_core::offer::PAUSE_FROM;

pub use self::autostart::Autostart;
pub use self::autostart::autostart;
pub use self::facts::FactReport;
pub use self::idle::IdleSource;
pub use self::login::login_over;
pub use self::place::Place;
pub use self::probe::DesktopReport;
pub use self::probe::PresenceReport;
pub use self::probe::probe;

/// How closely the desktop is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DesktopCommand {
    /// Send a short rest of keyboard and pointer as well, or no longer.
    WatchPauses(bool),
    /// Follow the facts, or no longer. Asked for again, the facts are sent once more.
    WatchFacts(bool),
}

/// A change. Before the first events the input activity is unknown and only use counts as use, the screen counts as not locked and as ours, the machine as awake, and the facts are
/// unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DesktopEvent {
    /// Unless pauses are watched, `Busy` is sent when somebody is back, and holds until a long rest.
    Activity(InputActivity),
    /// What tells of the activity counts a program that keeps the screen awake as use, or no longer.
    AwakeIsUse(bool),
    /// The screen was locked or unlocked, or a screen saver covers it or does no longer.
    Locked(bool),
    /// Another session is on the screen in place of ours, or no longer.
    OtherSession(bool),
    /// The machine is about to sleep.
    Asleep,
    /// The machine has woken up, or did not sleep after all.
    Woke,
    /// The facts: first when all sources have answered or their time is over, then whenever one changes. Where several changes wait to be
    /// taken, only the last is sent.
    Facts(Desktop),
}

/// How long keyboard and pointer have to rest before it is sent. To a compositor and an X server these go in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watches {
    /// As somebody who walks, or has left: sent always.
    pub away: Duration,
    /// As a pause: sent while [`DesktopCommand::WatchPauses`] wants it. Shorter than `away`.
    pub rest: Duration,
}

impl Default for Watches {
    fn default() -> Self {
        Self { away: AWAY_WATCH, rest: REST_WATCH }
    }
}

/// Sends what happens on this desktop until `commands` or `events` is dropped.
///
/// A source that is lost, or not there yet, is tried again, after pauses that grow from a second to some minutes.
pub async fn run(
    place: Place,
    watches: Watches,
    mut commands: Receiver<DesktopCommand>,
    events: Sender<DesktopEvent>,
) {
    let place = Arc::new(place);
    let mut presence = PresenceState::new(watches);
    let mut facts: Option<FactWatch> = None;
    let mut outbox = VecDeque::new();
    let (send, mut inputs) = mpsc::channel(QUEUE);
    let (watch_rest, rest) = watch::channel(presence.watches_rest());
    let sources = async {
        tokio::join!(
            idle::run(&place, watches, rest, &send),
            lock::logind::run(&place, &send),
            lock::screensaver::run(&place.session_bus, &send),
        )
    };
    tokio::pin!(sources);
    loop {
        let news = facts.as_ref().and_then(FactWatch::news);
        let input = tokio::select! {
            command = commands.recv() => match command {
                Some(DesktopCommand::WatchPauses(wanted)) => PresenceInput::WatchPauses(wanted),
                Some(DesktopCommand::WatchFacts(true)) => {
                    facts.get_or_insert_with(|| FactWatch::start(&place, FACT_SOURCES)).send_again();
                    continue;
                }
                Some(DesktopCommand::WatchFacts(false)) => {
                    facts = None;
                    continue;
                }
                None => return,
            },
            Some(input) = inputs.recv(), if outbox.len() < QUEUE => input,
            () = turn(&mut facts) => continue,
            // Not sent at once: a program that takes nothing for a while gets the facts as they are then, and must not hold up
            // its own commands.
            permit = events.reserve(), if !outbox.is_empty() || news.is_some() => {
                let Ok(permit) = permit else { return };
                match (outbox.pop_front(), news, &mut facts) {
                    (Some(event), ..) => permit.send(event),
                    (None, Some(desktop), Some(facts)) => {
                        permit.send(DesktopEvent::Facts(desktop));
                        facts.sent(desktop);
                    }
                    (None, ..) => {}
                }
                continue;
            }
            _ = &mut sources => return,
            () = events.closed() => return,
        };
        outbox.extend(presence.handle(input, clock::now()));
        watch_rest.send_if_modified(|watched| {
            let before = std::mem::replace(watched, presence.watches_rest());
            before != *watched
        });
    }
}

async fn turn(facts: &mut Option<FactWatch>) {
    match facts {
        Some(facts) => facts.turn().await,
        None => pending().await,
    }
}

/// The sources of the facts, in the order in which `doctor` lists them.
const FACT_SOURCES: Sources = &[
    capture::pipewire::SOURCES,
    capture::pulse::SOURCES,
    capture::devices::SOURCES,
    full_screen::SOURCES,
    do_not_disturb::SOURCES,
    inhibitors::SOURCES,
];

/// The longest pause before a source of presence is tried again: an attempt costs next to nothing, and somebody may be glad of a display that
/// came late.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// How many inputs and events may wait; they come a few a minute.
const QUEUE: usize = 16;

/// From how long a rest of keyboard and pointer on it is always sent: the shortest in which somebody may have walked. That nobody sits here any
/// more follows from the same rest when it lasts.
pub const AWAY_WATCH: Duration = Duration::from_secs(SHORTEST_WALK.as_secs().unsigned_abs());

/// How long keyboard and pointer have to rest to be a pause, at which a question disturbs least: longer than a look for the next word,
/// and shorter than a break in thought.
pub const REST_WATCH: Duration = Duration::from_secs(PAUSE_FROM.as_secs().unsigned_abs());
