//! The facts of a desktop: which sources answer for each, and their answers joined.

use std::borrow::Cow;
use std::convert::Infallible;
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

use super::capture;
use super::do_not_disturb;
use super::full_screen;
use super::inhibitors;
use super::place::Place;
use super::report::ANSWER_LIMIT;
use super::report::Answer;
use super::report::FactSource;
use super::report::NoAnswer;
use super::report::Report;
use super::report::Reporter;
use kindbeat_core::backoff::Backoff;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;

/// Which sources answer for which fact: one row each.
const SOURCES: [(Fact, &[FactSource]); Fact::ALL.len()] = [
    (Fact::Microphone, &[FactSource::PipeWire, FactSource::PulseAudio, FactSource::Alsa]),
    (Fact::Camera, &[FactSource::PipeWire, FactSource::Cameras]),
    (Fact::Sharing, &[FactSource::PipeWire]),
    (Fact::FullScreen, &[FactSource::Display]),
    (Fact::DoNotDisturb, &[FactSource::Notifications]),
    (Fact::Inhibited, &[FactSource::GnomeSession, FactSource::Plasma, FactSource::Logind]),
];

impl FactSource {
    const ALL: [Self; 9] = [
        Self::PipeWire,
        Self::PulseAudio,
        Self::Alsa,
        Self::Cameras,
        Self::Display,
        Self::Notifications,
        Self::GnomeSession,
        Self::Plasma,
        Self::Logind,
    ];

    fn facts(self) -> impl Iterator<Item = Fact> {
        let rows = SOURCES.into_iter().filter(move |(_, sources)| sources.contains(&self));
        rows.map(|(fact, _)| fact)
    }

    /// Reports for as long as the source can be followed. An error holds for all of its facts; without one their last answers hold for
    /// good.
    async fn follow(self, place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
        let never = |never: Infallible| match never {};
        match self {
            Self::PipeWire => capture::pipewire::follow(place, reporter).await.map(never),
            Self::PulseAudio => capture::pulse::follow(place, reporter).await.map(never),
            Self::Alsa => capture::devices::microphone(place, reporter).await,
            Self::Cameras => capture::devices::camera(place, reporter).await,
            Self::Display => full_screen::follow(place, reporter).await.map(never),
            Self::Notifications => do_not_disturb::follow(place, reporter).await,
            Self::GnomeSession => inhibitors::gnome(place, reporter).await,
            Self::Plasma => inhibitors::plasma(place, reporter).await,
            Self::Logind => inhibitors::logind(place, reporter).await,
        }
    }
}

/// Every source of a fact, followed in a task of its own until this is dropped.
pub(super) struct FactWatch {
    place: Arc<Place>,
    reports: mpsc::Receiver<Report>,
    sender: mpsc::Sender<Report>,
    tasks: JoinSet<FactSource>,
    /// The pauses before each source is followed again.
    backoffs: [Backoff; FactSource::ALL.len()],
    answers: Answers,
    limit: Pin<Box<Sleep>>,
    /// Nobody waits for late sources any longer.
    is_over: bool,
    /// What the program knows.
    sent: Option<Desktop>,
}

impl FactWatch {
    pub(super) fn start(place: Arc<Place>) -> Self {
        let (sender, reports) = mpsc::channel(REPORTS);
        let mut watch = Self {
            place,
            reports,
            sender,
            tasks: JoinSet::new(),
            backoffs: [Backoff::new(LONGEST_PAUSE); FactSource::ALL.len()],
            answers: Answers::default(),
            limit: Box::pin(sleep(ANSWER_LIMIT)),
            is_over: false,
            sent: None,
        };
        for source in FactSource::ALL {
            watch.begin(source, Duration::ZERO);
        }
        watch
    }

    fn begin(&mut self, source: FactSource, after: Duration) {
        let (place, reporter) =
            (Arc::clone(&self.place), Reporter::new(source, self.sender.clone()));
        self.tasks.spawn(async move {
            sleep(after).await;
            if let Err(none) = source.follow(&place, &reporter).await {
                let all = source.facts().map(|fact| (fact, Err(none.clone()).into()));
                reporter.report_all(all.collect()).await;
            }
            source
        });
    }

    /// Takes in the next thing that happens. Nothing is lost when this is dropped before it is done.
    pub(super) async fn turn(&mut self) {
        tokio::select! {
            // A source reports before it ends, and both may be ready at once: the report says whether the source is followed again.
            biased;
            Some(report) = self.reports.recv() => self.answers.take(report),
            Some(Ok(source)) = self.tasks.join_next() => self.ended(source),
            () = &mut self.limit, if !self.is_over => self.is_over = true,
        }
    }

    /// A source that is there and failed is followed again after a pause.
    fn ended(&mut self, source: FactSource) {
        if self.answers.has_failed(source) {
            let pause = self.backoffs[source as usize].next_delay();
            debug!(source = source.name(), ?pause, "source of a desktop fact lost");
            self.begin(source, pause);
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
pub(super) async fn probe(place: Arc<Place>) -> Vec<FactReport> {
    let mut watch = FactWatch::start(place);
    let all = async {
        while !watch.answers.are_complete() {
            watch.turn().await;
        }
    };
    // A source that has not answered by then is listed as late.
    let _ = timeout(ANSWER_LIMIT, all).await;
    watch.answers.list()
}

/// The answer of one source for one fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactReport {
    pub fact: Fact,
    pub source: Cow<'static, str>,
    pub seen: Probe,
    /// Why the source does not answer, in a sentence; `None` where it does.
    pub why: Option<String>,
}

/// The last answer of each source for each of its facts.
#[derive(Debug)]
struct Answers(Vec<Asked>);

#[derive(Debug)]
struct Asked {
    fact: Fact,
    source: FactSource,
    /// With the name of the source; `None`: not yet.
    answer: Option<(&'static str, Answer)>,
}

impl Default for Answers {
    fn default() -> Self {
        let rows = SOURCES.iter().flat_map(|&(fact, sources)| {
            sources.iter().map(move |&source| Asked { fact, source, answer: None })
        });
        Self(rows.collect())
    }
}

impl Answers {
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

    fn has_failed(&self, source: FactSource) -> bool {
        let mut asked = self.0.iter().filter(|asked| asked.source == source);
        asked.any(|asked| asked.probe() == Probe::Failed)
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
            let (fact, late) = (asked.fact, asked.source.name());
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

    fn reports(answers: &mut Answers, source: FactSource, fact: Fact, answer: impl Into<Answer>) {
        answers.take(Report { source, name: source.name(), answers: vec![(fact, answer.into())] });
    }

    /// Everybody says that there is nothing to ask.
    fn lacking() -> Answers {
        let mut answers = Answers::default();
        for asked in &mut answers.0 {
            asked.answer =
                Some((asked.source.name(), Answer::from(Err(NoAnswer::absent("not there")))));
        }
        answers
    }

    #[test]
    fn an_unanswered_source_holds_and_an_absent_one_does_not() {
        let mut answers = Answers::default();
        assert!(!answers.are_complete());
        assert_eq!(answers.desktop()[Fact::Sharing], Probe::Failed);
        reports(&mut answers, FactSource::PipeWire, Fact::Sharing, Err(NoAnswer::absent("")));
        assert_eq!(answers.desktop()[Fact::Sharing], Probe::Absent);
        assert!(lacking().are_complete());
        assert_eq!(lacking().desktop(), Desktop::default());
    }

    #[test]
    fn of_several_sources_the_one_that_holds_back_counts() {
        let mut answers = lacking();
        let fact = Fact::Inhibited;
        reports(&mut answers, FactSource::Logind, fact, Ok(false));
        assert_eq!(answers.desktop()[Fact::Inhibited], Probe::No);
        reports(&mut answers, FactSource::Plasma, fact, Err(NoAnswer::failed("")));
        assert_eq!(answers.desktop()[Fact::Inhibited], Probe::Failed);
        reports(&mut answers, FactSource::Logind, fact, Ok(true));
        assert_eq!(answers.desktop()[Fact::Inhibited], Probe::Yes);
    }

    #[test]
    fn who_is_not_there_is_listed_only_where_nobody_is() {
        let mut answers = lacking();
        reports(&mut answers, FactSource::PipeWire, Fact::Microphone, Ok(true));
        answers.0[6].answer = None;
        let list = answers.list();
        let of = |fact| {
            let listed = list.iter().filter(move |probed| probed.fact == fact);
            listed.map(|probed| (&*probed.source, probed.seen)).collect::<Vec<_>>()
        };
        assert_eq!(of(Fact::Microphone), [("PipeWire", Probe::Yes)]);
        assert_eq!(of(Fact::Camera).len(), 2);
        assert_eq!(of(Fact::FullScreen), [("display", Probe::Failed)]);
        assert!(list.iter().all(|probed| probed.why.is_none() == (probed.seen == Probe::Yes)));
    }
}
