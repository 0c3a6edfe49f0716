//! What the commands share that ask the daemon.

use anyhow::Context;
use tokio::runtime::Builder;
use tokio::runtime::Runtime;

use crate::interface::Bus;
use crate::interface::Client;
use crate::interface::ClientError;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

/// Asks the daemon one thing; where none is running, the error says how to start it.
pub(super) fn ask<T>(
    bus: Bus,
    words: &Words,
    what: impl AsyncFnOnce(&Client) -> Result<T, ClientError>,
) -> anyhow::Result<T> {
    runtime(words)?.block_on(async {
        let client = Client::connect(bus).await.map_err(|error| in_words(error, words))?;
        what(&client).await.map_err(|error| in_words(error, words))
    })
}

/// What the commands wait on.
pub(super) fn runtime(words: &Words) -> anyhow::Result<Runtime> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.with_context(|| words.text(Message::CannotBegin, &[]))
}

/// The error with what to do about it.
pub(super) fn in_words(error: ClientError, words: &Words) -> anyhow::Error {
    let say = |message| words.text(message, &[]);
    match error {
        ClientError::NoDaemon => anyhow::anyhow!(say(Message::AskNotRunning)),
        error @ ClientError::NoBus(_) => {
            anyhow::Error::new(error).context(say(Message::AskNoSession))
        }
        error @ (ClientError::Silent | ClientError::Other(_)) => {
            anyhow::Error::new(error).context(say(Message::AskStuck))
        }
        error @ (ClientError::Refused { .. } | ClientError::OtherVersion(_)) => error.into(),
    }
}
