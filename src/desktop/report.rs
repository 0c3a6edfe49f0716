//! How a source of a fact reports its answers.

use std::fmt;
use std::io;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio::time::timeout;
use zbus::fdo;

use super::x11::X11Error;
use crate::dbus;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;
use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;

/// What a source is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SourceName {
    /// The name that it has in every language.
    Own(&'static str),
    Words(Message),
}

impl From<SourceName> for Sentence {
    fn from(name: SourceName) -> Self {
        match name {
            SourceName::Own(name) => Self::detail(name),
            SourceName::Words(message) => message.into(),
        }
    }
}

/// Why a source does not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// It is not there.
    Absent(Sentence),
    /// It is there and does not answer as it should.
    Failed(Sentence),
}

impl NoAnswer {
    pub(super) fn absent(why: impl Into<Sentence>) -> Self {
        Self::Absent(why.into())
    }

    pub(super) fn failed(why: impl Into<Sentence>) -> Self {
        Self::Failed(why.into())
    }

    /// With what the system or another program says of it.
    pub(super) fn problem(why: Message, problem: impl fmt::Display) -> Self {
        Self::Failed(Sentence::new(why).with("problem", problem.to_string()))
    }

    /// The source ended while it was followed.
    pub(super) fn gone() -> Self {
        Self::failed(Message::SourceEnded)
    }

    pub(super) fn no_bus(error: &zbus::Error) -> Self {
        Self::problem(Message::SourceBusUnreachable, error)
    }

    pub(super) fn bus_lost() -> Self {
        Self::failed(Message::SourceBusLost)
    }

    pub(super) fn no_compositor(error: &io::Error) -> Self {
        Self::problem(Message::SourceCompositorUnreachable, error)
    }

    /// A program or a file with this name.
    pub(super) fn unread(name: impl fmt::Display, error: &io::Error) -> Self {
        let why = Sentence::new(Message::SourceUnread).with("name", name.to_string());
        Self::Failed(why.with("problem", error.to_string()))
    }

    /// A program that has to be there.
    pub(super) fn not_installed(program: &str) -> Self {
        Self::Absent(Sentence::new(Message::SourceNotInstalled).with("program", program))
    }

    /// What a program did wrong.
    pub(super) fn program(why: Message, program: &str) -> Self {
        Self::Failed(Sentence::new(why).with("program", program))
    }

    pub(super) fn into_sentence(self) -> Sentence {
        let (Self::Absent(why) | Self::Failed(why)) = self;
        why
    }
}

/// In English: for the log.
impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Absent(why) | Self::Failed(why)) = self;
        why.fmt(f)
    }
}

impl From<zbus::Error> for NoAnswer {
    fn from(error: zbus::Error) -> Self {
        if dbus::is_absent(&error) {
            return Self::absent(Message::SourceNotRunning);
        }
        if let zbus::Error::FDO(fault) = &error
            && let fdo::Error::UnknownObject(_)
            | fdo::Error::UnknownInterface(_)
            | fdo::Error::UnknownMethod(_)
            | fdo::Error::UnknownProperty(_) = **fault
        {
            // Another program of that name, or an older one.
            return Self::absent(Message::SourceUnknownQuestion);
        }
        Self::problem(Message::SourceError, error)
    }
}

impl From<X11Error> for NoAnswer {
    fn from(error: X11Error) -> Self {
        Self::Failed(error.into())
    }
}

/// The answer, if it comes in time.
pub(super) async fn in_time<T>(
    limit: Duration,
    asking: impl Future<Output = Result<T, NoAnswer>>,
) -> Result<T, NoAnswer> {
    timeout(limit, asking).await.map_err(|_| NoAnswer::failed(Message::SourceLate))?
}

/// The answer of one source for one fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) probe: Probe,
    /// Why the source does not answer; `None` where it does.
    pub(super) why: Option<Sentence>,
}

impl Answer {
    /// For a source that takes longer than [`ANSWER_LIMIT`].
    pub(super) fn late() -> Self {
        Err(NoAnswer::failed(Message::SourceLate)).into()
    }
}

impl From<Result<bool, NoAnswer>> for Answer {
    fn from(answer: Result<bool, NoAnswer>) -> Self {
        match answer {
            Ok(true) => Self { probe: Probe::Yes, why: None },
            Ok(false) => Self { probe: Probe::No, why: None },
            Err(NoAnswer::Absent(why)) => Self { probe: Probe::Absent, why: Some(why) },
            Err(NoAnswer::Failed(why)) => Self { probe: Probe::Failed, why: Some(why) },
        }
    }
}

/// Answers of one source that came together.
#[derive(Debug)]
pub(super) struct Report {
    /// The source, by the name under which it is declared.
    pub(super) source: SourceName,
    /// Its most exact name.
    pub(super) name: SourceName,
    pub(super) answers: Vec<(Fact, Answer)>,
}

/// The way on which a source reports.
#[derive(Clone, Debug)]
pub(super) struct Reporter {
    source: SourceName,
    name: SourceName,
    reports: mpsc::Sender<Report>,
}

impl Reporter {
    pub(super) const fn new(source: SourceName, reports: mpsc::Sender<Report>) -> Self {
        Self { source, name: source, reports }
    }

    /// The same source under a more exact name.
    pub(super) fn named(&self, name: &'static str) -> Self {
        Self { name: SourceName::Own(name), ..self.clone() }
    }

    pub(super) async fn report(&self, fact: Fact, answer: impl Into<Answer>) {
        self.report_all(vec![(fact, answer.into())]).await;
    }

    pub(super) async fn report_all(&self, answers: Vec<(Fact, Answer)>) {
        let Self { source, name, .. } = *self;
        // Where nobody takes it, this task is about to end.
        let _ = self.reports.send(Report { source, name, answers }).await;
    }

    /// Asks, and reports the answer.
    pub(super) async fn ask(
        &self,
        fact: Fact,
        question: impl Future<Output = Result<bool, NoAnswer>>,
    ) {
        let answer = self.wait(fact, question).await;
        self.report(fact, answer).await;
    }

    /// Waits for the answer; where it is late, that is reported meanwhile.
    pub(super) async fn wait<A>(&self, fact: Fact, question: impl Future<Output = A>) -> A {
        let mut question = pin!(question);
        tokio::select! {
            answer = &mut question => answer,
            () = sleep(ANSWER_LIMIT) => {
                self.report(fact, Answer::late()).await;
                question.await
            }
        }
    }
}

/// How long a source of a fact may take: all were seen to answer within some 20 ms when well, and a moment between two things, at which an
/// offer is made, is over after a second.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_millis(500);

/// How long what has just started may take until it answers and tells all that it can: milliseconds, more on a machine that is busy with a login.
pub(super) const SETTLED_BY: Duration = Duration::from_secs(5);
