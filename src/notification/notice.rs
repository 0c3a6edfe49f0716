//! Plain notices: a title and a text, and nothing to answer.

use std::time::Duration;

use notify_rust::NotificationHandle;

use super::layout;

/// A notice on the screen. It stays there when this is dropped, which closes the connection that each notice has.
#[derive(Debug)]
pub struct Notice {
    handle: NotificationHandle,
}

impl Notice {
    /// Takes the notice away, and waits until that is done.
    pub async fn close(self) {
        // Where that cannot be done, it is gone already.
        let _ = tokio::time::timeout(LIMIT, self.handle.close_async()).await;
    }
}

/// Why a notice was not shown, or why nobody knows who would show it.
#[derive(Debug, thiserror::Error)]
pub enum NotificationError {
    /// No bus, no server, or the server refused.
    #[error("showing a notice on the desktop")]
    Show(#[source] Box<notify_rust::error::Error>),
    /// The server was silent for ten seconds.
    #[error("the notification server did not reply within {} s", LIMIT.as_secs())]
    NoReply,
    /// The session bus or the server does not say who shows notifications.
    #[error("asking who shows notifications")]
    Ask {
        /// What the bus said.
        #[source]
        source: zbus::Error,
    },
}

/// Shows a notice on the session bus. Both texts are without markup.
pub async fn notice(title: &str, body: &str) -> Result<Notice, NotificationError> {
    // Every server that was tried reads markup, and this way of showing a notification does not tell which one it will be.
    let notification = layout::plain(title, body, true);
    let shown = tokio::time::timeout(LIMIT, notification.show_async()).await;
    match shown {
        Ok(Ok(handle)) => Ok(Notice { handle }),
        Ok(Err(error)) => Err(NotificationError::Show(Box::new(error))),
        Err(_) => Err(NotificationError::NoReply),
    }
}

/// As for offers.
const LIMIT: Duration = Duration::from_secs(10);
