//! What happened in the machine, as it tells it: one line of JSON for each fact, in the folder that both sides see.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;
use kindbeat::clock;
use serde::Deserialize;
use serde::Serialize;

use crate::machine::say;

/// Something that happened, and when, by the clock of the machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) fact: Fact,
}

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
    /// BlueZ was asked to let the strap go.
    LetGo,
    /// The daemon told that the machine is awake.
    Awake,
    /// The strap streams again.
    Back,
    /// The service was asked to stop.
    AskedToStop,
    /// The title of a notice on the desktop.
    Notice(String),
}

/// When something was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Moment {
    Started,
    Reloaded,
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

/// The account while it is being written.
pub(crate) struct Writer(File);

impl Writer {
    /// Begins an account in this folder.
    pub(crate) fn new(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(FILE);
        Ok(Self(File::create_new(&path).with_context(|| path.display().to_string())?))
    }

    /// It has just happened. Written in one piece, so that no line is ever seen half; and said to whoever looks at the console.
    pub(crate) fn tell(&mut self, fact: Fact) -> anyhow::Result<()> {
        let line = serde_json::to_string(&Entry { at: clock::now(), fact })?;
        say(&line);
        Ok(self.0.write_all(format!("{line}\n").as_bytes())?)
    }
}

/// All that was told so far.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Vec<Entry>> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(&path)?;
    text.lines().map(|line| serde_json::from_str(line).context(line.to_owned())).collect()
}

/// Lines that are a name, `mark` and something, by their names.
pub(crate) fn properties(text: &str, mark: char) -> Properties {
    let pairs = text.lines().filter_map(|line| line.split_once(mark));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

const FILE: &str = "account";
