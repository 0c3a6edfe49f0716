//! A message bus, connected to when it is first needed, and anew when it broke.

use tokio::sync::Mutex;
use zbus::Connection;
use zbus::MessageStream;
use zbus::match_rule;

use super::Error;
use crate::dbus;
use crate::dbus::Asked;

/// A message bus, with at most one connection to it.
pub(super) struct Lasting {
    bus: Asked,
    connection: Mutex<Option<Connection>>,
}

impl Lasting {
    pub(super) fn new(bus: Asked) -> Self {
        Self { bus, connection: Mutex::new(None) }
    }

    /// The connection; a new one if there was none or it broke.
    pub(super) async fn connection(&self) -> Result<Connection, Error> {
        let mut kept = self.connection.lock().await;
        if let Some(connection) = kept.as_ref().filter(|connection| !connection.is_closed()) {
            return Ok(connection.clone());
        }
        *kept = None;
        let connection = self.bus.connect().await?;
        *kept = Some(connection.clone());
        Ok(connection)
    }
}

/// The signals that a rule is for, from now on.
pub(super) async fn signals(
    connection: &Connection,
    rule: impl FnOnce(match_rule::Builder<'static>) -> match_rule::Builder<'static>,
) -> Result<MessageStream, Error> {
    Ok(dbus::signals(connection, dbus::FEW, rule).await?)
}

/// Takes an answer; `None` where the other side says that it has none: it is not there, or does not know the question.
pub(super) fn answered<T>(answer: zbus::Result<T>) -> Result<Option<T>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(zbus::Error::MethodError(..) | zbus::Error::FDO(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
