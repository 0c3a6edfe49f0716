//! Everything that the engine waits for, as one table of named deadlines.

use jiff::Timestamp;

use crate::context::InputActivity;
use crate::detection::Tracker;
use crate::offer::CALL_END_DEBOUNCE;
use crate::offer::Gate;
use crate::offer::PAUSE_FROM;
use crate::practice::Session;

use super::Engine;
use super::elevation::Elevation;

/// What the engine does at a certain time if nothing else happens before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// No reading has come for [`Tracker::MAX_GAP`]: what was measured before says nothing about now.
    MonitorSilent,
    /// Nobody has answered the open offer.
    OfferExpires,
    SnoozeEnds,
    /// The quiet after "this is too much" ends.
    RestEnds,
    /// The open break moves on to its next step.
    StepEnds,
    /// Keyboard and pointer have been idle for long enough: an offer that waits for a pause can be made.
    PauseBegins,
    /// An offer has waited for a pause for as long as the owner allows, and is given up.
    WaitEnds,
    /// Microphone and camera have been free for long enough: the call is over.
    CallEnds,
}

impl Engine {
    /// When to call again if nothing else happens: never before the last call. `None`: only when something happens.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.next_deadline().map(|(_, at)| at)
    }

    /// What happens first if nothing else does, and when: never before the last call.
    #[must_use]
    pub fn next_deadline(&self) -> Option<(Deadline, Timestamp)> {
        let set = self.deadlines().into_iter().chain(self.waiting_deadlines());
        let (deadline, at) =
            set.filter_map(|(deadline, at)| Some((deadline, at?))).min_by_key(|&(_, at)| at)?;
        Some((deadline, self.last_input_at.map_or(at, |last| at.max(last))))
    }

    /// Whether no deadline is at or before `now`, by a few comparisons: what most readings need to know of all deadlines. `false` says
    /// nothing: [`Self::next_deadline`] has to be asked.
    #[must_use]
    pub fn is_idle_until(&self, now: Timestamp) -> bool {
        // Of whole seconds, the difference is off by less than one.
        let nearly_silent = Tracker::MAX_GAP.as_secs() - 1;
        self.last_reading_at.is_none_or(|at| now.as_second() - at.as_second() < nearly_silent)
            && self.offers.waits_for_nothing()
            && self.session.is_none()
            && !self.attention.hands
            && self.call_ended_at.is_none()
    }

    /// Whether something that an offer waits for is due.
    pub(super) fn is_waiting_due(&self, now: Timestamp) -> bool {
        self.waiting_deadlines().into_iter().any(|(_, at)| at.is_some_and(|at| at <= now))
    }

    fn deadlines(&self) -> [(Deadline, Option<Timestamp>); 5] {
        let silent = self
            .last_reading_at
            .map(|at| at.saturating_add(Tracker::MAX_GAP).unwrap_or(Timestamp::MAX));
        [
            (Deadline::MonitorSilent, silent),
            (Deadline::OfferExpires, self.offers.expires_at()),
            (Deadline::SnoozeEnds, self.offers.snoozed_until()),
            (Deadline::RestEnds, self.offers.rest_until()),
            (Deadline::StepEnds, self.session.as_ref().and_then(Session::next_wakeup)),
        ]
    }

    /// The deadlines after which an offer that waits may be made, or is given up; each only while it is to come.
    fn waiting_deadlines(&self) -> [(Deadline, Option<Timestamp>); 3] {
        let idle_since = match self.context.hands {
            InputActivity::Resting(since) if self.attention.hands => Some(since),
            _ => None,
        };
        let waiting_since = match self.elevation {
            Elevation::Waiting(since, _) if self.attention.hands => Some(since),
            _ => None,
        };
        let call_ended_at = match self.elevation {
            Elevation::Held(Gate::InCall, _) | Elevation::Offered => self.call_ended_at,
            _ => None,
        };
        let patience = self.settings.offer.wait_for_pause.value();
        [
            (Deadline::PauseBegins, idle_since, PAUSE_FROM),
            (Deadline::WaitEnds, waiting_since, patience),
            (Deadline::CallEnds, call_ended_at, CALL_END_DEBOUNCE),
        ]
        .map(|(deadline, since, length)| {
            let at = since.and_then(|since| since.checked_add(length).ok());
            (deadline, at.filter(|&at| Some(at) > self.last_input_at))
        })
    }
}
