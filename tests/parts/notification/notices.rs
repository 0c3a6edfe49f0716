//! What finds the session bus by itself, as plain notices do: each test has a second process, whose session bus is ours.

use std::process::Command;
use std::process::Stdio;

use kindbeat::notification::Bus;
use kindbeat::notification::NotificationError;
use kindbeat::notification::NotifierEvent;
use kindbeat::notification::notice;
use kindbeat_core::offer::OfferId;

use super::bus::PrivateBus;
use super::client::Client;
use super::fake::Server;
use crate::again::name_of_test;

#[tokio::test]
async fn a_notice_has_no_buttons_and_can_be_taken_away() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut server = Server::start(&bus).await?;
    let mut child = program(&bus, name_of_test!(program_that_shows_and_closes))?.spawn()?;
    let notify = server.asked_to_show().await?;
    assert_eq!(notify.title, "The settings could not be read");
    assert_eq!(notify.body, "config.toml: line 3: 5 &lt; 3 &amp; so on");
    assert_eq!((notify.buttons.len(), notify.replaces), (0, 0));
    assert!(!notify.hints.contains_key("desktop-entry"));
    server.name(&notify, 4).await?;
    assert_eq!(server.asked_to_close().await?, 4);
    // Here the close is waited for.
    server.done().await?;
    assert!(child.wait()?.success());
    Ok(())
}

#[test]
fn a_notice_without_a_server_says_so() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    assert!(program(&bus, name_of_test!(program_without_a_server))?.status()?.success());
    Ok(())
}

#[tokio::test]
async fn an_offer_finds_the_session_bus() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut server = Server::start(&bus).await?;
    let mut child = program(&bus, name_of_test!(program_that_offers))?.spawn()?;
    let notify = server.asked_to_show().await?;
    server.name(&notify, 4).await?;
    server.tell("ActionInvoked", &(4_u32, "start")).await?;
    assert_eq!(server.asked_to_close().await?, 4);
    assert!(child.wait()?.success());
    Ok(())
}

#[tokio::test]
async fn program_that_offers() -> anyhow::Result<()> {
    if std::env::var_os(ALONE).is_some() {
        let mut client = Client::on(Bus::session());
        client.server().await?;
        client.show(1).await?;
        assert_eq!(client.event().await?, NotifierEvent::Shown(OfferId(1)));
        assert!(matches!(client.event().await?, NotifierEvent::Answered(..)));
        client.end().await?;
    }
    Ok(())
}

#[tokio::test]
async fn program_that_shows_and_closes() -> anyhow::Result<()> {
    if std::env::var_os(ALONE).is_some() {
        let body = "config.toml: line 3: 5 < 3 & so on";
        notice("The settings could not be read", body).await?.close().await;
    }
    Ok(())
}

#[tokio::test]
async fn program_without_a_server() {
    if std::env::var_os(ALONE).is_some() {
        let shown = notice("title", "body").await;
        assert!(matches!(shown, Err(NotificationError::Show(_))), "{shown:?}");
    }
}

/// One of the tests above, in a process of its own on this bus.
fn program(bus: &PrivateBus, test: &str) -> anyhow::Result<Command> {
    let mut command = bus.program(&std::env::current_exe()?.to_string_lossy());
    command.args(["--exact", test]).env(ALONE, "1").stdout(Stdio::null());
    Ok(command)
}

/// Set in the process of its own.
const ALONE: &str = "KINDBEAT_TEST_NOTICE";
