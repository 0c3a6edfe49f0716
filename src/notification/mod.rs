//! Offers on the desktop: a notification with three answers, and plain notices without any. Touches the session bus only.
//!
//! An offer goes over one lasting connection, which receives signals from before the first notification is sent until after
//! the last one is answered; a connection for each notification, or a match rule added after it's shown, loses clicks.
//! Replies and signals come from one stream in their order, so a click right after the reply that gives the notification its
//! id finds the id known.
//!
//! `exchange` decides what each message means, `layout` how an offer looks on which server; both are pure. A plain notice
//! needs no answer: notify-rust sends it.

mod exchange;
mod layout;
mod leftover;
mod link;
mod picture;

use std::collections::VecDeque;
use std::time::Duration;

use notify_rust::NotificationHandle;
use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinError;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::debug;
use tracing::warn;
use zbus::Connection;
use zbus::Message;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;

use self::exchange::Exchange;
use self::exchange::ExchangeEffect;
use self::exchange::ExchangeInput;
pub use self::layout::DESKTOP_ENTRY;
pub use self::layout::answer;
pub use self::leftover::Leftover;
use self::leftover::Shown;
use self::link::ServerLink;
use self::link::Task;
pub use crate::dbus::Bus;
use crate::dbus::Object;

use kindbeat_core::backoff::Backoff;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use kindbeat_core::words::Message as Word;
use kindbeat_core::words::Words;
use kindbeat_core::words::short;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotifierCommand {
    /// Shows this offer, in place of an earlier one that is still open; no more events follow for the earlier one.
    Show(OfferNotification),
    /// Shows the open offer a second time, as a new notification in place of the first: that one may have left the screen unseen. Does
    /// nothing where it was shown twice already, or was closed by its owner.
    ShowAgain(OfferNotification),
    /// The open offer says this from now on, without markup: replaced without a sound, or removed where that fails.
    Reword(OfferId, String),
    /// Removes the offer: its time is over, or it was answered in another way. No more events follow for it.
    Withdraw(OfferId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferNotification {
    pub id: OfferId,
    /// Without markup. GNOME shows little more until the pointer is on it.
    pub title: String,
    /// Without markup.
    pub body: String,
    pub labels: OfferLabels,
}

/// Some desktops cut buttons off after 10 to 12 letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferLabels {
    /// The button that starts the break.
    pub start: String,
    /// The button for a later offer.
    pub later: String,
    /// The button for "I'm fine".
    pub fine: String,
    /// How to begin where there is nothing to click on.
    pub run: String,
    /// How to begin where the middle button of the mouse starts.
    pub middle_click: String,
    /// How to begin where a click starts, and no button says so.
    pub click: String,
}

impl OfferLabels {
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

/// An event of an offer or of the server.
///
/// No event follows [`NotifierEvent::Answered`] and [`NotifierEvent::Dismissed`]. After the others the offer stays open
/// until it's withdrawn, and [`NotifierEvent::Shown`] may follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotifierEvent {
    /// The server accepted the notification. Whether anybody sees it isn't known: no desktop reports when it hides one.
    Shown(OfferId),
    /// The owner clicked. The text, on desktops that give one, lets the opened program raise its window: as
    /// `XDG_ACTIVATION_TOKEN` and `DESKTOP_STARTUP_ID`.
    Answered(OfferId, Answer, Option<String>),
    /// The owner or the server closed the notification without an answer; servers don't agree on how to distinguish these. Not told of
    /// one that left the screen by itself where all do that, see [`Popup`](kindbeat_core::offer::Popup).
    Dismissed(OfferId),
    /// The offer isn't on the screen; it's shown as soon as a server comes that can show it.
    NotShown(OfferId, Obstacle),
    /// The server ended, and its notification with it. The next server shows the offer once more; not every time.
    Lost(OfferId),
    /// The server from now on; `None`: there is none, but one may be started for the next offer.
    Server(Option<ServerInfo>),
}

/// Why an offer isn't on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no server, and none could be started.
    NoServer,
    /// The server didn't reply within ten seconds. Should it reply after all, [`NotifierEvent::Shown`] follows.
    NoReply,
    /// The server's reason.
    Refused(String),
    /// The server took it and gave it no number, as fnott does while it is paused.
    NoNumber,
    /// The server closed it faster than anybody could have done it, as some do while they are silenced. [`NotifierEvent::Shown`] came
    /// before.
    ClosedAtOnce,
}

/// A notification server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerInfo {
    /// Empty when the server doesn't report it.
    pub name: String,
    pub vendor: String,
    pub version: String,
    /// As named in the Desktop Notifications Specification.
    pub capabilities: Vec<String>,
}

impl ServerInfo {
    /// What the server says of itself, each text [made short](short), and no more capabilities than are looked at.
    fn new([name, vendor, version]: [&str; 3], capabilities: &[&str]) -> Self {
        let [name, vendor, version] = [name, vendor, version].map(short);
        let capabilities = capabilities.iter().take(MOST_CAPABILITIES).map(|can| short(can));
        Self { name, vendor, version, capabilities: capabilities.collect() }
    }

    #[must_use]
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|can| can == capability)
    }
}

/// Shows offers until the commands or the events are closed; the open offer is then removed. One that a run left which was killed is
/// removed at the start, as far as `leftover` knows of it.
///
/// Never fails and never waits for a server: without a bus or a server every offer is [`NotifierEvent::NotShown`] at once,
/// and connecting to the bus is tried again for as long as this runs.
pub async fn run(
    bus: Bus,
    leftover: Leftover,
    mut commands: Receiver<NotifierCommand>,
    events: Sender<NotifierEvent>,
) {
    let mut notifier = Notifier::new(bus, leftover);
    notifier.connect(Duration::ZERO);
    loop {
        let input = tokio::select! {
            permit = events.reserve(), if !notifier.outbox.is_empty() => {
                match (permit, notifier.outbox.pop_front()) {
                    (Ok(permit), Some(event)) => permit.send(event),
                    _ => break,
                }
                continue;
            }
            command = commands.recv() => match command {
                Some(command) => Some(ExchangeInput::Command(command)),
                None => break,
            },
            input = notifier.next_input() => input,
            () = events.closed() => break,
        };
        if let Some(input) = input {
            notifier.handle(input);
        }
    }
    notifier.shut_down().await;
}

/// The exchange with its connection to the server and its queue to the program.
struct Notifier {
    bus: Bus,
    link: Option<ServerLink>,
    exchange: Exchange,
    outbox: VecDeque<NotifierEvent>,
    tasks: JoinSet<Task>,
    backoff: Backoff,
    /// Whether the log has the loss of the bus.
    unreachable: bool,
    leftover: Leftover,
    /// What an earlier run left on the screen, until a server is there to ask.
    left: Option<Shown>,
    /// The number that `leftover` has.
    kept: Option<u32>,
}

impl Notifier {
    fn new(bus: Bus, leftover: Leftover) -> Self {
        Self {
            left: leftover.read(),
            leftover,
            kept: None,
            bus,
            link: None,
            exchange: Exchange::default(),
            outbox: VecDeque::new(),
            tasks: JoinSet::new(),
            backoff: Backoff::new(LONGEST_WAIT),
            unreachable: false,
        }
    }

    fn connect(&mut self, wait: Duration) {
        let bus = self.bus.clone();
        self.tasks.spawn(async move {
            tokio::time::sleep(wait).await;
            Task::Connected(Box::new(ServerLink::open(&bus).await))
        });
    }

    fn reconnect(&mut self) {
        self.unreachable = true;
        let wait = self.backoff.next_delay();
        self.connect(wait);
    }

    /// The next message of the bus, or the next task. Cancel safe.
    async fn next_input(&mut self) -> Option<ExchangeInput> {
        let Self { link, tasks, .. } = self;
        let arrival = match link {
            Some(link) => tokio::select! {
                message = link.next() => Arrival::Message(message),
                Some(task) = tasks.join_next() => Arrival::Task(task),
            },
            None => Arrival::Task(tasks.join_next().await?),
        };
        match arrival {
            Arrival::Message(Some(message)) => self.link.as_mut()?.read(&message, &mut self.tasks),
            Arrival::Message(None) => {
                warn!("session bus lost, reconnecting");
                self.link = None;
                self.reconnect();
                Some(ExchangeInput::Owner(false))
            }
            Arrival::Task(Ok(task)) => self.done(task),
            Arrival::Task(Err(error)) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The limit of a call whose reply came in time.
                Err(_) => None,
            },
        }
    }

    fn done(&mut self, task: Task) -> Option<ExchangeInput> {
        match task {
            Task::Sent => None,
            Task::DescribeAgain(server, attempt) => {
                self.link.as_mut()?.describe_again(&server, attempt, &mut self.tasks);
                None
            }
            Task::Overdue(serial) => self.link.as_mut()?.overdue(serial),
            Task::Connected(link) => match *link {
                Ok(mut link) => {
                    self.backoff = Backoff::new(LONGEST_WAIT);
                    self.unreachable = false;
                    link.subscribe(&mut self.tasks);
                    self.link = Some(link);
                    None
                }
                Err(error) => {
                    // Once, and not every minute.
                    if !self.unreachable {
                        warn!(%error, "session bus not reachable: offers are not shown on the desktop");
                    }
                    self.reconnect();
                    Some(ExchangeInput::Owner(false))
                }
            },
        }
    }

    fn handle(&mut self, input: ExchangeInput) {
        let is_known = matches!(input, ExchangeInput::Described(_));
        let now = Instant::now();
        let mut effects = VecDeque::from(self.exchange.handle(now, input));
        if is_known && let Some(left) = self.left.take() {
            // Of another server it went with that one.
            let is_there = self.link.as_ref().is_some_and(|link| link.has_shown(&left));
            if is_there {
                effects.extend(self.exchange.close_foreign(left.id));
            }
            self.leftover.write(None);
        }
        while let Some(effect) = effects.pop_front() {
            match (effect, &mut self.link) {
                (ExchangeEffect::Report(event), _) => self.outbox.push_back(event),
                (ExchangeEffect::Start, None) => {
                    effects.extend(self.exchange.handle(now, ExchangeInput::NotStarted));
                }
                (effect, Some(link)) => link.perform(effect, &mut self.tasks),
                // The notification went with the bus.
                (
                    ExchangeEffect::Describe
                    | ExchangeEffect::Notify(..)
                    | ExchangeEffect::Reword(..)
                    | ExchangeEffect::Close(_)
                    | ExchangeEffect::Expire(_),
                    None,
                ) => {}
            }
        }
        self.keep();
    }

    /// Keeps what is on the screen, for the case that the program is killed.
    fn keep(&mut self) {
        let shown = self.exchange.shown();
        if shown != self.kept {
            self.kept = shown;
            let link = self.link.as_ref();
            let shown = shown.and_then(|id| link.and_then(|link| link.shown(id)));
            self.leftover.write(shown.as_ref());
        }
    }

    /// Removes the open notification before the program ends; without a reply, and not for long.
    async fn shut_down(mut self) {
        if self.kept.is_some() {
            self.leftover.write(None);
        }
        let Some(link) = &self.link else { return };
        let part = async {
            for effect in self.exchange.close_current() {
                link.perform_and_flush(&effect).await;
            }
        };
        if tokio::time::timeout(PARTING, part).await.is_err() {
            debug!("session bus does not accept messages");
        }
    }
}

/// A plain notification on the screen. It stays there when this is dropped, which closes the notice's own connection.
#[derive(Debug)]
pub struct PlainNotification {
    handle: NotificationHandle,
}

impl PlainNotification {
    pub async fn close(self) {
        // A notice that can't be closed is gone already.
        let _ = tokio::time::timeout(LIMIT, self.handle.close_async()).await;
    }
}

#[derive(Debug, thiserror::Error)]
pub enum NotificationError {
    /// No bus, no server, or the server refused.
    #[error("showing a notice on the desktop")]
    Show(#[source] Box<notify_rust::error::Error>),
    /// No reply within ten seconds.
    #[error("the notification server did not reply within {} s", LIMIT.as_secs())]
    NoReply,
    /// The bus or the server doesn't answer.
    #[error("asking who shows notifications")]
    Ask {
        #[source]
        source: zbus::Error,
    },
}

/// Shows a notice on the session bus. Both texts are without markup.
pub async fn notice(title: &str, body: &str) -> Result<PlainNotification, NotificationError> {
    // notify-rust doesn't report the server before it shows a notification; all servers that were tried read markup.
    let notification = layout::plain(title, body, true);
    let shown = tokio::time::timeout(LIMIT, notification.show_async()).await;
    match shown {
        Ok(Ok(handle)) => Ok(PlainNotification { handle }),
        Ok(Err(error)) => Err(NotificationError::Show(Box::new(error))),
        Err(_) => Err(NotificationError::NoReply),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerPresence {
    Running(ServerInfo),
    /// The bus starts one with the first notification.
    Startable,
    Missing,
}

/// Which server shows notifications; starts none. Takes as long as the server does to answer.
pub async fn presence(bus: &Bus) -> Result<ServerPresence, NotificationError> {
    let attempt = async {
        let connection = bus.connection().await?;
        let dbus = DBusProxy::new(&connection).await?;
        if dbus.name_has_owner(BusName::try_from(link::SERVER)?).await? {
            return Ok(ServerPresence::Running(described(&connection).await?));
        }
        let startable = dbus.list_activatable_names().await?;
        let is_there = startable.iter().any(|name| name.as_str() == link::SERVER);
        Ok(if is_there { ServerPresence::Startable } else { ServerPresence::Missing })
    };
    attempt.await.map_err(|source: zbus::Error| NotificationError::Ask { source })
}

async fn described(connection: &Connection) -> zbus::Result<ServerInfo> {
    let (name, vendor, version, _): (String, String, String, String) =
        SERVER.call(connection, "GetServerInformation", &()).await?;
    let capabilities: Vec<String> = SERVER.call(connection, "GetCapabilities", &()).await?;
    let capabilities: Vec<&str> = capabilities.iter().map(String::as_str).collect();
    Ok(ServerInfo::new([&name, &vendor, &version], &capabilities))
}

enum Arrival {
    /// `None`: the bus is gone.
    Message(Option<Message>),
    Task(Result<Task, JoinError>),
}

/// Between two attempts to reach the bus.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The specification lists eleven, servers add a few with a prefix of their own.
const MOST_CAPABILITIES: usize = 64;

/// The program has 5 s to end, and more to do than this.
const PARTING: Duration = Duration::from_secs(1);

/// For a reply to a notice, as for offers.
const LIMIT: Duration = Duration::from_secs(10);

const SERVER: Object<'_> =
    Object { service: link::SERVER, path: link::PATH, interface: link::SERVER };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_of_itself_has_a_bound() {
        let long = "x".repeat(1_000);
        let many = vec![long.as_str(); 20_000];
        let server = ServerInfo::new([&long, "a\nb", ""], &many);
        assert_eq!(server.capabilities.len(), MOST_CAPABILITIES);
        assert!(server.name.len() + server.capabilities[0].len() < 200);
        assert_eq!((&*server.vendor, &*server.version), ("a?b", ""));
    }
}
