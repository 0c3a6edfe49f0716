//! What real servers are known to do, done by a server of our own that has the name of theirs.

use kindbeat::notification::NotifierEvent;
use kindbeat::notification::Obstacle;
use kindbeat_core::offer::OfferId;

use super::bus::PrivateBus;
use super::client::Client;
use super::fake::Server;
use super::offers::introduce;

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
