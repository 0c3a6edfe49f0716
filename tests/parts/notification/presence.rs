//! Whether anybody shows notifications, found out without a trace.

use std::fs;

use kindbeat::notification::Bus;
use kindbeat::notification::NotificationError;
use kindbeat::notification::ServerPresence;
use kindbeat::notification::presence;

use super::bus::PrivateBus;
use super::client::soon;
use super::fake::Server;

#[tokio::test]
async fn a_server_that_runs_says_who_it_is() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut server = Server::start(&bus).await?;
    let at = Bus::at(bus.address());
    let asked = async {
        tokio::select! {
            // Who it is it says by itself.
            asked = server.asked() => anyhow::bail!("it was asked: {asked:?}"),
            found = presence(&at) => Ok(found?),
        }
    };
    let ServerPresence::Running(server) = soon(asked).await?? else {
        anyhow::bail!("nobody is there")
    };
    assert_eq!((server.name.as_str(), server.version.as_str()), ("fake", "1"));
    assert!(server.can("actions"));
    Ok(())
}

#[tokio::test]
async fn a_server_that_could_be_started_is_not() -> anyhow::Result<()> {
    let services = tempfile::tempdir()?;
    let service = services.path().join("server.service");
    let started = services.path().join("started");
    let text = format!(
        "[D-BUS Service]\nName=org.freedesktop.Notifications\nExec=/usr/bin/touch {}\n",
        started.display()
    );
    fs::write(&service, text)?;
    let Some(bus) = PrivateBus::with_services(&[&service], None)? else { return Ok(()) };
    let found = soon(presence(&Bus::at(bus.address()))).await??;
    assert_eq!(found, ServerPresence::Startable);
    assert!(!started.exists());
    Ok(())
}

#[tokio::test]
async fn where_nobody_is_there_that_is_said() -> anyhow::Result<()> {
    let Some(mut bus) = PrivateBus::start()? else { return Ok(()) };
    let at = Bus::at(bus.address());
    assert_eq!(soon(presence(&at)).await??, ServerPresence::Missing);
    bus.kill();
    let without = soon(presence(&at)).await?;
    assert!(matches!(without, Err(NotificationError::Ask { .. })), "{without:?}");
    Ok(())
}
