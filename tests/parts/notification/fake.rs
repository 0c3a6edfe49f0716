//! A notification server that does what a test tells it to.

use std::collections::HashMap;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use serde::Serialize;
use zbus::Connection;
use zbus::DynamicType;
use zbus::Message;
use zbus::MessageStream;
use zbus::OwnedVariant;
use zbus::message::Type;

use super::bus::PrivateBus;
use super::client::soon;

/// Says who it is when asked; all else waits for the test.
pub(crate) struct Server {
    connection: Connection,
    messages: MessageStream,
    name: &'static str,
    capabilities: &'static [&'static str],
    /// It answers nothing by itself, not even who it is.
    pub(crate) is_mute: bool,
    /// How often it does not know yet who it is.
    pub(crate) unaware: u32,
    /// The last order to close a notification, to which no reply was sent.
    last: Option<Message>,
}

/// What it was asked to do.
#[derive(Debug)]
pub(crate) enum Asked {
    Notify(Notify),
    Close(u32),
    /// Who it is, where it does not say.
    Who,
}

/// What it was asked to show.
#[derive(Debug)]
pub(crate) struct Notify {
    message: Message,
    pub(crate) replaces: u32,
    pub(crate) title: String,
    pub(crate) body: String,
    /// The names of the buttons, without their labels.
    pub(crate) buttons: Vec<String>,
    pub(crate) hints: HashMap<String, OwnedVariant>,
    pub(crate) timeout: i32,
}

impl Server {
    pub(crate) async fn start(bus: &PrivateBus) -> anyhow::Result<Self> {
        Self::named(bus, "fake", &["actions", "body", "body-markup"]).await
    }

    pub(crate) async fn named(
        bus: &PrivateBus,
        name: &'static str,
        capabilities: &'static [&'static str],
    ) -> anyhow::Result<Self> {
        Self::on(bus.connect().await?, name, capabilities).await
    }

    /// The same on a connection that is there.
    pub(crate) async fn on(
        connection: Connection,
        name: &'static str,
        capabilities: &'static [&'static str],
    ) -> anyhow::Result<Self> {
        let messages = MessageStream::from(&connection);
        connection.request_name(INTERFACE).await?;
        Ok(Self {
            connection,
            messages,
            name,
            capabilities,
            is_mute: false,
            unaware: 0,
            last: None,
        })
    }

    /// What it is asked next.
    pub(crate) async fn asked(&mut self) -> anyhow::Result<Asked> {
        loop {
            let message = soon(self.messages.next()).await.context("waiting for a call")?;
            let message = message.context("no bus")??;
            let header = message.header();
            let body = message.body();
            if message.message_type() != Type::MethodCall {
                continue;
            }
            match header.member().context("a method")?.as_str() {
                "GetServerInformation" if self.is_mute => return Ok(Asked::Who),
                "GetServerInformation" if self.unaware > 0 => {
                    self.unaware -= 1;
                    let name = "org.freedesktop.DBus.Error.UnknownMethod";
                    self.connection.reply_error(&header, name, &"not yet").await?;
                }
                "GetServerInformation" => {
                    self.connection.reply(&header, &(self.name, "nobody", "1", "1.2")).await?;
                }
                "GetCapabilities" => self.connection.reply(&header, &self.capabilities).await?,
                "CloseNotification" => {
                    self.last = Some(message.clone());
                    return Ok(Asked::Close(body.deserialize()?));
                }
                "Notify" => return Ok(Asked::Notify(Notify::read(&message)?)),
                other => anyhow::bail!("asked to {other}"),
            }
        }
    }

    pub(crate) async fn asked_to_show(&mut self) -> anyhow::Result<Notify> {
        match self.asked().await? {
            Asked::Notify(notify) => Ok(notify),
            other => anyhow::bail!("asked for {other:?}"),
        }
    }

    pub(crate) async fn asked_to_close(&mut self) -> anyhow::Result<u32> {
        match self.asked().await? {
            Asked::Close(id) => Ok(id),
            other => anyhow::bail!("asked for {other:?}"),
        }
    }

    pub(crate) async fn name(&self, notify: &Notify, id: u32) -> zbus::Result<()> {
        self.connection.reply(&notify.message.header(), &id).await
    }

    pub(crate) async fn refuse(&self, notify: &Notify, why: &str) -> zbus::Result<()> {
        let name = "org.freedesktop.Notifications.Error.ExcessNotificationGeneration";
        self.connection.reply_error(&notify.message.header(), name, &why).await
    }

    /// Says that the notification it was last asked to close is gone.
    pub(crate) async fn done(&mut self) -> zbus::Result<()> {
        if let Some(last) = self.last.take() {
            self.connection.reply(&last.header(), &()).await?;
        }
        Ok(())
    }

    /// To everybody.
    pub(crate) async fn tell<B>(&self, signal: &str, body: &B) -> zbus::Result<()>
    where
        B: Serialize + DynamicType,
    {
        emit(&self.connection, None, signal, body).await
    }

    /// To the program that asked for this notification, and to nobody else.
    pub(crate) async fn tell_sender<B>(
        &self,
        notify: &Notify,
        signal: &str,
        body: &B,
    ) -> zbus::Result<()>
    where
        B: Serialize + DynamicType,
    {
        emit(&self.connection, notify.sender().as_deref(), signal, body).await
    }

    /// Until all that was sent before has reached the bus, and the bus has sent it on.
    pub(crate) async fn settle(&self) -> zbus::Result<()> {
        settle(&self.connection).await
    }

    /// As when it is killed: its socket is closed.
    pub(crate) async fn die(&self) -> zbus::Result<()> {
        self.connection.clone().close().await
    }
}

impl Notify {
    fn read(message: &Message) -> anyhow::Result<Self> {
        type Body =
            (String, u32, String, String, String, Vec<String>, HashMap<String, OwnedVariant>, i32);
        let (_, replaces, _, title, body, actions, hints, timeout): Body =
            message.body().deserialize()?;
        let buttons = actions.into_iter().step_by(2).collect();
        let message = message.clone();
        Ok(Self { message, replaces, title, body, buttons, hints, timeout })
    }

    /// Who asked, by its name on the bus.
    pub(crate) fn sender(&self) -> Option<String> {
        self.message.header().sender().map(ToString::to_string)
    }
}

/// A signal as a notification server sends it; anybody can.
pub(crate) async fn emit<B>(
    connection: &Connection,
    to: Option<&str>,
    signal: &str,
    body: &B,
) -> zbus::Result<()>
where
    B: Serialize + DynamicType,
{
    connection.emit_signal(to, "/org/freedesktop/Notifications", INTERFACE, signal, body).await
}

pub(crate) async fn settle(connection: &Connection) -> zbus::Result<()> {
    let bus = "org.freedesktop.DBus";
    connection.call_method(Some(bus), "/org/freedesktop/DBus", Some(bus), "GetId", &()).await?;
    Ok(())
}

const INTERFACE: &str = "org.freedesktop.Notifications";
