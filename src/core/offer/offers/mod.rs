//! What was offered, and what became of it.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Date;

use super::gate::OfferSettings;

/// The number of an offer, unique while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OfferId(pub u64);

/// How the owner answered an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Start the break.
    Start,
    /// Not now: ask again in a while, if the heart is still up.
    Later,
    /// I'm fine.
    Fine,
    /// I was moving: it was no moment to ask.
    Moving,
    /// I was excited, and gladly so.
    Excited,
}

/// What became of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferOutcome {
    /// Its owner answered.
    Answered(Answer),
    /// Nobody answered in time.
    Expired,
    /// Nobody could answer: no notification server showed it in time.
    NotShown,
    /// A newer offer took its place.
    Replaced,
}

/// What the next run has to know of offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfferMemory {
    /// When the last offer was made or the last break taken, whichever was later; `None`: never.
    pub cool_down_from: Option<Timestamp>,
    /// How many there were, ever.
    pub made: u64,
    /// The local day on which offers were last counted, and how many there were.
    pub counted_on: Option<(Date, u32)>,
    /// Until when its owner wants quiet.
    pub snoozed_until: Option<Timestamp>,
    /// When its owner asked for that quiet; `None`: not known.
    pub snoozed_at: Option<Timestamp>,
    /// Until when nothing is offered since a break was too much.
    pub rest_until: Option<Timestamp>,
    /// How many times in a row its owner was fine.
    pub fine_in_a_row: u32,
    /// When its owner was last asked whether the thresholds fit; `None`: never.
    pub fit_asked_at: Option<Timestamp>,
}

/// The offer that stands, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferState {
    /// None.
    Nothing,
    /// Shown, not yet answered.
    Open {
        /// Its number.
        id: OfferId,
        /// When it goes away by itself.
        until: Timestamp,
    },
    /// Put off by its owner: the same elevation may be offered once more.
    Postponed {
        /// From when on.
        until: Timestamp,
    },
}

/// What [`Offers::resume`] ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resumed {
    pub snooze: bool,
    /// The rest after "this is too much".
    pub rest: bool,
    /// The wait after "Later".
    pub postponement: bool,
}

/// Keeps count of offers, the one that stands, and the quiet the owner asked for.
#[derive(Clone, Debug)]
pub struct Offers {
    state: OfferState,
    cool_down_from: Option<Timestamp>,
    counted_on: Option<(Date, u32)>,
    snoozed_until: Option<Timestamp>,
    snoozed_at: Option<Timestamp>,
    rest_until: Option<Timestamp>,
    fine_in_a_row: u32,
    fit_asked_at: Option<Timestamp>,
    made: u64,
    /// The last offer, where nobody had answered it in time.
    expired: Option<OfferId>,
    /// The last offer, where it is of those that count, the day that it was made on, and whether it counts.
    counted: Option<(OfferId, Date, bool)>,
}

impl Offers {
    /// Nothing was ever offered.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            state: OfferState::Nothing,
            cool_down_from: None,
            counted_on: None,
            snoozed_until: None,
            snoozed_at: None,
            rest_until: None,
            fine_in_a_row: 0,
            fit_asked_at: None,
            made: 0,
            expired: None,
            counted: None,
        }
    }

    /// What an earlier run left. Its offers are no longer open. A clock that was ahead then silences nothing now: times after `now` are
    /// brought back to it, and a quiet lasts no longer from `now` than it was asked for.
    #[must_use]
    pub fn remembered(memory: OfferMemory, now: Timestamp) -> Self {
        let mut offers = Self {
            state: OfferState::Nothing,
            cool_down_from: memory.cool_down_from,
            counted_on: memory.counted_on,
            snoozed_until: memory.snoozed_until,
            snoozed_at: memory.snoozed_at,
            rest_until: memory.rest_until,
            fine_in_a_row: memory.fine_in_a_row,
            fit_asked_at: memory.fit_asked_at,
            made: memory.made,
            expired: None,
            counted: None,
        };
        offers.clamp(now, later(now, LONGEST_REST));
        offers
    }

    /// What the next run has to know.
    #[must_use]
    pub const fn memory(&self) -> OfferMemory {
        OfferMemory {
            cool_down_from: self.cool_down_from,
            made: self.made,
            counted_on: self.counted_on,
            snoozed_until: self.snoozed_until,
            snoozed_at: self.snoozed_at,
            rest_until: self.rest_until,
            fine_in_a_row: self.fine_in_a_row,
            fit_asked_at: self.fit_asked_at,
        }
    }

    /// Makes an offer; one that was still open is replaced. A second asking about the same elevation, put off by its owner,
    /// does not count again.
    pub fn make(&mut self, now: Timestamp, today: Date, settings: &OfferSettings) -> OfferId {
        self.made += 1;
        let id = OfferId(self.made);
        self.counted = (!self.is_postponed()).then_some((id, today, true));
        if self.counted.is_some() {
            self.counted_on = Some((today, self.today(today) + 1));
        }
        self.cool_down_from = Some(now);
        self.expired = None;
        self.state = OfferState::Open { id, until: later(now, settings.open_for.value()) };
        id
    }

    /// Whether somebody can have seen the last offer: one that nobody could see does not count against its day.
    pub fn seen(&mut self, id: OfferId, is_so: bool) {
        if let Some((last, day, counts)) = &mut self.counted
            && *last == id
            && *counts != is_so
        {
            *counts = is_so;
            if let Some((_, count)) = self.counted_on.as_mut().filter(|(on, _)| on == day) {
                *count = if is_so { *count + 1 } else { count.saturating_sub(1) };
            }
        }
    }

    /// Takes an answer; false when that offer has another one, or a later one was made. A click on its way as the time ran out still counts.
    /// "Later" asks again only if the heart is still `elevated`.
    pub fn answer(&mut self, now: Timestamp, id: OfferId, answer: Answer, elevated: bool) -> bool {
        if self.open().or(self.expired) != Some(id) {
            return false;
        }
        self.expired = None;
        match answer {
            Answer::Fine => self.fine_in_a_row = self.fine_in_a_row.saturating_add(1),
            Answer::Start => self.fine_in_a_row = 0,
            // They say something of the moment, and nothing of whether it was right to ask.
            Answer::Later | Answer::Moving | Answer::Excited => {}
        }
        self.state = match answer {
            Answer::Later if elevated => OfferState::Postponed { until: later(now, LATER) },
            Answer::Later | Answer::Start | Answer::Fine | Answer::Moving | Answer::Excited => {
                OfferState::Nothing
            }
        };
        true
    }

    /// What became of the last offer was said anew, after it was gone. One that was put off is asked again only where that is still the
    /// answer.
    pub fn reanswered(&mut self, before: OfferOutcome, now: OfferOutcome) {
        self.expired = None;
        if now != OfferOutcome::Answered(Answer::Later) {
            self.give_up_second();
        }
        self.fine_in_a_row = match (before, now) {
            (_, OfferOutcome::Answered(Answer::Start)) => 0,
            (OfferOutcome::Answered(Answer::Fine), OfferOutcome::Answered(Answer::Fine)) => return,
            (OfferOutcome::Answered(Answer::Fine), _) => self.fine_in_a_row.saturating_sub(1),
            (_, OfferOutcome::Answered(Answer::Fine)) => self.fine_in_a_row.saturating_add(1),
            _ => return,
        };
    }

    /// Lets the open offer go when its time is over, and ends a snooze that is; the offer to withdraw.
    pub fn tick(&mut self, now: Timestamp) -> Option<OfferId> {
        self.snoozed_until = self.snoozed_until.filter(|&until| now < until);
        self.snoozed_at = self.snoozed_at.filter(|_| self.snoozed_until.is_some());
        self.rest_until = self.rest_until.filter(|&until| now < until);
        match self.state {
            OfferState::Open { id, until } if now >= until => {
                self.state = OfferState::Nothing;
                self.expired = Some(id);
                Some(id)
            }
            _ => None,
        }
    }

    /// The elevation is over: nothing is left to ask about a second time. An open offer stands for its time.
    pub fn elevation_ended(&mut self) {
        self.give_up_second();
    }

    /// What was put off is not offered again.
    pub fn give_up_second(&mut self) {
        if self.is_postponed() {
            self.state = OfferState::Nothing;
        }
    }

    /// Until when its owner put the last offer off, which may be past; `None` where it was not.
    #[must_use]
    pub const fn postponed_until(&self) -> Option<Timestamp> {
        match self.state {
            OfferState::Postponed { until } => Some(until),
            OfferState::Open { .. } | OfferState::Nothing => None,
        }
    }

    /// A break was taken, offered or not: the next offer keeps as far from it as from an offer, and one that was put off is done with.
    pub fn break_taken(&mut self, now: Timestamp) {
        self.cool_down_from = Some(now);
        self.give_up_second();
    }

    /// The clock went back to `now`, on a day that ends at `end_of_day`: nothing that was made lies in the future, and no quiet lasts
    /// longer for it. The offer to withdraw, if one was open.
    pub fn clock_stepped_back(&mut self, now: Timestamp, end_of_day: Timestamp) -> Option<OfferId> {
        self.clamp(now, end_of_day);
        let open = self.open();
        self.state = OfferState::Nothing;
        open
    }

    /// Whether the owner is to be asked whether the thresholds fit: after two times in a row that they were fine, once a week. It counts
    /// as asked then.
    pub fn take_question(&mut self, now: Timestamp) -> bool {
        let rested = self.fit_asked_at.is_none_or(|asked| now.duration_since(asked) >= ASK_AGAIN);
        let asks = self.fine_in_a_row >= OFTEN_FINE && rested;
        if asks {
            self.fit_asked_at = Some(now);
        }
        asks
    }

    /// Nothing is offered until then.
    pub const fn snooze(&mut self, now: Timestamp, until: Timestamp) {
        self.snoozed_until = Some(until);
        self.snoozed_at = Some(now);
    }

    /// Nothing is offered until then, whatever becomes of snoozes: after "this is too much".
    pub const fn rest(&mut self, until: Timestamp) {
        self.rest_until = Some(until);
    }

    /// Ends every quiet: a snooze, the rest after "this is too much", and the wait after "Later", whose second asking may come at once.
    pub fn resume(&mut self, now: Timestamp) -> Resumed {
        let is_ahead = |until: Option<Timestamp>| until.is_some_and(|until| now < until);
        let resumed = Resumed {
            snooze: is_ahead(self.snoozed_until),
            rest: is_ahead(self.rest_until),
            postponement: is_ahead(self.postponed_until()),
        };
        self.snoozed_until = None;
        self.snoozed_at = None;
        self.rest_until = None;
        if let OfferState::Postponed { until } = &mut self.state {
            *until = now.min(*until);
        }
        resumed
    }

    /// When the last offer was made or the last break taken, as far as it counts for the cool-down: not for a second asking the owner
    /// wished for.
    #[must_use]
    pub const fn cool_down_from(&self) -> Option<Timestamp> {
        if self.is_postponed() { None } else { self.cool_down_from }
    }

    /// How many times in a row its owner said to be fine, whatever was left unanswered in between; 0 after an offer was taken.
    #[must_use]
    pub const fn fine_in_a_row(&self) -> u32 {
        self.fine_in_a_row
    }

    /// How many offers count against today's limit; a second asking the owner wished for is free.
    #[must_use]
    pub fn counted_today(&self, today: Date) -> u32 {
        if self.is_postponed() { 0 } else { self.today(today) }
    }

    /// The open offer, if any.
    #[must_use]
    pub const fn open(&self) -> Option<OfferId> {
        match self.state {
            OfferState::Open { id, .. } => Some(id),
            OfferState::Postponed { .. } | OfferState::Nothing => None,
        }
    }

    /// Until when nothing is offered at the owner's own wish; `None`: no such wish.
    #[must_use]
    pub const fn snoozed_until(&self) -> Option<Timestamp> {
        self.snoozed_until
    }

    /// How many offers were made today, a second asking and one that nobody could see not counted.
    #[must_use]
    pub fn made_on(&self, today: Date) -> u32 {
        self.today(today)
    }

    /// Whether the owner put the last offer off.
    #[must_use]
    pub const fn is_postponed(&self) -> bool {
        matches!(self.state, OfferState::Postponed { .. })
    }

    /// When the open offer expires; `None` while none is open.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        match self.state {
            OfferState::Open { until, .. } => Some(until),
            OfferState::Postponed { .. } | OfferState::Nothing => None,
        }
    }

    /// Whether [`Self::tick`] changes nothing, however much time passes.
    #[must_use]
    pub const fn waits_for_nothing(&self) -> bool {
        self.snoozed_until.is_none()
            && self.snoozed_at.is_none()
            && self.rest_until.is_none()
            && !matches!(self.state, OfferState::Open { .. })
    }

    /// Until when nothing is offered since a break was too much; `None` where none was.
    #[must_use]
    pub const fn rest_until(&self) -> Option<Timestamp> {
        self.rest_until
    }

    /// Brings times that a clock which was ahead left back to `now`; a rest ends at `rest_ends` at the latest.
    fn clamp(&mut self, now: Timestamp, rest_ends: Timestamp) {
        self.cool_down_from = self.cool_down_from.map(|last| last.min(now));
        self.fit_asked_at = self.fit_asked_at.map(|asked| asked.min(now));
        self.rest_until = self.rest_until.map(|until| until.min(rest_ends));
        self.snoozed_until = self.snoozed_until.map(|until| {
            let asked_for = self.snoozed_at.map_or(LONGEST_SNOOZE, |at| until.duration_since(at));
            until.min(later(now, asked_for.clamp(SignedDuration::ZERO, LONGEST_SNOOZE)))
        });
        self.snoozed_at = self.snoozed_at.map(|at| at.min(now));
    }

    fn today(&self, today: Date) -> u32 {
        self.counted_on.filter(|&(day, _)| day == today).map_or(0, |(_, count)| count)
    }
}

impl Default for Offers {
    fn default() -> Self {
        Self::new()
    }
}

fn later(now: Timestamp, length: SignedDuration) -> Timestamp {
    now.saturating_add(length).unwrap_or(Timestamp::MAX)
}

/// "Later" means this much later: long enough to finish a thought, short enough for the moment not to be lost.
const LATER: SignedDuration = SignedDuration::from_mins(20);

/// From midnight to midnight, on the day that clocks are set back.
const LONGEST_REST: SignedDuration = SignedDuration::from_hours(25);
/// Commands and D-Bus take a snooze of a year at most.
const LONGEST_SNOOZE: SignedDuration = SignedDuration::from_hours(366 * 24);

/// So often fine in a row, the thresholds may not fit: from then on the cool-down grows, too.
const OFTEN_FINE: u32 = 2;
/// Whoever is asked has a week to see whether it fits now.
const ASK_AGAIN: SignedDuration = SignedDuration::from_hours(7 * 24);

#[cfg(test)]
mod tests;
