//! Tasks beside the main loop: each has a name, all are in one set, and none ends unnoticed.
//!
//! A [`Supervisor`] holds the set. A part that runs for as long as the program does ([`Supervisor::run`]) fails when it ends; any
//! task fails when it panics. What has to run beside the loop for a while is handed over by a [`Spawner`]. A loop that hangs cannot
//! end the program: [`end_in_time`] does.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::panic::PanicHookInfo;
use std::pin::Pin;
use std::thread;
use std::time::Duration;

use signal_hook::consts::SIGINT;
use signal_hook::consts::SIGTERM;
use signal_hook::iterator::Signals;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::task::Id;
use tokio::task::JoinError;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::debug;
use tracing::error;

use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use kindbeat_core::words::english_display;

/// Every task of the program, by name.
pub struct Supervisor {
    set: JoinSet<()>,
    names: HashMap<Id, Named>,
    spawner: Spawner,
    orders: mpsc::UnboundedReceiver<Order>,
}

/// Hands over work to a [`Supervisor`]; where there is none any more, nothing is done.
#[derive(Clone, Debug)]
pub struct Spawner(mpsc::UnboundedSender<Order>);

/// A part of the program that must not end has ended. The log names it, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    Ended(&'static str),
    Panicked(&'static str),
    /// In a thread, or in a task that no supervisor names. With its place in the code, where that is known.
    PanickedAt(Option<String>),
}

impl Failure {
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        match self {
            Self::Ended(part) => words.text(Message::PartEnded, &[("part", (*part).into())]),
            Self::Panicked(part) => words.text(Message::PartPanicked, &[("part", (*part).into())]),
            Self::PanickedAt(Some(place)) => {
                words.text(Message::PanicAt, &[("place", place.as_str().into())])
            }
            Self::PanickedAt(None) => words.text(Message::PanicSomewhere, &[]),
        }
    }
}

english_display!(Failure);

impl std::error::Error for Failure {}

struct Named {
    name: &'static str,
    kind: Kind,
    abort: AbortHandle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It runs for as long as the program does. At the end of the program it puts something in order, and is waited for.
    TidiesUp,
    /// It runs for as long as the program does.
    Permanent,
    /// It may end at any time.
    Temporary,
}

enum Order {
    Spawn(&'static str, Pin<Box<dyn Future<Output = ()> + Send>>),
    Panicked(Option<String>),
}

impl Supervisor {
    #[must_use]
    pub fn new() -> Self {
        let (order, orders) = mpsc::unbounded_channel();
        Self { set: JoinSet::new(), names: HashMap::new(), spawner: Spawner(order), orders }
    }

    #[must_use]
    pub fn spawner(&self) -> Spawner {
        self.spawner.clone()
    }

    /// Starts a part that runs for as long as the program does.
    pub fn run(&mut self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        self.start(name, Kind::Permanent, work);
    }

    /// Starts a part that runs for as long as the program does, and then has something to put in order: [`Self::close`] waits for
    /// it.
    pub fn run_and_close(
        &mut self,
        name: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        self.start(name, Kind::TidiesUp, work);
    }

    /// From now on a panic in a thread or in a library is a failure as well, but for those in a file of which `is_harmless` says that
    /// nothing follows from them. It holds for the whole process.
    pub fn watch_panics(&self, is_harmless: fn(&str) -> bool) {
        let spawner = self.spawner();
        std::panic::set_hook(Box::new(move |panic| {
            if panic.location().is_some_and(|place| is_harmless(place.file())) {
                debug!("a task of a library has panicked, of which nothing follows");
            } else {
                spawner.panicked(panic);
            }
        }));
    }

    /// Runs what spawners hand over, until a task fails. Nothing is lost when this is given up while it waits.
    pub async fn failure(&mut self) -> Failure {
        loop {
            let failure = tokio::select! {
                biased;
                Some(ended) = self.set.join_next_with_id() => self.ended(&ended),
                // Never `None`: a spawner is held here.
                Some(order) = self.orders.recv() => match order {
                    Order::Spawn(name, work) => {
                        self.start(name, Kind::Temporary, work);
                        None
                    }
                    Order::Panicked(place) => Some(Failure::PanickedAt(place)),
                },
            };
            if let Some(failure) = failure {
                error!("{failure}");
                return failure;
            }
        }
    }

    /// Waits until those parts have ended that put something in order at the end of the program, but no longer than `patience`; ends
    /// all others at once.
    pub async fn close(mut self, patience: Duration) {
        for named in self.names.values().filter(|named| named.kind != Kind::TidiesUp) {
            named.abort.abort();
        }
        let all = async { while self.set.join_next().await.is_some() {} };
        if timeout(patience, all).await.is_err() {
            debug!("not every part has ended in time");
        }
    }

    fn start(
        &mut self,
        name: &'static str,
        kind: Kind,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let abort = self.set.spawn(work);
        self.names.insert(abort.id(), Named { name, kind, abort });
    }

    fn ended(&mut self, ended: &Result<(Id, ()), JoinError>) -> Option<Failure> {
        let (id, panicked) = match ended {
            Ok((id, ())) => (*id, false),
            Err(error) => (error.id(), error.is_panic()),
        };
        let named = self.names.remove(&id)?;
        match named.kind {
            _ if panicked => Some(Failure::Panicked(named.name)),
            Kind::Temporary => None,
            Kind::TidiesUp | Kind::Permanent => Some(Failure::Ended(named.name)),
        }
    }
}

impl Default for Supervisor {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names.values().map(|named| named.name)).finish()
    }
}

impl Spawner {
    /// Runs this beside the loop; it may end at any time, and fails only by a panic.
    pub fn spawn(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        // The program is ending.
        let _ = self.0.send(Order::Spawn(name, Box::pin(work)));
    }

    /// What a panic says may quote what somebody typed: only its place is told.
    fn panicked(&self, panic: &PanicHookInfo<'_>) {
        let place = panic.location().map(ToString::to_string);
        error!(place, thread = thread::current().name(), "a panic");
        let _ = self.0.send(Order::Panicked(place));
    }
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spawn(name, _) => write!(f, "Spawn({name})"),
            Self::Panicked(place) => write!(f, "Panicked({place:?})"),
        }
    }
}

/// From now on the process ends with 1 within five seconds of SIGTERM or SIGINT, also where its loop hangs in something that the
/// system does not answer. The loop, which hears of the signal too, is to end it properly before that.
pub fn end_in_time() -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let end = move || {
        if signals.forever().next().is_some() {
            thread::sleep(LAST_RESORT);
            error!("ending by force: something does not answer");
            std::process::exit(1);
        }
    };
    // The log line takes most of the stack.
    thread::Builder::new().name("end".to_owned()).stack_size(64 * 1024).spawn(end).map(drop)
}

/// Of the five seconds that there are to end. The proper end takes at most four and a half.
const LAST_RESORT: Duration = Duration::from_millis(4_800);

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::future::ready;

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_part_that_ends_or_panics_is_named() {
        let mut tasks = Supervisor::new();
        tasks.run("the strap", pending());
        tasks.run("the desktop", ready(()));
        assert_eq!(tasks.failure().await, Failure::Ended("the desktop"));
        tasks.run_and_close("the screen", async { panic!("on purpose") });
        assert_eq!(tasks.failure().await, Failure::Panicked("the screen"));
        assert_eq!(format!("{tasks:?}"), "{\"the strap\"}");
    }

    #[tokio::test]
    async fn what_passes_may_end_and_may_not_panic() {
        let mut tasks = Supervisor::new();
        let (tell, told) = oneshot::channel();
        tasks.spawner().spawn("a notice", async {
            let _ = tell.send(());
        });
        tokio::select! {
            failure = tasks.failure() => panic!("{failure}"),
            told = told => told.unwrap(),
        }
        tasks.spawner().spawn("a look", async { panic!("on purpose") });
        assert_eq!(tasks.failure().await, Failure::Panicked("a look"));
    }

    #[tokio::test]
    async fn the_end_waits_for_those_that_close() {
        let mut tasks = Supervisor::new();
        let (close, closed) = oneshot::channel::<()>();
        let (tell, told) = oneshot::channel();
        tasks.run("what lasts", pending());
        tasks.run_and_close("what closes", async {
            let _ = closed.await;
            let _ = tell.send(());
        });
        drop(close);
        tasks.close(Duration::from_secs(20)).await;
        assert_eq!(told.await, Ok(()));
    }
}
