//! Offers on the desktop: a notification with three answers, and plain notices without any.
//!
//! An offer goes over one lasting connection to the session bus, on which signals are heard from before the first notification
//! is sent to after the last one is answered; a connection for each notification, or a match rule added after it is shown,
//! loses clicks. Replies and signals are taken from the one stream in which they arrive, so a click right behind the reply that
//! names its notification finds it named.
//!
//! What each thing heard means is decided in `exchange`, how an offer looks on which server in `layout`; both are without a bus.
//! A plain notice needs no answer: notify-rust sends it.

mod exchange;
mod layout;
mod link;
mod notice;
mod present;

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinError;
use tokio::task::JoinSet;
use tracing::debug;
use tracing::warn;
use zbus::Message;

use self::exchange::Exchange;
use self::exchange::ExchangeEffect;
use self::exchange::ExchangeInput;
pub use self::layout::DESKTOP_ENTRY;
use self::link::ServerLink;
use self::link::Task;
pub use self::notice::Notice;
pub use self::notice::NotificationError;
pub use self::notice::notice;
pub use self::present::ServerPresence;
pub use self::present::presence;
pub use crate::dbus::Bus;
use kindbeat_core::backoff::Backoff;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use kindbeat_core::words::Message as Word;
use kindbeat_core::words::Words;

/// What the program wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotifierCommand {
    /// Show this offer, in place of an earlier one that is still open; nothing more is told of that one.
    Show(OfferNotification),
    /// Take the offer away: its time is over, or it was answered elsewhere. Nothing more is told of it.
    Withdraw(OfferId),
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferNotification {
    /// Its number.
    pub id: OfferId,
    /// The first line, without markup. GNOME shows little more until the pointer is on it.
    pub title: String,
    /// The text, without markup.
    pub body: String,
    /// The words around it.
    pub labels: OfferLabels,
}

/// The words around an offer. Buttons are cut off after 10 to 12 letters on some desktops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferLabels {
    /// The button that starts.
    pub start: String,
    /// The button that asks again later.
    pub later: String,
    /// The button that says all is well.
    pub fine: String,
    /// How to begin where there is nothing to click on.
    pub run: String,
    /// How to begin where the middle button of the mouse starts.
    pub middle_click: String,
    /// How to begin where a click starts, and no button says so.
    pub click: String,
}

impl OfferLabels {
    /// The labels in the language of its owner.
    #[must_use]
    pub fn new(words: &Words) -> Self {
        let say = |word: Word| words.text(word, &[]);
        Self {
            start: say(Word::Start),
            later: say(Word::Later),
            fine: say(Word::Fine),
            run: say(Word::OfferRun),
            middle_click: say(Word::OfferMiddleClick),
            click: say(Word::OfferClick),
        }
    }
}

/// What became of it.
///
/// After [`NotifierEvent::Answered`] and [`NotifierEvent::Dismissed`] nothing more is told of that offer. After the others the offer stands until
/// it is withdrawn, and [`NotifierEvent::Shown`] may follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotifierEvent {
    /// The server took it. Whether anybody sees it is not known: no desktop tells when it hides a notification.
    Shown(OfferId),
    /// Its owner clicked. The text, on desktops that give one, lets the program that is opened for it raise its window: to be
    /// handed over as `XDG_ACTIVATION_TOKEN` and `DESKTOP_STARTUP_ID`.
    Answered(OfferId, Answer, Option<String>),
    /// It was closed without an answer, by its owner or by the server; servers do not agree on how to tell these apart.
    Dismissed(OfferId),
    /// It is not on the screen; it is shown as soon as a server comes that can show it.
    NotShown(OfferId, Obstacle),
    /// The server went, and the notification with it. If one comes back, it is shown once more; not every time.
    Lost(OfferId),
    /// The server that shows notifications from now on; `None`: there is none, but one may be started for the next offer.
    Server(Option<ServerInfo>),
}

/// Why an offer is not on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no server, and none could be started.
    NoServer,
    /// The server did not reply within ten seconds. Should it reply after all, [`NotifierEvent::Shown`] follows.
    NoReply,
    /// The server refused, for this reason.
    Refused(String),
}

/// The program that shows notifications.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerInfo {
    /// Its name, as it calls itself; empty when it does not say.
    pub name: String,
    /// Who made it.
    pub vendor: String,
    /// Its version.
    pub version: String,
    /// What it says it can do, in the words of the Desktop Notifications Specification.
    pub capabilities: Vec<String>,
}

impl ServerInfo {
    /// Whether it says that it can do this.
    #[must_use]
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|can| can == capability)
    }
}

/// Shows offers until nobody sends commands or takes events any more; the open one is then taken away.
///
/// Never fails and never waits for a server: without a bus or a server every offer is told to be [`NotifierEvent::NotShown`] at once,
/// and the bus is tried again for as long as this runs.
pub async fn run(bus: Bus, mut commands: Receiver<NotifierCommand>, events: Sender<NotifierEvent>) {
    let mut desk = Notifier::new(bus);
    desk.connect(Duration::ZERO);
    loop {
        let heard = tokio::select! {
            permit = events.reserve(), if !desk.outbox.is_empty() => {
                match (permit, desk.outbox.pop_front()) {
                    (Ok(permit), Some(event)) => permit.send(event),
                    _ => break,
                }
                continue;
            }
            command = commands.recv() => match command {
                Some(command) => Some(ExchangeInput::Command(command)),
                None => break,
            },
            heard = desk.hear() => heard,
            () = events.closed() => break,
        };
        if let Some(heard) = heard {
            desk.handle(heard);
        }
    }
    desk.clear().await;
}

/// The exchange, and what carries its words to the server and to the program.
struct Notifier {
    bus: Bus,
    link: Option<ServerLink>,
    exchange: Exchange,
    outbox: VecDeque<NotifierEvent>,
    tasks: JoinSet<Task>,
    /// The pauses while the bus cannot be reached.
    backoff: Backoff,
    /// The bus could not be reached at the last attempt.
    is_cut_off: bool,
}

impl Notifier {
    fn new(bus: Bus) -> Self {
        Self {
            bus,
            link: None,
            exchange: Exchange::default(),
            outbox: VecDeque::new(),
            tasks: JoinSet::new(),
            backoff: Backoff::new(LONGEST_PAUSE),
            is_cut_off: false,
        }
    }

    fn connect(&mut self, pause: Duration) {
        let bus = self.bus.clone();
        self.tasks.spawn(async move {
            tokio::time::sleep(pause).await;
            Task::Connected(Box::new(ServerLink::open(&bus).await))
        });
    }

    /// What the bus says next, or a task. Nothing is lost when this is given up while it waits.
    async fn hear(&mut self) -> Option<ExchangeInput> {
        let Self { link, tasks, .. } = self;
        let came = match link {
            Some(link) => tokio::select! {
                message = link.next() => Came::Message(message),
                Some(task) = tasks.join_next() => Came::Task(task),
            },
            None => Came::Task(tasks.join_next().await?),
        };
        match came {
            Came::Message(Some(message)) => self.link.as_mut()?.read(&message, &mut self.tasks),
            Came::Message(None) => {
                warn!("the session bus is gone; trying to reach it again");
                self.link = None;
                self.is_cut_off = true;
                let pause = self.backoff.next_delay();
                self.connect(pause);
                Some(ExchangeInput::Owner(false))
            }
            Came::Task(Ok(task)) => self.done(task),
            Came::Task(Err(error)) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // A reply came in time.
                Err(_) => None,
            },
        }
    }

    fn done(&mut self, task: Task) -> Option<ExchangeInput> {
        match task {
            Task::Sent => None,
            Task::Again(server, asked) => {
                self.link.as_mut()?.describe_again(&server, asked, &mut self.tasks);
                None
            }
            Task::Overdue(serial) => self.link.as_mut()?.overdue(serial),
            Task::Connected(link) => match *link {
                Ok(mut link) => {
                    self.is_cut_off = false;
                    self.backoff = Backoff::new(LONGEST_PAUSE);
                    link.introduce(&mut self.tasks);
                    self.link = Some(link);
                    None
                }
                Err(error) => {
                    // Once, and not every minute.
                    if !self.is_cut_off {
                        warn!(%error, "no session bus: offers cannot be shown on the desktop");
                    }
                    self.is_cut_off = true;
                    let pause = self.backoff.next_delay();
                    self.connect(pause);
                    Some(ExchangeInput::Owner(false))
                }
            },
        }
    }

    fn handle(&mut self, heard: ExchangeInput) {
        let mut deeds = VecDeque::from(self.exchange.handle(heard));
        while let Some(deed) = deeds.pop_front() {
            match (deed, &mut self.link) {
                (ExchangeEffect::Tell(event), _) => self.outbox.push_back(event),
                (ExchangeEffect::Start, None) => {
                    deeds.extend(self.exchange.handle(ExchangeInput::NotStarted));
                }
                (deed, Some(link)) => link.perform(deed, &mut self.tasks),
                // What was shown went with the bus.
                (
                    ExchangeEffect::Describe
                    | ExchangeEffect::Notify(..)
                    | ExchangeEffect::Close(_)
                    | ExchangeEffect::Supplant(_),
                    None,
                ) => {}
            }
        }
    }

    /// Takes away the open notification before the program ends; without a reply, and not for long.
    async fn clear(mut self) {
        let Some(link) = &self.link else { return };
        let part = async {
            for deed in self.exchange.part() {
                link.perform_now(&deed).await;
            }
        };
        if tokio::time::timeout(PARTING, part).await.is_err() {
            debug!("the session bus does not take messages");
        }
    }
}

enum Came {
    /// `None`: the bus is gone.
    Message(Option<Message>),
    Task(Result<Task, JoinError>),
}

/// How long at most between two attempts to reach the bus: as seldom as nobody minds.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The program has 5 s to end, and more to do than this.
const PARTING: Duration = Duration::from_secs(1);
