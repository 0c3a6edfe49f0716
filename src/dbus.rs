//! The message buses (D-Bus): one connection of ours to each, questions that start no service, and signals.

use std::future::poll_fn;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::sync::mpsc;
use tokio::time::timeout;
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

/// A message bus, with at most one connection to it: clones share the connection. Data about a heart goes to a session bus only.
#[derive(Clone, Debug)]
pub struct Bus(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    place: BusPlace,
    connection: Mutex<Option<Connection>>,
}

#[derive(Debug)]
enum BusPlace {
    Session,
    System,
    Address(String),
}

impl Bus {
    /// The session bus of the user who runs the program, which `DBUS_SESSION_BUS_ADDRESS` may name.
    #[must_use]
    pub fn session() -> Self {
        Self::new(BusPlace::Session)
    }

    /// The system bus, which `DBUS_SYSTEM_BUS_ADDRESS` may name.
    #[must_use]
    pub fn system() -> Self {
        Self::new(BusPlace::System)
    }

    /// The bus at an address, such as `unix:path=/run/user/1000/bus`.
    #[must_use]
    pub fn at(address: String) -> Self {
        Self::new(BusPlace::Address(address))
    }

    fn new(place: BusPlace) -> Self {
        Self(Arc::new(Shared { place, connection: Mutex::new(None) }))
    }

    /// The address, where it isn't the usual one.
    pub(super) fn address(&self) -> Option<&str> {
        match &self.0.place {
            BusPlace::Session | BusPlace::System => None,
            BusPlace::Address(address) => Some(address),
        }
    }

    /// The beginning of a connection that isn't shared.
    pub(super) fn builder(&self) -> Builder<'_> {
        match &self.0.place {
            BusPlace::Session => Builder::session(),
            BusPlace::System => Builder::system(),
            BusPlace::Address(address) => Builder::address(address.as_str()),
        }
    }

    /// The shared connection; a new one if there is none or the bus was lost. Fails after five seconds; a caller tries again after
    /// a pause ([`Backoff`](kindbeat_core::backoff::Backoff)).
    ///
    /// A caller must not stop reading a stream that it makes of this: a full queue holds up the connection for all.
    /// [`signals`] never does.
    pub(super) async fn connection(&self) -> zbus::Result<Connection> {
        let mut kept = self.0.connection.lock().await;
        if let Some(connection) = kept.as_ref().filter(|connection| !connection.is_closed()) {
            return Ok(connection.clone());
        }
        *kept = None;
        let connecting = timeout(CONNECTING, self.builder().max_queued(QUEUE).build()).await;
        let late = |_| zbus::Error::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
        let connection = connecting.map_err(late)??;
        *kept = Some(connection.clone());
        Ok(connection)
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

/// Signals in the order in which they came.
#[derive(Debug)]
pub(super) struct Signals(mpsc::Receiver<Message>);

impl Signals {
    /// The next signal; `None` when the bus is lost, or too many signals were not taken. Nothing is lost when this is dropped while it waits.
    pub(super) async fn next(&mut self) -> Option<Message> {
        self.0.recv().await
    }

    /// The next signal of any of these; `None` when one of them ends.
    pub(super) async fn next_of(all: &mut [Self]) -> Option<Message> {
        poll_fn(|context| {
            let mut polled = all.iter_mut().map(|signals| signals.0.poll_recv(context));
            polled.find(Poll::is_ready).unwrap_or(Poll::Pending)
        })
        .await
    }
}

/// The signals that a rule is for, from now on.
///
/// They are taken off the connection in a task, so that a reader that is slow, or that waits for a reply, does not hold up the other
/// readers of the connection.
pub(super) async fn signals(
    connection: &Connection,
    rule: impl FnOnce(match_rule::Builder<'static>) -> match_rule::Builder<'static>,
) -> zbus::Result<Signals> {
    let rule = rule(MatchRule::builder().msg_type(Type::Signal)).build()?;
    let mut stream = MessageStream::for_match_rule(rule, connection, Some(QUEUE)).await?;
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        loop {
            let message = tokio::select! {
                message = stream.next() => message,
                () = sender.closed() => return,
            };
            let Some(Ok(message)) = message else { return };
            if sender.try_send(message).is_err() {
                return;
            }
        }
    });
    Ok(Signals(receiver))
}

/// Signals when a service of this name comes, goes or is replaced.
pub(super) async fn owner_changes(
    connection: &Connection,
    service: &'static str,
) -> zbus::Result<Signals> {
    signals(connection, |rule| {
        rule.sender(DBUS.service)
            .interface(DBUS.interface)
            .member("NameOwnerChanged")
            .arg(0, service)
    })
    .await
}

/// Whether the service is there after this one of the [`owner_changes`].
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

/// The interface of every object for its properties.
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// How long a bus may take to let us on: milliseconds when well.
const CONNECTING: Duration = Duration::from_secs(5);

/// Room in each queue of a connection: 72 bytes a place, and our tasks empty them at once.
const QUEUE: NonZeroUsize = NonZeroUsize::new(8).unwrap();

/// How many signals may wait for their reader: a trade fair has some hundred Bluetooth devices, and all go with their adapter.
const WAITING: usize = 1_024;
