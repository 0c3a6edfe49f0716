//! Offers on notification servers as people have them, answered with the mouse. Pictures are kept under `tests/pictures`.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::bail;
use kindbeat::edge::notification::Event;
use kindbeat::offer::Answer;
use kindbeat::offer::OfferId;

use super::bus::Ended;
use super::bus::PrivateBus;
use super::bus::installed;
use super::client::Client;
use super::screen::NEEDED;
use super::screen::Screen;
use super::screen::Window;

/// The buttons of Xfce, from the left, each in a third of the width, and so far from the bottom.
const XFCE_BUTTONS: [(f64, Answer); 3] =
    [(0.2, Answer::Start), (0.5, Answer::Later), (0.8, Answer::Fine)];

#[tokio::test]
async fn xfce_is_started_for_an_offer_and_each_of_its_buttons_answers() -> anyhow::Result<()> {
    let service =
        Path::new("/usr/share/dbus-1/services/org.xfce.xfce4-notifyd.Notifications.service");
    let settings = Path::new("/usr/share/dbus-1/services/org.xfce.Xfconf.service");
    let there = [
        (service.to_str().context("a path")?, "xfce4-notifyd"),
        (settings.to_str().context("a path")?, "xfconf"),
    ];
    if !installed(&[&NEEDED[..], &there].concat())? {
        return Ok(());
    }
    let screen = Screen::start()?;
    let services = [service, settings];
    let Some(bus) = PrivateBus::with_services(&services, Some(screen.display()))? else {
        return Ok(());
    };
    install(&bus)?;
    let mut client = Client::start(&bus.address());
    assert_eq!(client.event().await?, Event::Server(None));
    // Nobody shows notifications yet: the bus is asked to start somebody who does.
    client.show(1).await?;
    assert_eq!(client.server().await?.name, "Xfce Notify Daemon");
    for (round, (across, answer)) in (1..).zip(XFCE_BUTTONS) {
        if round > 1 {
            client.show(round).await?;
        }
        assert_eq!(client.event().await?, Event::Shown(OfferId(round)));
        let window = screen.window("xfce4-notifyd")?;
        if round == 1 {
            screen.picture(&window, "offer-xfce.png")?;
        }
        let told = click(&screen, &mut client, &window, (across, 30.0, 1)).await?;
        assert_eq!(told, Event::Answered(OfferId(round), answer, None));
    }
    client.show(9).await?;
    assert_eq!(client.event().await?, Event::Shown(OfferId(9)));
    let window = screen.window("xfce4-notifyd")?;
    let told = click(&screen, &mut client, &window, (0.5, 100.0, 1)).await?;
    assert_eq!(told, Event::Dismissed(OfferId(9)));
    Ok(())
}

#[tokio::test]
async fn dunst_starts_by_the_middle_button_and_closes_by_the_left() -> anyhow::Result<()> {
    if !installed(&[&NEEDED[..], &[("dunst", "dunst")]].concat())? {
        return Ok(());
    }
    let screen = Screen::start()?;
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    install(&bus)?;
    let mut server = dunst(&bus, &screen)?;
    let mut client = Client::start(&bus.address());
    assert_eq!(client.server().await?.name, "dunst");
    for (round, button) in [(1, 2), (2, 1)] {
        client.show(round).await?;
        assert_eq!(client.event().await?, Event::Shown(OfferId(round)));
        let window = screen.window("Dunst")?;
        if round == 1 {
            screen.picture(&window, "offer-dunst.png")?;
        }
        let told = click(&screen, &mut client, &window, (0.5, 50.0, button)).await?;
        let expected = match button {
            2 => Event::Answered(OfferId(round), Answer::Start, None),
            _ => Event::Dismissed(OfferId(round)),
        };
        assert_eq!(told, expected);
    }

    // Killed with an offer open, and started again.
    client.show(3).await?;
    assert_eq!(client.event().await?, Event::Shown(OfferId(3)));
    server.end();
    assert_eq!(client.event().await?, Event::Lost(OfferId(3)));
    assert_eq!(client.event().await?, Event::Server(None));
    let _again = dunst(&bus, &screen)?;
    client.server().await?;
    assert_eq!(client.event().await?, Event::Shown(OfferId(3)));
    let window = screen.window("Dunst")?;
    let told = click(&screen, &mut client, &window, (0.5, 50.0, 2)).await?;
    assert_eq!(told, Event::Answered(OfferId(3), Answer::Start, None));
    Ok(())
}

/// Clicks until something is told of it: a window that has just come up may not listen yet.
async fn click(
    screen: &Screen,
    client: &mut Client,
    window: &Window,
    (across, from_bottom, button): (f64, f64, u8),
) -> anyhow::Result<Event> {
    for _ in 0..10 {
        screen.click(window, across, from_bottom, button)?;
        if let Some(event) = client.event_at_once().await {
            return Ok(event);
        }
    }
    bail!("clicked ten times on {window:?}, and nothing was told")
}

fn dunst(bus: &PrivateBus, screen: &Screen) -> anyhow::Result<Ended> {
    let mut dunst = bus.program("dunst");
    dunst.env("DISPLAY", screen.display()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(Ended(dunst.spawn()?))
}

/// Puts the desktop file and the icon where a desktop looks for those of its owner.
fn install(bus: &PrivateBus) -> anyhow::Result<()> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/desktop");
    for (file, folder) in [
        ("org.kindbeat.Kindbeat.desktop", "applications"),
        ("org.kindbeat.Kindbeat.svg", "icons/hicolor/scalable/apps"),
    ] {
        let to = bus.folder().join(folder);
        fs::create_dir_all(&to)?;
        fs::copy(from.join(file), to.join(file))?;
    }
    Ok(())
}
