//! What there is to see: the only part that touches anything.

use crate::config_file;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::timeout;

use super::limited;
use crate::bluetooth;
use crate::browser::Opener;
use crate::desktop;
use crate::desktop::Autostart;
use crate::desktop::DesktopReport;
use crate::desktop::FactReport;
use crate::desktop::Place;
use crate::desktop::PresenceReport;
use crate::desktop::probe;
use crate::interface::Bus;
use crate::interface::Client;
use crate::interface::ClientError;
use crate::notification;
use crate::notification::ServerPresence;
use crate::page_server;
use crate::practice_files;
use crate::speech;
use crate::store;
use crate::store::Store;
use crate::systemd;
use crate::systemd::Unit;
use kindbeat_core::config::Config;
use kindbeat_core::config::ConfigError;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::OwnFault;
use kindbeat_core::status::Status;

/// Everything that was seen; `None` stands for what did not answer in time.
pub(super) struct Seen {
    /// Whether there is an adapter that is on.
    pub(super) bluetooth: Option<Result<(), bluetooth::BluetoothError>>,
    /// Who shows notifications.
    pub(super) notifications: Option<Result<ServerPresence, notification::NotificationError>>,
    /// What tells whether somebody sits here.
    pub(super) presence: Option<PresenceReport>,
    /// What the desktop does, as each source tells.
    pub(super) desktop: Vec<FactReport>,
    /// Whether the two above are what the daemon sees, and not only what is seen from here.
    pub(super) told_by_service: bool,
    /// What reads aloud; looked at only where that is wanted.
    pub(super) voice: Option<Voice>,
    /// What the daemon says.
    pub(super) service: Option<Result<Status, ClientError>>,
    /// What systemd says of it.
    pub(super) unit: Option<Unit>,
    /// Whether the desktop starts it by its autostart entry.
    pub(super) autostart: Option<Autostart>,
    /// The file of the configuration, whether it is there, and what is in it.
    pub(super) config: Option<Result<Configured, ConfigError>>,
    /// The owner's own practices.
    pub(super) practices: Option<OwnPractices>,
    /// What is stored.
    pub(super) store: Option<Result<Stored, store::StoreError>>,
    /// The programs that open a page, and whether each is there.
    pub(super) browsers: Vec<(String, bool)>,
    /// Whether a page could be served.
    pub(super) listening: io::Result<()>,
}

/// What reads aloud, by the name it gives itself, or why nothing does.
pub(super) type Voice = Result<Option<String>, speech::SpeechError>;

/// The configuration, and where it is.
pub(super) struct Configured {
    pub(super) path: PathBuf,
    pub(super) is_there: bool,
    pub(super) config: Config,
}

/// Practices of one's own.
#[derive(Default)]
pub(super) struct OwnPractices {
    /// How many there are.
    pub(super) count: usize,
    /// What is wrong with others.
    pub(super) faults: Vec<OwnFault>,
}

/// The store, and where it is.
#[derive(Default)]
pub(super) struct Stored {
    /// `None`: no environment variable says where it belongs.
    pub(super) folder: Option<PathBuf>,
    /// How large the database is, in bytes; `None`: there is none yet.
    pub(super) bytes: Option<u64>,
    /// The databases that are kept aside, the oldest first.
    pub(super) aside: Vec<PathBuf>,
    /// Whether a monitor was connected before.
    pub(super) knows_monitor: bool,
}

impl Seen {
    /// Looks at everything at once.
    pub(super) async fn now() -> Self {
        let session = Bus::session();
        let (
            (bluetooth, notifications, service),
            (DesktopReport { presence, desktop }, told_by_service),
            ((unit, autostart), (config, voice), practices, store),
        ) = tokio::join!(
            async {
                tokio::join!(
                    limited(bluetooth::usable()),
                    limited(notification::presence(&session)),
                    limited(daemon()),
                )
            },
            sight(),
            async {
                tokio::join!(
                    async { tokio::join!(limited(systemd::unit()), apart(desktop::autostart)) },
                    configured_and_voice(),
                    apart(own_practices),
                    apart(stored),
                )
            },
        );
        let open_with = match &config {
            Some(Ok(configured)) => configured.config.page.open_with.clone(),
            Some(Err(_)) | None => Vec::new(),
        };
        Self {
            bluetooth,
            notifications,
            presence,
            desktop,
            told_by_service,
            voice,
            service,
            unit,
            autostart,
            config,
            practices,
            store,
            browsers: Opener::from_environment().programs(&open_with),
            listening: page_server::can_listen(),
        }
    }
}

/// Runs what may wait for a disk on a thread of its own.
async fn apart<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    limited(tokio::task::spawn_blocking(look)).await?.ok()
}

/// The configuration, and what reads aloud where that wants to be read to.
async fn configured_and_voice() -> (Option<Result<Configured, ConfigError>>, Option<Voice>) {
    let config = apart(configured).await;
    let voice = match &config {
        Some(Ok(configured)) if configured.config.practice.voice => {
            limited(speech::ask(speech::address().as_deref())).await
        }
        _ => None,
    };
    (config, voice)
}

/// What the daemon sees, and that it was told; where none runs, or none that can tell, what is seen from here.
async fn sight() -> (DesktopReport, bool) {
    let asked = async { Client::connect(Bus::session()).await?.look().await };
    let asked = timeout(TELLING, asked);
    let (told, own): (Result<Result<DesktopReport, ClientError>, _>, _) =
        tokio::join!(asked, probe(Place::from_environment(Bus::session(), Bus::system())));
    match told {
        Ok(Ok(told)) => (told, true),
        Ok(Err(_)) | Err(_) => (own, false),
    }
}

/// How long the daemon may take to tell what it sees: a look takes less than five seconds.
const TELLING: Duration = Duration::from_secs(6);

async fn daemon() -> Result<Status, ClientError> {
    Client::connect(Bus::session()).await?.status().await
}

fn configured() -> Result<Configured, ConfigError> {
    let path = config_file::path()?;
    let config = config_file::load(None)?;
    Ok(Configured { is_there: path.exists(), path, config })
}

fn own_practices() -> OwnPractices {
    let (Some(folder), Ok(library)) = (config_file::practices(), Library::built_in()) else {
        return OwnPractices::default();
    };
    let mut files = 0;
    let read = practice_files::read(&folder).inspect(|_| files += 1);
    let (_, faults) = library.with_own(read);
    OwnPractices { count: files - faults.len(), faults }
}

fn stored() -> Result<Stored, store::StoreError> {
    let Some(folder) = store::folder() else { return Ok(Stored::default()) };
    store::check_writable(&folder)?;
    let aside = store::kept_aside(&folder);
    let Some(store) = Store::open_to_look(&folder)? else {
        return Ok(Stored { folder: Some(folder), aside, ..Stored::default() });
    };
    let knows_monitor = store.load_state()?.state.monitor.is_some();
    Ok(Stored { folder: Some(folder), bytes: Some(store.bytes()?), aside, knows_monitor })
}
