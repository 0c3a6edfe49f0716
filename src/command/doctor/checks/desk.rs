//! What tells whether somebody sits here, and what the desktop does that holds an offer back.

use super::Desk;
use super::Found;
use super::fine;
use super::look;
use crate::desktop::FactReport;
use crate::desktop::IdleSource;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;
use kindbeat_core::offer::Gate;
use kindbeat_core::words::Message;

impl Desk<'_> {
    pub(super) fn presence(&self) -> Found {
        let Some(found) = &self.seen.presence else {
            return self.look(Message::PresenceSilent, Message::PresenceMeanwhile);
        };
        let source = match found.source {
            None => {
                let why =
                    found.silent.iter().find_map(|(source, why)| Some((source, why.as_ref()?)));
                let Some((source, why)) = why else { return fine(self.say(Message::PresenceNone)) };
                let why = why.text(self.words);
                let args = [("source", source.to_string().into()), ("problem", why.into())];
                return look(
                    self.of(Message::PresenceFails, &args),
                    self.say(Message::PresenceMeanwhile),
                );
            }
            Some(IdleSource::Logind) => return fine(self.say(Message::PresenceLate)),
            Some(source) => source.to_string(),
        };
        let told = if found.lock.is_empty() {
            self.of(Message::PresenceNoLock, &[("source", source.into())])
        } else {
            let args = [("source", source.into()), ("lock", found.lock.join(", ").into())];
            self.of(Message::PresenceTold, &args)
        };
        if found.awake_is_use {
            return fine(self.of(Message::PresenceAwake, &[("told", told.into())]));
        }
        fine(told)
    }

    pub(super) fn fact(&self, fact: Fact) -> Found {
        let probed: Vec<_> =
            self.seen.desktop.iter().filter(|probed| probed.fact == fact).collect();
        let seen = probed.iter().fold(Probe::Absent, |seen, probed| seen.or(probed.seen));
        let mut those: Vec<_> = probed
            .iter()
            .filter(|probed| probed.seen == seen)
            .map(|probed| probed.source.text(self.words))
            .collect();
        those.dedup();
        let sources = || [("source", those.join(", ").into())];
        match seen {
            Probe::Yes => fine(self.of(Message::ProbeYes, &sources())),
            Probe::No => fine(self.of(Message::ProbeNo, &sources())),
            Probe::Absent => {
                fine(self.of(Message::ProbeLacking, &[("problem", self.why(&probed).into())]))
            }
            Probe::Failed => self.fails(fact, &probed),
        }
    }

    fn fails(&self, fact: Fact, probed: &[&FactReport]) -> Found {
        let failed: Vec<_> =
            probed.iter().copied().filter(|probed| probed.seen == Probe::Failed).collect();
        let says = self.of(Message::ProbeSilent, &[("problem", self.why(&failed).into())]);
        let config = self.configured().map(|configured| &configured.config);
        let offer = config.map(|config| config.offer.clone()).unwrap_or_default();
        match Gate::of(fact).and_then(Gate::switch) {
            Some(switch) if switch.is_on(&offer) => {
                look(says, self.of(Message::ProbeMeanwhile, &[("setting", switch.key.into())]))
            }
            _ => fine(says),
        }
    }

    /// Why each of them says nothing.
    fn why(&self, probed: &[&FactReport]) -> String {
        let told = probed.iter().map(|probed| {
            let source = probed.source.text(self.words);
            match &probed.why {
                Some(why) => format!("{source}: {}", why.text(self.words)),
                None => source,
            }
        });
        told.collect::<Vec<_>>().join("; ")
    }
}
