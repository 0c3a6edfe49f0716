//! What happened in a machine, as it tells it: one line of JSON for each fact, in the folder that both sides see.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use kindbeat::clock;
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use crate::machine::say;

/// Something that happened, and when, by the clock of the machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry<F> {
    pub(crate) at: Timestamp,
    pub(crate) fact: F,
}

impl<F> Entry<F> {
    pub(crate) fn of(fact: F) -> Self {
        Self { at: clock::now(), fact }
    }
}

/// The account while it is being written.
pub(crate) struct Writer<F> {
    file: File,
    told: mpsc::UnboundedReceiver<Entry<F>>,
    teller: Teller<F>,
}

/// For those parts of a story that go on beside it.
pub(crate) struct Teller<F>(mpsc::UnboundedSender<Entry<F>>);

impl<F> Teller<F> {
    /// It has just happened. Where nobody writes any more, it is lost.
    pub(crate) fn tell(&self, fact: F) {
        self.pass_on(Entry::of(fact));
    }

    /// It happened in another process.
    pub(crate) fn pass_on(&self, entry: Entry<F>) {
        let _ = self.0.send(entry);
    }
}

impl<F> Clone for Teller<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F: Serialize> Writer<F> {
    /// Begins the account of this machine.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let path = Path::new(SHARE).join(FILE);
        let file = File::create_new(&path).with_context(|| path.display().to_string())?;
        let (tell, told) = mpsc::unbounded_channel();
        Ok(Self { file, told, teller: Teller(tell) })
    }

    pub(crate) fn teller(&self) -> Teller<F> {
        self.teller.clone()
    }

    /// It has just happened.
    pub(crate) fn tell(&mut self, fact: F) -> anyhow::Result<()> {
        self.enter(&Entry::of(fact))
    }

    /// Waits until something like this is told by a teller. What was told and not yet waited for counts, from the oldest on.
    pub(crate) async fn until(&mut self, is: impl Fn(&F) -> bool) -> anyhow::Result<()> {
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
    fn enter(&mut self, entry: &Entry<F>) -> anyhow::Result<()> {
        let line = serde_json::to_string(entry)?;
        say(&line);
        Ok(self.file.write_all(format!("{line}\n").as_bytes())?)
    }
}

/// All that was written so far in this folder.
pub(crate) fn read<F: DeserializeOwned>(folder: &Path) -> anyhow::Result<Vec<Entry<F>>> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(&path)?;
    text.lines().map(|line| serde_json::from_str(line).context(line.to_owned())).collect()
}

/// Waits for it, but not for ever: a fault is to be told.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> anyhow::Result<T> {
    let waited = tokio::time::timeout(LIMIT, future).await;
    waited.ok().with_context(|| format!("waited {LIMIT:?} for {what}"))
}

/// The folder that both sides see.
pub(crate) const SHARE: &str = "/run/share";
const FILE: &str = "account";
/// Far longer than anything takes on a busy computer.
const LIMIT: Duration = Duration::from_secs(120);
