//! The parts and the engine: an event goes to its part, what it means to the engine, and every effect of that to one part.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;
use tracing::debug;
use tracing::warn;

use crate::clock::SharedClock;
use crate::desktop::DesktopEvent;
use crate::interface::LastAnswer;
use crate::interface::Refusal;
use crate::interface::Request;
use crate::interface::WindowTicket;
use crate::notification::NotifierEvent;
use crate::practice_files::Practices;
use crate::speech::SpeechEvent;
use crate::store;
use crate::store::StoreEvent;
use crate::tasks::Spawner;
use kindbeat_core::config::Config;
use kindbeat_core::config::ConfigError;
use kindbeat_core::context::Presence;
use kindbeat_core::detection::Figures;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::Input;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::monitor::MonitorInfo;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use kindbeat_core::offer::OfferOutcome;
use kindbeat_core::page::PageInput;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::OwnFault;
use kindbeat_core::practice::SessionCommand;
use kindbeat_core::reason;
use kindbeat_core::reason::Detail;
use kindbeat_core::sitting::Sitting;
use kindbeat_core::status::News;
use kindbeat_core::status::Status;
use kindbeat_core::words::Words;

use super::deadlines::Deadlines;
use super::deadlines::PartDeadline;
use super::desktop::DesktopContext;
use super::history::History;
use super::monitor::Monitor;
use super::notices::Notice;
use super::offers::DesktopOffers;
use super::offers::ScreenEvent;
use super::page;
use super::page::BreakPage;
use super::page::Opening;
use super::page::PageContext;
use super::page::Ways;
use super::parts::Parts;
use super::preferences::Preferences;
use super::preferences::Reread;
use super::reporter::Reporter;

/// The daemon between two events.
pub struct Service {
    clock: SharedClock,
    engine: Engine,
    preferences: Preferences,
    monitor: Monitor,
    desktop: DesktopContext,
    offers: DesktopOffers,
    page: BreakPage,
    history: History,
    reporter: Reporter,
    tasks: Spawner,
}

impl Service {
    /// A service to which nothing has happened yet. `words` are those that the configuration asks for, and follow it.
    #[must_use]
    pub fn new(parts: Parts, words: watch::Sender<Arc<Words>>, help: HelpLines) -> Self {
        let now = (parts.clock)();
        let preferences = Preferences::new(parts.config, parts.locale, words);
        let ways = Ways {
            server: parts.web,
            view: parts.view,
            opener: parts.opener,
            reader: parts.reader,
            tasks: parts.tasks.clone(),
            help,
        };
        let mut service = Self {
            clock: parts.clock,
            monitor: Monitor::new(parts.monitor, parts.battery_told),
            desktop: DesktopContext::new(parts.desktop, parts.place),
            offers: DesktopOffers::new(parts.offers, preferences.words()),
            page: BreakPage::new(ways, parts.earlier, &preferences, now),
            history: History::new(parts.store, parts.stored, now),
            reporter: Reporter::new(parts.news),
            tasks: parts.tasks,
            engine: parts.engine,
            preferences,
        };
        service.handle(service.desktop.input());
        service.settle();
        service
    }

    pub(super) fn clock(&self) -> SharedClock {
        SharedClock::clone(&self.clock)
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// When each part has something to do, if nothing else happens.
    pub(super) fn deadlines(&self) -> Deadlines {
        Deadlines([
            (PartDeadline::Engine, self.engine.next_wakeup()),
            (PartDeadline::Store, self.history.next_wakeup()),
            (PartDeadline::Page, self.page.next_wakeup(&self.engine)),
        ])
    }

    /// Some deadline is due.
    pub(super) fn tick(&mut self) {
        self.handle(Input::Tick);
        let now = self.now();
        if self.deadlines().is_due(PartDeadline::Page, now) {
            self.page.abandoned(now, &self.engine, &mut self.history, &self.reporter);
        }
    }

    pub(super) fn monitor(&mut self, event: MonitorEvent) {
        let now = self.now();
        let reading = self.monitor.handle(now, event, &mut self.history);
        // First of all: a reading belongs to what its wearer does now.
        let moved = self.desktop.moved(self.monitor.motion(now));
        self.handle_some(moved);
        if let Some(reading) = reading {
            self.page.observe(now, &reading, &self.engine);
            self.handle(Input::Measured(reading));
        } else if let Some((monitor, level)) = self.monitor.low_battery(now, &mut self.history) {
            let name = monitor.name.as_deref();
            Notice::Battery(name, level).show(self.preferences.words(), &self.tasks);
        }
    }

    pub(super) fn offers(&mut self, event: NotifierEvent) {
        match self.offers.handle(event, &self.reporter) {
            Some(ScreenEvent::Clicked(id, Answer::Start, token)) => {
                // A click is never lost, whatever became of the offer meanwhile.
                let input = Input::Answered(id, Answer::Start);
                if let Err(Refusal::NoOffer) = self.start_break(input, token.clone()) {
                    // What stands in its way now was said where it arose.
                    let _ = self.start_break(Input::BreakWanted(None, None), token);
                }
            }
            Some(ScreenEvent::Clicked(id, answer, _)) => {
                self.handle(Input::Answered(id, answer));
            }
            Some(ScreenEvent::Seen(id, is_so)) => {
                self.handle(Input::OfferSeen(id, is_so));
            }
            Some(ScreenEvent::Dismissed(id)) => {
                self.handle(Input::OfferDismissed(id));
            }
            Some(ScreenEvent::Popups(popup)) => {
                self.handle(Input::Popups(popup));
            }
            None => {}
        }
    }

    pub(super) fn desktop_event(&mut self, event: DesktopEvent) {
        let input = self.desktop.happened(event);
        self.handle_some(input);
    }

    pub(super) fn page(&mut self, input: PageInput) {
        let (now, history) = (self.now(), &mut self.history);
        let input = self.page.handle(now, input, &self.engine, history, &self.reporter);
        self.handle_some(input);
    }

    /// Waits until a page is open in a browser, or is not; `None`: until a change of the status that found no room can be told, as
    /// [`Self::settle`] does.
    pub(super) async fn opening(&mut self) -> Option<Opening> {
        tokio::select! {
            opening = self.page.opening() => opening,
            () = self.reporter.has_room() => None,
        }
    }

    pub(super) fn opened(&mut self, opening: Opening) {
        if let Some((url, until)) = self.page.was_opened(opening) {
            Notice::PageAddress(&url).show_until(self.preferences.words(), &self.tasks, until);
            self.reporter.tell(News::PageNotOpened(url));
        }
    }

    pub(super) fn voice(&mut self, event: &SpeechEvent) {
        self.page.voice(event);
    }

    pub(super) fn store(&mut self, report: &StoreEvent) {
        let known = self.history.failing().is_some();
        self.history.report(report);
        let words = self.preferences.words();
        match report {
            // `status` and `doctor` say how it goes on.
            StoreEvent::Failing(_) if known => {}
            StoreEvent::Failing(why) => self.notify(Notice::StoreFailing(&why.text(words))),
            StoreEvent::Absent(why) => self.notify(Notice::NoStore(&why.text(words))),
            StoreEvent::BegunAnew => self.notify(Notice::StoreAnew),
            StoreEvent::Quarantined(aside) => {
                let (problem, path) = (aside.why.problem(), aside.path.display().to_string());
                warn!(
                    %problem,
                    path, "the history cannot be used and is kept aside; a new one is begun"
                );
                self.notify(Notice::StoreAside(&problem.text(words), &path));
            }
            StoreEvent::Recovered { .. } => {}
        }
    }

    /// The practices were read again.
    pub(super) fn practices(&mut self, (library, faults): Practices) {
        self.preferences.practice_faults(faults);
        self.handle(Input::Practices(Box::new(library)));
    }

    /// What is wrong with practices of the owner's, at the start.
    pub(super) fn practice_faults(&mut self, faults: Vec<OwnFault>) {
        self.preferences.practice_faults(faults);
    }

    /// The configuration was read again.
    pub(super) fn configure(&mut self, read: Result<Config, ConfigError>) {
        match self.preferences.reread(read) {
            Reread::Nothing => {}
            Reread::Faulty(summary) => self.notify(Notice::ConfigKept(&summary)),
            Reread::InForce { monitor_changed } => {
                let (config, now) = (self.preferences.config(), self.now());
                if monitor_changed {
                    self.monitor.configure(&config.monitor);
                }
                self.history.set_keep(config.history.keep.before(now));
                self.offers.speak(self.preferences.words());
                let settings = config.decisions();
                self.handle(Input::Configured(Box::new(settings)));
            }
        }
    }

    /// Another program asks for something. One that does not wait for its answer any more gets none.
    pub(super) fn request(&mut self, request: Request) {
        let now = self.now();
        match request {
            Request::Status { reply } => {
                let _ = reply.send(self.status(now));
            }
            Request::Why { reply } => {
                let snapshot = self.engine.snapshot(now);
                let last = self.offers.last().map(|(_, last)| last);
                let (offset, words) = (self.desktop.utc_offset(), self.preferences.words());
                let link = self.monitor.known_link();
                let _ = reply.send(reason::why(&snapshot, last, link, offset, words));
            }
            Request::StartBreak { practice, length, reply } => {
                let input = Input::BreakWanted(practice, length);
                let _ = reply.send(self.start_break(input, None));
            }
            Request::EndBreak { reply } => {
                let ended = if self.end_break() { Ok(()) } else { Err(Refusal::NoBreak) };
                let _ = reply.send(ended);
            }
            Request::Snooze { until, reply } => {
                self.handle(Input::Snooze(until));
                let _ = reply.send(Ok(()));
            }
            Request::Resume { reply } => {
                let ended =
                    self.handle(Input::Resume).into_iter().find_map(|effect| match effect {
                        Effect::Resumed(ended) => Some(ended),
                        _ => None,
                    });
                let snapshot = self.engine.snapshot(now);
                let (offset, words) = (self.desktop.utc_offset(), self.preferences.words());
                let ended = ended.unwrap_or_default();
                let _ = reply.send(reason::resumed(ended, &snapshot, offset, words));
            }
            Request::AnswerLast { answer, reply } => {
                let _ = reply.send(self.answer_last(answer));
            }
            Request::UseMonitor { monitor, reply } => {
                let _ = reply.send(self.use_monitor(now, &monitor));
            }
            Request::TakeQuestion { reply } => {
                // Asked only where somebody still waits to read it.
                let asks = !reply.is_closed() && self.engine.take_question(now);
                let _ = reply.send(asks);
            }
            Request::Look { mut reply } => {
                let look = self.desktop.probe();
                self.tasks.spawn("desktop-look", async move {
                    tokio::select! {
                        () = reply.closed() => {}
                        seen = look => {
                            // It is plain data, which can always be written.
                            let _ = reply.send(serde_json::to_string(&seen).unwrap_or_default());
                        }
                    }
                });
            }
            Request::BreakHere { practice, length, reply } => {
                let ticket = self.break_here(Input::BreakWanted(practice, length));
                if let Err(Ok(WindowTicket { id, .. })) = reply.send(ticket) {
                    self.window_closed(id);
                }
            }
            Request::Window { input, reply } => {
                self.page(input);
                self.settle();
                let _ = reply.send(());
            }
            Request::WindowClosed(id) => self.window_closed(id),
        }
    }

    /// The owner's monitor is this one from now on.
    fn use_monitor(&mut self, now: Timestamp, monitor: &MonitorInfo) -> Result<(), Refusal> {
        if let Some(wanted) = self.preferences.config().monitor.wanted() {
            return Err(Refusal::OtherMonitorSet(wanted.to_owned()));
        }
        let is_taken = self.monitor.choose(now, monitor, &mut self.history);
        if is_taken { Ok(()) } else { Err(Refusal::Busy) }
    }

    /// Answers the last offer, or takes the answer back. One that is no longer open can still be begun, or told what it was.
    fn answer_last(&mut self, answer: LastAnswer) -> Result<(), Refusal> {
        let &(id, last) = self.offers.last().ok_or(Refusal::NoOffer)?;
        match (answer, last.outcome) {
            (LastAnswer::Given(Answer::Start), None) => {
                self.start_break(Input::Answered(id, Answer::Start), None).map(drop)
            }
            (LastAnswer::Given(Answer::Start), Some(before)) => {
                self.handle(Input::Reanswered(before, OfferOutcome::Answered(Answer::Start)));
                self.start_break(Input::BreakWanted(None, None), None).map(drop)
            }
            (LastAnswer::Given(answer), None) => {
                self.handle(Input::Answered(id, answer));
                Ok(())
            }
            (LastAnswer::Undo, None) | (_, Some(OfferOutcome::Answered(Answer::Start))) => {
                Err(Refusal::NoOffer)
            }
            (other, Some(before)) => {
                let after = match other {
                    LastAnswer::Given(answer) => OfferOutcome::Answered(answer),
                    LastAnswer::Undo => last.unanswered(),
                };
                self.handle(Input::Reanswered(before, after));
                self.offers.record_outcome(self.now(), id, after, &mut self.history);
                Ok(())
            }
        }
    }

    /// Begins the break that `input` asks for and opens its page; the address, for whoever asked.
    fn start_break(&mut self, input: Input, token: Option<String>) -> Result<String, Refusal> {
        self.begin_break(input)?;
        let context = PageContext {
            now: self.now(),
            engine: &self.engine,
            preferences: &self.preferences,
            rate: self.monitor.rate(),
        };
        let opened = self.page.open(&context, token);
        opened.map_err(|error| {
            self.handle(Input::Break(SessionCommand::Leave));
            self.notify(Notice::NoPage);
            Refusal::NoPage(error.to_string())
        })
    }

    /// Begins the break that `input` asks for, to be shown by another program.
    fn break_here(&mut self, input: Input) -> Result<WindowTicket, Refusal> {
        self.begin_break(input)?;
        let context = PageContext {
            now: self.now(),
            engine: &self.engine,
            preferences: &self.preferences,
            rate: self.monitor.rate(),
        };
        Ok(self.page.open_window(&context))
    }

    fn window_closed(&mut self, id: u64) {
        if self.page.window_closed(id) {
            self.page(PageInput::Closed);
        }
    }

    /// A break is open afterwards: the one that `input` asks for, or the one that was open.
    fn begin_break(&mut self, input: Input) -> Result<(), Refusal> {
        // A second click, on the notification of a break that is under way: the break that there is comes up again.
        if page::is_open(&self.engine) && is_for_any(&input) {
            return Ok(());
        }
        let effects = self.handle(input);
        for effect in &effects {
            match effect {
                Effect::NoSuchPractice(unknown) => {
                    return Err(Refusal::NoSuchPractice(unknown.clone()));
                }
                Effect::BreakBegan(..) => {
                    self.handle(Sitting::pause_at_start());
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(Refusal::NoOffer)
    }

    /// Ends the break that is open, as leaving it does; false when there is none.
    fn end_break(&mut self) -> bool {
        let open = page::is_open(&self.engine);
        if open {
            self.page(PageInput::Leave);
        }
        open
    }

    fn handle_some(&mut self, input: Option<Input>) {
        if let Some(input) = input {
            self.handle(input);
        }
    }

    /// Puts something to the engine and carries out what follows; returns it too.
    fn handle(&mut self, input: Input) -> Vec<Effect> {
        let now = self.now();
        let mut effects = Vec::new();
        if let Some(moved) = self.desktop.local_time(now) {
            effects.extend(self.engine.handle(now, moved));
        }
        effects.extend(self.engine.handle(now, input));
        for effect in &effects {
            self.carry_out(now, effect);
        }
        effects
    }

    /// Hands an effect to the one part whose it is.
    fn carry_out(&mut self, now: Timestamp, effect: &Effect) {
        let (history, reporter) = (&mut self.history, &self.reporter);
        match effect {
            Effect::Offer(id, figures) => {
                let body = self.offer_body(*id, figures);
                let (history, reporter) = (&mut self.history, &self.reporter);
                self.offers.show(now, *id, *figures, body, history, reporter);
            }
            Effect::ShowAgain(id, figures) => {
                self.offers.show_again(*id, self.offer_body(*id, figures));
            }
            Effect::Withdraw(id, outcome) => self.offers.withdraw(now, *id, *outcome, history),
            Effect::Reword(id) => {
                self.offers
                    .reword(*id, reason::offer(*id, Detail::Nothing, self.preferences.words()));
            }
            Effect::Attend(attention) => self.desktop.want(*attention),
            Effect::BreakBegan(..) | Effect::BreakChosen(..) | Effect::BreakMoved(_) => {
                self.page.follow(now, effect, &self.engine, history, reporter);
            }
            Effect::Sampled(sample) => history.sampled(now, *sample, self.engine.baseline()),
            Effect::Elevation(course) => {
                history.keep(now, store::Record::Elevation((*course).into()));
            }
            // Said to whoever asked for it.
            Effect::Resumed(_) => {}
            Effect::Held(gate, _) => reporter.tell(News::OfferHeld(*gate)),
            Effect::NoSuchPractice(unknown) => debug!(%unknown, "nothing begins"),
        }
    }

    /// The reason that an offer gives, with as much of the heart as may be mentioned.
    fn offer_body(&self, id: OfferId, figures: &Figures) -> String {
        let config = self.preferences.config();
        let detail = if !self.engine.may_mention_heart() {
            Detail::Nothing
        } else if config.practice.show_heart {
            Detail::Figures(figures, config.detection.thresholds().sustain)
        } else {
            Detail::Heart
        };
        reason::offer(id, detail, self.preferences.words())
    }

    fn status(&self, now: Timestamp) -> Status {
        let snapshot = self.engine.snapshot(now);
        let link = self.monitor.link();
        Status {
            state: link.as_str().to_owned(),
            heart_rate: self.monitor.rate().map(whole),
            quality: self.monitor.quality(snapshot.quality),
            frozen_since: snapshot.frozen_since.filter(|_| link == LinkState::Streaming),
            sensor: self.monitor.sensor(),
            other_sensor: self.monitor.other_sensor(),
            page_open: self.page.is_open(),
            config_error: self.preferences.fault().map(str::to_owned),
            other_session: snapshot.other_session,
            offer_not_shown: self.offers.is_unseen(),
            history_error: self.history.failing().map(|why| why.text(self.preferences.words())),
            ..snapshot.status()
        }
    }

    fn notify(&self, notice: Notice<'_>) {
        notice.show(self.preferences.words(), &self.tasks);
    }

    /// After each event: watches the desktop as closely as is wanted, lets the monitor go or takes it back, writes what is due, keeps what the next run has to know, and reports
    /// what changed.
    pub(super) fn settle(&mut self) {
        while let Some(input) = self.desktop.attend(self.page.watches_desktop(&self.engine)) {
            self.handle(input);
        }
        let now = self.now();
        let is_away = self.engine.presence(now) == Presence::Away;
        let settings = &self.preferences.config().monitor;
        let is_elsewhere = settings.release_when_away && is_away;
        self.monitor.follow(is_elsewhere || self.desktop.is_other_session());
        self.history.keep_memory(now, self.engine.memory());
        self.history.tick(now);
        let context = PageContext {
            now: self.now(),
            engine: &self.engine,
            preferences: &self.preferences,
            rate: self.monitor.rate(),
        };
        self.page.settle(&context);
        self.reporter.changed(self.status(now));
    }

    /// Ends: the break and the page with it, and gives back the store, with all that has to be written in it.
    #[must_use]
    pub fn close(mut self) -> Option<store::StoreHandle> {
        // First, so that the page says that the break has ended: it is not the person who left, and no window is to vanish.
        self.page.close();
        self.end_break();
        // What became of an elevation under way is known now, and by nobody later.
        self.handle(Input::MonitorLost);
        self.settle();
        self.history.keep_baseline(self.now(), self.engine.baseline());
        self.history.into_store()
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("link", &self.monitor.link()).finish_non_exhaustive()
    }
}

/// Whether it asks for a break, and for none in particular.
const fn is_for_any(input: &Input) -> bool {
    matches!(input, Input::BreakWanted(None, None) | Input::Answered(_, Answer::Start))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a monitor sends 0 to 65535, and the cast saturates"
)]
fn whole(rate: f64) -> u16 {
    rate.round() as u16
}
