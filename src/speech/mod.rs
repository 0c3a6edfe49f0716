//! The steps of a break, read aloud by speech-dispatcher, where that runs (SSIP, its protocol, over its unix socket).
//!
//! No server is started, and none on another machine is asked. There is one wish at a time, the last one: nothing queues up, and
//! whoever wishes waits for nothing. The connection is there for as long as something is said.

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

/// Something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// The words; line breaks are pauses.
    pub text: String,
    /// Their language, as a tag: `en`.
    pub language: String,
    /// How loud, 0 to 100; above is 100.
    pub volume: u8,
}

/// Whether what is to be said is said.
#[derive(Debug)]
pub enum SpeechEvent {
    /// It is, after it was not, or for the first time.
    Speaking,
    /// It is not, for this reason; told once, until it is again, or until the next wish after a stop.
    Failed(SpeechError),
}

/// Why nothing is said.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// Nothing says where a server could be.
    #[error(
        "no speech-dispatcher can be found: neither SPEECHD_ADDRESS nor XDG_RUNTIME_DIR names a place on this machine"
    )]
    NoAddress,
    /// No server listens, or it went away.
    #[error("speech-dispatcher cannot be reached")]
    Unreachable(#[source] io::Error),
    /// It takes too long.
    #[error("speech-dispatcher does not answer")]
    NoReply,
    /// It answered nothing, or with something else than its protocol has.
    #[error("speech-dispatcher hung up, or what answers is something else")]
    Malformed,
    /// It does not do what it is asked to.
    #[error("speech-dispatcher refuses: {code} {said}")]
    Refused {
        /// Its code for it, 300 to 699.
        code: u16,
        /// Its words for it.
        said: String,
    },
}

/// Says what is wished, until this is dropped.
#[derive(Debug)]
pub struct Speaker {
    address: Option<PathBuf>,
    wishes: watch::Sender<Option<Utterance>>,
}

impl Speaker {
    /// One that says nothing, and tells nobody so.
    fn none() -> Self {
        Self { address: None, wishes: watch::channel(None).0 }
    }

    /// One that says what is wished by the server at this address, and what ends when it was dropped and has fallen silent. Where
    /// [`address`] is `None` it tells that with the first wish.
    pub fn new(
        address: Option<PathBuf>,
    ) -> (Self, mpsc::Receiver<SpeechEvent>, impl Future<Output = ()> + Send + 'static) {
        let (wishes, receiver) = watch::channel(None);
        let (tell, events) = mpsc::channel(EVENTS);
        let silence = run(address.clone(), receiver, tell);
        (Self { address, wishes }, events, silence)
    }

    /// The same in a task of its own.
    #[must_use]
    pub fn start(address: Option<PathBuf>) -> (Self, mpsc::Receiver<SpeechEvent>, JoinHandle<()>) {
        let (speaker, events, silence) = Self::new(address);
        (speaker, events, tokio::spawn(silence))
    }

    fn may_speak(&self) -> bool {
        self.address.as_ref().is_some_and(|address| address.exists())
    }

    /// Says this, in place of what is being said.
    pub fn say(&self, utterance: Utterance) {
        self.wishes.send_replace(Some(utterance));
    }

    /// Says nothing more, from this moment on.
    pub fn stop(&self) {
        self.wishes.send_if_modified(|wish| wish.take().is_some());
    }
}

/// Reads aloud what stands on a page, moment by moment.
#[derive(Debug)]
pub struct PageReader {
    voice: Speaker,
    /// The moment that is read, and its words.
    reading: Option<(String, String)>,
}

impl PageReader {
    /// One that reads with this voice.
    #[must_use]
    pub fn new(voice: Speaker) -> Self {
        Self { voice, reading: None }
    }

    /// One that reads nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Speaker::none())
    }

    /// Whether there is a server to ask; only reading shows whether it speaks.
    #[must_use]
    pub fn may_speak(&self) -> bool {
        self.voice.may_speak()
    }

    /// What was read last is to be read anew.
    pub fn once_more(&mut self) {
        self.reading = None;
    }

    /// Reads what is new on this page, and stops at once where there is nothing to read any more: after a pause, on leaving, or where
    /// `view` is `None`.
    pub fn read(&mut self, view: Option<&View>) {
        let read = view.and_then(|view| Some((view, (view.moment(), view.spoken()?))));
        let (view, now) = read.unzip();
        if now == self.reading {
            return;
        }
        match view.zip(now.as_ref()) {
            Some((view, (_, text))) => self.voice.say(Utterance {
                text: text.clone(),
                language: view.language.clone(),
                volume: view.sound.volume,
            }),
            None => self.voice.stop(),
        }
        self.reading = now;
    }
}

/// Where the server listens on this machine: `SPEECHD_ADDRESS` (`unix_socket:/path`), else below `XDG_RUNTIME_DIR`. `None` where neither
/// says so, and where it is another machine.
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

/// Asks the server there whether it would read, and by what: the module that speaks for it, where it tells. Says nothing.
pub async fn ask(address: Option<&Path>) -> Result<Option<String>, SpeechError> {
    SsipConnection::ask(address.ok_or(SpeechError::NoAddress)?).await
}

async fn run(
    address: Option<PathBuf>,
    mut wished: watch::Receiver<Option<Utterance>>,
    tell: mpsc::Sender<SpeechEvent>,
) {
    let mut connection: Option<SsipConnection> = None;
    let mut speaks = None;
    while wished.changed().await.is_ok() {
        let wish = wished.borrow_and_update().clone();
        let Some(utterance) = wish else {
            if let Some(connection) = connection.take() {
                // Where it is gone, nothing is said either.
                let _ = connection.stop().await;
            }
            // Whoever wishes again asks anew whether it is said.
            speaks = None;
            continue;
        };
        let said = say(address.as_deref(), &mut connection, &utterance).await;
        if speaks.replace(said.is_ok()) == Some(said.is_ok()) {
            continue;
        }
        let event = said.map_or_else(SpeechEvent::Failed, |()| SpeechEvent::Speaking);
        if let SpeechEvent::Failed(error) = &event {
            debug!(%error, cause = ?error.source(), "nothing is said");
        }
        // Where nobody listens any more, the end comes by the wish that is over.
        let _ = tell.send(event).await;
    }
    if let Some(connection) = connection {
        let _ = connection.stop().await;
    }
}

/// Says it on the connection that is there, else, or where that is gone, on a new one.
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

/// So many changes wait to be told: whoever has taken none of them is about to.
const EVENTS: usize = 4;

#[cfg(test)]
mod tests;
