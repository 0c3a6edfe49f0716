//! What a source says, and how it says it.

use std::fmt;
use std::pin::pin;

use tokio::sync::mpsc;
use tokio::time::sleep;

use super::LIMIT;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;

/// Somebody who can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    PipeWire,
    PulseAudio,
    Alsa,
    Cameras,
    Windows,
    Notifications,
    GnomeSession,
    Plasma,
    Logind,
}

impl Source {
    /// Its name, as long as nothing more exact is known.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::PipeWire => "PipeWire",
            Self::PulseAudio => "PulseAudio",
            Self::Alsa => "ALSA",
            Self::Cameras => "camera devices",
            Self::Windows => "display",
            Self::Notifications => "notification server",
            Self::GnomeSession => "GNOME session",
            Self::Plasma => "Plasma power management",
            Self::Logind => "logind",
        }
    }
}

/// What a source says of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) seen: Probe,
    /// Why it says nothing, in a sentence.
    pub(super) why: Option<String>,
}

impl Answer {
    pub(super) const fn lacking(why: String) -> Self {
        Self { seen: Probe::Absent, why: Some(why) }
    }

    pub(super) const fn failed(why: String) -> Self {
        Self { seen: Probe::Failed, why: Some(why) }
    }
}

impl From<bool> for Answer {
    fn from(is_so: bool) -> Self {
        Self { seen: if is_so { Probe::Yes } else { Probe::No }, why: None }
    }
}

/// Why a source says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// It is not there.
    Absent(String),
    /// It is there and does not answer as it should.
    Broken(String),
}

impl Silence {
    pub(super) fn broken(why: impl fmt::Display) -> Self {
        Self::Broken(why.to_string())
    }
}

impl From<Result<bool, Silence>> for Answer {
    fn from(said: Result<bool, Silence>) -> Self {
        match said {
            Ok(is_so) => is_so.into(),
            Err(Silence::Absent(why)) => Self::lacking(why),
            Err(Silence::Broken(why)) => Self::failed(why),
        }
    }
}

/// What a source says, on its way: of all facts that changed together.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) source: Source,
    /// The name of the source.
    pub(super) name: &'static str,
    pub(super) said: Vec<(Fact, Answer)>,
}

/// Through which a source says what it has to say.
#[derive(Clone, Debug)]
pub(super) struct Teller {
    source: Source,
    name: &'static str,
    reports: mpsc::Sender<Report>,
}

impl Teller {
    pub(super) const fn new(source: Source, reports: mpsc::Sender<Report>) -> Self {
        Self { source, name: source.name(), reports }
    }

    /// The same under a more exact name.
    pub(super) fn named(&self, name: &'static str) -> Self {
        Self { name, ..self.clone() }
    }

    pub(super) async fn tell(&self, fact: Fact, answer: impl Into<Answer>) {
        self.tell_all(vec![(fact, answer.into())]).await;
    }

    pub(super) async fn tell_all(&self, said: Vec<(Fact, Answer)>) {
        let Self { source, name, .. } = *self;
        // Where nobody takes it, this task is about to end.
        let _ = self.reports.send(Report { source, name, said }).await;
    }

    /// Tells what is asked.
    pub(super) async fn ask<A: Into<Answer>>(&self, fact: Fact, question: impl Future<Output = A>) {
        let answer = self.wait(fact, question).await;
        self.tell(fact, answer).await;
    }

    /// Waits for what is asked; that it takes too long is told.
    pub(super) async fn wait<A>(&self, fact: Fact, question: impl Future<Output = A>) -> A {
        let mut question = pin!(question);
        tokio::select! {
            answer = &mut question => answer,
            () = sleep(LIMIT) => {
                self.tell(fact, Answer::failed(LATE.to_owned())).await;
                question.await
            }
        }
    }
}

/// What is said of a source that takes too long.
pub(super) const LATE: &str = "it does not answer within half a second";
