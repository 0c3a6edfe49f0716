//! The store on a thread of its own, so that the daemon's loop never waits for the disk.

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use tracing::warn;

use super::FILE;
use super::OpenedStore;
use super::Retention;
use super::Store;
use super::StoreError;
use super::file_id::FileId;
use super::lock::StoreLock;
use super::quarantine::Quarantined;
use super::quarantine::with_companions;
use super::read::Loaded;
use super::record::Record;
use super::writer::Batch;
use super::writer::Writer;
use crate::clock;
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
    /// Nothing is kept for as long as the program runs. Why, and what helps.
    Absent(Sentence),
    /// The database was deleted or replaced while it was in use: the one that is there now is in use, or a new one.
    BegunAnew,
    /// The database could not be used and is kept aside; a new one is in use.
    Quarantined(Quarantined),
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
    let folder = store.path().parent().unwrap_or_else(|| Path::new("")).to_owned();
    let unopened = UnopenedStore { folder, at: Timestamp::UNIX_EPOCH, is_locked: true };
    start(unopened, Some(store), AGAIN, keep, report)
}

/// The same for a store that could not be opened: its records wait in memory, and opening it is tried again each minute.
pub fn spawn_unopened(
    store: UnopenedStore,
    keep: SignedDuration,
    report: impl FnMut(StoreEvent) + Send + 'static,
) -> Result<StoreHandle, StoreError> {
    start(store, None, AGAIN, keep, report)
}

pub(super) fn start(
    UnopenedStore { folder, at, is_locked }: UnopenedStore,
    store: Option<Store>,
    again: Duration,
    keep: SignedDuration,
    report: impl FnMut(StoreEvent) + Send + 'static,
) -> Result<StoreHandle, StoreError> {
    let (orders, inbox) = mpsc::channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let thread = StoreThread {
        folder,
        at,
        is_locked,
        lock: None,
        failing: store.is_none(),
        reason: None,
        tried: at,
        store,
        again,
        is_anew: false,
        companions: [None; 2],
        report,
        waiting: Arc::clone(&waiting),
        backlog: Batch::default(),
        retention: None,
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
            && let Some(mut batch) = self.writer.flush(now)
        {
            batch.uptime = Some(clock::uptime());
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

/// A store that could not be opened.
#[derive(Debug)]
pub struct UnopenedStore {
    /// Where it is, or is to be.
    pub folder: PathBuf,
    /// When that was tried.
    pub at: Timestamp,
    /// Whether the caller holds the lock of the folder; else it is taken before the store is opened.
    pub is_locked: bool,
}

/// The thread that writes.
struct StoreThread<R> {
    folder: PathBuf,
    /// When something was handed on last.
    at: Timestamp,
    is_locked: bool,
    lock: Option<StoreLock>,
    /// `None` while it cannot be opened.
    store: Option<Store>,
    /// When opening it was tried last.
    tried: Timestamp,
    /// How long after that it is tried again.
    again: Duration,
    /// Whether the database that was in use is gone, and no other is in use yet.
    is_anew: bool,
    /// The log of the database in use and the index of that, as they were last seen.
    companions: [Option<FileId>; 2],
    report: R,
    waiting: Arc<AtomicUsize>,
    backlog: Batch,
    failing: bool,
    /// Why, as it was reported last.
    reason: Option<Sentence>,
    /// `None` while it could not be read.
    retention: Option<Retention>,
}

impl<R: FnMut(StoreEvent)> StoreThread<R> {
    /// Works until the handle is dropped.
    fn run(mut self, inbox: &Receiver<Order>) {
        self.check();
        loop {
            let order = if self.failing {
                inbox.recv_timeout(self.again)
            } else {
                inbox.recv().map_err(RecvTimeoutError::from)
            };
            let order = match order {
                Ok(order) => order,
                Err(RecvTimeoutError::Timeout) => {
                    self.flush();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            match order {
                Order::Write(batch) => {
                    self.at = batch.at;
                    self.backlog.append(batch);
                    if self.store.is_some() || self.may_try() {
                        self.flush();
                    }
                    self.waiting.fetch_sub(1, Ordering::AcqRel);
                }
                Order::Answer(answer) => {
                    // The caller may have stopped waiting.
                    let _ = answer.send(());
                }
                Order::Close(answer) => {
                    if self.store.is_none() {
                        self.flush();
                    }
                    let whole = !self.failing;
                    if let (true, Some(store), Some(retention)) =
                        (whole, &mut self.store, &self.retention)
                    {
                        let _ = store.keep_retention(retention).inspect_err(not_forgotten);
                    }
                    drop(self);
                    let _ = answer.send(whole);
                    return;
                }
            }
        }
    }

    /// Searches a database that was opened unchecked; begins anew, with what the damaged one still knows for the next run, where there is
    /// damage.
    fn check(&mut self) {
        let Some(mut store) = self.store.take() else { return };
        let Some(opened_at) = store.unchecked_since else {
            self.store = Some(store);
            return;
        };
        match store.check() {
            Ok(None) => self.store = Some(store),
            Ok(Some(_)) => {
                self.at = opened_at;
                self.backlog = Batch { at: opened_at, ..Batch::of(state_of(&store)) };
                store.close_damaged();
                // Opening it finds the damage again, and quarantines it.
                self.flush();
            }
            Err(error) => {
                warn!(%error, "database not searched for damage");
                self.store = Some(store);
            }
        }
    }

    /// Whether it is time to open the store; by the time of the records, whichever way the clock was set.
    fn may_try(&self) -> bool {
        self.at.duration_since(self.tried).unsigned_abs() >= self.again
    }

    /// Writes all that waits, and reports what has changed.
    fn flush(&mut self) {
        match self.write() {
            Ok(()) => {
                let written = std::mem::take(&mut self.backlog);
                let lost = written.lost;
                if std::mem::take(&mut self.failing) {
                    warn!(lost, "store works again");
                    (self.report)(StoreEvent::Recovered { lost });
                }
                let _ = self.forget(&written).inspect_err(not_forgotten);
            }
            Err(error) => {
                let error = Some(error.with_detail());
                // Another reason asks for another remedy.
                if !std::mem::replace(&mut self.failing, true) || self.reason != error {
                    self.reason = error;
                    if let Some(error) = &self.reason {
                        warn!(%error, "store failing: records wait in memory");
                        (self.report)(StoreEvent::Failing(error.clone()));
                    }
                }
            }
        }
    }

    fn write(&mut self) -> Result<(), StoreError> {
        let mut store = match self.store.take() {
            Some(store) if store.is_in_place() => store,
            gone => {
                if let Some(gone) = gone {
                    self.save(gone);
                }
                self.open()?
            }
        };
        if self.retention.is_none() {
            // Before the first batch, which may hold times of a clock that is wrong.
            self.retention = store.retention().inspect_err(not_forgotten).ok();
        }
        let written = store.write(&self.backlog);
        self.companions = companions(store.path()).map(|path| FileId::of(&path).ok());
        self.store = Some(store);
        written
    }

    /// Takes over what a database that is gone knows for the next run: it can still be read.
    fn save(&mut self, gone: Store) {
        let later = std::mem::replace(&mut self.backlog, Batch::of(state_of(&gone)));
        self.backlog.append(later);
        let paths = companions(gone.path());
        // A database that was moved would go without what is still in its log.
        let _ = gone
            .empty_log()
            .inspect_err(|error| warn!(%error, "log of the database not written back"));
        drop(gone);
        // Its log must not meet another database.
        for (path, last) in paths.iter().zip(self.companions) {
            if last.is_some() && FileId::of(path).ok() == last {
                // Where it stays, the check of the new one finds the harm.
                let _ = fs::remove_file(path);
            }
        }
        self.is_anew = true;
    }

    fn open(&mut self) -> Result<Store, StoreError> {
        self.tried = self.at;
        if !self.is_locked && self.lock.is_none() {
            self.lock = StoreLock::take(&self.folder)?;
            if self.lock.is_none() {
                let source = rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
                    None,
                );
                return Err(StoreError::Busy { path: self.folder.join(FILE), source });
            }
        }
        let OpenedStore { store, quarantined } = Store::open(&self.folder, self.at)?;
        if std::mem::take(&mut self.is_anew) {
            warn!("the database was deleted or replaced while in use: another one is in use");
            (self.report)(StoreEvent::BegunAnew);
        }
        if let Some(aside) = quarantined {
            (self.report)(StoreEvent::Quarantined(aside));
        }
        Ok(store)
    }

    /// Forgets what is older than its owner wishes, as far as the clock can be believed.
    fn forget(&mut self, written: &Batch) -> Result<(), StoreError> {
        let (Some(store), Some(retention), Some(uptime)) =
            (&mut self.store, &mut self.retention, written.uptime)
        else {
            return Ok(());
        };
        retention.look(written.at, uptime);
        if let Some(time) = retention.forget_before(written.keep) {
            store.tidy(time)?;
        }
        if retention.take_change() { store.keep_retention(retention) } else { Ok(()) }
    }
}

/// What a database knows for the next run, as far as it can be read.
fn state_of(store: &Store) -> Vec<Record> {
    store.load_state().map(Loaded::into_records).unwrap_or_default()
}

fn companions(database: &Path) -> [PathBuf; 2] {
    let [_, log, index] = with_companions(database);
    [log, index]
}

/// It is tried again after a day, or with the next run.
fn not_forgotten(error: &StoreError) {
    warn!(%error, "old history not forgotten");
}

/// So many batches may wait for the thread before they are kept together instead.
const ROOM: usize = 64;
/// How long until a store that cannot be opened is tried again.
const AGAIN: Duration = Duration::from_secs(60);
/// `SQLite` asks for no more than a tenth of this.
const STACK: usize = 512 * 1024;
