//! The screen savers on the session bus: whether one covers the screen.

use futures_util::StreamExt as _;
use tokio::sync::mpsc::Sender;
use tracing::debug;
use zbus::Connection;

use super::Error;
use super::bus;
use super::bus::Bus;
use super::bus::Object;
use super::desk::Heard;
use super::desk::Saver;
use super::pauses::Pauses;
use crate::edge::clock;

/// Tells of all for ever; each may come and go.
pub(super) async fn run(session: &Bus, tell: &Sender<Heard>) {
    let mut pauses = Pauses::default();
    loop {
        let began = clock::now();
        let followed = async {
            let connection = session.connection().await?;
            tokio::try_join!(
                follow(&connection, Saver::Common, COMMON, tell),
                follow(&connection, Saver::Gnome, GNOME, tell),
                follow(&connection, Saver::Mate, MATE, tell),
                follow(&connection, Saver::Cinnamon, CINNAMON, tell),
                follow(&connection, Saver::Xfce, XFCE, tell),
            )
        };
        if let Err(error) = followed.await {
            debug!(error = &error as &dyn std::error::Error, "no word of the screen savers");
        }
        pauses.ended(began, clock::now());
        clock::sleep(pauses.next()).await;
    }
}

async fn follow(
    connection: &Connection,
    saver: Saver,
    object: Object<'static>,
    tell: &Sender<Heard>,
) -> Result<(), Error> {
    let mut owner = bus::owner_changes(connection, object.service).await?;
    let mut active = bus::signals(connection, |rule| {
        rule.sender(object.service).interface(object.interface).member("ActiveChanged")
    })
    .await?;
    let mut covers = covers(connection, object).await?.unwrap_or(false);
    loop {
        tell.send(Heard::Covered(saver, covers)).await.map_err(|_| Error::Gone)?;
        covers = tokio::select! {
            changed = active.next() => {
                let changed = changed.ok_or(Error::Gone)??;
                changed.body().deserialize().unwrap_or(covers)
            }
            // One that is gone covers nothing; one that came may cover the screen already.
            changed = owner.next() => {
                changed.ok_or(Error::Gone)??;
                self::covers(connection, object).await?.unwrap_or(false)
            }
        };
    }
}

/// Whether it covers the screen; `None`: it is not there, or does not say.
async fn covers(connection: &Connection, object: Object<'_>) -> Result<Option<bool>, Error> {
    bus::answered(object.call(connection, "GetActive", &()).await)
}

/// Which of them say whether they cover the screen, by their names, and what they say.
pub(super) async fn told(session: &Bus) -> Result<Vec<(&'static str, bool)>, Error> {
    let connection = session.connection().await?;
    let mut told = Vec::new();
    for object in [COMMON, GNOME, MATE, CINNAMON, XFCE] {
        if let Some(covers) = covers(&connection, object).await? {
            told.push((object.service, covers));
        }
    }
    Ok(told)
}

const COMMON: Object<'_> = Object {
    service: "org.freedesktop.ScreenSaver",
    path: "/org/freedesktop/ScreenSaver",
    interface: "org.freedesktop.ScreenSaver",
};

const GNOME: Object<'_> = Object {
    service: "org.gnome.ScreenSaver",
    path: "/org/gnome/ScreenSaver",
    interface: "org.gnome.ScreenSaver",
};

const MATE: Object<'_> = Object {
    service: "org.mate.ScreenSaver",
    path: "/org/mate/ScreenSaver",
    interface: "org.mate.ScreenSaver",
};

const CINNAMON: Object<'_> = Object {
    service: "org.cinnamon.ScreenSaver",
    path: "/org/cinnamon/ScreenSaver",
    interface: "org.cinnamon.ScreenSaver",
};

const XFCE: Object<'_> = Object {
    service: "org.xfce.ScreenSaver",
    path: "/org/xfce/ScreenSaver",
    interface: "org.xfce.ScreenSaver",
};
