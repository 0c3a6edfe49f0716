//! What follows from what was seen. Pure.

mod desk;
mod kept;
mod voice;

use super::Check;
use super::State;
use super::look::Configured;
use super::look::Seen;
use super::look::Stored;
use crate::browser::Shown;
use crate::browser::missing_private_option;
use crate::command::devices;
use crate::desktop::Autostart;
use crate::interface::ClientError;
use crate::notification::ServerPresence;
use crate::systemd::SESSION;
use crate::systemd::Unit;
use crate::systemd::UnitState;
use kindbeat_core::context::Fact;
use kindbeat_core::monitor::Models;
use kindbeat_core::status::Quality;
use kindbeat_core::status::SensorStatus;
use kindbeat_core::status::Status;
use kindbeat_core::words::Message;
use kindbeat_core::words::Value;
use kindbeat_core::words::Words;
use kindbeat_core::words::harmless;

/// Every check, in the order in which one thing needs the other.
pub(super) fn all(seen: &Seen, words: &Words) -> Vec<Check> {
    let desk = Desk { seen, words };
    let connected = [
        ("bluetooth", Message::DoctorBluetooth, desk.bluetooth()),
        ("strap", Message::DoctorStrap, desk.strap()),
        ("notifications", Message::DoctorNotifications, desk.notifications()),
        ("presence", Message::DoctorPresence, desk.presence()),
    ];
    let label = |message| words.text(message, &[]);
    let facts =
        Fact::ALL.map(|fact| desk.fact(fact).named(fact.name(), words.text(fact.label(), &[])));
    let own = [
        ("page", Message::DoctorPage, desk.page()),
        ("voice", Message::DoctorVoice, desk.voice()),
        ("service", Message::DoctorService, desk.service()),
        ("config", Message::DoctorConfig, desk.config()),
        ("practices", Message::DoctorPractices, desk.practices()),
        ("store", Message::DoctorStore, desk.store()),
    ];
    let labelled = |(check, message, found): (_, _, Found)| found.named(check, label(message));
    let connected = connected.map(labelled);
    connected.into_iter().chain(facts).chain(own.map(labelled)).collect()
}

/// What was seen, and the language to tell it in.
struct Desk<'a> {
    seen: &'a Seen,
    words: &'a Words,
}

struct Found {
    state: State,
    says: String,
    remedy: Option<String>,
}

impl Found {
    fn named(self, check: &'static str, label: String) -> Check {
        let Self { state, says, remedy } = self;
        Check { check, label, state, says, remedy }
    }
}

const fn fine(says: String) -> Found {
    Found { state: State::Ok, says, remedy: None }
}

const fn look(says: String, remedy: String) -> Found {
    Found { state: State::Look, says, remedy: Some(remedy) }
}

const fn fault(says: String, remedy: String) -> Found {
    Found { state: State::Fault, says, remedy: Some(remedy) }
}

impl Desk<'_> {
    fn say(&self, message: Message) -> String {
        self.words.text(message, &[])
    }

    fn of(&self, message: Message, args: &[(&str, Value<'_>)]) -> String {
        self.words.text(message, args)
    }

    /// What is wrong and what to do about it, where nothing has to be filled in.
    fn fault(&self, says: Message, remedy: Message) -> Found {
        fault(self.say(says), self.say(remedy))
    }

    fn look(&self, says: Message, remedy: Message) -> Found {
        look(self.say(says), self.say(remedy))
    }

    /// The configuration, where it could be read.
    fn configured(&self) -> Option<&Configured> {
        self.seen.config.as_ref()?.as_ref().ok()
    }

    fn bluetooth(&self) -> Found {
        match &self.seen.bluetooth {
            Some(Ok(())) => fine(self.say(Message::BluetoothFine)),
            Some(Err(error)) => {
                let [says, remedy] = devices::in_words(error);
                self.fault(says, remedy)
            }
            None => self.fault(Message::BluetoothSilent, Message::BluetoothSeeService),
        }
    }

    fn strap(&self) -> Found {
        let knows_one = matches!(&self.seen.store, Some(Ok(Stored { knows_monitor: true, .. })));
        match &self.seen.service {
            Some(Ok(status)) => self.worn(status),
            _ if knows_one => self.look(Message::StrapKnown, Message::AskStart),
            _ => self.look(Message::StrapNotKnown, Message::StrapFind),
        }
    }

    fn worn(&self, status: &Status) -> Found {
        let sensor = status.sensor.as_ref();
        let name = sensor.and_then(|sensor| sensor.name.clone());
        let name = name.unwrap_or_else(|| self.say(Message::StrapUnnamed));
        let says = |message| self.of(message, &[("name", name.as_str().into())]);
        if let ("searching" | "away", Some(other)) = (status.state.as_str(), &status.other_sensor) {
            let other = harmless(other.name.as_deref().unwrap_or(&other.address));
            return look(
                self.of(Message::StrapOther, &[("name", name.into()), ("other", other.into())]),
                self.say(Message::StrapChoose),
            );
        }
        match status.state.as_str() {
            "streaming" if status.frozen_since.is_some() => {
                look(says(Message::StrapFrozen), self.say(Message::StrapWear))
            }
            "streaming" => self.streams(says, sensor, status.quality),
            "connecting" => fine(says(Message::StrapConnecting)),
            "released" => fine(says(Message::StrapReleased)),
            "silent" => look(says(Message::StrapSilent), self.say(Message::StrapSkin)),
            "in_use" => look(says(Message::StrapInUse), self.say(Message::StrapLetGoThere)),
            "needs_pairing" => look(says(Message::StrapNeedsPairing), self.say(Message::StrapPair)),
            "bond_lost" => look(says(Message::StrapBondLost), self.say(Message::StrapPair)),
            "hangs_up" => look(says(Message::StrapHangsUp), self.say(Message::StrapCloser)),
            "service_ends" => {
                look(says(Message::StrapServiceEnds), self.say(Message::StrapSeeService))
            }
            "adapter_off" | "blocked" | "no_bluetooth" => {
                look(says(Message::StrapNoBluetooth), self.say(Message::SeeBluetooth))
            }
            _ if sensor.is_some() => {
                look(says(Message::StrapAway), self.needs(Message::StrapNear, &name))
            }
            _ => {
                let wanted = self.configured().and_then(|found| found.config.monitor.wanted());
                let remedy = self.needs(Message::StrapFind, wanted.unwrap_or_default());
                look(self.say(Message::StrapNotFound), remedy)
            }
        }
    }

    /// The remedy, with what a monitor of this name is known to need.
    fn needs(&self, remedy: Message, name: &str) -> String {
        let models = Models::built_in().ok();
        match models.as_ref().and_then(|models| models.of(name)) {
            None => self.say(remedy),
            Some(model) => {
                let needs = self.words.text(model.advice_id(), &[]);
                let args = [("remedy", self.say(remedy).into()), ("needs", needs.into())];
                self.of(Message::StrapNeeds, &args)
            }
        }
    }

    fn streams(
        &self,
        says: impl Fn(Message) -> String,
        sensor: Option<&SensorStatus>,
        quality: Option<Quality>,
    ) -> Found {
        let battery = sensor.and_then(|sensor| sensor.battery);
        let says = |message| match battery {
            None => says(message),
            Some(level) => {
                let args = [("says", says(message).into()), ("level", level.into())];
                self.of(Message::StrapBattery, &args)
            }
        };
        match (quality, battery) {
            (Some(Quality::OffBody), _) => {
                look(says(Message::StrapNoSkin), self.say(Message::StrapSkin))
            }
            (Some(Quality::Poor), _) => {
                look(says(Message::StrapGaps), self.say(Message::StrapSkin))
            }
            (_, Some(..=LOW)) => {
                look(says(Message::StrapStreams), self.say(Message::StrapNewBattery))
            }
            _ => fine(says(Message::StrapStreams)),
        }
    }

    fn notifications(&self) -> Found {
        match &self.seen.notifications {
            Some(Ok(ServerPresence::Running(server))) => {
                let name = format!("{} {}", server.name, server.version);
                let name = match name.trim() {
                    "" => self.say(Message::NotificationsUnnamed),
                    name => name.to_owned(),
                };
                let message = if server.can("actions") {
                    Message::NotificationsShown
                } else {
                    Message::NotificationsPlain
                };
                fine(self.of(message, &[("server", name.into())]))
            }
            Some(Ok(ServerPresence::Startable)) => fine(self.say(Message::NotificationsStartable)),
            Some(Ok(ServerPresence::Missing)) => {
                self.fault(Message::NotificationsMissing, Message::NotificationsInstall)
            }
            Some(Err(_)) => self.fault(Message::NoSession, Message::WithinSession),
            None => self.fault(Message::NotificationsSilent, Message::NotificationsRestart),
        }
    }

    fn page(&self) -> Found {
        if let Err(error) = &self.seen.listening {
            let problem = [("problem", error.to_string().into())];
            return fault(
                self.of(Message::PageNotServed, &problem),
                self.say(Message::PageSeeLimits),
            );
        }
        let open_with = self.configured().map_or(&[][..], |found| &found.config.page.open_with);
        let first_is_there = self.seen.browsers.first().is_some_and(|(_, is_there)| *is_there);
        match (self.browser(), open_with.first()) {
            (Some(program), Some(wanted)) if !first_is_there => {
                let args = [("wanted", wanted.as_str().into()), ("program", program.into())];
                look(
                    self.of(Message::PageOtherBrowser, &args),
                    self.say(Message::PageInstallWanted),
                )
            }
            (Some(program), wanted) => {
                let args = [("program", program.into())];
                if let Some(option) = missing_private_option(open_with) {
                    let option = [("option", option.into())];
                    return look(
                        self.of(Message::PageKeepsBreaks, &args),
                        self.of(Message::PageAddOption, &option),
                    );
                }
                let message = match Shown::by(program) {
                    Some(Shown::PrivateWindow) if wanted.is_none() => Message::PageOpensPrivate,
                    Some(Shown::Kept) => Message::PageOpensKept,
                    _ => Message::PageOpens,
                };
                fine(self.of(message, &args))
            }
            (None, _) => self.fault(Message::PageNoBrowser, Message::PageInstallBrowser),
        }
    }

    /// What a page opens with.
    fn browser(&self) -> Option<&str> {
        let found = self.seen.browsers.iter().find(|(_, is_there)| *is_there);
        found.map(|(program, _)| program.as_str())
    }

    fn service(&self) -> Found {
        match (&self.seen.service, &self.seen.unit) {
            (Some(Ok(_)), _) if !self.seen.told_by_service => {
                self.look(Message::ServiceSeesUntold, Message::ServiceRestart)
            }
            (Some(Ok(_)), Some(Unit::NotInstalled)) => {
                self.look(Message::ServiceRunsOnly, Message::ServiceInstall)
            }
            (Some(Ok(_)), Some(Unit::Installed { enabled: false, .. })) => {
                self.look(Message::ServiceRunsOnly, Message::ServiceEnable)
            }
            (Some(Ok(_)), Some(Unit::Installed { with_session: false, .. })) => self.by_entry(),
            (Some(Ok(_)), Some(Unit::Installed { .. })) => fine(self.say(Message::ServiceFine)),
            (Some(Ok(_)), Some(Unit::NoManager) | None) => {
                self.look(Message::ServiceRunsUnmanaged, Message::ServiceAutostartByHand)
            }
            (Some(Err(ClientError::NoDaemon)), unit) => self.stopped(unit.as_ref()),
            (Some(Err(ClientError::NoBus(_))), _) => {
                self.fault(Message::ServiceNoSession, Message::WithinSession)
            }
            (Some(Err(_)) | None, _) => self.fault(Message::ServiceSilent, Message::ServiceRestart),
        }
    }

    /// Whether it comes back at the next login where no session target of the desktop starts it.
    fn by_entry(&self) -> Found {
        match self.seen.autostart {
            Some(Autostart { starts_entries: true, has_entry: true }) => {
                fine(self.say(Message::ServiceFineByEntry))
            }
            Some(Autostart { starts_entries: true, has_entry: false }) => {
                let says = self.of(Message::ServiceNotWithDesktop, &[("target", SESSION.into())]);
                look(says, self.say(Message::ServiceEntry))
            }
            Some(Autostart { starts_entries: false, .. }) | None => {
                self.look(Message::ServiceLoginUnseen, Message::ServiceAutostart)
            }
        }
    }

    fn stopped(&self, unit: Option<&Unit>) -> Found {
        match unit {
            Some(Unit::Installed { state: UnitState::Failed(why), .. }) if why == "78" => {
                self.fault(Message::ServiceBadConfig, Message::ServiceMendConfig)
            }
            Some(Unit::Installed { state: UnitState::Failed(why), .. }) => fault(
                self.of(Message::ServiceEnded, &[("problem", why.as_str().into())]),
                self.say(Message::ServiceSeeLog),
            ),
            Some(Unit::Installed { .. }) => {
                self.fault(Message::ServiceStopped, Message::ServiceEnableNow)
            }
            Some(Unit::NotInstalled) => self.fault(Message::ServiceAbsent, Message::ServiceInstall),
            Some(Unit::NoManager) | None => {
                self.fault(Message::ServiceStopped, Message::ServiceByHand)
            }
        }
    }
}

/// In percent: some days of wear, as straps count.
const LOW: u8 = 15;

#[cfg(test)]
mod tests;
