//! One connection to speech-dispatcher ("SSIP: Speech Synthesis Interface Protocol").

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::Duration;

use futures_util::FutureExt;
use ssip_client_async::ClientError;
use ssip_client_async::ClientName;
use ssip_client_async::ClientScope;
use ssip_client_async::MessageScope;
use ssip_client_async::constants;
use ssip_client_async::fifo::asynchronous_tokio::Builder;
use ssip_client_async::fifo::asynchronous_tokio::OwnedReadHalf;
use ssip_client_async::fifo::asynchronous_tokio::OwnedWriteHalf;
use ssip_client_async::tokio::AsyncClient;
use tokio::io::BufReader;
use tokio::io::BufWriter;
use tokio::time::timeout;

use super::SpeechError;
use super::Utterance;
use super::lines::data;
use super::lines::is_tag;
use super::lines::shown;

type Client = AsyncClient<BufReader<OwnedReadHalf>, BufWriter<OwnedWriteHalf>>;

/// A connection that has introduced itself.
pub(super) struct SsipConnection {
    client: Client,
    /// The language that was set last.
    language: String,
    volume: Option<i8>,
}

impl SsipConnection {
    pub(super) async fn open(path: &Path) -> Result<Self, SpeechError> {
        limited(Self::named(path)).await
    }

    /// Finds out the output module and quits, all within the time limit of one answer.
    pub(super) async fn ask(path: &Path) -> Result<Option<String>, SpeechError> {
        limited(async {
            let mut connection = Self::named(path).await?;
            let asked = connection.client.get_output_module().await?;
            let module = match asked.receive_string(constants::OK_GET).await {
                Ok(module) => Some(shown(&module)).filter(|module| !module.is_empty()),
                // This needs no name.
                Err(ClientError::Ssip(_)) => None,
                Err(error) => return Err(error.into()),
            };
            connection.client.quit().await?.check_status(constants::OK_BYE).await?;
            Ok(module)
        })
        .await
    }

    async fn named(path: &Path) -> Result<Self, SpeechError> {
        let connected = Builder::default().path(path).build().await;
        let mut client = connected.map_err(SpeechError::Unreachable)?;
        let name = ClientName::with_component(&user(), "kindbeat", "break");
        client.set_client_name(name).await?.check_client_name_set().await?;
        Ok(Self { client, language: String::new(), volume: None })
    }

    /// Speaks in place of the current utterance.
    pub(super) async fn say(&mut self, utterance: &Utterance) -> Result<(), SpeechError> {
        limited(async {
            self.cancel().await?;
            self.set_voice(utterance).await?;
            self.client.speak().await?.check_receiving_data().await?;
            self.client.send_lines(&data(&utterance.text)).await?.receive_message_id().await?;
            Ok(())
        })
        .await
    }

    /// Stops at once and quits.
    pub(super) async fn stop(mut self) -> Result<(), SpeechError> {
        limited(async {
            self.cancel().await?;
            self.client.quit().await?.check_status(constants::OK_BYE).await?;
            Ok(())
        })
        .await
    }

    /// After an error: the server may have accepted an utterance, so it's told to stop, without waiting for an answer.
    pub(super) async fn give_up(mut self) {
        let _ = limited(async {
            self.client.cancel(MessageScope::Last).await?;
            self.client.quit().await?;
            Ok(())
        })
        .await;
    }

    async fn cancel(&mut self) -> Result<(), ClientError> {
        let asked = self.client.cancel(MessageScope::Last).await?;
        asked.check_status(constants::OK_CANCELED).await?;
        Ok(())
    }

    /// A missing language or a refused volume is no reason to be silent.
    async fn set_voice(&mut self, utterance: &Utterance) -> Result<(), ClientError> {
        const SELF: ClientScope = ClientScope::Current;
        if self.language != utterance.language && is_tag(&utterance.language) {
            let asked = self.client.set_language(SELF, &utterance.language).await?;
            tolerate(asked.check_status(constants::OK_LANGUAGE_SET).await)?;
            self.language.clone_from(&utterance.language);
        }
        let volume = volume(utterance.volume);
        if self.volume != Some(volume) {
            let asked = self.client.set_volume(SELF, volume).await?;
            tolerate(asked.check_status(constants::OK_VOLUME_SET).await)?;
            self.volume = Some(volume);
        }
        Ok(())
    }
}

impl From<ClientError> for SpeechError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Ssip(status) => {
                Self::Refused { code: status.code, message: shown(&status.message) }
            }
            ClientError::Io(error) if error.kind() != std::io::ErrorKind::InvalidInput => {
                Self::Unreachable(error)
            }
            _ => Self::Malformed,
        }
    }
}

/// An answer normally takes milliseconds. The limit of time also bounds the length of a line: the library opens the socket
/// itself and takes no reader that could count; the program on the other side belongs to the same owner. The library panics
/// at a line that isn't ASCII where the code should be: that isn't speech-dispatcher either.
async fn limited<T>(asked: impl Future<Output = Result<T, SpeechError>>) -> Result<T, SpeechError> {
    let answered = AssertUnwindSafe(asked).catch_unwind();
    let answered = timeout(LIMIT, answered).await.map_err(|_| SpeechError::NoReply)?;
    answered.unwrap_or(Err(SpeechError::Malformed))
}

fn tolerate<T>(answer: Result<T, ClientError>) -> Result<(), ClientError> {
    match answer {
        Ok(_) | Err(ClientError::Ssip(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Our 0 to 100 as the server's -100 to 100.
fn volume(ours: u8) -> i8 {
    i8::try_from(i16::from(ours.min(100)) * 2 - 100).unwrap_or(i8::MAX)
}

/// Our name in the server's list of clients; letters and digits only, since it's part of a command.
fn user() -> String {
    let user = std::env::var("USER").unwrap_or_default();
    let user: String = user.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    if user.is_empty() { "user".to_owned() } else { user }
}

const LIMIT: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_volume_is_one() {
        assert_eq!([0, 50, 75, 100, 255].map(volume), [-100, 0, 50, 100, 100]);
    }
}
