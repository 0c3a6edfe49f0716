//! The engine's memory between two runs: restored from what is stored, and the records that keep it.

use jiff::Timestamp;

use super::read::Loaded;
use super::record::Record;
use kindbeat_core::config::Config;
use kindbeat_core::detection::Baseline;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::EngineMemory;
use kindbeat_core::offer::OfferMemory;
use kindbeat_core::practice::Library;

impl Loaded {
    /// An engine that remembers what the last run stored, as far as it can be so at `now`.
    #[must_use]
    pub fn into_engine(self, config: &Config, library: Library, now: Timestamp) -> Engine {
        let memory = self.memory();
        let settings = config.decisions();
        let method = settings.detection.method;
        let stored = self.baseline.and_then(|state| Baseline::restored(method, state));
        let baseline = stored.unwrap_or_else(|| Baseline::new(method));
        Engine::new(settings, library, baseline).remembering(memory, now)
    }

    /// The memory exactly as it is stored, whatever the clock was then.
    #[must_use]
    pub const fn memory(&self) -> EngineMemory {
        let kept = &self.state;
        EngineMemory {
            offers: OfferMemory {
                cool_down_from: kept.last_offer,
                made: kept.offers_made,
                counted_on: kept.offers_of_day,
                snoozed_until: kept.snoozed_until,
                snoozed_at: kept.snoozed_at,
                rest_until: kept.resting_until,
                fine_in_a_row: kept.fine_in_a_row,
                fit_asked_at: kept.fit_asked,
            },
            after_too_much: kept.resting_until.is_some(),
        }
    }

    /// The records that bring an empty store to this; the breaks are not among them.
    pub(super) fn into_records(self) -> Vec<Record> {
        let kept = self.state;
        let offered = kept.last_offer.map(|cool_down_from| Record::Offered {
            cool_down_from,
            made: kept.offers_made,
            of_day: kept.offers_of_day,
        });
        let records = [
            self.baseline.map(Record::Baseline),
            kept.monitor.map(|monitor| Record::Monitor(Some(monitor))),
            kept.monitor_name.map(|name| Record::MonitorName(Some(name))),
            kept.battery_told.map(|level| Record::BatteryTold(Some(level))),
            kept.snoozed_until.map(|until| Record::Snoozed(Some(until))),
            kept.resting_until.map(|until| Record::Resting(Some(until))),
            Some(Record::FineInARow(kept.fine_in_a_row)),
            kept.fit_asked.map(Record::FitAsked),
            Some(Record::Habits(kept.habits)),
            offered,
        ];
        records.into_iter().flatten().collect()
    }
}

/// The records that bring a store which holds `before` to `memory`.
#[must_use]
pub fn memory_changes(memory: EngineMemory, before: EngineMemory) -> Vec<Record> {
    let mut records = Vec::new();
    let (offers, kept) = (memory.offers, before.offers);
    if offers.snoozed_until != kept.snoozed_until {
        records.push(Record::Snoozed(offers.snoozed_until));
    }
    // A rest that is over is stored as one that was over long ago: by no clock does it come back.
    let resting = |memory: EngineMemory| {
        memory.after_too_much.then(|| memory.offers.rest_until.unwrap_or(Timestamp::UNIX_EPOCH))
    };
    if (memory.after_too_much, offers.rest_until) != (before.after_too_much, kept.rest_until) {
        records.push(Record::Resting(resting(memory).or(offers.rest_until)));
    }
    if let Some(cool_down_from) = offers.cool_down_from
        && (offers.cool_down_from, offers.counted_on) != (kept.cool_down_from, kept.counted_on)
    {
        let (made, of_day) = (offers.made, offers.counted_on);
        records.push(Record::Offered { cool_down_from, made, of_day });
    }
    if offers.fine_in_a_row != kept.fine_in_a_row {
        records.push(Record::FineInARow(offers.fine_in_a_row));
    }
    if let Some(asked) = offers.fit_asked_at.filter(|_| offers.fit_asked_at != kept.fit_asked_at) {
        records.push(Record::FitAsked(asked));
    }
    records
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::record::StoredState;
    use super::*;

    #[test]
    fn a_rest_of_a_wrong_clock_is_stored_as_the_engine_has_it() {
        let now = Timestamp::UNIX_EPOCH;
        let ahead = Some(now + SignedDuration::from_hours(9_000));
        let stored = StoredState { resting_until: ahead, ..StoredState::default() };
        let loaded = Loaded { state: stored, ..Loaded::default() };
        let before = loaded.memory();
        let library = Library::built_in().unwrap();
        let memory = loaded.into_engine(&Config::default(), library, now).memory();
        assert!(memory.offers.rest_until < ahead);
        let rest = Record::Resting(memory.offers.rest_until);
        assert_eq!(memory_changes(memory, before), [rest]);
    }

    #[test]
    fn a_rest_that_is_over_is_over_by_any_clock() {
        let memory = EngineMemory { after_too_much: true, ..EngineMemory::default() };
        let changes = memory_changes(memory, EngineMemory::default());
        assert_eq!(changes, [Record::Resting(Some(Timestamp::UNIX_EPOCH))]);
    }

    #[test]
    fn a_break_before_the_first_offer_is_kept() {
        let now = Timestamp::UNIX_EPOCH;
        let offers = OfferMemory { cool_down_from: Some(now), ..OfferMemory::default() };
        let memory = EngineMemory { offers, ..EngineMemory::default() };
        assert_eq!(
            memory_changes(memory, EngineMemory::default()),
            [Record::Offered { cool_down_from: now, made: 0, of_day: None }]
        );
    }
}
