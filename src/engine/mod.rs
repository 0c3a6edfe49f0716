//! Every decision: what comes in, when, and what follows from it.
//!
//! PURE. One [`Input`] and the time go in, [`Effect`]s come out, and [`Engine::next_wakeup`] says when to call again if nothing
//! else happens. A caller that holds a clock, a strap and a screen needs no rule of its own; a caller that holds a recording
//! runs a year in a minute.

mod asking;
mod breaks;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::detection::Baseline;
use crate::detection::DetectionSettings;
use crate::detection::Figures;
use crate::detection::Finding;
use crate::detection::Phase;
use crate::detection::Usual;
use crate::detection::Watch;
use crate::heart::BeatFilter;
use crate::heart::Contact;
use crate::heart::Reading;
use crate::heart::Sampler;
use crate::offer::Answer;
use crate::offer::Gate;
use crate::offer::Moment;
use crate::offer::OfferId;
use crate::offer::OfferSettings;
use crate::offer::Offers;
use crate::practice::Command;
use crate::practice::Length;
use crate::practice::Library;
use crate::practice::PracticeSettings;
use crate::practice::Session;
use crate::practice::State;
use crate::practice::UnknownPractice;
use crate::surroundings::Surroundings;

use asking::Elevation;

/// All that the owner can set about decisions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// When the heart counts as up.
    pub detection: DetectionSettings,
    /// When to ask.
    pub offer: OfferSettings,
    /// What to open.
    pub practice: PracticeSettings,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The monitor sent something.
    Measured(Reading),
    /// The monitor is gone, or the recording is at its end.
    MonitorLost,
    /// The desk or the desktop changed.
    Surroundings(Surroundings),
    /// An offer was answered.
    Answered(OfferId, Answer),
    /// A break is wanted now, by name and length; `None`: the owner's own, or the outward grounding after "too much".
    BreakWanted(Option<String>, Option<Length>),
    /// Something is wanted of the open break.
    Break(Command),
    /// No offers until then.
    Snooze(Timestamp),
    /// Offers again.
    Resume,
    /// Time passed.
    Tick,
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask whether a break would help.
    Offer(OfferId, Figures),
    /// Take the offer away: answered, out of date, or replaced.
    Withdraw(OfferId),
    /// An elevation is over, and was not offered: the gate that was closed last, and the figures of that moment.
    Held(Gate, Figures),
    /// The break is at another place than before; [`Engine::session`] has it.
    BreakMoved(State),
    /// There is no such practice.
    NoSuchPractice(UnknownPractice),
}

/// One person at one desk.
#[derive(Clone, Debug)]
pub struct Engine {
    settings: Settings,
    library: Library,
    around: Surroundings,
    returned: Option<Timestamp>,
    beats: BeatFilter,
    sampler: Sampler,
    watch: Watch,
    heard: Option<Timestamp>,
    elevation: Elevation,
    /// The figures of the last sample, if it counted as sustained: what a gate that opens between two samples is held against.
    sustained: Option<Figures>,
    offers: Offers,
    session: Option<Session>,
    tender: bool,
    last: Option<Timestamp>,
}

impl Engine {
    /// An engine that knows `baseline` of its owner's heart, and nothing yet of today.
    #[must_use]
    pub fn new(settings: Settings, library: Library, baseline: Baseline) -> Self {
        let watch = Watch::new(&settings.detection, baseline);
        let sampler = Sampler::over(settings.detection.thresholds().sustain);
        Self {
            settings,
            library,
            around: Surroundings::default(),
            returned: None,
            beats: BeatFilter::default(),
            sampler,
            watch,
            heard: None,
            elevation: Elevation::None,
            sustained: None,
            offers: Offers::new(),
            session: None,
            tender: false,
            last: None,
        }
    }

    /// Takes in what happened, and tells what is to be done. Never fails, whatever the order of inputs and times.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.pass_time(now, &mut effects);
        match input {
            Input::Measured(reading) => self.measured(now, &reading, &mut effects),
            Input::MonitorLost => self.silence(&mut effects),
            Input::Surroundings(around) => {
                if around.presence.may_sit() && !around.locked && !self.may_sit() {
                    self.returned = Some(now);
                }
                self.around = around;
                let fresh = self.heard.is_some_and(|heard| now.duration_since(heard) <= FRESH);
                if let Some(figures) = self.sustained.filter(|_| fresh) {
                    self.consider(now, figures, &mut effects);
                }
            }
            Input::Answered(id, answer) => {
                let elevated = self.elevation != Elevation::None;
                if self.offers.answer(now, id, answer, elevated) {
                    effects.push(Effect::Withdraw(id));
                    if answer == Answer::Start {
                        self.start_break(now, None, None, &mut effects);
                    }
                }
            }
            Input::BreakWanted(practice, length) => {
                self.start_break(now, practice, length, &mut effects);
            }
            Input::Break(command) => {
                if let Some(session) = &mut self.session
                    && session.handle(command, now)
                {
                    self.break_moved(now, &mut effects);
                }
            }
            Input::Snooze(until) => self.offers.snooze(until),
            Input::Resume => self.offers.resume(),
            Input::Tick => {}
        }
        effects
    }

    /// When to call again if nothing else happens: never before the last call. `None`: only when something happens.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        let silent =
            self.heard.map(|heard| heard.saturating_add(Watch::MAX_GAP).unwrap_or(Timestamp::MAX));
        let session = self.session.as_ref().and_then(Session::next_wakeup);
        let due = [silent, self.offers.next_wakeup(), session].into_iter().flatten().min()?;
        Some(self.last.map_or(due, |last| due.max(last)))
    }

    /// What was learned of the heart so far.
    #[must_use]
    pub const fn baseline(&self) -> &Baseline {
        self.watch.baseline()
    }

    /// What is usual just now.
    #[must_use]
    pub const fn usual(&self) -> Usual {
        self.watch.usual()
    }

    /// Where the heart stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.watch.phase()
    }

    /// The break that is open, or was last; `None` before the first.
    #[must_use]
    pub const fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The gate that is closed just now, whether or not there is anything to offer; `None` when all are open.
    #[must_use]
    pub fn closed_gate(&self, now: Timestamp) -> Option<Gate> {
        let today = self.around.local_time(now).date();
        self.settings.offer.closed_gate(&Moment {
            now,
            around: &self.around,
            returned: self.returned,
            after_return: self.settings.detection.after_return.value(),
            exerting: self.watch.exerting(),
            break_open: self.break_is_open(),
            snoozed_until: self.offers.quiet_until(),
            last_offer: self.offers.last_for_cool_down(),
            offers_today: self.offers.counted_today(today),
        })
    }

    fn pass_time(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if let Some(last) = self.last.filter(|&last| now < last) {
            self.silence(effects);
            let step = last.duration_since(now);
            effects.extend(self.offers.clock_stepped_back(now, step).map(Effect::Withdraw));
            self.returned = self.returned.map(|returned| returned.min(now));
        }
        self.last = Some(now);
        if self.heard.is_some_and(|heard| now.duration_since(heard) >= Watch::MAX_GAP) {
            self.silence(effects);
        }
        effects.extend(self.offers.tick(now).map(Effect::Withdraw));
        if let Some(session) = &mut self.session
            && session.tick(now)
        {
            self.break_moved(now, effects);
        }
    }

    fn measured(&mut self, now: Timestamp, reading: &Reading, effects: &mut Vec<Effect>) {
        let says_nothing = reading.heart_rate.is_none() && reading.rr.is_empty();
        if says_nothing || reading.contact == Contact::Lost {
            return;
        }
        self.heard = Some(now);
        let beats = self.beats.label(now, &reading.rr);
        let Some(sample) = self.sampler.observe(now, reading.heart_rate, &beats) else { return };
        let sitting =
            self.returned.is_none_or(|returned| now.duration_since(returned) >= SITTING_AFTER);
        let settled_in = sitting && self.may_sit();
        match self.watch.observe(&sample, self.around.presence, settled_in) {
            Finding::Nothing => {}
            Finding::Elevated(sustained) => {
                self.sustained = sustained;
                if let Some(figures) = sustained {
                    self.consider(now, figures, effects);
                }
            }
            Finding::Ended => self.elevation_ended(effects),
        }
    }

    /// No data for too long, or none that fits to what was before: all that was under way ends.
    fn silence(&mut self, effects: &mut Vec<Effect>) {
        self.heard = None;
        self.beats.reset();
        self.sampler.reset();
        if self.watch.interrupt() == Finding::Ended {
            self.elevation_ended(effects);
        }
    }

    fn may_sit(&self) -> bool {
        self.around.presence.may_sit() && !self.around.locked
    }
}

/// Figures are acted upon without a new sample for so long: two samples, and not a strap that is silent.
const FRESH: SignedDuration = SignedDuration::from_secs(10);
/// So long after coming back the heart is taken to have got over the walk: then it teaches what is usual again. Nothing is
/// offered for longer than that.
const SITTING_AFTER: SignedDuration = SignedDuration::from_mins(2);
