//! Days on which anything of Bluetooth fails at any time, and what fails is over at some time: then the heart rate is back within the
//! time that is meant for it, and nothing was done twice or without end.
//!
//! `PROPTEST_CASES` sets how many days there are: one for every sixteen cases.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::world::World;
use crate::connection::Adapter;
use crate::connection::Address;
use crate::connection::ConnectionInput;
use crate::connection::Device;
use crate::connection::limit;
use crate::monitor::LinkState;

/// Something that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    AdapterOff,
    Blocked,
    AdapterGone,
    ServiceKilled,
    ServiceHangs,
    ServiceEndsAtScans,
    BusRestarts,
    LinkLost,
    /// BlueZ forgets the strap, too.
    Away,
    /// The strap is gone, and BlueZ has not noticed.
    DeadLink,
    Silent,
    /// Every twenty seconds.
    Slow,
    Refuses,
    HangsUp,
    HangsUpWhenAsked,
    InUse,
    WantsPairing,
    BondLost,
    AddressChanges,
    /// The computer sleeps.
    Sleeps,
    /// It says that it will, and does not.
    SleepFallsThrough,
    ClockBack,
    ClockAhead,
    /// Devices of others are in reach, a monitor among them.
    Neighbours,
    /// The owner lets it go for a while.
    Released,
}

const ALL: [Fault; 25] = [
    Fault::AdapterOff,
    Fault::Blocked,
    Fault::AdapterGone,
    Fault::ServiceKilled,
    Fault::ServiceHangs,
    Fault::ServiceEndsAtScans,
    Fault::BusRestarts,
    Fault::LinkLost,
    Fault::Away,
    Fault::DeadLink,
    Fault::Silent,
    Fault::Slow,
    Fault::Refuses,
    Fault::HangsUp,
    Fault::HangsUpWhenAsked,
    Fault::InUse,
    Fault::WantsPairing,
    Fault::BondLost,
    Fault::AddressChanges,
    Fault::Sleeps,
    Fault::SleepFallsThrough,
    Fault::ClockBack,
    Fault::ClockAhead,
    Fault::Neighbours,
    Fault::Released,
];

/// One or two faults, and how many seconds each lasts: the second begins as the first is half over, and ends with it.
#[derive(Clone, Debug)]
struct Episode {
    faults: Vec<Fault>,
    lasting: i64,
    /// How many seconds all is well, once the strap streams again.
    calm: i64,
}

fn any_episode() -> impl Strategy<Value = Episode> {
    let lasting = prop_oneof![
        4 => 1_i64..30,
        4 => 30_i64..300,
        1 => 300_i64..2_400,
    ];
    let calm = prop_oneof![1 => 0_i64..10, 3 => 10_i64..600];
    let faults = prop::collection::vec(prop::sample::select(ALL.to_vec()), 1..=2);
    (faults, lasting, calm).prop_map(|(faults, lasting, calm)| Episode { faults, lasting, calm })
}

impl World {
    fn begins(&mut self, fault: Fault) {
        match fault {
            Fault::AdapterOff => self.switch(Adapter::Off),
            Fault::Blocked => self.switch(Adapter::Blocked),
            Fault::AdapterGone => {
                self.forgets();
                self.switch(Adapter::None);
            }
            Fault::ServiceKilled => {
                self.forgets();
                self.happens(ConnectionInput::ServiceEnded);
                self.switch(Adapter::None);
            }
            Fault::ServiceHangs => self.hangs = true,
            Fault::ServiceEndsAtScans => {
                self.ends_at_scans = true;
                self.lose_link();
            }
            Fault::BusRestarts => {
                self.bus = false;
                self.strap.connected = false;
                self.happens(ConnectionInput::BusLost);
            }
            Fault::LinkLost => self.lose_link(),
            Fault::Away => {
                self.strap.there = false;
                self.lose_link();
                self.forgets();
            }
            Fault::DeadLink => {
                self.strap.there = false;
                self.strap.talks = false;
            }
            Fault::Silent => self.strap.talks = false,
            Fault::Slow => self.sends_every(20),
            Fault::Refuses => {
                self.strap.refuses = true;
                self.lose_link();
            }
            Fault::HangsUp | Fault::HangsUpWhenAsked => {
                self.strap.drops = u32::MAX;
                self.strap.drops_when_asked = fault == Fault::HangsUpWhenAsked;
                self.lose_link();
            }
            Fault::InUse => {
                self.lose_link();
                self.strap.held = true;
                self.strap.connected = self.adapter == Adapter::On;
            }
            Fault::WantsPairing => {
                self.strap.wants_bond = true;
                self.strap.bonded = false;
                self.lose_link();
            }
            Fault::BondLost => {
                self.strap.drops = u32::MAX;
                self.strap.bonded = true;
                self.lose_link();
            }
            Fault::AddressChanges => {
                self.lose_link();
                let strap = &mut self.strap;
                strap.former = strap.known.then_some(strap.address);
                let [.., last] = strap.address.bytes();
                strap.address = Address::new([0x40, 0, 0, 0, 0, last.wrapping_add(1)]);
                strap.known = false;
            }
            Fault::Sleeps => {
                self.happens(ConnectionInput::Suspending);
                self.run(3);
                self.strap.connected = false;
                self.leaps(SignedDuration::from_hours(7));
                self.happens(ConnectionInput::Resumed);
            }
            Fault::ClockBack => {
                self.set_clock_back(SignedDuration::from_hours(3));
                self.happens(ConnectionInput::Tick);
            }
            Fault::ClockAhead => {
                self.leaps(SignedDuration::from_hours(3));
                self.happens(ConnectionInput::Tick);
            }
            Fault::Neighbours => {
                self.others = (7..40)
                    .map(|last| Device {
                        name: Some(format!("HR {last}")),
                        heart_rate: last == 7,
                        ..Device::heard(Address::new([0xF0, 0, 0, 0, 1, last]), Some(-30))
                    })
                    .collect();
            }
            Fault::Released => self.happens(ConnectionInput::Release),
            Fault::SleepFallsThrough => {}
        }
    }

    /// BlueZ keeps nothing of what is not connected.
    fn forgets(&mut self) {
        self.strap.known = false;
        self.strap.former = None;
    }

    fn ends(&mut self, fault: Fault) {
        match fault {
            Fault::AdapterOff | Fault::Blocked | Fault::AdapterGone | Fault::ServiceKilled => {
                self.switch(Adapter::On);
            }
            Fault::ServiceHangs => self.hangs = false,
            Fault::ServiceEndsAtScans => self.ends_at_scans = false,
            Fault::BusRestarts => self.bus = true,
            Fault::Away => self.strap.there = true,
            Fault::DeadLink => {
                self.strap.there = true;
                self.strap.talks = true;
            }
            Fault::Silent => self.strap.talks = true,
            Fault::Slow => self.sends_every(1),
            Fault::Refuses => self.strap.refuses = false,
            Fault::HangsUp | Fault::HangsUpWhenAsked | Fault::BondLost => self.strap.drops = 0,
            Fault::InUse => self.strap.held = false,
            Fault::WantsPairing => {
                self.strap.wants_bond = false;
                self.strap.bonded = true;
            }
            Fault::SleepFallsThrough => self.happens(ConnectionInput::Suspending),
            Fault::Neighbours => self.others.clear(),
            Fault::Released => self.happens(ConnectionInput::TakeBack),
            Fault::LinkLost
            | Fault::AddressChanges
            | Fault::Sleeps
            | Fault::ClockBack
            | Fault::ClockAhead => {}
        }
    }

    /// In how many seconds from now, with nothing wrong any more, the heart rate is to be back.
    fn bound(&self, faults: &[Fault]) -> i64 {
        let among = |fault| faults.contains(&fault);
        // A strap that has to be left alone, or a service that has.
        let until = self.machine.left_alone_until();
        let alone = until.map_or(0, |until| until.duration_since(self.now).as_secs().max(0));
        let searched = self.machine.search.as_ref().map(|search| search.elapsed(self.now));
        let searched = searched.unwrap_or_default().as_secs() + alone;
        let long = searched + 15 >= limit::AWAY.as_secs();
        // Each waits for something of its own.
        let waits =
            [(Fault::AddressChanges, 30), (Fault::SleepFallsThrough, 30), (Fault::BusRestarts, 15)];
        let waits = waits.iter().filter(|(fault, _)| among(*fault)).map(|(_, seconds)| seconds);
        let long = long || self.machine.rebuilds > super::super::REBUILDS;
        alone + if long { 75 } else { 15 } + waits.sum::<i64>()
    }
}

/// Lives through it; the first thing that is not as it is meant to be.
fn lived_through(day: &[Episode]) -> Result<World, TestCaseError> {
    let mut world = World::new();
    prop_assert!(world.until_measured(15).is_some());
    for (number, Episode { faults, lasting, calm }) in day.iter().enumerate() {
        for fault in faults {
            world.begins(*fault);
            world.run(lasting / i64::try_from(faults.len()).unwrap());
        }
        for fault in faults {
            world.ends(*fault);
        }
        world.goes_on();
        if faults.contains(&Fault::ServiceEndsAtScans) {
            // The last scan of before may still end it.
            world.run(1);
        }
        let bound = world.bound(faults);
        world.calls.clear();
        let back = world.until_measured(bound);
        prop_assert!(
            back.is_some(),
            "{number}: {faults:?}, {lasting} s: not within {bound} s: {:?} {:?}",
            world.calls,
            world.machine
        );
        world.forget();
        world.run(*calm);
        // It stays so, whatever was before.
        prop_assert!(
            world.words.iter().all(|(_, link)| *link == LinkState::Streaming),
            "{number}: {faults:?}: {:?} in {calm} s of calm",
            world.words
        );
        world.words.push((0, LinkState::Streaming));
        prop_assert!(world.busiest <= BUSIEST, "{number}: {faults:?}: {} times", world.busiest);
    }
    Ok(world)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: ProptestConfig::default().cases / 16,
        max_shrink_iters: 5_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn after_any_fault_of_a_day_the_heart_rate_is_back(
        day in prop::collection::vec(any_episode(), DAY)
    ) {
        lived_through(&day)?;
    }
}

/// How many episodes a day of 24 hours has at the most: ten minutes each, on average.
const DAY: std::ops::Range<usize> = 1..288;

/// How often in a minute something may be done, or it may wake up of itself.
const BUSIEST: usize = 100;
