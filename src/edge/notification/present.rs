//! Whether anybody shows notifications, found out without showing one.

use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::proxy::Builder;
use zbus::proxy::CacheProperties;
use zbus::proxy::MethodFlags;
use zbus::proxy::Proxy;
use zbus::wire::DynamicDeserialize;

use super::Bus;
use super::Error;
use super::ServerInfo;
use super::link;

/// Whether anybody shows notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// This one does.
    Running(ServerInfo),
    /// One is started with the first notification.
    Startable,
    /// Nobody.
    Missing,
}

/// Asks who shows notifications; starts nobody. Takes as long as the server does to answer.
pub async fn presence(bus: &Bus) -> Result<Presence, Error> {
    let asked = async {
        let connection = link::connect(bus).await?;
        let dbus = DBusProxy::new(&connection).await?;
        if dbus.name_has_owner(BusName::try_from(link::SERVER)?).await? {
            return Ok(Presence::Running(described(&connection).await?));
        }
        let startable = dbus.list_activatable_names().await?;
        let is_there = startable.iter().any(|name| name.as_str() == link::SERVER);
        Ok(if is_there { Presence::Startable } else { Presence::Missing })
    };
    asked.await.map_err(|source: zbus::Error| Error::Ask { source })
}

async fn described(connection: &Connection) -> zbus::Result<ServerInfo> {
    let (name, vendor, version, _): (String, String, String, String) =
        call(connection, "GetServerInformation").await?;
    let capabilities = call(connection, "GetCapabilities").await?;
    Ok(ServerInfo { name, vendor, version, capabilities })
}

/// Calls a method, never starting a server by the call.
async fn call<R: for<'d> DynamicDeserialize<'d>>(
    connection: &Connection,
    method: &'static str,
) -> zbus::Result<R> {
    let proxy: Proxy<'_> = Builder::new(connection)
        .destination(link::SERVER)
        .path(link::PATH)
        .interface(link::SERVER)
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    let answer = proxy.call_with_flags(method, MethodFlags::NO_AUTO_START, &()).await?;
    answer.ok_or(zbus::Error::InvalidReply)
}
