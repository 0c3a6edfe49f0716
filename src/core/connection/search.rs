//! One search for a strap, from the last measurement to the next, and which device it settles on.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::Timestamp;

use super::Address;
use super::CallFailure;
use super::Device;
use super::Known;
use super::limit;
use super::obstacle::Obstacle;
use super::obstacle::ObstacleKind;

/// A search under way.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// When it began.
    pub(super) since: Timestamp,
    /// How many attempts found or connected nothing.
    pub(super) attempts: u32,
    /// Whether the known address was tried without a scan.
    pub(super) tried_unheard: bool,
    /// What keeps a strap in reach from streaming; `None`: nothing that is known.
    pub(super) obstacle: Option<Obstacle>,
    /// Each device in reach that could not be connected to.
    failures: BTreeMap<Address, Failures>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    all: u32,
    /// How many in a row, the last included, lost a link that was up, or got no answer over it.
    drops: u32,
}

impl Search {
    pub(super) const fn new(now: Timestamp) -> Self {
        Self {
            since: now,
            attempts: 0,
            tried_unheard: false,
            obstacle: None,
            failures: BTreeMap::new(),
        }
    }

    pub(super) fn elapsed(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.since).max(SignedDuration::ZERO)
    }

    /// It could not be connected to.
    pub(super) fn failed(&mut self, device: &Device, failure: CallFailure, now: Timestamp) {
        let failures = self.failures.entry(device.address).or_default();
        failures.all = failures.all.saturating_add(1);
        failures.drops = match failure {
            CallFailure::Dropped { .. } | CallFailure::Unanswered { .. } => {
                failures.drops.saturating_add(1)
            }
            _ => 0,
        };
        let obstacle = Obstacle::of(device, failure, failures.drops, now);
        // Another strap that fails says nothing of the one whose obstacle is known.
        if obstacle.is_some() || self.obstacle.as_ref().is_some_and(|known| known.is_about(device))
        {
            self.obstacle = obstacle;
        }
    }

    /// These are the devices of now.
    pub(super) fn listed(&mut self, devices: &[Device]) {
        if let Some(obstacle) = &mut self.obstacle {
            let device = devices.iter().find(|device| obstacle.is_about(device));
            obstacle.in_reach = device.is_some_and(Device::in_reach);
        }
    }

    /// A scan is over, so that what was not listed is not there.
    pub(super) fn scanned(&mut self) {
        self.obstacle.take_if(|obstacle| !obstacle.in_reach);
    }

    /// The device to connect to now, of all that Bluetooth knows; `None`: none in reach is right.
    ///
    /// A stranger's strap is right only where none is wanted and none known. Connected ones come first, then the known one, then the
    /// strongest. One that could not be connected to comes after those not tried, the known one after four failures.
    pub(super) fn choose<'a>(
        &mut self,
        devices: &'a [Device],
        wanted: Option<&str>,
        known: Option<&Known>,
        now: Timestamp,
    ) -> Option<&'a Device> {
        self.failures.retain(|address, _| devices.iter().any(|device| device.address == *address));
        let is_known = |device: &Device| known.is_some_and(|known| known.is_at(device));
        let in_order = |device: &&Device| {
            let failures = self.precedence(device, is_known(device));
            let signal = device.signal.filter(|signal| *signal != UNKNOWN).unwrap_or(i16::MIN);
            (failures, !device.connected, !is_known(device), Reverse(signal), device.address)
        };
        let allowed = |device: &&Device| {
            self.obstacle.as_ref().is_none_or(|obstacle| !obstacle.forbids(device, now))
        };
        let right = |device: &&Device| self.is_right(device, wanted, known, now);
        let devices = devices.iter().filter(|device| device.in_reach());
        devices.filter(right).filter(allowed).min_by_key(in_order)
    }

    fn is_right(
        &self,
        device: &Device,
        wanted: Option<&str>,
        known: Option<&Known>,
        now: Timestamp,
    ) -> bool {
        match (wanted, known) {
            (Some(wanted), _) => device.is_called(wanted),
            (None, Some(known)) => {
                let may_be_under_another_address = self.elapsed(now) >= limit::PATIENCE;
                known.is_at(device) || may_be_under_another_address && known.may_be(device)
            }
            (None, None) => device.heart_rate,
        }
    }

    /// The strongest heart-rate monitor in reach that is not the one looked for; `None`: there is none.
    pub(super) fn stranger<'a>(
        &self,
        devices: &'a [Device],
        wanted: Option<&str>,
        known: Option<&Known>,
        now: Timestamp,
    ) -> Option<&'a Device> {
        let others = devices.iter().filter(|device| {
            let may_be = known.is_some_and(|known| known.may_be(device));
            let ours = self.is_right(device, wanted, known, now) || wanted.is_none() && may_be;
            device.heart_rate && device.in_reach() && !ours
        });
        others.max_by_key(|device| {
            (device.signal.filter(|signal| *signal != UNKNOWN), Reverse(device.address))
        })
    }

    /// Whether there is no need to hear who else is there before connecting to a device chosen.
    pub(super) fn is_sure(
        &self,
        device: &Device,
        wanted: Option<&str>,
        known: Option<&Known>,
    ) -> bool {
        let is_known = known.is_some_and(|known| known.is_at(device));
        let own = wanted.is_some() || device.connected || is_known;
        let held = self.obstacle.as_ref().is_some_and(|obstacle| {
            obstacle.kind == ObstacleKind::Held && obstacle.is_about(device)
        });
        // Another that is right would be preferred to one that failed, but not to the known one.
        let preferred = self.precedence(device, is_known) == 0;
        own && (held || preferred)
    }

    /// How many failures of a device count against it, where there are others; the known one is forgiven most of them.
    fn precedence(&self, device: &Device, is_known: bool) -> u32 {
        let failures = self.failures.get(&device.address).map_or(0, |failures| failures.all);
        if is_known { failures / FORGIVEN } else { failures }
    }

    /// The device worth one attempt though it was not heard: the one that is known or named, if Bluetooth remembers it.
    pub(super) fn unheard<'a>(
        devices: &'a [Device],
        wanted: Option<&str>,
        known: Option<&Known>,
    ) -> Option<&'a Device> {
        devices.iter().find(|device| match wanted {
            Some(wanted) => device.is_called(wanted),
            None => known.is_some_and(|known| known.is_at(device)),
        })
    }

    pub(super) fn step_back(&mut self, by: SignedDuration) {
        self.since = self.since.saturating_sub(by).unwrap_or(Timestamp::MIN);
        if let Some(obstacle) = &mut self.obstacle {
            obstacle.step_back(by);
        }
    }
}

/// What a controller reports for a signal it cannot measure (Bluetooth Core 5.4, volume 4, part E, section 7.7.65.2).
const UNKNOWN: i16 = 127;

/// As often as this the known one fails before another that may be it comes first.
const FORGIVEN: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn device(last: u8, signal: i16) -> Device {
        Device {
            name: Some(format!("HR {last}")),
            heart_rate: true,
            ..Device::heard(address(last), Some(signal))
        }
    }

    fn address(last: u8) -> Address {
        Address::new([0xF0, 0, 0, 0, 0, last])
    }

    fn known(last: u8) -> Known {
        Known { address: address(last), name: Some(format!("HR {last}")) }
    }

    fn later(seconds: i64) -> Timestamp {
        NOW + SignedDuration::from_secs(seconds)
    }

    #[track_caller]
    fn chosen(
        devices: &[Device],
        wanted: Option<&str>,
        known: Option<u8>,
        after: i64,
    ) -> Option<u8> {
        let known = known.map(self::known);
        let mut search = Search::new(NOW);
        let device = search.choose(devices, wanted, known.as_ref(), later(after))?;
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
    fn where_one_is_known_no_other_is_taken_however_long_it_is_away() {
        assert_eq!(chosen(&[device(1, -80), device(2, -50)], None, Some(1), 0), Some(1));
        let other = Device { connected: true, ..device(2, -50) };
        for after in [0, 20, 100_000] {
            assert_eq!(chosen(&[device(2, -50)], None, Some(1), after), None);
            assert_eq!(chosen(std::slice::from_ref(&other), None, Some(1), after), None);
        }
    }

    #[test]
    fn the_known_one_is_found_under_another_private_address() {
        let moved = |private| Device {
            private,
            name: Some("HR 1".to_owned()),
            heart_rate: false,
            ..device(2, -50)
        };
        assert_eq!(chosen(&[moved(true)], None, Some(1), 19), None);
        assert_eq!(chosen(&[moved(true)], None, Some(1), 20), Some(2));
        assert_eq!(chosen(&[moved(false)], None, Some(1), 20), None);
        let other = Device { private: true, ..device(3, -50) };
        assert_eq!(chosen(&[other], None, Some(1), 20), None);
    }

    #[test]
    fn one_that_is_connected_already_comes_first() {
        let connected = Device { signal: None, connected: true, ..device(3, 0) };
        assert_eq!(chosen(&[device(1, -50), connected], None, None, 0), Some(3));
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
    fn a_name_or_an_address_is_enough_without_the_service() {
        let band = Device { heart_rate: false, ..device(1, -40) };
        let bands = std::slice::from_ref(&band);
        assert_eq!(chosen(bands, Some("HR 1"), None, 0), Some(1));
        assert_eq!(chosen(bands, Some("F0:00:00:00:00:01"), None, 0), Some(1));
        assert_eq!(chosen(bands, None, Some(1), 0), Some(1));
    }

    #[test]
    fn a_stranger_is_the_strongest_that_is_not_looked_for() {
        let search = Search::new(NOW);
        let devices = [device(1, -50), device(2, -60), device(3, 127)];
        let mouse = Device { heart_rate: false, ..device(4, -40) };
        let stranger = |devices: &[Device], wanted, known: Option<u8>| {
            let known = known.map(self::known);
            let found = search.stranger(devices, wanted, known.as_ref(), NOW)?;
            Some(found.address.bytes()[5])
        };
        assert_eq!(stranger(&devices, None, Some(1)), Some(2));
        assert_eq!(stranger(&devices, Some("HR 2"), Some(2)), Some(1));
        assert_eq!(stranger(&devices, None, None), None);
        assert_eq!(stranger(&devices[2..], None, Some(1)), Some(3));
        assert_eq!(stranger(&[mouse], None, Some(1)), None);
        // Perhaps it is the known one itself, which is not settled yet.
        let moved = Device { private: true, name: Some("HR 1".to_owned()), ..device(5, -40) };
        assert_eq!(stranger(&[moved], None, Some(1)), None);
    }

    #[test]
    fn only_one_s_own_is_taken_before_the_others_are_heard() {
        let mut search = Search::new(NOW);
        let device = device(1, -50);
        assert!(!search.is_sure(&device, None, None));
        assert!(search.is_sure(&device, None, Some(&known(1))));
        assert!(search.is_sure(&device, Some("HR 1"), None));
        assert!(search.is_sure(&Device { connected: true, ..device.clone() }, None, None));
        search.failed(&device, CallFailure::Refused, NOW);
        assert!(!search.is_sure(&device, Some("HR 1"), None));
        // At the edge of reach it fails, and is still the one.
        for _ in 1..FORGIVEN {
            assert!(search.is_sure(&device, Some("HR 1"), Some(&known(1))));
            search.failed(&device, CallFailure::Refused, NOW);
        }
        assert!(!search.is_sure(&device, Some("HR 1"), Some(&known(1))));
        // One that another program holds is tried again as it is.
        search.failed(&device, CallFailure::Held, NOW);
        assert!(search.is_sure(&device, Some("HR 1"), Some(&known(1))));
    }

    #[test]
    fn one_that_fails_does_not_keep_the_next_from_being_tried() {
        let devices = [device(1, -50), device(2, -60), device(3, -70)];
        let mut search = Search::new(NOW);
        let mut tried = Vec::new();
        for _ in 0..4 {
            let chosen = search.choose(&devices, None, None, NOW).unwrap();
            tried.push(chosen.address.bytes()[5]);
            search.failed(chosen, CallFailure::Refused, NOW);
        }
        assert_eq!(tried, [1, 2, 3, 1]);
    }

    /// What the obstacle is after these failures of one strap, if any.
    fn obstacle(bonded: bool, failures: &[CallFailure]) -> Option<ObstacleKind> {
        let device = Device { bonded, ..device(1, -50) };
        let mut search = Search::new(NOW);
        for &failure in failures {
            search.failed(&device, failure, NOW);
        }
        search.obstacle.map(|obstacle| obstacle.kind)
    }

    #[test]
    fn what_stands_against_a_strap_shows_in_how_it_fails() {
        use ObstacleKind::BondLost;
        use ObstacleKind::HangsUp;
        use ObstacleKind::Held;
        use ObstacleKind::NotPaired;
        let dropped = |bonded, asked| CallFailure::Dropped { bonded, asked };
        let refused = |bonded| CallFailure::Unauthenticated { bonded };
        assert_eq!(obstacle(false, &[CallFailure::Held]), Some(Held));
        assert_eq!(obstacle(false, &[refused(false)]), Some(NotPaired));
        assert_eq!(obstacle(true, &[refused(true)]), Some(BondLost));
        assert_eq!(obstacle(true, &[dropped(true, false)]), None);
        assert_eq!(obstacle(true, &[dropped(true, false); 2]), Some(BondLost));
        assert_eq!(obstacle(false, &[dropped(false, true); 2]), None);
        assert_eq!(obstacle(false, &[dropped(false, true); 3]), Some(NotPaired));
        assert_eq!(obstacle(false, &[dropped(false, false); 3]), Some(HangsUp));
        let unanswered = |bonded| CallFailure::Unanswered { bonded };
        assert_eq!(obstacle(false, &[unanswered(false)]), None);
        assert_eq!(obstacle(false, &[unanswered(false); 2]), Some(NotPaired));
        assert_eq!(obstacle(true, &[unanswered(true); 2]), Some(BondLost));
        // Failures of another kind between them start the count anew, and take back what was said.
        let [drop, other] = [dropped(false, false), CallFailure::TimedOut];
        assert_eq!(obstacle(false, &[drop, drop, other, drop]), None);
        assert_eq!(obstacle(false, &[drop, drop, drop, other]), None);
    }

    #[test]
    fn one_that_wants_pairing_is_left_alone_until_it_is_paired() {
        let strap = device(1, -50);
        let mut search = Search::new(NOW);
        search.failed(&strap, CallFailure::Unauthenticated { bonded: false }, NOW);
        let mut chosen = |device: &Device, after| {
            search.choose(std::slice::from_ref(device), None, None, later(after)).is_some()
        };
        assert!(!chosen(&strap, 0) && !chosen(&strap, 599));
        assert!(chosen(&strap, 600));
        assert!(chosen(&Device { bonded: true, ..strap.clone() }, 1));
        assert!(chosen(&device(2, -70), 1));
    }

    #[test]
    fn what_was_wrong_with_a_strap_that_left_is_forgotten() {
        let strap = device(1, -50);
        let mut search = Search::new(NOW);
        search.failed(&strap, CallFailure::Held, NOW);
        search.listed(std::slice::from_ref(&strap));
        search.scanned();
        assert!(search.obstacle.is_some());
        search.listed(&[Device { signal: None, ..strap }]);
        assert!(search.obstacle.is_some());
        search.scanned();
        assert!(search.obstacle.is_none());
    }
}
