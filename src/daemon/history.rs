//! The history: what happens goes to the store, and so does what the next run has to know.

use jiff::SignedDuration;
use jiff::Timestamp;
use tracing::debug;

use crate::store;
use crate::store::Record;
use crate::store::StoreEvent;
use crate::store::memory_changes;
use kindbeat_core::detection::Baseline;
use kindbeat_core::engine::EngineMemory;
use kindbeat_core::heart::Sample;
use kindbeat_core::words::Sentence;

pub(super) struct History {
    /// `None`: nothing can be written here, or nothing is to be.
    store: Option<store::StoreHandle>,
    /// Why nothing is written at the moment; `None` while all is well.
    failing: Option<Sentence>,
    /// The engine's memory as it is stored.
    memory: EngineMemory,
    /// When the baseline was stored last.
    baseline_at: Timestamp,
}

impl History {
    /// `memory` is what the store holds, also where the engine began with other times: the clock may have been wrong then.
    pub(super) const fn new(
        store: Option<store::StoreHandle>,
        memory: EngineMemory,
        now: Timestamp,
    ) -> Self {
        Self { store, failing: None, memory, baseline_at: now }
    }

    pub(super) fn keep(&mut self, now: Timestamp, record: Record) {
        if let Some(store) = &mut self.store {
            store.keep(now, record);
        }
    }

    pub(super) fn sampled(&mut self, now: Timestamp, sample: Sample, baseline: &Baseline) {
        self.keep(now, Record::Sample(sample));
        if now.duration_since(self.baseline_at).abs() >= BASELINE_EVERY {
            self.keep_baseline(now, baseline);
        }
    }

    pub(super) fn keep_baseline(&mut self, now: Timestamp, baseline: &Baseline) {
        self.baseline_at = now;
        if baseline.learned().is_positive() {
            self.keep(now, Record::Baseline(baseline.state()));
        }
    }

    pub(super) fn keep_memory(&mut self, now: Timestamp, memory: EngineMemory) {
        let before = std::mem::replace(&mut self.memory, memory);
        for record in memory_changes(memory, before) {
            self.keep(now, record);
        }
    }

    /// Keeps history for this long from now on.
    pub(super) const fn set_keep(&mut self, keep: SignedDuration) {
        if let Some(store) = &mut self.store {
            store.set_keep(keep);
        }
    }

    /// The store reported.
    pub(super) fn report(&mut self, report: &StoreEvent) {
        match report {
            StoreEvent::Failing(why) | StoreEvent::Absent(why) => self.failing = Some(why.clone()),
            StoreEvent::Recovered { lost } => {
                debug!(lost, "store works again");
                self.failing = None;
            }
            StoreEvent::BegunAnew | StoreEvent::Quarantined(_) => {}
        }
    }

    /// Why nothing is written at the moment; `None` while all is well.
    pub(super) const fn failing(&self) -> Option<&Sentence> {
        self.failing.as_ref()
    }

    /// Hands on what is due.
    pub(super) fn tick(&mut self, now: Timestamp) {
        if let Some(store) = &mut self.store {
            store.tick(now);
        }
    }

    pub(super) fn next_wakeup(&self) -> Option<Timestamp> {
        self.store.as_ref().and_then(store::StoreHandle::next_wakeup)
    }

    pub(super) fn into_store(self) -> Option<store::StoreHandle> {
        self.store
    }
}

/// The baseline is learned minute by minute; a kill loses no more than that.
const BASELINE_EVERY: SignedDuration = SignedDuration::from_secs(60);
