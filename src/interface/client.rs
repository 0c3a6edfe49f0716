//! The other side: what a command asks the daemon with.

use std::os::fd::OwnedFd;
use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use zbus::Connection;
use zbus::fdo;
use zbus::proxy::CacheProperties;

use super::BreakWindow;
use super::Bus;
use super::ERRORS;
use crate::dbus;
use kindbeat_core::practice::Length;
use kindbeat_core::status::Status;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use kindbeat_core::words::english_display;

/// Why the daemon did not do it.
#[derive(Debug)]
pub enum ClientError {
    /// There is no session bus, so no daemon can be found.
    NoBus(zbus::Error),
    NoDaemon,
    /// The daemon, or the bus, did not answer in time.
    Silent,
    /// The daemon refused.
    Refused {
        /// The last part of the error's name, as in [`Refusal::name`](super::Refusal::name).
        name: String,
        /// The whole sentence, in the daemon's language.
        says: String,
    },
    Other(zbus::Error),
    /// What it tells is not what this version reads.
    OtherVersion(serde_json::Error),
}

impl ClientError {
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        let message = match self {
            Self::NoBus(_) => Message::NoSession,
            Self::NoDaemon => Message::AskNotRunning,
            Self::Silent => Message::AskSilent,
            Self::Refused { says, .. } => return says.clone(),
            Self::Other(_) => Message::AskFailed,
            Self::OtherVersion(_) => Message::AskOtherVersion,
        };
        words.text(message, &[])
    }
}

english_display!(ClientError);

impl std::error::Error for ClientError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoBus(source) | Self::Other(source) => Some(source),
            Self::OtherVersion(source) => Some(source),
            Self::NoDaemon | Self::Silent | Self::Refused { .. } => None,
        }
    }
}

/// A connection to the daemon. It starts no daemon, and waits for none.
#[derive(Clone, Debug)]
pub struct Client {
    proxy: KindbeatProxy<'static>,
}

impl Client {
    /// Connects to the bus, and finds out whether a daemon is there.
    pub async fn connect(bus: Bus) -> Result<Self, ClientError> {
        let connected = async {
            let connection = bus.builder().build().await.map_err(ClientError::NoBus)?;
            Self::on(&connection).await
        };
        tokio::time::timeout(LIMIT, connected).await.unwrap_or(Err(ClientError::Silent))
    }

    async fn on(connection: &Connection) -> Result<Self, ClientError> {
        let builder = KindbeatProxy::builder(connection);
        let builder = builder.cache_properties(CacheProperties::No);
        let proxy = builder.build().await.map_err(sorted)?;
        let bus = fdo::DBusProxy::new(connection).await.map_err(sorted)?;
        let name = proxy.inner().destination().clone();
        let is_there = bus.name_has_owner(name).await.map_err(sorted)?;
        if is_there { Ok(Self { proxy }) } else { Err(ClientError::NoDaemon) }
    }

    /// How things stand.
    pub async fn status(&self) -> Result<Status, ClientError> {
        let status = answered(self.proxy.status()).await?;
        serde_json::from_str(&status).map_err(ClientError::OtherVersion)
    }

    /// Why there was an offer, or is none, in words.
    pub async fn why(&self) -> Result<String, ClientError> {
        answered(self.proxy.why()).await
    }

    /// Starts a break, by default the one that is set, as long as is set; the address of its page.
    pub async fn start_break(
        &self,
        practice: Option<&str>,
        length: Option<Length>,
    ) -> Result<String, ClientError> {
        let seconds = length.map_or(0, Length::seconds);
        answered(self.proxy.start_break(practice.unwrap_or_default(), seconds)).await
    }

    /// Ends the break that is open.
    pub async fn end_break(&self) -> Result<(), ClientError> {
        answered(self.proxy.end_break()).await
    }

    /// Offers nothing until then, to the second.
    pub async fn snooze(&self, until: Timestamp) -> Result<(), ClientError> {
        answered(self.proxy.snooze(until.as_second())).await
    }

    /// Ends a snooze, "Later" and the rest after "too much".
    pub async fn resume(&self) -> Result<(), ClientError> {
        answered(self.proxy.resume()).await
    }

    /// As [`Self::resume`]; what it ended and what still holds offers back, in words.
    pub async fn end_quiet(&self) -> Result<String, ClientError> {
        answered(self.proxy.end_quiet()).await
    }

    /// Whether to ask, this time, whether the thresholds fit; then it counts as asked.
    pub async fn take_question(&self) -> Result<bool, ClientError> {
        answered(self.proxy.take_question()).await
    }

    /// What is seen from where the daemon runs, of the desk and the desktop.
    pub async fn look<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        let seen = answered(self.proxy.look()).await?;
        serde_json::from_str(&seen).map_err(ClientError::OtherVersion)
    }

    /// Starts a break as [`Self::start_break`] does, to be shown by this program.
    pub async fn break_here(
        &self,
        practice: Option<&str>,
        length: Option<Length>,
    ) -> Result<BreakWindow, ClientError> {
        let seconds = length.map_or(0, Length::seconds);
        let asked = self.proxy.break_here(practice.unwrap_or_default(), seconds);
        let socket = OwnedFd::from(answered(asked).await?);
        let opened = BreakWindow::open(socket.into());
        let opened = tokio::time::timeout(LIMIT, opened).await.map_err(|_| ClientError::Silent)?;
        opened.map_err(|error| ClientError::Other(error.into()))
    }

    /// Chooses the owner's heart-rate monitor: its Bluetooth address, and its name, empty where it has none.
    pub async fn use_monitor(&self, address: &str, name: &str) -> Result<(), ClientError> {
        answered(self.proxy.use_monitor(address, name)).await
    }

    /// Answers the last offer, with one of the [`words`](super::LastAnswer::WORDS).
    pub async fn answer_last(&self, answer: &str) -> Result<(), ClientError> {
        answered(self.proxy.answer_last(answer)).await
    }
}

#[zbus::proxy(
    interface = "org.kindbeat.Kindbeat1",
    default_service = "org.kindbeat.Kindbeat1",
    default_path = "/org/kindbeat/Kindbeat1"
)]
trait Kindbeat {
    #[zbus(no_autostart)]
    fn status(&self) -> zbus::Result<String>;
    #[zbus(no_autostart)]
    fn why(&self) -> zbus::Result<String>;
    #[zbus(no_autostart)]
    fn start_break(&self, practice: &str, length_s: u32) -> zbus::Result<String>;
    #[zbus(no_autostart)]
    fn end_break(&self) -> zbus::Result<()>;
    #[zbus(no_autostart)]
    fn snooze(&self, until: i64) -> zbus::Result<()>;
    #[zbus(no_autostart)]
    fn resume(&self) -> zbus::Result<()>;
    #[zbus(no_autostart)]
    fn end_quiet(&self) -> zbus::Result<String>;
    #[zbus(no_autostart)]
    fn answer_last(&self, answer: &str) -> zbus::Result<()>;
    #[zbus(no_autostart)]
    fn use_monitor(&self, address: &str, name: &str) -> zbus::Result<()>;
    #[zbus(no_autostart)]
    fn take_question(&self) -> zbus::Result<bool>;
    #[zbus(no_autostart)]
    fn look(&self) -> zbus::Result<String>;
    #[zbus(no_autostart)]
    fn break_here(&self, practice: &str, length_s: u32) -> zbus::Result<zbus::OwnedFd>;
}

/// The answer of the daemon, if it comes in time. The limit is ours: zbus has none for a method that is called with a flag, as
/// `no_autostart` is.
async fn answered<T>(call: impl Future<Output = zbus::Result<T>>) -> Result<T, ClientError> {
    let answer = tokio::time::timeout(LIMIT, call).await.map_err(|_| ClientError::Silent)?;
    answer.map_err(sorted)
}

/// What kind of error it is.
fn sorted(error: impl Into<zbus::Error>) -> ClientError {
    match error.into() {
        zbus::Error::MethodError(name, says, _) => match name.as_str().strip_prefix(ERRORS) {
            Some(short) => {
                ClientError::Refused { name: short.to_owned(), says: says.unwrap_or_default() }
            }
            None => ClientError::Refused {
                says: says.unwrap_or_else(|| name.to_string()),
                name: name.to_string(),
            },
        },
        // It was there when it was asked, and ended.
        zbus::Error::FDO(error) if matches!(*error, fdo::Error::NoReply(_)) => {
            ClientError::NoDaemon
        }
        error if dbus::is_absent(&error) => ClientError::NoDaemon,
        error => ClientError::Other(error),
    }
}

/// How long to wait: longer than the five seconds after which the daemon says that it is busy, and so short that a command, which also
/// connects, ends within ten.
const LIMIT: Duration = Duration::from_secs(7);
