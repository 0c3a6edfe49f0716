//! The store on a thread of its own, so that nobody ever waits for the disk.

use std::io;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::SyncSender;
use std::sync::mpsc::TrySendError;
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use tracing::error;
use tracing::warn;

use super::Error;
use super::Store;
use super::record::Record;
use super::writer::Batch;
use super::writer::Writer;

/// The way to a store that writes by itself. When it is dropped, what still waits in it is lost: see [`Self::finish`].
#[derive(Debug)]
pub struct Handle {
    writer: Writer,
    orders: SyncSender<Order>,
}

/// What the owner may have to be told about the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// It cannot be written; what comes is kept in memory, and tried again. Why, and what helps.
    Failing(String),
    /// It is written again. So many messages and summaries had to be let go meanwhile, the oldest first.
    Recovered {
        /// How many; 0: nothing is missing.
        lost: u64,
    },
}

enum Order {
    Write(Batch),
    /// Answer once all that came before was tried.
    Answer(SyncSender<()>),
}

/// Puts the store on a thread of its own. History is kept for `keep`; `report` is called there, once when writing begins to
/// fail and once when it works again.
pub fn spawn(
    store: Store,
    keep: SignedDuration,
    report: impl FnMut(Report) + Send + 'static,
) -> Result<Handle, Error> {
    let (orders, inbox) = mpsc::sync_channel(ROOM);
    thread::Builder::new()
        .name("store".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            Desk { store, report, backlog: Batch::default(), failing: false }.run(&inbox);
        })
        .map_err(|source: io::Error| Error::Thread { source })?;
    Ok(Handle { writer: Writer::new(keep), orders })
}

impl Handle {
    /// Stores a record, soon. Never waits.
    pub fn keep(&mut self, now: Timestamp, record: Record) {
        self.writer.keep(now, record);
        self.tick(now);
    }

    /// Hands on what is due. Never waits.
    pub fn tick(&mut self, now: Timestamp) {
        if self.writer.flush_due().is_some_and(|due| due <= now) {
            self.flush(now);
        }
    }

    /// When [`Self::tick`] is needed next; `None`: not before the next record.
    #[must_use]
    pub const fn next_wakeup(&self) -> Option<Timestamp> {
        self.writer.flush_due()
    }

    /// Keeps history for this long from now on.
    pub const fn set_keep(&mut self, keep: SignedDuration) {
        self.writer.set_keep(keep);
    }

    /// Hands on all that waits, and waits itself until it is written, but no longer than `patience`; false when it is not.
    /// For the end of the program.
    #[must_use]
    pub fn finish(mut self, now: Timestamp, patience: Duration) -> bool {
        self.flush(now);
        self.writer.flush_due().is_none() && self.settle(patience)
    }

    /// Waits until all that was handed on so far was tried, but no longer than `patience`; false when it was not.
    #[must_use]
    pub fn settle(&self, patience: Duration) -> bool {
        let (answer, answered) = mpsc::sync_channel(1);
        self.orders.try_send(Order::Answer(answer)).is_ok()
            && answered.recv_timeout(patience).is_ok()
    }

    fn flush(&mut self, now: Timestamp) {
        let Some(batch) = self.writer.flush(now) else { return };
        match self.orders.try_send(Order::Write(batch)) {
            // The disk is slow: what was to be handed on waits here.
            Err(TrySendError::Full(Order::Write(batch))) => self.writer.take_back(batch),
            // Without its thread there is no store any more; the thread ends by a panic alone, which was reported.
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

/// What the thread works with.
struct Desk<R> {
    store: Store,
    report: R,
    backlog: Batch,
    failing: bool,
}

impl<R: FnMut(Report)> Desk<R> {
    /// Works until the handle is gone.
    fn run(mut self, inbox: &Receiver<Order>) {
        while let Ok(order) = inbox.recv() {
            match order {
                Order::Write(batch) => self.write(batch),
                Order::Answer(answer) => {
                    // Whoever asked may have lost patience.
                    let _ = answer.try_send(());
                }
            }
        }
    }

    fn write(&mut self, batch: Batch) {
        self.backlog.append(batch);
        match self.store.write(&self.backlog) {
            Ok(()) => {
                let lost = std::mem::take(&mut self.backlog).lost;
                if std::mem::take(&mut self.failing) {
                    warn!(lost, "the store is written again");
                    (self.report)(Report::Recovered { lost });
                }
            }
            Err(error) if !self.failing => {
                self.failing = true;
                let error = anyhow::Error::from(error);
                error!(error = format!("{error:#}"), "the store cannot be written for now");
                (self.report)(Report::Failing(format!("{error:#}")));
            }
            Err(_) => {}
        }
    }
}

/// So many batches may wait for the thread before they are kept together instead.
const ROOM: usize = 64;
/// `SQLite` asks for no more than a tenth of this.
const STACK: usize = 512 * 1024;
