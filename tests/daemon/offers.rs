//! Offers, from the heart to the break, and what becomes of them.

use std::fs;

use anyhow::bail;
use anyhow::ensure;
use kindbeat::desktop::DesktopEvent;
use kindbeat::interface::Bus;
use kindbeat::interface::Client;
use kindbeat::store::BreakEnd;
use kindbeat::store::OfferEnd;
use kindbeat_core::context::InputActivity;
use kindbeat_core::status::News;
use zbus::OwnedVariant;

use crate::alone;
use crate::desk::Desk;
use crate::desk::UP;
use crate::desk::folder;
use crate::fake;
use crate::stored;
use crate::visitor::Visitor;

#[test]
fn thirty_offers_are_thirty_breaks_with_a_token_each() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let stranger = zbus::connection::Builder::session().build().await?;
        for round in 1..=30_u32 {
            desk.settles().await?;
            let (own, other) = (2 * round, 2 * round + 1);
            let token = format!("token-{round}");
            let notify = desk.offered(own).await?;
            let to_us = notify.sender();
            // Somebody else's notification is clicked, and somebody else claims that ours was.
            desk.screen.tell("ActivationToken", &(other, "not ours")).await?;
            fake::emit(&stranger, to_us.as_deref(), "ActivationToken", &(own, "forged")).await?;
            fake::emit(&stranger, None, "ActionInvoked", &(own, "fine")).await?;
            desk.screen.tell_sender(&notify, "ActivationToken", &(own, token.as_str())).await?;
            desk.screen.tell("ActionInvoked", &(other, "default")).await?;
            desk.screen.tell("ActivationToken", &(other, "not ours")).await?;
            desk.screen.tell("NotificationClosed", &(other, 2_u32)).await?;
            desk.screen.tell_sender(&notify, "ActionInvoked", &(own, "start")).await?;
            desk.screen.tell_sender(&notify, "NotificationClosed", &(own, 3_u32)).await?;

            let started = desk.browser.started().await?;
            assert_eq!(started.tokens, [token.as_str(), token.as_str()]);
            let page = Visitor::fetch(&started.url).await?;
            page.does("leave").await?;
            desk.break_ends().await?;
            page.closes().await?;
        }
        assert!(desk.browser.is_quiet().await);
        desk.stop().await?;
        let folder = folder()?;
        assert_eq!(stored::answers(&folder)?, [Some(OfferEnd::Start); 30]);
        let breaks = stored::breaks(&folder)?;
        assert_eq!(breaks.len(), 30);
        for taken in &breaks {
            ensure!(matches!(taken.ended, Some((BreakEnd::Left(_), _))), "{taken:?}");
        }
        Ok(())
    })
}

#[test]
fn an_offer_brings_its_heart_along_where_no_icon_is() -> anyhow::Result<()> {
    alone::run(async || {
        let Some(picture) = picture_of_an_offer().await? else { bail!("no picture") };
        let (wide, high, row, _, _, _, pixels) = Picture::try_from(picture)?;
        assert_eq!((wide, high, row, pixels.len()), (64, 64, 256, 64 * 256));
        Ok(())
    })
}

#[test]
fn an_icon_that_is_installed_is_the_picture_of_an_offer() -> anyhow::Result<()> {
    alone::run(async || {
        let icons = alone::folder()?.join("icons/hicolor/scalable/apps");
        fs::create_dir_all(&icons)?;
        fs::write(icons.join("org.kindbeat.Kindbeat.svg"), "")?;
        ensure!(picture_of_an_offer().await?.is_none());
        Ok(())
    })
}

type Picture = (i32, i32, i32, bool, i32, i32, Vec<u8>);

/// The one that an offer brings along.
async fn picture_of_an_offer() -> anyhow::Result<Option<OwnedVariant>> {
    let mut desk = Desk::eager().await?;
    desk.settles().await?;
    let mut notify = desk.offered(1).await?;
    desk.stop().await?;
    Ok(notify.hints.remove("image-data"))
}

#[test]
fn every_other_answer_is_kept_and_opens_nothing() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        for (id, answer) in [(1, "later"), (2, "fine")] {
            desk.settles().await?;
            let notify = desk.offered(id).await?;
            desk.click(&notify, id, answer, "token").await?;
            // The answer has arrived when the notification is to be taken away.
            assert_eq!(desk.screen.asked_to_close().await?, id);
        }
        // Nobody answers the third.
        desk.settles().await?;
        desk.offered(3).await?;
        desk.wait(600);
        desk.status().await?;
        assert_eq!(desk.screen.asked_to_close().await?, 3);
        assert!(desk.browser.is_quiet().await);
        assert!(!desk.status().await?.page_open);
        desk.stop().await?;
        let folder = folder()?;
        let became = [OfferEnd::Later, OfferEnd::Fine, OfferEnd::Expired].map(Some);
        assert_eq!(stored::answers(&folder)?, became);
        assert!(stored::breaks(&folder)?.is_empty());
        Ok(())
    })
}

#[test]
fn an_offer_that_no_server_shows_is_kept_as_such() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        desk.rises().await?;
        let notify = desk.asked_to_show().await?;
        desk.screen.refuse(&notify, "no room").await?;
        desk.hears_of(|news| *news == News::OfferNotShown).await?;
        let served = desk.serve().await?;
        let client = Client::connect(Bus::session()).await?;
        let why = client.why().await?;
        ensure!(why.contains("could not be shown on the desktop: kindbeat break"), "{why}");
        desk.wait(600);
        desk.status().await?;
        let why = client.why().await?;
        ensure!(why.contains("could not be shown on the desktop, so nobody"), "{why}");
        // Another one is asked to be shown, and no answer comes before its time is over.
        desk.settles().await?;
        desk.rises().await?;
        desk.asked_to_show().await?;
        desk.wait(600);
        desk.status().await?;
        drop(served);
        desk.stop().await?;
        assert_eq!(stored::answers(&folder()?)?, [Some(OfferEnd::NotShown); 2]);
        Ok(())
    })
}

/// As fnott gives none while it is paused.
#[test]
fn an_offer_without_a_number_is_told_and_does_not_count() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        desk.rises().await?;
        let notify = desk.asked_to_show().await?;
        desk.screen.name(&notify, 0).await?;
        desk.hears_of(|news| *news == News::OfferNotShown).await?;
        let status = desk.status().await?;
        assert_eq!((status.offers_today, status.offer_not_shown), (0, true));
        let _served = desk.serve().await?;
        let why = Client::connect(Bus::session()).await?.why().await?;
        ensure!(why.contains("showed nothing, as it does while it is paused"), "{why}");
        desk.wait(600);
        desk.status().await?;
        assert!(!desk.status().await?.offer_not_shown);
        desk.stop().await?;
        assert_eq!(stored::answers(&folder()?)?, [Some(OfferEnd::NotShown)]);
        Ok(())
    })
}

/// Cinnamon has the popup off the screen after five seconds, and tells nothing.
#[test]
fn an_offer_that_left_the_screen_is_shown_again_as_the_same() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager_with_screen("cinnamon").await?;
        desk.settles().await?;
        desk.offered(1).await?;
        let rested = DesktopEvent::Activity(InputActivity::Resting(desk.now()));
        desk.senses(rested).await?;
        desk.seconds(35, UP).await?;
        desk.senses(DesktopEvent::Activity(InputActivity::Busy)).await?;
        assert_eq!(desk.screen.asked_to_close().await?, 1);
        let notify = desk.screen.asked_to_show().await?;
        desk.screen.name(&notify, 2).await?;
        assert!(!desk.heard_of(|news| matches!(news, News::OfferMade(_)))?, "made once");
        assert_eq!(desk.status().await?.offers_today, 1);
        let _served = desk.serve().await?;
        let client = Client::connect(Bus::session()).await?;
        while !client.why().await?.contains("It was shown again") {}
        assert_eq!(desk.status().await?.offers_today, 1);
        desk.click(&notify, 2, "start", "token").await?;
        let page = desk.visit().await?;
        page.does("leave").await?;
        desk.break_ends().await?;
        page.closes().await?;
        desk.stop().await?;
        assert_eq!(stored::answers(&folder()?)?, [Some(OfferEnd::Start)]);
        Ok(())
    })
}

#[test]
fn a_click_as_the_offer_expires_still_counts() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        let notify = desk.offered(1).await?;
        // Its time is over, and nobody has looked at the clock.
        desk.wait(3_600);
        desk.click(&notify, 1, "start", "late").await?;
        let started = desk.browser.started().await?;
        assert_eq!(started.tokens, ["late", "late"]);
        let page = Visitor::fetch(&started.url).await?;
        page.does("leave").await?;
        desk.break_ends().await?;
        page.closes().await?;
        for (id, answer) in [(2, "later"), (3, "fine")] {
            desk.settles().await?;
            let notify = desk.offered(id).await?;
            desk.wait(3_600);
            desk.click(&notify, id, answer, "late").await?;
            assert_eq!(desk.screen.asked_to_close().await?, id);
            desk.status().await?;
        }
        desk.stop().await?;
        let ends = [OfferEnd::Start, OfferEnd::Later, OfferEnd::Fine].map(Some);
        assert_eq!(stored::answers(&folder()?)?, ends);
        assert_eq!(stored::breaks(&folder()?)?.len(), 1);
        Ok(())
    })
}

#[test]
fn a_second_click_on_an_old_notification_changes_nothing() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        let notify = desk.offered(1).await?;
        desk.click(&notify, 1, "start", "first").await?;
        let page = Visitor::fetch(&desk.browser.started().await?.url).await?;
        page.does("begin").await?;
        page.does("next").await?;
        let before = page.sees().await?;
        assert!(before.contains("data-moment=\"step-1\""), "{before}");
        // Some servers keep a notification in a list, with its buttons. Once while the break is open, and once after it.
        desk.click(&notify, 1, "start", "second").await?;
        page.does("leave").await?;
        desk.break_ends().await?;
        page.closes().await?;
        desk.click(&notify, 1, "start", "third").await?;
        // What comes after the clicks has been dealt with: so have they.
        desk.settles().await?;
        let notify = desk.offered(2).await?;
        assert!(desk.browser.is_quiet().await);
        desk.click(&notify, 2, "fine", "fourth").await?;
        assert_eq!(desk.screen.asked_to_close().await?, 2);
        desk.stop().await?;
        let breaks = stored::breaks(&folder()?)?;
        ensure!(
            matches!(breaks[..], [ref only] if only.ended.is_some_and(|(how, _)| matches!(how, BreakEnd::Left(1)))),
            "{breaks:?}"
        );
        assert_eq!(stored::answers(&folder()?)?, [Some(OfferEnd::Start), Some(OfferEnd::Fine)]);
        Ok(())
    })
}
