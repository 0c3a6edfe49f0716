//! Straps that send what no strap is to send, or not as the standard has it, and straps beside one's own.

use kindbeat_core::status::Status;

use crate::stacks::account::Cause;
use crate::stacks::account::Fact;
use crate::stacks::lab::Lab;
use crate::stacks::lab::NAME;
use crate::stacks::story::nobody_knows_it;
use crate::stacks::story::seconds;

pub(crate) async fn strange(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("appear").await?;
    lab.start_daemon()?;
    lab.streams_after(Cause::NotStarted).await?;

    rates(lab).await?;
    malformed(lab).await?;
    battery(lab).await?;
    second_link(lab).await?;
    band(lab).await?;
    two_straps(lab).await?;
    named(lab).await?;
    often(lab).await
}

/// Rates that no heart has.
async fn rates(lab: &mut Lab) -> anyhow::Result<()> {
    for form in ["impossible", "none"] {
        lab.strap.order(&format!("send {form}")).await?;
        lab.stays(&format!("no rate, {form}"), LONG, |status| {
            status.state == "streaming" && status.heart_rate.is_none()
        })
        .await?;
        lab.strap.order("send plain").await?;
        lab.streams_after(Cause::NoRate(form.to_owned())).await?;
    }
    Ok(())
}

/// Packets of which only the rate can be read.
async fn malformed(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("send unannounced").await?;
    lab.stays("the rate before bytes that no flag announces", LONG, |status| {
        status.state == "streaming" && status.heart_rate == Some(70)
    })
    .await?;
    lab.strap.order("send odd").await?;
    seconds(3).await;
    lab.streams_after(Cause::Form("odd".to_owned())).await?;
    lab.goes_on(true, LONG).await?;
    lab.strap.order("send plain").await?;
    lab.streams_after(Cause::Malformed).await
}

/// A battery that is fuller than full.
async fn battery(lab: &Lab) -> anyhow::Result<()> {
    let is_low =
        |status: &Status| status.sensor.as_ref().is_some_and(|sensor| sensor.battery == Some(9));
    lab.strap.order("battery 9").await?;
    lab.says("a battery of 9 %", is_low).await?;
    lab.strap.order("battery 200").await?;
    lab.stays("a battery of 9 % still", 5, is_low).await
}

/// A phone connects to a strap that has two links.
async fn second_link(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("join").await?;
    lab.streams_after(Cause::Joined).await?;
    lab.goes_on(true, LONG).await?;
    lab.strap.order("free").await?;
    lab.goes_on(true, 5).await
}

/// A band that does not say what it is, and of which nobody but the daemon knows from before.
async fn band(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("advertise name").await?;
    lab.strap.order("vanish").await?;
    lab.is_lost().await?;
    lab.end_daemon().await?;
    lab.remove_devices().await?;
    lab.start_daemon()?;
    lab.is_said(&["searching"]).await?;
    lab.goes_on(false, 40).await?;
    lab.strap.order("appear").await?;
    lab.streams_after(Cause::KnownFromBefore).await?;
    lab.strap.order("advertise service").await
}

/// Two straps that nobody has seen before.
async fn two_straps(lab: &mut Lab) -> anyhow::Result<()> {
    nobody_knows_it(lab, "any").await?;
    lab.strap.order("signal -75").await?;
    lab.strap.order("appear").await?;
    lab.strap.order("another appear").await?;
    lab.start_daemon()?;
    lab.streams_after(Cause::Two).await?;
    lab.says("the stronger of two", |status| streams_from(status, ANOTHER)).await?;
    lab.strap.order("signal -50").await
}

/// Another strap, which is in reach, than the settings name, which is not.
async fn named(lab: &mut Lab) -> anyhow::Result<()> {
    nobody_knows_it(lab, NAME).await?;
    lab.start_daemon()?;
    lab.says("another than the one that is named", |status| {
        let other = status.other_sensor.as_ref().and_then(|other| other.name.as_deref());
        status.state == "searching" && other == Some(ANOTHER)
    })
    .await?;
    lab.goes_on(false, 25).await?;
    lab.strap.order("appear").await?;
    lab.streams_after(Cause::Named).await?;
    lab.says("the one that is named", |status| {
        streams_from(status, NAME) && status.other_sensor.is_none()
    })
    .await?;
    lab.strap.order("another vanish").await
}

/// Four measurements a second.
async fn often(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("often 4").await?;
    lab.tell(Fact::Often(true));
    lab.goes_on(true, 30).await?;
    lab.tell(Fact::Often(false));
    lab.strap.order("every 1").await?;
    lab.streams_after(Cause::Often).await
}

fn streams_from(status: &Status, strap: &str) -> bool {
    let name = status.sensor.as_ref().and_then(|sensor| sensor.name.as_deref());
    status.state == "streaming" && name == Some(strap)
}

/// The second strap (`radio.py`).
const ANOTHER: &str = "Another strap";
/// Longer than a strap may be silent that sends every second, in seconds.
const LONG: u32 = 12;
