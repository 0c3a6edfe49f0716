//! Offers on servers of every temper.

use std::time::Duration;

use kindbeat::dbus::Bus;
use kindbeat::notification::DESKTOP_ENTRY;
use kindbeat::notification::Leftover;
use kindbeat::notification::NotifierCommand;
use kindbeat::notification::NotifierEvent;
use kindbeat::notification::Obstacle;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;

use super::bus::PrivateBus;
use super::client::Client;
use super::client::offer;
use super::client::pass;
use super::fake;
use super::fake::Notify;
use super::fake::Server;

/// Client and server, who know each other.
async fn met(bus: &PrivateBus) -> anyhow::Result<(Client, Server)> {
    let mut server = Server::start(bus).await?;
    let mut client = Client::start(&bus.address());
    introduce(&mut client, &mut server).await?;
    Ok((client, server))
}

/// Lets the server say who it is, which it does while it waits to be asked something else.
pub(super) async fn introduce(client: &mut Client, server: &mut Server) -> anyhow::Result<()> {
    tokio::select! {
        known = client.server() => known.map(|_| ()),
        asked = server.asked() => anyhow::bail!("asked too early: {asked:?}"),
    }
}

/// Shows an offer under this number.
pub(super) async fn open(
    client: &mut Client,
    server: &mut Server,
    offer: u64,
    id: u32,
) -> anyhow::Result<Notify> {
    client.show(offer).await?;
    let notify = server.asked_to_show().await?;
    server.name(&notify, id).await?;
    assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(offer)));
    Ok(notify)
}

pub(super) fn answered(offer: u64, answer: Answer, token: Option<&str>) -> NotifierEvent {
    NotifierEvent::Answered(OfferId(offer), answer, token.map(ToOwned::to_owned))
}

#[tokio::test]
async fn answers_arrive_with_their_token_among_foreign_signals() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    let answers = [("start", Answer::Start), ("later", Answer::Later), ("fine", Answer::Fine)];
    for (round, (action, answer)) in (1..=30_u32).zip(answers.into_iter().cycle()) {
        client.show(round.into()).await?;
        let notify = server.asked_to_show().await?;
        let (own, other) = (2 * round, 2 * round + 1);
        let token = format!("token-{round}");
        // Back to back, as servers do, and right behind the reply.
        server.name(&notify, own).await?;
        server.tell("ActivationToken", &(other, "not ours")).await?;
        server.tell_sender(&notify, "ActivationToken", &(own, token.as_str())).await?;
        server.tell("ActionInvoked", &(other, "default")).await?;
        server.tell("NotificationClosed", &(other, 2_u32)).await?;
        server.tell_sender(&notify, "ActionInvoked", &(own, action)).await?;
        server.tell_sender(&notify, "NotificationClosed", &(own, 3_u32)).await?;
        assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(round.into())));
        assert_eq!(client.event().await?, answered(round.into(), answer, Some(&token)));
        assert_eq!(server.asked_to_close().await?, own);
    }
    assert!(client.is_quiet());
    Ok(())
}

#[tokio::test]
async fn a_server_that_does_not_know_itself_yet_is_asked_again() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut server = Server::start(&bus).await?;
    server.unaware = 2;
    let mut client = Client::start(&bus.address());
    client.show(1).await?;
    // In the layout that it has room for, and not before.
    let notify = server.asked_to_show().await?;
    assert_eq!(notify.buttons.len(), 4);
    assert_eq!(client.server().await?.name, "fake");
    Ok(())
}

#[tokio::test]
async fn an_offer_is_shown_as_it_should_be() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    let notify = open(&mut client, &mut server, 1, 5).await?;
    assert_eq!((notify.replaces, notify.timeout), (0, 0));
    assert_eq!(notify.title, "A short break?");
    assert_eq!(notify.buttons, ["start", "later", "fine", "default"]);
    let hint = |name: &str| notify.hints.get(name).map(|hint| format!("{:?}", **hint));
    assert_eq!(hint("urgency").as_deref(), Some("U8(1)"));
    assert_eq!(hint("desktop-entry"), Some(format!("Str({DESKTOP_ENTRY:?})")));
    Ok(())
}

#[tokio::test]
async fn an_offer_closed_twice_is_dismissed_once() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    open(&mut client, &mut server, 1, 5).await?;
    // By a person: no sooner than that.
    pass(Duration::from_secs(1)).await;
    server.tell("NotificationClosed", &(5_u32, 2_u32)).await?;
    server.tell("NotificationClosed", &(5_u32, 2_u32)).await?;
    assert_eq!(client.event().await?, NotifierEvent::Dismissed(OfferId(1)));
    open(&mut client, &mut server, 2, 6).await?;
    server.tell("ActionInvoked", &(6_u32, "default")).await?;
    assert_eq!(client.event().await?, answered(2, Answer::Start, None));
    Ok(())
}

#[tokio::test]
async fn a_server_may_give_the_same_number_again_and_again() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    for round in 1..=5 {
        open(&mut client, &mut server, round, 1).await?;
        server.tell("ActionInvoked", &(1_u32, "fine")).await?;
        assert_eq!(client.event().await?, answered(round, Answer::Fine, None));
        assert_eq!(server.asked_to_close().await?, 1);
        server.tell("NotificationClosed", &(1_u32, 3_u32)).await?;
        server.tell("NotificationClosed", &(1_u32, 3_u32)).await?;
        server.tell("ActionInvoked", &(1_u32, "start")).await?;
    }
    server.settle().await?;
    assert!(client.is_quiet());
    Ok(())
}

#[tokio::test]
async fn a_server_that_takes_three_seconds_holds_nothing_up() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    client.show(1).await?;
    let slow = server.asked_to_show().await?;
    pass(Duration::from_secs(3)).await;
    // Commands are taken meanwhile.
    client.show(2).await?;
    client.command(NotifierCommand::Withdraw(OfferId(2))).await?;
    client.show(3).await?;
    server.name(&slow, 5).await?;
    let replacement = server.asked_to_show().await?;
    assert_eq!(replacement.replaces, 5);
    server.name(&replacement, 5).await?;
    assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(3)));
    server.tell("ActionInvoked", &(5_u32, "later")).await?;
    assert_eq!(client.event().await?, answered(3, Answer::Later, None));
    Ok(())
}

#[tokio::test]
async fn a_server_that_does_not_reply_is_given_up_after_ten_seconds() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    client.show(1).await?;
    let silent = server.asked_to_show().await?;
    pass(Duration::from_secs(5)).await;
    assert!(client.is_quiet());
    pass(Duration::from_secs(6)).await;
    assert_eq!(client.event().await?, NotifierEvent::NotShown(OfferId(1), Obstacle::NoReply));
    // And taken back when it does after all.
    server.name(&silent, 5).await?;
    assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(1)));
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_told_with_its_reason() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    client.show(1).await?;
    let notify = server.asked_to_show().await?;
    server.refuse(&notify, "too many").await?;
    let NotifierEvent::NotShown(OfferId(1), Obstacle::Refused(reason)) = client.event().await?
    else {
        anyhow::bail!("not refused");
    };
    assert!(reason.ends_with("ExcessNotificationGeneration: too many"), "{reason}");
    Ok(())
}

#[tokio::test]
async fn a_click_that_somebody_else_forges_is_ignored() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    let notify = open(&mut client, &mut server, 1, 5).await?;
    let forger = bus.connect().await?;
    for to in [None, notify.sender().as_deref()] {
        fake::emit(&forger, to, "ActivationToken", &(5_u32, "forged")).await?;
        fake::emit(&forger, to, "ActionInvoked", &(5_u32, "start")).await?;
        fake::emit(&forger, to, "NotificationClosed", &(5_u32, 2_u32)).await?;
    }
    fake::settle(&forger).await?;
    server.tell("ActionInvoked", &(5_u32, "later")).await?;
    assert_eq!(client.event().await?, answered(1, Answer::Later, None));
    Ok(())
}

#[tokio::test]
async fn a_killed_server_shows_the_open_offer_again_when_back() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    open(&mut client, &mut server, 1, 5).await?;
    server.die().await?;
    assert_eq!(client.event().await?, NotifierEvent::Lost(OfferId(1)));
    assert_eq!(client.event().await?, NotifierEvent::Server(None));

    let mut server = Server::start(&bus).await?;
    let again = server.asked_to_show().await?;
    assert_eq!(again.replaces, 0);
    // Numbers begin anew.
    server.name(&again, 1).await?;
    assert!(matches!(client.event().await?, NotifierEvent::Server(Some(_))));
    assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(1)));
    server.tell("NotificationClosed", &(5_u32, 2_u32)).await?;
    server.die().await?;
    assert_eq!(client.event().await?, NotifierEvent::Lost(OfferId(1)));
    assert_eq!(client.event().await?, NotifierEvent::Server(None));

    // And not every time; the next offer is another matter.
    let mut server = Server::start(&bus).await?;
    introduce(&mut client, &mut server).await?;
    open(&mut client, &mut server, 2, 1).await?;
    server.tell("ActionInvoked", &(1_u32, "start")).await?;
    assert_eq!(client.event().await?, answered(2, Answer::Start, None));
    Ok(())
}

#[tokio::test]
async fn a_missing_server_is_reported_and_a_late_one_shows_the_offer() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut client = Client::start(&bus.address());
    client.show(1).await?;
    assert_eq!(client.event().await?, NotifierEvent::Server(None));
    assert_eq!(client.event().await?, NotifierEvent::NotShown(OfferId(1), Obstacle::NoServer));

    let mut server = Server::start(&bus).await?;
    let notify = server.asked_to_show().await?;
    server.name(&notify, 1).await?;
    assert!(matches!(client.event().await?, NotifierEvent::Server(Some(_))));
    assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(1)));
    server.tell("ActionInvoked", &(1_u32, "start")).await?;
    assert_eq!(client.event().await?, answered(1, Answer::Start, None));
    Ok(())
}

#[tokio::test]
async fn a_server_that_cannot_be_started_is_no_server() -> anyhow::Result<()> {
    let services = tempfile::tempdir()?;
    let service = services.path().join("broken.service");
    let text = "[D-BUS Service]\nName=org.freedesktop.Notifications\nExec=/bin/false\n";
    std::fs::write(&service, text)?;
    let Some(bus) = PrivateBus::with_services(&[&service], None)? else { return Ok(()) };
    let mut client = Client::start(&bus.address());
    assert_eq!(client.event().await?, NotifierEvent::Server(None));
    // Nothing is started before there is something to show; then it is tried for each offer.
    for round in 1..=2 {
        client.show(round).await?;
        let told = NotifierEvent::NotShown(OfferId(round), Obstacle::NoServer);
        assert_eq!(client.event().await?, told);
    }
    Ok(())
}

#[tokio::test]
async fn without_a_bus_that_is_told_at_once_for_every_offer() -> anyhow::Result<()> {
    let mut client = Client::start("unix:path=/nonexistent/bus");
    assert_eq!(client.event().await?, NotifierEvent::Server(None));
    for round in 1..=2 {
        client.show(round).await?;
        let told = NotifierEvent::NotShown(OfferId(round), Obstacle::NoServer);
        assert_eq!(client.event().await?, told);
    }
    client.end().await
}

#[tokio::test]
async fn a_bus_that_dies_takes_the_offer_along_and_is_found_again() -> anyhow::Result<()> {
    let Some(mut bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    open(&mut client, &mut server, 1, 5).await?;
    bus.kill();
    assert_eq!(client.event().await?, NotifierEvent::Lost(OfferId(1)));
    assert_eq!(client.event().await?, NotifierEvent::Server(None));
    client.show(2).await?;
    assert_eq!(client.event().await?, NotifierEvent::NotShown(OfferId(2), Obstacle::NoServer));

    // It is looked for, and the server on it, and the offer shows.
    bus.restart()?;
    let mut server = Server::start(&bus).await?;
    pass(Duration::from_secs(1)).await;
    let notify = server.asked_to_show().await?;
    server.name(&notify, 1).await?;
    assert!(matches!(client.event().await?, NotifierEvent::Server(Some(_))));
    assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(2)));
    Ok(())
}

#[tokio::test]
async fn a_server_without_buttons_gets_text_on_how_to_begin() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut server = Server::named(&bus, "plain", &["body"]).await?;
    let mut client = Client::start(&bus.address());
    introduce(&mut client, &mut server).await?;
    let notify = open(&mut client, &mut server, 1, 1).await?;
    assert_eq!(notify.buttons, [""; 0]);
    assert!(notify.body.ends_with("\nTo begin: kindbeat break"), "{}", notify.body);
    Ok(())
}

#[tokio::test]
async fn text_is_escaped_for_a_server_that_reads_markup() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (client, mut server) = met(&bus).await?;
    let body = "<b>R&D</b> \u{2764} > 90".to_owned();
    client
        .command(NotifierCommand::Show(kindbeat::notification::OfferNotification {
            body,
            ..offer(1)
        }))
        .await?;
    let notify = server.asked_to_show().await?;
    assert_eq!(notify.body, "&lt;b&gt;R&amp;D&lt;/b&gt; \u{2764} &gt; 90");
    Ok(())
}

#[tokio::test]
async fn an_open_offer_goes_when_withdrawn_or_when_the_program_ends() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    open(&mut client, &mut server, 1, 5).await?;
    client.command(NotifierCommand::Withdraw(OfferId(1))).await?;
    assert_eq!(server.asked_to_close().await?, 5);
    open(&mut client, &mut server, 2, 6).await?;
    client.end().await?;
    assert_eq!(server.asked_to_close().await?, 6);

    // The same when nobody takes events any more.
    let mut client = Client::start(&bus.address());
    introduce(&mut client, &mut server).await?;
    open(&mut client, &mut server, 3, 7).await?;
    drop(client);
    assert_eq!(server.asked_to_close().await?, 7);
    Ok(())
}

#[tokio::test]
async fn nobody_who_is_slow_to_take_events_holds_up_the_bus() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let (mut client, mut server) = met(&bus).await?;
    // More than the channel takes.
    for round in 1..=40_u32 {
        client.show(round.into()).await?;
        let notify = server.asked_to_show().await?;
        server.name(&notify, round).await?;
        server.tell("ActionInvoked", &(round, "fine")).await?;
        assert_eq!(server.asked_to_close().await?, round);
    }
    for round in 1..=40 {
        assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(round)));
        assert_eq!(client.event().await?, answered(round, Answer::Fine, None));
    }
    Ok(())
}

#[tokio::test]
async fn what_a_killed_run_left_is_taken_away_by_the_next() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("offer");
    let start = || Client::with(Bus::at(bus.address()), Leftover::at(file.clone()));
    let mut server = Server::start(&bus).await?;
    let mut client = start();
    client.server().await?;
    open(&mut client, &mut server, 1, 17).await?;
    assert!(file.exists());
    client.killed();
    let mut client = start();
    client.server().await?;
    assert_eq!(server.asked_to_close().await?, 17);
    // Another server has numbers of its own.
    open(&mut client, &mut server, 2, 18).await?;
    client.killed();
    drop(server);
    let mut server = Server::start(&bus).await?;
    let mut client = start();
    client.server().await?;
    open(&mut client, &mut server, 3, 19).await?;
    client.command(NotifierCommand::Withdraw(OfferId(3))).await?;
    assert_eq!(server.asked_to_close().await?, 19, "and never 18");
    // What was taken away in good order is not remembered.
    open(&mut client, &mut server, 4, 20).await?;
    client.ends();
    assert_eq!(server.asked_to_close().await?, 20);
    assert!(!file.exists());
    Ok(())
}
