//! What real servers are known to do, done by a server of our own that has the name of theirs.

use std::time::Duration;

use kindbeat::notification::NotifierCommand;
use kindbeat::notification::NotifierEvent;
use kindbeat::notification::Obstacle;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;

use super::bus::PrivateBus;
use super::client::Client;
use super::client::offer;
use super::client::pass;
use super::fake::Asked;
use super::fake::Server;
use super::offers::answered;
use super::offers::introduce;
use super::offers::open;

/// Client and a server of this name, who know each other.
async fn met(bus: &PrivateBus, name: &'static str) -> anyhow::Result<(Client, Server)> {
    let mut server = Server::named(bus, name, &["actions", "body", "body-markup"]).await?;
    let mut client = Client::start(&bus.address());
    introduce(&mut client, &mut server).await?;
    Ok((client, server))
}

/// fnott 1.7 and 1.8, after `fnottctl pause`.
#[tokio::test]
async fn fnott_paused_gives_no_number_and_shows_nothing() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus, "fnott").await?;
    client.show(1).await?;
    let notify = server.asked_to_show().await?;
    server.name(&notify, 0).await?;
    assert_eq!(client.event().await?, NotifierEvent::NotShown(OfferId(1), Obstacle::NoNumber));
    // There is nothing to click on, and nothing to take away.
    server.tell("ActionInvoked", &(0_u32, "start")).await?;
    server.tell("NotificationClosed", &(0_u32, 2_u32)).await?;
    client.show(2).await?;
    let notify = server.asked_to_show().await?;
    assert_eq!(notify.replaces, 0);
    server.name(&notify, 1).await?;
    assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(2)));
    Ok(())
}

/// A server that hangs, as any of them may.
#[tokio::test]
async fn a_server_that_never_answers_shows_no_offer() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut server = Server::named(&bus, "hangs", &["actions", "body"]).await?;
    server.is_mute = true;
    let mut client = Client::start(&bus.address());
    client.show(1).await?;
    assert!(matches!(server.asked().await?, Asked::Who));
    pass(Duration::from_secs(11)).await;
    // It is tried all the same, with what asks least of a server.
    let notify = server.asked_to_show().await?;
    assert_eq!(notify.buttons, [""; 0]);
    pass(Duration::from_secs(11)).await;
    client.server().await?;
    assert_eq!(client.event().await?, NotifierEvent::NotShown(OfferId(1), Obstacle::NoReply));
    // Nor does it hold up what is wanted next, or the end.
    client.command(NotifierCommand::Withdraw(OfferId(1))).await?;
    client.end().await
}

/// What is told of the next offer, which is closed as soon as it is taken.
async fn closed_at_once(
    client: &mut Client,
    server: &mut Server,
    (id, reason): (u32, u32),
    is_before_the_number: bool,
) -> anyhow::Result<NotifierEvent> {
    client.show(id.into()).await?;
    let notify = server.asked_to_show().await?;
    if is_before_the_number {
        server.tell("NotificationClosed", &(id, reason)).await?;
        server.name(&notify, id).await?;
    } else {
        server.name(&notify, id).await?;
        server.tell("NotificationClosed", &(id, reason)).await?;
    }
    assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(id.into())));
    client.event().await
}

/// While they are silenced: Budgie with 1 (expired), Cinnamon 6.6.9 with 2 (dismissed), xfce4-notifyd 0.9.7 with 4. With 3 nobody was seen to.
#[tokio::test]
async fn what_a_silenced_server_closes_at_once_was_not_seen() -> anyhow::Result<()> {
    for (name, reason) in [
        ("Budgie Notification Server", 1_u32),
        ("cinnamon", 2),
        ("anything", 3),
        ("Xfce Notify Daemon", 4),
    ] {
        let Some(bus) = PrivateBus::start()? else { return Ok(()) };
        let (mut client, mut server) = met(&bus, name).await?;
        let unseen = |id: u32| NotifierEvent::NotShown(OfferId(id.into()), Obstacle::ClosedAtOnce);
        let told = closed_at_once(&mut client, &mut server, (1, reason), true).await?;
        assert_eq!(told, unseen(1), "{name}");
        // On a busy machine this server may once be no faster than a hand.
        let mut id = 2;
        while closed_at_once(&mut client, &mut server, (id, reason), false).await? != unseen(id) {
            id += 1;
            assert!(id < 12, "{name}: never told");
        }
        // What a person closes is another matter.
        open(&mut client, &mut server, 20, 20).await?;
        pass(Duration::from_secs(1)).await;
        server.tell("NotificationClosed", &(20_u32, 2_u32)).await?;
        assert_eq!(client.event().await?, NotifierEvent::Dismissed(OfferId(20)), "{name}");
    }
    Ok(())
}

/// Budgie 10.9 tells a button and then the text around it, as if both had been clicked.
#[tokio::test]
async fn on_budgie_the_button_counts_and_not_the_default_behind_it() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus, "Budgie Notification Server").await?;
    for (own, action, answer) in
        [(1_u32, "later", Answer::Later), (2, "fine", Answer::Fine), (3, "start", Answer::Start)]
    {
        let id = u64::from(own);
        let notify = open(&mut client, &mut server, id, own).await?;
        // It does not draw the button behind "default".
        assert_eq!(notify.buttons.last().map(String::as_str), Some("default"));
        server.tell("ActionInvoked", &(own, action)).await?;
        server.tell("ActionInvoked", &(own, "default")).await?;
        server.tell("NotificationClosed", &(own, 2_u32)).await?;
        assert_eq!(client.event().await?, answered(id, answer, None));
        assert_eq!(server.asked_to_close().await?, own);
    }
    server.settle().await?;
    assert!(client.is_quiet());
    Ok(())
}

/// GNOME 48 tells everybody, and its helper the sender once more.
#[tokio::test]
async fn on_gnome_48_what_is_told_twice_happens_once() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus, "gnome-shell").await?;
    let notify = open(&mut client, &mut server, 1, 1).await?;
    for signal in ["ActivationToken", "ActionInvoked"] {
        let what = if signal == "ActionInvoked" { "start" } else { "token" };
        server.tell(signal, &(1_u32, what)).await?;
        server.tell_sender(&notify, signal, &(1_u32, what)).await?;
    }
    server.tell("NotificationClosed", &(1_u32, 2_u32)).await?;
    server.tell_sender(&notify, "NotificationClosed", &(1_u32, 2_u32)).await?;
    assert_eq!(client.event().await?, answered(1, Answer::Start, Some("token")));
    assert_eq!(server.asked_to_close().await?, 1);
    // Closed without an answer, it is told once as well.
    let notify = open(&mut client, &mut server, 2, 2).await?;
    pass(Duration::from_secs(1)).await;
    server.tell("NotificationClosed", &(2_u32, 2_u32)).await?;
    server.tell_sender(&notify, "NotificationClosed", &(2_u32, 2_u32)).await?;
    assert_eq!(client.event().await?, NotifierEvent::Dismissed(OfferId(2)));
    server.settle().await?;
    assert!(client.is_quiet());
    Ok(())
}

/// GNOME 50 tells the sender alone.
#[tokio::test]
async fn on_gnome_50_what_only_we_are_told_arrives() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus, "gnome-shell").await?;
    let notify = open(&mut client, &mut server, 1, 1).await?;
    server.tell_sender(&notify, "ActivationToken", &(1_u32, "gnome-shell//1-0")).await?;
    server.tell_sender(&notify, "ActionInvoked", &(1_u32, "later")).await?;
    assert_eq!(client.event().await?, answered(1, Answer::Later, Some("gnome-shell//1-0")));
    assert_eq!(server.asked_to_close().await?, 1);
    let notify = open(&mut client, &mut server, 2, 2).await?;
    pass(Duration::from_secs(1)).await;
    server.tell_sender(&notify, "NotificationClosed", &(2_u32, 2_u32)).await?;
    assert_eq!(client.event().await?, NotifierEvent::Dismissed(OfferId(2)));
    Ok(())
}

/// Plasma 6 refuses what is like the one before and comes within a second.
#[tokio::test]
async fn what_plasma_refuses_for_being_alike_is_not_shown() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus, "Plasma").await?;
    open(&mut client, &mut server, 1, 1).await?;
    client.show(2).await?;
    let notify = server.asked_to_show().await?;
    assert_eq!(notify.replaces, 1);
    server.refuse(&notify, "Created too many similar notifications in quick succession").await?;
    let NotifierEvent::NotShown(OfferId(2), Obstacle::Refused(why)) = client.event().await? else {
        anyhow::bail!("not refused");
    };
    assert!(why.contains("ExcessNotificationGeneration"), "{why}");
    // The first is still there: a click on it answers what is asked now.
    server.tell("ActionInvoked", &(1_u32, "start")).await?;
    assert_eq!(client.event().await?, answered(2, Answer::Start, None));
    assert_eq!(server.asked_to_close().await?, 1);
    Ok(())
}

/// dunst 1.12 and 1.13 begin at 2, after each start.
#[tokio::test]
async fn on_dunst_whose_numbers_begin_at_two_answers_arrive() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus, "dunst").await?;
    let notify = open(&mut client, &mut server, 1, 2).await?;
    // Somebody else has the number before it.
    server.tell("ActionInvoked", &(1_u32, "start")).await?;
    server.tell_sender(&notify, "ActionInvoked", &(2_u32, "default")).await?;
    assert_eq!(client.event().await?, answered(1, Answer::Start, None));
    assert_eq!(server.asked_to_close().await?, 2);
    server.die().await?;
    while client.event().await? != NotifierEvent::Server(None) {}
    let mut server = Server::named(&bus, "dunst", &["actions", "body", "body-markup"]).await?;
    introduce(&mut client, &mut server).await?;
    let notify = open(&mut client, &mut server, 2, 2).await?;
    server.tell_sender(&notify, "ActionInvoked", &(2_u32, "later")).await?;
    assert_eq!(client.event().await?, answered(2, Answer::Later, None));
    Ok(())
}

/// GNOME 48 and 50 close ours, as dismissed, when another connection that used our desktop entry leaves the bus.
#[tokio::test]
async fn what_gnome_closes_for_a_namesake_counts_as_dismissed() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus, "gnome-shell").await?;
    let notify = open(&mut client, &mut server, 1, 1).await?;
    let namesake = bus.connect().await?;
    pass(Duration::from_secs(5)).await;
    namesake.close().await?;
    server.tell_sender(&notify, "NotificationClosed", &(1_u32, 2_u32)).await?;
    assert_eq!(client.event().await?, NotifierEvent::Dismissed(OfferId(1)));
    open(&mut client, &mut server, 2, 2).await?;
    server.tell("ActionInvoked", &(2_u32, "start")).await?;
    assert_eq!(client.event().await?, answered(2, Answer::Start, None));
    Ok(())
}

/// Budgie: the popup goes after 6 to 7 s, told as expired.
#[tokio::test]
async fn what_left_the_screen_of_budgie_is_shown_again_and_clicked() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus, "Budgie Notification Server").await?;
    open(&mut client, &mut server, 1, 1).await?;
    pass(Duration::from_secs(6)).await;
    server.tell("NotificationClosed", &(1_u32, 1_u32)).await?;
    server.settle().await?;
    client.command(NotifierCommand::ShowAgain(offer(1))).await?;
    let notify = server.asked_to_show().await?;
    server.name(&notify, 2).await?;
    assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(1)), "nobody dismissed it");
    server.tell("ActionInvoked", &(2_u32, "start")).await?;
    assert_eq!(client.event().await?, answered(1, Answer::Start, None));
    assert_eq!(server.asked_to_close().await?, 2);
    Ok(())
}

/// Cinnamon: it goes to the tray after 4 to 5 s, and nothing is told.
#[tokio::test]
async fn on_cinnamon_the_first_popup_goes_as_it_is_shown_again() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus, "cinnamon").await?;
    open(&mut client, &mut server, 1, 1).await?;
    client.command(NotifierCommand::ShowAgain(offer(1))).await?;
    assert_eq!(server.asked_to_close().await?, 1);
    let notify = server.asked_to_show().await?;
    assert_eq!(notify.replaces, 0, "what only changes stays in the tray");
    // It tells of its going late, which is no dismissal of the second.
    server.name(&notify, 2).await?;
    assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(1)));
    server.tell("NotificationClosed", &(1_u32, 3_u32)).await?;
    pass(Duration::from_secs(5)).await;
    client.command(NotifierCommand::ShowAgain(offer(1))).await?;
    client.command(NotifierCommand::Withdraw(OfferId(1))).await?;
    assert_eq!(server.asked_to_close().await?, 2, "never a third time");
    server.settle().await?;
    assert!(client.is_quiet());
    Ok(())
}
