//! A real X server.

use std::process::Command;
use std::time::Duration;

use anyhow::ensure;
use kindbeat::desktop::IdleSource;
use kindbeat::desktop::Place;
use kindbeat::desktop::Watches;
use kindbeat_core::context::InputActivity;

use super::bus::installed;
use super::client::Client;
use super::client::WATCHES;
use super::client::look;
use super::client::nowhere;
use crate::xvfb::Xvfb;

/// Somebody at a screen; it ends with this value.
struct Screen(Xvfb);

impl Screen {
    /// `None`, and a line that says so, where something is not installed.
    fn start() -> anyhow::Result<Option<Self>> {
        if !installed(&[("Xvfb", "xvfb"), ("xdotool", "xdotool")])? {
            return Ok(None);
        }
        Ok(Some(Self(Xvfb::start()?)))
    }

    fn places(&self) -> Place {
        Place { x11: Some(self.0.display().to_owned()), ..nowhere() }
    }

    fn xdotool(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let status =
            Command::new("xdotool").args(arguments).env("DISPLAY", self.0.display()).status()?;
        ensure!(status.success(), "xdotool {arguments:?}");
        Ok(())
    }
}

/// Lets a client know that somebody works here.
async fn at_work(screen: &Screen, client: &mut Client) -> anyhow::Result<()> {
    loop {
        screen.xdotool(&["mousemove_relative", "1", "0"])?;
        if client.hands().await? == InputActivity::Busy {
            return Ok(());
        }
    }
}

#[tokio::test]
async fn a_rest_and_its_end_are_told_while_a_pause_is_watched() -> anyhow::Result<()> {
    let Some(screen) = Screen::start()? else { return Ok(()) };
    let mut client = Client::start(screen.places(), WATCHES);
    client.watch_pause(true).await?;
    at_work(&screen, &mut client).await?;
    for input in [["key", "a"], ["mousemove", "10"], ["click", "1"]] {
        let rested = client.rests().await?;
        assert!((0.3..1.5).contains(&rested), "{rested}");
        // The long rest is the same one: it is not told again.
        match input {
            ["mousemove", x] => screen.xdotool(&["mousemove", x, "10"])?,
            input => screen.xdotool(&input)?,
        }
        assert_eq!(client.hands().await?, InputActivity::Busy);
    }
    Ok(())
}

#[tokio::test]
async fn a_long_rest_is_told_always_and_a_short_one_only_when_wanted() -> anyhow::Result<()> {
    let Some(screen) = Screen::start()? else { return Ok(()) };
    let mut client = Client::start(screen.places(), WATCHES);
    at_work(&screen, &mut client).await?;
    let rested = client.rests().await?;
    assert!(rested >= 1.5, "{rested}");
    screen.xdotool(&["key", "a"])?;
    assert_eq!(client.hands().await?, InputActivity::Busy);
    // A pause that is watched in the middle of a long rest is told at once as the rest that it is.
    let rested = client.rests().await?;
    assert!(rested >= 1.5, "{rested}");
    client.watch_pause(true).await?;
    screen.xdotool(&["key", "a"])?;
    assert_eq!(client.hands().await?, InputActivity::Busy);
    let rested = client.rests().await?;
    assert!((0.3..1.5).contains(&rested), "{rested}");
    client.ends().await
}

#[tokio::test]
async fn idle_time_from_before_the_watch_keeps_its_beginning() -> anyhow::Result<()> {
    let Some(screen) = Screen::start()? else { return Ok(()) };
    let watches = Watches { away: Duration::from_secs(600), rest: Duration::from_secs(2) };
    let mut client = Client::start(screen.places(), watches);
    at_work(&screen, &mut client).await?;
    let mut other =
        Client::start(screen.places(), Watches { rest: Duration::from_secs(3), ..watches });
    other.watch_pause(true).await?;
    assert_eq!(other.hands().await?, InputActivity::Busy);
    // The other one sees three seconds of rest; the first is asked then.
    other.rests().await?;
    client.watch_pause(true).await?;
    let rested = client.rests().await?;
    assert!((3.0..10.0).contains(&rested), "{rested}");
    Ok(())
}

#[tokio::test]
async fn a_lost_x_server_is_unknown_and_heard_again_once_back() -> anyhow::Result<()> {
    let Some(mut screen) = Screen::start()? else { return Ok(()) };
    let mut client = Client::start(screen.places(), WATCHES);
    at_work(&screen, &mut client).await?;
    screen.0.kill();
    // A rest may have been told before it went.
    while client.hands().await? != InputActivity::Unknown {}
    screen.0.restart()?;
    at_work(&screen, &mut client).await
}

#[tokio::test]
async fn the_doctor_sees_the_server() -> anyhow::Result<()> {
    let Some(screen) = Screen::start()? else { return Ok(()) };
    screen.xdotool(&["key", "a"])?;
    let found = look(screen.places()).await?;
    assert_eq!(found.source, Some(IdleSource::X11), "{found:?}");
    assert_eq!(found.hands, InputActivity::Busy);
    assert_eq!((found.lock, found.locked, found.sleep), (vec![], false, false));
    // There is no bus on which Mutter could be.
    let [(IdleSource::Mutter, Some(why))] = &found.silent[..] else {
        anyhow::bail!("{:?}", found.silent)
    };
    assert!(why.to_string().contains("bus"), "{why}");
    Ok(())
}

#[tokio::test]
async fn where_there_is_nothing_that_is_said() -> anyhow::Result<()> {
    let places = Place { x11: Some(":4711".to_owned()), ..nowhere() };
    let found = look(places.clone()).await?;
    assert_eq!((found.source, found.hands), (None, InputActivity::Unknown));
    let silent: Vec<_> =
        found.silent.iter().map(|(source, why)| (*source, why.is_some())).collect();
    assert_eq!(
        silent,
        [(IdleSource::Mutter, true), (IdleSource::X11, true), (IdleSource::Logind, true)]
    );
    let client = Client::start(places, WATCHES);
    client.ends().await
}
