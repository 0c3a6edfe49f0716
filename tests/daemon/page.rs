//! What is chosen and said on the page, and what the next page knows of it.

use kindbeat::interface;
use kindbeat::store::BreakEnd;
use kindbeat_core::practice::Liking;
use tokio::sync::oneshot;

use crate::alone;
use crate::client::soon;
use crate::desk::Desk;
use crate::desk::folder;
use crate::stored;
use crate::visitor::Visitor;

/// A break is asked for as the command does.
async fn wanted(desk: &mut Desk, practice: Option<&str>) -> anyhow::Result<Visitor> {
    let (reply, answer) = oneshot::channel();
    let practice = practice.map(str::to_owned);
    desk.asks(interface::Request::StartBreak { practice, length: None, reply }).await?;
    let url = soon(answer).await???;
    let page = Visitor::fetch(&url).await?;
    desk.browser.started().await?;
    Ok(page)
}

/// Time passes, and the service sees it pass.
async fn passes(desk: &mut Desk, seconds: u32) -> anyhow::Result<()> {
    for _ in 0..seconds {
        desk.wait(1);
        desk.status().await?;
    }
    Ok(())
}

#[test]
fn a_changed_practice_and_length_are_stored_as_one_break() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let page = wanted(&mut desk, None).await?;
        let first = page.sees().await?;
        assert!(first.contains("Self-compassion break") && first.contains("length-5m"), "{first}");
        page.does("other&value=0").await?;
        page.does("other&value=7").await?;
        let other = page.sees().await?;
        assert!(!other.contains("<h1 id=\"title\" dir=\"auto\">Self-compassion break"), "{other}");
        // The one that was to begin can be chosen again.
        page.does("other&value=0").await?;
        page.does("length&value=1m").await?;
        page.does("before&value=9").await?;
        page.does("begin").await?;
        assert!(page.sees().await?.contains("Something may be difficult"));
        passes(&mut desk, 64).await?;
        page.does("said&tense=4&liking=more&note=tea+%3Cb%3E").await?;
        page.closes().await?;
        desk.stop().await?;
        let [taken] = stored::breaks(&folder()?)?.try_into().unwrap();
        assert_eq!((taken.practice.as_str(), taken.length_s), ("self-compassion-break", 60));
        assert!(matches!(taken.ended, Some((BreakEnd::Completed, _))), "{taken:?}");
        let said = taken.answers.unwrap();
        assert_eq!((said.tension_before, said.tension), (Some(9), Some(4)));
        assert_eq!((said.liking, said.note.as_deref()), (Some(Liking::More), Some("tea <b>")));
        Ok(())
    })
}

#[test]
fn a_question_that_nobody_answers_is_skipped_after_half_an_hour() -> anyhow::Result<()> {
    const QUESTION: &str = "how tense does it feel now?";
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let page = wanted(&mut desk, Some("stop")).await?;
        page.does("length&value=1m").await?;
        page.does("begin").await?;
        passes(&mut desk, 64).await?;
        passes(&mut desk, 10).await?;
        desk.wait(29 * 60);
        desk.status().await?;
        assert!(page.sees().await?.contains(QUESTION));
        desk.wait(60);
        desk.status().await?;
        assert!(!page.sees().await?.contains(QUESTION));
        page.closes().await?;
        desk.stop().await?;
        let [taken] = stored::breaks(&folder()?)?.try_into().unwrap();
        assert!(matches!(taken.ended, Some((BreakEnd::Completed, _))), "{taken:?}");
        assert_eq!(taken.answers.map(|said| said.tension), Some(None));
        Ok(())
    })
}

#[test]
fn help_lines_stay_for_an_hour_and_no_socket_stays_behind_them() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let page = wanted(&mut desk, Some("stop")).await?;
        page.does("begin").await?;
        page.does("too-much").await?;
        passes(&mut desk, 150).await?;
        assert!(page.sees().await?.contains("findahelpline.com"));
        desk.wait(55 * 60);
        assert!(desk.status().await?.page_open);
        desk.wait(6 * 60);
        desk.status().await?;
        assert!(!desk.status().await?.page_open);
        desk.stop().await.map(drop)
    })
}

#[test]
fn what_was_chosen_holds_for_the_next_page_and_the_next_run() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        let page = wanted(&mut desk, None).await?;
        page.does("anchor&value=sound").await?;
        page.does("sound&tones=on&volume=80").await?;
        let others = |page: &str| {
            let begin = page.split_once("id=\"others\"").unwrap().1;
            begin.split_once("id=\"out\"").unwrap().0.to_owned()
        };
        let before = others(&page.sees().await?);
        page.does("leave").await?;
        desk.break_ends().await?;
        page.closes().await?;
        desk.stop().await?;

        desk.start("")?;
        let page = wanted(&mut desk, None).await?;
        let shown = page.sees().await?;
        assert!(shown.contains("<option value=\"sound\" selected>"), "{shown}");
        assert!(shown.contains("data-volume=\"80\"") && !shown.contains("data-tones"), "{shown}");
        assert_ne!(others(&shown), before, "two others");
        page.closes().await?;
        desk.stop().await
    })
}

#[test]
fn asked_for_once_more_it_brings_up_the_break_that_is_under_way() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        let notify = desk.offered(1).await?;
        desk.click(&notify, 1, "start", "first").await?;
        let mut page = desk.visit().await?;
        page.does("begin").await?;
        page.does("next").await?;
        let there = page.sees().await?;
        desk.wait(3);
        let again = wanted(&mut desk, None).await?;
        let step = |page: &str| page.split_once("data-moment").unwrap().1[..20].to_owned();
        assert_eq!(step(&again.sees().await?), step(&there));
        page.hears_of("event: moved").await?;
        again.does("leave").await?;
        again.closes().await?;
        desk.stop().await?;
        assert_eq!(stored::breaks(&folder()?)?.len(), 1);
        Ok(())
    })
}

#[test]
fn help_lines_come_after_three_hard_answers_and_not_again() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        for (number, shown) in [false, false, true, false].into_iter().enumerate() {
            let page = wanted(&mut desk, Some("stop")).await?;
            page.does("length&value=20s").await?;
            page.does("begin").await?;
            passes(&mut desk, 24).await?;
            page.does("said&tense=8").await?;
            let last = page.sees().await?;
            assert_eq!(last.contains("people you can talk to"), shown, "{number}: {last}");
            page.closes().await?;
        }
        desk.stop().await
    })
}
