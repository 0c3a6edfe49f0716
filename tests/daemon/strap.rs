//! The strap as its owner hears of it: its battery, its packets, and which of two is theirs.

use anyhow::Context;
use kindbeat::desktop::DesktopEvent;
use kindbeat::interface;
use kindbeat::interface::Refusal;
use kindbeat_core::config::Config;
use kindbeat_core::context::InputActivity;
use kindbeat_core::heart::Reading;
use kindbeat_core::monitor::Cadence;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::monitor::MonitorCommand;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::monitor::MonitorId;
use kindbeat_core::monitor::MonitorInfo;
use kindbeat_core::monitor::MonitorKind;
use kindbeat_core::status::Quality;
use tokio::sync::oneshot;

use crate::alone;
use crate::client::soon;
use crate::desk::Desk;
use crate::desk::EAGER;
use crate::desk::UP;
use crate::desk::USUAL;
use crate::desk::folder;
use crate::stored;

fn strap(last: u8, battery: Option<u8>) -> MonitorInfo {
    MonitorInfo {
        id: MonitorId::new(MonitorKind::Bluetooth, format!("A0:9E:1A:00:00:0{last}")),
        name: Some(format!("HR {last}")),
        battery,
    }
}

async fn says_of_battery(desk: &mut Desk, level: u8) -> anyhow::Result<()> {
    desk.strap(MonitorEvent::Connected(strap(1, Some(level)))).await
}

#[test]
fn of_a_low_battery_its_owner_hears_once_also_after_a_restart() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        for level in [87, 16, 14, 13] {
            says_of_battery(&mut desk, level).await?;
        }
        let notice = desk.asked_to_show().await?;
        assert_eq!(notice.title, "kindbeat: the strap");
        assert!(notice.body.contains("HR 1 is at 14 %"), "{}", notice.body);
        desk.screen.name(&notice, 1).await?;
        desk.stop().await?;
        desk.start(EAGER)?;
        for level in [12, 4] {
            says_of_battery(&mut desk, level).await?;
        }
        // Of the 12 nothing was said.
        let notice = desk.asked_to_show().await?;
        assert!(notice.body.contains("HR 1 is at 4 %"), "{}", notice.body);
        desk.screen.name(&notice, 2).await?;
        desk.stop().await
    })
}

#[test]
fn malformed_packets_are_a_reason_in_the_status() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.strap(MonitorEvent::Malformed).await?;
        // One among others that are not is no reason.
        desk.seconds(90, USUAL).await?;
        assert_eq!(desk.status().await?.quality, Some(Quality::Good));
        for second in 0..240 {
            desk.wait(1);
            let heart_rate = Some(USUAL + f64::from(second % 3));
            let reading = Reading { heart_rate, ..Reading::default() };
            desk.strap(MonitorEvent::Reading(reading)).await?;
        }
        assert_eq!(desk.status().await?.quality, Some(Quality::Malformed));
        desk.strap(MonitorEvent::Link(LinkState::Searching)).await?;
        desk.strap(MonitorEvent::Link(LinkState::Streaming)).await?;
        desk.seconds(90, USUAL).await?;
        assert_ne!(desk.status().await?.quality, Some(Quality::Malformed));
        desk.stop().await
    })
}

/// Seconds in which the hands are busy and the strap sends this cadence beside the heart.
async fn steps(desk: &mut Desk, seconds: u32, cadence: u8, level: f64) -> anyhow::Result<()> {
    for _ in 0..seconds {
        let packet = [0, 0, 0, cadence];
        let cadence = Cadence::decode(&packet).context("a whole packet")?;
        desk.second(level).await?;
        desk.strap(MonitorEvent::Steps(cadence)).await?;
    }
    Ok(())
}

#[test]
fn steps_from_the_strap_outweigh_busy_hands() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.senses(DesktopEvent::Activity(InputActivity::Busy)).await?;
        steps(&mut desk, 120, 0, USUAL).await?;
        steps(&mut desk, 90, 105, UP).await?;
        assert_eq!(desk.status().await?.held_by.as_deref(), Some("moving"));
        steps(&mut desk, 90, 0, UP).await?;
        assert_eq!(desk.status().await?.held_by.as_deref(), Some("just_returned"));
        assert_eq!(desk.status().await?.offers_today, 0);
        // Five minutes after the walk an offer is right again.
        steps(&mut desk, 300, 0, UP).await?;
        assert_eq!(desk.status().await?.offers_today, 1);
        desk.stop().await
    })
}

/// Hands that rest for a minute and a half, and a heart that rises as they are back; the strap may count steps, of which there are none.
async fn rises_after_a_rest(counts_steps: bool) -> anyhow::Result<Desk> {
    let mut desk = Desk::eager().await?;
    desk.senses(DesktopEvent::Activity(InputActivity::Busy)).await?;
    desk.seconds(120, USUAL).await?;
    let rested = desk.now();
    desk.senses(DesktopEvent::Activity(InputActivity::Resting(rested))).await?;
    desk.seconds(85, USUAL).await?;
    if counts_steps {
        steps(&mut desk, 5, 0, USUAL).await?;
    } else {
        desk.seconds(5, USUAL).await?;
    }
    desk.senses(DesktopEvent::Activity(InputActivity::Busy)).await?;
    if counts_steps {
        steps(&mut desk, 60, 0, UP).await?;
    } else {
        desk.seconds(60, UP).await?;
    }
    Ok(desk)
}

#[test]
fn a_rest_of_the_hands_may_have_been_a_walk() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = rises_after_a_rest(false).await?;
        assert_eq!(desk.status().await?.held_by.as_deref(), Some("after_walk"));
        desk.stop().await
    })
}

#[test]
fn a_strap_that_counts_no_steps_speaks_against_a_walk() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = rises_after_a_rest(true).await?;
        assert_eq!(desk.status().await?.offers_today, 1);
        desk.stop().await
    })
}

async fn use_monitor(desk: &mut Desk, monitor: MonitorInfo) -> anyhow::Result<Result<(), Refusal>> {
    let (reply, answer) = oneshot::channel();
    desk.asks(interface::Request::UseMonitor { monitor, reply }).await?;
    Ok(soon(answer).await??)
}

#[test]
fn a_strap_that_never_sent_a_thing_is_not_remembered() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.strap(MonitorEvent::Connected(strap(1, None))).await?;
        desk.stop().await?;
        assert_eq!(stored::state(&folder()?)?.state.known_monitor(), None);
        desk.start(EAGER)?;
        desk.strap(MonitorEvent::Connected(strap(1, None))).await?;
        desk.second(USUAL).await?;
        desk.stop().await?;
        assert_eq!(stored::state(&folder()?)?.state.known_monitor(), Some(strap(1, None)));
        Ok(())
    })
}

#[test]
fn which_strap_is_theirs_the_owner_says_and_it_is_remembered() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.strap(MonitorEvent::Connected(strap(1, None))).await?;
        desk.strap(MonitorEvent::Link(LinkState::Searching)).await?;
        desk.strap(MonitorEvent::Stranger(Some(strap(2, None)))).await?;
        let other = desk.status().await?.other_sensor;
        assert_eq!(other.and_then(|other| other.name).as_deref(), Some("HR 2"));
        assert_eq!(use_monitor(&mut desk, strap(2, None)).await?, Ok(()));
        assert_eq!(desk.status().await?.other_sensor, None);
        let told = desk.asked_of_strap()?;
        assert!(told.contains(&MonitorCommand::Use(strap(2, None))), "{told:?}");
        desk.configure(Config::parse("config.toml", "[monitor]\ndevice = 'HR 7'\n")).await?;
        let refused = use_monitor(&mut desk, strap(1, None)).await?;
        assert_eq!(refused, Err(Refusal::OtherMonitorSet("HR 7".to_owned())));
        desk.stop().await?;
        let kept = stored::state(&folder()?)?.state.known_monitor();
        assert_eq!(kept, Some(strap(2, None)));
        Ok(())
    })
}
