//! What is told to whoever listens.

use std::collections::HashMap;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use kindbeat::interface::NAME;
use kindbeat_core::offer::Gate;
use kindbeat_core::status::News;
use kindbeat_core::status::Status;
use zbus::MatchRule;
use zbus::MessageStream;
use zbus::OwnedVariant;

use super::bus::PrivateBus;
use super::stand::Stand;
use super::stand::soon;
use super::stand::streaming;

struct Listener {
    messages: MessageStream,
}

impl Listener {
    async fn new(bus: &PrivateBus) -> anyhow::Result<Self> {
        let rule =
            MatchRule::builder().msg_type(zbus::message::Type::Signal).sender(NAME).build()?;
        let connection = bus.connect().await?;
        Ok(Self { messages: MessageStream::for_match_rule(rule, &connection, None).await? })
    }

    /// What it hears next: the signal and its text, or the properties that changed.
    async fn hears(&mut self) -> anyhow::Result<String> {
        let message = soon(self.messages.next()).await?.context("no bus")??;
        let header = message.header();
        let (member, body) = (header.member().context("a signal")?.to_string(), message.body());
        if member != "PropertiesChanged" {
            return Ok(format!("{member} {}", body.deserialize::<&str>()?));
        }
        let (interface, changed, invalidated): (
            String,
            HashMap<String, OwnedVariant>,
            Vec<String>,
        ) = body.deserialize()?;
        assert_eq!((interface.as_str(), invalidated.len()), (NAME, 0));
        let mut changed: Vec<_> =
            changed.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        changed.sort();
        Ok(changed.join(" "))
    }
}

#[tokio::test]
async fn offers_and_breaks_are_signalled() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let stand = Stand::start(&bus).await?;
    let mut listener = Listener::new(&bus).await?;
    let news = [
        News::OfferMade("The heart averaged 92 beats a minute.".to_owned()),
        News::OfferHeld(Gate::InCall),
        News::BreakStarted("kind-hand".to_owned()),
        News::BreakEnded("too_much"),
    ];
    for news in &news {
        stand.served.tell(news).await;
    }
    assert_eq!(listener.hears().await?, "OfferMade The heart averaged 92 beats a minute.");
    assert_eq!(listener.hears().await?, "OfferHeld in_call");
    assert_eq!(listener.hears().await?, "BreakStarted kind-hand");
    assert_eq!(listener.hears().await?, "BreakEnded too_much");
    Ok(())
}

#[tokio::test]
async fn of_what_stands_otherwise_only_that_is_told() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let stand = Stand::start(&bus).await?;
    let mut listener = Listener::new(&bus).await?;
    stand.changes(streaming()).await;
    insta::assert_snapshot!(listener.hears().await?, @r#"Battery=OwnedVariant(U8(87)) Elevated=OwnedVariant(Bool(false)) SensorName=OwnedVariant(Str("Polar H10")) SnoozedUntil=OwnedVariant(I64(0)) State=OwnedVariant(Str("streaming")) Usual=OwnedVariant(F64(66.25))"#);
    // Nobody is told of the rate.
    stand.changes(Status { heart_rate: Some(73), ..streaming() }).await;
    let since = Some("2030-05-07T13:00:00Z".parse()?);
    stand.changes(Status { elevated_since: since, usual: Some(66.5), ..streaming() }).await;
    insta::assert_snapshot!(listener.hears().await?, @"Elevated=OwnedVariant(Bool(true)) Usual=OwnedVariant(F64(66.5))");
    stand.changes(Status { state: "silent".to_owned(), ..streaming() }).await;
    insta::assert_snapshot!(listener.hears().await?, @r#"Elevated=OwnedVariant(Bool(false)) State=OwnedVariant(Str("silent")) Usual=OwnedVariant(F64(66.25))"#);
    Ok(())
}
