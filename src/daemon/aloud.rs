//! The steps read aloud, where that was chosen on the page or in the configuration.

use tracing::info;

use crate::speech;

use super::service::Service;

impl Service {
    /// Has the step read aloud that stands on the page, where that is wanted and a window shows it.
    pub(super) fn read_aloud(&mut self) {
        let wanted = self.visitor.visit.sound().voice && self.speaks && self.break_is_open();
        let view = self.parts.view.borrow();
        let view = Some(&*view).filter(|_| wanted && self.parts.web.is_seen());
        self.parts.reader.read(view);
    }

    /// What reads aloud does so, or does not.
    pub(super) fn voice_event(&mut self, event: &speech::SpeechEvent) {
        match event {
            speech::SpeechEvent::Speaking => self.speaks = true,
            speech::SpeechEvent::Failed(_) => {
                info!("the steps are not read aloud here; the page does it where it can");
                self.speaks = false;
            }
        }
    }
}
