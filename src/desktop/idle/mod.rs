//! Input activity: from the best source that answers, and from another when it goes.

mod ext_idle;
mod mutter;
mod x11;

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;
use tokio::sync::mpsc::Sender;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::debug;
use tracing::info;
use tracing::warn;

use self::ext_idle::Wayland;
use self::mutter::Mutter;
use self::x11::X11;
use super::LONGEST_PAUSE;
use super::Watches;
use super::place::Place;
use super::presence::PresenceInput;
use super::report::NoAnswer;
use super::report::in_time;
use crate::clock;
use crate::dbus;
use crate::dbus::Bus;
use crate::dbus::Signals;
use kindbeat_core::backoff::Backoff;

/// The sources of input activity, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdleSource {
    /// The idle monitor of GNOME's compositor.
    Mutter,
    /// A Wayland compositor, by the protocol that all agree on.
    ExtIdleNotify,
    /// A Wayland compositor, by KDE's older protocol.
    KwinIdle,
    /// An X server.
    X11,
    /// The hint that a desktop leaves with logind, after minutes.
    Logind,
}

impl fmt::Display for IdleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mutter => "Mutter",
            Self::ExtIdleNotify => "ext-idle-notify-v1",
            Self::KwinIdle => "org_kde_kwin_idle",
            Self::X11 => "X11",
            Self::Logind => "logind",
        })
    }
}

/// A source that was found.
pub(super) enum Opened {
    Mutter(Box<Mutter>),
    Wayland(Box<Wayland>),
    X11(X11),
}

impl Opened {
    pub(super) fn source(&self) -> IdleSource {
        match self {
            Self::Mutter(_) => IdleSource::Mutter,
            Self::Wayland(wayland) => wayland.source(),
            Self::X11(_) => IdleSource::X11,
        }
    }

    /// Whether it counts a program that keeps the screen awake as use of keyboard and pointer.
    pub(super) fn awake_is_use(&self) -> bool {
        match self {
            Self::Mutter(_) | Self::X11(_) => false,
            Self::Wayland(wayland) => wayland.awake_is_use(),
        }
    }

    /// How long keyboard and pointer have rested; `None`: this source does not know.
    pub(super) async fn idle(&mut self) -> Result<Option<Duration>, NoAnswer> {
        match self {
            Self::Mutter(mutter) => mutter.idle().await.map(Some),
            Self::Wayland(_) => Ok(None),
            Self::X11(x11) => x11.idle().await.map(Some),
        }
    }

    /// Reports until it goes; watches for a short rest while `rest` says so.
    async fn run(
        self,
        rest: watch::Receiver<bool>,
        inputs: &Sender<PresenceInput>,
    ) -> Result<(), NoAnswer> {
        match self {
            Self::Mutter(mutter) => mutter.run(rest, inputs).await,
            Self::Wayland(wayland) => wayland.run(rest, inputs).await,
            Self::X11(x11) => x11.run(rest, inputs).await,
        }
    }
}

/// Opens the best source that answers within `limit`; with the sources that are better and why each does not answer.
pub(super) async fn open(
    place: &Place,
    watches: Watches,
    limit: Duration,
) -> (Option<Opened>, Vec<(IdleSource, NoAnswer)>) {
    let mut silent = Vec::new();
    match in_time(limit, Mutter::open(&place.session_bus, watches)).await {
        Ok(mutter) => return (Some(Opened::Mutter(Box::new(mutter))), silent),
        Err(none) => silent.push((IdleSource::Mutter, none)),
    }
    let (source, opened) = match (&place.wayland, &place.x11) {
        (Some(socket), _) => {
            let opened = in_time(limit, Wayland::open(socket, watches)).await;
            let opened = opened.map(|opened| Opened::Wayland(Box::new(opened)));
            (IdleSource::ExtIdleNotify, opened)
        }
        (None, Some(display)) => {
            let opened = in_time(limit, X11::open(display, watches)).await;
            (IdleSource::X11, opened.map(Opened::X11))
        }
        (None, None) => return (None, silent),
    };
    match opened {
        Ok(opened) => (Some(opened), silent),
        Err(none) => {
            silent.push((source, none));
            (None, silent)
        }
    }
}

/// Reports the input activity for ever.
pub(super) async fn run(
    place: &Place,
    watches: Watches,
    rest: watch::Receiver<bool>,
    inputs: &Sender<PresenceInput>,
) {
    let mut backoff = Backoff::new(LONGEST_PAUSE);
    loop {
        // Watched before it is looked for, so that it cannot come in between.
        let mut mutter = mutter_comes(&place.session_bus).await;
        let (opened, silent) = open(place, watches, LIMIT).await;
        for (source, none) in &silent {
            debug!(%source, reason = %none, "no idle source");
        }
        // What failed may come back, and of all but Mutter nothing signals that.
        let again = silent.iter().any(|(_, none)| matches!(none, NoAnswer::Failed(_)));
        if let Some(opened) = opened {
            let source = opened.source();
            let began = clock::now();
            info!("idle source: {source}");
            send(inputs, PresenceInput::AwakeIsUse(opened.awake_is_use())).await;
            send(inputs, PresenceInput::Found).await;
            tokio::select! {
                ended = opened.run(rest.clone(), inputs) => {
                    if let Err(none) = ended {
                        warn!(%source, reason = %none, "idle source lost");
                    }
                }
                () = comes(&mut mutter), if source != IdleSource::Mutter => {}
            }
            send(inputs, PresenceInput::Lost).await;
            backoff.ended(began, clock::now());
        } else if !again && next(&mut mutter).await {
            continue;
        }
        tokio::select! {
            () = clock::sleep(backoff.next_delay()) => {}
            () = comes(&mut mutter) => {}
        }
    }
}

async fn send(inputs: &Sender<PresenceInput>, input: PresenceInput) {
    // Nobody listens: the whole is about to be dropped.
    let _ = inputs.send(input).await;
}

/// Signals when Mutter comes; `None` where there is no bus.
async fn mutter_comes(session: &Bus) -> Option<Signals> {
    let watched = async {
        let connection = session.connection().await?;
        dbus::owner_changes(&connection, mutter::SERVICE).await
    };
    timeout(LIMIT, watched).await.ok()?.ok()
}

/// Waits until Mutter has come (true) or the bus is lost; for ever, where there was none.
async fn next(mutter: &mut Option<Signals>) -> bool {
    let Some(stream) = mutter else { return std::future::pending().await };
    while let Some(change) = stream.next().await {
        if dbus::is_owned(&change) {
            return true;
        }
    }
    *mutter = None;
    false
}

/// Waits until Mutter has come, however long.
async fn comes(mutter: &mut Option<Signals>) {
    while !next(mutter).await {}
}

/// How long a source may take to answer: milliseconds when well.
const LIMIT: Duration = Duration::from_secs(5);
