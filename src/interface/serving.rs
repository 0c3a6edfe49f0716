//! The daemon's side: claims the name, serves, and tells the news.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;
use tracing::debug;
use zbus::Connection;
use zbus::Variant;
use zbus::fdo::Properties as PropertiesInterface;
use zbus::fdo::RequestNameFlags;
use zbus::names::InterfaceName;
use zbus::object_server::SignalEmitter;

use super::Bus;
use super::NAME;
use super::PATH;
use super::Request;
use super::service::Properties;
use super::service::Service;
use kindbeat_core::status::News;
use kindbeat_core::words::Words;

/// Why kindbeat is not on the bus.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The bus cannot be reached.
    #[error("the session bus cannot be reached")]
    NoBus(#[source] zbus::Error),
    /// Another kindbeat is there already.
    #[error("another kindbeat is running already")]
    NameTaken,
    /// The bus was silent for five seconds.
    #[error("the session bus does not answer")]
    Silent,
    /// The bus refused.
    #[error("the session bus refuses the name {NAME}")]
    Refused(#[source] zbus::Error),
}

/// kindbeat on the bus; it gives up its name when this is dropped.
#[derive(Debug)]
pub struct Served {
    connection: Connection,
    news: mpsc::Sender<(News, oneshot::Sender<()>)>,
}

/// Claims the name and serves until the returned handle is dropped. `requests` is told what is asked for; `words` are those in which a
/// refusal is said.
pub async fn serve(
    bus: &Bus,
    requests: mpsc::Sender<Request>,
    words: watch::Receiver<Arc<Words>>,
) -> Result<Served, ServeError> {
    let opened = async {
        let connection = bus.connection().await.map_err(ServeError::NoBus)?;
        let server = connection.object_server();
        server.at(PATH, Service::new(requests, words)).await.map_err(ServeError::Refused)?;
        // Neither waits for the name nor takes it from another.
        let flags = RequestNameFlags::DO_NOT_QUEUE;
        let error = match connection.request_name_with_flags(NAME, flags).await {
            Ok(_) => return Ok(connection),
            Err(zbus::Error::NameTaken) => ServeError::NameTaken,
            Err(error) => ServeError::Refused(error),
        };
        let _ = server.remove::<Service, _>(PATH).await;
        Err(error)
    };
    let connection =
        tokio::time::timeout(LIMIT, opened).await.map_err(|_| ServeError::Silent)??;
    let (news, waiting) = mpsc::channel(QUEUE);
    tokio::spawn(tell(connection.clone(), waiting));
    Ok(Served { connection, news })
}

impl Served {
    /// Tells whoever listens; of a [`News::Changed`] only what stands otherwise than when it was last told.
    ///
    /// Returns when it is with the bus. Where the bus takes nothing for a second it returns all the same: the news follow when
    /// it does, or are left out where too many wait.
    pub async fn tell(&self, news: &News) {
        let (done, is_done) = oneshot::channel();
        let telling = async {
            if self.news.send((news.clone(), done)).await.is_ok() {
                // Not told where the bus is gone, which `gone` tells.
                let _ = is_done.await;
            }
        };
        if tokio::time::timeout(PATIENCE, telling).await.is_err() {
            debug!("the session bus does not take messages");
        }
    }

    /// Resolves when the connection to the bus is lost, so that it is time to serve anew.
    pub async fn gone(&self) {
        self.connection.closed().await;
    }
}

/// Sends the news in order, each as a whole: one that is given up half-way would spoil all behind it.
async fn tell(connection: Connection, mut news: mpsc::Receiver<(News, oneshot::Sender<()>)>) {
    let mut last = None;
    while let Some((news, done)) = news.recv().await {
        if let Err(error) = send(&connection, &news, &mut last).await {
            debug!(%error, "the session bus does not take messages");
        }
        // Nobody may be waiting any more.
        let _ = done.send(());
    }
    // The name first: it is free for another daemon even while a call still waits for its reply. Where this fails, the bus is lost.
    let _ = connection.release_name(NAME).await;
    let _ = connection.object_server().remove::<Service, _>(PATH).await;
}

async fn send(
    connection: &Connection,
    news: &News,
    last: &mut Option<Properties>,
) -> zbus::Result<()> {
    let emitter = SignalEmitter::new(connection, PATH)?;
    match news {
        News::OfferMade(reason) => Service::offer_made(&emitter, reason).await,
        News::OfferHeld(gate) => Service::offer_held(&emitter, gate.name()).await,
        News::BreakStarted(practice) => Service::break_started(&emitter, practice).await,
        News::BreakEnded(how) => Service::break_ended(&emitter, how).await,
        // For this process alone; an address is a secret.
        News::OfferNotShown | News::PageNotOpened(_) => Ok(()),
        News::Changed(status) => {
            let now = Properties::of(status);
            let changed = changed(last.as_ref(), &now);
            if !changed.is_empty() {
                let name = InterfaceName::from_static_str_unchecked(NAME);
                let nothing = Vec::new().into();
                PropertiesInterface::properties_changed(&emitter, name, changed, nothing).await?;
            }
            *last = Some(now);
            Ok(())
        }
    }
}

/// What stands otherwise than before; everything where nothing was told before.
fn changed<'a>(
    before: Option<&Properties>,
    now: &'a Properties,
) -> HashMap<&'static str, Variant<'a>> {
    let is_new =
        |same: fn(&Properties, &Properties) -> bool| before.is_none_or(|before| !same(before, now));
    let all: [(&str, bool, Variant<'_>); 6] = [
        ("State", is_new(|a, b| a.state == b.state), now.state.as_str().into()),
        ("Usual", is_new(|a, b| a.usual.to_bits() == b.usual.to_bits()), now.usual.into()),
        (
            "SensorName",
            is_new(|a, b| a.sensor_name == b.sensor_name),
            now.sensor_name.as_str().into(),
        ),
        ("Battery", is_new(|a, b| a.battery == b.battery), now.battery.into()),
        (
            "SnoozedUntil",
            is_new(|a, b| a.snoozed_until == b.snoozed_until),
            now.snoozed_until.into(),
        ),
        ("Elevated", is_new(|a, b| a.elevated == b.elevated), now.elevated.into()),
    ];
    all.into_iter().filter(|(_, is_new, _)| *is_new).map(|(name, _, value)| (name, value)).collect()
}

/// How long the bus may take to let us on: milliseconds when well.
const LIMIT: Duration = Duration::from_secs(5);

/// How long the daemon is held up for a message at most.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many news may wait for a bus that takes none: days' worth.
const QUEUE: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use kindbeat_core::status::Status;

    fn names(before: Option<&Status>, now: &Status) -> Vec<&'static str> {
        let (before, now) = (before.map(Properties::of), Properties::of(now));
        let mut names: Vec<_> = changed(before.as_ref(), &now).into_keys().collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn only_what_changed_is_told() {
        let before = Status { state: "searching".to_owned(), ..Status::default() };
        let all = ["Battery", "Elevated", "SensorName", "SnoozedUntil", "State", "Usual"];
        assert_eq!(names(None, &before), all);
        assert_eq!(names(Some(&before), &before), [""; 0]);
        let now =
            Status { usual: Some(66.0), heart_rate: Some(72), offers_today: 1, ..before.clone() };
        assert_eq!(names(Some(&before), &now), ["Usual"]);
        // Within the same second it is the same to whoever reads seconds.
        let moment =
            |text: &str| Status { snoozed_until: Some(text.parse().unwrap()), ..before.clone() };
        let (one, other) = (moment("2030-05-07T14:00:00.2Z"), moment("2030-05-07T14:00:00.9Z"));
        assert_eq!(names(Some(&before), &one), ["SnoozedUntil"]);
        assert_eq!(names(Some(&one), &other), [""; 0]);
    }
}
