//! What the commands share that ask the daemon.

use anyhow::Context;
use tokio::runtime::Builder;
use tokio::runtime::Runtime;

use crate::edge::bus::Bus;
use crate::edge::bus::Client;
use crate::edge::bus::ClientError;

/// Asks the daemon one thing; where none is running, the error says how to start it.
pub(super) fn ask<T>(
    bus: Bus,
    what: impl AsyncFnOnce(&Client) -> Result<T, ClientError>,
) -> anyhow::Result<T> {
    runtime()?.block_on(async {
        let client = Client::connect(bus).await.map_err(in_words)?;
        what(&client).await.map_err(in_words)
    })
}

/// What the commands wait on.
pub(super) fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("starting to ask kindbeat")
}

/// The error with what to do about it.
pub(super) fn in_words(error: ClientError) -> anyhow::Error {
    match error {
        ClientError::NoDaemon => anyhow::anyhow!("kindbeat is not running; {START}"),
        error @ ClientError::NoBus(_) => anyhow::Error::new(error).context(NO_BUS),
        error @ (ClientError::Silent | ClientError::Other(_)) => {
            anyhow::Error::new(error).context(STUCK)
        }
        error @ (ClientError::Refused { .. } | ClientError::OtherVersion(_)) => error.into(),
    }
}

/// How to start the daemon.
pub(super) const START: &str = "start it with \"systemctl --user start kindbeat\", or in a terminal of its own with \"kindbeat daemon\"";

const NO_BUS: &str = "kindbeat can be asked only within a desktop session, and none is to be found from here; in one, it is started with \
                      \"systemctl --user start kindbeat\" or \"kindbeat daemon\"";

/// What to do where the daemon is there and does not do its work.
const STUCK: &str = "restart kindbeat with \"systemctl --user restart kindbeat\"; \"kindbeat doctor\" may tell more";
