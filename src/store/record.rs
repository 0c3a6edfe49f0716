//! What is stored, as plain types: converted from those of the core, so that either side may change alone.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Date;

use super::packed::StoredReading;
use kindbeat_core::detection;
use kindbeat_core::detection::BaselineState;
use kindbeat_core::engine;
use kindbeat_core::heart::Sample;
use kindbeat_core::monitor::MonitorId;
use kindbeat_core::monitor::MonitorInfo;
use kindbeat_core::offer;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::Gate;
use kindbeat_core::page::Tense;
use kindbeat_core::practice::Ending;
use kindbeat_core::practice::Habits;
use kindbeat_core::practice::Liking;
use kindbeat_core::practice::PastBreak;
use kindbeat_core::sitting::FeedbackRecord;
use kindbeat_core::sitting::SittingRecord;

/// One thing to store. An elevation, an offer or a break replaces the stored one that began at the same moment.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    Reading(StoredReading),
    /// A sample; the last one of each minute stays as the summary of that minute.
    Sample(Sample),
    /// An elevation began, ended or was decided about.
    Elevation(StoredElevation),
    /// An offer was made, or something became of it.
    Offer(StoredOffer),
    /// A break began or ended.
    Break(StoredBreak),
    /// The owner answered the questions of a break; nothing is stored when there is no such break.
    Answers(BreakAnswers),
    /// The baseline as it is now; it replaces the stored one.
    Baseline(BaselineState),
    /// The monitor that was last connected; `None`: forget it.
    Monitor(Option<MonitorId>),
    /// What that monitor calls itself; `None`: it has told nothing.
    MonitorName(Option<String>),
    /// The level, in percent, for which the owner was last warned of its battery; `None`: not since it was full.
    BatteryTold(Option<u8>),
    /// Until when the owner wants quiet; `None`: no longer.
    Snoozed(Option<Timestamp>),
    /// Until when nothing is offered since a break was too much, past times included: it also says that the next break is to
    /// turn outward. `None`: neither.
    Resting(Option<Timestamp>),
    /// How many times in a row the owner was fine.
    FineInARow(u32),
    /// When the owner was asked whether the thresholds fit.
    FitAsked(Timestamp),
    /// What was chosen on the page.
    Habits(Habits),
    /// The offers that count for the cool-down and for the limit of a day.
    Offered {
        /// When the last one was made or the last break taken, whichever was later.
        cool_down_from: Timestamp,
        /// How many there were, ever.
        made: u64,
        /// The local day of the last one, and how many were made on it; `None` before the first.
        of_day: Option<(Date, u32)>,
    },
}

/// One minute of wear in three numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoredMinute {
    /// When it began: a whole minute.
    pub at: Timestamp,
    /// Median rate in bpm, to a tenth.
    pub heart_rate: f64,
    /// In ms, to a tenth; `None` when too little is known.
    pub rmssd: Option<f64>,
    /// Share of the minute with a plausible rate, 0 to 1, to a hundredth.
    pub coverage: f64,
}

/// The figures that an elevation or an offer was decided by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoredFigures {
    /// Mean rate, in bpm.
    pub heart_rate: f64,
    /// What was usual, in bpm.
    pub usual: f64,
    /// The usual spread, in bpm.
    pub spread: f64,
    /// How long the rate had been up; stored to the millisecond.
    pub sustained: SignedDuration,
}

/// One elevation.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredElevation {
    /// When the rate rose above the baseline, to the millisecond; no two elevations share it.
    pub started: Timestamp,
    /// When it was over; `None` while it is not, or if the program ended before.
    pub ended: Option<Timestamp>,
    pub figures: StoredFigures,
    /// `None` while the decision is open.
    pub decision: Option<ElevationDecision>,
}

/// Whether an elevation led to an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElevationDecision {
    Offered,
    /// It was held by the gate of this name.
    Held(String),
}

/// One offer.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredOffer {
    /// To the millisecond; no two offers share it.
    pub made: Timestamp,
    pub figures: StoredFigures,
    /// How it ended, and when; `None` while it is open, or if the program ended before.
    pub ended: Option<(OfferEnd, Timestamp)>,
}

/// How an offer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferEnd {
    Start,
    Later,
    /// "I'm fine."
    Fine,
    /// "I was moving."
    Moving,
    /// "I was excited."
    Excited,
    Expired,
    /// No notification server showed it.
    NotShown,
    /// A newer offer took its place.
    Replaced,
}

/// One break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBreak {
    /// To the millisecond; no two breaks share it.
    pub started: Timestamp,
    /// The id of the practice.
    pub practice: String,
    /// How long it was to last, in seconds.
    pub length_s: u32,
    /// How it ended, and when; `None` while it is open, or if the program ended before.
    pub ended: Option<(BreakEnd, Timestamp)>,
    /// Set by reading only: [`Record::Answers`] stores them.
    pub answers: Option<BreakAnswers>,
}

/// How a break ended. None of these is a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakEnd {
    /// With its last step.
    Completed,
    /// Left at this step, counted from 0.
    Left(u32),
    /// It was too much at this step, counted from 0.
    TooMuch(u32),
}

/// What the owner said after a break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakAnswers {
    /// When the break was begun.
    pub started: Timestamp,
    /// When it was said.
    pub answered: Timestamp,
    /// How tense it was before, 0 to 10 (what is above is stored as 10); `None`: not said.
    pub tension_before: Option<u8>,
    /// How tense it was afterwards, in the same way.
    pub tension: Option<u8>,
    /// Whether more like it is wanted; `None`: not said.
    pub liking: Option<Liking>,
    /// A line of their own; `None`: none.
    pub note: Option<String>,
}

impl StoredState {
    /// The monitor that was last connected, with what it calls itself; `None` before the first.
    #[must_use]
    pub fn known_monitor(&self) -> Option<MonitorInfo> {
        let name = self.monitor_name.clone();
        self.monitor.clone().map(|id| MonitorInfo { id, name, battery: None })
    }
}

/// The small things that the next run has to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredState {
    /// The monitor that was last connected; `None` before the first.
    pub monitor: Option<MonitorId>,
    /// What it calls itself; `None`: it had told nothing, or was stored by an older version.
    pub monitor_name: Option<String>,
    /// The level, in percent, for which the owner was last warned of its battery; `None`: not since it was full.
    pub battery_told: Option<u8>,
    /// Until when the owner wants quiet.
    pub snoozed_until: Option<Timestamp>,
    /// When the owner asked for that quiet; `None`: no such quiet, or stored by an older version.
    pub snoozed_at: Option<Timestamp>,
    /// Until when nothing is offered since a break was too much; in the past, the next break is still to turn outward.
    pub resting_until: Option<Timestamp>,
    /// When the last offer was made.
    pub last_offer: Option<Timestamp>,
    /// How many offers there were, ever.
    pub offers_made: u64,
    /// The local day on which offers were last counted, and how many there were.
    pub offers_of_day: Option<(Date, u32)>,
    /// How many times in a row the owner was fine.
    pub fine_in_a_row: u32,
    /// When the owner was last asked whether the thresholds fit.
    pub fit_asked: Option<Timestamp>,
    /// What was chosen on the page.
    pub habits: Habits,
}

impl StoredBreak {
    /// The break as the choice of the next one sees it.
    #[must_use]
    pub fn past(&self) -> PastBreak {
        let answers = self.answers.as_ref();
        PastBreak {
            at: self.started,
            practice: self.practice.clone(),
            finished: matches!(self.ended, Some((BreakEnd::Completed, _))),
            tension: answers.and_then(|answers| answers.tension),
            liking: answers.and_then(|answers| answers.liking),
        }
    }
}

impl From<SittingRecord> for Record {
    fn from(record: SittingRecord) -> Self {
        match record {
            SittingRecord::Break(taken) => Self::Break(StoredBreak {
                started: taken.started,
                practice: taken.practice,
                length_s: taken.length.seconds(),
                ended: taken.ended.map(|(ending, at)| (ending.into(), at)),
                answers: None,
            }),
            SittingRecord::Feedback(FeedbackRecord { started, answered, feedback }) => {
                Self::Answers(BreakAnswers {
                    started,
                    answered,
                    tension_before: feedback.before.map(Tense::figure),
                    tension: feedback.tense.map(Tense::figure),
                    liking: feedback.liking,
                    note: feedback.note,
                })
            }
            SittingRecord::Habits(habits) => Self::Habits(habits),
        }
    }
}

impl From<detection::Figures> for StoredFigures {
    fn from(figures: detection::Figures) -> Self {
        let detection::Figures { heart_rate, usual, spread, sustained } = figures;
        Self { heart_rate, usual, spread, sustained }
    }
}

impl From<engine::ElevationRecord> for StoredElevation {
    fn from(course: engine::ElevationRecord) -> Self {
        let engine::ElevationRecord { started, ended, figures, outcome } = course;
        let decision = outcome.map(|outcome| match outcome {
            engine::ElevationOutcome::Offered => ElevationDecision::Offered,
            engine::ElevationOutcome::Held(gate) => gate.into(),
        });
        Self { started, ended, figures: figures.into(), decision }
    }
}

impl From<Gate> for ElevationDecision {
    fn from(gate: Gate) -> Self {
        Self::Held(gate.name().to_owned())
    }
}

impl From<Answer> for OfferEnd {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Start => Self::Start,
            Answer::Later => Self::Later,
            Answer::Fine => Self::Fine,
            Answer::Moving => Self::Moving,
            Answer::Excited => Self::Excited,
        }
    }
}

impl From<offer::OfferOutcome> for OfferEnd {
    fn from(outcome: offer::OfferOutcome) -> Self {
        match outcome {
            offer::OfferOutcome::Answered(answer) => answer.into(),
            offer::OfferOutcome::Expired => Self::Expired,
            offer::OfferOutcome::NotShown => Self::NotShown,
            offer::OfferOutcome::Replaced => Self::Replaced,
        }
    }
}

impl From<Ending> for BreakEnd {
    fn from(ending: Ending) -> Self {
        let number = |step: usize| u32::try_from(step).unwrap_or(u32::MAX);
        match ending {
            Ending::Completed => Self::Completed,
            Ending::Left { step } => Self::Left(number(step)),
            Ending::TooMuch { step } => Self::TooMuch(number(step)),
        }
    }
}

impl OfferEnd {
    const ALL: [Self; 8] = [
        Self::Start,
        Self::Later,
        Self::Fine,
        Self::Moving,
        Self::Excited,
        Self::Expired,
        Self::NotShown,
        Self::Replaced,
    ];

    /// Its name in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Later => "later",
            Self::Fine => "fine",
            Self::Moving => "moving",
            Self::Excited => "excited",
            Self::Expired => "expired",
            Self::NotShown => "not_shown",
            Self::Replaced => "replaced",
        }
    }

    /// What is stored under this name; `None` for a name this version does not know.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.name() == name)
    }
}

impl BreakEnd {
    /// Its name in the store, and the step.
    pub(super) const fn stored(self) -> (&'static str, Option<u32>) {
        match self {
            Self::Completed => ("completed", None),
            Self::Left(step) => ("left", Some(step)),
            Self::TooMuch(step) => ("too_much", Some(step)),
        }
    }

    /// What is stored so; `None` for what this version does not know.
    pub(super) fn named(name: &str, step: Option<u32>) -> Option<Self> {
        match (name, step) {
            ("completed", _) => Some(Self::Completed),
            ("left", Some(step)) => Some(Self::Left(step)),
            ("too_much", Some(step)) => Some(Self::TooMuch(step)),
            _ => None,
        }
    }
}
