//! Reads the steps of a break aloud with speech-dispatcher, where that runs (over SSIP, its protocol). Touches its unix
//! socket only.
//!
//! No server is started, and none on another machine is used. Only the latest utterance counts: nothing queues up, and
//! callers never wait. The connection exists only while something is spoken.

pub mod lines;
mod ssip;

use std::env;
use std::error::Error as _;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::debug;

use kindbeat_core::page::View;

use ssip::SsipConnection;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// Line breaks are pauses.
    pub text: String,
    /// A language tag, such as `en`.
    pub language: String,
    /// 0 to 100; a larger number counts as 100.
    pub volume: u8,
}

#[derive(Debug)]
pub enum SpeechEvent {
    /// The server speaks: the first time, and after a failure.
    Speaking,
    /// The server doesn't speak. Sent once, until it speaks again, and once more after a stop.
    Failed(SpeechError),
}

#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// Neither variable names a socket.
    #[error(
        "no speech-dispatcher can be found: neither SPEECHD_ADDRESS nor XDG_RUNTIME_DIR names a place on this machine"
    )]
    NoAddress,
    /// No server listens, or it went away.
    #[error("speech-dispatcher cannot be reached")]
    Unreachable(#[source] io::Error),
    /// No answer in time.
    #[error("speech-dispatcher does not answer")]
    NoReply,
    /// The server closed the connection, or its answer isn't SSIP.
    #[error("speech-dispatcher hung up, or what answers is something else")]
    Malformed,
    #[error("speech-dispatcher refuses: {code} {message}")]
    Refused {
        /// Of SSIP, 300 to 699.
        code: u16,
        /// The server's own text.
        message: String,
    },
}

/// Speaks utterances until it's dropped.
#[derive(Debug)]
pub struct Speaker {
    address: Option<PathBuf>,
    utterances: watch::Sender<Option<Utterance>>,
}

impl Speaker {
    /// Speaks nothing and reports nothing.
    fn none() -> Self {
        Self { address: None, utterances: watch::channel(None).0 }
    }

    /// A speaker for the server at `address`, its events, and a future that ends after the speaker was dropped and is silent.
    /// With an [`address`] of `None` the first utterance fails.
    pub fn new(
        address: Option<PathBuf>,
    ) -> (Self, mpsc::Receiver<SpeechEvent>, impl Future<Output = ()> + Send + 'static) {
        let (utterances, receiver) = watch::channel(None);
        let (sender, events) = mpsc::channel(EVENTS);
        let silence = run(address.clone(), receiver, sender);
        (Self { address, utterances }, events, silence)
    }

    /// [`Self::new`] with the future spawned as a task.
    #[must_use]
    pub fn start(address: Option<PathBuf>) -> (Self, mpsc::Receiver<SpeechEvent>, JoinHandle<()>) {
        let (speaker, events, silence) = Self::new(address);
        (speaker, events, tokio::spawn(silence))
    }

    fn may_speak(&self) -> bool {
        self.address.as_ref().is_some_and(|address| address.exists())
    }

    /// Speaks this in place of the current utterance.
    pub fn say(&self, utterance: Utterance) {
        self.utterances.send_replace(Some(utterance));
    }

    /// Silent at once.
    pub fn stop(&self) {
        self.utterances.send_if_modified(|utterance| utterance.take().is_some());
    }
}

/// Reads the page aloud, moment by moment.
#[derive(Debug)]
pub struct PageReader {
    speaker: Speaker,
    /// The id of the moment that is read, and its words.
    reading: Option<(String, String)>,
}

impl PageReader {
    #[must_use]
    pub fn new(speaker: Speaker) -> Self {
        Self { speaker, reading: None }
    }

    /// Reads nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Speaker::none())
    }

    /// Whether a socket exists; only speaking shows whether the server works.
    #[must_use]
    pub fn may_speak(&self) -> bool {
        self.speaker.may_speak()
    }

    /// The next [`Self::read`] reads even what was read last.
    pub fn restart(&mut self) {
        self.reading = None;
    }

    /// Reads what is new on this page; stops at once when the page has nothing to read any more: after a pause, on leaving,
    /// or with a `view` of `None`.
    pub fn read(&mut self, view: Option<&View>) {
        let read = view.and_then(|view| Some((view, (view.moment(), view.spoken()?))));
        let (view, now) = read.unzip();
        if now == self.reading {
            return;
        }
        match view.zip(now.as_ref()) {
            Some((view, (_, text))) => self.speaker.say(Utterance {
                text: text.clone(),
                language: view.language.clone(),
                volume: view.sound.volume,
            }),
            None => self.speaker.stop(),
        }
        self.reading = now;
    }
}

/// The socket of the server on this machine: `SPEECHD_ADDRESS` (`unix_socket:/path`), or else below `XDG_RUNTIME_DIR`.
/// `None` without both, and when the address is on another machine.
#[must_use]
pub fn address() -> Option<PathBuf> {
    address_in(env::var_os("SPEECHD_ADDRESS"), env::var_os("XDG_RUNTIME_DIR"))
}

fn address_in(named: Option<OsString>, runtime: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: PathBuf| path.is_absolute().then_some(path);
    match named.filter(|named| !named.is_empty()) {
        Some(named) => {
            let named = named.into_string().ok()?;
            let (method, place) = named.split_once(':').unwrap_or((&named, ""));
            match (method, place) {
                ("unix_socket", "") => address_in(None, runtime),
                ("unix_socket", path) => absolute(path.into()),
                _ => None,
            }
        }
        None => Some(absolute(runtime?.into())?.join("speech-dispatcher/speechd.sock")),
    }
}

/// Finds out whether the server would speak, and with which output module, if it reports one. Speaks nothing.
pub async fn ask(address: Option<&Path>) -> Result<Option<String>, SpeechError> {
    SsipConnection::ask(address.ok_or(SpeechError::NoAddress)?).await
}

async fn run(
    address: Option<PathBuf>,
    mut utterances: watch::Receiver<Option<Utterance>>,
    events: mpsc::Sender<SpeechEvent>,
) {
    let mut connection: Option<SsipConnection> = None;
    let mut speaking = None;
    while utterances.changed().await.is_ok() {
        let utterance = utterances.borrow_and_update().clone();
        let Some(utterance) = utterance else {
            if let Some(connection) = connection.take() {
                // A server that is gone is silent too.
                let _ = connection.stop().await;
            }
            // After a stop the next utterance reports again whether the server speaks.
            speaking = None;
            continue;
        };
        let spoken = say(address.as_deref(), &mut connection, &utterance).await;
        if speaking.replace(spoken.is_ok()) == Some(spoken.is_ok()) {
            continue;
        }
        let event = spoken.map_or_else(SpeechEvent::Failed, |()| SpeechEvent::Speaking);
        if let SpeechEvent::Failed(error) = &event {
            debug!(%error, cause = ?error.source(), "speech failed");
        }
        // A receiver that was dropped doesn't end this: the task ends with the speaker.
        let _ = events.send(event).await;
    }
    if let Some(connection) = connection {
        let _ = connection.stop().await;
    }
}

/// Speaks on the existing connection, or on a new one if there is none or it's gone.
async fn say(
    address: Option<&Path>,
    connection: &mut Option<SsipConnection>,
    utterance: &Utterance,
) -> Result<(), SpeechError> {
    if let Some(mut open) = connection.take() {
        if open.say(utterance).await.is_ok() {
            *connection = Some(open);
            return Ok(());
        }
        open.give_up().await;
    }
    let mut new = SsipConnection::open(address.ok_or(SpeechError::NoAddress)?).await?;
    if let Err(error) = new.say(utterance).await {
        new.give_up().await;
        return Err(error);
    }
    *connection = Some(new);
    Ok(())
}

/// Only changes are sent: a receiver that takes none of four is about to.
const EVENTS: usize = 4;

#[cfg(test)]
mod tests;
