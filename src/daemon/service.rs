//! One event after the other: from the world to the engine, and from its effects back to the world.

use std::collections::BTreeSet;
use std::fmt;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::Offset;
use tokio::task::JoinSet;
use tracing::debug;
use tracing::info;
use tracing::warn;

use crate::clock;
use crate::clock::SharedClock;
use crate::notification;
use crate::notification::OfferLabels;
use crate::store;
use crate::store::Record;
use crate::store::memory_changes;
use kindbeat_core::config::Config;
use kindbeat_core::config::ConfigError;
use kindbeat_core::context::Context;
use kindbeat_core::engine::Attention;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::EngineMemory;
use kindbeat_core::engine::Input;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::monitor::MonitorCommand;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::monitor::MonitorInfo;
use kindbeat_core::offer::OfferId;
use kindbeat_core::offer::OfferOutcome;
use kindbeat_core::page::Visitor;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::OwnFault;
use kindbeat_core::reason::LastOffer;
use kindbeat_core::status::News;
use kindbeat_core::status::Status;
use kindbeat_core::words::Words;

use super::breaks::Opening;
use super::world::Parts;

/// The daemon between two events.
pub struct Service {
    pub(super) parts: Parts,
    pub(super) words: Words,
    pub(super) labels: OfferLabels,
    pub(super) help: HelpLines,
    pub(super) around: Context,
    /// How closely the desk and the desktop are looked at.
    pub(super) attended: Attention,
    pub(super) link: LinkState,
    pub(super) sensor: Option<MonitorInfo>,
    /// The last rate the monitor sent, in bpm; `None` while nothing streams.
    pub(super) rate: Option<f64>,
    /// The last offer.
    pub(super) asked: Option<(OfferId, LastOffer)>,
    pub(super) visitor: Visitor,
    /// Whether something on this machine reads aloud, as far as is known; else the page does.
    pub(super) speaks: bool,
    /// The break that is open, or was last.
    pub(super) taken: Option<store::Break>,
    /// The programs in which a break is open.
    pub(super) elsewhere: BTreeSet<String>,
    /// The last break that ended in one of them.
    pub(super) last_elsewhere: Option<store::Break>,
    pub(super) openings: JoinSet<Opening>,
    pub(super) config_error: Option<String>,
    /// What is wrong with practices of the owner's, as it was told last.
    pub(super) own_faults: Vec<OwnFault>,
    pub(super) told: Status,
    kept: EngineMemory,
    /// When the baseline was stored last.
    baseline_kept: Timestamp,
    seen: Timestamp,
}

impl Service {
    /// A service that has heard of nothing yet and speaks in these words, those of its configuration.
    #[must_use]
    pub fn new(mut parts: Parts, words: Words, help: HelpLines) -> Self {
        let now = (parts.clock)();
        let mut service = Self {
            labels: OfferLabels::new(&words),
            words,
            help,
            around: Context::default(),
            attended: Attention::default(),
            link: LinkState::Searching,
            sensor: None,
            rate: None,
            asked: None,
            visitor: Visitor::new(std::mem::take(&mut parts.earlier), &parts.config.practice),
            speaks: false,
            taken: None,
            elsewhere: BTreeSet::new(),
            last_elsewhere: None,
            openings: JoinSet::new(),
            config_error: None,
            own_faults: Vec::new(),
            told: Status::default(),
            kept: parts.engine.memory(),
            baseline_kept: now,
            seen: now,
            parts,
        };
        service.surrounded_at_first();
        service.settle();
        service
    }

    /// What tells the time here.
    pub(super) fn clock(&self) -> SharedClock {
        SharedClock::clone(&self.parts.clock)
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.parts.clock)()
    }

    /// When [`Self::tick`] is needed next; `None`: not before something happens.
    pub(super) fn next_wakeup(&self) -> Option<Timestamp> {
        let store = self.parts.store.as_ref().and_then(store::Handle::next_wakeup);
        let wakeups = [self.parts.engine.next_wakeup(), store, self.page_until()];
        wakeups.into_iter().flatten().min()
    }

    pub(super) fn tick(&mut self) {
        self.handle(Input::Tick);
        if self.page_until().is_some_and(|until| until <= self.now()) {
            self.abandoned();
        }
    }

    /// The monitor has something to tell.
    pub(super) fn monitor(&mut self, event: MonitorEvent) {
        match event {
            MonitorEvent::Reading(reading) => {
                let now = self.now();
                self.rate = reading.heart_rate;
                if self.break_is_open() {
                    self.visitor.heart_beats(now, self.rate);
                }
                if self.wants_heart_shown() {
                    self.visitor.follower.observe(now, &reading);
                }
                self.keep(now, Record::Heard(store::Heard { at: now, reading: reading.clone() }));
                self.handle(Input::Measured(reading));
            }
            MonitorEvent::Link(link) => {
                self.link = link;
                if link != LinkState::Streaming {
                    self.rate = None;
                }
            }
            MonitorEvent::Connected(monitor) => {
                if self.sensor.as_ref().is_none_or(|before| before.id != monitor.id) {
                    self.keep(self.now(), Record::Monitor(Some(monitor.id.clone())));
                }
                self.sensor = Some(monitor);
            }
        }
    }

    /// The configuration was read again. One that cannot be used changes nothing and is said once.
    pub(super) fn configure(&mut self, config: Result<Config, ConfigError>) {
        match config {
            Ok(config) => {
                if self.config_error.take().is_some() || config != self.parts.config {
                    info!("the configuration is in force");
                }
                self.use_config(config);
            }
            Err(error) => {
                let summary = error.summary();
                if self.config_error.as_ref() != Some(&summary) {
                    warn!(%error, "the configuration has a fault; the last good one stays in force");
                    self.notice_config(&summary);
                    self.config_error = Some(summary);
                }
            }
        }
    }

    fn use_config(&mut self, config: Config) {
        if config == self.parts.config {
            return;
        }
        if config.monitor != self.parts.config.monitor {
            let command = MonitorCommand::Configure(config.monitor.clone());
            if self.parts.monitor.try_send(command).is_err() {
                warn!("the settings of the monitor come into force with the next start");
            }
        }
        let now = self.now();
        if let Some(store) = &mut self.parts.store {
            store.set_keep(config.history.keep.before(now));
        }
        self.words = Words::new(config.language(&self.parts.locale));
        self.labels = OfferLabels::new(&self.words);
        let settings = config.decisions();
        self.parts.config = config;
        self.handle(Input::Configured(Box::new(settings)));
    }

    /// The store has something to tell.
    pub(super) fn store_report(&mut self, report: store::Report) {
        match report {
            store::Report::Failing(why) => self.notice_store(&why),
            store::Report::Recovered { lost } => debug!(lost, "the store is written again"),
        }
    }

    /// Puts something to the engine and carries out what follows; returns it too.
    pub(super) fn handle(&mut self, input: Input) -> Vec<Effect> {
        let now = self.now();
        let offset = clock::utc_offset(now);
        let mut effects = Vec::new();
        if offset != self.around.utc_offset {
            self.around.utc_offset = offset;
            let around = Input::Context(self.around.clone());
            effects.extend(self.parts.engine.handle(now, around));
        }
        effects.extend(self.parts.engine.handle(now, input));
        for effect in &effects {
            self.carry_out(now, effect);
        }
        effects
    }

    fn carry_out(&mut self, now: Timestamp, effect: &Effect) {
        match effect {
            Effect::Offer(id, figures) => {
                let asked = LastOffer { made: now, figures: *figures, became: None };
                self.asked = Some((*id, asked));
                self.keep_offer(now);
                self.offer(*id, figures);
            }
            Effect::Withdraw(id, became) => {
                self.order(notification::NotifierCommand::Withdraw(*id));
                self.became(now, *id, *became);
            }
            Effect::Sampled(sample) => {
                self.keep(now, Record::Sample(*sample));
                if now.duration_since(self.baseline_kept).abs() >= BASELINE_EVERY {
                    self.keep_baseline(now);
                }
            }
            Effect::Attend(attention) => self.attend(*attention),
            Effect::Elevation(course) => self.keep(now, Record::Elevation((*course).into())),
            Effect::Held(gate, _) => self.tell(News::OfferHeld(*gate)),
            Effect::BreakBegan(practice, length) => self.break_began(now, practice, *length),
            Effect::BreakChosen(practice, length) => self.break_chosen(now, practice, *length),
            Effect::BreakMoved(state) => self.break_moved(now, *state),
            Effect::NoSuchPractice(unknown) => debug!(%unknown, "nothing begins"),
        }
    }

    /// Something became of an offer.
    pub(super) fn became(&mut self, now: Timestamp, id: OfferId, became: OfferOutcome) {
        if let Some((last, asked)) = &mut self.asked
            && *last == id
        {
            asked.became = Some(became);
            self.keep_offer(now);
        }
    }

    /// Stores the last offer as it stands.
    pub(super) fn keep_offer(&mut self, now: Timestamp) {
        if let Some((_, asked)) = self.asked {
            let became = asked.became.map(|became| (became.into(), now));
            let offer = store::Offer { made: asked.made, figures: asked.figures.into(), became };
            self.keep(now, Record::Offer(offer));
        }
    }

    pub(super) fn keep(&mut self, now: Timestamp, record: Record) {
        if let Some(store) = &mut self.parts.store {
            store.keep(now, record);
        }
    }

    fn keep_baseline(&mut self, now: Timestamp) {
        self.baseline_kept = now;
        if self.parts.engine.baseline().learned().is_positive() {
            let state = self.parts.engine.baseline().state();
            self.keep(now, Record::Baseline(state));
        }
    }

    /// After each event: what is due is written, what has to outlive the program is kept, and what changed is told.
    pub(super) fn settle(&mut self) {
        let now = self.now();
        // A machine that slept: the page looks at the clock again.
        if now.duration_since(self.seen).abs() >= JUMP && self.parts.web.is_open() {
            self.parts.web.tick();
        }
        self.seen = now;
        self.keep_memory(now);
        if let Some(store) = &mut self.parts.store {
            store.tick(now);
        }
        self.show_page(now);
        self.read_aloud();
        self.tell_changes(now);
    }

    fn keep_memory(&mut self, now: Timestamp) {
        let memory = self.parts.engine.memory();
        let before = std::mem::replace(&mut self.kept, memory);
        for record in memory_changes(memory, before, now) {
            self.keep(now, record);
        }
    }

    /// Ends: the break and the page with it, and gives back the store, with all that has to be written in it.
    #[must_use]
    pub fn close(mut self) -> Option<store::Handle> {
        // First, so that the page says that the break has ended: it is not the person who left, and no window is to vanish.
        self.parts.web.close();
        self.end_break();
        // What became of an elevation under way is known now, and by nobody later.
        self.handle(Input::MonitorLost);
        self.settle();
        self.keep_baseline(self.now());
        self.parts.store
    }

    /// How far local time is ahead of UTC.
    pub(super) fn offset(&self) -> Offset {
        self.around.utc_offset
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("link", &self.link).finish_non_exhaustive()
    }
}

/// What is usual is learned minute by minute; a kill loses no more than that.
const BASELINE_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// Between two events of a monitor that streams lies a second. Longer than this, and the clock may have jumped.
const JUMP: SignedDuration = SignedDuration::from_secs(5);
