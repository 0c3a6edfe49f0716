//! Whoever comes to a page: what they chose on earlier ones and do on this one, and how their heart went.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::practice::Ending;
use crate::practice::Habits;
use crate::practice::Length;
use crate::practice::Library;
use crate::practice::Occasion;
use crate::practice::PartOfDay;
use crate::practice::PastBreak;
use crate::practice::Practice;
use crate::practice::PracticeSettings;
use crate::practice::Session;
use crate::practice::SessionCommand;
use crate::practice::SessionState;
use crate::practice::others;

use super::follower::Follower;
use super::visit::Feedback;
use super::visit::PageInput;
use super::visit::Sound;
use super::visit::Visit;
use super::visit::Wish;

/// What earlier breaks left for the next page.
#[derive(Debug, Default)]
pub struct Earlier {
    /// What was chosen on pages.
    pub habits: Habits,
    /// The last breaks, in the order of time.
    pub past: Vec<PastBreak>,
}

/// What follows from something done on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Something is wanted of the break.
    Break(SessionCommand),
    /// Another practice or length is wanted, by name, before the first step.
    Choose(String, Length),
    /// What was said of the break, or nothing: once a break, when it is over.
    Feedback(Feedback),
}

/// Whoever comes to the page of the break that is open, or was last.
#[derive(Debug)]
pub struct Visitor {
    /// How far the person has come.
    pub visit: Visit,
    /// What was chosen on pages.
    pub habits: Habits,
    /// The last breaks, in the order of time; the one that is open is not among them.
    past: Vec<PastBreak>,
    /// The practices that the first page shows besides.
    pub others: Vec<Arc<Practice>>,
    /// The heart that follows the breath.
    pub follower: Follower,
    /// The heart since the break began.
    pub course: Vec<(Timestamp, f64)>,
    /// Whether the answers of late ask for help lines.
    pub needs_help: bool,
}

impl Visitor {
    /// Somebody whose earlier breaks left this.
    #[must_use]
    pub fn new(earlier: Earlier, settings: &PracticeSettings) -> Self {
        let Earlier { habits, past } = earlier;
        let visit = Visit::new(habits.anchor(settings), Sound::SILENT, false);
        Self {
            visit,
            habits,
            past,
            others: Vec::new(),
            follower: Follower::default(),
            course: Vec::new(),
            needs_help: false,
        }
    }

    /// A break begins, and with it a page, at this time of the place. Whatever follows the heart is offered only where
    /// `mention_heart` says that nothing speaks against it.
    pub fn begin(
        &mut self,
        practice: &str,
        library: &Library,
        settings: &PracticeSettings,
        mention_heart: bool,
        local: (Timestamp, Offset),
    ) {
        let sound = Sound {
            tones: settings.tones,
            voice: settings.voice,
            volume: self.habits.volume.unwrap_or(Sound::SILENT.volume),
        };
        self.visit = Visit::new(self.habits.anchor(settings), sound, !self.habits.welcomed);
        self.course.clear();
        self.follower.begin();
        self.needs_help = false;
        let (now, offset) = local;
        self.others = others(
            library,
            &Occasion {
                practice,
                focus: settings.focus,
                mention_heart,
                day: PartOfDay::at(offset.to_datetime(now).hour()),
                past: &self.past,
                pairs: &self.habits.pairs,
            },
        );
        if let [first, second] = self.others.as_slice() {
            self.habits.showed([first.id().to_owned(), second.id().to_owned()]);
        }
    }

    /// Takes in what was done on the page of this break; `None`: nothing follows outside it.
    pub fn handle(
        &mut self,
        input: PageInput,
        session: &Session,
        library: &Library,
    ) -> Option<Decision> {
        let (practice, length) = (session.practice(), session.length());
        Some(match self.visit.handle(input, session.state())? {
            Wish::Break(command) => Decision::Break(command),
            Wish::Length(length) => Decision::Choose(practice.id().to_owned(), length),
            Wish::Other(index) => {
                // The one that was to begin takes its place, so that the choice can be taken back.
                let chosen = std::mem::replace(self.others.get_mut(index)?, Arc::clone(practice));
                Decision::Choose(chosen.id().to_owned(), length)
            }
            Wish::FindPace => Decision::Choose(library.own_pace().id().to_owned(), length),
            Wish::Feedback(said) => Decision::Feedback(said),
        })
    }

    /// Until when somebody may still be at the question behind this break; `None` where it is not asked. It is as long as a break
    /// waits in the middle.
    #[must_use]
    pub fn question_until(&self, session: &Session) -> Option<Timestamp> {
        let SessionState::Ended { ending: Ending::Completed, at } = session.state() else {
            return None;
        };
        let asked = !self.visit.answered();
        asked.then(|| at.saturating_add(Session::MAX_PAUSE).unwrap_or(Timestamp::MAX))
    }

    /// Takes over what was chosen on the page and holds for the next one; true when there was something.
    pub fn learn(&mut self, settings: &PracticeSettings) -> bool {
        let before = self.habits.clone();
        if self.visit.welcome().is_none() {
            self.habits.welcomed = true;
        }
        if self.visit.anchor() != self.habits.anchor(settings) {
            self.habits.choose_anchor(self.visit.anchor(), settings);
        }
        if self.visit.sound().volume != self.habits.volume.unwrap_or(Sound::SILENT.volume) {
            self.habits.volume = Some(self.visit.sound().volume);
        }
        self.habits != before
    }

    /// A break is over and was spoken of, or not.
    pub fn ended(&mut self, past: PastBreak, now: Timestamp) {
        self.past.retain(|known| known.at != past.at);
        self.past.push(past);
        if self.habits.needs_help(&self.past, now) {
            self.needs_help = true;
            self.habits.helped = Some(now);
        }
    }

    /// The heart beats at this rate; kept while the page is open, in steps of a second at least.
    pub fn heart_beats(&mut self, now: Timestamp, rate: Option<f64>) {
        let last = self.course.last().map(|(at, _)| now.duration_since(*at));
        if let Some(rate) = rate
            && self.course.len() < COURSE
            && last.is_none_or(|since| since >= SECOND)
        {
            self.course.push((now, rate));
        }
    }
}

/// A break with all its pauses seldom lasts longer, in seconds; what comes later is not drawn.
const COURSE: usize = 900;
const SECOND: SignedDuration = SignedDuration::from_millis(900);

#[cfg(test)]
mod tests;
