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

/// Why a source does not answer, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// It is not there.
    Absent(String),
    /// It is there and does not answer as it should.
    Failed(String),
}

impl NoAnswer {
    pub(super) fn absent(why: impl fmt::Display) -> Self {
        Self::Absent(why.to_string())
    }

    pub(super) fn failed(why: impl fmt::Display) -> Self {
        Self::Failed(why.to_string())
    }

    /// The source ended while it was followed.
    pub(super) fn gone() -> Self {
        Self::failed("it ended")
    }

    pub(super) fn no_bus(error: &zbus::Error) -> Self {
        Self::Failed(format!("the bus cannot be reached: {error}"))
    }

    pub(super) fn no_compositor(error: &io::Error) -> Self {
        Self::Failed(format!("the Wayland compositor cannot be asked: {error}"))
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Absent(why) | Self::Failed(why)) = self;
        f.write_str(why)
    }
}

impl From<zbus::Error> for NoAnswer {
    fn from(error: zbus::Error) -> Self {
        if dbus::is_absent(&error) {
            return Self::absent("it does not run");
        }
        if let zbus::Error::FDO(fault) = &error
            && let fdo::Error::UnknownObject(_)
            | fdo::Error::UnknownInterface(_)
            | fdo::Error::UnknownMethod(_)
            | fdo::Error::UnknownProperty(_) = **fault
        {
            // Another program of that name, or an older one.
            return Self::absent("it knows nothing of that");
        }
        Self::Failed(format!("it answers with an error: {error}"))
    }
}

impl From<X11Error> for NoAnswer {
    fn from(error: X11Error) -> Self {
        Self::failed(error)
    }
}

/// The answer, if it comes in time.
pub(super) async fn in_time<T>(
    limit: Duration,
    asking: impl Future<Output = Result<T, NoAnswer>>,
) -> Result<T, NoAnswer> {
    let late = |_| NoAnswer::Failed(format!("no answer in {limit:?}"));
    timeout(limit, asking).await.map_err(late)?
}

/// The answer of one source for one fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) probe: Probe,
    /// Why the source does not answer; `None` where it does.
    pub(super) why: Option<String>,
}

impl Answer {
    /// For a source that takes longer than [`ANSWER_LIMIT`].
    pub(super) fn late() -> Self {
        Err(NoAnswer::failed("it does not answer within half a second")).into()
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
    pub(super) source: &'static str,
    /// Its most exact name.
    pub(super) name: &'static str,
    pub(super) answers: Vec<(Fact, Answer)>,
}

/// The way on which a source reports.
#[derive(Clone, Debug)]
pub(super) struct Reporter {
    source: &'static str,
    name: &'static str,
    reports: mpsc::Sender<Report>,
}

impl Reporter {
    pub(super) const fn new(source: &'static str, reports: mpsc::Sender<Report>) -> Self {
        Self { source, name: source, reports }
    }

    /// The same source under a more exact name.
    pub(super) fn named(&self, name: &'static str) -> Self {
        Self { name, ..self.clone() }
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
