//! A notification server that has much to tell while it is asked.

use std::collections::HashMap;

use futures_util::StreamExt as _;
use kindbeat::dbus::Bus;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;
use zbus::Connection;
use zbus::MessageStream;
use zbus::Variant;

use super::bus::PrivateBus;
use super::stand::Watcher;
use super::stand::nowhere;

#[tokio::test]
async fn signals_do_not_delay_an_answer_on_its_way() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let server = bus.connect().await?;
    let calls = MessageStream::from(&server);
    server.request_name(NAME).await?;
    let serving = tokio::spawn(serve(server, calls));
    let mut place = nowhere(bus.folder());
    place.session_bus = Bus::at(bus.address());
    let mut watcher = Watcher::start(place).await?;
    watcher.until(|seen| seen[Fact::DoNotDisturb] == Probe::Yes).await?;
    watcher.end().await?;
    serving.abort();
    Ok(())
}

/// Answers as Plasma does, that it is silenced. Before the first answer it tells of a thousand changes.
async fn serve(server: Connection, mut calls: MessageStream) -> anyhow::Result<()> {
    let mut changes = 1_000;
    while let Some(Ok(call)) = calls.next().await {
        let header = call.header();
        match header.member().map(zbus::names::MemberName::as_str) {
            Some("GetServerInformation") => {
                server.reply(&header, &("Plasma", "nobody", "1", "1.2")).await?;
            }
            Some("Get") => {
                for _ in 0..std::mem::take(&mut changes) {
                    let now = HashMap::from([("Inhibited", Variant::from(true))]);
                    let body = (NAME, now, Vec::<&str>::new());
                    server
                        .emit_signal(None::<&str>, PATH, PROPERTIES, "PropertiesChanged", &body)
                        .await?;
                }
                server.reply(&header, &(Variant::from(true),)).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
