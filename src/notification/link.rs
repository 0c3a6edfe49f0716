//! The connection to the notification server: sends messages and turns what arrives into [`ExchangeInput`]. Touches the
//! session bus.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;

use futures_util::StreamExt as _;
use notify_rust::Notification;
use serde::Serialize;
use tokio::task::AbortHandle;
use tokio::task::JoinSet;
use tracing::debug;
use tracing::warn;
use zbus::Connection;
use zbus::DynamicType;
use zbus::Message;
use zbus::MessageStream;
use zbus::message::Flags;
use zbus::message::Type;

use super::Bus;
use super::ServerInfo;
use super::exchange::ExchangeEffect;
use super::exchange::ExchangeInput;
use super::exchange::ServerCall;
use super::layout;
use super::leftover::Shown;
use super::picture;
use crate::dbus::DBUS;

/// The result of work outside the loop.
pub(super) enum Task {
    /// A message without a reply is sent, or the bus is gone, which the stream reports.
    Sent,
    /// This message has waited long enough for its reply.
    Overdue(NonZeroU32),
    /// It's time to ask this server again for its name; the number of earlier attempts.
    DescribeAgain(String, u32),
    Connected(Box<zbus::Result<ServerLink>>),
}

/// A connection, with the calls that wait for a reply.
pub(super) struct ServerLink {
    connection: Connection,
    messages: MessageStream,
    waiting: HashMap<NonZeroU32, (PendingCall, AbortHandle)>,
    /// The unique name of the server on the bus: signals of another sender are forged.
    owner: Option<String>,
    /// Whether a notification brings its own picture.
    with_picture: bool,
}

/// The call that a reply belongs to.
enum PendingCall {
    /// `AddMatch`.
    Subscribe,
    /// `GetNameOwner`.
    Owner,
    /// `StartServiceByName`.
    Start,
    /// `GetServerInformation`, after this many attempts.
    Information(u32),
    /// `GetCapabilities`; the name is known by then.
    Capabilities(ServerInfo),
    Notify(ServerCall),
}

impl ServerLink {
    pub(super) async fn open(bus: &Bus) -> zbus::Result<Self> {
        let connection = bus.connection().await?;
        let messages = MessageStream::from(&connection);
        let with_picture = !picture::is_installed().await;
        Ok(Self { connection, messages, waiting: HashMap::new(), owner: None, with_picture })
    }

    /// Subscribes to the signals first and asks for the server second, so that no signal is missed in between.
    pub(super) fn subscribe(&mut self, tasks: &mut JoinSet<Task>) {
        let changes = format!(
            "type='signal',sender='{0}',interface='{0}',member='NameOwnerChanged',arg0='{SERVER}'",
            DBUS.interface
        );
        let signals = format!("type='signal',sender='{SERVER}',interface='{SERVER}',path='{PATH}'");
        for rule in [changes, signals] {
            self.ask(PendingCall::Subscribe, &bus_call("AddMatch", &rule), tasks);
        }
        self.ask(PendingCall::Owner, &bus_call("GetNameOwner", &SERVER), tasks);
    }

    /// A notification of this server, where that is known.
    pub(super) fn shown(&self, id: u32) -> Option<Shown> {
        let server = self.owner.clone()?;
        Some(Shown { bus: self.connection.server_guid().to_string(), server, id })
    }

    /// Whether it is on the screen of this very server.
    pub(super) fn has_shown(&self, shown: &Shown) -> bool {
        self.shown(shown.id).as_ref() == Some(shown)
    }

    /// `None` when the bus is gone. Has to be polled all the time: a message that nobody takes blocks the connection.
    pub(super) async fn next(&mut self) -> Option<Message> {
        self.messages.next().await?.ok()
    }

    pub(super) fn perform(&mut self, effect: ExchangeEffect, tasks: &mut JoinSet<Task>) {
        match effect {
            ExchangeEffect::Start => {
                let message = bus_call("StartServiceByName", &(SERVER, 0_u32));
                self.ask(PendingCall::Start, &message, tasks);
            }
            ExchangeEffect::Describe => self.describe(0, tasks),
            ExchangeEffect::Notify(call, offer, server, replaced) => {
                let notification = layout::notification(&offer, &server);
                let message = self.notify(&notification, replaced, Flags::empty());
                self.ask(PendingCall::Notify(call), &message, tasks);
            }
            ExchangeEffect::Reword(call, offer, server, replaced) => {
                let notification = layout::reworded(&offer, &server);
                let message = self.notify(&notification, replaced, Flags::empty());
                self.ask(PendingCall::Notify(call), &message, tasks);
            }
            ExchangeEffect::Close(_) | ExchangeEffect::Expire(_) => {
                if let Some(Ok(message)) = self.closing(&effect) {
                    let connection = self.connection.clone();
                    tasks.spawn(async move {
                        send(&connection, &message).await;
                        Task::Sent
                    });
                }
            }
            ExchangeEffect::Report(_) => {}
        }
    }

    /// Asks this server for its name once more, if it's still there.
    pub(super) fn describe_again(&mut self, server: &str, attempt: u32, tasks: &mut JoinSet<Task>) {
        if self.owner.as_deref() == Some(server) {
            self.describe(attempt, tasks);
        }
    }

    fn describe(&mut self, attempt: u32, tasks: &mut JoinSet<Task>) {
        let message = self.server_call("GetServerInformation", &(), Flags::empty());
        self.ask(PendingCall::Information(attempt), &message, tasks);
    }

    /// Closes a notification, and waits until the bus has the message.
    pub(super) async fn perform_and_flush(&self, effect: &ExchangeEffect) {
        if let Some(Ok(message)) = self.closing(effect) {
            send(&self.connection, &message).await;
        }
    }

    /// The message that closes a notification. Some servers reply with an error to an id that is gone already; the replies
    /// don't matter.
    fn closing(&self, effect: &ExchangeEffect) -> Option<zbus::Result<Message>> {
        let unanswered = Flags::NO_REPLY_EXPECTED;
        match *effect {
            ExchangeEffect::Close(id) => {
                Some(self.server_call("CloseNotification", &id, unanswered))
            }
            ExchangeEffect::Expire(id) => Some(self.notify(&layout::fleeting(), id, unanswered)),
            ExchangeEffect::Start
            | ExchangeEffect::Describe
            | ExchangeEffect::Notify(..)
            | ExchangeEffect::Reword(..)
            | ExchangeEffect::Report(_) => None,
        }
    }

    fn notify(&self, shown: &Notification, replaced: u32, flags: Flags) -> zbus::Result<Message> {
        let hints = shown.hints.iter().map(Into::into).collect();
        let hints = picture::Hints { hints, with_picture: self.with_picture };
        let body = (
            &shown.appname,
            replaced,
            &shown.icon,
            &shown.summary,
            &shown.body,
            &shown.actions,
            hints,
            i32::from(shown.timeout),
        );
        self.server_call("Notify", &body, flags)
    }

    /// A call to the server's unique name: the bus doesn't start a server for a message to one that is gone.
    fn server_call<B>(&self, method: &'static str, body: &B, flags: Flags) -> zbus::Result<Message>
    where
        B: Serialize + DynamicType,
    {
        Message::method_call(PATH, method)
            .destination(self.owner.as_deref().unwrap_or(SERVER))
            .interface(SERVER)
            .with_flags(flags)
            .build(body)
    }

    /// Sends a call in its own task, which also measures the time limit.
    fn ask(
        &mut self,
        pending: PendingCall,
        message: &zbus::Result<Message>,
        tasks: &mut JoinSet<Task>,
    ) {
        let message = match message {
            Ok(message) => message.clone(),
            Err(error) => {
                warn!(%error, "notification message not encoded");
                return;
            }
        };
        let serial = message.primary_header().serial_num();
        let connection = self.connection.clone();
        let limit = tasks.spawn(async move {
            send(&connection, &message).await;
            tokio::time::sleep(LIMIT).await;
            Task::Overdue(serial)
        });
        self.waiting.insert(serial, (pending, limit));
    }

    /// The input when a call has waited long enough.
    pub(super) fn overdue(&mut self, serial: NonZeroU32) -> Option<ExchangeInput> {
        if let (PendingCall::Notify(call), _) = self.waiting.get(&serial)? {
            return Some(ExchangeInput::Overdue(*call));
        }
        let (pending, _) = self.waiting.remove(&serial)?;
        match pending {
            PendingCall::Subscribe | PendingCall::Notify(_) => None,
            PendingCall::Owner => Some(ExchangeInput::Owner(false)),
            PendingCall::Start => Some(ExchangeInput::NotStarted),
            // Offers are shown all the same, in the layout that asks least of a server.
            PendingCall::Information(_) => Some(ExchangeInput::Described(ServerInfo::default())),
            PendingCall::Capabilities(server) => Some(ExchangeInput::Described(server)),
        }
    }

    /// `None` for a message that doesn't matter.
    pub(super) fn read(
        &mut self,
        message: &Message,
        tasks: &mut JoinSet<Task>,
    ) -> Option<ExchangeInput> {
        match message.message_type() {
            Type::MethodReturn | Type::Error => {
                let (pending, limit) = self.waiting.remove(&message.header().reply_serial()?)?;
                limit.abort();
                self.reply(pending, message, tasks)
            }
            Type::Signal => {
                let header = message.header();
                let sender = header.sender()?.as_str();
                let member = header.member()?.as_str();
                let interface = header.interface()?.as_str();
                if (sender, interface, member) == (DBUS.service, DBUS.interface, "NameOwnerChanged")
                {
                    self.owner_changed(message)
                } else if interface == SERVER && Some(sender) == self.owner.as_deref() {
                    signal(member, message)
                } else {
                    None
                }
            }
            Type::MethodCall => None,
        }
    }

    fn owner_changed(&mut self, message: &Message) -> Option<ExchangeInput> {
        let body = message.body();
        let (name, _, owner): (&str, &str, &str) = body.deserialize().ok()?;
        (name == SERVER).then(|| self.owned_by(owner))
    }

    fn owned_by(&mut self, owner: &str) -> ExchangeInput {
        self.owner = Some(owner.to_owned()).filter(|owner| !owner.is_empty());
        // Answers of an earlier server don't matter any more.
        self.waiting.retain(|_, (pending, limit)| {
            let stays =
                matches!(pending, PendingCall::Subscribe | PendingCall::Owner | PendingCall::Start);
            if !stays {
                limit.abort();
            }
            stays
        });
        ExchangeInput::Owner(self.owner.is_some())
    }

    fn reply(
        &mut self,
        pending: PendingCall,
        message: &Message,
        tasks: &mut JoinSet<Task>,
    ) -> Option<ExchangeInput> {
        let body = message.body();
        let failed = message.message_type() == Type::Error;
        match pending {
            PendingCall::Subscribe => {
                if failed {
                    warn!(
                        reason = reason(message),
                        "notification signals not subscribed: clicks on offers are lost"
                    );
                }
                None
            }
            PendingCall::Owner => {
                let owner = if failed { "" } else { body.deserialize().unwrap_or_default() };
                Some(self.owned_by(owner))
            }
            // When a server started, its owner was reported before.
            PendingCall::Start => self.owner.is_none().then_some(ExchangeInput::NotStarted),
            // GNOME has its name on the bus a moment before it can answer.
            PendingCall::Information(attempt) if failed && attempt < MOST_ATTEMPTS => {
                let server = self.owner.clone()?;
                tasks.spawn(async move {
                    tokio::time::sleep(PAUSE).await;
                    Task::DescribeAgain(server, attempt + 1)
                });
                None
            }
            PendingCall::Information(_) => {
                let server = match body.deserialize::<(&str, &str, &str, &str)>() {
                    Ok((name, vendor, version, _)) if !failed => {
                        ServerInfo::new([name, vendor, version], &[])
                    }
                    _ => ServerInfo::default(),
                };
                let message = self.server_call("GetCapabilities", &(), Flags::empty());
                self.ask(PendingCall::Capabilities(server), &message, tasks);
                None
            }
            PendingCall::Capabilities(server) => {
                let capabilities: Vec<&str> =
                    if failed { Vec::new() } else { body.deserialize().unwrap_or_default() };
                let ServerInfo { name, vendor, version, .. } = &server;
                let server = ServerInfo::new([name, vendor, version], &capabilities);
                Some(ExchangeInput::Described(server))
            }
            PendingCall::Notify(call) if failed => {
                Some(ExchangeInput::Refused(call, reason(message)))
            }
            PendingCall::Notify(call) => Some(match body.deserialize() {
                Ok(id) => ExchangeInput::Accepted(call, id),
                Err(error) => ExchangeInput::Refused(call, error.to_string()),
            }),
        }
    }
}

fn signal(member: &str, message: &Message) -> Option<ExchangeInput> {
    let body = message.body();
    let input = match member {
        "ActivationToken" => body.deserialize().map(|(id, token)| ExchangeInput::Token(id, token)),
        "ActionInvoked" => {
            body.deserialize().map(|(id, action)| ExchangeInput::Invoked(id, action))
        }
        "NotificationClosed" => {
            body.deserialize().map(|(id, reason)| ExchangeInput::Closed(id, reason))
        }
        _ => return None,
    };
    input.inspect_err(|error| debug!(%error, member, "malformed notification signal")).ok()
}

/// The name of an error, and its text.
fn reason(message: &Message) -> String {
    let header = message.header();
    let name = header.error_name().map_or("an error", |name| name.as_str());
    let body = message.body();
    body.deserialize::<&str>().map_or_else(|_| name.to_owned(), |text| format!("{name}: {text}"))
}

fn bus_call<B: Serialize + DynamicType>(method: &'static str, body: &B) -> zbus::Result<Message> {
    Message::method_call(DBUS.path, method)
        .destination(DBUS.service)
        .interface(DBUS.interface)
        .build(body)
}

async fn send(connection: &Connection, message: &Message) {
    if let Err(error) = connection.send(message).await {
        debug!(%error, "session bus does not accept messages");
    }
}

/// The name of the server on the bus, and of its interface.
pub(super) const SERVER: &str = "org.freedesktop.Notifications";

pub(super) const PATH: &str = "/org/freedesktop/Notifications";

/// How often a server is attempt again for its name, and how long after it refused: 3 s in all, about as long as a desktop
/// takes to start.
const MOST_ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(300);

/// For a reply: the first notification of a session was seen to take more than two seconds.
const LIMIT: Duration = Duration::from_secs(10);
