//! One scenario for each fault that was seen on real Bluetooth.

use jiff::SignedDuration;

use super::world::STRAP;
use super::world::World;
use super::world::known;
use crate::connection::Adapter;
use crate::connection::Address;
use crate::connection::Call;
use crate::connection::ConnectionInput;
use crate::connection::Device;
use crate::connection::Known;
use crate::connection::limit;
use crate::monitor::LinkState;
use crate::monitor::MonitorSettings;

const CONNECT: Call = Call::Connect { address: STRAP, subscribing: limit::SUBSCRIBE };
const DISCONNECT: Call = Call::Disconnect { address: STRAP };

#[test]
fn a_strap_in_reach_is_found_and_streams() {
    let mut world = World::new();
    world.run(10);
    assert_eq!(world.said(), ["searching", "connecting", "streaming"]);
    assert!(world.words[2].0 < 5);
    let calls: Vec<_> = world.calls.iter().map(|(_, call)| call.clone()).collect();
    assert_eq!(
        calls,
        [Call::Rebuild, Call::Look, Call::Scan { lasting: limit::SCAN, eager: true }, CONNECT]
    );
    assert_eq!(world.machine.known(), Some(&known()));
}

#[test]
fn a_link_lost_for_a_moment_is_back_without_a_scan() {
    let mut world = World::streaming();
    world.lose_link();
    assert!(world.until(LinkState::Streaming, 5).is_some());
    assert_eq!(world.called(&DISCONNECT), 1);
    assert_eq!(world.called(&CONNECT), 1);
    assert_eq!(world.scans(), []);
}

#[test]
fn a_strap_that_goes_away_is_looked_for_and_found_again() {
    let mut world = World::streaming();
    world.strap.there = false;
    world.lose_link();
    world.run(9 * 60);
    assert_eq!(world.said(), ["searching"]);
    let scans = world.scans();
    let gaps = scans.windows(2).map(|pair| pair[1].duration_since(pair[0]));
    assert!(gaps.max() <= Some(SignedDuration::from_secs(10)));
    world.run(120);
    assert_eq!(world.said(), ["searching", "away"]);
    world.strap.there = true;
    assert!(world.until(LinkState::Streaming, 62).is_some());
}

#[test]
fn after_ten_minutes_it_scans_at_most_a_twentieth_of_the_time() {
    let mut world = World::streaming();
    world.strap.there = false;
    world.lose_link();
    world.run(11 * 60);
    world.forget();
    world.run(60 * 60);
    let scans = i32::try_from(world.scans().len()).unwrap();
    assert!((60..=75).contains(&scans), "{scans} scans in an hour");
    assert!(limit::SCAN * scans <= SignedDuration::from_hours(1) / 20);
    assert_eq!(world.said(), [] as [&str; 0]);
}

#[test]
fn every_attempt_to_connect_is_cleaned_up_before_the_next() {
    let mut world = World::streaming();
    world.strap.there = false;
    world.lose_link();
    world.run(30);
    world.strap.there = true;
    world.strap.refuses = true;
    world.run(300);
    let attempts = world.calls.iter().filter(|(_, call)| matches!(call, Call::Connect { .. }));
    assert!(attempts.count() > 10);
    for pair in world.calls.windows(2) {
        if let (_, Call::Connect { .. }) = pair[0] {
            assert_eq!(pair[1].1, DISCONNECT);
        }
    }
}

#[test]
fn a_strap_that_falls_silent_is_connected_anew() {
    let mut world = World::streaming();
    world.strap.talks = false;
    assert!(world.until(LinkState::Silent, 10).is_some());
    world.run(1);
    world.strap.talks = true;
    assert!(world.until(LinkState::Streaming, 5).is_some());
    assert_eq!(world.called(&DISCONNECT), 1);
}

#[test]
fn a_silent_strap_keeps_its_link_and_resumes() {
    let mut world = World::streaming();
    world.strap.talks = false;
    world.run(200);
    world.until(LinkState::Silent, 60);
    world.forget();
    world.strap.talks = true;
    world.run(2);
    assert_eq!(world.said(), ["streaming"]);
    assert_eq!(world.calls, []);
}

#[test]
fn a_strap_that_died_with_its_link_up_is_let_go_and_found_again() {
    let mut world = World::streaming();
    world.strap.talks = false;
    world.strap.there = false;
    world.run(30);
    assert_eq!(world.said(), ["silent", "searching"]);
    world.strap.talks = true;
    world.strap.there = true;
    assert!(world.until(LinkState::Streaming, 15).is_some());
}

#[test]
fn while_the_adapter_is_off_nothing_is_called() {
    let mut world = World::streaming();
    world.switch(Adapter::Off);
    world.run(24 * 60 * 60);
    assert_eq!(world.said(), ["adapter_off"]);
    assert_eq!(world.calls, []);
    assert_eq!(world.machine.next_wakeup(), None);
    world.switch(Adapter::On);
    assert!(world.until(LinkState::Streaming, 5).is_some());
}

#[test]
fn an_adapter_that_is_pulled_out_is_waited_for() {
    let mut world = World::streaming();
    world.strap.there = false;
    world.lose_link();
    world.run(20);
    world.switch(Adapter::None);
    world.strap.known = false;
    world.forget();
    world.run(600);
    assert_eq!(world.calls, []);
    world.strap.there = true;
    world.switch(Adapter::On);
    assert!(world.until(LinkState::Streaming, 5).is_some());
}

#[test]
fn a_killed_bluetooth_service_is_used_again_once_it_is_back() {
    let mut world = World::streaming();
    world.switch(Adapter::None);
    assert_eq!(world.said(), ["no_bluetooth"]);
    world.run(5);
    world.switch(Adapter::Off);
    world.switch(Adapter::On);
    assert!(world.until(LinkState::Streaming, 5).is_some());
    assert_eq!(world.called(&Call::Rebuild), 0);
}

#[test]
fn a_hanging_bluetooth_service_gets_a_new_connection() {
    let mut world = World::streaming();
    world.hangs = true;
    world.strap.talks = false;
    world.run(120);
    assert!(world.called(&Call::Rebuild) > 0);
    world.hangs = false;
    world.strap.talks = true;
    assert!(world.until(LinkState::Streaming, 20).is_some());
}

#[test]
fn a_bus_that_restarts_is_connected_to_anew() {
    let mut world = World::streaming();
    world.bus = false;
    world.strap.connected = false;
    world.happens(ConnectionInput::BusLost);
    world.run(30);
    assert_eq!(world.said(), ["searching", "no_bluetooth"]);
    assert!(world.calls.iter().all(|(_, call)| *call == Call::Rebuild));
    world.bus = true;
    assert!(world.until(LinkState::Streaming, 10).is_some());
}

#[test]
fn failing_calls_reveal_a_broken_bus() {
    let mut world = World::streaming();
    world.bus = false;
    world.strap.talks = false;
    world.run(60);
    assert_eq!(world.word(), Some(LinkState::NoBluetooth));
    world.bus = true;
    world.strap.talks = true;
    world.strap.connected = false;
    assert!(world.until(LinkState::Streaming, 20).is_some());
}

#[test]
fn no_system_bus_at_all_is_asked_for_ever_more_seldom() {
    let mut world = World::new();
    world.bus = false;
    world.run(10 * 60);
    assert_eq!(world.said(), ["searching", "no_bluetooth"]);
    world.forget();
    world.run(60 * 60);
    assert!(world.calls.len() <= 80);
    world.bus = true;
    assert!(world.until(LinkState::Streaming, 65).is_some());
}

#[test]
fn a_strap_that_is_still_connected_needs_no_scan() {
    let mut world = World::new();
    world.strap.connected = true;
    world.run(5);
    assert_eq!(world.word(), Some(LinkState::Streaming));
    assert_eq!(world.scans(), []);
}

#[test]
fn a_strap_that_bluetooth_forgot_is_scanned_for() {
    let mut world = World::streaming();
    world.strap.known = false;
    world.lose_link();
    assert!(world.until(LinkState::Streaming, 10).is_some());
    assert_eq!(world.scans().len(), 1);
}

#[test]
fn a_strap_that_refuses_is_left_alone_ever_longer() {
    let mut world = World::new();
    world.strap.refuses = true;
    world.run(60 * 60);
    assert!(world.said().iter().all(|word| ["searching", "connecting"].contains(word)));
    world.forget();
    world.run(60 * 60);
    assert!(world.called(&CONNECT) <= 80);
}

#[test]
fn a_call_whose_end_is_never_told_is_given_up() {
    for seconds in [0, 1, 2, 15, 16] {
        let mut world = World::new();
        world.run(seconds);
        world.mute = true;
        world.strap.talks = false;
        world.run(300);
        world.mute = false;
        world.strap.talks = true;
        world.strap.connected = false;
        assert!(world.until(LinkState::Streaming, 75).is_some(), "from second {seconds}");
    }
}

#[test]
fn a_stranger_s_strap_is_named_and_left_until_it_is_chosen() {
    let own = Known { address: Address::new([0xF0, 0, 0, 0, 0, 9]), name: None };
    let mut world = World::with(MonitorSettings::default(), Some(own.clone()));
    world.run(24 * 60 * 60);
    assert_eq!(world.called(&CONNECT), 0);
    assert_eq!(world.strangers, [Some(STRAP)]);
    assert_eq!(world.machine.known(), Some(&own));
    world.happens(ConnectionInput::Use(known()));
    assert!(world.until(LinkState::Streaming, 10).is_some());
    assert_eq!(world.strangers, [Some(STRAP), None]);
    assert_eq!(world.machine.known(), Some(&known()));
}

#[test]
fn a_stranger_that_leaves_is_no_longer_named() {
    let own = Known { address: Address::new([0xF0, 0, 0, 0, 0, 9]), name: None };
    let mut world = World::with(MonitorSettings::default(), Some(own));
    world.run(30);
    world.strap.there = false;
    world.run(30);
    assert_eq!(world.strangers, [Some(STRAP), None]);
}

#[test]
fn another_strap_that_is_chosen_takes_the_place_of_the_first() {
    let mut world = World::streaming();
    let other = Known { address: Address::new([0xF0, 0, 0, 0, 0, 9]), name: None };
    world.happens(ConnectionInput::Use(other.clone()));
    assert_eq!(world.called(&DISCONNECT), 1);
    world.run(100);
    assert_eq!(world.word(), Some(LinkState::Searching));
    assert_eq!(world.machine.known(), Some(&other));
}

#[test]
fn three_refusals_at_the_edge_of_reach_cost_less_than_20_s() {
    let mut world = World::new();
    world.strap.drops = 3;
    assert!(world.until(LinkState::Streaming, 20).is_some(), "{:?}", world.words);
    // From then on it is known, and connected to as soon as it is heard.
    world.strap.drops = 3;
    world.lose_link();
    assert!(world.until(LinkState::Streaming, 13).is_some(), "{:?}", world.words);
}

#[test]
fn a_link_that_is_up_is_given_time_for_the_rest() {
    let mut world = World::streaming();
    world.lose_link();
    // A link without a scan has six seconds; what follows has its own.
    world.until(LinkState::Connecting, 5);
    let due = |world: &World| world.machine.next_wakeup().unwrap().duration_since(world.now);
    assert!(due(&world) > SignedDuration::from_secs(25), "{:?}", due(&world));
}

#[test]
fn a_strap_that_hangs_up_each_time_is_said_to() {
    let mut world = World::new();
    world.strap.drops = u32::MAX;
    world.run(10 * 60);
    assert_eq!(
        world.said(),
        [
            "searching",
            "connecting",
            "searching",
            "connecting",
            "searching",
            "connecting",
            "hangs_up"
        ]
    );
    world.strap.drops = 0;
    assert!(world.until(LinkState::Streaming, 10).is_some());
}

#[test]
fn a_strap_that_wants_pairing_is_left_alone_until_paired() {
    let mut world = World::new();
    world.strap.wants_bond = true;
    world.run(9 * 60);
    assert_eq!(world.said(), ["searching", "connecting", "needs_pairing"]);
    assert_eq!(world.called(&CONNECT), 1);
    world.strap.wants_bond = false;
    world.strap.bonded = true;
    assert!(world.until(LinkState::Streaming, 12).is_some());
}

#[test]
fn a_strap_that_hangs_up_when_asked_wants_pairing_too() {
    let mut world = World::new();
    world.strap.drops = u32::MAX;
    world.strap.drops_when_asked = true;
    world.run(60);
    assert_eq!(world.word(), Some(LinkState::NeedsPairing));
    assert_eq!(world.called(&CONNECT), 3);
}

#[test]
fn a_bond_that_the_strap_forgot_is_said_to_be_lost() {
    let mut world = World::streaming();
    world.strap.bonded = true;
    world.strap.drops = u32::MAX;
    world.lose_link();
    world.run(5 * 60);
    assert_eq!(world.word(), Some(LinkState::BondLost));
    assert!(world.called(&CONNECT) <= 14, "{}", world.called(&CONNECT));
    // Paired anew it streams; that it was, BlueZ does not tell.
    let mut paired = World::streaming();
    paired.strap.bonded = true;
    paired.strap.drops = 4;
    paired.lose_link();
    assert!(paired.until(LinkState::Streaming, 100).is_some());
    // Out of reach it is lost like any other.
    world.strap.there = false;
    world.run(60);
    assert_eq!(world.word(), Some(LinkState::Searching));
}

#[test]
fn a_strap_that_another_program_holds_is_taken_when_free() {
    let mut world = World::new();
    world.strap.connected = true;
    world.strap.held = true;
    world.run(5 * 60);
    assert_eq!(world.said(), ["searching", "connecting", "in_use"]);
    assert_eq!(world.called(&DISCONNECT), 0);
    assert_eq!(world.scans(), []);
    world.strap.held = false;
    assert!(world.until(LinkState::Streaming, 10).is_some());
}

#[test]
fn a_service_that_ends_at_each_search_is_left_alone_ever_longer() {
    let mut world = World::new();
    world.strap.there = false;
    world.ends_at_scans = true;
    world.run(60 * 60);
    assert_eq!(world.scans().len(), 5);
    assert!(world.said().contains(&"service_ends"));
    assert_eq!(world.word(), Some(LinkState::ServiceEnds));
    // The owner's wishes change nothing about that.
    world.forget();
    for input in [ConnectionInput::Resumed, ConnectionInput::TakeBack, ConnectionInput::Release] {
        world.happens(input);
        world.run(20);
    }
    world.happens(ConnectionInput::TakeBack);
    world.run(20);
    assert_eq!(world.scans(), []);
    world.ends_at_scans = false;
    world.forget();
    world.run(33 * 60);
    // It is searched with again, and from the first search on that is all that is said.
    assert!(world.scans().len() > 1);
    assert_eq!(world.said(), ["searching"]);
    world.strap.there = true;
    assert!(world.until(LinkState::Streaming, 62).is_some());
}

#[test]
fn a_radio_that_is_blocked_is_named_and_waited_for() {
    let mut world = World::streaming();
    world.switch(Adapter::Blocked);
    world.run(60 * 60);
    assert_eq!(world.said(), ["blocked"]);
    assert_eq!(world.calls, []);
    world.switch(Adapter::On);
    assert!(world.until(LinkState::Streaming, 5).is_some());
}

#[test]
fn a_strap_that_sends_every_20_s_soon_streams_without_a_break() {
    let mut world = World::new();
    world.strap.every = 20;
    world.run(3 * 60);
    world.forget();
    world.run(60 * 60);
    assert_eq!(world.said(), [] as [&str; 0]);
    assert_eq!(world.calls, []);
    // When it is really gone that shows, if later than with others.
    world.strap.talks = false;
    assert!(world.until(LinkState::Silent, 60).is_some());
}

#[test]
fn a_named_strap_is_the_only_one_connected_to() {
    let settings = MonitorSettings { device: "Other".to_owned(), ..MonitorSettings::default() };
    let mut world = World::with(settings, Some(known()));
    world.run(600);
    assert_eq!(world.called(&CONNECT), 0);
    let settings = MonitorSettings { device: "labhr".to_owned(), ..MonitorSettings::default() };
    world.happens(ConnectionInput::Configured(settings));
    assert!(world.until(LinkState::Streaming, 10).is_some());
    let settings = MonitorSettings { device: "Other".to_owned(), ..MonitorSettings::default() };
    world.happens(ConnectionInput::Configured(settings));
    assert_eq!(world.called(&DISCONNECT), 1);
    world.run(100);
    assert_eq!(world.word(), Some(LinkState::Searching));
}

#[test]
fn a_strap_that_refuses_does_not_hide_the_one_behind_it() {
    let mut world = World::new();
    world.others = vec![Device {
        heart_rate: true,
        ..Device::heard(Address::new([0xF0, 0, 0, 0, 0, 7]), Some(-20))
    }];
    assert!(world.until(LinkState::Streaming, 15).is_some());
}

#[test]
fn what_is_released_stays_so_until_it_is_taken_back() {
    let mut world = World::streaming();
    world.happens(ConnectionInput::Release);
    world.run(24 * 60 * 60);
    world.switch(Adapter::Off);
    world.switch(Adapter::On);
    world.happens(ConnectionInput::Resumed);
    assert_eq!(world.said(), ["released"]);
    assert_eq!(world.calls.len(), 1);
    assert_eq!(world.called(&DISCONNECT), 1);
    world.happens(ConnectionInput::TakeBack);
    assert!(world.until(LinkState::Streaming, 5).is_some());
}

#[test]
fn before_sleep_it_lets_go_and_after_it_looks_at_once() {
    let mut world = World::streaming();
    world.happens(ConnectionInput::Suspending);
    world.run(2);
    assert_eq!(world.called(&DISCONNECT), 1);
    assert_eq!(world.calls.len(), 1);
    world.now += SignedDuration::from_hours(8);
    world.happens(ConnectionInput::Resumed);
    assert!(world.until(LinkState::Streaming, 5).is_some());
}

#[test]
fn a_sleep_that_fell_through_is_noticed() {
    let mut world = World::streaming();
    world.happens(ConnectionInput::Suspending);
    assert!(world.until(LinkState::Streaming, 40).is_some());
}

#[test]
fn a_clock_that_is_set_back_holds_nothing_up() {
    let mut world = World::streaming();
    world.strap.there = false;
    world.lose_link();
    world.run(300);
    world.strap.there = true;
    world.set_clock_back(SignedDuration::from_hours(1));
    world.happens(ConnectionInput::Tick);
    assert!(world.until(LinkState::Streaming, 12).is_some());
}
