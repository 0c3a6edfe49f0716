//! One search for a strap, from the last measurement to the next, and which device it settles on.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::Timestamp;

use super::Address;
use super::Device;
use super::limit;

/// A search under way.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// When it began.
    pub(super) since: Timestamp,
    /// How many attempts found or connected nothing.
    pub(super) attempts: u32,
    /// Whether the known address was tried without a scan.
    pub(super) tried_unheard: bool,
    /// How often each device in reach could not be connected to.
    failures: BTreeMap<Address, u32>,
}

impl Search {
    pub(super) const fn new(now: Timestamp) -> Self {
        Self { since: now, attempts: 0, tried_unheard: false, failures: BTreeMap::new() }
    }

    pub(super) fn elapsed(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.since).max(SignedDuration::ZERO)
    }

    pub(super) fn failed(&mut self, address: Address) {
        let failures = self.failures.entry(address).or_default();
        *failures = failures.saturating_add(1);
    }

    /// The device to connect to now, of all that Bluetooth knows; `None`: none in reach is right.
    ///
    /// Connected ones come first, then the one known from before, then the strongest. One that could not be connected to
    /// comes after those not tried, the known one after four failures: it is worth more than a stranger.
    pub(super) fn choose<'a>(
        &mut self,
        devices: &'a [Device],
        wanted: Option<&str>,
        known: Option<Address>,
        now: Timestamp,
    ) -> Option<&'a Device> {
        self.failures.retain(|address, _| devices.iter().any(|device| device.address == *address));
        let strangers = known.is_none() || self.elapsed(now) >= limit::PATIENCE;
        let right = |device: &&Device| match wanted {
            Some(wanted) => device.is_called(wanted),
            None if known == Some(device.address) => true,
            None => device.heart_rate && (strangers || device.connected),
        };
        let in_order = |device: &&Device| {
            let is_known = known == Some(device.address);
            let failures = self.failures.get(&device.address).copied().unwrap_or(0);
            let failures = if is_known { failures / 4 } else { failures };
            let signal = device.signal.filter(|signal| *signal != UNKNOWN).unwrap_or(i16::MIN);
            (failures, !device.connected, !is_known, Reverse(signal), device.address)
        };
        devices.iter().filter(|device| device.in_reach()).filter(right).min_by_key(in_order)
    }

    /// Whether there is no need to hear who else is there before connecting to a device chosen.
    pub(super) fn is_sure(
        &self,
        device: &Device,
        wanted: Option<&str>,
        known: Option<Address>,
    ) -> bool {
        let own = wanted.is_some() || device.connected || known == Some(device.address);
        own && !self.failures.contains_key(&device.address)
    }

    /// The device worth one attempt though it was not heard: the one that is known or named, if Bluetooth remembers it.
    pub(super) fn unheard<'a>(
        devices: &'a [Device],
        wanted: Option<&str>,
        known: Option<Address>,
    ) -> Option<&'a Device> {
        devices.iter().find(|device| match wanted {
            Some(wanted) => device.is_called(wanted),
            None => known == Some(device.address),
        })
    }
}

/// What a controller reports for a signal it cannot measure (Bluetooth Core 5.4, volume 4, part E, section 7.7.65.2).
const UNKNOWN: i16 = 127;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn device(last: u8, signal: i16) -> Device {
        Device {
            address: address(last),
            name: Some(format!("HR {last}")),
            signal: Some(signal),
            connected: false,
            heart_rate: true,
        }
    }

    fn address(last: u8) -> Address {
        Address::new([0xF0, 0, 0, 0, 0, last])
    }

    #[track_caller]
    fn chosen(
        devices: &[Device],
        wanted: Option<&str>,
        known: Option<u8>,
        after: i64,
    ) -> Option<u8> {
        let now = NOW + SignedDuration::from_secs(after);
        let mut search = Search::new(NOW);
        let device = search.choose(devices, wanted, known.map(address), now)?;
        Some(device.address.bytes()[5])
    }

    #[test]
    fn the_strongest_is_taken_where_none_is_known() {
        assert_eq!(
            chosen(&[device(1, -80), device(2, -50), device(3, 127)], None, None, 0),
            Some(2)
        );
        assert_eq!(chosen(&[device(3, 127)], None, None, 0), Some(3));
        assert_eq!(chosen(&[], None, None, 0), None);
    }

    #[test]
    fn the_known_one_comes_before_a_stronger_and_is_waited_for() {
        assert_eq!(chosen(&[device(1, -80), device(2, -50)], None, Some(1), 0), Some(1));
        assert_eq!(chosen(&[device(2, -50)], None, Some(1), 19), None);
        assert_eq!(chosen(&[device(2, -50)], None, Some(1), 20), Some(2));
    }

    #[test]
    fn one_that_is_connected_already_comes_first() {
        let connected = Device { signal: None, connected: true, ..device(3, 0) };
        assert_eq!(chosen(&[device(1, -50), connected.clone()], None, None, 0), Some(3));
        assert_eq!(chosen(&[connected], None, Some(1), 0), Some(3));
    }

    #[test]
    fn a_named_one_is_the_only_one() {
        let devices = [device(1, -50), device(2, -80)];
        assert_eq!(chosen(&devices, Some("hr 2"), Some(1), 100), Some(2));
        assert_eq!(chosen(&devices, Some("F0:00:00:00:00:02"), None, 0), Some(2));
        assert_eq!(chosen(&devices, Some("HR 7"), Some(1), 100), None);
    }

    #[test]
    fn a_mouse_or_one_out_of_reach_is_none() {
        let mouse = Device { heart_rate: false, ..device(1, -40) };
        let cached = Device { signal: None, ..device(2, 0) };
        assert_eq!(chosen(&[mouse, cached], None, None, 0), None);
    }

    #[test]
    fn only_one_s_own_is_taken_before_the_others_are_heard() {
        let mut search = Search::new(NOW);
        let device = device(1, -50);
        assert!(!search.is_sure(&device, None, None));
        assert!(search.is_sure(&device, None, Some(address(1))));
        assert!(search.is_sure(&device, Some("HR 1"), None));
        assert!(search.is_sure(&Device { connected: true, ..device.clone() }, None, None));
        search.failed(address(1));
        assert!(!search.is_sure(&device, Some("HR 1"), Some(address(1))));
    }

    #[test]
    fn one_that_fails_does_not_keep_the_next_from_being_tried() {
        let devices = [device(1, -50), device(2, -60), device(3, -70)];
        let mut search = Search::new(NOW);
        let mut tried = Vec::new();
        for _ in 0..4 {
            let chosen = search.choose(&devices, None, None, NOW).unwrap().address;
            search.failed(chosen);
            tried.push(chosen.bytes()[5]);
        }
        assert_eq!(tried, [1, 2, 3, 1]);
    }
}
