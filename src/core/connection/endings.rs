//! A Bluetooth service that ends where it is searched with, and how long it is left alone then.

use jiff::SignedDuration;
use jiff::Timestamp;

/// How often the Bluetooth service ended soon after it was asked to search or to connect.
///
/// There are versions that end at certain requests (bluetoothd 5.87). systemd starts it again each time, but mouse, keyboard and headset
/// lose their links meanwhile, so whatever the cause the next request waits ever longer.
#[derive(Clone, Debug, Default)]
pub(super) struct ServiceEndings {
    in_a_row: u32,
    /// The first and the last request since it ended last.
    asked: Option<(Timestamp, Timestamp)>,
    /// Until when nothing is asked of it.
    until: Option<Timestamp>,
}

impl ServiceEndings {
    /// It is asked to search or to connect.
    pub(super) fn asks(&mut self, now: Timestamp) {
        let first = self.asked.map_or(now, |(first, _)| first);
        if now.duration_since(first) >= SURVIVED {
            self.in_a_row = 0;
        }
        self.asked = Some((first, now));
        self.until = None;
    }

    /// What was asked of it went well: when it ends now, that is not the reason.
    pub(super) const fn served(&mut self) {
        self.in_a_row = 0;
        self.asked = None;
    }

    /// It ended; whether that was soon after it was asked for something.
    pub(super) fn ended(&mut self, now: Timestamp) -> bool {
        let soon = |(_, last): (_, Timestamp)| now.duration_since(last) < SOON;
        if !self.asked.take().is_some_and(soon) {
            return false;
        }
        let pause = PAUSES[(self.in_a_row as usize).min(PAUSES.len() - 1)];
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.until = now.saturating_add(pause).ok();
        true
    }

    /// Until when nothing may be asked of it; `None`: anything may.
    pub(super) fn until(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| now < *until)
    }

    pub(super) fn step_back(&mut self, by: SignedDuration) {
        let earlier = |time: Timestamp| time.saturating_sub(by).unwrap_or(Timestamp::MIN);
        self.asked = self.asked.map(|(first, last)| (earlier(first), earlier(last)));
        self.until = self.until.map(earlier);
    }
}

/// An end that comes later has another cause: a search of two seconds that ends the service does so within one.
const SOON: SignedDuration = SignedDuration::from_secs(15);

/// For so long it has to live with our requests before a later end is a first one again.
const SURVIVED: SignedDuration = SignedDuration::from_secs(60);

/// How long it is left alone after each end in a row. The first may be its owner restarting it.
const PAUSES: [SignedDuration; 4] = [
    SignedDuration::from_secs(15),
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn each_end_in_a_row_is_followed_by_a_longer_pause() {
        let mut endings = ServiceEndings::default();
        let mut now = 0;
        let mut pauses = Vec::new();
        for _ in 0..6 {
            endings.asks(at(now));
            assert!(endings.ended(at(now + 1)));
            let until = endings.until(at(now + 1)).unwrap();
            pauses.push(until.as_second() - now - 1);
            now = until.as_second();
            assert_eq!(endings.until(at(now)), None);
        }
        assert_eq!(pauses, [15, 60, 300, 1_800, 1_800, 1_800]);
    }

    #[test]
    fn an_end_long_after_a_request_is_not_its_fault() {
        let mut endings = ServiceEndings::default();
        assert!(!endings.ended(at(0)));
        endings.asks(at(10));
        assert!(!endings.ended(at(25)));
        assert_eq!(endings.until(at(25)), None);
        assert_eq!(endings.in_a_row, 0);
    }

    #[test]
    fn an_end_while_the_strap_streams_has_another_cause() {
        let mut endings = ServiceEndings::default();
        endings.asks(at(0));
        endings.served();
        assert!(!endings.ended(at(1)));
    }

    #[test]
    fn a_service_that_lives_on_is_trusted_again() {
        let mut endings = ServiceEndings::default();
        endings.asks(at(0));
        endings.ended(at(1));
        for second in (16..=80).step_by(8) {
            endings.asks(at(second));
            assert_eq!(endings.in_a_row > 0, second < 76, "second {second}");
        }
    }
}
