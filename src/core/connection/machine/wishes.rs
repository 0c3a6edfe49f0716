//! What the owner and the computer want of the connection: to let go, to sleep, to look for another strap.

use jiff::Timestamp;

use super::Action;
use super::Connection;
use super::Search;
use super::limit;
use super::stage::Stage;
use super::stage::Then;
use super::stage::after;
use crate::monitor::MonitorSettings;

impl Connection {
    pub(super) fn suspend(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        match &mut self.stage {
            Stage::Connecting { device, .. }
            | Stage::Streaming { device, .. }
            | Stage::Silent { device, .. } => {
                let device = device.clone();
                self.note_loss(now);
                self.close(now, device, Then::Sleep, false, out);
            }
            Stage::Closing { then, .. } => *then = Then::Sleep,
            Stage::Looking { .. }
            | Stage::Scanning { .. }
            | Stage::Resting { .. }
            | Stage::Unpowered
            | Stage::Asleep { .. } => {
                self.stage = Stage::Asleep { until: after(now, limit::SLEEP) }
            }
            Stage::Broken { .. } | Stage::Rebuilding(_) | Stage::Released => {}
        }
    }

    pub(super) fn resume(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        match &mut self.stage {
            Stage::Closing { then, .. } => *then = Then::Look,
            // Waking up is when the owner may be back with the strap on.
            Stage::Asleep { .. } | Stage::Resting { .. } => self.search_afresh(now, out),
            _ => {}
        }
    }

    pub(super) fn release(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        self.released = true;
        self.search = None;
        self.lost = None;
        match &self.stage {
            Stage::Connecting { device, .. }
            | Stage::Streaming { device, .. }
            | Stage::Silent { device, .. } => {
                let device = device.clone();
                self.close(now, device, Then::Look, false, out);
            }
            Stage::Closing { .. } | Stage::Broken { .. } | Stage::Rebuilding(_) => {}
            Stage::Looking { .. }
            | Stage::Scanning { .. }
            | Stage::Resting { .. }
            | Stage::Unpowered
            | Stage::Asleep { .. }
            | Stage::Released => self.stage = Stage::Released,
        }
    }

    pub(super) fn take_back(&mut self, now: Timestamp, out: &mut Vec<Action>) {
        self.released = false;
        match &mut self.stage {
            Stage::Released => self.search_afresh(now, out),
            Stage::Closing { then, .. } => *then = Then::Look,
            _ => {}
        }
    }

    pub(super) fn configure(
        &mut self,
        now: Timestamp,
        settings: MonitorSettings,
        out: &mut Vec<Action>,
    ) {
        let same = settings.wanted() == self.settings.wanted();
        self.settings = settings;
        if same {
            return;
        }
        match &self.stage {
            Stage::Connecting { device, .. }
            | Stage::Streaming { device, .. }
            | Stage::Silent { device, .. } => {
                let wanted = self.settings.wanted();
                if wanted.is_some_and(|wanted| !device.is_called(wanted)) {
                    let device = device.clone();
                    self.search = Some(Search::new(now));
                    self.close(now, device, Then::Look, false, out);
                }
            }
            Stage::Resting { .. } => self.search_afresh(now, out),
            _ => {}
        }
    }
}
