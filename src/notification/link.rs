//! The connection to the bus: messages out, and what comes in told as [`ExchangeInput`].

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
use zbus::Variant;
use zbus::message::Flags;
use zbus::message::Type;

use super::Bus;
use super::ServerInfo;
use super::exchange::ExchangeEffect;
use super::exchange::ExchangeInput;
use super::exchange::ServerCall;
use super::layout;
use crate::dbus::DBUS;

/// Something that was waited for outside the loop.
pub(super) enum Task {
    /// A message that asks for no reply is on its way, or the bus is gone, which the stream tells.
    Sent,
    /// This message has waited long enough for its reply.
    Overdue(NonZeroU32),
    /// It is time to ask this server again who it is, so many times after the first.
    Again(String, u32),
    /// The bus, or why there is none.
    Connected(Box<zbus::Result<ServerLink>>),
}

/// A connection, with the calls on it that wait for a reply.
pub(super) struct ServerLink {
    connection: Connection,
    messages: MessageStream,
    waiting: HashMap<NonZeroU32, (Question, AbortHandle)>,
    /// The server's own name on the bus, by which its signals are told from forged ones.
    owner: Option<String>,
}

/// What a reply is the reply to.
enum Question {
    /// Tell us what happens.
    Listen,
    /// Who shows notifications?
    Owner,
    /// Start somebody who does.
    Start,
    /// Who are you? Asked so many times before.
    Information(u32),
    /// What can you do? Its name is known by then.
    Capabilities(ServerInfo),
    /// Show this.
    Notify(ServerCall),
}

impl ServerLink {
    pub(super) async fn open(bus: &Bus) -> zbus::Result<Self> {
        let connection = bus.connection().await?;
        let messages = MessageStream::from(&connection);
        Ok(Self { connection, messages, waiting: HashMap::new(), owner: None })
    }

    /// Asks to be told what happens, then for the server: in this order nothing can happen unheard in between.
    pub(super) fn introduce(&mut self, tasks: &mut JoinSet<Task>) {
        let changes = format!(
            "type='signal',sender='{0}',interface='{0}',member='NameOwnerChanged',arg0='{SERVER}'",
            DBUS.interface
        );
        let signals = format!("type='signal',sender='{SERVER}',interface='{SERVER}',path='{PATH}'");
        for rule in [changes, signals] {
            self.ask(Question::Listen, &bus_call("AddMatch", &rule), tasks);
        }
        self.ask(Question::Owner, &bus_call("GetNameOwner", &SERVER), tasks);
    }

    /// The next message; `None` when the bus is gone. Has to be called all the time: what nobody takes blocks the connection.
    pub(super) async fn next(&mut self) -> Option<Message> {
        self.messages.next().await?.ok()
    }

    /// Carries out what is to be done on the bus.
    pub(super) fn perform(&mut self, deed: ExchangeEffect, tasks: &mut JoinSet<Task>) {
        match deed {
            ExchangeEffect::Start => {
                let message = bus_call("StartServiceByName", &(SERVER, 0_u32));
                self.ask(Question::Start, &message, tasks);
            }
            ExchangeEffect::Describe => self.describe(0, tasks),
            ExchangeEffect::Notify(call, offer, server, replaced) => {
                let notification = layout::notification(&offer, &server);
                let message = self.notify(&notification, replaced, Flags::empty());
                self.ask(Question::Notify(call), &message, tasks);
            }
            ExchangeEffect::Close(_) | ExchangeEffect::Supplant(_) => {
                if let Some(Ok(message)) = self.parting(&deed) {
                    let connection = self.connection.clone();
                    tasks.spawn(async move {
                        send(&connection, &message).await;
                        Task::Sent
                    });
                }
            }
            ExchangeEffect::Tell(_) => {}
        }
    }

    /// Asks this server once more who it is, if it is still there.
    pub(super) fn describe_again(&mut self, server: &str, asked: u32, tasks: &mut JoinSet<Task>) {
        if self.owner.as_deref() == Some(server) {
            self.describe(asked, tasks);
        }
    }

    fn describe(&mut self, asked: u32, tasks: &mut JoinSet<Task>) {
        let message = self.server_call("GetServerInformation", &(), Flags::empty());
        self.ask(Question::Information(asked), &message, tasks);
    }

    /// Takes a notification away, and waits until the bus has been told.
    pub(super) async fn perform_now(&self, deed: &ExchangeEffect) {
        if let Some(Ok(message)) = self.parting(deed) {
            send(&self.connection, &message).await;
        }
    }

    /// The message that takes a notification away. Some servers reply with an error to a number that is gone already: nothing
    /// follows from it, nor from any other reply.
    fn parting(&self, deed: &ExchangeEffect) -> Option<zbus::Result<Message>> {
        let unanswered = Flags::NO_REPLY_EXPECTED;
        match *deed {
            ExchangeEffect::Close(id) => {
                Some(self.server_call("CloseNotification", &id, unanswered))
            }
            ExchangeEffect::Supplant(id) => Some(self.notify(&layout::fleeting(), id, unanswered)),
            ExchangeEffect::Start
            | ExchangeEffect::Describe
            | ExchangeEffect::Notify(..)
            | ExchangeEffect::Tell(_) => None,
        }
    }

    fn notify(&self, shown: &Notification, replaced: u32, flags: Flags) -> zbus::Result<Message> {
        let hints: HashMap<&str, Variant<'_>> = shown.hints.iter().map(Into::into).collect();
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

    /// A call of the server by its own name: one that is gone is then not started by a message meant for it.
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

    /// Sends a call in a task of its own, which also counts the time it may take.
    fn ask(
        &mut self,
        question: Question,
        message: &zbus::Result<Message>,
        tasks: &mut JoinSet<Task>,
    ) {
        let message = match message {
            Ok(message) => message.clone(),
            Err(error) => {
                warn!(%error, "a message to the notification server could not be written");
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
        self.waiting.insert(serial, (question, limit));
    }

    /// What follows when a call has waited long enough.
    pub(super) fn overdue(&mut self, serial: NonZeroU32) -> Option<ExchangeInput> {
        if let (Question::Notify(call), _) = self.waiting.get(&serial)? {
            return Some(ExchangeInput::Overdue(*call));
        }
        let (question, _) = self.waiting.remove(&serial)?;
        match question {
            Question::Listen | Question::Notify(_) => None,
            Question::Owner => Some(ExchangeInput::Owner(false)),
            Question::Start => Some(ExchangeInput::NotStarted),
            // Offers go out all the same, in the layout that asks least of a server.
            Question::Information(_) => Some(ExchangeInput::Described(ServerInfo::default())),
            Question::Capabilities(server) => Some(ExchangeInput::Described(server)),
        }
    }

    /// What a message says, if it concerns notifications.
    pub(super) fn read(
        &mut self,
        message: &Message,
        tasks: &mut JoinSet<Task>,
    ) -> Option<ExchangeInput> {
        match message.message_type() {
            Type::MethodReturn | Type::Error => {
                let (question, limit) = self.waiting.remove(&message.header().reply_serial()?)?;
                limit.abort();
                self.reply(question, message, tasks)
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
        // What an earlier server was asked is of no interest any more.
        self.waiting.retain(|_, (question, limit)| {
            let stays = matches!(question, Question::Listen | Question::Owner | Question::Start);
            if !stays {
                limit.abort();
            }
            stays
        });
        ExchangeInput::Owner(self.owner.is_some())
    }

    fn reply(
        &mut self,
        question: Question,
        message: &Message,
        tasks: &mut JoinSet<Task>,
    ) -> Option<ExchangeInput> {
        let body = message.body();
        let failed = message.message_type() == Type::Error;
        match question {
            Question::Listen => {
                if failed {
                    warn!(reason = reason(message), "the bus does not tell about notifications");
                }
                None
            }
            Question::Owner => {
                let owner = if failed { "" } else { body.deserialize().unwrap_or_default() };
                Some(self.owned_by(owner))
            }
            // Where it came up, its owner was told before.
            Question::Start => self.owner.is_none().then_some(ExchangeInput::NotStarted),
            // GNOME has its name on the bus a moment before it can answer to it.
            Question::Information(asked) if failed && asked < MOST_ASKED => {
                let server = self.owner.clone()?;
                tasks.spawn(async move {
                    tokio::time::sleep(PAUSE).await;
                    Task::Again(server, asked + 1)
                });
                None
            }
            Question::Information(_) => {
                let server = match body.deserialize::<(&str, &str, &str, &str)>() {
                    Ok((name, vendor, version, _)) if !failed => ServerInfo {
                        name: name.to_owned(),
                        vendor: vendor.to_owned(),
                        version: version.to_owned(),
                        capabilities: Vec::new(),
                    },
                    _ => ServerInfo::default(),
                };
                let message = self.server_call("GetCapabilities", &(), Flags::empty());
                self.ask(Question::Capabilities(server), &message, tasks);
                None
            }
            Question::Capabilities(server) => {
                let capabilities =
                    if failed { Vec::new() } else { body.deserialize().unwrap_or_default() };
                Some(ExchangeInput::Described(ServerInfo { capabilities, ..server }))
            }
            Question::Notify(call) if failed => Some(ExchangeInput::Refused(call, reason(message))),
            Question::Notify(call) => Some(match body.deserialize() {
                Ok(id) => ExchangeInput::Named(call, id),
                Err(error) => ExchangeInput::Refused(call, error.to_string()),
            }),
        }
    }
}

fn signal(member: &str, message: &Message) -> Option<ExchangeInput> {
    let body = message.body();
    let heard = match member {
        "ActivationToken" => body.deserialize().map(|(id, token)| ExchangeInput::Token(id, token)),
        "ActionInvoked" => {
            body.deserialize().map(|(id, action)| ExchangeInput::Invoked(id, action))
        }
        "NotificationClosed" => {
            body.deserialize().map(|(id, _): (u32, u32)| ExchangeInput::Closed(id))
        }
        _ => return None,
    };
    heard.inspect_err(|error| debug!(%error, member, "the notification server sent nonsense")).ok()
}

/// The name of an error, and what it says of itself.
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
        debug!(%error, "the session bus does not take messages");
    }
}

/// The name of the server on the bus, and of its interface.
pub(super) const SERVER: &str = "org.freedesktop.Notifications";

pub(super) const PATH: &str = "/org/freedesktop/Notifications";

/// How often a server is asked again who it is, and how long after it refused: about as long as a desktop takes to start.
const MOST_ASKED: u32 = 10;
const PAUSE: Duration = Duration::from_millis(300);

/// How long a server may take to reply: the first notification of a session was seen to take more than two seconds.
const LIMIT: Duration = Duration::from_secs(10);
