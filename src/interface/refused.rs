//! A refusal as it goes over the bus.

use zbus::DBusError;
use zbus::Message;
use zbus::message::Header;
use zbus::names::ErrorName;

use super::ERRORS;
use super::Refusal;
use kindbeat_core::words::Words;

/// A refusal, as an error of the bus.
pub(super) struct Refused {
    name: String,
    text: String,
}

impl Refused {
    pub(super) fn new(refusal: &Refusal, words: &Words) -> Self {
        Self { name: format!("{ERRORS}{}", refusal.name()), text: refusal.text(words) }
    }
}

impl DBusError for Refused {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        Message::error(call, self.name()).build(&self.text)
    }

    fn name(&self) -> ErrorName<'_> {
        ErrorName::from_str_unchecked(&self.name)
    }

    fn description(&self) -> Option<&str> {
        Some(&self.text)
    }
}
