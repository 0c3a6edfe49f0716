//! A notification server that takes every offer and clicks when it is told to.

use anyhow::Context;
use futures_util::StreamExt;
use zbus::Connection;
use zbus::MessageStream;
use zbus::connection::Builder;
use zbus::message::Type;

/// The server.
pub(crate) struct Server {
    connection: Connection,
    messages: MessageStream,
    shown: u32,
}

impl Server {
    pub(crate) async fn start(address: &str) -> anyhow::Result<Self> {
        let connection = Builder::address(address).build().await?;
        let messages = MessageStream::from(&connection);
        connection.request_name(INTERFACE).await?;
        Ok(Self { connection, messages, shown: 0 })
    }

    /// Answers until it is asked to show something.
    pub(crate) async fn asked_to_show(&mut self) -> anyhow::Result<()> {
        loop {
            let message = self.messages.next().await.context("no bus")??;
            if message.message_type() != Type::MethodCall {
                continue;
            }
            let header = message.header();
            match header.member().context("a method")?.as_str() {
                "GetServerInformation" => {
                    self.connection.reply(&header, &("bench", "nobody", "1", "1.2")).await?;
                }
                "GetCapabilities" => {
                    self.connection.reply(&header, &["actions", "body"].as_slice()).await?;
                }
                "Notify" => {
                    self.shown += 1;
                    self.connection.reply(&header, &self.shown).await?;
                    return Ok(());
                }
                _ => self.connection.reply(&header, &()).await?,
            }
        }
    }

    /// Its owner clicks on "Start".
    pub(crate) async fn clicks(&self) -> anyhow::Result<()> {
        let path = "/org/freedesktop/Notifications";
        let click = (self.shown, "start");
        Ok(self
            .connection
            .emit_signal(None::<&str>, path, INTERFACE, "ActionInvoked", &click)
            .await?)
    }
}

const INTERFACE: &str = "org.freedesktop.Notifications";
