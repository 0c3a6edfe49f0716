//! A message bus: connected to when it is first needed, and anew when it broke.

use std::num::NonZeroUsize;

use serde::Serialize;
use tokio::sync::Mutex;
use zbus::Connection;
use zbus::DynamicType;
use zbus::MatchRule;
use zbus::Message;
use zbus::MessageStream;
use zbus::connection::Builder;
use zbus::match_rule;
use zbus::message::Type;
use zbus::proxy;
use zbus::proxy::CacheProperties;
use zbus::proxy::MethodFlags;
use zbus::proxy::Proxy;
use zbus::wire::DynamicDeserialize;

use super::Error;

/// A message bus, with at most one connection to it.
pub(super) struct Bus {
    place: Place,
    connection: Mutex<Option<Connection>>,
}

enum Place {
    Session,
    System,
    At(String),
}

impl Bus {
    pub(super) fn session(address: Option<String>) -> Self {
        Self::at(address.map_or(Place::Session, Place::At))
    }

    pub(super) fn system(address: Option<String>) -> Self {
        Self::at(address.map_or(Place::System, Place::At))
    }

    fn at(place: Place) -> Self {
        Self { place, connection: Mutex::new(None) }
    }

    /// The connection; a new one if there was none or it broke.
    pub(super) async fn connection(&self) -> Result<Connection, Error> {
        let mut kept = self.connection.lock().await;
        if let Some(connection) = kept.as_ref().filter(|connection| !connection.is_closed()) {
            return Ok(connection.clone());
        }
        *kept = None;
        let builder = match &self.place {
            Place::Session => Builder::session(),
            Place::System => Builder::system(),
            Place::At(address) => Builder::address(address.as_str()),
        };
        let connection = builder.build().await?;
        *kept = Some(connection.clone());
        Ok(connection)
    }
}

/// An object of a service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'a> {
    pub(super) service: &'static str,
    pub(super) path: &'a str,
    pub(super) interface: &'static str,
}

impl Object<'_> {
    /// Calls a method, never starting the service by the call.
    pub(super) async fn call<B, R>(
        self,
        connection: &Connection,
        method: &'static str,
        body: &B,
    ) -> zbus::Result<R>
    where
        B: Serialize + DynamicType,
        R: for<'d> DynamicDeserialize<'d>,
    {
        let proxy: Proxy<'_> = proxy::Builder::new(connection)
            .destination(self.service)
            .path(self.path)
            .interface(self.interface)
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        let answer = proxy.call_with_flags(method, MethodFlags::NO_AUTO_START, body).await?;
        answer.ok_or(zbus::Error::InvalidReply)
    }
}

/// The signals that a rule is for, from now on.
pub(super) async fn signals(
    connection: &Connection,
    rule: impl FnOnce(match_rule::Builder<'static>) -> match_rule::Builder<'static>,
) -> Result<MessageStream, Error> {
    let rule = rule(MatchRule::builder().msg_type(Type::Signal)).build()?;
    Ok(MessageStream::for_match_rule(rule, connection, Some(QUEUE)).await?)
}

/// Says when a service of this name comes, goes or is replaced.
pub(super) async fn owner_changes(
    connection: &Connection,
    service: &'static str,
) -> Result<MessageStream, Error> {
    signals(connection, |rule| {
        rule.sender(DBUS).interface(DBUS).member("NameOwnerChanged").arg(0, service)
    })
    .await
}

/// Whether a service of this name is there now, by what [`owner_changes`] says.
pub(super) fn is_owned(change: &Message) -> bool {
    let body = change.body();
    body.deserialize::<(&str, &str, &str)>().is_ok_and(|(_, _, owner)| !owner.is_empty())
}

/// Takes an answer; `None` where the other side says that it has none: it is not there, or does not know the question.
pub(super) fn answered<T>(answer: zbus::Result<T>) -> Result<Option<T>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(zbus::Error::MethodError(..) | zbus::Error::FDO(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

const DBUS: &str = "org.freedesktop.DBus";

/// The interface by which every object tells its properties.
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// How many signals may wait: a full queue would hold up the answers behind it.
const QUEUE: NonZeroUsize = NonZeroUsize::new(64).unwrap();
