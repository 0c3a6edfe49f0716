//! Why nothing is read aloud, in words. Pure.

use crate::speech::Error;
use kindbeat_core::words::Message;

/// What to say of it; what the system said is for the log.
pub(super) const fn why(error: &Error) -> Message {
    match error {
        Error::Nowhere => Message::VoiceNowhere,
        Error::Unreachable(_) => Message::VoiceAway,
        Error::Silent => Message::VoiceSilent,
        Error::Strange => Message::VoiceStrange,
        Error::Refused { .. } => Message::VoiceRefused,
    }
}
