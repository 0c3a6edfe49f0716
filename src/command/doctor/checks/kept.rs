//! What is kept in files: the configuration, practices of one's own, the history.

use super::Desk;
use super::Found;
use super::fault;
use super::fine;
use super::look;
use crate::command::doctor::look::OwnPractices;
use crate::store;
use kindbeat_core::status::Status;
use kindbeat_core::words::Message;

impl Desk<'_> {
    pub(super) fn config(&self) -> Found {
        let configured = match &self.seen.config {
            Some(Ok(configured)) => configured,
            // It tells the place and what is allowed there, which nothing says shorter.
            Some(Err(error)) => {
                return fault(error.summary(self.words), self.say(Message::ConfigSeeCheck));
            }
            None => return self.fault(Message::ConfigUnread, Message::SeeDisk),
        };
        let path = configured.path.display().to_string();
        let most = configured.config.offer.at_most_per_day.value();
        if most > MANY {
            let args = [("path", path.into()), ("most", most.into())];
            let fewer = self.of(Message::ConfigFewer, &[("most", MANY.into())]);
            return look(self.of(Message::ConfigMany, &args), fewer);
        }
        if let Some(Ok(Status { config_error: Some(error), .. })) = &self.seen.service {
            let args = [("path", path.into()), ("problem", error.as_str().into())];
            return look(self.of(Message::ConfigBehind, &args), self.say(Message::ConfigReload));
        }
        let message = if configured.is_there { Message::ConfigFine } else { Message::ConfigAbsent };
        fine(self.of(message, &[("path", path.into())]))
    }

    pub(super) fn practices(&self) -> Found {
        let Some(OwnPractices { count, faults }) = &self.seen.practices else {
            return self.fault(Message::PracticesUnread, Message::SeeDisk);
        };
        let Some(first) = faults.first() else {
            return fine(self.of(Message::PracticesFine, &[("count", (*count).into())]));
        };
        let args = [("count", faults.len().into()), ("problem", first.text(self.words).into())];
        look(self.of(Message::PracticesFaulty, &args), self.say(Message::PracticesSeeList))
    }

    pub(super) fn store(&self) -> Found {
        let stored = match &self.seen.store {
            Some(Ok(stored)) => stored,
            Some(Err(error)) => return self.unusable(error),
            None => return self.fault(Message::StoreUnread, Message::SeeDisk),
        };
        let Some(folder) = &stored.folder else {
            return self.fault(Message::StoreNowhere, Message::StoreSetHome);
        };
        if let Some(Ok(Status { history_error: Some(error), .. })) = &self.seen.service {
            let waits = self.of(Message::StoreWaits, &[("problem", error.as_str().into())]);
            return fault(waits, self.say(Message::StoreMendFirst));
        }
        if let Some(first) = stored.aside.first() {
            let path = first.display().to_string().into();
            let args = [("count", stored.aside.len().into()), ("path", path)];
            return look(self.of(Message::StoreAside, &args), self.say(Message::StoreAsideDelete));
        }
        let path = ("path", folder.join(store::FILE).display().to_string().into());
        fine(match stored.bytes {
            Some(bytes) => self.of(Message::StoreFine, &[path, ("size", self.size(bytes).into())]),
            None => self.of(Message::StoreEmpty, &[path]),
        })
    }

    fn unusable(&self, error: &store::StoreError) -> Found {
        let [says, remedy] = error.sentences().map(|sentence| sentence.text(self.words));
        fault(says, remedy)
    }

    /// As people say it.
    pub(super) fn size(&self, bytes: u64) -> String {
        let kilo = bytes.div_ceil(1000);
        if kilo < 1000 {
            self.of(Message::SizeKilo, &[("count", kilo.into())])
        } else {
            let mega = format!("{:.1}", kilo as f64 / 1000.0);
            self.of(Message::SizeMega, &[("count", mega.into())])
        }
    }
}

/// More offers a day than this are more than the default twice over, and get in the way.
const MANY: u32 = 6;
