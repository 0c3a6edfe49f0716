//! The screen savers on the session bus: whether one covers the screen.

use futures_util::future::try_join_all;
use tokio::sync::mpsc::Sender;
use tracing::debug;
use zbus::Connection;

use crate::clock;
use crate::dbus;
use crate::dbus::Bus;
use crate::dbus::Object;
use crate::desktop::LONGEST_PAUSE;
use crate::desktop::bus;
use crate::desktop::presence::PresenceInput;
use crate::desktop::presence::ScreenSaver;
use crate::desktop::report::NoAnswer;
use kindbeat_core::backoff::Backoff;

/// Reports all of them for ever; each may come and go.
pub(in crate::desktop) async fn run(session: &Bus, inputs: &Sender<PresenceInput>) {
    let mut backoff = Backoff::new(LONGEST_PAUSE);
    loop {
        let began = clock::now();
        let followed = async {
            let connection =
                session.connection().await.map_err(|error| NoAnswer::no_bus(&error))?;
            let all = SAVERS.map(|(saver, object)| follow(&connection, saver, object, inputs));
            try_join_all(all).await
        };
        if let Err(none) = followed.await {
            debug!(reason = %none, "lock source lost: screen savers");
        }
        backoff.ended(began, clock::now());
        clock::sleep(backoff.next_delay()).await;
    }
}

async fn follow(
    connection: &Connection,
    saver: ScreenSaver,
    object: Object<'static>,
    inputs: &Sender<PresenceInput>,
) -> Result<(), NoAnswer> {
    let mut owner = dbus::owner_changes(connection, object.service).await?;
    let mut active = dbus::signals(connection, |rule| {
        rule.sender(object.service).interface(object.interface).member("ActiveChanged")
    })
    .await?;
    let mut covers = covers(connection, object).await?.unwrap_or(false);
    loop {
        inputs.send(PresenceInput::Covered(saver, covers)).await.map_err(|_| NoAnswer::gone())?;
        covers = tokio::select! {
            changed = active.next() => {
                let changed = changed.ok_or_else(NoAnswer::gone)?;
                changed.body().deserialize().unwrap_or(covers)
            }
            // One that is gone covers nothing; one that came may cover the screen already.
            changed = owner.next() => {
                changed.ok_or_else(NoAnswer::gone)?;
                self::covers(connection, object).await?.unwrap_or(false)
            }
        };
    }
}

/// Whether it covers the screen; `None`: it is not there, or does not say.
async fn covers(connection: &Connection, object: Object<'_>) -> Result<Option<bool>, NoAnswer> {
    bus::reply(object.call(connection, "GetActive", &()).await)
}

/// The names of those that say whether they cover the screen, and whether they do.
pub(in crate::desktop) async fn probe(
    session: &Bus,
) -> Result<Vec<(&'static str, bool)>, NoAnswer> {
    let connection = session.connection().await.map_err(|error| NoAnswer::no_bus(&error))?;
    let mut all = Vec::new();
    for (_, object) in SAVERS {
        if let Some(covers) = covers(&connection, object).await? {
            all.push((object.service, covers));
        }
    }
    Ok(all)
}

const SAVERS: [(ScreenSaver, Object<'_>); 5] = [
    (ScreenSaver::Common, saver("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver")),
    (ScreenSaver::Gnome, saver("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver")),
    (ScreenSaver::Mate, saver("org.mate.ScreenSaver", "/org/mate/ScreenSaver")),
    (ScreenSaver::Cinnamon, saver("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver")),
    (ScreenSaver::Xfce, saver("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver")),
];

/// Each calls its interface as itself.
const fn saver(service: &'static str, path: &'static str) -> Object<'static> {
    Object { service, path, interface: service }
}
