//! A real compositor: sway without a screen. That of Debian 12 speaks the older protocol of the two.

use std::process::Command;

use anyhow::ensure;
use kindbeat::desktop::IdleSource;
use kindbeat::desktop::Place;
use kindbeat_core::context::InputActivity;

use super::bus::installed;
use super::client::Client;
use super::client::WATCHES;
use super::client::look;
use super::client::nowhere;
use crate::sway::Sway;

/// `None`, and a line that says so, where something is not installed.
fn compositor() -> anyhow::Result<Option<Sway>> {
    if installed(&[("wtype", "wtype")])? { Sway::start() } else { Ok(None) }
}

fn places(sway: &Sway) -> Place {
    // The X server is not asked where there is a compositor.
    Place { wayland: Some(sway.socket()), x11: Some(":4711".to_owned()), ..nowhere() }
}

fn types(sway: &Sway, key: &str) -> anyhow::Result<()> {
    let status = sway.on(Command::new("wtype").arg(key)).status()?;
    ensure!(status.success(), "wtype {key}");
    Ok(())
}

#[tokio::test]
async fn a_rest_and_its_end_are_told_while_a_pause_is_watched() -> anyhow::Result<()> {
    let Some(sway) = compositor()? else { return Ok(()) };
    let mut client = Client::start(places(&sway), WATCHES);
    client.watch_pause(true).await?;
    // Since when nobody typed, before it was asked, the compositor does not say: no pause.
    let rested = client.rests().await?;
    assert!(rested > 10.0, "{rested}");
    for _ in 0..3 {
        types(&sway, "a")?;
        assert_eq!(client.hands().await?, InputActivity::Busy);
        let rested = client.rests().await?;
        assert!((0.3..1.5).contains(&rested), "{rested}");
    }
    client.ends().await
}

#[tokio::test]
async fn a_short_rest_is_told_first_and_then_only_long_ones() -> anyhow::Result<()> {
    let Some(sway) = compositor()? else { return Ok(()) };
    let mut client = Client::start(places(&sway), WATCHES);
    client.rests().await?;
    for _ in 0..2 {
        types(&sway, "a")?;
        assert_eq!(client.hands().await?, InputActivity::Busy);
        let rested = client.rests().await?;
        assert!(rested >= 1.5, "{rested}");
    }
    client.ends().await
}

#[tokio::test]
async fn a_lost_compositor_is_unknown_and_heard_again_once_back() -> anyhow::Result<()> {
    let Some(mut sway) = compositor()? else { return Ok(()) };
    let mut client = Client::start(places(&sway), WATCHES);
    client.rests().await?;
    sway.kill();
    assert_eq!(client.hands().await?, InputActivity::Unknown);
    sway.restart()?;
    client.rests().await?;
    client.ends().await
}

#[tokio::test]
async fn the_doctor_sees_the_compositor() -> anyhow::Result<()> {
    let Some(sway) = compositor()? else { return Ok(()) };
    let found = look(places(&sway)).await?;
    let Some(IdleSource::KwinIdle | IdleSource::ExtIdleNotify) = found.source else {
        anyhow::bail!("{found:?}")
    };
    // It tells what happens, not what has been.
    assert_eq!(found.hands, InputActivity::Unknown);
    Ok(())
}
