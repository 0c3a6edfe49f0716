//! Events that wait for their receiver, no more than there is room for.

use std::collections::VecDeque;
use std::mem::discriminant;

use tracing::debug;

use kindbeat_core::monitor::MonitorEvent;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<MonitorEvent>,
}

impl Outbox {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The event that waits longest.
    pub(super) fn take(&mut self) -> Option<MonitorEvent> {
        self.waiting.pop_front()
    }

    /// Where there is no room, a reading or a count of steps is dropped, and of other events the last of a kind stays.
    pub(super) fn post(&mut self, event: MonitorEvent) {
        if self.waiting.len() >= ROOM {
            if matches!(event, MonitorEvent::Reading(_) | MonitorEvent::Steps(_)) {
                debug!("receiver of the readings too slow: one dropped");
                return;
            }
            let kind = discriminant(&event);
            self.waiting.retain(|waiting| discriminant(waiting) != kind);
        }
        self.waiting.push_back(event);
    }
}

/// A minute's worth.
const ROOM: usize = 64;

#[cfg(test)]
mod tests {
    use kindbeat_core::heart::Reading;
    use kindbeat_core::monitor::LinkState;

    use super::*;

    #[test]
    fn what_waits_for_a_slow_receiver_has_a_bound() {
        let mut outbox = Outbox::default();
        for _ in 0..1_000 {
            for link in [LinkState::Searching, LinkState::Connecting, LinkState::Streaming] {
                outbox.post(MonitorEvent::Link(link));
                outbox.post(MonitorEvent::Reading(Reading::default()));
            }
        }
        assert!(outbox.waiting.len() <= ROOM + 1, "{}", outbox.waiting.len());
        let last = std::iter::from_fn(|| outbox.take()).last();
        assert_eq!(last, Some(MonitorEvent::Link(LinkState::Streaming)));
    }
}
