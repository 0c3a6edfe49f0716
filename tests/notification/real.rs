//! Offers on notification servers as people have them, answered with the mouse. Pictures are kept under `tests/pictures`.

use std::fs;
use std::path::Path;
use std::process::Stdio;

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

/// A place on a notification: pixels from the left and from the bottom, the button of the mouse, and the answer that a click
/// there gives; `None`: it closes without one.
type Spot = (f64, f64, u8, Option<Answer>);

#[tokio::test]
async fn xfce_is_started_for_an_offer_and_each_of_its_buttons_answers() -> anyhow::Result<()> {
    let services = [
        "/usr/share/dbus-1/services/org.xfce.xfce4-notifyd.Notifications.service",
        "/usr/share/dbus-1/services/org.xfce.Xfconf.service",
    ];
    let there = [(services[0], "xfce4-notifyd"), (services[1], "xfconf")];
    if !installed(&[&NEEDED[..], &there].concat())? {
        return Ok(());
    }
    let screen = Screen::start()?;
    let services = services.map(Path::new);
    let Some(bus) = PrivateBus::with_services(&services, Some(screen.display()))? else {
        return Ok(());
    };
    install(&bus)?;
    let mut client = Client::start(&bus.address());
    assert_eq!(client.event().await?, Event::Server(None));
    // Nobody shows notifications yet: the bus is asked to start somebody who does.
    client.show(0).await?;
    assert_eq!(client.server().await?.name, "Xfce Notify Daemon");
    assert_eq!(client.event().await?, Event::Shown(OfferId(0)));
    let spots = [
        (60.0, 30.0, 1, Some(Answer::Start)),
        (148.0, 30.0, 1, Some(Answer::Later)),
        (240.0, 30.0, 1, Some(Answer::Fine)),
        (148.0, 100.0, 1, None),
    ];
    click_through(&screen, &mut client, "xfce4-notifyd", "offer-xfce.png", &spots).await
}

#[tokio::test]
async fn dunst_starts_by_the_middle_button_and_closes_by_the_left() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::start("dunst", "dunst")? else { return Ok(()) };
    let mut client = Client::start(&desktop.bus.address());
    assert_eq!(client.server().await?.name, "dunst");
    let spots = [(160.0, 50.0, 2, Some(Answer::Start)), (160.0, 50.0, 1, None)];
    click_through(&desktop.screen, &mut client, "Dunst", "offer-dunst.png", &spots).await
}

#[tokio::test]
async fn dunst_killed_with_an_offer_open_shows_it_again() -> anyhow::Result<()> {
    let Some(mut desktop) = Desktop::start("dunst", "dunst")? else { return Ok(()) };
    let mut client = Client::start(&desktop.bus.address());
    client.server().await?;
    client.show(3).await?;
    assert_eq!(client.event().await?, Event::Shown(OfferId(3)));
    desktop.server.end();
    assert_eq!(client.event().await?, Event::Lost(OfferId(3)));
    assert_eq!(client.event().await?, Event::Server(None));
    desktop.server = desktop.spawn("dunst")?;
    client.server().await?;
    assert_eq!(client.event().await?, Event::Shown(OfferId(3)));
    let told = click(&desktop.screen, &mut client, "Dunst", (160.0, 50.0, 2)).await?;
    assert_eq!(told, Event::Answered(OfferId(3), Answer::Start, None));
    Ok(())
}

#[tokio::test]
async fn on_the_notification_daemon_of_gnome_flashback_a_click_beside_the_buttons_starts()
-> anyhow::Result<()> {
    let program = "/usr/lib/notification-daemon/notification-daemon";
    let Some(desktop) = Desktop::start(program, "notification-daemon")? else { return Ok(()) };
    let mut client = Client::start(&desktop.bus.address());
    assert_eq!(client.server().await?.name, "Notification Daemon");
    let spots = [
        (150.0, 110.0, 1, Some(Answer::Start)),
        (196.0, 40.0, 1, Some(Answer::Start)),
        (247.0, 40.0, 1, Some(Answer::Later)),
        (311.0, 40.0, 1, Some(Answer::Fine)),
        (376.0, 141.0, 1, None),
    ];
    let picture = "offer-notification-daemon.png";
    click_through(&desktop.screen, &mut client, "Notification", picture, &spots).await
}

#[tokio::test]
async fn on_mate_a_click_beside_the_buttons_starts() -> anyhow::Result<()> {
    let program = "/usr/lib/mate-notification-daemon/mate-notification-daemon";
    let Some(desktop) = Desktop::start(program, "mate-notification-daemon")? else {
        return Ok(());
    };
    let mut client = Client::start(&desktop.bus.address());
    assert_eq!(client.server().await?.vendor, "MATE");
    let spots = [
        (200.0, 60.0, 1, Some(Answer::Start)),
        (276.0, 28.0, 1, Some(Answer::Start)),
        (327.0, 28.0, 1, Some(Answer::Later)),
        (391.0, 28.0, 1, Some(Answer::Fine)),
        (431.0, 110.0, 1, None),
    ];
    let picture = "offer-mate.png";
    click_through(&desktop.screen, &mut client, "Notification", picture, &spots).await
}

#[tokio::test]
async fn on_lxqt_each_button_answers() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::start("lxqt-notificationd", "lxqt-notificationd")? else {
        return Ok(());
    };
    let mut client = Client::start(&desktop.bus.address());
    assert_eq!(client.server().await?.name, "lxqt-notificationd");
    let spots = [
        (90.0, 33.0, 1, Some(Answer::Start)),
        (155.0, 33.0, 1, Some(Answer::Later)),
        (220.0, 33.0, 1, Some(Answer::Fine)),
        (278.0, 162.0, 1, None),
    ];
    let picture = "offer-lxqt.png";
    click_through(&desktop.screen, &mut client, "lxqt-notificationd", picture, &spots).await
}

/// A screen and a bus with a notification server on both.
struct Desktop {
    server: Ended,
    bus: PrivateBus,
    screen: Screen,
}

impl Desktop {
    /// `None`, and a line that says so, where something is not installed.
    fn start(program: &str, package: &str) -> anyhow::Result<Option<Self>> {
        if !installed(&[&NEEDED[..], &[(program, package)]].concat())? {
            return Ok(None);
        }
        let screen = Screen::start()?;
        let Some(bus) = PrivateBus::start()? else { return Ok(None) };
        install(&bus)?;
        let server = spawn(&bus, &screen, program)?;
        Ok(Some(Self { server, bus, screen }))
    }

    fn spawn(&self, program: &str) -> anyhow::Result<Ended> {
        spawn(&self.bus, &self.screen, program)
    }
}

fn spawn(bus: &PrivateBus, screen: &Screen, program: &str) -> anyhow::Result<Ended> {
    let mut server = bus.program(program);
    server.env("DISPLAY", screen.display()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(Ended(server.spawn()?))
}

/// Takes a picture of an offer, and answers one offer at each of these spots.
async fn click_through(
    screen: &Screen,
    client: &mut Client,
    window: &str,
    picture: &str,
    spots: &[Spot],
) -> anyhow::Result<()> {
    for (round, &(left, bottom, button, answer)) in (1..).zip(spots) {
        client.show(round).await?;
        assert_eq!(client.event().await?, Event::Shown(OfferId(round)));
        if round == 1 {
            screen.picture(&screen.window(window)?, picture)?;
        }
        let told = click(screen, client, window, (left, bottom, button)).await?;
        let expected = match answer {
            Some(answer) => Event::Answered(OfferId(round), answer, None),
            None => Event::Dismissed(OfferId(round)),
        };
        assert_eq!(told, expected, "clicked at {left}, {bottom}");
    }
    Ok(())
}

/// Clicks until something is told of it: a window that has just come up may not listen yet, and an earlier one may linger.
async fn click(
    screen: &Screen,
    client: &mut Client,
    window: &str,
    (left, bottom, button): (f64, f64, u8),
) -> anyhow::Result<Event> {
    for _ in 0..10 {
        screen.click(&screen.window(window)?, left, bottom, button)?;
        if let Some(event) = client.event_at_once().await {
            return Ok(event);
        }
    }
    bail!("clicked ten times on {window}, and nothing was told")
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
