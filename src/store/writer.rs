//! What waits in memory to be written, and when it is due.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;

use super::packed::Packer;
use super::record::Record;
use kindbeat_core::heart::Sample;

/// Gathers records until it is time to write them.
#[derive(Debug)]
pub struct Writer {
    /// How long history is kept.
    keep: SignedDuration,
    packer: Option<Packer>,
    batch: Batch,
    due: Option<Timestamp>,
}

/// What is to be written at once, as a whole or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub(super) at: Timestamp,
    pub(super) chunks: Vec<Chunk>,
    pub(super) minutes: Vec<(i64, Sample)>,
    pub(super) records: Vec<Record>,
    /// How long history is kept.
    pub(super) keep: SignedDuration,
    /// The monotonic clock when it was handed on; `None`: nothing is forgotten with it.
    pub(super) uptime: Option<Duration>,
    /// How many messages and summaries were let go for want of room.
    pub(super) lost: u64,
}

/// Packed messages of one hour.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub(super) hour: i64,
    pub(super) packed: Vec<u8>,
    pub(super) count: u32,
}

impl Writer {
    /// How long messages and samples may wait: with what a slow disk takes, a kill loses less than ten seconds.
    pub const PATIENCE: SignedDuration = SignedDuration::from_secs(8);

    /// Nothing waits. What is older than `keep` is forgotten, see [`Retention`](super::Retention).
    #[must_use]
    pub fn new(keep: SignedDuration) -> Self {
        Self { keep, packer: None, batch: Batch::default(), due: None }
    }

    /// Takes in a record. Messages, samples and the baseline wait for company, everything else is
    /// due at once.
    pub fn keep(&mut self, now: Timestamp, record: Record) {
        let mut due = later(now, Self::PATIENCE);
        match record {
            Record::Reading(reading) => {
                let hour = Packer::hour_of(reading.at);
                if self.packer.as_ref().is_some_and(|packer| packer.hour() != hour) {
                    self.close_chunk();
                }
                self.packer.get_or_insert_with(|| Packer::new(hour)).push(&reading);
            }
            Record::Sample(sample) => {
                let minute = sample.at.as_second().div_euclid(60);
                match self.batch.minutes.last_mut() {
                    Some((last, before)) if *last == minute => *before = sample,
                    _ => self.batch.minutes.push((minute, sample)),
                }
            }
            record => {
                if !matches!(record, Record::Baseline(_)) {
                    due = now;
                }
                self.batch.push(record);
            }
        }
        // The least of the two also when the clock was set back meanwhile.
        self.due = Some(self.due.map_or(due, |before| before.min(due)));
    }

    /// When [`Self::flush`] is due: at once when that is not after now; `None`: nothing waits.
    #[must_use]
    pub const fn flush_due(&self) -> Option<Timestamp> {
        self.due
    }

    /// All that waits, due or not; `None` when nothing does.
    pub fn flush(&mut self, now: Timestamp) -> Option<Batch> {
        self.due.take()?;
        self.close_chunk();
        self.batch.at = now;
        self.batch.keep = self.keep;
        Some(std::mem::take(&mut self.batch))
    }

    /// Keeps history for this long from now on.
    pub const fn set_keep(&mut self, keep: SignedDuration) {
        self.keep = keep;
    }

    /// Takes back a batch that could not be handed on: it goes before what came since, and is due after another wait.
    pub(super) fn take_back(&mut self, mut batch: Batch) {
        let due = later(batch.at, Self::PATIENCE);
        batch.append(std::mem::take(&mut self.batch));
        self.batch = batch;
        self.due = Some(due);
    }

    fn close_chunk(&mut self) {
        self.batch.chunks.extend(self.packer.take().map(|packer| Chunk {
            hour: packer.hour(),
            count: packer.count(),
            packed: packer.into_bytes(),
        }));
    }
}

impl Batch {
    /// These records alone.
    pub(super) fn of(records: Vec<Record>) -> Self {
        Self { records, ..Self::default() }
    }

    /// Adds a record; of the baseline only the last state counts.
    fn push(&mut self, record: Record) {
        if matches!(record, Record::Baseline(_)) {
            self.records.retain(|record| !matches!(record, Record::Baseline(_)));
        }
        self.records.push(record);
    }

    /// Adds a later batch, and lets the oldest messages and summaries go where there are more than memory has room for.
    pub(super) fn append(&mut self, later: Self) {
        self.at = later.at;
        self.chunks.extend(later.chunks);
        self.minutes.extend(later.minutes);
        later.records.into_iter().for_each(|record| self.push(record));
        self.keep = later.keep;
        self.uptime = later.uptime.or(self.uptime);
        self.lost += later.lost;
        let chunks = self.chunks.len().saturating_sub(MOST_CHUNKS);
        self.lost += self.chunks.drain(..chunks).map(|chunk| u64::from(chunk.count)).sum::<u64>();
        let minutes = self.minutes.len().saturating_sub(MOST_CHUNKS);
        self.lost += self.minutes.drain(..minutes).len() as u64;
        let records = self.records.len().saturating_sub(MOST_RECORDS);
        self.lost += self.records.drain(..records).len() as u64;
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// Nine hours of a disk that takes nothing: a long working day, in half a megabyte.
const MOST_CHUNKS: usize = 4_096;
/// Offers, breaks, states of the baseline: hundreds a day at the very most.
const MOST_RECORDS: usize = 1_024;
