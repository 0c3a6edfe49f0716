//! Which source tells of the hands: the best that answers, and another when it goes.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;
use tokio::sync::mpsc::Sender;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::debug;
use tracing::info;

use super::Error;
use super::LONGEST_PAUSE;
use super::Places;
use super::Watches;
use super::desk::Heard;
use super::mutter;
use super::mutter::Mutter;
use super::wayland::Wayland;
use super::x11::X11;
use crate::clock;
use crate::dbus;
use crate::dbus::Bus;
use crate::dbus::Signals;
use kindbeat_core::backoff::Backoff;

/// What can tell of the hands, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
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

impl fmt::Display for Source {
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
    pub(super) fn source(&self) -> Source {
        match self {
            Self::Mutter(_) => Source::Mutter,
            Self::Wayland(wayland) => wayland.source(),
            Self::X11(_) => Source::X11,
        }
    }

    /// How long the hands have been still; `None`: this source does not know.
    pub(super) async fn idle(&mut self) -> Result<Option<Duration>, Error> {
        match self {
            Self::Mutter(mutter) => mutter.idle().await.map(Some),
            Self::Wayland(_) => Ok(None),
            Self::X11(x11) => x11.idle().await.map(Some),
        }
    }

    /// Tells until it goes, which is why this returns; watches for a short rest while `rest` says so.
    async fn run(self, rest: watch::Receiver<bool>, tell: &Sender<Heard>) -> Result<(), Error> {
        match self {
            Self::Mutter(mutter) => mutter.run(rest, tell).await,
            Self::Wayland(wayland) => wayland.run(rest, tell).await,
            Self::X11(x11) => x11.run(rest, tell).await,
        }
    }
}

/// Why a source is not the one: it should be there and does not answer (an error), or it is not there (`None`).
pub(super) type Tried = (Source, Option<Error>);

/// Opens the best source that answers within `limit`; says of each that is better why it is not the one.
pub(super) async fn open(
    places: &Places,
    watches: Watches,
    session: &Bus,
    limit: Duration,
) -> (Option<Opened>, Vec<Tried>) {
    let mut tried = Vec::new();
    match in_time(limit, Mutter::open(session, watches)).await {
        Ok(Some(mutter)) => return (Some(Opened::Mutter(Box::new(mutter))), tried),
        Ok(None) => tried.push((Source::Mutter, None)),
        Err(error) => tried.push((Source::Mutter, Some(error))),
    }
    let display = match (&places.wayland, &places.x11) {
        (Some(socket), _) => {
            let opened = in_time(limit, Wayland::open(socket, watches)).await;
            (
                Source::ExtIdleNotify,
                opened.map(|opened| opened.map(|opened| Opened::Wayland(Box::new(opened)))),
            )
        }
        (None, Some(display)) => {
            let opened = in_time(limit, X11::open(display, watches)).await;
            (Source::X11, opened.map(|opened| opened.map(Opened::X11)))
        }
        (None, None) => return (None, tried),
    };
    match display {
        (_, Ok(Some(opened))) => return (Some(opened), tried),
        (source, Ok(None)) => tried.push((source, None)),
        (source, Err(error)) => tried.push((source, Some(error))),
    }
    (None, tried)
}

/// What comes of it within this time.
pub(super) async fn in_time<T>(
    limit: Duration,
    asking: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    timeout(limit, asking).await.unwrap_or(Err(Error::Silent(limit)))
}

/// Tells of the hands for ever.
pub(super) async fn run(
    places: &Places,
    watches: Watches,
    session: &Bus,
    rest: watch::Receiver<bool>,
    tell: &Sender<Heard>,
) {
    let mut pauses = Backoff::new(LONGEST_PAUSE);
    loop {
        // Heard of from before it is looked for, so that it cannot come in between.
        let mut mutter = mutter_comes(session).await;
        let (opened, tried) = open(places, watches, session, LIMIT).await;
        for (source, error) in &tried {
            if let Some(error) = error {
                debug!(%source, error = error as &dyn std::error::Error, "does not tell of the hands");
            }
        }
        // What is not there may come, and of all but Mutter nothing tells.
        let again = tried.iter().any(|(_, error)| error.is_some());
        if let Some(opened) = opened {
            let source = opened.source();
            let began = clock::now();
            info!(%source, "this tells of the hands");
            tell_all(tell, Heard::Found).await;
            tokio::select! {
                ended = opened.run(rest.clone(), tell) => {
                    if let Err(error) = ended {
                        debug!(%source, error = &error as &dyn std::error::Error, "it tells no longer");
                    }
                }
                () = comes(&mut mutter), if source != Source::Mutter => {}
            }
            tell_all(tell, Heard::Lost).await;
            pauses.ended(began, clock::now());
        } else if !again && next(&mut mutter).await {
            continue;
        }
        tokio::select! {
            () = clock::sleep(pauses.next_delay()) => {}
            () = comes(&mut mutter) => {}
        }
    }
}

async fn tell_all(tell: &Sender<Heard>, heard: Heard) {
    // Nobody listens: the whole is about to be dropped.
    let _ = tell.send(heard).await;
}

/// Says when Mutter comes; `None` where there is no bus to say so.
async fn mutter_comes(session: &Bus) -> Option<Signals> {
    let watched = async {
        let connection = session.connection().await?;
        Ok(dbus::owner_changes(&connection, mutter::SERVICE).await?)
    };
    in_time(LIMIT, watched).await.ok()
}

/// Waits until it has come (true), or the bus went that would say so; for ever, where there was none.
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

/// Waits until it has come, however long.
async fn comes(mutter: &mut Option<Signals>) {
    while !next(mutter).await {}
}

/// How long a source may take to answer: milliseconds when well.
const LIMIT: Duration = Duration::from_secs(5);
