//! A monitor that says the same over and over: no heart does that for long, a watch on a table does.

use jiff::SignedDuration;
use jiff::Timestamp;

use super::Reading;
use super::RrInterval;

/// Follows how long the readings have not changed at all.
#[derive(Clone, Debug, Default)]
pub struct ConstantReadings {
    /// The first of them, and how many there were; `None` before the first.
    run: Option<(Timestamp, u32)>,
    last_at: Option<Timestamp>,
    rate: Option<f64>,
    rr: Option<RrInterval>,
}

impl ConstantReadings {
    /// Takes in the next reading that says something of the heart.
    pub fn observe(&mut self, at: Timestamp, reading: &Reading) {
        let rr = reading.rr.first().copied();
        let same = reading.heart_rate == self.rate
            && rr == self.rr
            && reading.rr.iter().all(|interval| Some(*interval) == rr);
        self.run = match self.run {
            Some((since, count)) if same => Some((since, count.saturating_add(1))),
            _ => Some((at, 1)),
        };
        self.last_at = Some(at);
        (self.rate, self.rr) = (reading.heart_rate, rr);
    }

    /// Whether the monitor may be frozen, and nothing is to be asked by what it says: neither rate nor RR interval has changed for two
    /// minutes and ten readings.
    #[must_use]
    pub fn may_be_frozen(&self) -> bool {
        self.lasted(UNCHANGING_AFTER, UNCHANGING_READINGS).is_some()
    }

    /// Since when the monitor is frozen: neither rate nor RR interval has changed for ten minutes and thirty readings. `None` where
    /// it is not.
    #[must_use]
    pub fn frozen_since(&self) -> Option<Timestamp> {
        self.lasted(FROZEN_AFTER, FROZEN_READINGS)
    }

    /// Since when nothing has changed, if that is at least so long and so many readings.
    fn lasted(&self, least: SignedDuration, readings: u32) -> Option<Timestamp> {
        // Most often the last reading differs from the one before.
        let (since, _) = self.run.filter(|&(_, count)| count >= readings)?;
        (self.last_at?.duration_since(since) >= least).then_some(since)
    }
}

/// Chest straps and watches with a reading a second kept a rate for 66 s at most in 31 recordings; wrist devices that average, with
/// one every 5 s, for up to 490 s.
const FROZEN_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// Of 2 049 recorded hours of wrist devices 232 stretches were as long, one in nine hours: an offer that falls into one comes with the
/// next rate that differs.
const UNCHANGING_AFTER: SignedDuration = SignedDuration::from_mins(2);
const UNCHANGING_READINGS: u32 = 10;
/// A device that sends once a minute may well say the same ten times.
const FROZEN_READINGS: u32 = 30;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heart::Contact;
    use crate::heart::Intervals;

    fn frozen(seconds: i64, step: usize, rr: impl Fn(i64) -> Vec<f64>) -> bool {
        let mut constant = ConstantReadings::default();
        for second in (0..=seconds).step_by(step) {
            let rr = rr(second).into_iter().filter_map(RrInterval::from_millis).collect();
            let reading = Reading { heart_rate: Some(91.0), contact: Contact::Unsupported, rr };
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
            constant.observe(at, &reading);
        }
        constant.frozen_since().is_some()
    }

    #[test]
    fn ten_minutes_and_thirty_readings_of_one_rate_are_frozen() {
        assert!(!frozen(599, 1, |_| Vec::new()));
        assert!(frozen(600, 1, |_| Vec::new()));
        assert!(!frozen(28 * 60, 60, |_| Vec::new()), "29 readings");
        assert!(frozen(29 * 60, 60, |_| Vec::new()), "30 readings");
        assert!(frozen(600, 1, |_| vec![660.0, 660.0]));
    }

    #[test]
    fn two_minutes_and_ten_readings_of_one_rate_may_be_frozen() {
        let may = |seconds: i64, step: usize| {
            let mut constant = ConstantReadings::default();
            for second in (0..=seconds).step_by(step) {
                let reading = Reading { heart_rate: Some(91.0), ..Reading::default() };
                let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
                constant.observe(at, &reading);
            }
            constant.may_be_frozen()
        };
        assert!(!may(119, 1) && may(120, 1));
        assert!(!may(160, 20) && may(180, 20), "nine readings and ten");
    }

    #[test]
    fn intervals_that_change_are_of_a_heart() {
        assert!(!frozen(3_600, 1, |second| vec![if second % 60 == 0 { 661.0 } else { 660.0 }]));
        assert!(!frozen(3_600, 1, |_| vec![660.0, 661.0]));
    }

    #[test]
    fn any_other_rate_ends_it() {
        let mut constant = ConstantReadings::default();
        let mut observe = |second, rate| {
            let contact = Contact::Unsupported;
            let reading = Reading { heart_rate: Some(rate), contact, rr: Intervals::new() };
            constant.observe(Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second), &reading);
            constant.frozen_since()
        };
        let since = (0..=600).find_map(|second| observe(second, 91.0));
        assert_eq!(since, Some(Timestamp::UNIX_EPOCH));
        assert_eq!(observe(601, 92.0), None);
        assert_eq!(observe(602, 92.0), None);
    }
}
