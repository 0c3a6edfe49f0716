//! A year of offers in a moment, and as much memory after it as before.
//!
//! Memory is that of a whole process, and the tests beside this one use some, too: it runs in a process of its own.

use std::process::Command;

use kindbeat::edge::notification::Event;

use super::bus::PrivateBus;
use super::client::Client;
use super::fake::Server;

#[test]
fn a_thousand_answers_leave_nothing_behind() -> anyhow::Result<()> {
    let name = "memory::a_thousand_answers";
    let child = Command::new(std::env::current_exe()?)
        .args(["--exact", name, "--nocapture"])
        .env(ALONE, "1")
        .status()?;
    assert!(child.success());
    Ok(())
}

#[tokio::test]
async fn a_thousand_answers() -> anyhow::Result<()> {
    if std::env::var_os(ALONE).is_none() {
        return Ok(());
    }
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let mut server = Server::start(&bus).await?;
    let mut client = Client::start(&bus.address());
    tokio::select! {
        known = client.server() => known.map(|_| ())?,
        asked = server.asked() => anyhow::bail!("asked too early: {asked:?}"),
    }
    answer(&mut client, &mut server, 1..=200).await?;
    let before = resident_kib()?;
    answer(&mut client, &mut server, 201..=1200).await?;
    let after = resident_kib()?;
    let said = format!("{before} KiB before, {after} KiB after");
    assert!(after <= before + MOST_KIB, "{said}");
    Ok(())
}

async fn answer(
    client: &mut Client,
    server: &mut Server,
    rounds: std::ops::RangeInclusive<u32>,
) -> anyhow::Result<()> {
    for round in rounds {
        client.show(round.into()).await?;
        let notify = server.asked_to_show().await?;
        server.name(&notify, round).await?;
        server.tell_sender(&notify, "ActivationToken", &(round, "some token")).await?;
        server.tell("ActionInvoked", &(round + 1, "default")).await?;
        server.tell_sender(&notify, "ActionInvoked", &(round, "start")).await?;
        server.tell("NotificationClosed", &(round, 3_u32)).await?;
        anyhow::ensure!(matches!(client.event().await?, Event::Shown(_)));
        anyhow::ensure!(matches!(client.event().await?, Event::Answered(_, _, Some(_))));
        anyhow::ensure!(server.asked_to_close().await? == round);
    }
    Ok(())
}

/// What this process holds in memory.
fn resident_kib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let figure = line.and_then(|line| line.split_whitespace().next());
    Ok(figure.unwrap_or_default().parse()?)
}

/// Set in the process of its own.
const ALONE: &str = "KINDBEAT_TEST_ALONE";

/// A tenth of what a single kilobyte kept for each answer would come to, doubled for what the allocator does meanwhile.
const MOST_KIB: u64 = 200;
