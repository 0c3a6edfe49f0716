//! What other programs ask for over the bus, and what outlives the service.

use std::time::Duration;

use anyhow::ensure;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::desktop::DesktopReport;
use kindbeat::interface::Bus;
use kindbeat::interface::Client;
use kindbeat::store;
use kindbeat::store::BreakEnd;
use kindbeat::store::OfferEnd;
use kindbeat::store::Record;
use kindbeat::store::Store;
use kindbeat_core::context::Fact;
use kindbeat_core::practice::Length;
use kindbeat_core::status::News;

use crate::alone;
use crate::client::soon;
use crate::desk::Desk;
use crate::desk::EAGER;
use crate::desk::UP;
use crate::desk::folder;
use crate::stored;
use crate::visitor::Visitor;

#[test]
fn a_break_is_started_and_ended_over_the_bus() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let served = desk.serve().await?;
        let client = Client::connect(Bus::session()).await?;
        let url = client.start_break(None, Some(Length::TwentySeconds)).await?;
        let started = desk.browser.started().await?;
        assert_eq!((started.url, started.tokens), (url.clone(), [String::new(), String::new()]));
        Visitor::fetch(&url).await?;
        assert!(client.status().await?.page_open);
        client.end_break().await?;
        desk.hears_of(|news| *news == News::BreakEnded("left")).await?;
        let refused = client.end_break().await.unwrap_err();
        assert!(refused.to_string().contains("no break open"), "{refused}");
        drop(served);
        desk.stop().await?;
        let breaks = stored::breaks(&folder()?)?;
        ensure!(matches!(breaks[..], [ref taken] if taken.length_s == 20), "{breaks:?}");
        Ok(())
    })
}

#[test]
fn a_key_that_is_held_down_opens_one_window() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let served = desk.serve().await?;
        let client = Client::connect(Bus::session()).await?;
        let url = client.start_break(None, None).await?;
        for _ in 0..30 {
            assert_eq!(client.start_break(None, None).await?, url);
        }
        assert_eq!(desk.browser.started().await?.url, url);
        // However long the browser takes.
        desk.wait(30);
        assert_eq!(client.start_break(None, None).await?, url);
        Visitor::fetch(&url).await?;
        // Fetched, and known to be: from then on there are addresses of their own, and after a moment a window.
        let known = async {
            while client.start_break(None, None).await? == url {}
            anyhow::Ok(())
        };
        soon(known).await??;
        desk.wait(3);
        let other = client.start_break(None, None).await?;
        assert_eq!(desk.browser.started().await?.url, other, "the second window in all");
        // Another break has a page of its own at once.
        client.end_break().await?;
        let next = client.start_break(None, None).await?;
        assert_ne!(next, other);
        assert_eq!(desk.browser.started().await?.url, next);
        drop(served);
        desk.stop().await
    })
}

#[test]
fn a_rest_of_a_clock_that_was_ahead_is_stored_right() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::new().await?;
        let store = Store::open(&folder()?, desk.now())?.store;
        let mut ahead = store::spawn(store, SignedDuration::from_hours(9_000), |_| {})?;
        let year = desk.now() + SignedDuration::from_hours(9_000);
        ahead.keep(desk.now(), Record::Resting(Some(year)));
        ensure!(ahead.finish(desk.now(), Duration::from_secs(20)), "not all was written");
        desk.start(EAGER)?;
        desk.stop().await?;
        let state = Store::open(&folder()?, desk.now())?.store.load_state()?.state;
        let longest = desk.now() + SignedDuration::from_hours(25);
        ensure!(state.resting_until.is_some_and(|until| until <= longest), "{state:?}");
        Ok(())
    })
}

#[test]
fn stopping_the_service_ends_the_break_on_the_page() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let served = desk.serve().await?;
        let client = Client::connect(Bus::session()).await?;
        let mut page = Visitor::fetch(&client.start_break(None, None).await?).await?;
        page.does("begin").await?;
        drop(served);
        desk.stop().await?;
        let heard = page.hears().await?;
        assert!(heard.contains("event: gone"), "{heard}");
        assert!(!heard.contains("data-closing"), "the window does not close by itself: {heard}");
        let breaks = stored::breaks(&folder()?)?;
        ensure!(matches!(breaks[0].ended, Some((BreakEnd::Left(0), _))), "{breaks:?}");
        Ok(())
    })
}

#[test]
fn status_and_why_tell_how_things_stand() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let served = desk.serve().await?;
        let client = Client::connect(Bus::session()).await?;
        let why = client.why().await?;
        assert!(why.starts_with("No heart rate is coming in"), "{why}");
        assert!(why.contains("No break has been offered"), "{why}");
        desk.settles().await?;
        desk.offered(1).await?;
        let status = client.status().await?;
        assert_eq!(status.state, "streaming");
        assert_eq!((status.usual, status.offers_today), (Some(62.0), 1));
        assert!(status.heart_rate.is_some_and(|rate| (70..90).contains(&rate)), "{status:?}");
        assert!(status.elevated_since.is_some_and(|since| since < desk.now()), "{status:?}");
        assert_eq!((status.held_by, status.config_error), (None, None));
        let why = client.why().await?;
        assert!(why.starts_with("A break was offered at 12:02.") && why.contains("62"), "{why}");
        client.answer_last("fine").await?;
        assert_eq!(desk.screen.asked_to_close().await?, 1);
        assert_ne!(client.why().await?, why, "the answer is part of it");
        client.answer_last("undo").await?;
        let refused = client.answer_last("perhaps").await.unwrap_err();
        assert!(refused.to_string().contains("no answer"), "{refused}");
        drop(served);
        desk.stop().await?;
        assert_eq!(stored::answers(&folder()?)?, [Some(OfferEnd::Expired)], "taken back");
        assert_eq!(stored::state(&folder()?)?.state.fine_in_a_row, 0, "taken back");
        Ok(())
    })
}

#[test]
fn later_is_in_the_status_until_resume_ends_it_and_says_so() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let served = desk.serve().await?;
        let client = Client::connect(Bus::session()).await?;
        desk.settles().await?;
        desk.offered(1).await?;
        client.answer_last("later").await?;
        desk.seconds(10, UP).await?;
        let status = client.status().await?;
        assert_eq!(status.held_by.as_deref(), Some("postponed"));
        let left = status.postponed_until.map(|until| until.duration_since(desk.now()));
        assert_eq!(left, Some(SignedDuration::from_secs(20 * 60 - 10)));
        assert!(client.why().await?.contains("you put the last offer off"), "{status:?}");
        let says = client.end_quiet().await?;
        assert_eq!(says, "The wait after \"Later\" is over.\nA break is about to be offered.");
        desk.rises().await?;
        let status = client.status().await?;
        assert_eq!((status.held_by, status.postponed_until), (None, None));
        drop(served);
        desk.stop().await
    })
}

#[test]
fn how_often_it_was_fine_outlives_the_service() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        for in_a_row in [1, 2] {
            desk.settles().await?;
            desk.rises().await?;
            let served = desk.serve().await?;
            Client::connect(Bus::session()).await?.answer_last("fine").await?;
            drop(served);
            desk.stop().await?;
            assert_eq!(stored::state(&folder()?)?.state.fine_in_a_row, in_a_row);
            desk.start(EAGER)?;
        }
        let served = desk.serve().await?;
        let client = Client::connect(Bus::session()).await?;
        assert!(client.take_question().await?, "after two of them");
        drop((client, served));
        desk.stop().await?;
        let asked = stored::state(&folder()?)?.state.fit_asked;
        assert_eq!(asked.map(|asked| asked <= desk.now()), Some(true));
        Ok(())
    })
}

#[test]
fn what_the_service_sees_of_the_desk_can_be_asked() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let served = desk.serve().await?;
        let seen: DesktopReport = Client::connect(Bus::session()).await?.look().await?;
        let silent = seen.presence.map(|found| (found.source, found.lock));
        assert_eq!(silent, Some((None, Vec::new())), "nobody is there to tell");
        for fact in Fact::ALL {
            assert!(seen.desktop.iter().any(|probed| probed.fact == fact), "{fact:?}");
        }
        drop(served);
        desk.stop().await
    })
}

#[test]
fn a_snooze_outlives_the_service_and_so_does_its_end() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let until = in_two_days(&desk);
        let served = desk.serve().await?;
        Client::connect(Bus::session()).await?.snooze(until).await?;
        drop(served);
        desk.stop().await?;
        assert_eq!(stored::state(&folder()?)?.state.snoozed_until, Some(until));

        desk.start(EAGER)?;
        assert_eq!(desk.status().await?.snoozed_until, Some(until));
        desk.settles().await?;
        desk.seconds(120, UP).await?;
        let status = desk.status().await?;
        assert_eq!((status.held_by.as_deref(), status.offers_today), (Some("snoozed"), 0));
        let served = desk.serve().await?;
        Client::connect(Bus::session()).await?.resume().await?;
        drop(served);
        desk.stop().await?;

        desk.start(EAGER)?;
        assert_eq!(desk.status().await?.snoozed_until, None);
        desk.settles().await?;
        desk.rises().await
    })
}

#[test]
fn the_count_of_the_day_and_the_cool_down_outlive_the_service() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        desk.rises().await?;
        desk.stop().await?;
        for (key, with, gate) in [
            ("cool_down = '0s'", "cool_down = '90m'", "cool_down"),
            ("at_most_per_day = 1000", "at_most_per_day = 1", "daily_limit"),
        ] {
            desk.start(&EAGER.replace(key, with))?;
            desk.settles().await?;
            desk.seconds(60, UP).await?;
            let status = desk.status().await?;
            assert_eq!((status.held_by.as_deref(), status.offers_today), (Some(gate), 1));
            desk.stop().await?;
        }
        Ok(())
    })
}

#[test]
fn the_rest_after_too_much_outlives_the_service() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let served = desk.serve().await?;
        let client = Client::connect(Bus::session()).await?;
        let page = Visitor::fetch(&client.start_break(None, None).await?).await?;
        page.does("too-much").await?;
        page.does("leave").await?;
        desk.hears_of(|news| *news == News::BreakEnded("too_much")).await?;
        page.closes().await?;
        drop((client, served));
        desk.stop().await?;

        desk.start(EAGER)?;
        desk.settles().await?;
        desk.seconds(120, UP).await?;
        let status = desk.status().await?;
        assert_eq!((status.held_by.as_deref(), status.offers_today), (Some("resting"), 0));
        assert_eq!((status.snoozed_until, status.postponed_until), (None, None));
        ensure!(status.resting_until > Some(desk.now()), "{status:?}");
        let served = desk.serve().await?;
        let client = Client::connect(Bus::session()).await?;
        Visitor::fetch(&client.start_break(None, None).await?).await?;
        drop((client, served));
        desk.stop().await?;
        let breaks = stored::breaks(&folder()?)?;
        let practices: Vec<_> = breaks.iter().map(|taken| taken.practice.as_str()).collect();
        assert_eq!(practices, ["self-compassion-break", "grounding"], "the next turns outward");
        ensure!(matches!(breaks[0].ended, Some((BreakEnd::TooMuch(0), _))), "{breaks:?}");
        Ok(())
    })
}

/// Ahead of both clocks.
fn in_two_days(desk: &Desk) -> Timestamp {
    desk.now() + SignedDuration::from_hours(48)
}
