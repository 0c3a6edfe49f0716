//! Message buses (D-Bus): the way to one, questions that start nobody, and signals.

use std::num::NonZeroUsize;

use serde::Serialize;
use zbus::Connection;
use zbus::DynamicType;
use zbus::MatchRule;
use zbus::Message;
use zbus::MessageStream;
use zbus::OwnedVariant;
use zbus::connection::Builder;
use zbus::fdo;
use zbus::match_rule;
use zbus::message::Type;
use zbus::proxy;
use zbus::proxy::CacheProperties;
use zbus::proxy::MethodFlags;
use zbus::proxy::Proxy;
use zbus::wire::DynamicDeserialize;

/// A bus of a session. What is known of a heart goes to no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bus {
    /// That of whoever runs the program.
    Session,
    /// The one at this address.
    At(String),
}

impl Bus {
    /// The beginning of a connection.
    pub(super) fn builder(&self) -> Builder<'_> {
        match self {
            Self::Session => Builder::session(),
            Self::At(address) => Builder::address(address.as_str()),
        }
    }

    /// A new connection.
    pub(super) async fn connect(&self) -> zbus::Result<Connection> {
        self.builder().build().await
    }
}

/// A bus on which something is asked.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// One of a session.
    Session(Bus),
    /// The system bus, which `DBUS_SYSTEM_BUS_ADDRESS` may name; or the one at this address in its place.
    System(Option<String>),
}

impl Asked {
    /// The session bus, or the one at this address.
    pub(super) fn session(address: Option<String>) -> Self {
        Self::Session(address.map_or(Bus::Session, Bus::At))
    }

    /// A new connection.
    pub(super) async fn connect(&self) -> zbus::Result<Connection> {
        match self {
            Self::Session(bus) => bus.connect().await,
            Self::System(None) => Builder::system().build().await,
            Self::System(Some(address)) => Builder::address(address.as_str()).build().await,
        }
    }
}

/// An object of a service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'a> {
    /// The name of the service, or its owner's own name.
    pub(super) service: &'a str,
    pub(super) path: &'a str,
    pub(super) interface: &'a str,
}

impl Object<'_> {
    /// Calls a method, never starting the service by the call.
    pub(super) async fn call<B, R>(
        self,
        connection: &Connection,
        method: &str,
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

    /// A property.
    pub(super) async fn property(
        self,
        connection: &Connection,
        name: &str,
    ) -> zbus::Result<OwnedVariant> {
        let properties = Self { interface: PROPERTIES, ..self };
        properties.call(connection, "Get", &(self.interface, name)).await
    }
}

/// The signals that a rule is for, from now on; so many of them may wait. A full queue holds up everything behind it on the
/// connection, an answer that is waited for among it.
pub(super) async fn signals(
    connection: &Connection,
    waiting: NonZeroUsize,
    rule: impl FnOnce(match_rule::Builder<'static>) -> match_rule::Builder<'static>,
) -> zbus::Result<MessageStream> {
    let rule = rule(MatchRule::builder().msg_type(Type::Signal)).build()?;
    MessageStream::for_match_rule(rule, connection, Some(waiting)).await
}

/// Says when a service of this name comes, goes or is replaced.
pub(super) async fn owner_changes(
    connection: &Connection,
    service: &'static str,
) -> zbus::Result<MessageStream> {
    signals(connection, FEW, |rule| {
        rule.sender(DBUS.service)
            .interface(DBUS.interface)
            .member("NameOwnerChanged")
            .arg(0, service)
    })
    .await
}

/// Whether a service of this name is there now, by what [`owner_changes`] says.
pub(super) fn is_owned(change: &Message) -> bool {
    let body = change.body();
    body.deserialize::<(&str, &str, &str)>().is_ok_and(|(_, _, owner)| !owner.is_empty())
}

/// Whether the error says that there is no such service.
pub(super) fn is_absent(error: &zbus::Error) -> bool {
    let zbus::Error::FDO(fault) = error else { return false };
    matches!(**fault, fdo::Error::ServiceUnknown(_) | fdo::Error::NameHasNoOwner(_))
}

/// The bus itself.
pub(super) const DBUS: Object<'_> = Object {
    service: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
};

/// The interface by which every object tells its properties.
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// For signals that come one by one.
pub(super) const FEW: NonZeroUsize = NonZeroUsize::new(64).unwrap();
