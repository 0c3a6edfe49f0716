//! What else happens to a strap and a radio, rarer than what `story.rs` tells of.

use kindbeat_core::status::Quality;

use crate::stacks::account::Cause;
use crate::stacks::lab::ADDRESS;
use crate::stacks::lab::Lab;
use crate::stacks::lab::Login;
use crate::stacks::lab::NAME;
use crate::stacks::story::new_strap;
use crate::stacks::story::nobody_knows_it;
use crate::stacks::story::seconds;

pub(crate) async fn rest(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("appear").await?;
    lab.start_daemon()?;
    lab.streams_after(Cause::NotStarted).await?;

    packets(lab).await?;
    neighbour(lab).await?;
    computer(lab).await?;
    adapters(lab).await?;
    other_programs(lab).await?;
    names(lab).await?;
    slow(lab).await
}

/// What it sends is of every form that there is.
async fn packets(lab: &mut Lab) -> anyhow::Result<()> {
    for form in ["wide", "energy", "nine", "bare"] {
        lab.strap.order(&format!("send {form}")).await?;
        seconds(3).await;
        lab.streams_after(Cause::Form(form.to_owned())).await?;
        // As the strap has them.
        lab.says(&format!("a rate, {form}"), |status| {
            status.heart_rate.is_some_and(|rate| (60..100).contains(&rate))
        })
        .await?;
    }
    for level in [50, 9] {
        lab.strap.order(&format!("battery {level}")).await?;
        lab.says(&format!("a battery of {level} %"), |status| {
            status.sensor.as_ref().is_some_and(|sensor| sensor.battery == Some(level))
        })
        .await?;
    }
    lab.strap.order("send lost").await?;
    lab.says("no contact", |status| {
        status.state == "streaming" && status.quality == Some(Quality::OffBody)
    })
    .await?;
    lab.strap.order("send zero").await?;
    lab.says("no rate", |status| status.state == "streaming" && status.heart_rate.is_none())
        .await?;
    lab.strap.order("send plain").await?;
    lab.streams_after(Cause::NoContact).await
}

/// Somebody else's strap is in reach while one's own is not.
async fn neighbour(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("vanish").await?;
    lab.strap.order("another appear").await?;
    lab.says("another strap, which is left alone", |status| {
        let name = status.other_sensor.as_ref().and_then(|other| other.name.as_deref());
        status.state == "searching" && name == Some("Another strap")
    })
    .await?;
    lab.goes_on(false, 25).await?;
    lab.strap.order("appear").await?;
    lab.streams_after(Cause::Neighbour).await?;
    lab.says("its own strap", |status| {
        let name = status.sensor.as_ref().and_then(|sensor| sensor.name.as_deref());
        name == Some(NAME) && status.other_sensor.is_none()
    })
    .await?;
    lab.strap.order("another vanish").await
}

/// Airplane mode, and sleep.
async fn computer(lab: &mut Lab) -> anyhow::Result<()> {
    Lab::block(true)?;
    lab.is_said(&["blocked"]).await?;
    seconds(5).await;
    Lab::block(false)?;
    lab.streams_after(Cause::Blocked).await?;

    let login = Login::start().await?;
    login.sleeps(true).await?;
    lab.is_lost().await?;
    seconds(8).await;
    login.sleeps(false).await?;
    lab.streams_after(Cause::Slept).await?;

    login.sleeps(true).await?;
    lab.is_lost().await?;
    lab.pull_out().await?;
    seconds(3).await;
    lab.plug_in().await?;
    login.sleeps(false).await?;
    lab.streams_after(Cause::SleptAndReset).await?;

    login.sleeps(true).await?;
    lab.is_lost().await?;
    lab.streams_after(Cause::SleepFellThrough).await
}

async fn adapters(lab: &mut Lab) -> anyhow::Result<()> {
    lab.end_daemon().await?;
    lab.pull_out().await?;
    lab.start_daemon()?;
    lab.is_said(&["no_bluetooth"]).await?;
    seconds(10).await;
    lab.plug_in().await?;
    lab.streams_after(Cause::PluggedLate).await?;

    let second = lab.plug_in_second().await?;
    lab.goes_on(true, 5).await?;
    lab.switch(false).await?;
    lab.is_lost().await?;
    lab.streams_after(Cause::FirstOff).await?;
    lab.switch(true).await?;
    lab.goes_on(true, 5).await?;
    lab.pull_out_second(second).await?;
    lab.is_lost().await?;
    lab.streams_after(Cause::SecondPulled).await
}

/// Somebody else is connected to it, on this computer or on another.
async fn other_programs(lab: &mut Lab) -> anyhow::Result<()> {
    lab.end_daemon().await?;
    lab.connect().await?;
    lab.start_daemon()?;
    lab.streams_after(Cause::Connected).await?;

    nobody_knows_it(lab, "any").await?;
    lab.strap.order("taken").await?;
    lab.start_daemon()?;
    lab.is_said(&["searching"]).await?;
    lab.goes_on(false, 20).await?;
    lab.strap.order("free").await?;
    lab.streams_after(Cause::TakenBefore).await?;

    lab.strap.order("vanish").await?;
    lab.strap.order("taken").await?;
    lab.is_lost().await?;
    lab.goes_on(false, 20).await?;
    lab.strap.order("free").await?;
    lab.streams_after(Cause::TakenMeanwhile).await
}

/// What it goes by changes.
async fn names(lab: &mut Lab) -> anyhow::Result<()> {
    moves(lab, "any", "4A:00:00:00:00:02").await?;
    new_strap(lab, "service", NAME).await?;
    moves(lab, NAME, "4B:00:00:00:00:02").await?;
    // Under its former addresses it is still known.
    moves(lab, NAME, "4C:00:00:00:00:02").await?;
    lab.strap.order("bye").await?;
    lab.is_lost().await?;
    lab.streams_after(Cause::Bye).await?;

    lab.strap.order("name Chest belt").await?;
    seconds(8).await;
    lab.strap.order("bye").await?;
    lab.is_lost().await?;
    lab.streams_after(Cause::Renamed).await?;

    lab.strap.order(&format!("name {NAME}")).await?;
    lab.strap.order("vanish").await?;
    lab.strap.order(&format!("address {ADDRESS}")).await?;
    new_strap(lab, "service", "any").await
}

async fn moves(lab: &mut Lab, device: &str, address: &str) -> anyhow::Result<()> {
    lab.strap.order("vanish").await?;
    lab.is_lost().await?;
    lab.strap.order(&format!("address {address}")).await?;
    lab.strap.order("appear").await?;
    lab.streams_after(Cause::Moved(device.to_owned())).await
}

/// It sends so seldom that it counts as silent in between, until its rhythm is known.
async fn slow(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("every 20").await?;
    seconds(150).await;
    lab.goes_on(true, 100).await?;
    lab.strap.order("every 1").await?;
    // The pause that had begun.
    seconds(20).await;
    lab.streams_after(Cause::Slow).await
}
