//! The facts of a desktop: their sources followed, and the answers joined.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Sleep;
use tokio::time::sleep;
use tokio::time::timeout;
use tracing::debug;

use super::place::Place;
use super::report::ANSWER_LIMIT;
use super::report::Answer;
use super::report::NoAnswer;
use super::report::Report;
use super::report::Reporter;
use super::report::SourceName;
use kindbeat_core::backoff::Backoff;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;
use kindbeat_core::words::Sentence;

/// A part of the desktop that answers for facts, declared beside the code that follows it.
pub(super) struct FactSource {
    /// Its name, as long as nothing more exact is known.
    pub(super) name: SourceName,
    pub(super) facts: &'static [Fact],
    pub(super) follow: Follow,
}

/// Reports for as long as a source can be followed. An error holds for all of the source's facts; without one their last answers hold for
/// good.
pub(super) type Follow = for<'a> fn(&'a Place, &'a Reporter) -> Following<'a>;

pub(super) type Following<'a> = Pin<Box<dyn Future<Output = Result<(), NoAnswer>> + Send + 'a>>;

/// Every source of a fact, followed in a task of its own until this is dropped.
pub(super) struct FactWatch {
    reports: mpsc::Receiver<Report>,
    _tasks: JoinSet<()>,
    answers: Answers,
    limit: Pin<Box<Sleep>>,
    /// Nobody waits for late sources any longer.
    is_over: bool,
    /// What the program knows.
    sent: Option<Desktop>,
}

impl FactWatch {
    pub(super) fn start(place: &Arc<Place>, sources: Sources) -> Self {
        let (sender, reports) = mpsc::channel(REPORTS);
        let mut tasks = JoinSet::new();
        for source in sources.iter().copied().flatten() {
            let (place, reporter) = (Arc::clone(place), Reporter::new(source.name, sender.clone()));
            tasks.spawn(async move { source.keep_following(&place, &reporter).await });
        }
        Self {
            reports,
            _tasks: tasks,
            answers: Answers::new(sources),
            limit: Box::pin(sleep(ANSWER_LIMIT)),
            is_over: false,
            sent: None,
        }
    }

    /// Takes in the next thing that happens. Nothing is lost when this is dropped before it is done.
    pub(super) async fn turn(&mut self) {
        tokio::select! {
            Some(report) = self.reports.recv() => self.answers.take(report),
            () = &mut self.limit, if !self.is_over => self.is_over = true,
            // No source is followed any more: every answer holds for good.
            else => pending().await,
        }
    }

    /// The desktop, where the program does not know it yet: once all sources have answered or their time is over.
    pub(super) fn news(&self) -> Option<Desktop> {
        let desktop = self.answers.desktop();
        let is_known = self.is_over || self.answers.are_complete();
        (is_known && self.sent != Some(desktop)).then_some(desktop)
    }

    pub(super) const fn sent(&mut self, desktop: Desktop) {
        self.sent = Some(desktop);
    }

    /// The program is told the desktop even where it did not change.
    pub(super) const fn send_again(&mut self) {
        self.sent = None;
    }
}

/// The answer of every source of every fact, asked once; takes as long as the slowest source, at most half a second.
pub(super) async fn probe(place: &Arc<Place>, sources: Sources) -> Vec<FactReport> {
    let mut watch = FactWatch::start(place, sources);
    let all = async {
        while !watch.answers.are_complete() {
            watch.turn().await;
        }
    };
    // A source that has not answered by then is listed as late.
    let _ = timeout(ANSWER_LIMIT, all).await;
    watch.answers.list()
}

impl FactSource {
    /// Follows the source, and where it is there and fails follows it again after a pause; ends where its last answers hold for good.
    async fn keep_following(&self, place: &Place, reporter: &Reporter) {
        let mut backoff = Backoff::new(LONGEST_PAUSE);
        while let Err(none) = (self.follow)(place, reporter).await {
            let is_absent = matches!(none, NoAnswer::Absent(_));
            let answer = Answer::from(Err(none));
            let all = self.facts.iter().map(|&fact| (fact, answer.clone()));
            reporter.report_all(all.collect()).await;
            if is_absent {
                return;
            }
            let pause = backoff.next_delay();
            debug!(source = %Sentence::from(self.name), ?pause, "source of a desktop fact lost");
            sleep(pause).await;
        }
    }
}

/// Sources by the files that declare them, in the order in which `doctor` lists them.
pub(super) type Sources = &'static [&'static [FactSource]];

/// The answer of one source for one fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactReport {
    pub fact: Fact,
    /// What the source is called.
    pub source: Sentence,
    pub seen: Probe,
    /// Why the source does not answer; `None` where it does.
    pub why: Option<Sentence>,
}

/// The last answer of each source for each of its facts.
#[derive(Debug)]
struct Answers(Vec<Asked>);

#[derive(Debug)]
struct Asked {
    fact: Fact,
    source: SourceName,
    /// With the name of the source; `None`: not yet.
    answer: Option<(SourceName, Answer)>,
}

impl Answers {
    fn new(sources: Sources) -> Self {
        let of =
            |fact| {
                let sources = sources.iter().copied().flatten();
                sources
                    .filter(move |source| source.facts.contains(&fact))
                    .map(move |source| Asked { fact, source: source.name, answer: None })
            };
        Self(Fact::ALL.into_iter().flat_map(of).collect())
    }

    fn take(&mut self, report: Report) {
        let Report { source, name, answers } = report;
        for (fact, answer) in answers {
            let mut asked = self.0.iter_mut();
            if let Some(asked) = asked.find(|asked| asked.source == source && asked.fact == fact) {
                asked.answer = Some((name, answer));
            }
        }
    }

    /// Every source answered.
    fn are_complete(&self) -> bool {
        self.0.iter().all(|asked| asked.answer.is_some())
    }

    /// The answers joined; a source that did not answer yet counts as failed.
    fn desktop(&self) -> Desktop {
        Desktop::from_fn(|fact| self.probe(fact))
    }

    fn probe(&self, fact: Fact) -> Probe {
        let all = self.0.iter().filter(|asked| asked.fact == fact).map(Asked::probe);
        all.fold(Probe::Absent, Probe::or)
    }

    /// For each fact the sources that are there, or, where none is, those that could be.
    fn list(self) -> Vec<FactReport> {
        let known: Vec<_> =
            Fact::ALL.into_iter().filter(|&fact| self.probe(fact) != Probe::Absent).collect();
        let all = self.0.into_iter().map(|asked| {
            let (fact, late) = (asked.fact, asked.source);
            let (source, Answer { probe, why }) =
                asked.answer.unwrap_or_else(|| (late, Answer::late()));
            FactReport { fact, source: source.into(), seen: probe, why }
        });
        all.filter(|report| report.seen != Probe::Absent || !known.contains(&report.fact)).collect()
    }
}

impl Asked {
    fn probe(&self) -> Probe {
        self.answer.as_ref().map_or(Probe::Failed, |(_, answer)| answer.probe)
    }
}

/// The longest pause before a source that failed is followed again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// So many reports may wait to be taken: every source may give all of its own at once.
const REPORTS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dbus::Bus;
    use crate::desktop::FACT_SOURCES;
    use kindbeat_core::words::Message;

    const PIPEWIRE: SourceName = SourceName::Own("PipeWire");
    const LOGIND: SourceName = SourceName::Own("logind");
    const PLASMA: SourceName = SourceName::Words(Message::SourcePlasma);

    fn reports(answers: &mut Answers, source: SourceName, fact: Fact, answer: impl Into<Answer>) {
        answers.take(Report { source, name: source, answers: vec![(fact, answer.into())] });
    }

    fn nobody() -> Answers {
        Answers::new(FACT_SOURCES)
    }

    /// Everybody says that there is nothing to ask.
    fn lacking() -> Answers {
        let mut answers = nobody();
        for asked in &mut answers.0 {
            let absent = Err(NoAnswer::absent(Message::SourceNotRunning));
            asked.answer = Some((asked.source, Answer::from(absent)));
        }
        answers
    }

    #[test]
    fn an_unanswered_source_holds_and_an_absent_one_does_not() {
        let mut answers = nobody();
        assert!(!answers.are_complete());
        assert_eq!(answers.desktop()[Fact::Sharing], Probe::Failed);
        let absent = Err(NoAnswer::absent(Message::SourceNotRunning));
        reports(&mut answers, PIPEWIRE, Fact::Sharing, absent);
        assert_eq!(answers.desktop()[Fact::Sharing], Probe::Absent);
        assert!(lacking().are_complete());
        assert_eq!(lacking().desktop(), Desktop::default());
    }

    #[test]
    fn of_several_sources_the_one_that_holds_back_counts() {
        let mut answers = lacking();
        let fact = Fact::Inhibited;
        reports(&mut answers, LOGIND, fact, Ok(false));
        assert_eq!(answers.desktop()[Fact::Inhibited], Probe::No);
        reports(&mut answers, PLASMA, fact, Err(NoAnswer::gone()));
        assert_eq!(answers.desktop()[Fact::Inhibited], Probe::Failed);
        reports(&mut answers, LOGIND, fact, Ok(true));
        assert_eq!(answers.desktop()[Fact::Inhibited], Probe::Yes);
    }

    #[test]
    fn who_is_not_there_is_listed_only_where_nobody_is() {
        let mut answers = lacking();
        reports(&mut answers, PIPEWIRE, Fact::Microphone, Ok(true));
        answers.0[6].answer = None;
        let list = answers.list();
        let of = |fact| {
            let listed = list.iter().filter(move |probed| probed.fact == fact);
            listed.map(|probed| (probed.source.to_string(), probed.seen)).collect::<Vec<_>>()
        };
        assert_eq!(of(Fact::Microphone), [("PipeWire".to_owned(), Probe::Yes)]);
        assert_eq!(of(Fact::Camera).len(), 2);
        assert_eq!(of(Fact::FullScreen), [("display".to_owned(), Probe::Failed)]);
        assert!(list.iter().all(|probed| probed.why.is_none() == (probed.seen == Probe::Yes)));
    }

    fn nowhere() -> Arc<Place> {
        let bus = || Bus::at("unix:path=/nonexistent/bus".to_owned());
        Arc::new(Place::from_environment(bus(), bus()))
    }

    /// Again and again: whatever two things happen at once, one of them is taken first, and mostly the right one.
    #[tokio::test(start_paused = true)]
    async fn a_source_that_fails_is_followed_again_each_time() {
        const FAILS: FactSource = FactSource {
            name: SourceName::Own("one that fails"),
            facts: &[Fact::Sharing, Fact::Camera],
            follow: |_, _| Box::pin(async { Err(NoAnswer::gone()) }),
        };
        for watch in 0..64 {
            let mut watched = FactWatch::start(&nowhere(), &[&[FAILS]]);
            for turn in 0..10 {
                let next = timeout(2 * LONGEST_PAUSE, watched.turn()).await;
                assert!(next.is_ok(), "watch {watch}: no longer followed after {turn} turns");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_is_absent_is_left_alone() {
        const ABSENT: FactSource = FactSource {
            name: SourceName::Own("one that is absent"),
            facts: &[Fact::Sharing],
            follow: |_, _| Box::pin(async { Err(NoAnswer::absent(Message::SourceNotRunning)) }),
        };
        let mut watch = FactWatch::start(&nowhere(), &[&[ABSENT]]);
        watch.turn().await;
        assert!(watch.answers.are_complete());
        // The limit; then nothing any more.
        watch.turn().await;
        assert!(timeout(100 * LONGEST_PAUSE, watch.turn()).await.is_err());
    }
}
