//! How things stand, for whoever asks: nothing here changes anything.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::context::HandsNow;
use crate::context::InputActivity;
use crate::context::Presence;
use crate::context::Probe;
use crate::detection::Figures;
use crate::detection::MIN_COVERAGE;
use crate::detection::Phase;
use crate::detection::Thresholds;
use crate::detection::Tracker;
use crate::detection::Usual;
use crate::heart::Contact;
use crate::heart::MAX_ARTEFACT_SHARE;
use crate::offer::Gate;
use crate::offer::Moment;
use crate::offer::PAUSE_FROM;
use crate::status::Quality;
use crate::status::Status;

use super::Engine;
use super::elevation::Elevation;

/// How things stand at one moment. What `status`, `why` and the answer to `resume` say follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The moment.
    pub at: Timestamp,
    /// Where the heart stands.
    pub phase: Phase,
    /// What is usual; `None` while too little was learned to tell an elevation.
    pub usual: Option<Usual>,
    /// The median over the last `window`, in bpm; `None` while nothing streams.
    pub heart_rate: Option<f64>,
    /// 10 s to a minute.
    pub window: SignedDuration,
    /// How much of the heart can be told; `None` while nothing streams, and while the first minute of it is being judged.
    pub quality: Option<Quality>,
    /// Since when the monitor has sent the same over and over, as no heart does; `None` where it does not. Such a rate teaches nothing
    /// and leads to no offer.
    pub frozen_since: Option<Timestamp>,
    /// How much wear taught what is usual.
    pub learned: SignedDuration,
    /// How much is needed before anything is offered.
    pub warm_up: SignedDuration,
    /// What an elevation is held against.
    pub thresholds: Thresholds,
    /// The figures of the elevation under way; `None` while there is none.
    pub figures: Option<Figures>,
    /// What becomes of the elevation under way.
    pub outlook: Outlook,
    /// When the last elevation that was not offered was over, and what held it back; `None`: there was none since the start.
    pub last_held: Option<(Timestamp, Gate)>,
    /// Every gate that is closed just now, whether or not there is anything to offer.
    pub closed: Vec<Gate>,
    /// Those among them that are closed only because the desktop should tell and does not.
    pub failed: Vec<Gate>,
    /// Whether the desktop is looked at just now; else no gate that it closes is among the closed ones.
    pub desktop_seen: bool,
    /// The end of the owner's snooze; `None` without one.
    pub snoozed_until: Option<Timestamp>,
    /// When the offer that was put off with "Later" may come again; `None`: none waits for that.
    pub postponed_until: Option<Timestamp>,
    /// The end of the rest after "this is too much"; `None` without one.
    pub resting_until: Option<Timestamp>,
    /// Whether an offer is open.
    pub offer_open: bool,
    pub hands: HandsNow,
    /// How many breaks were offered today.
    pub offers_today: u32,
    /// Another session is on the screen in place of the owner's.
    pub other_session: bool,
}

/// What becomes of an elevation, as things are at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// There is none.
    Nothing,
    /// Nothing that is known is in the way: a break is offered with the next sample, unless the desktop turns out to be in the way
    /// when it is looked at.
    Due,
    /// Nothing is in the way, but the heart, not yet settled, is not up by enough just now.
    NotEnough,
    /// This gate is closed, the first of them all.
    Held(Gate),
    /// The hands did not rest in time: it is not offered any more.
    GivenUp,
    /// It was offered, and is not offered again.
    Asked,
}

impl Snapshot {
    /// What holds back the elevation under way; `None` where nothing does, and where there is none.
    #[must_use]
    pub const fn held_by(&self) -> Option<Gate> {
        match self.outlook {
            Outlook::Held(gate) => Some(gate),
            Outlook::GivenUp => Some(Gate::NoPause),
            Outlook::Nothing | Outlook::Due | Outlook::NotEnough | Outlook::Asked => None,
        }
    }

    /// Until when the owner's own wish keeps a gate closed; `None` for any other gate.
    #[must_use]
    pub const fn closed_until(&self, gate: Gate) -> Option<Timestamp> {
        match gate {
            Gate::Snoozed => self.snoozed_until,
            Gate::Postponed => self.postponed_until,
            Gate::Resting => self.resting_until,
            _ => None,
        }
    }

    /// What the status says of the engine; the rest of it is left empty.
    #[must_use]
    pub fn status(&self) -> Status {
        Status {
            usual: self.usual.map(|usual| tenth(usual.heart_rate)),
            spread: self.usual.map(|usual| tenth(usual.spread)),
            elevated_since: self.elevated_since(),
            quality: self.quality,
            frozen_since: self.frozen_since,
            learned_hours: (self.learned.as_secs_f64() / 36.0).round() / 100.0,
            snoozed_until: self.snoozed_until,
            postponed_until: self.postponed_until,
            resting_until: self.resting_until,
            held_by: self.held_by().map(|gate| gate.name().to_owned()),
            offers_today: self.offers_today,
            hands_rest: self.hands == HandsNow::Rest,
            hands_unsure: self.hands == HandsNow::Unsure,
            ..Status::default()
        }
    }

    /// Since when the heart has been up; `None` while it is not.
    #[must_use]
    pub const fn elevated_since(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Elevated { since, .. } => Some(since),
            Phase::Settled | Phase::Rising { .. } | Phase::Settling { .. } => None,
        }
    }
}

impl Engine {
    /// How things stand at this moment.
    #[must_use]
    pub fn snapshot(&self, now: Timestamp) -> Snapshot {
        let detection = &self.settings.detection;
        let learned = self.tracker.baseline().learned();
        let warm_up = detection.warm_up.value();
        let known = learned >= warm_up && learned.is_positive();
        let live = self.last_reading_at.is_some_and(|at| now.duration_since(at) < Tracker::MAX_GAP);
        let closed: Vec<_> = self.settings.offer.closed_gates(&self.moment(now)).collect();
        let desktop = self.context.desktop.unwrap_or_default();
        let failed = closed.iter().copied().filter(|gate| gate.probe(&desktop) == Probe::Failed);
        let outlook = self.outlook(closed.first().copied());
        let ahead = |until: Option<Timestamp>| until.filter(|&until| now < until);
        Snapshot {
            at: now,
            phase: self.tracker.phase(),
            usual: known.then(|| self.tracker.usual()),
            heart_rate: self.last_sample.filter(|_| live).map(|sample| sample.heart_rate),
            window: self.sampler.window(),
            quality: self.quality(now, live),
            frozen_since: self.constant.frozen_since().filter(|_| live),
            learned,
            warm_up,
            thresholds: detection.thresholds_for(self.presence(now)),
            figures: self.record.map(|course| course.figures),
            outlook,
            last_held: self.last_held,
            failed: failed.collect(),
            closed,
            desktop_seen: self.context.desktop.is_some(),
            snoozed_until: ahead(self.offers.snoozed_until()),
            postponed_until: ahead(self.offers.postponed_until()),
            resting_until: ahead(self.offers.rest_until()),
            offer_open: self.offers.open().is_some(),
            hands: self.hands_now(now),
            offers_today: self.offers.made_on(self.context.local_time(now).date()),
            other_session: self.context.other_session,
        }
    }

    fn hands_now(&self, now: Timestamp) -> HandsNow {
        match self.context.hands {
            InputActivity::Resting(since) if now.duration_since(since) >= PAUSE_FROM => {
                HandsNow::Rest
            }
            InputActivity::Busy if self.context.awake_is_use => HandsNow::Unsure,
            _ => HandsNow::InUse,
        }
    }

    fn outlook(&self, closed: Option<Gate>) -> Outlook {
        match self.elevation {
            Elevation::None => Outlook::Nothing,
            Elevation::Lapsed(_) => Outlook::GivenUp,
            Elevation::Offered if !self.offers.is_postponed() => Outlook::Asked,
            Elevation::Offered
            | Elevation::Held(..)
            | Elevation::Looking(_)
            | Elevation::Waiting(..) => match closed {
                Some(gate) => Outlook::Held(gate),
                None if self.sustained.is_some() => Outlook::Due,
                None => Outlook::NotEnough,
            },
        }
    }

    /// The gate that is closed just now, whether or not there is anything to offer; `None` when all are open.
    #[must_use]
    pub fn closed_gate(&self, now: Timestamp) -> Option<Gate> {
        self.settings.offer.closed_gate(&self.moment(now))
    }

    /// Whether somebody sits at the desk, as far as is known.
    #[must_use]
    pub fn presence(&self, now: Timestamp) -> Presence {
        self.context.presence_at(now)
    }

    pub(super) fn moment(&self, now: Timestamp) -> Moment<'_> {
        let today = self.context.local_time(now).date();
        Moment {
            now,
            context: &self.context,
            popup: self.popup,
            returned_at: self.returned_at,
            unlocked_at: self.unlocked_at,
            call_ended_at: self.call_ended_at,
            after_return: self.settings.detection.after_return.value(),
            walked_until: self.walked_until(now),
            unchanging: self.constant.may_be_frozen(),
            exerting: self.tracker.exerting(),
            break_open: self.break_is_open(),
            snoozed_until: self.offers.snoozed_until(),
            resting_until: self.offers.rest_until(),
            postponed_until: self.offers.postponed_until(),
            cool_down_from: self.offers.cool_down_from(),
            offers_today: self.offers.counted_today(today),
            fine_in_a_row: self.offers.fine_in_a_row(),
        }
    }

    fn walked_until(&self, now: Timestamp) -> Option<Timestamp> {
        match self.tracker.phase() {
            Phase::Elevated { since, .. } => self.walks.wait_after(since, now),
            Phase::Settled | Phase::Rising { .. } | Phase::Settling { .. } => None,
        }
    }

    fn quality(&self, now: Timestamp, live: bool) -> Option<Quality> {
        if self.contact == Contact::Lost {
            return Some(Quality::OffBody);
        }
        if !live {
            return None;
        }
        let covered = self.last_sample.is_none_or(|sample| sample.coverage >= MIN_COVERAGE);
        let quality = match self.sampler.artefacts() {
            None => Quality::RateOnly,
            Some(share) if share <= MAX_ARTEFACT_SHARE && covered => Quality::Good,
            Some(_) => Quality::Poor,
        };
        // What is not good in the first minute is not yet full.
        let judged =
            self.readings_since.is_some_and(|since| now.duration_since(since) >= JUDGED_AFTER);
        (judged || quality == Quality::Good).then_some(quality)
    }
}

/// The longest window of a sample: before that there are gaps in it even where nothing is missing.
const JUDGED_AFTER: SignedDuration = SignedDuration::from_mins(1);

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
