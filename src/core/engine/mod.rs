//! Every decision: what comes in, when, and what follows from it.
//!
//! PURE. One [`Input`] and the time go in, [`Effect`]s come out, and [`Engine::next_wakeup`] says when to call again if nothing
//! else happens. A caller that holds a clock, a strap and a screen needs no rule of its own; a caller that holds a recording
//! runs a year in a minute.

mod breaks;
mod deadline;
mod elevation;
mod event;
mod snapshot;
mod walks;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::context::Context;
use crate::context::Desktop;
use crate::context::Fact;
use crate::context::InputActivity;
use crate::context::Probe;
use crate::detection::Baseline;
use crate::detection::DetectionSettings;
use crate::detection::Figures;
use crate::detection::Finding;
use crate::detection::Phase;
use crate::detection::Tracker;
use crate::detection::Usual;
use crate::heart::ConstantReadings;
use crate::heart::Contact;
use crate::heart::Reading;
use crate::heart::Sample;
use crate::heart::Sampler;
use crate::offer;
use crate::offer::Answer;
use crate::offer::Gate;
use crate::offer::OfferId;
use crate::offer::OfferOutcome;
use crate::offer::OfferSettings;
use crate::offer::Offers;
use crate::offer::Popup;
use crate::practice::Focus;
use crate::practice::Library;
use crate::practice::PracticeSettings;
use crate::practice::Session;

use elevation::Elevation;
use walks::Walks;

pub use deadline::Deadline;
pub use event::Attention;
pub use event::Effect;
pub use event::ElevationOutcome;
pub use event::ElevationRecord;
pub use event::Input;
pub use snapshot::Outlook;
pub use snapshot::Snapshot;
pub use walks::SHORTEST_WALK;

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

impl Settings {
    /// Whether the heart is to be mentioned at all.
    #[must_use]
    pub fn mentions_heart(&self) -> bool {
        self.offer.mention_heart && self.practice.focus != Focus::Anxiety
    }
}

/// What the next run has to know, besides the baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EngineMemory {
    pub offers: offer::OfferMemory,
    /// The last break was too much, so that the next one turns outward.
    pub after_too_much: bool,
}

/// One person at one desk.
#[derive(Clone, Debug)]
pub struct Engine {
    settings: Settings,
    library: Library,
    context: Context,
    returned_at: Option<Timestamp>,
    /// When the screen was unlocked last.
    unlocked_at: Option<Timestamp>,
    /// When microphone and camera were last seen to be let go.
    call_ended_at: Option<Timestamp>,
    walks: Walks,
    /// When the screen was locked last.
    locked_at: Option<Timestamp>,
    sampler: Sampler,
    tracker: Tracker,
    constant: ConstantReadings,
    /// When the first reading came, of those without a longer gap between them; `None` while none come.
    readings_since: Option<Timestamp>,
    last_reading_at: Option<Timestamp>,
    contact: Contact,
    last_sample: Option<Sample>,
    elevation: Elevation,
    attention: Attention,
    /// What whoever calls was told to attend to.
    announced: Attention,
    record: Option<ElevationRecord>,
    /// When the last elevation that was not offered was over, and what held it back.
    last_held: Option<(Timestamp, Gate)>,
    /// The figures of the last sample, if it counted as sustained: what a gate that opens between two samples is held against.
    sustained: Option<Figures>,
    offers: Offers,
    /// The open offer, while it mentions the heart.
    mentioned_in: Option<OfferId>,
    /// How long an offer stays on the screen.
    popup: Popup,
    /// The open offer, while it may be shown once more where popups leave.
    showable_again: Option<OfferId>,
    session: Option<Session>,
    after_too_much: bool,
    last_input_at: Option<Timestamp>,
}

impl Engine {
    /// An engine that knows `baseline` of its owner's heart, and nothing yet of today.
    #[must_use]
    pub fn new(settings: Settings, library: Library, baseline: Baseline) -> Self {
        let tracker = Tracker::new(&settings.detection, baseline);
        let sampler = Sampler::over(settings.detection.thresholds().sustain);
        Self {
            settings,
            library,
            context: Context::default(),
            returned_at: None,
            unlocked_at: None,
            walks: Walks::default(),
            call_ended_at: None,
            locked_at: None,
            sampler,
            tracker,
            constant: ConstantReadings::default(),
            readings_since: None,
            last_reading_at: None,
            contact: Contact::default(),
            last_sample: None,
            elevation: Elevation::None,
            attention: Attention::default(),
            announced: Attention::default(),
            record: None,
            last_held: None,
            sustained: None,
            offers: Offers::new(),
            mentioned_in: None,
            popup: Popup::default(),
            showable_again: None,
            session: None,
            after_too_much: false,
            last_input_at: None,
        }
    }

    /// The same engine, with what an earlier run left; times after `now` are of a clock that was ahead, see [`Offers::remembered`].
    #[must_use]
    pub fn remembering(mut self, memory: EngineMemory, now: Timestamp) -> Self {
        self.offers = Offers::remembered(memory.offers, now);
        self.after_too_much = memory.after_too_much;
        self
    }

    /// What the next run has to know, besides [`Self::baseline`].
    #[must_use]
    pub const fn memory(&self) -> EngineMemory {
        EngineMemory { offers: self.offers.memory(), after_too_much: self.after_too_much }
    }

    /// Takes in what happened, and tells what is to be done. Never fails, whatever the order of inputs and times.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        let is_due = self.pass_time(now, &mut effects);
        match input {
            Input::Measured(reading) => self.measured(now, &reading, is_due, &mut effects),
            Input::MonitorLost => self.silence(now, &mut effects),
            Input::Context(context) => {
                let back = self.hands_are_back(now, &context);
                self.context_changed(now, context);
                if back {
                    self.show_again(now, &mut effects);
                }
                self.reconsider(now, &mut effects);
            }
            Input::Woke => self.returned_at = Some(now),
            Input::OfferSeen(id, is_so) => self.offers.seen(id, is_so),
            Input::OfferDismissed(id) => {
                self.showable_again = self.showable_again.filter(|&open| open != id);
            }
            Input::Popups(popup) => self.popup = popup,
            Input::Reanswered(before, now) => self.offers.reanswered(before, now),
            Input::Answered(id, answer) => {
                let elevated = self.elevation != Elevation::None;
                if self.offers.answer(now, id, answer, elevated) {
                    effects.push(Effect::Withdraw(id, OfferOutcome::Answered(answer)));
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
            Input::BreakChosen(practice, length) => {
                self.choose_break(now, &practice, length, &mut effects);
            }
            Input::Snooze(until) => {
                self.offers.snooze(now, until);
                if let Some(open) = self.offers.open() {
                    // Nothing is left to be asked again: the snooze is the answer.
                    self.offers.answer(now, open, Answer::Later, false);
                    let later = OfferOutcome::Answered(Answer::Later);
                    effects.push(Effect::Withdraw(open, later));
                }
            }
            Input::Resume => {
                effects.push(Effect::Resumed(self.offers.resume(now)));
                self.reconsider(now, &mut effects);
            }
            Input::Configured(settings) => self.configure(now, *settings, &mut effects),
            Input::Practices(library) => self.library = *library,
            Input::Tick => self.reconsider(now, &mut effects),
        }
        self.settle(&mut effects);
        effects
    }

    /// [`Self::handle`] of a reading, with the effects added to those that `effects` holds: a replay calls it for each row, and most rows
    /// have none.
    pub fn measure(&mut self, now: Timestamp, reading: &Reading, effects: &mut Vec<Effect>) {
        let is_due = self.pass_time(now, effects);
        self.measured(now, reading, is_due, effects);
        self.settle(effects);
    }

    /// Whether now is a time to ask the owner, who looks at the status, whether the thresholds fit; it counts as asked then.
    pub fn take_question(&mut self, now: Timestamp) -> bool {
        self.offers.take_question(now)
    }

    /// What was learned of the heart so far.
    #[must_use]
    pub const fn baseline(&self) -> &Baseline {
        self.tracker.baseline()
    }

    /// What is usual just now.
    #[must_use]
    pub const fn usual(&self) -> Usual {
        self.tracker.usual()
    }

    /// Where the heart stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.tracker.phase()
    }

    /// The break that is open, or was last; `None` before the first.
    #[must_use]
    pub const fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// What its owner set.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the heart may be mentioned or shown at this moment: only where it is known that nobody else sees the screen. A locked screen
    /// shows notifications to whoever passes, and a call is often seen by others; one counts where calls hold offers back.
    #[must_use]
    pub fn may_mention_heart(&self) -> bool {
        let calls = self.settings.offer.hold_in_calls;
        let is_private = |desktop: Desktop| {
            let in_call = calls && Gate::InCall.probe(&desktop) == Probe::Yes;
            !desktop[Fact::Sharing].holds() && !in_call
        };
        self.settings.mentions_heart()
            && !self.context.locked
            && !self.context.other_session
            && self.context.desktop.is_some_and(is_private)
    }

    /// How far local time is ahead of UTC.
    #[must_use]
    pub const fn utc_offset(&self) -> Offset {
        self.context.utc_offset
    }

    /// The practices there are.
    #[must_use]
    pub const fn library(&self) -> &Library {
        &self.library
    }

    /// What time alone brings; returns whether something that an offer waits for is due.
    fn pass_time(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let stepped_back = self.last_input_at.is_some_and(|last| now < last);
        if !stepped_back && self.is_idle_until(now) {
            self.last_input_at = Some(now);
            return false;
        }
        // What was to be waited for may come together with something else, and the wake-up for it then comes no more.
        let is_due = self.is_waiting_due(now);
        if stepped_back {
            self.silence(now, effects);
            // What was gathered lies after now: kept, it would be in the way until the clock is there again.
            self.tracker.restart();
            let gone = self.offers.clock_stepped_back(now, self.end_of_day(now));
            effects.extend(gone.map(|id| Effect::Withdraw(id, OfferOutcome::Expired)));
            self.returned_at = self.returned_at.map(|returned| returned.min(now));
            self.unlocked_at = self.unlocked_at.map(|unlocked| unlocked.min(now));
            self.call_ended_at = self.call_ended_at.map(|at| at.min(now));
            self.locked_at = self.locked_at.map(|locked| locked.min(now));
            self.walks = Walks::default();
            if let InputActivity::Resting(since) = &mut self.context.hands {
                *since = now.min(*since);
            }
            if let Some(session) = &mut self.session {
                session.clock_stepped_back(now);
            }
        }
        self.last_input_at = Some(now);
        if self.last_reading_at.is_some_and(|at| now.duration_since(at) >= Tracker::MAX_GAP) {
            self.silence(now, effects);
        }
        let expired = self.offers.tick(now);
        effects.extend(expired.map(|id| Effect::Withdraw(id, OfferOutcome::Expired)));
        if let Some(session) = &mut self.session
            && session.tick(now)
        {
            self.break_moved(now, effects);
        }
        is_due
    }

    /// What follows for privacy and attention from all that happened.
    fn settle(&mut self, effects: &mut Vec<Effect>) {
        self.keep_private(effects);
        self.attend(effects);
    }

    fn measured(
        &mut self,
        now: Timestamp,
        reading: &Reading,
        is_due: bool,
        effects: &mut Vec<Effect>,
    ) {
        self.take_reading(now, reading, effects);
        if is_due {
            self.reconsider(now, effects);
        }
    }

    fn take_reading(&mut self, now: Timestamp, reading: &Reading, effects: &mut Vec<Effect>) {
        let says_nothing = reading.heart_rate.is_none() && reading.rr.is_empty();
        self.contact = reading.contact;
        if says_nothing || reading.contact == Contact::Lost {
            return;
        }
        self.last_reading_at = Some(now);
        self.readings_since.get_or_insert(now);
        let is_frozen = self.follow_constant(now, reading, effects);
        let sample = self.sampler.observe(now, reading.heart_rate, &reading.rr);
        let Some(sample) = sample else { return };
        // Where nothing tells of the hands, no rest of theirs will have to be judged.
        if self.context.hands != InputActivity::Unknown {
            self.walks.observe(now, sample.heart_rate);
        }
        self.last_sample = Some(sample);
        effects.push(Effect::Sampled(sample));
        if is_frozen {
            return;
        }
        let sitting =
            self.returned_at.is_none_or(|returned| now.duration_since(returned) >= SITTING_AFTER);
        let settled_in = sitting && may_sit(&self.context, now);
        match self.tracker.observe(&sample, self.context.presence_at(now), settled_in) {
            Finding::Nothing => {}
            Finding::Elevated(sustained) => {
                self.sustained = sustained;
                if let Some(figures) = sustained {
                    self.elevated(now, figures, effects);
                    self.consider(now, figures, effects);
                }
            }
            Finding::Ended => self.elevation_ended(now, effects),
        }
    }

    /// Whether the monitor is frozen. Then its rates are of no heart: none of them teaches anything, or is part of an elevation.
    fn follow_constant(
        &mut self,
        now: Timestamp,
        reading: &Reading,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let was_frozen = self.constant.frozen_since().is_some();
        self.constant.observe(now, reading);
        let is_frozen = self.constant.frozen_since().is_some();
        if is_frozen && !was_frozen && self.tracker.discard() == Finding::Ended {
            self.elevation_ended(now, effects);
        }
        if was_frozen && !is_frozen {
            self.sampler.reset();
        }
        is_frozen
    }

    /// Goes by other settings from now on. What was learned stays, and so does what was asked.
    fn configure(&mut self, now: Timestamp, settings: Settings, effects: &mut Vec<Effect>) {
        if settings.detection != self.settings.detection {
            self.silence(now, effects);
            self.tracker.configure(&settings.detection);
            self.sampler = Sampler::over(settings.detection.thresholds().sustain);
        }
        self.settings = settings;
    }

    /// No data for too long, or none that fits to what was before: all that was under way ends.
    fn silence(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.last_reading_at = None;
        self.readings_since = None;
        self.constant = ConstantReadings::default();
        self.contact = Contact::default();
        self.last_sample = None;
        self.sampler.reset();
        if self.tracker.interrupt() == Finding::Ended {
            self.elevation_ended(now, effects);
        }
    }

    /// Takes note of a rest of the hands, or a lock, that is over in this context: somebody may have walked meanwhile.
    fn rest_ended(&mut self, now: Timestamp, context: &Context) {
        if let Some(locked_at) = self.locked_at.filter(|_| self.context.locked && !context.locked) {
            self.walks.ended(locked_at, now);
        }
        if let InputActivity::Resting(since) = self.context.hands {
            match context.hands {
                InputActivity::Busy | InputActivity::Lately => self.walks.ended(since, now),
                InputActivity::Resting(later) if later > since => self.walks.ended(since, later),
                InputActivity::Resting(_) | InputActivity::Unknown => {}
            }
        }
    }

    /// The desk or the desktop is otherwise than before.
    fn context_changed(&mut self, now: Timestamp, context: Context) {
        let unlocked = self.context.locked && !context.locked;
        if context.locked && !self.context.locked {
            self.locked_at = Some(now);
        }
        // Nobody walks far while the screen is locked for a moment.
        let moment = unlocked
            && self.context.presence_at(now).may_sit()
            && self.locked_at.is_some_and(|locked| now.duration_since(locked) < SITTING_AFTER);
        if may_sit(&context, now) && !may_sit(&self.context, now) && !moment {
            self.returned_at = Some(now);
        }
        if unlocked {
            self.unlocked_at = Some(now);
        }
        if !context.steps_known {
            self.rest_ended(now, &context);
        }
        let in_call = |context: &Context| {
            context.desktop.is_some_and(|desktop| Gate::InCall.probe(&desktop) == Probe::Yes)
        };
        if in_call(&context) {
            self.call_ended_at = None;
        } else if in_call(&self.context)
            && context.desktop.is_some_and(|desktop| !Gate::InCall.probe(&desktop).holds())
        {
            self.call_ended_at = Some(now);
        }
        self.context = context;
    }
}

fn may_sit(context: &Context, now: Timestamp) -> bool {
    context.presence_at(now).may_sit() && !context.locked && !context.other_session
}

/// So long after coming back the heart is taken to have got over the walk: then it teaches what is usual again. Nothing is
/// offered for longer than that.
const SITTING_AFTER: SignedDuration = SignedDuration::from_mins(2);
