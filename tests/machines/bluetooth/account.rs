//! What happened in the machine, as it tells it: one line of JSON for each fact, in the folder that both sides see.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;
use kindbeat::clock;
use serde::Deserialize;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::bluetooth::story::soon;
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
    /// The Bluetooth service answers, and the strap advertises.
    Ready,
    /// What `kindbeat devices --json` wrote.
    Listed(String),
    /// The daemon was started.
    Started,
    /// The daemon told a heart rate for the first time, in beats a minute.
    Streaming(u16),
    /// The daemon told how full the battery of the strap is, in percent.
    Battery(u8),
    /// Somebody subscribed to the measurements of the strap.
    Subscribed,
    /// The strap sent this rate and this interval, in 1/1024 s.
    Sent { rate: u8, rr: u16 },
    /// The heart goes up.
    Rise,
    /// The notification server was asked to show an offer with these buttons.
    Shown { buttons: Vec<String> },
    /// The browser was started with this activation token.
    Opened { token: Option<String> },
    /// The page showed this moment of the break.
    Moment(String),
    /// The page was closed, and its live connection ended.
    Closed,
    /// The daemon was killed.
    Killed,
    /// The daemon was asked to end.
    AskedToEnd,
    /// It ended, and well.
    Ended,
}

/// The account while it is being written.
pub(crate) struct Writer {
    file: File,
    told: mpsc::UnboundedReceiver<Entry>,
    teller: Teller,
}

/// Whoever has something to tell.
#[derive(Clone)]
pub(crate) struct Teller(mpsc::UnboundedSender<Entry>);

impl Teller {
    /// It has just happened. Where nobody writes any more, it is told to nobody.
    pub(crate) fn tell(&self, fact: Fact) {
        self.pass_on(Entry::of(fact));
    }

    /// It happened elsewhere.
    pub(crate) fn pass_on(&self, entry: Entry) {
        let _ = self.0.send(entry);
    }
}

impl Entry {
    pub(crate) fn of(fact: Fact) -> Self {
        Self { at: clock::now(), fact }
    }
}

impl Writer {
    /// Begins an account in this folder.
    pub(crate) fn new(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(FILE);
        let file = File::create_new(&path).with_context(|| path.display().to_string())?;
        let (tell, told) = mpsc::unbounded_channel();
        Ok(Self { file, told, teller: Teller(tell) })
    }

    /// Hand it to whoever has something to tell.
    pub(crate) fn teller(&self) -> Teller {
        self.teller.clone()
    }

    /// Waits until something like this is told. What was told and not yet waited for counts, from the oldest on.
    pub(crate) async fn until(&mut self, is: impl Fn(&Fact) -> bool) -> anyhow::Result<()> {
        loop {
            let entry = soon("something to happen", self.told.recv()).await?;
            let entry = entry.context("nobody tells anything any more")?;
            self.enter(&entry)?;
            if is(&entry.fact) {
                return Ok(());
            }
        }
    }

    /// Writes down what was told and not yet waited for.
    pub(crate) fn catch_up(&mut self) -> anyhow::Result<()> {
        while let Ok(entry) = self.told.try_recv() {
            self.enter(&entry)?;
        }
        Ok(())
    }

    /// In one piece, so that no line is ever seen half; and for whoever looks at the console.
    fn enter(&mut self, entry: &Entry) -> anyhow::Result<()> {
        let line = serde_json::to_string(entry)?;
        say(&line);
        Ok(self.file.write_all(format!("{line}\n").as_bytes())?)
    }
}

/// All that was noted so far.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Vec<Entry>> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(&path)?;
    text.lines().map(|line| serde_json::from_str(line).context(line.to_owned())).collect()
}

const FILE: &str = "account";
