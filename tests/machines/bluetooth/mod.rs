//! All of it on a real Bluetooth stack: Debian's kernel with virtual controllers, the real Bluetooth service, a strap that
//! advertises, and the program as a user has it, in a machine of their own.
//!
//! The machine is emulated (`boot.sh`) and runs once; all tests look at what it left. What happens in it is told in `story.rs`.
//! What is needed and not there is named, and the tests are left out; where `CI` is set they fail instead.

mod account;
mod browser;
mod desktop;
mod host;
mod stack;
mod story;
mod strap;

use anyhow::Context as _;
use anyhow::ensure;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::store::BreakEnd;
use kindbeat::store::OfferEnd;

use crate::machine::figure;
use crate::machine::say;
use crate::screen;
use account::Fact;

/// What this program does in the machine; nothing by itself.
#[test]
fn the_machine_from_inside() -> anyhow::Result<()> {
    story::play_role()
}

#[test]
fn a_strap_in_reach_is_listed() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let (_, listed) = run.first("a list of the monitors in reach", |fact| match fact {
        Fact::Listed(listed) => Some(listed),
        _ => None,
    })?;
    let listed: serde_json::Value = serde_json::from_str(listed).context(listed.clone())?;
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(listed[0]["name"], strap::NAME);
    assert_eq!(listed[0]["connected"], false);
    Ok(())
}

#[test]
fn the_daemon_finds_the_strap_and_streams_within_twenty_seconds() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let [first, _] = run.lives()?;
    figure("from the start of the daemon to the first heart rate", first.silence());
    assert!(first.silence() < WITHIN, "{:?}", first.silence());
    assert_eq!(first.rate, u16::from(story::QUIET));
    let (_, battery) = run.first("the battery level", |fact| match fact {
        Fact::Battery(level) => Some(level),
        _ => None,
    })?;
    assert_eq!(*battery, strap::BATTERY);
    Ok(())
}

#[test]
fn start_on_an_offer_opens_the_page_with_the_clicks_token() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let rise = run.time(&Fact::Rise)?;
    let (offered, buttons) = run.first("an offer", |fact| match fact {
        Fact::Shown { buttons } => Some(buttons),
        _ => None,
    })?;
    figure("from the rise to the offer", offered.duration_since(rise));
    assert!(offered > rise, "the offer came before the rise");
    assert_eq!(*buttons, ["start", "later", "fine", "default"]);
    let (opened, token) = run.first("the browser", |fact| match fact {
        Fact::Opened { token } => Some(token),
        _ => None,
    })?;
    figure("from the click to the browser", opened.duration_since(offered));
    assert_eq!(token.as_deref(), Some(screen::TOKEN));
    Ok(())
}

#[test]
fn the_break_goes_on_to_its_end_on_the_page() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    run.time(&Fact::Closed)?;
    let shown: Vec<_> = run
        .account
        .iter()
        .filter_map(|entry| match &entry.fact {
            Fact::Moment(moment) => Some(moment.as_str()),
            _ => None,
        })
        .collect();
    assert!(shown.len() > 3 && shown[0] == "first", "{shown:?}");
    assert!(shown.ends_with(&["question", "farewell"]), "{shown:?}");
    let steps = &shown[1..shown.len() - 2];
    assert!(steps.iter().all(|moment| moment.starts_with("step-")), "{shown:?}");
    Ok(())
}

#[test]
fn the_offer_and_the_break_are_in_the_store() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    run.time(&Fact::Ended)?;
    let [offer] = &run.left.offers[..] else { panic!("not one offer: {:?}", run.left.offers) };
    assert_eq!(offer.ended.map(|(end, _)| end), Some(OfferEnd::Start));
    assert!(offer.figures.heart_rate > f64::from(story::HIGH) - 1.0, "{offer:?}");
    let [taken] = &run.left.breaks[..] else { panic!("not one break: {:?}", run.left.breaks) };
    assert_eq!(taken.length_s, 20);
    let (how, ended) = taken.ended.context("the break has no end")?;
    assert_eq!(how, BreakEnd::Completed);
    assert!(ended.duration_since(taken.started) >= SignedDuration::from_secs(20), "{taken:?}");
    let tension = taken.answers.as_ref().and_then(|said| said.tension);
    assert_eq!(tension, Some(browser::TENSION));
    Ok(())
}

#[test]
fn after_a_kill_the_next_daemon_streams_within_twenty_seconds() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let [_, second] = run.lives()?;
    figure("from the start after the kill to a heart rate", second.silence());
    assert!(second.silence() < WITHIN, "{:?}", second.silence());
    assert_eq!(second.rate, u16::from(story::HIGH));
    Ok(())
}

#[test]
fn a_kill_loses_no_beat_that_is_ten_seconds_old() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let killed = run.time(&Fact::Killed)?;
    run.time(&Fact::Ended)?;
    let [first, _] = run.lives()?;
    let (sent, kept) = (run.sent(first.subscribed, killed), run.kept(first.started, killed));
    let (saved, lost) = saved(&sent, &kept)?;
    let oldest = lost.first().map_or(SignedDuration::ZERO, |lost| killed.duration_since(lost.0));
    say(&format!("of {} beats before the kill, lost: {}", sent.len(), lost.len()));
    assert!(saved.len() > 30, "too few beats to tell anything: {}", saved.len());
    assert!(oldest <= SignedDuration::from_secs(10), "lost {lost:?}, killed at {killed}");
    Ok(())
}

#[test]
fn a_daemon_that_is_asked_to_end_loses_nothing() -> anyhow::Result<()> {
    let Some(run) = host::run()? else { return Ok(()) };
    let [_, second] = run.lives()?;
    let asked = run.time(&Fact::AskedToEnd)?;
    let ended = run.time(&Fact::Ended)?;
    figure("from the request to the end of the daemon", ended.duration_since(asked));
    // What was still on its way, nobody had heard.
    let arrived = asked - ON_ITS_WAY;
    let (sent, kept) = (run.sent(second.subscribed, arrived), run.kept(second.started, ended));
    let (saved, lost) = saved(&sent, &kept)?;
    assert!(saved.len() > 2, "too few beats to tell anything: {}", saved.len());
    assert_eq!(lost, [], "asked to end at {asked}");
    Ok(())
}

/// A beat as the strap sends it: when, the rate, the interval in 1/1024 s.
type Beat = (Timestamp, u8, u16);

/// Parts what was sent into what is in the store and what is missing at its end; in between nothing may be missing.
fn saved<'b>(sent: &'b [Beat], kept: &[Beat]) -> anyhow::Result<(&'b [Beat], &'b [Beat])> {
    let same = |((_, rate, rr), (_, other_rate, other_rr)): (&Beat, &Beat)| {
        (rate, rr) == (other_rate, other_rr)
    };
    ensure!(
        sent.iter().zip(kept).all(same),
        "what was stored is not what was sent:\n{kept:?}\n{sent:?}"
    );
    Ok(sent.split_at(kept.len().min(sent.len())))
}

/// How long it may take from the start of the daemon to the first heart rate.
const WITHIN: SignedDuration = SignedDuration::from_secs(20);

/// How long a beat may take from the strap to the daemon, where both are emulated.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(2);
