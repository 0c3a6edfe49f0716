//! The page in a real browser: whole breaks by keyboard alone, every way out, and the pictures of `tests/pictures`.
//!
//! The page answers its own user only, and a browser is not to run as root: run by root, the tests run themselves as `nobody`.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod accessible;
#[allow(dead_code, reason = "shared with the benchmarks")]
mod browser;
#[path = "../support/bus.rs"]
mod bus;
mod choosing;
mod daemon;
mod desk;
#[path = "../support/nobody.rs"]
mod nobody;
mod pictures;
mod process;
#[path = "../support/pseudo.rs"]
mod pseudo;
mod runs;
mod stand_in;
mod tour;
mod translated;
mod trouble;
mod unprivileged;
mod weight;

use kindbeat_core::page::Feedback;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Pages;
use kindbeat_core::page::Tense;
use kindbeat_core::page::Wish;
use kindbeat_core::practice::Ending;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::SessionState;

use crate::browser::Browser;
use crate::desk::Desk;
use crate::desk::Mortal;
use crate::desk::Setup;
use crate::unprivileged::run;

/// Whether everything is to be run through, and not only a choice of it.
fn all() -> bool {
    std::env::var_os("KINDBEAT_ALL").is_some()
}

/// A desk with its page open, which hears keys.
async fn arrive(setup: &Setup, browser: &mut Browser) -> Desk {
    let desk = Desk::with(setup);
    browser.open(&desk.server.open().unwrap().url).await;
    browser.until("document.activeElement.id === 'page'").await;
    desk
}

/// A desk and a browser with its page open.
async fn opened(length: Length) -> (Desk, Browser) {
    let program = browser::find().unwrap();
    let (desk, mut browser) = (Desk::new(length), Browser::start(&program).await);
    show(&desk, &mut browser).await;
    (desk, browser)
}

async fn show(desk: &Desk, browser: &mut Browser) {
    browser.open(&desk.server.open().unwrap().url).await;
    browser.until_it_says("Turning inward can bring up hard feelings").await;
    browser.until("document.activeElement.id === 'page'").await;
}

#[track_caller]
fn ending(desk: &Desk) -> Ending {
    match desk.session() {
        SessionState::Ended { ending, .. } => ending,
        other => panic!("not over: {other:?}"),
    }
}

/// Out, until the window is gone.
async fn leave(browser: &mut Browser) {
    browser.press("Escape").await;
    let gone = async { while browser.is_open().await {} };
    tokio::time::timeout(browser::SOON, gone).await.unwrap();
}

/// Waits until the window is closed, and the daemon has been told so.
#[track_caller]
fn until_closed<'a>(desk: &'a Desk, browser: &'a mut Browser) -> impl Future<Output = ()> + 'a {
    closes(desk, browser, false)
}

/// The same many times: a browser that closes window after window may lose what a page says as it goes. Then the page is over once its
/// connection has been gone for long enough.
#[track_caller]
fn until_gone<'a>(desk: &'a Desk, browser: &'a mut Browser) -> impl Future<Output = ()> + 'a {
    closes(desk, browser, true)
}

#[track_caller]
fn closes<'a>(
    desk: &'a Desk,
    browser: &'a mut Browser,
    may_be_untold: bool,
) -> impl Future<Output = ()> + 'a {
    let caller = std::panic::Location::caller();
    async move {
        let pause = || tokio::time::sleep(std::time::Duration::from_millis(10));
        let closed = async {
            while browser.is_open().await {
                pause().await;
            }
            let told = async {
                while desk.server.is_open() {
                    pause().await;
                }
            };
            if tokio::time::timeout(browser::SOON / 2, told).await.is_err() && may_be_untold {
                desk.wait(Pages::GONE.as_secs());
            }
            while desk.server.is_open() {
                pause().await;
            }
        };
        if tokio::time::timeout(browser::SOON, closed).await.is_err() {
            let (tab, pages) = (browser.is_open().await, desk.server.is_open());
            panic!("not closed, {caller}; the tab is open: {tab}, a page: {pages}");
        }
    }
}

#[test]
fn a_whole_break_by_keyboard_alone() {
    run(async || {
        let (desk, mut browser) = opened(Length::OneMinute).await;
        browser.press(" ").await;
        browser.until_it_says("Something may be difficult").await;
        browser.press("p").await;
        browser.until_it_says("Go on").await;
        desk.wait(600);
        browser.until_it_says("Something may be difficult").await;
        browser.press("p").await;
        browser.until_it_says("Pause").await;
        browser.press(" ").await;
        browser.until_it_says("all right to feel overwhelmed").await;
        browser.press("ArrowLeft").await;
        browser.until_it_says("Something may be difficult").await;
        // From here on nobody touches anything: the daemon's clock moves the page.
        desk.wait(17);
        browser.until_it_says("all right to feel overwhelmed").await;
        desk.wait(43);
        browser.until_it_says("how tense does it feel").await;
        for key in ["Tab", "ArrowRight", "ArrowRight", "Enter"] {
            browser.press(key).await;
        }
        browser.until(IS_FAREWELL).await;
        assert_eq!(
            desk.wishes().last(),
            Some(&Wish::Feedback(Feedback { tense: Tense::new(2), ..Feedback::default() }))
        );
        assert_eq!(ending(&desk), Ending::Completed);
        browser.press("Escape").await;
        until_closed(&desk, &mut browser).await;
    });
}

#[test]
fn the_question_can_be_skipped_by_either_key() {
    run(async || {
        let (mut desk, mut browser) = opened(Length::OneMinute).await;
        for key in ["Enter", "Escape"] {
            browser.press(" ").await;
            browser.until_it_says("Something may be difficult").await;
            desk.wait(60);
            browser.until_it_says("how tense does it feel").await;
            browser.press(key).await;
            browser.until(IS_FAREWELL).await;
            assert_eq!(desk.wishes().last(), Some(&Wish::Feedback(Feedback::default())), "{key}");
            desk = Desk::new(Length::OneMinute);
            show(&desk, &mut browser).await;
        }
    });
}

#[test]
fn leaving_is_one_key_at_every_step_and_closes_the_window() {
    run(async || {
        let (mut desk, mut browser) = opened(Length::ThreeMinutes).await;
        let steps = desk.steps();
        for step in 0..=steps {
            for _ in 0..step {
                next(&mut browser).await;
            }
            browser.press("Escape").await;
            until_gone(&desk, &mut browser).await;
            assert_eq!(ending(&desk), Ending::Left { step: step.saturating_sub(1) });
            assert!(desk.done().iter().all(|input| !matches!(input, PageInput::Feedback(_))));
            if step < steps {
                desk = Desk::new(Length::ThreeMinutes);
                show(&desk, &mut browser).await;
            }
        }
    });
}

const IS_FAREWELL: &str = "page.className === 'farewell'";

/// On by one step, seen to have come.
async fn next(browser: &mut Browser) {
    let seen = browser.eval("page.dataset.moment").await;
    browser.press(" ").await;
    browser.until(&format!("page.dataset.moment !== {seen}")).await;
}

#[test]
fn this_is_too_much_leads_outward_from_every_step() {
    run(async || {
        let (mut desk, mut browser) = opened(Length::OneMinute).await;
        let steps = desk.steps();
        for step in 0..=steps {
            for _ in 0..step {
                next(&mut browser).await;
            }
            assert_eq!(
                browser.eval("document.getElementById('too-much').innerText").await,
                "This is too much"
            );
            browser.press("t").await;
            browser.until_it_says("Stopping is a way of taking care of yourself").await;
            browser.until_it_says("The practice is over").await;
            let help = browser.eval("document.querySelector('dt').innerText").await;
            assert_eq!(help, "999", "the emergency number of the place comes first");
            if step < steps {
                desk = Desk::new(Length::OneMinute);
                show(&desk, &mut browser).await;
            }
        }
        desk.wait(60);
        browser.until_it_says("kindbeat leaves you in peace").await;
        assert_eq!(ending(&desk), Ending::TooMuch { step: steps - 1 });
        desk.wait(3_600);
        browser.until_it_says("116 123").await;
        assert!(
            desk.server.is_open() && browser.is_open().await,
            "numbers stay as long as they may be needed"
        );
        browser.press("Escape").await;
        until_closed(&desk, &mut browser).await;
    });
}

#[test]
fn the_focus_is_never_lost_and_what_has_it_keeps_its_keys() {
    run(async || {
        let (_desk, mut browser) = opened(Length::ThreeMinutes).await;
        let focused = "document.activeElement.id";
        // By Tab to the button that begins, and by Space on it.
        for there in ["length-1m", "length-3m", "length-5m", "next"] {
            browser.press("Tab").await;
            browser.until(&format!("{focused} === '{there}'")).await;
        }
        browser.press(" ").await;
        browser.until_it_says("There is nothing to get right").await;
        assert_eq!(browser.eval(focused).await, "next");
        next(&mut browser).await;
        assert_eq!(browser.eval(focused).await, "next");
        // A word is chosen with its own button, and chooses nothing but its sentence.
        browser.eval("document.getElementById('choice-1').focus()").await;
        browser.press(" ").await;
        browser.until_it_says("This is stressful.").await;
        assert_eq!(browser.eval("page.dataset.moment").await, "step-1");
        assert_eq!(
            browser.eval("document.querySelectorAll('[aria-pressed=true]').length").await,
            1
        );
        // The button that had the focus is gone with its step: the page has it.
        browser.eval("document.getElementById('next').click()").await;
        browser.until_it_says("all right to feel overwhelmed").await;
        assert_eq!(browser.eval(focused).await, "page");
        browser.press("t").await;
        browser.until_it_says("The practice is over").await;
        assert_eq!(browser.eval(focused).await, "page");
        // A ring is seen around what has the focus.
        browser.press("Tab").await;
        browser.until("document.activeElement.id !== 'page'").await;
        browser.until("getComputedStyle(document.activeElement).outlineStyle === 'solid'").await;
    });
}

#[test]
fn each_step_is_announced_once() {
    run(async || {
        let (desk, mut browser) = opened(Length::OneMinute).await;
        let live = "[...document.querySelectorAll('[aria-live]')].map((one) => `${one.id} ${one.ariaLive}`).join()";
        assert_eq!(browser.eval(live).await, "words polite");
        let count = "globalThis.told = 0; new MutationObserver((all) => { told += all.filter((one) => \
                     one.addedNodes.length).length; }).observe(document.getElementById('words'), \
                     { childList: true, subtree: true, characterData: true })";
        browser.eval(count).await;
        for _ in 0..3 {
            next(&mut browser).await;
            desk.heart(70.0);
            browser.until_it_says("Your heart: 70").await;
        }
        browser.press("p").await;
        browser.until_it_says("Go on").await;
        assert_eq!(
            browser.eval("told").await,
            3,
            "one change a step, none by a pause or the heart"
        );
    });
}

#[test]
fn the_page_outlives_a_reload_and_says_when_the_break_has_ended() {
    run(async || {
        let (desk, mut browser) = opened(Length::OneMinute).await;
        browser.press(" ").await;
        browser.until_it_says("Something may be difficult").await;
        browser.eval("globalThis.old = true; location.reload()").await;
        browser.until("globalThis.old === undefined && document.readyState === 'complete'").await;
        browser.until_it_says("Something may be difficult").await;
        assert_eq!(browser.eval("history.length").await, 1);
        browser.until("document.activeElement.id === 'page'").await;
        desk.vanish();
        browser.until_it_says("The break ends here.").await;
        browser.press("Escape").await;
        // To a daemon that is gone it did not say that it closed.
        desk.wait(20);
        until_closed(&desk, &mut browser).await;
    });
}

#[test]
fn a_window_that_cannot_close_itself_says_it_may_be_closed() {
    run(async || {
        let (desk, mut browser) = opened(Length::OneMinute).await;
        // A tab that has been elsewhere is not the page's to close.
        browser.eval("history.pushState(null, '', '#')").await;
        browser.press("Escape").await;
        browser.until_it_says("Leaving is always fine.").await;
        browser.until_it_says("This window can be closed now.").await;
        assert!(browser.is_open().await);
        while desk.server.is_open() {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn a_daemon_that_dies_leaves_a_gentle_word_and_a_way_out() {
    run(async || {
        let daemon = Mortal::start(Length::OneMinute).await;
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        browser.open(&daemon.opens()).await;
        browser.until("document.activeElement.id === 'page'").await;
        browser.press(" ").await;
        browser.until_it_says("Something may be difficult").await;
        daemon.dies_at_once();
        browser.until_it_says("The break ends here.").await;
        browser.press("Escape").await;
        while browser.is_open().await {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn attention_can_rest_elsewhere() {
    run(async || {
        let (desk, mut browser) = opened(Length::ThreeMinutes).await;
        let choose =
            "anchor.value = 'feet'; anchor.dispatchEvent(new Event('change', { bubbles: true }))";
        browser.eval(choose).await;
        browser.press(" ").await;
        browser.until_it_says("notice where your feet meet the floor").await;
        assert_eq!(browser.eval("document.getAnimations().length").await, 0, "nothing breathes");
        assert!(desk.done().contains(&PageInput::Anchor(kindbeat_core::practice::Anchor::Feet)));
    });
}

#[test]
fn nothing_moves_for_those_who_want_nothing_to_move() {
    run(async || {
        let (_desk, mut browser) = opened(Length::OneMinute).await;
        browser.press(" ").await;
        browser.until("document.getAnimations().length === 1").await;
        browser.until("document.getAnimations()[0].currentTime > 0").await;
        browser.prefer(&[("prefers-reduced-motion", "reduce")]).await;
        browser.until("document.getAnimations().length === 0").await;
        browser.until_it_says("The breath comes and goes in its own time.").await;
    });
}
