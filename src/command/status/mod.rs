//! `kindbeat status`: how things stand, once or for as long as one looks.

mod bar;
mod plain;

use std::io::Write;
use std::os::fd::AsFd;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustix::event::PollFd;
use rustix::event::PollFlags;
use rustix::event::Timespec;
use rustix::event::poll;
use tokio::time::sleep;

use super::asking;
use crate::interface::Bus;
use crate::interface::Client;
use crate::interface::ClientError;
use kindbeat_core::status::Status;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

pub use self::bar::bar;
pub use self::bar::offline;
pub use self::plain::plain;

/// What tells the time.
pub type Clock = fn() -> Timestamp;

/// `status`: a few lines for a person; `--json`: one for a script, with the fields of [`Status`].
pub fn run(
    json: bool,
    now: Timestamp,
    zone: &TimeZone,
    words: &Words,
    bus: Bus,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let (status, asks) = asking::ask(bus, words, async |client| {
        let status = client.status().await?;
        // A daemon that does not know of it is of another version, and asks nothing.
        let asks = !json && client.take_question().await.unwrap_or(false);
        Ok((status, asks))
    })?;
    if json {
        writeln!(out, "{}", serde_json::to_string(&status)?)?;
    } else {
        write!(out, "{}", plain(&status, now, zone, words))?;
    }
    if asks {
        writeln!(out, "\n{}", words.text(Message::StatusFit, &[]))?;
    }
    Ok(())
}

/// `status --waybar`: one line of JSON for a bar of the desktop, and another whenever something changed. Ends when nobody reads `reader` any
/// more; where there is no daemon it says so and waits for one.
pub fn for_bar(
    clock: Clock,
    zone: &TimeZone,
    words: &Words,
    bus: Bus,
    reader: impl AsFd,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let line = |status: Option<&Status>| {
        status.map_or_else(|| offline(words), |status| bar(status, clock(), zone, words))
    };
    asking::runtime(words)?.block_on(async {
        tokio::select! {
            ended = follow(bus, EVERY_BAR, "", line, out) => ended,
            () = is_gone(reader) => Ok(()),
        }
    })
}

/// `status --watch`: the lines for a person, anew whenever something changed. Ends when nobody reads `reader` any more; a daemon has to be
/// there at first, and is waited for when it went. `in_place`: each in place of the last, for a terminal.
pub fn watch(
    in_place: bool,
    clock: Clock,
    zone: &TimeZone,
    words: &Words,
    bus: Bus,
    reader: impl AsFd,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let text = |status: Option<&Status>| {
        status.map_or_else(
            || words.text(Message::StatusGone, &[]),
            |status| plain(status, clock(), zone, words),
        )
    };
    asking::runtime(words)?.block_on(async {
        let connected = Client::connect(bus.clone()).await;
        connected.map_err(|error| asking::in_words(error, words))?;
        if in_place {
            write!(out, "{CLEAR}")?;
        }
        let between = if in_place { CLEAR } else { "\n" };
        tokio::select! {
            ended = follow(bus, EVERY_WATCH, between, text, out) => ended,
            () = is_gone(reader) => Ok(()),
        }
    })
}

/// Waits until nobody reads what is written here any more: the other end of a pipe is closed, or the terminal. Whoever has nothing new to
/// write would not learn it otherwise.
async fn is_gone(reader: impl AsFd) {
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    loop {
        sleep(EVERY_READER).await;
        let mut asked = [PollFd::new(&reader, PollFlags::empty())];
        let gone = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
        // What cannot be asked is as good as there.
        if poll(&mut asked, Some(&now)).is_ok() && asked[0].revents().intersects(gone) {
            return;
        }
    }
}

/// Writes what `told` makes of the status, anew whenever that changed, until it cannot be written any more; `None` while there
/// is no daemon to ask, or it does not answer.
///
/// Asks every so often, since nobody tells of the heart rate unasked. `between` stands before each but the first.
pub async fn follow(
    bus: Bus,
    every: Duration,
    between: &str,
    told: impl Fn(Option<&Status>) -> String,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut client = None;
    let mut last = None;
    loop {
        let status = ask(&bus, &mut client).await;
        let text = told(status.as_ref());
        if last.as_ref() != Some(&text) {
            let between = if last.is_some() { between } else { "" };
            writeln!(out, "{between}{}", text.trim_end())?;
            out.flush()?;
            last = Some(text);
        }
        sleep(every).await;
    }
}

/// The status, over the connection there is, or a new one.
async fn ask(bus: &Bus, client: &mut Option<Client>) -> Option<Status> {
    if client.is_none() {
        *client = Client::connect(bus.clone()).await.ok();
    }
    match client.as_ref()?.status().await {
        Ok(status) => Some(status),
        // The bus is there, and may have a daemon again.
        Err(ClientError::NoDaemon | ClientError::Refused { .. }) => None,
        Err(_) => {
            *client = None;
            None
        }
    }
}

/// Often enough for a figure at the edge of the eye.
const EVERY_BAR: Duration = Duration::from_secs(2);

/// As often as a strap sends.
const EVERY_WATCH: Duration = Duration::from_secs(1);

/// Soon enough for a bar that is started again.
const EVERY_READER: Duration = Duration::from_secs(1);

/// To the top left, and nothing below: ECMA-48, CUP and ED.
const CLEAR: &str = "\u{1b}[H\u{1b}[J";
