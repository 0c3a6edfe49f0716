//! The watchdog of systemd: fed by the loop, so that one that hangs is noticed and started anew (`WatchdogSec=` in the unit).

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::Instant;

/// What has to be told every so often that the loop turns.
#[derive(Debug)]
pub struct Watchdog {
    /// Without a word for this long, systemd ends the program; `None`: nobody waits for one.
    period: Option<Duration>,
    fed: Instant,
}

impl Watchdog {
    /// That of the service manager, if it has one for this process.
    #[must_use]
    pub fn from_environment() -> Self {
        Self { period: sd_notify::watchdog_enabled(), fed: Instant::now() }
    }

    /// None at all.
    #[must_use]
    pub fn none() -> Self {
        Self { period: None, fed: Instant::now() }
    }

    /// How long the loop may wait before it has to turn; `None`: for as long as it wants.
    pub(super) fn wait(&self) -> Option<Duration> {
        self.period.map(|period| (period / 2).saturating_sub(self.fed.elapsed()))
    }

    /// The loop has turned. Whoever turns for another reason feeds early, so that it needs not wake up for this alone.
    pub(super) fn turned(&mut self) {
        if self.period.is_some_and(|period| self.fed.elapsed() >= period / 4) {
            self.fed = Instant::now();
            // Where it cannot be told, systemd starts the service anew.
            let _ = sd_notify::notify(&[NotifyState::Watchdog]);
        }
    }
}
