//! From a strap to a break, and what is left of it however the daemon ends.

use std::time::Duration;

use anyhow::ensure;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::clock;
use kindbeat::store::BreakEnd;
use kindbeat::store::OfferEnd;
use rustix::process::Signal;
use tokio::time::MissedTickBehavior;

use crate::bluez::Fake;
use crate::browser::Browser;
use crate::program::Desktop;
use crate::program::shows;
use crate::stored;
use crate::visitor::Visitor;

/// Lets the daemon find the strap and stream: the `time`th connection that the fake serves.
pub(crate) async fn streams(desktop: &Desktop, fake: &Fake, time: usize) -> anyhow::Result<()> {
    fake.was_asked("StartNotify rate", time).await?;
    fake.sends(&[0, 72]).await?;
    desktop.heart_rate_is(72).await
}

/// A strap that sends, once a second, what `next` gives; until that gives nothing more.
pub(crate) async fn beats(fake: &Fake, mut next: impl FnMut() -> Option<u8>) -> anyhow::Result<()> {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while let Some(rate) = next() {
        second.tick().await;
        fake.sends(&[0, rate]).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_strap_an_elevation_an_offer_a_click_and_a_break() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let mut browser = Browser::install(desktop.folder())?;
    desktop.configure(&format!("{EAGER}[page]\n{}\n", browser.setting()))?;
    let fake = Fake::start(&desktop.system.address()).await?;
    let mut screen = desktop.screen().await?;
    let mut program = desktop.start().await?;
    streams(&desktop, &fake, 1).await?;
    program.says("monitor: streaming").await?;
    // A strap that sends nonsense in between is still listened to.
    for packet in [&[][..], &[0x00], &[0x01, 72], &[0x10, 72, 1], &[0x00, 72, 1, 2, 3]] {
        fake.sends(packet).await?;
    }
    let offer = tokio::select! {
        offer = shows(&mut screen, 7) => offer?,
        ended = beats(&fake, || Some(92)) => anyhow::bail!("no offer: {ended:?}"),
    };
    assert_eq!(offer.title, "A short break?");
    let status = desktop.client().await?.status().await?;
    assert_eq!((status.heart_rate, status.offers_today), (Some(92), 1));
    screen.tell_sender(&offer, "ActivationToken", &(7_u32, "token-of-the-click")).await?;
    screen.tell_sender(&offer, "ActionInvoked", &(7_u32, "start")).await?;
    let started = browser.started().await?;
    assert_eq!(started.tokens, ["token-of-the-click", "token-of-the-click"]);
    let page = Visitor::fetch(&started.url).await?;
    assert!(page.sees().await?.contains("asks whether a short break would help"));
    let log = program.stops().await?;

    assert_eq!(stored::answers(&desktop.store())?, [Some(OfferEnd::Start)]);
    assert_eq!(stored::breaks(&desktop.store())?.len(), 1);
    assert!(log.contains("a break begins"), "{log}");
    for secret in ["LabHR", "F0:00", "F0_00", "token-of-the-click", "127.0.0.1", "/p/", "bpm"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    let mut words = log.split(|letter: char| !letter.is_alphanumeric());
    assert!(words.all(|word| word != "92" && word != "72"), "a heart rate: {log}");
    Ok(())
}

#[tokio::test]
async fn nonsense_from_a_strap_ends_nothing() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let fake = Fake::start(&desktop.system.address()).await?;
    let program = desktop.start().await?;
    streams(&desktop, &fake, 1).await?;
    for length in 0..64_u8 {
        let noise: Vec<_> = (0..length).map(|at| at.wrapping_mul(37) ^ length | 0x11).collect();
        fake.sends(&noise).await?;
    }
    fake.sends(&[0x00, 73]).await?;
    desktop.heart_rate_is(73).await?;
    assert_eq!(fake.times("Disconnect"), 0);
    program.stops().await.map(drop)
}

#[tokio::test]
async fn a_system_bus_that_goes_at_any_moment_ends_nothing() -> anyhow::Result<()> {
    let Some(mut desktop) = Desktop::new()? else { return Ok(()) };
    let mut fake = Fake::start(&desktop.system.address()).await?;
    let mut program = desktop.start().await?;
    for moment in ["Connect", "StartNotify rate", "streaming", "nothing left"] {
        match moment {
            "streaming" => streams(&desktop, &fake, 1).await?,
            "nothing left" => {
                streams(&desktop, &fake, 1).await?;
                fake.die().await?;
            }
            call => {
                fake.was_asked(call, 1).await?;
                fake.hangs(true);
            }
        }
        desktop.system.kill();
        desktop.system.restart()?;
        fake = Fake::start(&desktop.system.address()).await?;
    }
    streams(&desktop, &fake, 1).await?;
    program.says("monitor: streaming").await?;
    program.stops().await.map(drop)
}

#[tokio::test]
async fn asked_to_end_it_writes_all_and_lets_the_strap_go() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let mut browser = Browser::install(desktop.folder())?;
    desktop.configure(&format!("[page]\n{}\n", browser.setting()))?;
    let fake = Fake::start(&desktop.system.address()).await?;
    let mut program = desktop.start().await?;
    streams(&desktop, &fake, 1).await?;
    desktop.client().await?.start_break(None, None).await?;
    let _page = Visitor::fetch(&browser.started().await?.url).await?;
    for rate in 80..90 {
        fake.sends(&[0, rate]).await?;
        desktop.heart_rate_is(rate.into()).await?;
    }
    program.signal(Signal::TERM)?;
    program.tells("STOPPING=1").await?;
    let (status, log) = program.ends().await?;
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(fake.times("Disconnect"), 1);
    let breaks = stored::breaks(&desktop.store())?;
    ensure!(matches!(breaks[0].ended, Some((BreakEnd::Left(0), _))), "{breaks:?}");
    let rates = rates(&desktop)?;
    let sent: Vec<_> = std::iter::once(72.0).chain((80..90).map(f64::from)).collect();
    assert_eq!(rates, sent);
    Ok(())
}

#[tokio::test]
async fn a_kill_loses_ten_seconds_at_most_and_needs_no_new_scan() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let fake = Fake::start(&desktop.system.address()).await?;
    let program = desktop.start().await?;
    streams(&desktop, &fake, 1).await?;
    let mut sent: Vec<(Timestamp, u8)> = Vec::new();
    let next = || {
        let rate = 60 + u8::try_from(sent.len()).ok()?;
        sent.push((clock::now(), rate));
        (rate < 74).then_some(rate)
    };
    beats(&fake, next).await?;
    let killed = clock::now();
    program.signal(Signal::KILL)?;
    program.ends().await?;
    let old = |at: &Timestamp| killed.duration_since(*at) > SignedDuration::from_secs(10);
    let old: Vec<_> = sent.iter().filter(|(at, _)| old(at)).map(|(_, rate)| *rate).collect();
    assert!(old.len() >= 2, "some were sent longer ago: {sent:?}");
    let kept = rates(&desktop)?;
    for rate in old {
        assert!(kept.contains(&f64::from(rate)), "{rate} is lost: {kept:?}");
    }
    let known = stored::state(&desktop.store())?.state.monitor;
    assert_eq!(known, "bluetooth:F0:00:00:00:00:02".parse().ok());

    // The link went with the process; the strap is in reach.
    fake.loses_link(true).await?;
    let scans = fake.times("StartDiscovery");
    let program = desktop.start().await?;
    streams(&desktop, &fake, 2).await?;
    assert_eq!(fake.times("StartDiscovery"), scans, "the known strap is tried at once");
    program.stops().await.map(drop)
}

/// The rates in the store, in order.
fn rates(desktop: &Desktop) -> anyhow::Result<Vec<f64>> {
    let heard = stored::heard(&desktop.store())?;
    Ok(heard.iter().filter_map(|heard| heard.reading.heart_rate).collect())
}

/// As soon as an offer can come at all.
pub(crate) const EAGER: &str = "
[detection]
rise_bpm = 3
rise_spread = 0.5
sustain = '10s'
warm_up = '0s'
[offer]
wait_for_pause = '0s'
";
