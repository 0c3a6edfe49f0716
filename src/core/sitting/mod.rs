//! A sitting: one break as its host sees it, from the first page to the last answer.
//!
//! PURE. A [`PageInput`] and the time go in; records to keep, news and a [`View`] come out. The host (the daemon, or the process of
//! `break --here` where no daemon runs) only carries things: a page in a browser and a terminal are two ways to show the same view.
//!
//! The [`Session`] stays in the [`Engine`], because the engine decides by it: an open break is a gate, "too much" leads to rest, and a
//! break that was taken starts the cool-down. So a sitting is told of
//! the engine's [`Effect`]s ([`Sitting::follow`]), and what a person wants of the break comes back as an [`Input`] for the engine
//! ([`Sitting::handle`]). Where nothing but a break is hosted, [`LocalSitting`] joins the two.

mod local;

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::engine::Effect;
use crate::engine::Engine;
use crate::engine::Input;
use crate::heart::Reading;
use crate::page::Feedback;
use crate::page::Follower;
use crate::page::PageInput;
use crate::page::Scene;
use crate::page::Sound;
use crate::page::Tense;
use crate::page::View;
use crate::page::Visit;
use crate::page::Wish;
use crate::page::view_of;
use crate::practice::Ending;
use crate::practice::Habits;
use crate::practice::HelpLines;
use crate::practice::Length;
use crate::practice::Occasion;
use crate::practice::PartOfDay;
use crate::practice::PastBreak;
use crate::practice::Practice;
use crate::practice::PracticeSettings;
use crate::practice::Session;
use crate::practice::SessionState;
use crate::practice::others;
use crate::status::News;
use crate::words::Words;

pub use local::LocalSitting;

/// What earlier breaks left for the next one.
#[derive(Debug, Default)]
pub struct Earlier {
    /// What was chosen on pages.
    pub habits: Habits,
    /// The last breaks, in the order of time.
    pub past: Vec<PastBreak>,
}

/// The break that is open, or was last, with what earlier ones left for it.
#[derive(Debug)]
pub struct Sitting {
    visit: Visit,
    habits: Habits,
    /// The habits that the host keeps already.
    habits_kept: Habits,
    /// The last breaks, in the order of time; the one that is open is not among them.
    past: Vec<PastBreak>,
    /// The practices that the first page shows besides.
    others: Vec<Arc<Practice>>,
    follower: Follower,
    /// The heart since the break began: when, and in bpm.
    course: Vec<(Timestamp, f64)>,
    /// Whether the answers of late ask for help lines.
    needs_help: bool,
    /// As it is kept; `None` before the first break.
    taken: Option<BreakRecord>,
    /// What was answered so far of the question after the break.
    draft: Feedback,
    events: Vec<SittingEvent>,
}

/// Something for the host to do.
#[derive(Clone, Debug, PartialEq)]
pub enum SittingEvent {
    /// Keep this.
    Keep(SittingRecord),
    /// Tell whoever listens.
    Tell(News),
}

/// What outlives a sitting.
#[derive(Clone, Debug, PartialEq)]
pub enum SittingRecord {
    /// The break began, became another one or ended. It replaces an earlier record with the same `started`.
    Break(BreakRecord),
    /// The question after the break was answered or skipped.
    Feedback(FeedbackRecord),
    /// What was chosen on the page and holds for the next one.
    Habits(Habits),
}

/// A break that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakRecord {
    /// What tells breaks apart.
    pub started: Timestamp,
    /// The name of the practice.
    pub practice: String,
    /// How long it is to last.
    pub length: Length,
    /// How it ended, and when; `None` while it is open.
    pub ended: Option<(Ending, Timestamp)>,
}

/// What was said of a break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackRecord {
    /// When the break began.
    pub started: Timestamp,
    /// When it was said.
    pub answered: Timestamp,
    /// Empty where the question was skipped.
    pub feedback: Feedback,
}

/// What a view takes from its host, beside the break itself.
#[derive(Clone, Copy)]
pub struct ViewContext<'a> {
    /// The words of the person's language.
    pub words: &'a Words,
    /// Their locale, `en_AT.UTF-8`: which help lines come first.
    pub locale: &'a str,
    /// The help lines.
    pub help: &'a HelpLines,
    /// The heart in bpm; `None` where it is not known.
    pub heart: Option<f64>,
    /// Whether the heart may be shown now.
    pub show_heart: bool,
    /// Whether the host has the steps read aloud.
    pub is_read_aloud: bool,
}

impl Sitting {
    /// No break yet, for somebody whose earlier ones left this.
    #[must_use]
    pub fn new(earlier: Earlier, settings: &PracticeSettings) -> Self {
        let Earlier { habits, past } = earlier;
        Self {
            visit: Visit::new(habits.anchor(settings), Sound::SILENT, false),
            habits_kept: habits.clone(),
            habits,
            past,
            others: Vec::new(),
            follower: Follower::default(),
            course: Vec::new(),
            needs_help: false,
            taken: None,
            draft: Feedback::default(),
            events: Vec::new(),
        }
    }

    /// What to put to the engine right after a break began: no step passes while the first page is read.
    #[must_use]
    pub const fn pause_at_start() -> Input {
        Input::Break(Visit::pause_at_start())
    }

    /// Takes in what a person does; what the engine has to be asked, if anything.
    pub fn handle(&mut self, now: Timestamp, input: PageInput, engine: &Engine) -> Option<Input> {
        let session = engine.session()?;
        if let PageInput::Draft(draft) = input {
            if self.question_until(session).is_some() {
                self.draft = checked(draft);
            }
            return None;
        }
        let goes = matches!(input, PageInput::Leave | PageInput::Closed);
        let (practice, length) = (session.practice(), session.length());
        let wanted = match self.visit.handle(input, session.state()) {
            Some(Wish::Break(command)) => Some(Input::Break(command)),
            Some(Wish::Length(length)) => {
                Some(Input::BreakChosen(practice.id().to_owned(), length))
            }
            Some(Wish::Other(index)) => self.others.get_mut(index).map(|other| {
                // The one that was to begin takes its place, so that the choice can be taken back.
                let chosen = std::mem::replace(other, Arc::clone(practice));
                Input::BreakChosen(chosen.id().to_owned(), length)
            }),
            Some(Wish::FindPace) => {
                Some(Input::BreakChosen(engine.library().own_pace().id().to_owned(), length))
            }
            Some(Wish::Feedback(feedback)) => {
                let before = feedback.before;
                let feedback =
                    if goes { std::mem::take(&mut self.draft) } else { checked(feedback) };
                self.answered(now, Feedback { before, ..feedback });
                None
            }
            None => None,
        };
        self.learn(&engine.settings().practice);
        self.keep_habits();
        wanted
    }

    /// Takes in what the engine did; effects that are not of a break change nothing.
    pub fn follow(&mut self, now: Timestamp, effect: &Effect, engine: &Engine) {
        match effect {
            Effect::BreakBegan(practice, length) => self.began(now, practice, *length, engine),
            Effect::BreakChosen(practice, length) => {
                if let Some(taken) = &mut self.taken {
                    practice.clone_into(&mut taken.practice);
                    taken.length = *length;
                    let taken = taken.clone();
                    self.keep(SittingRecord::Break(taken));
                }
            }
            Effect::BreakMoved(state) => self.moved(now, *state, engine.session()),
            Effect::Offer(..)
            | Effect::Withdraw(..)
            | Effect::Sampled(_)
            | Effect::Elevation(_)
            | Effect::Attend(_)
            | Effect::ShowAgain(..)
            | Effect::Reword(_)
            | Effect::Resumed(_)
            | Effect::Held(..)
            | Effect::NoSuchPractice(_) => return,
        }
        self.keep_habits();
    }

    /// The monitor sent something.
    pub fn observe(&mut self, now: Timestamp, reading: &Reading, engine: &Engine) {
        if engine.session().is_some_and(is_open)
            && let Some(rate) = reading.heart_rate
            && self.course.len() < COURSE
            && self.course.last().is_none_or(|(at, _)| now.duration_since(*at) >= SECOND)
        {
            self.course.push((now, rate));
        }
        let settings = engine.settings();
        if settings.practice.show_heart && settings.mentions_heart() {
            self.follower.observe(now, reading);
        }
    }

    /// When [`Self::tick`] has something to do, beside the engine's own wake-ups.
    #[must_use]
    pub fn next_wakeup(&self, engine: &Engine) -> Option<Timestamp> {
        engine.session().and_then(|session| self.question_until(session))
    }

    /// Lets time pass: a question that nobody answers is over at some time, and what was answered so far is kept.
    pub fn tick(&mut self, now: Timestamp, engine: &Engine) {
        if self.next_wakeup(engine).is_some_and(|until| until <= now) {
            let draft = std::mem::take(&mut self.draft);
            self.handle(now, PageInput::Feedback(draft), engine);
        }
    }

    /// What is to be done, in order; each is handed out once.
    #[must_use = "a record that is dropped is lost"]
    pub fn take_events(&mut self) -> Vec<SittingEvent> {
        std::mem::take(&mut self.events)
    }

    /// Until when somebody may still be at the question after the break; `None` where it is not asked. It is as long as a break
    /// waits in the middle.
    #[must_use]
    pub fn question_until(&self, session: &Session) -> Option<Timestamp> {
        let SessionState::Ended { ending: Ending::Completed, at } = session.state() else {
            return None;
        };
        let asks = !self.visit.answered();
        asks.then(|| at.saturating_add(Session::MAX_PAUSE).unwrap_or(Timestamp::MAX))
    }

    /// Whether the desktop has to be watched for this break: it shows the heart until the question after it is answered, and only where
    /// nobody else sees the screen, see [`Engine::may_mention_heart`].
    #[must_use]
    pub fn watches_desktop(&self, engine: &Engine) -> bool {
        let settings = engine.settings();
        let is_shown = |session| is_open(session) || self.question_until(session).is_some();
        settings.practice.show_heart
            && settings.mentions_heart()
            && engine.session().is_some_and(is_shown)
    }

    /// What can be heard, as it was chosen.
    #[must_use]
    pub const fn sound(&self) -> Sound {
        self.visit.sound()
    }

    /// What there is to see.
    pub fn view(
        &mut self,
        now: Timestamp,
        session: Option<&Session>,
        context: ViewContext<'_>,
    ) -> View {
        if context.show_heart {
            self.follower.look(now, self.habits.pace);
        }
        view_of(&Scene {
            heart: context.heart,
            show_heart: context.show_heart,
            others: &self.others,
            cycle: self.follower.cycle(now, self.habits.pace),
            following: Some(self.follower.seen()),
            course: &self.course,
            needs_help: self.needs_help,
            is_read_aloud: context.is_read_aloud,
            ..Scene::new(now, session, &self.visit, context.words, context.locale, context.help)
        })
    }

    fn began(&mut self, now: Timestamp, practice: &str, length: Length, engine: &Engine) {
        // Somebody may have begun to answer the question after the break before.
        let draft = std::mem::take(&mut self.draft);
        if draft != Feedback::default() {
            let before = self.visit.before();
            self.answered(now, Feedback { before, ..draft });
        }
        let settings = &engine.settings().practice;
        let sound = Sound {
            tones: settings.tones,
            voice: settings.voice,
            volume: self.habits.volume.unwrap_or(Sound::SILENT.volume),
        };
        self.visit = Visit::new(self.habits.anchor(settings), sound, !self.habits.welcomed);
        self.course.clear();
        self.follower.begin();
        self.needs_help = false;
        self.others = others(
            engine.library(),
            &Occasion {
                practice,
                focus: settings.focus,
                mention_heart: engine.settings().mentions_heart(),
                day: PartOfDay::at(engine.utc_offset().to_datetime(now).hour()),
                past: &self.past,
                pairs: &self.habits.pairs,
            },
        );
        if let [first, second] = self.others.as_slice() {
            self.habits.showed([first.id().to_owned(), second.id().to_owned()]);
        }
        let practice = practice.to_owned();
        let taken = BreakRecord { started: now, practice: practice.clone(), length, ended: None };
        self.taken = Some(taken.clone());
        self.keep(SittingRecord::Break(taken));
        self.events.push(SittingEvent::Tell(News::BreakStarted(practice)));
    }

    fn moved(&mut self, now: Timestamp, state: SessionState, session: Option<&Session>) {
        if let Some(pace) = self.follower.moved(now, session) {
            self.habits.pace = Some(pace);
        }
        let SessionState::Ended { ending, at } = state else { return };
        let Some(taken) = self.taken.as_mut().filter(|taken| taken.ended.is_none()) else { return };
        taken.ended = Some((ending, at));
        let taken = taken.clone();
        self.keep(SittingRecord::Break(taken.clone()));
        self.count(now, &taken, &Feedback::default());
        // Whoever left is asked nothing; what they said before it is kept.
        let before = self.visit.before();
        if ending != Ending::Completed && before.is_some() {
            self.answered(now, Feedback { before, ..Feedback::default() });
        }
        self.events.push(SittingEvent::Tell(News::BreakEnded(ending.name())));
    }

    /// Something was said of the break, or nothing.
    fn answered(&mut self, now: Timestamp, feedback: Feedback) {
        self.draft = Feedback::default();
        let Some(taken) = self.taken.clone() else { return };
        self.count(now, &taken, &feedback);
        let record = FeedbackRecord { started: taken.started, answered: now, feedback };
        self.keep(SittingRecord::Feedback(record));
    }

    /// The next break is chosen by this one, too.
    fn count(&mut self, now: Timestamp, taken: &BreakRecord, feedback: &Feedback) {
        self.past.retain(|past| past.at != taken.started);
        self.past.push(PastBreak {
            at: taken.started,
            practice: taken.practice.clone(),
            finished: matches!(taken.ended, Some((Ending::Completed, _))),
            tension: feedback.tense.map(Tense::figure),
            liking: feedback.liking,
        });
        self.past.drain(..self.past.len().saturating_sub(MOST_PAST));
        if self.habits.needs_help(&self.past, now) {
            self.needs_help = true;
            self.habits.helped = Some(now);
        }
    }

    /// What was chosen on the page holds for the next one.
    fn learn(&mut self, settings: &PracticeSettings) {
        if self.visit.welcome().is_none() {
            self.habits.welcomed = true;
        }
        if self.visit.anchor() != self.habits.anchor(settings) {
            self.habits.choose_anchor(self.visit.anchor(), settings);
        }
        if self.visit.sound().volume != self.habits.volume.unwrap_or(Sound::SILENT.volume) {
            self.habits.volume = Some(self.visit.sound().volume);
        }
    }

    fn keep_habits(&mut self) {
        if self.habits != self.habits_kept {
            self.habits_kept = self.habits.clone();
            self.keep(SittingRecord::Habits(self.habits.clone()));
        }
    }

    fn keep(&mut self, record: SittingRecord) {
        self.events.push(SittingEvent::Keep(record));
    }
}

/// A view may be shown by another program: its note is made one line of a bounded length here.
fn checked(mut feedback: Feedback) -> Feedback {
    feedback.note = feedback.note.as_deref().and_then(Feedback::note);
    feedback
}

fn is_open(session: &Session) -> bool {
    !matches!(session.state(), SessionState::Ended { .. })
}

/// A break with all its pauses seldom lasts longer, in seconds; the heart that comes later is not drawn.
const COURSE: usize = 900;
/// The heart is kept once a second; a little less, since packets do not come on the dot.
const SECOND: SignedDuration = SignedDuration::from_millis(900);
/// Breaks that are remembered: more than a month of the busiest days, which is twice as long as anything looks back.
const MOST_PAST: usize = 400;

#[cfg(test)]
mod tests;
