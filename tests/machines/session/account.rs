//! What can happen in this machine.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Fact {
    /// The session of the user that logind holds for the one at the display: what it says of it.
    Session(Properties),
    /// How the service stood then, by what `systemctl --user show` printed.
    Unit(Moment, Properties),
    /// What stands of the running daemon in `/proc/PID/status`, and its control group.
    Process(Properties),
    /// What `kindbeat status --json` printed.
    Status(String),
    /// What `kindbeat doctor --json` printed, under the limits of the service.
    Doctor(String),
    /// What `gsettings` said of a key, under the same.
    Gsettings(String),
    /// Whether a program could have a namespace of its own, without limits and under the same.
    OwnNamespace { free: bool, limited: bool },
    /// What was seen, under the same, of a desktop with an X server.
    Seen(Properties),
    /// The heart is up, and this holds an offer back.
    Held(String),
    /// It is the microphone that holds back.
    Microphone,
    /// It is the camera.
    Camera,
    /// A break was offered on the desktop.
    Offered,
    /// What a browser noted of itself, and why it was started.
    Browser(Opened, Properties),
    /// logind was asked to let the machine sleep.
    PutToSleep,
    /// The daemon told that the machine is about to sleep.
    Asleep,
    /// Another session is on the screen: what `kindbeat why` says.
    Behind(String),
    /// BlueZ was asked to let the strap go.
    LetGo(Why),
    /// The daemon told that the machine is awake.
    Awake,
    /// The strap streams again.
    Back(Why),
    /// The service was asked to stop.
    AskedToStop,
    /// The title of a notice on the desktop.
    Notice(String),
}

/// Why the strap is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Why {
    /// Another session is on the screen.
    Behind,
    /// The machine is put to sleep.
    Asleep,
}

/// When something was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Moment {
    Started,
    Reloaded,
    /// Its loop is about to stand still.
    Hanging,
    /// The watchdog had it started again.
    Revived,
    Stopped,
    /// It was started with a configuration that has a fault.
    Refused,
}

/// Why a browser was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Opened {
    ByCommand,
    ByClick,
    /// Not anew: the first one, looked at when the service had stopped.
    Still,
}

/// Names and what stands under them.
pub(crate) type Properties = BTreeMap<String, String>;

pub(crate) type Writer = crate::account::Writer<Fact>;

/// Lines that are a name, `mark` and something, by their names.
pub(crate) fn properties(text: &str, mark: char) -> Properties {
    let pairs = text.lines().filter_map(|line| line.split_once(mark));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}
