//! Keeps a break that is taken here: the daemon does it where one runs; else it is written from here.

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::interface::Bus;
use crate::interface::Client;
use crate::interface::ClientError;
use crate::interface::Stands;
use crate::interface::ToldAnswer;
use crate::interface::ToldBreak;
use crate::store;
use crate::store::Record;
use crate::store::Store;
use crate::store::StoreLock;
use crate::store::Writer;
use kindbeat_core::config::Config;
use kindbeat_core::practice::Habits;

/// Something to keep.
#[derive(Clone, Debug)]
pub(super) enum Note {
    /// Where the break stands, since when, and what the next run has to know because of it, which a daemon knows by itself.
    Break(ToldBreak, Timestamp, Vec<Record>),
    /// What was said afterwards, and when, and what else the next run has to know.
    Answer(ToldAnswer, Timestamp, Vec<Record>),
    /// What was chosen on the page and holds for the next one: a daemon has its own.
    Habits(Habits, Timestamp),
}

/// The ways to keep it.
pub(super) struct Keeping {
    bus: Bus,
    folder: Option<PathBuf>,
    config: Config,
    daemon: Option<Client>,
}

impl Keeping {
    pub(super) fn new(bus: Bus, folder: Option<PathBuf>, config: Config) -> Self {
        Self { bus, folder, config, daemon: None }
    }

    /// Keeps what is handed in until no more is. What cannot be kept is told once, and tried again with what comes next.
    pub(super) async fn run(
        mut self,
        mut notes: mpsc::UnboundedReceiver<Note>,
        problems: mpsc::Sender<String>,
    ) {
        let (mut waiting, mut told) = (Vec::new(), false);
        while let Some(note) = notes.recv().await {
            waiting.push(note);
            while let Ok(note) = notes.try_recv() {
                waiting.push(note);
            }
            match self.keep(&waiting).await {
                Ok(()) => waiting.clear(),
                Err(error) if !told => {
                    told = true;
                    // The break may be over, and nobody there to tell.
                    let _ = problems.send(format!("{error:#}")).await;
                }
                Err(_) => {}
            }
        }
    }

    async fn keep(&mut self, notes: &[Note]) -> anyhow::Result<()> {
        let refused = match self.tell(notes).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let Some(folder) = self.folder.clone() else {
            anyhow::bail!(
                "Neither XDG_STATE_HOME nor HOME is set to an absolute path: where is the history to be?"
            );
        };
        let keep = self.config.history.keep.before(crate::clock::now());
        let notes = notes.to_vec();
        let written = tokio::task::spawn_blocking(move || write(&folder, keep, &notes));
        match written.await? {
            Ok(true) => Ok(()),
            // Somebody holds the history, so a daemon is there.
            Ok(false) => Err(anyhow::Error::new(refused)
                .context("A running kindbeat has the history, and cannot be told of it")),
            Err(error) => Err(error.into()),
        }
    }

    /// Tells the daemon.
    async fn tell(&mut self, notes: &[Note]) -> Result<(), ClientError> {
        let daemon = match self.daemon.take() {
            Some(daemon) => daemon,
            None => Client::connect(self.bus.clone()).await?,
        };
        for note in notes {
            match note {
                Note::Break(told, ..) => daemon.tell_break(told).await?,
                Note::Answer(told, ..) => daemon.tell_answer(told).await?,
                Note::Habits(..) => {}
            }
        }
        // Kept: where it goes, the daemon takes the break for over.
        self.daemon = Some(daemon);
        Ok(())
    }
}

/// Writes it, holding the lock no longer than that: a daemon that starts meanwhile finds its place free. False when another program
/// holds it.
fn write(
    folder: &Path,
    keep: jiff::SignedDuration,
    notes: &[Note],
) -> Result<bool, store::StoreError> {
    let Some(_lock) = StoreLock::take(folder)? else { return Ok(false) };
    let now = notes.iter().map(Note::at).max().unwrap_or_default();
    let mut store = Store::open(folder, now)?.store;
    let mut writer = Writer::new(keep);
    for note in notes {
        for record in note.records() {
            writer.keep(now, record);
        }
    }
    if let Some(batch) = writer.flush(now) {
        store.write(&batch)?;
    }
    Ok(true)
}

impl Note {
    const fn at(&self) -> Timestamp {
        match self {
            Self::Break(_, at, _) | Self::Answer(_, at, _) | Self::Habits(_, at) => *at,
        }
    }

    fn records(&self) -> Vec<Record> {
        match self {
            Self::Break(told, at, known) => {
                let ended = match told.stands {
                    Stands::Open | Stands::Grounding => None,
                    Stands::Ended(ending) => Some((ending.into(), *at)),
                };
                let taken = store::StoredBreak {
                    started: told.started,
                    practice: told.practice.clone(),
                    length_s: told.length.seconds(),
                    ended,
                    answers: None,
                };
                [Record::Break(taken)].into_iter().chain(known.iter().cloned()).collect()
            }
            Self::Answer(told, at, known) => {
                let said = store::BreakAnswers {
                    started: told.started,
                    answered: *at,
                    tension_before: told.tension_before,
                    tension: told.tension,
                    liking: told.liking,
                    note: told.note.clone(),
                };
                [Record::Answers(said)].into_iter().chain(known.iter().cloned()).collect()
            }
            Self::Habits(habits, _) => vec![Record::Habits(habits.clone())],
        }
    }
}

/// How long the end of the program waits for it: a daemon that is well takes milliseconds.
pub(super) const LIMIT: Duration = Duration::from_secs(5);
