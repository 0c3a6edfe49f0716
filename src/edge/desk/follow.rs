//! Questions on a bus that start nobody, and the signals that say when to ask again.

use std::num::NonZeroUsize;

use futures_util::StreamExt as _;
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

use super::report::Fact;
use super::report::Silence;
use super::report::Teller;

/// A connection to a bus.
#[derive(Clone)]
pub(super) struct Bus(Connection);

/// An object on a bus.
#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    pub(super) owner: &'a str,
    pub(super) path: &'a str,
    pub(super) interface: &'a str,
}

impl Bus {
    /// Connects to the session bus.
    pub(super) async fn session(address: Option<&str>) -> Result<Self, Silence> {
        Self::connect(address.map_or_else(Builder::session, Builder::address)).await
    }

    /// Connects to the system bus.
    pub(super) async fn system(address: Option<&str>) -> Result<Self, Silence> {
        Self::connect(address.map_or_else(Builder::system, Builder::address)).await
    }

    async fn connect(builder: Builder<'_>) -> Result<Self, Silence> {
        match builder.build().await {
            Ok(connection) => Ok(Self(connection)),
            Err(zbus::Error::Connection(error, _))
                if error.kind() == std::io::ErrorKind::NotFound =>
            {
                Err(Silence::Absent("there is no bus to ask on".to_owned()))
            }
            Err(error) => Err(Silence::Broken(format!("the bus cannot be reached: {error}"))),
        }
    }

    /// Calls a method, never starting anybody by the call.
    pub(super) async fn call<B, R>(&self, at: Object<'_>, method: &str, body: &B) -> zbus::Result<R>
    where
        B: Serialize + DynamicType,
        R: for<'d> DynamicDeserialize<'d>,
    {
        let proxy: Proxy<'_> = proxy::Builder::new(&self.0)
            .destination(at.owner)
            .path(at.path)
            .interface(at.interface)
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        let answer = proxy.call_with_flags(method, MethodFlags::NO_AUTO_START, body).await?;
        answer.ok_or(zbus::Error::InvalidReply)
    }

    /// A property that is true or false.
    pub(super) async fn property(&self, at: Object<'_>, name: &str) -> zbus::Result<bool> {
        let properties = Object { interface: PROPERTIES, ..at };
        let value: OwnedVariant = self.call(properties, "Get", &(at.interface, name)).await?;
        bool::try_from(value)
    }

    /// The signals that a rule is for.
    pub(super) async fn signals(
        &self,
        rule: impl FnOnce(match_rule::Builder<'static>) -> match_rule::Builder<'static>,
    ) -> Result<MessageStream, Silence> {
        let stream = async {
            let rule = rule(MatchRule::builder().msg_type(Type::Signal)).build()?;
            MessageStream::for_match_rule(rule, &self.0, Some(QUEUE)).await
        };
        stream.await.map_err(|error| Silence::from(&error))
    }
}

impl From<&zbus::Error> for Silence {
    fn from(error: &zbus::Error) -> Self {
        let fault = match error {
            zbus::Error::FDO(fault) => Some(&**fault),
            _ => None,
        };
        match fault {
            Some(fdo::Error::ServiceUnknown(_) | fdo::Error::NameHasNoOwner(_)) => {
                Self::Absent("it does not run".to_owned())
            }
            // Another program of that name, or an older one.
            Some(
                fdo::Error::UnknownObject(_)
                | fdo::Error::UnknownInterface(_)
                | fdo::Error::UnknownMethod(_)
                | fdo::Error::UnknownProperty(_),
            ) => Self::Absent("it knows nothing of that".to_owned()),
            _ => Self::Broken(format!("it answers with an error: {error}")),
        }
    }
}

/// Tells what `ask` says, now and after every signal that `concerns` it, until the bus is gone. The signals only say that something
/// changed: what it is now is asked, so that no order of them can mislead.
pub(super) async fn follow<F>(
    fact: Fact,
    teller: &Teller,
    mut changes: MessageStream,
    concerns: impl Fn(&Message) -> bool,
    ask: impl Fn() -> F,
) where
    F: Future<Output = Result<bool, Silence>>,
{
    loop {
        teller.ask(fact, ask()).await;
        loop {
            match changes.next().await {
                Some(Ok(message)) if concerns(&message) => break,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => {
                    teller.tell(fact, Err(Silence::broken("the bus is gone"))).await;
                    return;
                }
            }
        }
    }
}

pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// How many signals may wait while one is answered: a full queue would hold up the answer behind it.
const QUEUE: NonZeroUsize = NonZeroUsize::new(256).unwrap();
