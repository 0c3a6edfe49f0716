//! Whether anybody shows notifications, found out without showing one.

use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;

use super::Bus;
use super::NotificationError;
use super::ServerInfo;
use super::link;
use crate::dbus::Object;

/// Whether anybody shows notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerPresence {
    /// This one does.
    Running(ServerInfo),
    /// One is started with the first notification.
    Startable,
    /// Nobody.
    Missing,
}

/// Asks who shows notifications; starts nobody. Takes as long as the server does to answer.
pub async fn presence(bus: &Bus) -> Result<ServerPresence, NotificationError> {
    let asked = async {
        let connection = bus.connection().await?;
        let dbus = DBusProxy::new(&connection).await?;
        if dbus.name_has_owner(BusName::try_from(link::SERVER)?).await? {
            return Ok(ServerPresence::Running(described(&connection).await?));
        }
        let startable = dbus.list_activatable_names().await?;
        let is_there = startable.iter().any(|name| name.as_str() == link::SERVER);
        Ok(if is_there { ServerPresence::Startable } else { ServerPresence::Missing })
    };
    asked.await.map_err(|source: zbus::Error| NotificationError::Ask { source })
}

async fn described(connection: &Connection) -> zbus::Result<ServerInfo> {
    let (name, vendor, version, _): (String, String, String, String) =
        SERVER.call(connection, "GetServerInformation", &()).await?;
    let capabilities = SERVER.call(connection, "GetCapabilities", &()).await?;
    Ok(ServerInfo { name, vendor, version, capabilities })
}

const SERVER: Object<'_> =
    Object { service: link::SERVER, path: link::PATH, interface: link::SERVER };
