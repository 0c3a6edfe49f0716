//! Bluetooth end to end without a radio: the real libraries, a real message bus, and a stand-in for BlueZ.
//!
//! Needs `dbus-daemon`. Where that is missing the tests say so and test nothing; with `CI` set they fail.

mod bus;
mod child;

use std::collections::HashMap;

use anyhow::Context;
use tokio::time::timeout;
use zbus::connection::Builder;

use crate::again::name_of_test;
use crate::bluez::Advertising;
use crate::bluez::Fake;
use crate::bluez::LIMIT;
use crate::bluez::StrapHabits;
use bus::Bus;
use child::Child;
use kindbeat::clock;

/// A measurement of 72 beats a minute with one interval.
const PACKET: [u8; 4] = [0x10, 72, 0, 4];

/// The process that the other tests start; nothing by itself.
#[test]
fn the_code_under_test() -> anyhow::Result<()> {
    child::play_role()
}

fn test_in_a_process_of_its_own() -> &'static str {
    name_of_test!(the_code_under_test)
}

/// Lets it find the strap and stream: the `time`th connection that the fake serves.
async fn streams(child: &mut Child, fake: &Fake, time: usize) -> anyhow::Result<()> {
    fake.was_asked("StartNotify rate", time).await?;
    fake.sends(&PACKET).await?;
    child.says("streaming").await?;
    child.says("measured 72").await
}

#[tokio::test]
async fn a_strap_is_found_streams_and_is_let_go_at_the_end() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    assert_eq!(child.heard()[..2], ["searching", "connecting"]);
    assert_eq!(fake.times("StartDiscovery"), fake.times("StopDiscovery"));
    child.ends().await?;
    assert_eq!(fake.times("Disconnect"), 1);
    assert_eq!(fake.times("Set Powered"), 0);
    Ok(())
}

#[tokio::test]
async fn a_search_asks_for_the_transport_and_nothing_else() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    let mut list = Child::looking_round(&bus.address())?;
    list.says("done").await?;
    let searches = fake.times("StartDiscovery");
    assert!(searches >= 2);
    assert_eq!(fake.times("SetDiscoveryFilter [\"Transport\"]"), searches);
    child.ends().await
}

#[tokio::test]
async fn a_strap_with_data_of_its_service_alone_is_found() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::advertising(&bus.address(), Advertising::ServiceData).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    child.ends().await
}

#[tokio::test]
async fn a_band_that_tells_nothing_is_found_by_name_and_by_address() -> anyhow::Result<()> {
    for device in ["labhr", "F0:00:00:00:00:02"] {
        let Some(bus) = Bus::start().await? else { return Ok(()) };
        let fake = Fake::advertising(&bus.address(), Advertising::Nothing).await?;
        let mut child = Child::listening_for(&bus.address(), device)?;
        streams(&mut child, &fake, 1).await?;
        // And so it is when it comes back after so long that nothing is left of it.
        let scans = fake.times("StartDiscovery");
        fake.loses_link(false).await?;
        fake.forgets_strap().await?;
        fake.was_asked("StartDiscovery", scans + 2).await?;
        fake.strap_is_back();
        streams(&mut child, &fake, 2).await?;
        child.ends().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_battery_is_read_and_followed() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    child.says("sensor LabHR F0:00:00:00:00:02 ?").await?;
    child.says("sensor LabHR F0:00:00:00:00:02 87").await?;
    fake.battery_is(86).await?;
    child.says("sensor LabHR F0:00:00:00:00:02 86").await?;
    child.ends().await
}

#[tokio::test]
async fn a_strap_that_counts_steps_sends_them_too() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    fake.counts_steps();
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    fake.was_asked("StartNotify steps", 1).await?;
    // 1.4 m/s, 104 steps a minute; then too short to say anything.
    fake.steps(&[0, 0x66, 0x01, 104]).await?;
    fake.steps(&[0, 0x66, 0x01]).await?;
    fake.sends(&[0x10, 73, 0, 4]).await?;
    child.says("steps 104").await?;
    // Of the packet that is too short nothing is said.
    assert_eq!(child.next_line().await?, "measured 73");
    child.ends().await
}

#[tokio::test]
async fn of_malformed_packets_the_rate_is_read_where_there_is_one() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    for packet in [&[][..], &[0x00], &[0x01, 72], &[0x10, 70, 1], &[0x00, 71, 1, 2, 3]] {
        fake.sends(packet).await?;
    }
    fake.sends(&[0x00, 73]).await?;
    child.says("measured 73").await?;
    let rates = child.heard().iter().filter(|line| line.starts_with("measured"));
    assert_eq!(
        rates.collect::<Vec<_>>(),
        ["measured 72", "measured 70", "measured 71", "measured 73"]
    );
    assert_eq!(child.heard().iter().filter(|line| *line == "malformed").count(), 1);
    child.ends().await
}

#[tokio::test]
async fn a_packet_that_is_told_twice_is_taken_once() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    fake.has_listeners(2);
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    for rate in [73, 74] {
        fake.sends(&[0x10, rate, 0, 4]).await?;
        child.says(&format!("measured {rate}")).await?;
    }
    let measured = child.heard().iter().filter(|line| line.starts_with("measured"));
    assert_eq!(measured.collect::<Vec<_>>(), ["measured 72", "measured 73", "measured 74"]);
    child.ends().await
}

#[tokio::test]
async fn a_strap_that_another_program_holds_is_left_to_it() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::connected(&bus.address()).await?;
    fake.strap_is(StrapHabits { held: true, ..StrapHabits::default() });
    let mut child = Child::listening(&bus.address())?;
    child.says("in_use").await?;
    fake.was_asked("StartNotify held", 3).await?;
    assert_eq!(fake.times("Disconnect") + fake.times("StartDiscovery"), 0);
    fake.strap_is(StrapHabits::default());
    streams(&mut child, &fake, 1).await?;
    child.ends().await
}

#[tokio::test]
async fn a_link_that_goes_while_it_is_made_is_seen_at_once() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    fake.strap_is(StrapHabits { hangs_up: 3, ..StrapHabits::default() });
    let mut child = Child::listening(&bus.address())?;
    let began = clock::now();
    streams(&mut child, &fake, 1).await?;
    assert_eq!(fake.times("Connect"), 4);
    // Waited for until its limit each would cost 25 s.
    let lasted = clock::now().duration_since(began);
    assert!(lasted.as_secs() < 50, "{lasted:?}");
    assert!(child.heard().iter().any(|line| line == "hangs_up"), "{:?}", child.heard());
    child.ends().await
}

#[tokio::test]
async fn a_strap_that_wants_pairing_streams_once_it_is_paired() -> anyhow::Result<()> {
    let wants = StrapHabits { wants_bond: true, ..StrapHabits::default() };
    let hangs_up = StrapHabits { hangs_up_when_asked: true, ..StrapHabits::default() };
    for (habits, shows) in [(wants, None), (hangs_up, Some(1_234))] {
        let Some(bus) = Bus::start().await? else { return Ok(()) };
        let fake = Fake::start(&bus.address()).await?;
        fake.strap_is(StrapHabits { shows, ..habits });
        let mut child = Child::listening(&bus.address())?;
        child.says("needs_pairing").await?;
        let mut declined = Child::pairing(&bus.address(), "LabHR", "n")?;
        declined.says("done").await?;
        assert_eq!(fake.times("Pair"), 0);
        let mut pairing = Child::pairing(&bus.address(), "LabHR", "y")?;
        pairing.says("done").await?;
        let said = pairing.heard().join(" / ");
        assert!(said.contains("Pair this computer with LabHR (F0:00:00:00:00:02)?"), "{said}");
        assert_eq!(said.contains("Does it show 001234?"), shows.is_some(), "{said}");
        assert_eq!(fake.times("RegisterAgent"), fake.times("UnregisterAgent"));
        fake.strap_is(StrapHabits::default());
        streams(&mut child, &fake, 1).await?;
        child.ends().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_bond_that_the_strap_forgot_is_named_and_mended() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut pairing = Child::pairing(&bus.address(), "LabHR", "y")?;
    pairing.says("done").await?;
    fake.strap_is(StrapHabits { forgot_bond: true, ..StrapHabits::default() });
    let mut child = Child::listening(&bus.address())?;
    child.says("bond_lost").await?;
    let mut pairing = Child::pairing(&bus.address(), "F0:00:00:00:00:02", "y")?;
    pairing.says("done").await?;
    let said = pairing.heard().join(" / ");
    assert!(said.contains("Give up that pairing, and pair anew?"), "{said}");
    assert_eq!(fake.times("RemoveDevice"), 1);
    streams(&mut child, &fake, 1).await?;
    child.ends().await
}

#[tokio::test]
async fn a_strap_that_bluez_forgets_meanwhile_is_paired_all_the_same() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    fake.strap_is(StrapHabits { lost_in_pairing: true, ..StrapHabits::default() });
    let mut pairing = Child::pairing(&bus.address(), "LabHR", "y")?;
    pairing.says("done").await?;
    let said = pairing.heard().join(" / ");
    assert!(!said.contains("error"), "{said}");
    assert_eq!([fake.times("Pair lost"), fake.times("Pair")], [1, 1]);
    assert_eq!([fake.times("RegisterAgent"), fake.times("UnregisterAgent")], [2, 2]);
    Ok(())
}

#[tokio::test]
async fn pairing_that_fails_says_so_with_a_remedy() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut pairing = Child::pairing(&bus.address(), "Nobody", "y")?;
    let line = pairing.next_line().await?;
    assert!(line.starts_with("error: \"Nobody\" is not in reach;"), "{line}");
    fake.strap_is(StrapHabits { shows: Some(5), wants_bond: true, ..StrapHabits::default() });
    // Yes to the pairing, and no to the number.
    let mut pairing = Child::pairing(&bus.address(), "LabHR", "y\nn")?;
    loop {
        let line = pairing.next_line().await?;
        if line.starts_with("error: ") {
            assert!(line.contains("pairing did not work; bring it close"), "{line}");
            break;
        }
    }
    assert_eq!(fake.times("Pair"), 0);
    assert_eq!(fake.times("UnregisterAgent"), 1);
    Ok(())
}

#[tokio::test]
async fn another_monitor_is_left_alone_until_its_owner_chooses_it() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::knowing(&bus.address(), "F0:00:00:00:00:09")?;
    child.says("stranger LabHR").await?;
    fake.was_asked("StartDiscovery", 4).await?;
    assert_eq!(fake.times("Connect"), 0);
    child.tell("use F0:00:00:00:00:02").await?;
    streams(&mut child, &fake, 1).await?;
    assert!(child.heard().iter().any(|line| line == "stranger "), "{:?}", child.heard());
    child.ends().await
}

#[tokio::test]
async fn a_radio_that_is_blocked_is_named_and_back_by_itself() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    fake.blocks(true).await?;
    child.says("blocked").await?;
    let mut list = Child::looking_round(&bus.address())?;
    let line = list.next_line().await?;
    assert!(line.contains("airplane mode") && line.contains("rfkill unblock"), "{line}");
    assert_eq!(
        doctor(&bus).await?,
        "fault: Bluetooth is blocked: airplane mode is on, or a switch of the computer"
    );
    fake.blocks(false).await?;
    streams(&mut child, &fake, 2).await?;
    child.ends().await?;
    assert_eq!(fake.times("Set Powered"), 0);
    Ok(())
}

#[tokio::test]
async fn a_service_that_ends_during_a_search_is_left_alone() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    fake.another_is_in_reach().await?;
    let mut child = Child::listening_for(&bus.address(), "Nobody")?;
    fake.was_asked("StartDiscovery", 1).await?;
    fake.die().await?;
    child.says("service_ends").await?;
    let fake = Fake::start(&bus.address()).await?;
    let back = clock::now();
    fake.was_asked("StartDiscovery", 1).await?;
    let waited = clock::now().duration_since(back);
    assert!(waited.as_secs() >= 10, "{waited:?}");
    child.ends().await
}

/// Whose signals of BlueZ are listened to by now, as rules of the bus.
async fn listened_to(bus: &Bus) -> anyhow::Result<Vec<String>> {
    let asking = Builder::address(bus.address().as_str()).build().await?;
    let (name, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
    let stats = Some("org.freedesktop.DBus.Debug.Stats");
    let answer = asking.call_method(Some(name), path, stats, "GetAllMatchRules", &()).await?;
    let rules: HashMap<String, Vec<String>> = answer.body().deserialize()?;
    Ok(rules.into_values().flatten().filter(|rule| rule.contains("sender='org.bluez'")).collect())
}

#[tokio::test]
async fn between_searches_no_device_of_others_is_listened_to() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    fake.loses_link(false).await?;
    let mut child = Child::listening(&bus.address())?;
    let searched = async {
        fake.was_asked("StopDiscovery", 2).await?;
        let only_adapters = |rules: &[String]| {
            let of_adapter = |rule: &String| {
                rule.contains("arg0path='/org/bluez/hci")
                    || rule.contains("arg0='org.bluez.Adapter1'")
            };
            rules.iter().all(of_adapter) && !rules.is_empty()
        };
        let mut rules = listened_to(&bus).await?;
        // The bus may not have heard yet that a search is over.
        while !only_adapters(&rules) {
            rules = listened_to(&bus).await?;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        searched = timeout(LIMIT, searched) => searched.context("it goes on listening")??,
        gone = fake.is_among(30) => match gone? {},
    }
    assert_eq!(fake.times("Connect"), 0);
    child.ends().await
}

#[tokio::test]
async fn a_strap_that_was_lost_streams_again() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    let scans = fake.times("StartDiscovery");
    fake.loses_link(false).await?;
    child.says("searching").await?;
    fake.was_asked("StartDiscovery", scans + 2).await?;
    fake.strap_is_back();
    streams(&mut child, &fake, 2).await?;
    child.ends().await?;
    assert_eq!(fake.times("Set Powered"), 0);
    Ok(())
}

#[tokio::test]
async fn a_strap_that_is_back_at_once_needs_no_scan() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    let scans = fake.times("StartDiscovery");
    fake.loses_link(true).await?;
    streams(&mut child, &fake, 2).await?;
    assert_eq!(fake.times("StartDiscovery"), scans);
    child.ends().await
}

#[tokio::test]
async fn a_silent_strap_is_connected_anew() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    child.says("silent").await?;
    streams(&mut child, &fake, 2).await?;
    assert_eq!(fake.times("Disconnect"), 1);
    child.ends().await
}

#[tokio::test]
async fn an_adapter_that_is_off_is_left_off() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::switched_off(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    child.says("adapter_off").await?;
    // Wishes do not change that.
    child.tell("release").await?;
    child.says("released").await?;
    child.tell("take back").await?;
    child.says("adapter_off").await?;
    assert_eq!(fake.times("StartDiscovery"), 0);
    fake.power(true).await?;
    streams(&mut child, &fake, 1).await?;
    let scans = fake.times("StartDiscovery");
    fake.power(false).await?;
    child.says("adapter_off").await?;
    child.ends().await?;
    assert_eq!(fake.times("StartDiscovery"), scans);
    assert_eq!(fake.times("Set Powered"), 0);
    Ok(())
}

#[tokio::test]
async fn an_adapter_that_is_pulled_out_and_plugged_in_is_used_again() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    fake.unplug().await?;
    child.says("no_bluetooth").await?;
    fake.plug_in().await?;
    streams(&mut child, &fake, 2).await?;
    child.ends().await
}

#[tokio::test]
async fn a_killed_bluetooth_service_is_used_again() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    fake.die().await?;
    child.says("no_bluetooth").await?;
    let fake = Fake::start(&bus.address()).await?;
    streams(&mut child, &fake, 1).await?;
    child.ends().await
}

#[tokio::test]
async fn a_bluetooth_service_that_starts_later_is_waited_for() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let mut child = Child::listening(&bus.address())?;
    child.says("no_bluetooth").await?;
    let fake = Fake::start(&bus.address()).await?;
    streams(&mut child, &fake, 1).await?;
    child.ends().await
}

#[tokio::test]
async fn a_bluetooth_service_that_hangs_is_waited_out() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    fake.hangs(true);
    child.says("silent").await?;
    // It has tried to disconnect in vain.
    child.says("searching").await?;
    fake.hangs(false);
    streams(&mut child, &fake, 2).await?;
    child.ends().await
}

#[tokio::test]
async fn a_message_bus_that_restarts_is_connected_to_again() -> anyhow::Result<()> {
    let Some(mut bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    bus.restart().await?;
    child.says("searching").await?;
    let fake = Fake::start(&bus.address()).await?;
    streams(&mut child, &fake, 1).await?;
    child.ends().await
}

#[tokio::test]
async fn a_strap_that_is_connected_already_is_taken_without_a_scan() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::connected(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    assert_eq!(fake.times("StartDiscovery"), 0);
    child.ends().await
}

#[tokio::test]
async fn a_strap_that_is_released_is_free_until_it_is_taken_back() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    child.tell("release").await?;
    child.says("released").await?;
    fake.was_asked("Disconnect", 1).await?;
    child.tell("take back").await?;
    streams(&mut child, &fake, 2).await?;
    child.ends().await
}

#[tokio::test]
async fn before_sleep_the_strap_is_let_go_and_after_it_found_again() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::listening(&bus.address())?;
    streams(&mut child, &fake, 1).await?;
    fake.sleeps(true).await?;
    fake.was_asked("Disconnect", 1).await?;
    assert_eq!(fake.times("StartNotify rate"), 1);
    fake.sleeps(false).await?;
    streams(&mut child, &fake, 2).await?;
    child.ends().await
}

#[tokio::test]
async fn monitors_in_reach_are_listed() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let fake = Fake::start(&bus.address()).await?;
    let mut child = Child::looking_round(&bus.address())?;
    child
        .says(
            r#"[{"name":"LabHR","address":"F0:00:00:00:00:02","signal":-50,"battery":null,"rr":null,"connected":false}]"#,
        )
        .await?;
    child.says("done").await?;
    child.ends().await?;
    assert_eq!(fake.times("StartDiscovery"), fake.times("StopDiscovery"));
    assert_eq!(fake.times("Connect") + fake.times("Set Powered"), 0);
    Ok(())
}

#[tokio::test]
async fn why_there_is_nothing_to_list_is_said_with_its_remedy() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    let mut child = Child::looking_round(&bus.address())?;
    let line = child.next_line().await?;
    assert!(line.starts_with("error: ") && line.contains("bluetooth.service"), "{line}");
    let fake = Fake::switched_off(&bus.address()).await?;
    let mut child = Child::looking_round(&bus.address())?;
    let line = child.next_line().await?;
    assert!(line.starts_with("error: ") && line.contains("switched off"), "{line}");
    fake.unplug().await?;
    let mut child = Child::looking_round(&bus.address())?;
    let line = child.next_line().await?;
    assert!(line.starts_with("error: ") && line.contains("adapter"), "{line}");
    assert_eq!(fake.times("StartDiscovery") + fake.times("Set Powered"), 0);
    Ok(())
}

/// What `kindbeat doctor` says of Bluetooth on this bus.
async fn doctor(bus: &Bus) -> anyhow::Result<String> {
    let home = tempfile::tempdir()?;
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_kindbeat"))
        .args(["doctor", "--json"])
        .env_clear()
        .env("HOME", home.path())
        .env("DBUS_SYSTEM_BUS_ADDRESS", bus.address())
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .output()
        .await?;
    let found: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    Ok(format!("{}: {}", found[0]["state"], found[0]["says"]).replace('"', ""))
}

#[tokio::test]
async fn the_doctor_looks_at_the_adapter_and_changes_nothing() -> anyhow::Result<()> {
    let Some(bus) = Bus::start().await? else { return Ok(()) };
    assert_eq!(doctor(&bus).await?, "fault: the Bluetooth service is not running");
    let fake = Fake::switched_off(&bus.address()).await?;
    assert_eq!(doctor(&bus).await?, "fault: Bluetooth is switched off");
    fake.power(true).await?;
    assert_eq!(doctor(&bus).await?, "ok: an adapter is there and switched on");
    fake.unplug().await?;
    assert_eq!(doctor(&bus).await?, "fault: there is no Bluetooth adapter");
    for changed in ["StartDiscovery", "Connect", "Set Powered"] {
        assert_eq!(fake.times(changed), 0, "{changed}");
    }
    Ok(())
}
