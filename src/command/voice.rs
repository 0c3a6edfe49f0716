//! Why nothing is read aloud, in words. Pure.

use crate::speech::SpeechError;
use kindbeat_core::words::Message;

/// What to say of it; what the system said is for the log.
pub(super) const fn why(error: &SpeechError) -> Message {
    match error {
        SpeechError::NoAddress => Message::VoiceNowhere,
        SpeechError::Unreachable(_) => Message::VoiceAway,
        SpeechError::NoReply => Message::VoiceSilent,
        SpeechError::Malformed => Message::VoiceStrange,
        SpeechError::Refused { .. } => Message::VoiceRefused,
    }
}
