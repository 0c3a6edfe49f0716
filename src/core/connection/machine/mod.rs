//! The state machine: the stage of the connection, and what follows from what happens.

mod stage;

use jiff::SignedDuration;
use jiff::Timestamp;

use super::Action;
use super::Adapter;
use super::Call;
use super::CallFailure;
use super::ConnectionInput;
use super::Device;
use super::Known;
use super::SearchBackoff;
use super::Ticket;
use super::endings::ServiceEndings;
use super::limit;
use super::obstacle::ObstacleKind;
use super::rhythm::Rhythm;
use super::search::Search;
use crate::monitor::LinkState;
use crate::monitor::MonitorSettings;
use stage::Deadline;
use stage::Stage;
use stage::Then;
use stage::after;
use stage::before;

/// The connection to one strap: looked for, kept, and looked for again.
///
/// Only one call is under way at a time, and every stage ends by itself but three that others end: no adapter, an adapter that
/// is off, and a strap that was released.
#[derive(Clone, Debug)]
pub struct Connection {
    settings: MonitorSettings,
    known: Option<Known>,
    backoff: SearchBackoff,
    adapter: Adapter,
    stage: Stage,
    rhythm: Rhythm,
    endings: ServiceEndings,
    /// A monitor in reach that is not the one looked for, and what was last said of it.
    stranger: Option<Device>,
    stranger_said: Option<Device>,
    /// From the last measurement on; `None` while they arrive.
    search: Option<Search>,
    /// When the strap that streamed was lost; `None` before the first measurement of all, and while they arrive.
    lost: Option<Timestamp>,
    released: bool,
    /// How many calls in a row did not get through to BlueZ.
    faults: u32,
    rebuilds: u32,
    calls: u64,
    announced: Option<LinkState>,
    last: Timestamp,
}

impl Connection {
    /// A connection that has yet to reach the system bus: hand it an [`ConnectionInput::Tick`] to begin.
    ///
    /// `known` is the strap that streamed last, as long ago as may be; `seed` sets the jitter.
    #[must_use]
    pub fn new(settings: MonitorSettings, known: Option<Known>, seed: u64, now: Timestamp) -> Self {
        Self {
            settings,
            known,
            backoff: SearchBackoff::new(seed),
            adapter: Adapter::None,
            stage: Stage::Broken { retry: now },
            rhythm: Rhythm::default(),
            endings: ServiceEndings::default(),
            stranger: None,
            stranger_said: None,
            search: None,
            lost: None,
            released: false,
            faults: 0,
            rebuilds: 0,
            calls: 0,
            announced: None,
            last: now,
        }
    }

    /// What follows from what happened.
    ///
    /// Where the clock stepped back since the last call, everything under way is moved with it.
    pub fn handle(&mut self, now: Timestamp, input: ConnectionInput) -> Vec<Action> {
        let mut out = Vec::new();
        if now < self.last {
            self.step_back(self.last.duration_since(now));
        }
        self.last = now;
        self.take(now, input, &mut out);
        self.expire(now, &mut out);
        let link = self.link(now);
        if self.announced != Some(link) {
            self.announced = Some(link);
            out.push(Action::Announce(link));
        }
        if link == LinkState::Streaming || self.released {
            self.stranger = None;
        }
        // Its signal is another each time.
        let of = |device: &Option<Device>| device.as_ref().map(|device| device.address);
        if of(&self.stranger) != of(&self.stranger_said) {
            self.stranger_said.clone_from(&self.stranger);
            out.push(Action::Stranger(self.stranger.clone()));
        }
        out
    }

    /// When something is due if nothing happens until then, never before the time last handed in; `None`: nothing is.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.stage.due(self.silence()).map(|due| due.max(self.last))
    }

    /// The strap to look for next time: the last that sent a measurement, or that the owner chose since.
    #[must_use]
    pub const fn known(&self) -> Option<&Known> {
        self.known.as_ref()
    }

    /// The device that is connected, or being connected to or disconnected from.
    #[must_use]
    pub fn device(&self) -> Option<&Device> {
        self.stage.device()
    }

    /// Until when the Bluetooth service or a strap in reach is left alone; `None`: neither is.
    #[cfg(test)]
    fn left_alone_until(&self) -> Option<Timestamp> {
        let obstacle = self.search.as_ref().and_then(|search| search.obstacle.as_ref());
        self.endings.until(self.last).max(obstacle.map(|obstacle| obstacle.until))
    }

    fn take(&mut self, now: Timestamp, input: ConnectionInput, out: &mut Vec<Action>) {
        match input {
            ConnectionInput::Adapter(adapter) => self.adapter_is(now, adapter, out),
            ConnectionInput::Found(devices) => self.seen(now, &devices, out),
            ConnectionInput::Finished(ticket, result) if self.stage.waits_for(ticket) => {
                self.finished(now, result, out);
            }
            ConnectionInput::LinkUp(ticket) if self.stage.waits_for(ticket) => self.link_up(now),
            ConnectionInput::Measured => self.measured(now),
            ConnectionInput::LinkLost => self.link_lost(now, out),
            ConnectionInput::ServiceEnded => {
                self.endings.ended(now);
            }
            ConnectionInput::BusLost => self.bus_lost(now),
            ConnectionInput::Suspending => self.suspend(now, out),
            ConnectionInput::Resumed => self.resume(now, out),
            ConnectionInput::Release => self.release(now, out),
            ConnectionInput::TakeBack => self.take_back(now, out),
            ConnectionInput::Configured(settings) => self.configure(now, settings, out),
            ConnectionInput::Use(known) => self.belongs(now, known, out),
            ConnectionInput::Finished(..) | ConnectionInput::LinkUp(_) | ConnectionInput::Tick => {}
        }
    }

    fn expire(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        if self.stage.due(self.silence()).is_none_or(|due| now < due) {
            return;
        }
        match &self.stage {
            Stage::Broken { .. } => {
                let deadline = self.call(now, Call::Rebuild, limit::ANSWER, out);
                self.stage = Stage::Rebuilding(deadline);
            }
            Stage::Asleep { .. } => self.resume(now, out),
            Stage::Resting { .. } => {
                // One that another program holds is connected, and needs no scan.
                let held = self.search.as_ref().and_then(|search| search.obstacle.as_ref());
                let held = held.is_some_and(|obstacle| obstacle.kind == ObstacleKind::Held);
                self.go_on(now, if held { Then::Look } else { Then::Scan }, out);
            }
            Stage::Streaming { .. } => self.silent(now, out),
            Stage::Silent { device, .. } => {
                let device = device.clone();
                self.close(now, device, Then::Look, true, out);
            }
            Stage::Rebuilding(_)
            | Stage::Looking { .. }
            | Stage::Scanning { .. }
            | Stage::Connecting { .. }
            | Stage::Closing { .. } => self.finished(now, Err(CallFailure::TimedOut), out),
            Stage::Unpowered | Stage::Released => {}
        }
    }

    fn adapter_is(&mut self, now: Timestamp, adapter: Adapter, out: &mut Vec<Action>) {
        self.adapter = adapter;
        let on = adapter == Adapter::On;
        match self.stage {
            Stage::Unpowered if on => self.search_afresh(now, out),
            Stage::Closing { then: Then::Sleep, .. } => {}
            Stage::Closing { .. } if self.released => {}
            Stage::Looking { .. }
            | Stage::Scanning { .. }
            | Stage::Connecting { .. }
            | Stage::Streaming { .. }
            | Stage::Silent { .. }
            | Stage::Closing { .. }
            | Stage::Resting { .. }
                if !on =>
            {
                self.note_loss(now);
                self.stage = Stage::Unpowered;
            }
            _ => {}
        }
    }

    fn seen(&mut self, now: Timestamp, devices: &[Device], out: &mut Vec<Action>) {
        if !matches!(self.stage, Stage::Looking { .. } | Stage::Scanning { .. }) {
            return;
        }
        let (wanted, known) = (self.settings.wanted(), self.known.as_ref());
        let search = self.search.get_or_insert_with(|| Search::new(now));
        search.listed(devices);
        let chosen = search.choose(devices, wanted, known, now);
        let stranger = || search.stranger(devices, wanted, known, now).cloned();
        match (chosen, &mut self.stage) {
            (Some(device), _) if search.is_sure(device, wanted, known) => {
                let device = device.clone();
                self.connect(now, device, true, out);
            }
            (chosen, Stage::Scanning { best, other, .. }) => {
                *other = if chosen.is_some() { None } else { stranger() };
                *best = chosen.cloned();
            }
            (_, Stage::Looking { unheard, .. }) if !search.tried_unheard => {
                *unheard = Search::unheard(devices, wanted, known).cloned();
            }
            _ => {}
        }
    }

    /// The call under way ended.
    fn finished(&mut self, now: Timestamp, result: Result<(), CallFailure>, out: &mut Vec<Action>) {
        if self.broken_by(result) {
            self.rebuild(now, now);
            return;
        }
        let failed = result.err();
        match std::mem::replace(&mut self.stage, Stage::Released) {
            Stage::Rebuilding(_) if failed.is_some() => {
                self.rebuilds = self.rebuilds.saturating_add(1);
                // Nothing tells when a bus is there again: the longest pause is that of a long search.
                let elapsed = limit::AWAY.saturating_mul(i32::from(self.rebuilds > REBUILDS));
                let retry = after(now, self.backoff.pause(self.rebuilds, elapsed));
                self.stage = Stage::Broken { retry };
            }
            Stage::Rebuilding(_) => {
                self.rebuilds = 0;
                self.go_on(now, Then::Look, out);
            }
            Stage::Looking { .. } | Stage::Scanning { .. } if failed.is_some() => self.rest(now),
            Stage::Looking { unheard: Some(device), .. } => {
                self.searching(now).tried_unheard = true;
                self.connect(now, device, false, out);
            }
            Stage::Looking { unheard: None, .. } => self.go_on(now, Then::Scan, out),
            Stage::Connecting { device, heard, .. } => {
                if let Some(failure) = failed {
                    self.not_connected(now, device, heard, failure, out);
                } else {
                    self.rhythm.connected();
                    self.stage = Stage::Streaming { device, heard: now };
                }
            }
            Stage::Closing { then, .. } => self.go_on(now, then, out),
            Stage::Scanning { best, other, .. } => {
                self.searching(now).scanned();
                self.stranger = other;
                match best {
                    Some(device) => self.connect(now, device, true, out),
                    None => self.rest(now),
                }
            }
            stage @ (Stage::Broken { .. }
            | Stage::Unpowered
            | Stage::Asleep { .. }
            | Stage::Released
            | Stage::Streaming { .. }
            | Stage::Silent { .. }
            | Stage::Resting { .. }) => self.stage = stage,
        }
    }

    fn not_connected(
        &mut self,
        now: Timestamp,
        device: Device,
        heard: bool,
        failure: CallFailure,
        out: &mut Vec<Action>,
    ) {
        let search = self.searching(now);
        if heard {
            search.failed(&device, failure, now);
        }
        match failure {
            // To disconnect would take it away from the program that has it.
            CallFailure::Held => self.rest(now),
            _ if heard => self.close(now, device, Then::Rest, false, out),
            _ => self.close(now, device, Then::Scan, false, out),
        }
    }

    /// The strap is there; it may take its time for the rest.
    fn link_up(&mut self, now: Timestamp) {
        if let Stage::Connecting { deadline, heard, .. } = &mut self.stage {
            deadline.at = after(after(now, limit::SUBSCRIBE), limit::GRACE);
            *heard = true;
        }
    }

    /// Counts what did not get through to BlueZ; whether it is enough to doubt the connection to it.
    fn broken_by(&mut self, result: Result<(), CallFailure>) -> bool {
        let radio = matches!(self.stage, Stage::Connecting { .. } | Stage::Closing { .. });
        match result {
            // A strap out of reach is silent too.
            Err(CallFailure::TimedOut) if radio => {}
            Err(CallFailure::Bus | CallFailure::TimedOut) => self.faults += 1,
            Ok(())
            | Err(
                CallFailure::Unknown
                | CallFailure::Refused
                | CallFailure::Dropped { .. }
                | CallFailure::Unauthenticated { .. }
                | CallFailure::Unanswered { .. }
                | CallFailure::Held,
            ) => self.faults = 0,
        }
        self.faults >= limit::FAULTS && !matches!(self.stage, Stage::Rebuilding(_))
    }

    fn measured(&mut self, now: Timestamp) {
        let (Stage::Streaming { device, .. } | Stage::Silent { device, .. }) = &self.stage else {
            return;
        };
        let before = self.known.take().filter(|known| known.is_at(device));
        let name = device.name.clone().or_else(|| before?.name);
        self.known = Some(Known { address: device.address, name });
        self.rhythm.measured(now);
        self.endings.served();
        self.stage = Stage::Streaming { device: device.clone(), heard: now };
        self.search = None;
        self.lost = None;
    }

    fn link_lost(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        let (Stage::Streaming { device, .. } | Stage::Silent { device, .. }) = &self.stage else {
            return;
        };
        let device = device.clone();
        // A link that is lost before it brought anything is one more attempt that failed.
        let then = if self.search.is_none() { Then::Look } else { Then::Rest };
        self.note_loss(now);
        self.close(now, device, then, false, out);
    }

    fn bus_lost(&mut self, now: Timestamp) {
        if !matches!(self.stage, Stage::Broken { .. } | Stage::Rebuilding(_)) {
            // A bus that restarts needs a moment; one that breaks again at once must not be hammered.
            let pause = self.backoff.pause(1, SignedDuration::ZERO);
            self.rebuild(now, after(now, pause));
        }
    }

    /// Nothing came for too long: connect anew, the second time in a row after a pause in which the strap may still speak.
    fn silent(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        let Stage::Streaming { device, .. } = &self.stage else { return };
        let device = device.clone();
        let again = self.search.is_some();
        self.rhythm.fell_silent();
        self.note_loss(now);
        if again {
            let pause = self.next_pause(now);
            self.stage = Stage::Silent { device, retry: after(now, pause) };
        } else {
            self.close(now, device, Then::Look, true, out);
        }
    }

    fn silence(&self) -> SignedDuration {
        self.rhythm.limit(self.settings.silence.value())
    }

    fn step_back(&mut self, by: SignedDuration) {
        self.stage.step_back(by);
        self.rhythm.step_back(by);
        self.endings.step_back(by);
        if let Some(search) = &mut self.search {
            search.step_back(by);
        }
        self.lost = self.lost.map(|lost| before(lost, by));
    }

    fn link(&self, now: Timestamp) -> LinkState {
        let lost = self.lost.map(|lost| now.duration_since(lost));
        let obstacle = self.search.as_ref().and_then(|search| search.obstacle.as_ref());
        match &self.stage {
            _ if self.released => LinkState::Released,
            Stage::Streaming { .. } if self.search.is_none() => LinkState::Streaming,
            Stage::Silent { .. } | Stage::Closing { silent: true, .. } => LinkState::Silent,
            Stage::Unpowered if self.adapter == Adapter::Off => LinkState::AdapterOff,
            Stage::Unpowered if self.adapter == Adapter::Blocked => LinkState::Blocked,
            Stage::Unpowered | Stage::Resting { .. } if self.endings.until(now).is_some() => {
                LinkState::ServiceEnds
            }
            Stage::Unpowered => LinkState::NoBluetooth,
            Stage::Broken { .. } | Stage::Rebuilding(_) if self.rebuilds > 0 => {
                LinkState::NoBluetooth
            }
            stage => match (obstacle, stage) {
                // Until it streams: that it is tried once more changes nothing.
                (Some(obstacle), _) => obstacle.state(),
                // Connected or not: nothing has come yet.
                (None, Stage::Streaming { .. } | Stage::Connecting { heard: true, .. }) => {
                    LinkState::Connecting
                }
                _ if lost.is_some_and(|lost| lost >= limit::AWAY) => LinkState::Away,
                _ => LinkState::Searching,
            },
        }
    }
}

/// What the owner and the computer want of the link: to let go, to sleep, to look for another strap.
impl Connection {
    fn suspend(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        match &mut self.stage {
            Stage::Connecting { device, .. }
            | Stage::Streaming { device, .. }
            | Stage::Silent { device, .. } => {
                let device = device.clone();
                self.note_loss(now);
                self.close(now, device, Then::Sleep, false, out);
            }
            Stage::Closing { then, .. } => *then = Then::Sleep,
            Stage::Looking { .. }
            | Stage::Scanning { .. }
            | Stage::Resting { .. }
            | Stage::Unpowered
            | Stage::Asleep { .. } => {
                self.stage = Stage::Asleep { until: after(now, limit::SLEEP) }
            }
            Stage::Broken { .. } | Stage::Rebuilding(_) | Stage::Released => {}
        }
    }

    fn resume(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        match &mut self.stage {
            Stage::Closing { then, .. } => *then = Then::Look,
            // Waking up is when the owner may be back with the strap on.
            Stage::Asleep { .. } | Stage::Resting { .. } => self.search_afresh(now, out),
            _ => {}
        }
    }

    fn release(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        self.released = true;
        self.search = None;
        self.lost = None;
        match &self.stage {
            Stage::Connecting { device, .. }
            | Stage::Streaming { device, .. }
            | Stage::Silent { device, .. } => {
                let device = device.clone();
                self.close(now, device, Then::Look, false, out);
            }
            Stage::Closing { .. } | Stage::Broken { .. } | Stage::Rebuilding(_) => {}
            Stage::Looking { .. }
            | Stage::Scanning { .. }
            | Stage::Resting { .. }
            | Stage::Unpowered
            | Stage::Asleep { .. }
            | Stage::Released => self.stage = Stage::Released,
        }
    }

    fn take_back(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        self.released = false;
        match &mut self.stage {
            Stage::Released => self.search_afresh(now, out),
            Stage::Closing { then, .. } => *then = Then::Look,
            _ => {}
        }
    }

    /// The strap of the owner is this one; another that is connected is let go.
    fn belongs(&mut self, now: Timestamp, known: Known, out: &mut Vec<Action>) {
        let wanted = self.settings.wanted();
        if wanted.is_some() || self.known.as_ref() == Some(&known) {
            return;
        }
        let device = self.stage.device().filter(|device| !known.is_at(device)).cloned();
        self.known = Some(known);
        self.look_for_another(now, device, out);
    }

    /// Lets `device` go where it is connected or being connected to, and searches anew; not while something stands against that.
    fn look_for_another(&mut self, now: Timestamp, device: Option<Device>, out: &mut Vec<Action>) {
        self.stranger = None;
        match (&self.stage, device) {
            (
                Stage::Connecting { .. } | Stage::Streaming { .. } | Stage::Silent { .. },
                Some(device),
            ) => {
                self.search = Some(Search::new(now));
                self.close(now, device, Then::Look, false, out);
            }
            (Stage::Resting { .. }, _) => self.search_afresh(now, out),
            _ => {}
        }
    }

    fn configure(&mut self, now: Timestamp, settings: MonitorSettings, out: &mut Vec<Action>) {
        let same = settings.wanted() == self.settings.wanted();
        self.settings = settings;
        if same {
            return;
        }
        let wanted = self.settings.wanted();
        let is_another = |device: &&Device| wanted.is_some_and(|wanted| !device.is_called(wanted));
        let device = self.stage.device().filter(is_another).cloned();
        self.look_for_another(now, device, out);
    }
}

/// The steps between two stages: which call, with which limit, and which stage waits for its end.
impl Connection {
    /// Begins a search, or begins it again as if it were new.
    fn search_afresh(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        self.search = Some(Search::new(now));
        self.go_on(now, Then::Look, out);
    }

    /// What comes next, unless something stands against it.
    fn go_on(&mut self, now: Timestamp, then: Then, out: &mut Vec<Action>) {
        let until = self.endings.until(now).filter(|_| matches!(then, Then::Look | Then::Scan));
        self.stage = match then {
            _ if self.released => Stage::Released,
            Then::Sleep => Stage::Asleep { until: after(now, limit::SLEEP) },
            _ if self.adapter != Adapter::On => Stage::Unpowered,
            _ if until.is_some() => Stage::Resting { until: until.unwrap_or(now) },
            Then::Look => {
                let deadline = self.call(now, Call::Look, limit::ANSWER, out);
                Stage::Looking { deadline, unheard: None }
            }
            Then::Scan => return self.scan(now, out),
            Then::Rest => return self.rest(now),
        };
    }

    fn scan(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        let eager = self.searching(now).elapsed(now) < limit::AWAY;
        let call = Call::Scan { lasting: limit::SCAN, eager };
        let mut deadline = self.call(now, call, limit::ANSWER, out);
        deadline.at = after(deadline.at, limit::SCAN);
        self.endings.asks(now);
        self.stage = Stage::Scanning { deadline, best: None, other: None };
    }

    fn rest(&mut self, now: Timestamp) {
        let pause = self.next_pause(now);
        self.stage = Stage::Resting { until: after(now, pause) };
    }

    fn connect(&mut self, now: Timestamp, device: Device, heard: bool, out: &mut Vec<Action>) {
        let limit = if heard { limit::CONNECT } else { limit::CONNECT_UNHEARD };
        let call = Call::Connect { address: device.address, subscribing: limit::SUBSCRIBE };
        let deadline = self.call(now, call, limit, out);
        self.endings.asks(now);
        self.stage = Stage::Connecting { deadline, device, heard };
    }

    fn close(
        &mut self,
        now: Timestamp,
        device: Device,
        then: Then,
        silent: bool,
        out: &mut Vec<Action>,
    ) {
        let call = Call::Disconnect { address: device.address };
        let deadline = self.call(now, call, limit::DISCONNECT, out);
        self.stage = Stage::Closing { deadline, device, then, silent };
    }

    /// The connection to BlueZ is not to be trusted any more: it is made anew at `retry`.
    fn rebuild(&mut self, now: Timestamp, retry: Timestamp) {
        self.note_loss(now);
        self.adapter = Adapter::None;
        self.faults = 0;
        self.stage = Stage::Broken { retry };
    }

    fn call(
        &mut self,
        now: Timestamp,
        call: Call,
        limit: SignedDuration,
        out: &mut Vec<Action>,
    ) -> Deadline {
        self.calls += 1;
        let ticket = Ticket(self.calls);
        out.push(Action::Do { ticket, call, limit });
        Deadline { ticket, at: after(after(now, limit), limit::GRACE) }
    }

    /// Whatever was there is gone, if anything was.
    fn note_loss(&mut self, now: Timestamp) {
        let streaming = matches!(self.stage, Stage::Streaming { .. } | Stage::Silent { .. });
        if streaming && self.search.is_none() {
            self.lost = Some(now);
        }
        if !self.released {
            self.searching(now);
        }
    }

    fn searching(&mut self, now: Timestamp) -> &mut Search {
        self.search.get_or_insert_with(|| Search::new(now))
    }

    fn next_pause(&mut self, now: Timestamp) -> SignedDuration {
        let search = self.search.get_or_insert_with(|| Search::new(now));
        search.attempts = search.attempts.saturating_add(1);
        self.backoff.pause(search.attempts, search.elapsed(now))
    }
}

/// How often the bus is looked for in quick succession: two minutes of pauses of 5 s, as for a strap.
const REBUILDS: u32 = 24;

#[cfg(test)]
mod tests;
