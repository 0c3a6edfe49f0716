//! Real compositors without a screen. Sway of Debian 12 speaks the older protocol of the two, those of 13 the first version of the newer
//! one; those of testing speak the second, which tells hands from a film.

use std::process::Command;
use std::time::Duration;

use anyhow::ensure;
use kindbeat::desktop::IdleSource;
use kindbeat::desktop::Place;
use kindbeat_core::context::InputActivity;
use tokio::time::timeout;

use super::bus::installed;
use super::client::Client;
use super::client::WATCHES;
use super::client::look;
use super::client::nowhere;
use super::film::Film;
use crate::compositor::Compositor;
use crate::compositor::CompositorKind;
use crate::debian::Debian;

/// The same under each compositor.
macro_rules! under_each {
    ($($case:ident)+) => {
        mod sway {
            $(#[tokio::test]
            async fn $case() -> anyhow::Result<()> {
                super::$case(super::CompositorKind::Sway).await
            })+
        }
        mod labwc {
            $(#[tokio::test]
            async fn $case() -> anyhow::Result<()> {
                super::$case(super::CompositorKind::Labwc).await
            })+
        }
    };
}

under_each! {
    a_rest_and_its_end_are_told_while_a_pause_is_watched
    a_short_rest_is_told_first_and_then_only_long_ones
    a_lost_compositor_is_unknown_and_heard_again_once_back
    the_doctor_sees_the_compositor
    a_film_is_no_hand_where_the_compositor_tells_them_apart
}

/// `None`, and a line that says so, where something is not installed.
fn start(kind: CompositorKind) -> anyhow::Result<Option<Compositor>> {
    if installed(&[("wtype", "wtype")])? { Compositor::start(kind) } else { Ok(None) }
}

fn places(compositor: &Compositor) -> Place {
    // The X server is not asked where there is a compositor.
    Place { wayland: Some(compositor.socket()), x11: Some(":4711".to_owned()), ..nowhere() }
}

fn types(compositor: &Compositor, key: &str) -> anyhow::Result<()> {
    let status = compositor.on(Command::new("wtype").arg(key)).status()?;
    ensure!(status.success(), "wtype {key}");
    Ok(())
}

async fn a_rest_and_its_end_are_told_while_a_pause_is_watched(
    kind: CompositorKind,
) -> anyhow::Result<()> {
    let Some(compositor) = start(kind)? else { return Ok(()) };
    let mut client = Client::start(places(&compositor), WATCHES);
    client.watch_pause(true).await?;
    // Since when nobody typed, before it was asked, the compositor does not say: no pause.
    let rested = client.rests().await?;
    assert!(rested > 10.0, "{rested}");
    for _ in 0..3 {
        types(&compositor, "a")?;
        assert_eq!(client.hands().await?, InputActivity::Busy);
        let rested = client.rests().await?;
        assert!((0.3..1.5).contains(&rested), "{rested}");
    }
    client.ends().await
}

async fn a_short_rest_is_told_first_and_then_only_long_ones(
    kind: CompositorKind,
) -> anyhow::Result<()> {
    let Some(compositor) = start(kind)? else { return Ok(()) };
    let mut client = Client::start(places(&compositor), WATCHES);
    client.rests().await?;
    for _ in 0..2 {
        types(&compositor, "a")?;
        assert_eq!(client.hands().await?, InputActivity::Busy);
        let rested = client.rests().await?;
        assert!(rested >= 1.5, "{rested}");
    }
    client.ends().await
}

async fn a_lost_compositor_is_unknown_and_heard_again_once_back(
    kind: CompositorKind,
) -> anyhow::Result<()> {
    let Some(mut compositor) = start(kind)? else { return Ok(()) };
    let mut client = Client::start(places(&compositor), WATCHES);
    client.rests().await?;
    compositor.kill();
    assert_eq!(client.hands().await?, InputActivity::Unknown);
    compositor.restart()?;
    client.rests().await?;
    client.ends().await
}

async fn the_doctor_sees_the_compositor(kind: CompositorKind) -> anyhow::Result<()> {
    let Some(compositor) = start(kind)? else { return Ok(()) };
    let found = look(places(&compositor)).await?;
    let Some(IdleSource::KwinIdle | IdleSource::ExtIdleNotify) = found.source else {
        anyhow::bail!("{found:?}")
    };
    // It tells what happens, not what has been.
    assert_eq!(found.hands, InputActivity::Unknown);
    Ok(())
}

async fn a_film_is_no_hand_where_the_compositor_tells_them_apart(
    kind: CompositorKind,
) -> anyhow::Result<()> {
    let Some(compositor) = start(kind)? else { return Ok(()) };
    let mut film = Film::plays(&compositor.socket())?;
    let counts = look(places(&compositor)).await?.awake_is_use;
    assert_eq!(counts, Debian::here()? < Debian::Testing);
    let mut client = Client::start(places(&compositor), WATCHES);
    client.watch_pause(true).await?;
    if !counts {
        client.rests().await?;
        types(&compositor, "a")?;
        assert_eq!(client.hands().await?, InputActivity::Busy);
    }
    let told = timeout(WATCHES.away + Duration::from_secs(1), client.hands()).await;
    if let Ok(hands) = told {
        assert!(!counts, "a rest during a film: it can be told from hands");
        assert!(matches!(hands?, InputActivity::Resting(_)));
    } else {
        assert!(counts, "the film counts as hands");
        film.pauses()?;
        client.rests().await?;
    }
    client.ends().await
}
