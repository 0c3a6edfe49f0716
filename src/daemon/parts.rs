//! What the service acts upon.

use std::fmt;

use tokio::sync::mpsc;
use tokio::sync::watch;

use crate::browser::Opener;
use crate::clock::SharedClock;
use crate::desktop::DesktopCommand;
use crate::desktop::Place;
use crate::notification;
use crate::page_server;
use crate::speech::PageReader;
use crate::store;
use crate::tasks::Spawner;
use kindbeat_core::config::Config;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::EngineMemory;
use kindbeat_core::monitor::MonitorCommand;
use kindbeat_core::page::View;
use kindbeat_core::sitting::Earlier;
use kindbeat_core::status::News;

/// All that a [`Service`](super::Service) is made of.
pub struct Parts {
    /// What tells the time.
    pub clock: SharedClock,
    /// The locale of the desktop, `de_AT.UTF-8`: the language where the configuration names none, and which help lines stand first.
    pub locale: String,
    /// The configuration in force.
    pub config: Config,
    /// What decides, with all that it has to remember.
    pub engine: Engine,
    /// What the store holds of what the engine has to remember.
    pub stored: EngineMemory,
    /// What earlier breaks left for the next page.
    pub earlier: Earlier,
    /// What remembers; `None`: nothing can be written here, or nothing is to be.
    pub store: Option<store::StoreHandle>,
    /// The monitor's commands.
    pub monitor: mpsc::Sender<MonitorCommand>,
    /// The level, in percent, for which the owner was last warned of its battery; `None`: not since it was full.
    pub battery_told: Option<u8>,
    /// What shows offers.
    pub offers: mpsc::Sender<notification::NotifierCommand>,
    /// The watcher of the desktop; `None`: there is none, and every fact is absent.
    pub desktop: Option<mpsc::Sender<DesktopCommand>>,
    /// Where the desktop is looked at for whoever asks.
    pub place: Place,
    /// What serves the page.
    pub web: page_server::PageServer,
    /// What stands on the page.
    pub view: watch::Sender<View>,
    /// What opens the page.
    pub opener: Opener,
    /// What reads the steps aloud.
    pub reader: PageReader,
    /// Whoever wants to hear what happens.
    pub news: mpsc::Sender<News>,
    /// Takes what runs beside the loop.
    pub tasks: Spawner,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}
