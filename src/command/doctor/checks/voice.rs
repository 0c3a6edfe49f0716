//! What reads the steps aloud.

use super::Desk;
use super::Found;
use super::fault;
use super::fine;
use super::look;
use crate::command::voice;
use crate::speech::SpeechError;
use kindbeat_core::words::Message;

impl Desk<'_> {
    pub(super) fn voice(&self) -> Found {
        let Some(configured) = self.configured() else {
            return self.look(Message::VoiceUnsettled, Message::SeeConfig);
        };
        if !configured.config.practice.voice {
            return fine(self.say(Message::VoiceOff));
        }
        let error = match &self.seen.voice {
            Some(Ok(Some(module))) => {
                let module = [("module", module.as_str().into())];
                return fine(self.of(Message::VoiceModule, &module));
            }
            Some(Ok(None)) => return fine(self.say(Message::VoiceAnswers)),
            Some(Err(error)) => error,
            None => &SpeechError::NoReply,
        };
        let problem = [("problem", self.say(voice::why(error)).into())];
        let remedy = self.say(match error {
            SpeechError::NoAddress => Message::VoicePlace,
            SpeechError::Unreachable(_) => Message::VoiceInstall,
            SpeechError::NoReply | SpeechError::Malformed | SpeechError::Refused { .. } => {
                Message::VoiceRestart
            }
        });
        // A page has voices of its own, where it can be opened at all.
        if self.browser().is_some() && self.seen.listening.is_ok() {
            look(self.of(Message::VoicePage, &problem), remedy)
        } else {
            fault(self.of(Message::VoiceNone, &problem), remedy)
        }
    }
}
