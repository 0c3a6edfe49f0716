//! A strap and a clock for the demonstration: minutes of a morning in a second, until there is an offer.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::clock;
use kindbeat_core::heart::Measurement;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::monitor::MonitorId;
use kindbeat_core::monitor::MonitorInfo;
use kindbeat_core::monitor::MonitorKind;
use kindbeat_core::simulation::SimulatedHeart;

/// A clock that is led by the strap while time runs fast, and by the system's from then on.
#[derive(Clone, Debug)]
pub(super) struct DemoClock(Arc<Mutex<Pace>>);

#[derive(Clone, Copy, Debug)]
enum Pace {
    Fast(Timestamp),
    Real(SignedDuration),
}

impl DemoClock {
    /// A clock that stands at `start`.
    pub(super) fn starting(start: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Pace::Fast(start))))
    }

    pub(super) fn now(&self) -> Timestamp {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Pace::Fast(now) => now,
            Pace::Real(behind) => clock::now().saturating_sub(behind).unwrap_or(Timestamp::MIN),
        }
    }

    /// From here on a second lasts a second.
    pub(super) fn slow_down(&self) {
        let now = self.now();
        self.set(Pace::Real(clock::now().duration_since(now)));
    }

    fn is_fast(&self) -> bool {
        matches!(*self.0.lock().unwrap_or_else(PoisonError::into_inner), Pace::Fast(_))
    }

    fn set(&self, pace: Pace) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = pace;
    }
}

/// What the heart of the demonstration does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chapter {
    /// A quiet half hour.
    Quiet,
    /// Something difficult: it goes up, and stays there.
    Hard,
    /// A break: it goes down again.
    Calming,
}

/// Sends a measurement for each second, until nobody takes them any more. `chapters` tells when the heart begins to rise, and is
/// told when it is to calm down.
pub(super) async fn run(
    time: DemoClock,
    events: mpsc::Sender<MonitorEvent>,
    chapters: watch::Sender<Chapter>,
) {
    let start = time.now();
    let monitor = MonitorInfo {
        id: MonitorId::new(MonitorKind::Simulated, "strap"),
        name: None,
        battery: Some(80),
    };
    for event in [MonitorEvent::Connected(monitor), MonitorEvent::Link(LinkState::Streaming)] {
        if events.send(event).await.is_err() {
            return;
        }
    }
    let mut heart = SimulatedHeart::new(SEED);
    let mut fast = tokio::time::interval(Duration::from_millis(FAST_MS));
    let mut real = tokio::time::interval(Duration::from_secs(1));
    real.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut level = USUAL;
    for second in 0.. {
        if second == RISE_AT {
            chapters.send_replace(Chapter::Hard);
        }
        // It takes a minute and a half to rise, and two and a half to calm down.
        level = match *chapters.borrow() {
            Chapter::Quiet => USUAL,
            Chapter::Hard => (level + RISE / 90.0).min(USUAL + RISE),
            Chapter::Calming => (level - RISE / 150.0).max(USUAL),
        };
        if time.is_fast() {
            fast.tick().await;
        } else {
            real.tick().await;
        }
        if time.is_fast() {
            let now = start.saturating_add(SignedDuration::from_secs(second.into()));
            time.set(Pace::Fast(now.unwrap_or(Timestamp::MAX)));
        }
        // As it would come over the air.
        let packet = heart.second(second, level).encode();
        let Ok(measurement) = Measurement::decode(&packet) else { continue };
        if events.send(MonitorEvent::Reading(measurement.into())).await.is_err() {
            return;
        }
    }
}

const SEED: u64 = 7;
/// A resting rate and a rise as a hard message brings it: larger than the default threshold, far from exercise. In bpm.
const USUAL: f64 = 64.0;
const RISE: f64 = 18.0;
/// In seconds: long enough to learn what is usual.
pub(super) const RISE_AT: u32 = 15 * 60;
/// A second of the fast time, in milliseconds: about four minutes to a second, and the offer in some five seconds.
const FAST_MS: u64 = 4;
