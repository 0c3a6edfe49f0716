//! What a GNOME Shell without a monitor draws, and a hand in it: through what it has for pictures of the screen and for remote desktops.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context as _;
use anyhow::ensure;
use futures_util::StreamExt as _;
use tokio::sync::Mutex;
use zbus::Connection;
use zbus::OwnedObjectPath;
use zbus::fdo::DBusProxy;

use super::client::soon;

/// A shell on this bus, whenever it is there.
pub(crate) struct Shell {
    connection: Connection,
    /// Where it may write.
    folder: PathBuf,
    /// The session of the hand; another shell has another one.
    hand: Mutex<Option<OwnedObjectPath>>,
}

impl Shell {
    pub(crate) fn new(connection: Connection, folder: &Path) -> Self {
        Self { connection, folder: folder.to_owned(), hand: Mutex::default() }
    }

    /// A picture of all of the screen, without the pointer: its file.
    pub(crate) async fn picture(&self) -> anyhow::Result<PathBuf> {
        self.comes(PICTURES).await?;
        let file = self.folder.join("picture.png");
        let arguments = (false, false, file.to_string_lossy().into_owned());
        let path = "/org/gnome/Shell/Screenshot";
        let taken = self.connection.call_method(
            Some(PICTURES),
            path,
            Some(PICTURES),
            "Screenshot",
            &arguments,
        );
        let (is_done, at): (bool, String) = taken.await?.body().deserialize()?;
        ensure!(is_done, "no picture of the screen");
        let mine = self.folder.join("taken.png");
        fs::rename(at, &mine)?;
        Ok(mine)
    }

    /// Puts the pointer this far from the left and from the bottom.
    pub(crate) async fn point(&self, left: f64, bottom: f64) -> anyhow::Result<()> {
        let session = self.hand().await?;
        // Into the corner, wherever it is; from there on; and once more, so that what is below notices.
        for by in [(-5000.0, 5000.0), (left, 1.0 - bottom), (1.0, 0.0)] {
            self.moves(&session, "NotifyPointerMotionRelative", &by).await?;
        }
        Ok(())
    }

    /// Presses a button of the mouse: 1 to 3, from the left.
    pub(crate) async fn click(&self, button: u8) -> anyhow::Result<()> {
        let session = self.hand().await?;
        // As input-event-codes.h of Linux has them.
        let code = match button {
            1 => 0x110_i32,
            2 => 0x112,
            _ => 0x111,
        };
        for is_down in [true, false] {
            self.moves(&session, "NotifyPointerButton", &(code, is_down)).await?;
        }
        Ok(())
    }

    async fn moves<B>(&self, session: &OwnedObjectPath, how: &str, by: &B) -> anyhow::Result<()>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
    {
        let interface = "org.gnome.Mutter.RemoteDesktop.Session";
        self.connection.call_method(Some(HANDS), session, Some(interface), how, by).await?;
        Ok(())
    }

    /// The session of the hand, in the shell that runs now.
    async fn hand(&self) -> anyhow::Result<OwnedObjectPath> {
        let mut hand = self.hand.lock().await;
        if let Some(session) = &*hand {
            let alive = self.moves(session, "NotifyPointerMotionRelative", &(0.0, 0.0)).await;
            if alive.is_ok() {
                return Ok(session.clone());
            }
        }
        self.comes(HANDS).await?;
        let path = "/org/gnome/Mutter/RemoteDesktop";
        let made =
            self.connection.call_method(Some(HANDS), path, Some(HANDS), "CreateSession", &());
        let session: OwnedObjectPath = made.await?.body().deserialize()?;
        self.moves(&session, "Start", &()).await?;
        *hand = Some(session.clone());
        Ok(session)
    }

    /// Waits until somebody owns this name.
    async fn comes(&self, name: &'static str) -> anyhow::Result<()> {
        let dbus = DBusProxy::new(&self.connection).await?;
        let mut changes = dbus.receive_name_owner_changed_with_args(&[(0, name)]).await?;
        while !dbus.name_has_owner(name.try_into()?).await? {
            soon(changes.next()).await.context(name)?;
        }
        Ok(())
    }
}

const PICTURES: &str = "org.gnome.Shell.Screenshot";

const HANDS: &str = "org.gnome.Mutter.RemoteDesktop";
