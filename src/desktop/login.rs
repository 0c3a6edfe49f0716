//! The login that the program runs in: which desktop sessions are open, and whether their display answers. When it is over, the core
//! decides.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::AsyncReadExt as _;
use tokio::net::UnixStream;
use tokio::sync::Notify;
use tokio::sync::mpsc;
use tokio::sync::mpsc::Sender;
use tracing::debug;

use super::LONGEST_PAUSE;
use super::bus;
use super::lock::logind;
use super::place;
use super::place::Place;
use super::report::NoAnswer;
use super::report::in_time;
use super::x11::X11Link;
use crate::clock;
use crate::dbus::Object;
use kindbeat_core::backoff::Backoff;
use kindbeat_core::login::Login;
use kindbeat_core::login::LoginEnd;
use kindbeat_core::login::LoginInput;
use kindbeat_core::words::Message;

/// Waits until the login is over. `is_service`: the manager of the user started the program, and starts it with the environment of then
/// when it is to be started again.
pub async fn login_over(place: &Place, is_service: bool) -> LoginEnd {
    let (tell, mut seen) = mpsc::channel(QUEUE);
    let stirred = Notify::new();
    let watching = async {
        tokio::join!(
            logind::follow_desktops(place, &tell),
            follow_display(place, is_service, &stirred, &tell)
        )
    };
    tokio::pin!(watching);
    let mut login = Login::default();
    loop {
        let end = tokio::select! {
            Some(input) = seen.recv() => {
                if matches!(input, LoginInput::Sessions(_)) {
                    stirred.notify_one();
                }
                login.handle(clock::now(), input)
            }
            () = until(login.deadline()) => login.tick(clock::now()),
            _ = &mut watching => None,
        };
        if let Some(end) = end {
            return end;
        }
    }
}

async fn until(due: Option<Timestamp>) {
    match due {
        Some(due) => {
            let left = due.duration_since(clock::now());
            clock::sleep(left.try_into().unwrap_or_default()).await;
        }
        None => std::future::pending().await,
    }
}

/// Reports for ever whether the display answers; where it does not and the manager of the user may be asked, whether that names another.
async fn follow_display(
    place: &Place,
    is_service: bool,
    stirred: &Notify,
    tell: &Sender<LoginInput>,
) {
    let own = Display::of(place.wayland.clone(), place.x11.clone());
    let mut backoff = Backoff::new(LONGEST_PAUSE);
    loop {
        let opened = match &own {
            Some(display) => in_time(LIMIT, display.open()).await,
            None => Err(NoAnswer::absent(Message::SourceNoDisplay)),
        };
        match opened {
            Ok(link) => {
                send(tell, LoginInput::Display(true)).await;
                link.ends().await;
                debug!("the display is gone");
                send(tell, LoginInput::Display(false)).await;
                backoff = Backoff::new(LONGEST_PAUSE);
                continue;
            }
            Err(none) => debug!(reason = %none, "no display"),
        }
        if is_service && named(place).await.is_some_and(|other| Some(other) != own) {
            send(tell, LoginInput::OtherDisplay).await;
        }
        tokio::select! {
            () = clock::sleep(backoff.next_delay()) => {}
            // A session that has just begun soon has a display.
            () = stirred.notified() => backoff = Backoff::new(LONGEST_PAUSE),
        }
    }
}

async fn send(tell: &Sender<LoginInput>, input: LoginInput) {
    // Nobody listens: the whole is about to be dropped.
    let _ = tell.send(input).await;
}

/// Where windows are shown.
#[derive(Debug, PartialEq, Eq)]
enum Display {
    /// By its socket.
    Wayland(PathBuf),
    /// By its name.
    X11(String),
}

/// A connection that does nothing: it ends with the display.
enum Link {
    Wayland(UnixStream),
    X11(Box<X11Link>),
}

impl Display {
    /// The one that is used of these.
    fn of(wayland: Option<PathBuf>, x11: Option<String>) -> Option<Self> {
        wayland.map(Self::Wayland).or_else(|| x11.map(Self::X11))
    }

    async fn open(&self) -> Result<Link, NoAnswer> {
        match self {
            Self::Wayland(socket) => {
                let opened = UnixStream::connect(socket).await;
                opened.map(Link::Wayland).map_err(|error| NoAnswer::no_compositor(&error))
            }
            Self::X11(display) => {
                let opened = X11Link::connect(display).await;
                opened.map(|link| Link::X11(Box::new(link))).map_err(NoAnswer::failed)
            }
        }
    }
}

impl Link {
    async fn ends(self) {
        match self {
            Self::Wayland(mut stream) => {
                let mut unasked = [0; 64];
                while stream.read(&mut unasked).await.is_ok_and(|count| count > 0) {}
            }
            Self::X11(mut link) => while link.event().await.is_ok() {},
        }
    }
}

/// The display that the manager of the user names, whom the session bus of its services reaches.
async fn named(place: &Place) -> Option<Display> {
    let asked = in_time(LIMIT, async {
        let connection = bus::connect(&place.session_bus).await?;
        bus::reply(MANAGER.property(&connection, "Environment").await)
    });
    let environment = Vec::<String>::try_from(asked.await.ok()??).ok()?;
    let value = |name: &str| {
        let of =
            |variable: &String| Some(variable.strip_prefix(name)?.strip_prefix('=')?.to_owned());
        environment.iter().find_map(of).filter(|value| !value.is_empty())
    };
    let runtime = place.runtime.as_deref();
    let wayland = value("WAYLAND_DISPLAY").map(|display| place::socket(display.as_ref(), runtime));
    Display::of(wayland, value("DISPLAY"))
}

const MANAGER: Object<'_> = Object {
    service: "org.freedesktop.systemd1",
    path: "/org/freedesktop/systemd1",
    interface: "org.freedesktop.systemd1.Manager",
};

/// How long an answer may take: milliseconds when well.
const LIMIT: Duration = Duration::from_secs(5);
const QUEUE: usize = 4;
