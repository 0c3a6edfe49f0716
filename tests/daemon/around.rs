//! The desk and the desktop: when the service looks at them, and what it makes of what they tell.

use jiff::SignedDuration;
use kindbeat::desktop::DesktopCommand;
use kindbeat::desktop::DesktopEvent;
use kindbeat::interface::Bus;
use kindbeat::interface::Client;
use kindbeat::interface::Served;
use kindbeat::store::BreakEnd;
use kindbeat::store::ElevationDecision;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::Fact;
use kindbeat_core::context::InputActivity;
use kindbeat_core::context::Probe;
use kindbeat_core::status::News;

use crate::alone;
use crate::desk::Desk;
use crate::desk::EAGER;
use crate::desk::UP;
use crate::desk::USUAL;
use crate::desk::folder;
use crate::stored;
use crate::visitor::Visitor;

const IN_CALL: Desktop = Desktop::ABSENT
    .with(Fact::Microphone, Probe::Yes)
    .with(Fact::Camera, Probe::Failed)
    .with(Fact::Sharing, Probe::No);

#[test]
fn the_desktop_is_watched_until_an_offer_is_answered() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        assert_eq!(desk.looks, []);
        let notify = desk.offered(1).await?;
        desk.seconds(60, UP).await?;
        assert_eq!(desk.looks, [DesktopCommand::WatchFacts(true)], "it mentions the heart");
        desk.click(&notify, 1, "fine", "token").await?;
        assert_eq!(desk.screen.asked_to_close().await?, 1);
        desk.second(UP).await?;
        let looks = [DesktopCommand::WatchFacts(true), DesktopCommand::WatchFacts(false)];
        assert_eq!(desk.looks, looks);
        assert_eq!(desk.attends, [], "no pause is waited for");
        desk.settles().await?;
        assert_eq!(desk.looks.len(), 2);
        Ok(())
    })
}

#[test]
fn a_call_holds_the_offer_back_until_it_is_over() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.desktop = IN_CALL;
        desk.settles().await?;
        desk.seconds(120, UP).await?;
        let status = desk.status().await?;
        assert_eq!((status.held_by.as_deref(), status.offers_today), (Some("in_call"), 0));
        assert_eq!(
            desk.looks,
            [DesktopCommand::WatchFacts(true)],
            "and watched until the call is over"
        );
        desk.desktop_does(IN_CALL.with(Fact::Microphone, Probe::No).with(Fact::Camera, Probe::No))
            .await?;
        desk.seconds(9, UP).await?;
        assert_eq!(desk.status().await?.held_by.as_deref(), Some("in_call"), "or only muted");
        desk.seconds(2, UP).await?;
        desk.hears_of(|news| matches!(news, News::OfferMade(_))).await?;
        Ok(())
    })
}

#[test]
fn what_holds_an_offer_back_is_told_and_kept() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.desktop = IN_CALL;
        desk.settles().await?;
        desk.seconds(120, UP).await?;
        let served = desk.serve().await?;
        let client = Client::connect(Bus::session()).await?;
        let why = client.why().await?;
        assert!(why.contains("- the microphone or the camera is in use"), "{why}");
        desk.desktop_does(IN_CALL.with(Fact::Microphone, Probe::No)).await?;
        let why = client.why().await?;
        assert!(
            why.contains("- whether the microphone or the camera is in use cannot be told"),
            "{why}"
        );
        desk.settles().await?;
        desk.hears_of(|news| matches!(news, News::OfferHeld(gate) if gate.name() == "in_call"))
            .await?;
        drop((client, served));
        assert_eq!(
            desk.looks,
            [DesktopCommand::WatchFacts(true), DesktopCommand::WatchFacts(false)]
        );
        // Another, under which the service ends: why is known then, and by nobody later.
        desk.desktop = Desktop::default().with(Fact::Sharing, Probe::Yes);
        desk.seconds(120, UP).await?;
        desk.stop().await?;
        let held = |gate: &str| Some(ElevationDecision::Held(gate.to_owned()));
        assert_eq!(stored::outcomes(&folder()?)?, [held("in_call"), held("sharing")]);
        Ok(())
    })
}

#[test]
fn an_offer_waits_for_a_rest_of_the_hands() -> anyhow::Result<()> {
    alone::run(async || {
        let patient = EAGER.replace("wait_for_pause = '0s'", "wait_for_pause = '10m'");
        let mut desk = Desk::with(&patient).await?;
        desk.senses(DesktopEvent::Activity(InputActivity::Busy)).await?;
        desk.settles().await?;
        desk.seconds(120, UP).await?;
        assert_eq!(desk.status().await?.held_by.as_deref(), Some("no_pause"));
        assert_eq!(desk.attends, [DesktopCommand::WatchPauses(true)]);
        desk.senses(DesktopEvent::Activity(InputActivity::Resting(
            desk.now() - SignedDuration::from_secs(6),
        )))
        .await?;
        desk.hears_of(|news| matches!(news, News::OfferMade(_))).await?;
        desk.second(UP).await?;
        assert_eq!(desk.attends.last(), Some(&DesktopCommand::WatchPauses(false)));
        assert_eq!(desk.looks.last(), Some(&DesktopCommand::WatchFacts(true)), "it is open");
        Ok(())
    })
}

#[test]
fn no_offer_comes_behind_a_lock_when_away_or_just_returned() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        desk.senses(DesktopEvent::Locked(true)).await?;
        desk.seconds(120, UP).await?;
        assert_eq!(desk.status().await?.held_by.as_deref(), Some("locked"));
        desk.senses(DesktopEvent::Locked(false)).await?;
        desk.second(UP).await?;
        assert_eq!(desk.status().await?.held_by.as_deref(), Some("just_returned"));
        let left = desk.now() - SignedDuration::from_mins(5);
        desk.senses(DesktopEvent::Activity(InputActivity::Resting(left))).await?;
        desk.second(UP).await?;
        assert_eq!(desk.status().await?.held_by.as_deref(), Some("away"));
        assert_eq!(desk.looks, [], "no need to");
        desk.senses(DesktopEvent::Activity(InputActivity::Busy)).await?;
        desk.second(UP).await?;
        assert_eq!(desk.status().await?.held_by.as_deref(), Some("just_returned"));
        Ok(())
    })
}

#[test]
fn waking_up_counts_as_a_return() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        desk.senses(DesktopEvent::Asleep).await?;
        desk.senses(DesktopEvent::Woke).await?;
        desk.seconds(60, UP).await?;
        assert_eq!(desk.status().await?.held_by.as_deref(), Some("just_returned"));
        desk.seconds(300, UP).await?;
        assert_eq!(desk.status().await?.offers_today, 1);
        Ok(())
    })
}

/// A break that has begun, on a page that shows the heart; the service is on the bus for as long as what comes second.
async fn with_heart() -> anyhow::Result<(Desk, Served, Visitor)> {
    let mut desk = Desk::with(&format!("{EAGER}show_heart = true\n")).await?;
    desk.settles().await?;
    let served = desk.serve().await?;
    let client = Client::connect(Bus::session()).await?;
    let page = Visitor::fetch(&client.start_break(None, None).await?).await?;
    page.does("begin").await?;
    Ok((desk, served, page))
}

#[test]
fn a_page_shows_the_heart_only_where_nobody_else_sees_it() -> anyhow::Result<()> {
    alone::run(async || {
        let (mut desk, on_bus, mut page) = with_heart().await?;
        desk.second(62.0).await?;
        assert_eq!(desk.looks, [DesktopCommand::WatchFacts(true)]);
        page.hears_of("event: heart\ndata: Your heart:").await?;
        desk.desktop_does(Desktop::default().with(Fact::Sharing, Probe::Yes)).await?;
        page.hears_of("event: heart\ndata:  \n").await?;
        page.does("leave").await?;
        page.closes().await?;
        desk.second(62.0).await?;
        assert_eq!(
            desk.looks,
            [DesktopCommand::WatchFacts(true), DesktopCommand::WatchFacts(false)]
        );
        drop(on_bus);
        desk.stop().await?;
        assert!(matches!(stored::breaks(&folder()?)?[0].ended, Some((BreakEnd::Left(_), _))));
        Ok(())
    })
}

#[test]
fn how_the_heart_moved_is_shown_after_a_break() -> anyhow::Result<()> {
    const MOVED: &str = "How the heart moved";
    alone::run(async || {
        let (mut desk, on_bus, page) = with_heart().await?;
        desk.seconds(64, USUAL).await?;
        let question = page.sees().await?;
        assert!(question.contains(MOVED), "{question}");
        // Hidden while somebody else sees the screen, and there again.
        for (sharing, shown) in [(Probe::Yes, false), (Probe::No, true)] {
            desk.desktop_does(Desktop::default().with(Fact::Sharing, sharing)).await?;
            let question = page.sees().await?;
            assert_eq!(question.contains(MOVED), shown, "{question}");
        }
        assert_eq!(desk.looks, [DesktopCommand::WatchFacts(true)]);
        page.does("said&tense=4").await?;
        desk.second(USUAL).await?;
        let looks = [DesktopCommand::WatchFacts(true), DesktopCommand::WatchFacts(false)];
        assert_eq!(desk.looks, looks, "no longer than there is something to show");
        page.closes().await?;
        drop(on_bus);
        desk.stop().await
    })
}

#[test]
fn figures_leave_the_screen_when_others_may_see_it() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::with(&format!("{EAGER}show_heart = true\n")).await?;
        let begins = [
            DesktopEvent::Facts(Desktop::default().with(Fact::Sharing, Probe::Yes)),
            DesktopEvent::Facts(Desktop::default().with(Fact::Microphone, Probe::Yes)),
            DesktopEvent::Locked(true),
        ];
        for (id, event) in (1..).zip(begins) {
            desk.settles().await?;
            let notify = desk.offered(id).await?;
            assert!(notify.body.contains("beats a minute"), "{}", notify.body);
            desk.senses(event).await?;
            let reworded = desk.screen.asked_to_show().await?;
            desk.screen.name(&reworded, id).await?;
            assert_eq!(reworded.replaces, id, "in its place");
            assert!(!reworded.body.contains(|one: char| one.is_ascii_digit()), "{}", reworded.body);
            assert!(!reworded.body.contains("heart"), "{}", reworded.body);
            assert!(reworded.hints.contains_key("suppress-sound"), "{:?}", reworded.hints);
            assert_eq!(reworded.buttons, notify.buttons);
            desk.click(&reworded, id, "later", "token").await?;
            assert_eq!(desk.screen.asked_to_close().await?, id);
            desk.desktop = Desktop::default();
        }
        desk.stop().await
    })
}
