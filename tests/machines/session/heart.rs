//! The heart, by way of a strap on a stand-in for BlueZ, on the system bus of the machine.

use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::bluez::Fake;

/// A heart that beats until it is dropped.
pub(crate) struct Heart {
    pub(crate) strap: Arc<Fake>,
    rate: Arc<AtomicU8>,
    seconds: watch::Receiver<u32>,
    beating: JoinHandle<()>,
}

impl Heart {
    /// At rest.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let strap = Arc::new(Fake::beside_logind("unix:path=/run/dbus/system_bus_socket").await?);
        let rate = Arc::new(AtomicU8::new(QUIET));
        let (tell, seconds) = watch::channel(0);
        let beating = tokio::spawn(beat(Arc::clone(&strap), Arc::clone(&rate), tell));
        Ok(Self { strap, rate, seconds, beating })
    }

    /// It goes up, but by less in a minute than counts as exercise.
    pub(crate) fn rises(&self) {
        self.rate.store(HIGH, Ordering::Relaxed);
    }

    /// Waits until so many measurements more are sent.
    pub(crate) async fn beats(&mut self, count: u32) -> anyhow::Result<()> {
        let end = *self.seconds.borrow() + count;
        self.seconds.wait_for(|&sent| sent >= end).await?;
        Ok(())
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.beating.abort();
    }
}

/// A measurement a second (Heart Rate Service 1.0, section 3.1): contact known and there, one interval.
async fn beat(strap: Arc<Fake>, rate: Arc<AtomicU8>, tell: watch::Sender<u32>) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    for second in 1.. {
        seconds.tick().await;
        let rate = rate.load(Ordering::Relaxed);
        // As with breath, by up to four percent.
        let swing = u16::try_from(second * 23 % 61).unwrap_or_default();
        let rr = 60 * 1024 / u16::from(rate) + swing;
        let [low, high] = rr.to_le_bytes();
        if strap.sends(&[0x16, rate, low, high]).await.is_err() || tell.send(second).is_err() {
            return;
        }
    }
}

/// In beats a minute.
const QUIET: u8 = 65;
const HIGH: u8 = 90;
