//! The steps read aloud, where that was chosen on the page or in the configuration.

use tracing::info;

use crate::edge::speech;
use crate::edge::speech::Utterance;

use super::service::Service;

/// What is being read aloud.
#[derive(Debug, Default)]
pub(super) struct Aloud {
    /// Whether something on this machine does it, as far as is known; else the page does.
    pub(super) works: bool,
    /// The moment of the page, and its words.
    saying: Option<(String, String)>,
}

impl Service {
    /// Has the step read aloud that stands on the page, where that is wanted, and stops at once where it is not any more: after a
    /// pause, on leaving, at "this is too much".
    pub(super) fn read_aloud(&mut self) {
        let sound = self.visiting.visit.sound();
        let wanted = sound.voice && self.aloud.works && self.break_is_open();
        let view = self.parts.view.borrow();
        let spoken = view.spoken().filter(|_| wanted && self.parts.web.is_open());
        let say = spoken.map(|text| (view.moment(), text));
        if say == self.aloud.saying {
            return;
        }
        match &say {
            Some((_, text)) => self.parts.voice.say(Utterance {
                text: text.clone(),
                language: view.language.clone(),
                volume: sound.volume,
            }),
            None => self.parts.voice.stop(),
        }
        drop(view);
        self.aloud.saying = say;
    }

    /// What reads aloud does so, or does not.
    pub(super) fn voice_event(&mut self, event: speech::Event) {
        match event {
            speech::Event::Speaks => self.aloud.works = true,
            speech::Event::Mute(why) => {
                info!(why, "the steps are not read aloud here; the page does it where it can");
                self.aloud.works = false;
            }
        }
    }
}
