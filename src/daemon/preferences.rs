//! What the owner has set: the configuration in force, the words it asks for, and what is wrong with files of the owner's.

use std::sync::Arc;

use tokio::sync::watch;
use tracing::info;
use tracing::warn;

use kindbeat_core::config::Config;
use kindbeat_core::config::ConfigError;
use kindbeat_core::practice::OwnFault;
use kindbeat_core::words::Words;

pub(super) struct Preferences {
    config: Config,
    /// Of the desktop, `de_AT.UTF-8`.
    locale: String,
    words: Arc<Words>,
    /// Who else speaks to the owner follows these.
    spoken: watch::Sender<Arc<Words>>,
    /// Why the file of the configuration is not in force; `None` when it is.
    fault: Option<String>,
    /// What is wrong with practices of the owner's, as the log has it.
    practice_faults: Vec<OwnFault>,
}

/// What follows from reading the configuration again.
pub(super) enum Reread {
    Nothing,
    /// Another configuration is in force.
    InForce {
        monitor_changed: bool,
    },
    /// It cannot be used and changes nothing. Its owner was not told of this fault yet.
    Faulty(String),
}

impl Preferences {
    /// `spoken` are the words that the configuration asks for.
    pub(super) fn new(config: Config, locale: String, spoken: watch::Sender<Arc<Words>>) -> Self {
        let words = Arc::clone(&spoken.borrow());
        Self { config, locale, words, spoken, fault: None, practice_faults: Vec::new() }
    }

    pub(super) const fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn locale(&self) -> &str {
        &self.locale
    }

    pub(super) fn words(&self) -> &Words {
        &self.words
    }

    pub(super) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// The configuration was read again.
    pub(super) fn reread(&mut self, read: Result<Config, ConfigError>) -> Reread {
        match read {
            Ok(config) => {
                let had_fault = self.fault.take().is_some();
                let differs = config != self.config;
                if had_fault || differs {
                    info!("the configuration is in force");
                }
                if !differs {
                    return Reread::Nothing;
                }
                let monitor_changed = config.monitor != self.config.monitor;
                self.config = config;
                self.words = Arc::new(Words::new(self.config.language(&self.locale)));
                self.spoken.send_replace(Arc::clone(&self.words));
                Reread::InForce { monitor_changed }
            }
            Err(error) => {
                let summary = error.summary(&self.words);
                if self.fault.as_ref() == Some(&summary) {
                    return Reread::Nothing;
                }
                warn!(
                    at = error.place(),
                    "the configuration has a fault, which \"kindbeat config check\" shows; the last good one stays in force"
                );
                self.fault = Some(summary.clone());
                Reread::Faulty(summary)
            }
        }
    }

    /// Logs how many practices of the owner's have a fault, unless it is known. Their names may say what troubles the owner.
    pub(super) fn practice_faults(&mut self, faults: Vec<OwnFault>) {
        if faults == self.practice_faults {
            return;
        }
        if !faults.is_empty() {
            let count = faults.len();
            warn!(
                count,
                "some practices of your own cannot be used; \"kindbeat practices list\" says why"
            );
        }
        self.practice_faults = faults;
    }
}
