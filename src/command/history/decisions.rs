//! `kindbeat why --all`: every elevation that is stored, with what became of it and why.

use std::io::Write;
use std::path::Path;

use jiff::Timestamp;

use super::Entry;
use super::Telling;
use super::opened;
use super::write_days;
use crate::store::ElevationDecision;
use crate::store::StoredElevation;
use crate::store::StoredOffer;
use kindbeat_core::offer::Gate;
use kindbeat_core::reason;
use kindbeat_core::words::Message;

/// Tells of every elevation, in the order of time, under the day on which it began.
pub fn run(
    folder: Option<&Path>,
    telling: &Telling<'_>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let (from, to) = (Timestamp::MIN, Timestamp::MAX);
    let (elevations, offers) = match opened(folder)? {
        Some(store) => (store.elevations(from, to)?, store.offers(from, to)?),
        None => Default::default(),
    };
    if elevations.is_empty() {
        writeln!(out, "{}", telling.say(Message::DecisionsNone))?;
    }
    let next = elevations.iter().skip(1).map(|next| next.started).chain([to]);
    let entries: Vec<_> = elevations
        .iter()
        .zip(next)
        .map(|(elevation, next)| {
            let span = elevation.started..next;
            let offers = offers.iter().filter(|offer| span.contains(&offer.made));
            telling.decided(elevation, offers)
        })
        .collect();
    write_days(&entries, telling, out)
}

impl Telling<'_> {
    /// An elevation, and the offers that were made about it.
    fn decided<'a>(
        &self,
        elevation: &StoredElevation,
        offers: impl Iterator<Item = &'a StoredOffer>,
    ) -> Entry {
        let mut lines = vec![self.lasted(elevation), self.figures(&elevation.figures)];
        match &elevation.decision {
            Some(ElevationDecision::Offered) => lines.extend(offers.map(|offer| self.asked(offer))),
            Some(ElevationDecision::Held(name)) => {
                let gate = Gate::named(name);
                lines.extend(gate.map(|gate| reason::held(gate, self.words)));
            }
            None => lines.push(self.say(Message::DecisionsOpen)),
        }
        Entry { at: elevation.started, lines }
    }

    fn lasted(&self, elevation: &StoredElevation) -> String {
        let Some(ended) = elevation.ended else { return self.say(Message::DecisionsUp) };
        let args = [
            ("until", self.time_of_day(ended).into()),
            ("span", self.span(ended.duration_since(elevation.started))),
        ];
        self.words.text(Message::DecisionsUpUntil, &args)
    }

    fn asked(&self, offer: &StoredOffer) -> String {
        let args = [("time", self.time_of_day(offer.made).into())];
        let offered = self.words.text(Message::DecisionsOffered, &args);
        match self.became(offer) {
            Some(became) => format!("{offered} {became}"),
            None => offered,
        }
    }
}
