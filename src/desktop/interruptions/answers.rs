//! What all sources said, taken together.
//!
//! Nothing here touches anything.

use std::borrow::Cow;

use serde::Deserialize;
use serde::Serialize;

use super::report::Answer;
use super::report::LATE;
use super::report::Report;
use super::report::Source;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;

/// What one source says of one fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probed {
    /// Of what.
    pub fact: Fact,
    /// Who was asked.
    pub source: Cow<'static, str>,
    /// What it says.
    pub seen: Probe,
    /// Why it says nothing, in a sentence; `None` where it says something.
    pub why: Option<String>,
}

/// Who is asked what, and what they said last.
#[derive(Debug)]
pub(super) struct Answers([Asked; 11]);

#[derive(Debug)]
struct Asked {
    fact: Fact,
    source: Source,
    /// `None`: not yet.
    said: Option<(&'static str, Answer)>,
}

impl Default for Answers {
    fn default() -> Self {
        Self(
            [
                (Fact::Microphone, Source::PipeWire),
                (Fact::Microphone, Source::PulseAudio),
                (Fact::Microphone, Source::Alsa),
                (Fact::Camera, Source::PipeWire),
                (Fact::Camera, Source::Cameras),
                (Fact::Sharing, Source::PipeWire),
                (Fact::FullScreen, Source::Windows),
                (Fact::DoNotDisturb, Source::Notifications),
                (Fact::Inhibited, Source::GnomeSession),
                (Fact::Inhibited, Source::Plasma),
                (Fact::Inhibited, Source::Logind),
            ]
            .map(|(fact, source)| Asked { fact, source, said: None }),
        )
    }
}

impl Answers {
    pub(super) fn take(&mut self, report: Report) {
        let Report { source, name, said } = report;
        for (fact, answer) in said {
            let mut asked = self.0.iter_mut();
            if let Some(asked) = asked.find(|asked| asked.source == source && asked.fact == fact) {
                asked.said = Some((name, answer));
            }
        }
    }

    /// Whether everybody answered.
    pub(super) fn are_complete(&self) -> bool {
        self.0.iter().all(|asked| asked.said.is_some())
    }

    /// Whether one of these is there and does not tell.
    pub(super) fn have_failed(&self, sources: &[Source]) -> bool {
        let mut asked = self.0.iter().filter(|asked| sources.contains(&asked.source));
        asked.any(|asked| asked.seen() == Probe::Failed)
    }

    /// How things stand; who did not answer yet counts as one who does not.
    pub(super) fn desktop(&self) -> Desktop {
        Desktop::from_fn(|fact| self.seen(fact))
    }

    fn seen(&self, fact: Fact) -> Probe {
        let all = self.0.iter().filter(|asked| asked.fact == fact).map(Asked::seen);
        all.fold(Probe::Absent, Probe::or)
    }

    /// Who said what: for each fact those who are there, or, where nobody is, those who could be.
    pub(super) fn list(self) -> Vec<Probed> {
        let known: Vec<_> =
            Fact::ALL.into_iter().filter(|&fact| self.seen(fact) != Probe::Absent).collect();
        let told = self.0.into_iter().map(|asked| {
            let (fact, late) = (asked.fact, asked.source.name());
            let (source, Answer { seen, why }) =
                asked.said.unwrap_or_else(|| (late, Answer::failed(LATE.to_owned())));
            Probed { fact, source: source.into(), seen, why }
        });
        told.filter(|probed| probed.seen != Probe::Absent || !known.contains(&probed.fact))
            .collect()
    }
}

impl Asked {
    fn seen(&self) -> Probe {
        self.said.as_ref().map_or(Probe::Failed, |(_, answer)| answer.seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(answers: &mut Answers, source: Source, fact: Fact, answer: impl Into<Answer>) {
        answers.take(Report { source, name: source.name(), said: vec![(fact, answer.into())] });
    }

    /// Everybody says that there is nothing to ask.
    fn lacking() -> Answers {
        let mut answers = Answers::default();
        for asked in &mut answers.0 {
            asked.said = Some((asked.source.name(), Answer::lacking("not there".to_owned())));
        }
        answers
    }

    #[test]
    fn an_unanswered_source_holds_and_an_absent_one_does_not() {
        let mut answers = Answers::default();
        assert!(!answers.are_complete());
        assert_eq!(answers.desktop()[Fact::Sharing], Probe::Failed);
        said(&mut answers, Source::PipeWire, Fact::Sharing, Answer::lacking(String::new()));
        assert_eq!(answers.desktop()[Fact::Sharing], Probe::Absent);
        assert!(lacking().are_complete());
        assert_eq!(lacking().desktop(), Desktop::default());
    }

    #[test]
    fn of_several_sources_the_one_that_holds_back_counts() {
        let mut answers = lacking();
        let fact = Fact::Inhibited;
        said(&mut answers, Source::Logind, fact, false);
        assert_eq!(answers.desktop()[Fact::Inhibited], Probe::No);
        said(&mut answers, Source::Plasma, fact, Answer::failed(String::new()));
        assert_eq!(answers.desktop()[Fact::Inhibited], Probe::Failed);
        said(&mut answers, Source::Logind, fact, true);
        assert_eq!(answers.desktop()[Fact::Inhibited], Probe::Yes);
    }

    #[test]
    fn who_is_not_there_is_listed_only_where_nobody_is() {
        let mut answers = lacking();
        said(&mut answers, Source::PipeWire, Fact::Microphone, true);
        answers.0[6].said = None;
        let list = answers.list();
        let of = |fact| {
            let told = list.iter().filter(move |probed| probed.fact == fact);
            told.map(|probed| (&*probed.source, probed.seen)).collect::<Vec<_>>()
        };
        assert_eq!(of(Fact::Microphone), [("PipeWire", Probe::Yes)]);
        assert_eq!(of(Fact::Camera).len(), 2);
        assert_eq!(of(Fact::FullScreen), [("display", Probe::Failed)]);
        assert!(list.iter().all(|probed| probed.why.is_none() == (probed.seen == Probe::Yes)));
    }
}
