//! The store on a thread of its own, so that the daemon's loop never waits for the disk.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use tracing::warn;

use super::Store;
use super::StoreError;
use super::record::Record;
use super::writer::Batch;
use super::writer::Writer;
use kindbeat_core::words::Sentence;

/// The way to a store that writes by itself. When it is dropped, what still waits in it is lost: see [`Self::finish`].
#[derive(Debug)]
pub struct StoreHandle {
    writer: Writer,
    orders: Sender<Order>,
    /// How many batches the thread has yet to begin.
    waiting: Arc<AtomicUsize>,
}

/// A change that the owner may want to know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreEvent {
    /// Writing fails; records wait in memory and are tried again. Why, and what helps.
    Failing(Sentence),
    /// Writing works again.
    Recovered {
        /// How many readings and minutes memory had no room for, the oldest first; 0: nothing is missing.
        lost: u64,
    },
}

enum Order {
    Write(Batch),
    /// Answer once all that came before was tried.
    Answer(Sender<()>),
    /// Close the store, and answer whether all that came before is in it.
    Close(Sender<bool>),
}

/// Puts the store on a thread of its own. History is kept for `keep`; `report` is called there, once when writing begins to
/// fail and once when it works again.
pub fn spawn(
    store: Store,
    keep: SignedDuration,
    report: impl FnMut(StoreEvent) + Send + 'static,
) -> Result<StoreHandle, StoreError> {
    let (orders, inbox) = mpsc::channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let thread = StoreThread {
        store,
        report,
        waiting: Arc::clone(&waiting),
        backlog: Batch::default(),
        failing: false,
    };
    thread::Builder::new()
        .name("store".to_owned())
        .stack_size(STACK)
        .spawn(move || thread.run(&inbox))
        .map_err(|source: io::Error| StoreError::Thread { source })?;
    Ok(StoreHandle { writer: Writer::new(keep), orders, waiting })
}

impl StoreHandle {
    /// Stores a record, soon. Never waits.
    pub fn keep(&mut self, now: Timestamp, record: Record) {
        self.writer.keep(now, record);
        self.tick(now);
    }

    /// Hands on what is due. Never waits: while the disk is slow, it goes on waiting here, where there is a bound to it.
    pub fn tick(&mut self, now: Timestamp) {
        if self.writer.flush_due().is_some_and(|due| due <= now)
            && let Some(batch) = self.writer.flush(now)
        {
            if self.waiting.load(Ordering::Acquire) < ROOM {
                self.hand_on(batch);
            } else {
                self.writer.take_back(batch);
            }
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

    /// Hands on all that waits, and waits itself until it is written and the store closed, but no longer than `patience`;
    /// false when something is not written. For the end of the program.
    #[must_use]
    pub fn finish(mut self, now: Timestamp, patience: Duration) -> bool {
        if let Some(batch) = self.writer.flush(now) {
            self.hand_on(batch);
        }
        let (answer, answered) = mpsc::channel();
        self.orders.send(Order::Close(answer)).is_ok()
            && answered.recv_timeout(patience).unwrap_or(false)
    }

    /// Waits until all that was handed on so far was tried, but no longer than `patience`; false when it was not.
    #[must_use]
    pub fn settle(&self, patience: Duration) -> bool {
        let (answer, answered) = mpsc::channel();
        self.orders.send(Order::Answer(answer)).is_ok() && answered.recv_timeout(patience).is_ok()
    }

    fn hand_on(&self, batch: Batch) {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        // It fails when the thread is gone; only a panic ends it before the handle does, and that one is logged.
        let _ = self.orders.send(Order::Write(batch));
    }
}

/// The thread that writes.
struct StoreThread<R> {
    store: Store,
    report: R,
    waiting: Arc<AtomicUsize>,
    backlog: Batch,
    failing: bool,
}

impl<R: FnMut(StoreEvent)> StoreThread<R> {
    /// Works until the handle is dropped.
    fn run(mut self, inbox: &Receiver<Order>) {
        while let Ok(order) = inbox.recv() {
            match order {
                Order::Write(batch) => {
                    self.write(batch);
                    self.waiting.fetch_sub(1, Ordering::AcqRel);
                }
                Order::Answer(answer) => {
                    // The caller may have stopped waiting.
                    let _ = answer.send(());
                }
                Order::Close(answer) => {
                    let whole = !self.failing;
                    drop(self);
                    let _ = answer.send(whole);
                    return;
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
                    warn!(lost, "store works again");
                    (self.report)(StoreEvent::Recovered { lost });
                }
            }
            Err(error) if !self.failing => {
                self.failing = true;
                let error = error.with_detail();
                warn!(%error, "store failing: records wait in memory");
                (self.report)(StoreEvent::Failing(error));
            }
            Err(_) => {}
        }
    }
}

/// So many batches may wait for the thread before they are kept together instead.
const ROOM: usize = 64;
/// `SQLite` asks for no more than a tenth of this.
const STACK: usize = 512 * 1024;
