//! What a page knows besides the break: what was chosen on earlier ones, how the heart went, what else there is.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::config::Config;
use crate::page::Sound;
use crate::page::Visit;
use crate::practice::Habits;
use crate::practice::Library;
use crate::practice::Occasion;
use crate::practice::PartOfDay;
use crate::practice::Past;
use crate::practice::Practice;
use crate::practice::others;

use super::following::Following;
use super::world::Before;

/// The page of the break that is open, or was last, and what earlier ones left.
pub(crate) struct Visiting {
    /// How far the person has come.
    pub(crate) visit: Visit,
    /// What was chosen on pages.
    pub(crate) habits: Habits,
    /// The last breaks, in the order of time; the one that is open is not among them.
    past: Vec<Past>,
    /// The practices that the first page shows besides.
    pub(crate) others: Vec<Arc<Practice>>,
    /// The heart that follows the breath.
    pub(super) following: Following,
    /// The heart since the break began.
    pub(super) course: Vec<(Timestamp, f64)>,
    /// Whether the answers of late ask for help lines.
    pub(crate) needs_help: bool,
}

impl Visiting {
    pub(crate) fn new(before: Before, config: &Config) -> Self {
        let Before { habits, past } = before;
        let visit = Visit::new(habits.anchor(&config.practice), Sound::SILENT, false);
        Self {
            visit,
            habits,
            past,
            others: Vec::new(),
            following: Following::default(),
            course: Vec::new(),
            needs_help: false,
        }
    }

    /// A break begins, and with it a page.
    pub(crate) fn begin(
        &mut self,
        practice: &str,
        library: &Library,
        config: &Config,
        mention_heart: bool,
        local: (Timestamp, Offset),
    ) {
        let settings = &config.practice;
        let sound = Sound {
            tones: settings.tones,
            voice: settings.voice,
            volume: self.habits.volume.unwrap_or(Sound::SILENT.volume),
        };
        self.visit = Visit::new(self.habits.anchor(settings), sound, !self.habits.welcomed);
        self.course.clear();
        self.following.begin();
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

    /// Another practice was chosen: the one that was to begin takes its place, so that the choice can be taken back.
    pub(crate) fn chosen(&mut self, before: &Arc<Practice>, practice: &str) {
        for other in &mut self.others {
            if other.id() == practice {
                *other = Arc::clone(before);
            }
        }
    }

    /// Takes over what was chosen on the page and holds for the next one; true when there was something.
    pub(crate) fn learn(&mut self, config: &Config) -> bool {
        let before = self.habits.clone();
        if self.visit.welcome().is_none() {
            self.habits.welcomed = true;
        }
        if self.visit.anchor() != self.habits.anchor(&config.practice) {
            self.habits.choose_anchor(self.visit.anchor(), &config.practice);
        }
        if self.visit.sound().volume != self.habits.volume.unwrap_or(Sound::SILENT.volume) {
            self.habits.volume = Some(self.visit.sound().volume);
        }
        self.habits != before
    }

    /// A break is over and was spoken of, or not.
    pub(crate) fn ended(&mut self, past: Past, now: Timestamp) {
        self.past.retain(|known| known.at != past.at);
        self.past.push(past);
        if self.habits.needs_help(&self.past, now) {
            self.needs_help = true;
            self.habits.helped = Some(now);
        }
    }

    /// The heart beats at this rate; kept while the page is open, in steps of a second at least.
    pub(super) fn heart_beats(&mut self, now: Timestamp, rate: Option<f64>) {
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
