//! The steps between two stages: which call, with which limit, and where it leads.

use jiff::SignedDuration;
use jiff::Timestamp;

use super::Action;
use super::Adapter;
use super::Call;
use super::Connection;
use super::Device;
use super::Search;
use super::limit;
use super::stage::Deadline;
use super::stage::Stage;
use super::stage::Then;
use super::stage::after;
use crate::connection::Ticket;

impl Connection {
    /// Begins a search, or begins it again as if it were new.
    pub(super) fn search_afresh(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        self.search = Some(Search::new(now));
        self.go_on(now, Then::Look, out);
    }

    /// What comes next, unless something stands against it.
    pub(super) fn go_on(&mut self, now: Timestamp, then: Then, out: &mut Vec<Action>) {
        self.stage = match then {
            _ if self.released => Stage::Released,
            Then::Sleep => Stage::Asleep { until: after(now, limit::SLEEP) },
            _ if self.adapter != Adapter::On => Stage::Unpowered,
            Then::Look => {
                let deadline = self.call(now, Call::Look, limit::ANSWER, out);
                Stage::Looking { deadline, unheard: None }
            }
            Then::Scan => return self.scan(now, out),
            Then::Rest => return self.rest(now),
        };
    }

    pub(super) fn scan(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        let eager = self.searching(now).elapsed(now) < limit::AWAY;
        let call = Call::Scan { lasting: limit::SCAN, eager };
        let mut deadline = self.call(now, call, limit::ANSWER, out);
        deadline.at = after(deadline.at, limit::SCAN);
        self.stage = Stage::Scanning { deadline, best: None };
    }

    pub(super) fn rest(&mut self, now: Timestamp) {
        let pause = self.next_pause(now);
        self.stage = Stage::Resting { until: after(now, pause) };
    }

    pub(super) fn connect(
        &mut self,
        now: Timestamp,
        device: Device,
        heard: bool,
        out: &mut Vec<Action>,
    ) {
        let limit = if heard { limit::CONNECT } else { limit::CONNECT_UNHEARD };
        let deadline = self.call(now, Call::Connect { address: device.address }, limit, out);
        self.stage = Stage::Connecting { deadline, device, heard };
    }

    pub(super) fn close(
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
    pub(super) fn rebuild(&mut self, now: Timestamp, retry: Timestamp) {
        self.note_loss(now);
        self.adapter = Adapter::None;
        self.faults = 0;
        self.stage = Stage::Broken { retry };
    }

    pub(super) fn call(
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
    pub(super) fn note_loss(&mut self, now: Timestamp) {
        let streaming = matches!(self.stage, Stage::Streaming { .. } | Stage::Silent { .. });
        if streaming && self.search.is_none() {
            self.lost = Some(now);
        }
        if !self.released {
            self.searching(now);
        }
    }

    pub(super) fn searching(&mut self, now: Timestamp) -> &mut Search {
        self.search.get_or_insert_with(|| Search::new(now))
    }

    pub(super) fn next_pause(&mut self, now: Timestamp) -> SignedDuration {
        let search = self.search.get_or_insert_with(|| Search::new(now));
        search.attempts = search.attempts.saturating_add(1);
        self.pace.pause(search.attempts, search.elapsed(now))
    }
}
