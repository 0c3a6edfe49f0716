//! What becomes of an elevation: offered, held back, put off, given up.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::context::Context;
use crate::context::InputActivity;
use crate::detection::Figures;
use crate::offer::Gate;
use crate::offer::OfferOutcome;
use crate::offer::Popup;

use super::Attention;
use super::Effect;
use super::ElevationOutcome;
use super::ElevationRecord;
use super::Engine;

/// What became of the elevation that is under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Elevation {
    /// There is none.
    None,
    /// Sustained, and held back: by which gate last, and the figures of that moment.
    Held(Gate, Figures),
    /// Every gate is open but for those that the desktop tells of, and it is being looked at: the figures of the last moment.
    Looking(Figures),
    /// Every gate is open but for hands that do not rest: since when, and the figures of the last moment.
    Waiting(Timestamp, Figures),
    /// The hands did not rest in time, and it is given up; the figures of that moment.
    Lapsed(Figures),
    /// Put to the owner.
    Offered,
}

impl Engine {
    /// A gate may have opened between two samples: what was last seen still holds for a while.
    pub(super) fn reconsider(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let fresh = self.last_reading_at.is_some_and(|at| now.duration_since(at) <= FRESH);
        if let Some(figures) = self.sustained.filter(|_| fresh) {
            self.consider(now, figures, effects);
        }
    }

    /// An elevation is sustained: offer, or note what holds it back.
    pub(super) fn consider(&mut self, now: Timestamp, figures: Figures, effects: &mut Vec<Effect>) {
        self.attention = Attention::default();
        let again = match self.elevation {
            Elevation::Offered => self.offers.is_postponed(),
            Elevation::Lapsed(_) => false,
            Elevation::None
            | Elevation::Held(..)
            | Elevation::Looking(_)
            | Elevation::Waiting(..) => true,
        };
        if !again {
            return;
        }
        let closed = self.closed_gate(now);
        // Only the desktop, or the hands, are in the way, if anything is.
        let about = closed.is_none_or(|gate| !gate.facts().is_empty() || gate == Gate::NoPause);
        let unseen = about && self.context.desktop.is_none();
        self.elevation = match (closed, self.elevation) {
            (_, Elevation::Offered) if unseen => Elevation::Offered,
            (_, Elevation::Waiting(since, _)) if unseen => Elevation::Waiting(since, figures),
            _ if unseen => Elevation::Looking(figures),
            (None, _) => {
                let replaced = self.offers.open();
                effects.extend(replaced.map(|id| Effect::Withdraw(id, OfferOutcome::Replaced)));
                let today = self.context.local_time(now).date();
                let id = self.offers.make(now, today, &self.settings.offer);
                self.mentioned_in = self.may_mention_heart().then_some(id);
                self.showable_again = Some(id);
                effects.push(Effect::Offer(id, figures));
                self.record_outcome(figures, ElevationOutcome::Offered, effects);
                self.elevation = Elevation::Offered;
                return;
            }
            (Some(Gate::NoPause), Elevation::Offered) if self.has_waited_again(now) => {
                self.offers.give_up_second();
                return;
            }
            (Some(_), Elevation::Offered) => Elevation::Offered,
            (Some(Gate::NoPause), Elevation::Waiting(since, _)) => {
                if now.duration_since(since) >= self.settings.offer.wait_for_pause.value() {
                    self.elevation = Elevation::Lapsed(figures);
                    return;
                }
                Elevation::Waiting(since, figures)
            }
            (Some(Gate::NoPause), _) => Elevation::Waiting(now, figures),
            (Some(gate), _) => Elevation::Held(gate, figures),
        };
        self.attention = Attention { desktop: about, hands: closed == Some(Gate::NoPause) };
    }

    /// Whether in this context the hands are at work again after a rest in which an offer may have left the screen.
    pub(super) fn hands_are_back(&self, now: Timestamp, context: &Context) -> bool {
        let moved = matches!(context.hands, InputActivity::Busy | InputActivity::Lately);
        match self.context.hands {
            InputActivity::Resting(since) if moved => now.duration_since(since) >= UNSEEN_AFTER,
            _ => false,
        }
    }

    /// The hands are back: the open offer is shown once more where its popup has left the screen meanwhile, if it could be made now but
    /// for what making it has closed.
    pub(super) fn show_again(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let fresh = self.last_reading_at.is_some_and(|at| now.duration_since(at) <= FRESH);
        self.forget_showing_again();
        if fresh
            && self.is_open_but_for_an_offer(now)
            && self.context.desktop.is_some()
            && self.popup == Popup::Leaves
            && let Some(figures) = self.sustained
            && let Some(id) = self.showable_again.take()
        {
            self.mentioned_in = self.may_mention_heart().then_some(id);
            effects.push(Effect::ShowAgain(id, figures));
        }
    }

    fn is_open_but_for_an_offer(&self, now: Timestamp) -> bool {
        let own = [Gate::DailyLimit, Gate::CoolDown, Gate::NoPause];
        let moment = self.moment(now);
        self.settings.offer.closed_gates(&moment).all(|gate| own.contains(&gate))
    }

    /// What is not open any more, or not true, is not shown again.
    fn forget_showing_again(&mut self) {
        let open = self.offers.open().filter(|_| self.elevation == Elevation::Offered);
        self.showable_again = self.showable_again.filter(|&id| open == Some(id));
    }

    /// Whether what was put off has waited for a rest of the hands as long as anything does.
    fn has_waited_again(&self, now: Timestamp) -> bool {
        let patience = self.settings.offer.wait_for_pause.value();
        self.offers.postponed_until().is_some_and(|until| now.duration_since(until) >= patience)
    }

    /// An offer that mentions the heart does so no longer where somebody else may see it.
    pub(super) fn keep_private(&mut self, effects: &mut Vec<Effect>) {
        self.mentioned_in = self.mentioned_in.filter(|&id| self.offers.open() == Some(id));
        if self.mentioned_in.is_some() && !self.may_mention_heart() {
            effects.extend(self.mentioned_in.take().map(Effect::Reword));
        }
    }

    /// Says what has to be known from now on, where that is something else than before.
    pub(super) fn attend(&mut self, effects: &mut Vec<Effect>) {
        self.forget_showing_again();
        let again = self.popup == Popup::Leaves && self.showable_again.is_some();
        let wanted = Attention {
            desktop: self.attention.desktop || self.mentioned_in.is_some() || again,
            hands: self.attention.hands || again,
        };
        if wanted != self.announced {
            self.announced = wanted;
            effects.push(Effect::Attend(wanted));
        }
    }

    /// An elevation counts as sustained at this moment, for the first time or again.
    pub(super) fn elevated(&mut self, now: Timestamp, figures: Figures, effects: &mut Vec<Effect>) {
        match &mut self.record {
            Some(course) if course.outcome.is_none() => course.figures = figures,
            Some(_) => {}
            None => {
                let started = now.saturating_sub(figures.sustained).unwrap_or(now);
                let course = ElevationRecord { started, ended: None, figures, outcome: None };
                self.record = Some(course);
                effects.push(Effect::Elevation(course));
            }
        }
    }

    /// It was put to the owner, or is over without. A second asking about it changes nothing.
    fn record_outcome(
        &mut self,
        figures: Figures,
        outcome: ElevationOutcome,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(course) = self.record.as_mut().filter(|course| course.outcome.is_none()) {
            course.figures = figures;
            course.outcome = Some(outcome);
            effects.push(Effect::Elevation(*course));
        }
    }

    pub(super) fn elevation_ended(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.elevation != Elevation::Offered {
            // Nobody was asked: the next rise is none too soon.
            self.tracker.rearm();
        }
        let held = match std::mem::replace(&mut self.elevation, Elevation::None) {
            Elevation::Held(gate, figures) => Some((gate, figures)),
            Elevation::Looking(figures) | Elevation::Waiting(_, figures) => {
                Some((Gate::Settled, figures))
            }
            Elevation::Lapsed(figures) => Some((Gate::NoPause, figures)),
            Elevation::Offered | Elevation::None => None,
        };
        if let Some(mut course) = self.record.take() {
            course.ended = Some(now);
            if let Some((gate, figures)) = held {
                course.figures = figures;
                course.outcome = Some(ElevationOutcome::Held(gate));
            }
            effects.push(Effect::Elevation(course));
        }
        if let Some((gate, figures)) = held {
            self.last_held = Some((now, gate));
            effects.push(Effect::Held(gate, figures));
        }
        self.offers.elevation_ended();
        self.attention = Attention::default();
        self.sustained = None;
    }
}

/// Whoever has rested for so long may have missed an offer: longer than any popup that leaves by itself stays.
const UNSEEN_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// Figures are acted upon without a new sample for so long: two samples, and not a strap that is silent.
const FRESH: SignedDuration = SignedDuration::from_secs(10);
