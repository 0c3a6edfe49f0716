//! The screen savers on the session bus: whether one covers the screen.

use futures_util::future::try_join_all;
use tokio::sync::mpsc::Sender;
use tracing::debug;
use zbus::Connection;

use super::Error;
use super::LONGEST_PAUSE;
use super::bus;
use super::desk::Heard;
use super::desk::Saver;
use crate::clock;
use crate::dbus;
use crate::dbus::Bus;
use crate::dbus::Object;
use kindbeat_core::backoff::Backoff;

/// Tells of all for ever; each may come and go.
pub(super) async fn run(session: &Bus, tell: &Sender<Heard>) {
    let mut pauses = Backoff::new(LONGEST_PAUSE);
    loop {
        let began = clock::now();
        let followed = async {
            let connection = session.connection().await?;
            let all = SAVERS.map(|(saver, object)| follow(&connection, saver, object, tell));
            try_join_all(all).await
        };
        if let Err(error) = followed.await {
            debug!(error = &error as &dyn std::error::Error, "no word of the screen savers");
        }
        pauses.ended(began, clock::now());
        clock::sleep(pauses.next_delay()).await;
    }
}

async fn follow(
    connection: &Connection,
    saver: Saver,
    object: Object<'static>,
    tell: &Sender<Heard>,
) -> Result<(), Error> {
    let mut owner = dbus::owner_changes(connection, object.service).await?;
    let mut active = dbus::signals(connection, |rule| {
        rule.sender(object.service).interface(object.interface).member("ActiveChanged")
    })
    .await?;
    let mut covers = covers(connection, object).await?.unwrap_or(false);
    loop {
        tell.send(Heard::Covered(saver, covers)).await.map_err(|_| Error::Gone)?;
        covers = tokio::select! {
            changed = active.next() => {
                let changed = changed.ok_or(Error::Gone)?;
                changed.body().deserialize().unwrap_or(covers)
            }
            // One that is gone covers nothing; one that came may cover the screen already.
            changed = owner.next() => {
                changed.ok_or(Error::Gone)?;
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
    for (_, object) in SAVERS {
        if let Some(covers) = covers(&connection, object).await? {
            told.push((object.service, covers));
        }
    }
    Ok(told)
}

const SAVERS: [(Saver, Object<'_>); 5] = [
    (Saver::Common, saver("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver")),
    (Saver::Gnome, saver("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver")),
    (Saver::Mate, saver("org.mate.ScreenSaver", "/org/mate/ScreenSaver")),
    (Saver::Cinnamon, saver("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver")),
    (Saver::Xfce, saver("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver")),
];

/// Each calls its interface as itself.
const fn saver(service: &'static str, path: &'static str) -> Object<'static> {
    Object { service, path, interface: service }
}
