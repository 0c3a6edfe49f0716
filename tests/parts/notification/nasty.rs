//! A thousand answers from the worst of servers: none is lost, none is taken from anybody else, and as much memory is held after
//! them as before.
//!
//! Memory is that of a whole process, and the tests beside this one use some, too: it runs in a process of its own.

use std::fs;
use std::process::Command;
use std::time::Duration;

use kindbeat::notification::DESKTOP_ENTRY;
use kindbeat::notification::NotifierEvent;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use zbus::Connection;

use super::bus::PrivateBus;
use super::client::Client;
use super::client::pass;
use super::fake;
use super::fake::Notify;
use super::fake::Server;
use super::offers::introduce;
use crate::again::name_of_test;

#[test]
fn a_thousand_answers_arrive_unforged_without_a_leak() -> anyhow::Result<()> {
    let name = name_of_test!(a_thousand_answers);
    // With an icon, offers bring no picture along: the server, in the same process, takes one apart into a megabyte.
    let data = tempfile::tempdir()?;
    fs::create_dir(data.path().join("pixmaps"))?;
    fs::write(data.path().join("pixmaps").join(format!("{DESKTOP_ENTRY}.png")), "")?;
    let child = Command::new(std::env::current_exe()?)
        .args(["--exact", name, "--nocapture"])
        .env(ALONE, "1")
        .env("XDG_DATA_DIRS", data.path())
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
    let mut nasty = Nasty::start(&bus).await?;
    for round in 1..=200 {
        nasty.round(&bus, round).await?;
    }
    let before = resident_kib()?;
    for round in 201..=1200 {
        nasty.round(&bus, round).await?;
    }
    let after = resident_kib()?;
    assert!(nasty.client.is_quiet());
    assert!(after <= before + MOST_KIB, "{before} KiB before, {after} KiB after");
    Ok(())
}

struct Nasty {
    client: Client,
    server: Server,
    forger: Connection,
    /// How many numbers this server has given away.
    given: u32,
}

impl Nasty {
    async fn start(bus: &PrivateBus) -> anyhow::Result<Self> {
        let mut server = Server::start(bus).await?;
        let mut client = Client::start(&bus.address());
        introduce(&mut client, &mut server).await?;
        Ok(Self { client, server, forger: bus.connect().await?, given: 0 })
    }

    /// One offer and its answer, with what a server may do around it; each does its worst in some rounds.
    async fn round(&mut self, bus: &PrivateBus, round: u64) -> anyhow::Result<()> {
        self.client.show(round).await?;
        let mut notify = self.server.asked_to_show().await?;
        if round.is_multiple_of(7) {
            // Slow, as the first notification of a session is.
            pass(Duration::from_secs(3)).await;
        }
        if round.is_multiple_of(10) {
            notify = self.die_with(bus, notify, round).await?;
        }
        self.given += 1;
        let own = self.given;
        let (action, answer) = match round % 4 {
            0 => ("default", Answer::Start),
            1 => ("start", Answer::Start),
            2 => ("later", Answer::Later),
            _ => ("fine", Answer::Fine),
        };
        if round.is_multiple_of(3) {
            // Known to the forger before the program knows it.
            self.forge(&notify, own).await?;
        }
        self.server.name(&notify, own).await?;
        anyhow::ensure!(self.client.event().await? == NotifierEvent::Shown(OfferId(round)));
        self.forge(&notify, own).await?;
        let token = format!("token-{round}");
        self.click(&notify, own, &token, action).await?;
        let told = self.client.event().await?;
        anyhow::ensure!(
            told == NotifierEvent::Answered(OfferId(round), answer, Some(token)),
            "{told:?}"
        );
        anyhow::ensure!(self.server.asked_to_close().await? == own);
        Ok(())
    }

    /// The server dies with the offer on it, and its numbers start over.
    async fn die_with(
        &mut self,
        bus: &PrivateBus,
        notify: Notify,
        round: u64,
    ) -> anyhow::Result<Notify> {
        self.server.name(&notify, self.given + 1).await?;
        anyhow::ensure!(self.client.event().await? == NotifierEvent::Shown(OfferId(round)));
        self.server.die().await?;
        anyhow::ensure!(self.client.event().await? == NotifierEvent::Lost(OfferId(round)));
        anyhow::ensure!(self.client.event().await? == NotifierEvent::Server(None));
        self.server = Server::start(bus).await?;
        self.given = 0;
        let again = self.server.asked_to_show().await?;
        anyhow::ensure!(matches!(self.client.event().await?, NotifierEvent::Server(Some(_))));
        Ok(again)
    }

    /// The token first and to this program alone, the signals of others in between, and closed twice.
    async fn click(
        &self,
        notify: &Notify,
        own: u32,
        token: &str,
        action: &str,
    ) -> anyhow::Result<()> {
        let server = &self.server;
        let other = own + 1;
        server.tell_sender(notify, "ActivationToken", &(own, token)).await?;
        server.tell("ActivationToken", &(other, "not ours")).await?;
        server.tell("ActionInvoked", &(other, "default")).await?;
        server.tell("NotificationClosed", &(other, 2_u32)).await?;
        server.tell_sender(notify, "ActionInvoked", &(own, action)).await?;
        server.tell("NotificationClosed", &(own, 3_u32)).await?;
        server.tell_sender(notify, "NotificationClosed", &(own, 3_u32)).await?;
        Ok(())
    }

    /// Somebody else claims that it was answered, and closed, to everybody and to the program alone.
    async fn forge(&self, notify: &Notify, id: u32) -> anyhow::Result<()> {
        for to in [None, notify.sender().as_deref()] {
            fake::emit(&self.forger, to, "ActivationToken", &(id, "forged")).await?;
            fake::emit(&self.forger, to, "ActionInvoked", &(id, "forged")).await?;
            fake::emit(&self.forger, to, "ActionInvoked", &(id, "start")).await?;
            fake::emit(&self.forger, to, "NotificationClosed", &(id, 2_u32)).await?;
        }
        // It has arrived before anything that is sent from now on.
        Ok(fake::settle(&self.forger).await?)
    }
}

/// What this process holds in memory.
fn resident_kib() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let figure = line.and_then(|line| line.split_whitespace().next());
    Ok(figure.unwrap_or_default().parse()?)
}

/// Set in the process of its own.
const ALONE: &str = "KINDBEAT_TEST_ALONE";

/// A fifth of what a single kilobyte kept for each answer would come to; the allocator needs some of it meanwhile.
const MOST_KIB: u64 = 200;
