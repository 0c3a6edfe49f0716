//! A notification server for the user of a machine: shows nothing, tells what it was asked to show, and can be silenced, as that of Plasma.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use anyhow::bail;
use futures_util::StreamExt as _;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use zbus::Connection;
use zbus::Message;
use zbus::MessageStream;
use zbus::OwnedVariant;
use zbus::Variant;
use zbus::message::Type;

use crate::account::soon;
use crate::machine::say;

/// The server, until it is dropped.
pub(crate) struct Screen {
    session: Connection,
    silenced: Arc<AtomicBool>,
    shown: mpsc::UnboundedReceiver<Shown>,
    serving: JoinHandle<()>,
}

/// What it was asked to show.
#[derive(Debug)]
pub(crate) struct Shown {
    id: u32,
    pub(crate) title: String,
    /// The names of the buttons, without their labels.
    pub(crate) buttons: Vec<String>,
}

impl Screen {
    pub(crate) async fn start(session: Connection) -> anyhow::Result<Self> {
        let silenced = Arc::new(AtomicBool::new(false));
        let (tell, shown) = mpsc::unbounded_channel();
        let messages = MessageStream::from(&session);
        let serving = serve(session.clone(), messages, Arc::clone(&silenced), tell);
        let serving = tokio::spawn(serving);
        session.request_name(NAME).await?;
        Ok(Self { session, silenced, shown, serving })
    }

    /// Do not disturb, or do again.
    pub(crate) async fn silence(&self, on: bool) -> anyhow::Result<()> {
        self.silenced.store(on, Ordering::Relaxed);
        let changed = HashMap::from([("Inhibited", Variant::from(on))]);
        let body = (NAME, changed, Vec::<&str>::new());
        Ok(self.emit(PROPERTIES, "PropertiesChanged", &body).await?)
    }

    /// Waits until it is asked to show something like this.
    pub(crate) async fn shows(&mut self, is: impl Fn(&Shown) -> bool) -> anyhow::Result<Shown> {
        loop {
            let shown = soon("a notification", self.shown.recv()).await?;
            let shown = shown.context("nobody shows anything any more")?;
            if is(&shown) {
                return Ok(shown);
            }
        }
    }

    /// What it is asked to show next.
    pub(crate) async fn next(&mut self) -> Option<Shown> {
        self.shown.recv().await
    }

    /// Somebody clicks on Start.
    pub(crate) async fn click(&self, shown: &Shown) -> anyhow::Result<()> {
        self.emit(NAME, "ActivationToken", &(shown.id, TOKEN)).await?;
        self.emit(NAME, "ActionInvoked", &(shown.id, START)).await?;
        Ok(self.emit(NAME, "NotificationClosed", &(shown.id, DISMISSED)).await?)
    }

    async fn emit<B>(&self, interface: &str, signal: &str, body: &B) -> zbus::Result<()>
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        self.session.emit_signal(None::<&str>, PATH, interface, signal, body).await
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Shown {
    pub(crate) fn is_offer(&self) -> bool {
        self.buttons.iter().any(|button| button == START)
    }
}

async fn serve(
    session: Connection,
    mut messages: MessageStream,
    silenced: Arc<AtomicBool>,
    tell: mpsc::UnboundedSender<Shown>,
) {
    let mut last = 0;
    while let Some(Ok(message)) = messages.next().await {
        if message.message_type() != Type::MethodCall {
            continue;
        }
        last += 1;
        if let Err(error) = answer(&session, &message, last, &silenced, &tell).await {
            say(&format!("the notification server: {error:#}"));
        }
    }
}

async fn answer(
    session: &Connection,
    call: &Message,
    id: u32,
    silenced: &AtomicBool,
    tell: &mpsc::UnboundedSender<Shown>,
) -> anyhow::Result<()> {
    type Body =
        (String, u32, String, String, String, Vec<String>, HashMap<String, OwnedVariant>, i32);
    let header = call.header();
    match header.member().context("a method")?.as_str() {
        "GetServerInformation" => session.reply(&header, &("Plasma", "nobody", "1", "1.2")).await?,
        "GetCapabilities" => session.reply(&header, &(vec!["actions", "body"],)).await?,
        "Get" => {
            let on = Variant::from(silenced.load(Ordering::Relaxed));
            session.reply(&header, &(on,)).await?;
        }
        "CloseNotification" => {
            session.reply(&header, &()).await?;
            let body: (u32, u32) = (call.body().deserialize()?, CLOSED_BY_CALL);
            session.emit_signal(None::<&str>, PATH, NAME, "NotificationClosed", &body).await?;
        }
        "Notify" => {
            let (_, _, _, title, _, actions, _, _): Body = call.body().deserialize()?;
            let buttons: Vec<String> = actions.into_iter().step_by(2).collect();
            session.reply(&header, &id).await?;
            say(&format!("a notification: {title} {buttons:?}"));
            tell.send(Shown { id, title, buttons })?;
        }
        other => bail!("asked to {other}"),
    }
    Ok(())
}

/// What a desktop gives along with a click, for the window that it opens.
pub(crate) const TOKEN: &str = "the-click-on-start";

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const START: &str = "start";
/// Desktop Notifications Specification 1.2, `NotificationClosed`.
const DISMISSED: u32 = 2;
const CLOSED_BY_CALL: u32 = 3;
