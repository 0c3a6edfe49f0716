//! What holds whatever happens, in whatever order.

use jiff::SignedDuration;
use jiff::Timestamp;
use proptest::prelude::*;

use super::world::STRAP;
use super::world::World;
use crate::connection::Action;
use crate::connection::Adapter;
use crate::connection::Address;
use crate::connection::Call;
use crate::connection::CallFailure;
use crate::connection::Connection;
use crate::connection::ConnectionInput;
use crate::connection::Device;
use crate::connection::Known;
use crate::connection::Ticket;
use crate::connection::limit;
use crate::monitor::LinkState;
use crate::monitor::MonitorSettings;

/// From anywhere: the longest pause, a scan, a call that is given up, the patience with a stranger's strap and the sleep that
/// falls through, each once, and a minute.
const BOUND: i64 = 60 + 12 + 30 + 20 + 30 + 60;

fn any_device() -> impl Strategy<Value = Device> {
    let address = (0_u8..4).prop_map(|last| Address::new([0xF0, 0, 0, 0, 0, last]));
    (address, prop::option::of(-100_i16..=127), any::<[bool; 4]>()).prop_map(
        |(address, signal, [connected, bonded, private, heart_rate])| Device {
            name: Some(format!("HR {}", address.bytes()[5])),
            connected,
            bonded,
            private,
            heart_rate,
            ..Device::heard(address, signal)
        },
    )
}

fn any_result() -> impl Strategy<Value = Result<(), CallFailure>> {
    prop_oneof![
        3 => Just(Ok(())),
        1 => Just(Err(CallFailure::Bus)),
        1 => Just(Err(CallFailure::TimedOut)),
        1 => Just(Err(CallFailure::Unknown)),
        1 => Just(Err(CallFailure::Refused)),
        1 => Just(Err(CallFailure::Held)),
        2 => any::<(bool, bool)>()
            .prop_map(|(bonded, asked)| Err(CallFailure::Dropped { bonded, asked })),
        1 => any::<bool>().prop_map(|bonded| Err(CallFailure::Unauthenticated { bonded })),
        1 => any::<bool>().prop_map(|bonded| Err(CallFailure::Unanswered { bonded })),
    ]
}

fn any_settings() -> impl Strategy<Value = MonitorSettings> {
    prop::sample::select(vec!["any", "HR 2", "LabHR", "F0:00:00:00:00:03"])
        .prop_map(|device| MonitorSettings { device: device.to_owned(), ..Default::default() })
}

/// Something that happens; a ticket of 0 stands for that of the last call.
fn any_input() -> impl Strategy<Value = ConnectionInput> {
    let adapter = prop::sample::select(vec![
        Adapter::None,
        Adapter::Off,
        Adapter::Blocked,
        Adapter::On,
        Adapter::On,
        Adapter::On,
    ]);
    prop_oneof![
        2 => adapter.prop_map(ConnectionInput::Adapter),
        4 => prop::collection::vec(any_device(), 0..4).prop_map(ConnectionInput::Found),
        8 => (0_u64..3, any_result()).prop_map(|(ticket, ok)| ConnectionInput::Finished(Ticket(ticket), ok)),
        2 => (0_u64..3).prop_map(|ticket| ConnectionInput::LinkUp(Ticket(ticket))),
        3 => Just(ConnectionInput::Measured),
        2 => Just(ConnectionInput::LinkLost),
        1 => Just(ConnectionInput::ServiceEnded),
        1 => Just(ConnectionInput::BusLost),
        1 => Just(ConnectionInput::Suspending),
        1 => Just(ConnectionInput::Resumed),
        1 => Just(ConnectionInput::Release),
        1 => Just(ConnectionInput::TakeBack),
        1 => any_settings().prop_map(ConnectionInput::Configured),
        1 => any_device().prop_map(|device| ConnectionInput::Use(Known {
            address: device.address,
            name: device.name,
        })),
        8 => Just(ConnectionInput::Tick),
    ]
}

/// How long after the input before: seconds, hours, now and then back.
fn any_wait() -> impl Strategy<Value = SignedDuration> {
    prop_oneof![
        6 => (0_i64..3_000).prop_map(SignedDuration::from_millis),
        3 => (0_i64..100).prop_map(SignedDuration::from_secs),
        1 => (-5_i64..5).prop_map(SignedDuration::from_hours),
    ]
}

fn any_story() -> impl Strategy<Value = Vec<(SignedDuration, ConnectionInput)>> {
    prop::collection::vec((any_wait(), any_input()), 0..60)
}

/// A machine that lived through a story, and when it ended; checks what must hold at every step.
fn lived_through(
    story: Vec<(SignedDuration, ConnectionInput)>,
) -> Result<(Connection, Timestamp), TestCaseError> {
    let mut now = Timestamp::UNIX_EPOCH;
    let mut machine = Connection::new(MonitorSettings::default(), None, 3, now);
    let mut adapter = Adapter::None;
    let mut last = Ticket(0);
    for (wait, input) in story {
        now += wait;
        let input = match input {
            ConnectionInput::Finished(Ticket(0), result) => ConnectionInput::Finished(last, result),
            ConnectionInput::LinkUp(Ticket(0)) => ConnectionInput::LinkUp(last),
            other => other,
        };
        if let ConnectionInput::Adapter(is) = input {
            adapter = is;
        }
        let actions = machine.handle(now, input);
        let mut announced = 0;
        for action in actions {
            match action {
                Action::Do { ticket, call, limit } => {
                    prop_assert!(ticket > last, "a ticket was used twice");
                    prop_assert!(limit > SignedDuration::ZERO && limit.as_secs() < 30);
                    if let Call::Scan { lasting, .. } = call {
                        prop_assert_eq!(lasting, limit::SCAN);
                        prop_assert_eq!(adapter, Adapter::On, "a scan with no adapter on");
                    }
                    last = ticket;
                }
                Action::Announce(_) => announced += 1,
                Action::Stranger(_) => {}
            }
        }
        prop_assert!(announced <= 1);
        prop_assert!(machine.next_wakeup().is_none_or(|next| next >= now));
    }
    Ok((machine, now))
}

proptest! {
    #[test]
    fn from_anywhere_a_strap_in_reach_streams_before_long(story in any_story()) {
        let (machine, now) = lived_through(story)?;
        let mut world = World::new();
        // A service that ended and a strap that wants pairing are left alone for longer.
        let left_alone = machine.left_alone_until().map_or(0, |until| until.duration_since(now).as_secs());
        world.machine = machine;
        world.now = now;
        world.happens(ConnectionInput::Configured(MonitorSettings::default()));
        world.happens(ConnectionInput::Use(super::world::known()));
        world.happens(ConnectionInput::TakeBack);
        world.happens(ConnectionInput::Adapter(Adapter::On));
        let words = world.until(LinkState::Streaming, BOUND + left_alone.max(0));
        let streams = words.is_some() || {
            world.forget();
            world.run(3);
            // It streamed all along, and had nothing to announce.
            world.machine.known().map(|known| known.address) == Some(STRAP) && world.calls.is_empty()
        };
        prop_assert!(streams, "{:?} after {:?}", world.machine, world.calls);
    }

    #[test]
    fn an_endless_search_scans_a_twentieth_of_the_time_at_most(seed: u64, known: bool) {
        let mut world = World::new();
        let known = known.then(super::world::known);
        world.machine = Connection::new(MonitorSettings::default(), known, seed, world.now);
        world.strap.there = false;
        world.run(10 * 60 + 10);
        world.forget();
        world.run(3 * 60 * 60);
        let scans = world.scans();
        for pair in scans.windows(2) {
            let period = pair[1].duration_since(pair[0]);
            prop_assert!(limit::SCAN <= period / 20);
            prop_assert!(period <= SignedDuration::from_mins(1));
        }
        prop_assert!(scans.len() >= 180);
    }

    #[test]
    fn others_who_come_and_go_cost_nothing_while_the_strap_is_away(
        seed: u64,
        crowds in prop::collection::vec(prop::collection::vec(any_device(), 0..8), 21),
    ) {
        let mut world = World::new();
        let known = Some(super::world::known());
        world.machine = Connection::new(MonitorSettings::default(), known, seed, world.now);
        world.strap.there = false;
        for (minute, mut crowd) in crowds.into_iter().enumerate() {
            if minute == 11 {
                world.forget();
                world.busiest = 0;
            }
            crowd.retain(|device| device.address != STRAP);
            world.others = crowd;
            world.run(60);
        }
        // Those that listen would be woken up by each of the others.
        let quiet = |call: &Call| matches!(call, Call::Scan { eager: false, .. });
        prop_assert!(world.calls.iter().all(|(_, call)| quiet(call)), "{:?}", world.calls);
        let scans = i32::try_from(world.scans().len()).unwrap();
        prop_assert!(limit::SCAN * scans <= SignedDuration::from_mins(10) / 20, "{scans} scans");
        prop_assert!(world.busiest <= 4, "{} times a minute", world.busiest);
    }
}
