//! What becomes of an elevation: offered, held back, put off, given up.

use jiff::Timestamp;

use crate::detection::Figures;
use crate::offer::Gate;

use super::Effect;
use super::Engine;

/// What became of the elevation that is under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Elevation {
    /// There is none.
    None,
    /// Sustained, and held back: by which gate last, and the figures of that moment.
    Held(Gate, Figures),
    /// Every gate is open but for hands that do not rest: since when, and the figures of the last moment.
    Waiting(Timestamp, Figures),
    /// The hands did not rest in time, and it is given up; the figures of that moment.
    Lapsed(Figures),
    /// Put to the owner.
    Offered,
}

impl Engine {
    /// An elevation is sustained: offer, or note what holds it back.
    pub(super) fn consider(&mut self, now: Timestamp, figures: Figures, effects: &mut Vec<Effect>) {
        let again = match self.elevation {
            Elevation::Offered => self.offers.is_postponed(),
            Elevation::Lapsed(_) => false,
            Elevation::None | Elevation::Held(..) | Elevation::Waiting(..) => true,
        };
        if !again {
            return;
        }
        self.elevation = match (self.closed_gate(now), self.elevation) {
            (None, _) => {
                effects.extend(self.offers.open().map(Effect::Withdraw));
                let today = self.around.local_time(now).date();
                effects.push(Effect::Offer(
                    self.offers.make(now, today, &self.settings.offer),
                    figures,
                ));
                Elevation::Offered
            }
            (Some(_), Elevation::Offered) => Elevation::Offered,
            (Some(Gate::NoPause), Elevation::Waiting(since, _)) => {
                if now.duration_since(since) < self.settings.offer.wait_for_pause.value() {
                    Elevation::Waiting(since, figures)
                } else {
                    Elevation::Lapsed(figures)
                }
            }
            (Some(Gate::NoPause), _) => Elevation::Waiting(now, figures),
            (Some(gate), _) => Elevation::Held(gate, figures),
        };
    }

    pub(super) fn elevation_ended(&mut self, effects: &mut Vec<Effect>) {
        match std::mem::replace(&mut self.elevation, Elevation::None) {
            Elevation::Held(gate, figures) => effects.push(Effect::Held(gate, figures)),
            Elevation::Waiting(_, figures) => effects.push(Effect::Held(Gate::Settled, figures)),
            Elevation::Lapsed(figures) => effects.push(Effect::Held(Gate::NoPause, figures)),
            Elevation::Offered | Elevation::None => {}
        }
        self.offers.elevation_ended();
        self.sustained = None;
    }
}
