//! How things stand, for whoever asks: nothing here changes anything.

use jiff::SignedDuration;
use jiff::Timestamp;

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
use crate::status::Quality;

use super::Engine;
use super::elevation::Elevation;

/// How things stand at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Where the heart stands.
    pub phase: Phase,
    /// What is usual; `None` while too little was learned to tell an elevation.
    pub usual: Option<Usual>,
    /// The median of the last minute, in bpm; `None` while nothing streams.
    pub heart_rate: Option<f64>,
    /// How much of the heart can be told; `None` while nothing streams.
    pub quality: Option<Quality>,
    /// How much wear taught what is usual.
    pub learned: SignedDuration,
    /// How much is needed before anything is offered.
    pub warm_up: SignedDuration,
    /// What an elevation is held against.
    pub thresholds: Thresholds,
    /// The figures of the elevation under way; `None` while there is none.
    pub figures: Option<Figures>,
    /// What holds back the elevation under way, if anything does.
    pub held_by: Option<Gate>,
    /// When the last elevation that was not offered was over, and what held it back; `None`: there was none since the start.
    pub last_held: Option<(Timestamp, Gate)>,
    /// Every gate that is closed just now, whether or not there is anything to offer.
    pub closed: Vec<Gate>,
    /// Those among them that are closed only because the desktop should tell and does not.
    pub failed: Vec<Gate>,
    /// Until when nothing is offered, at its owner's wish.
    pub snoozed_until: Option<Timestamp>,
    /// How many breaks were offered today.
    pub offers_today: u32,
}

impl Snapshot {
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
        Snapshot {
            phase: self.tracker.phase(),
            usual: known.then(|| self.tracker.usual()),
            heart_rate: self.last_sample.filter(|_| live).map(|sample| sample.heart_rate),
            quality: self.quality(live),
            learned,
            warm_up,
            thresholds: detection.thresholds(),
            figures: self.record.map(|course| course.figures),
            held_by: match self.elevation {
                Elevation::Held(gate, _) => Some(gate),
                Elevation::Waiting(..) | Elevation::Lapsed(_) => Some(Gate::NoPause),
                Elevation::None | Elevation::Looking(_) | Elevation::Offered => None,
            },
            last_held: self.last_held,
            failed: failed.collect(),
            closed,
            snoozed_until: self.offers.snoozed_until(),
            offers_today: self.offers.made_on(self.context.local_time(now).date()),
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

    fn moment(&self, now: Timestamp) -> Moment<'_> {
        let today = self.context.local_time(now).date();
        Moment {
            now,
            context: &self.context,
            returned_at: self.returned_at,
            unlocked_at: self.unlocked_at,
            call_ended_at: self.call_ended_at,
            after_return: self.settings.detection.after_return.value(),
            exerting: self.tracker.exerting(),
            break_open: self.break_is_open(),
            quiet_until: self.offers.quiet_until(),
            cool_down_from: self.offers.cool_down_from(),
            offers_today: self.offers.counted_today(today),
            fine_in_a_row: self.offers.fine_in_a_row(),
        }
    }

    fn quality(&self, live: bool) -> Option<Quality> {
        if self.contact == Contact::Lost {
            return Some(Quality::OffBody);
        }
        if !live {
            return None;
        }
        let covered = self.last_sample.is_none_or(|sample| sample.coverage >= MIN_COVERAGE);
        Some(match self.sampler.artefacts() {
            None => Quality::RateOnly,
            Some(share) if share <= MAX_ARTEFACT_SHARE && covered => Quality::Good,
            Some(_) => Quality::Poor,
        })
    }
}
