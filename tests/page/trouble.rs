//! What goes wrong around an open page: nights, other windows, clocks, straps, and what others wrote.

use std::sync::Arc;

use kindbeat_core::page::Feedback;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Tense;
use kindbeat_core::page::Wish;
use kindbeat_core::practice::Ending;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Origin;
use kindbeat_core::practice::Practice;
use kindbeat_core::practice::SessionState;

use crate::IS_FAREWELL;
use crate::arrive;
use crate::browser;
use crate::browser::Browser;
use crate::desk::Mortal;
use crate::desk::Setup;
use crate::ending;
use crate::next;
use crate::opened;
use crate::stand_in;
use crate::stand_in::StandIn;
use crate::unprivileged::run;
use crate::until_closed;

/// From one evening to the next morning.
const NIGHT: i64 = 12 * 3_600;

#[test]
fn a_page_left_open_overnight_is_over_in_the_morning() {
    run(async || {
        // Before the first step, and paused in the middle: nobody came back.
        for steps in [0, 2] {
            let (desk, mut browser) = opened(Length::ThreeMinutes).await;
            for _ in 0..steps {
                next(&mut browser).await;
            }
            if steps > 0 {
                browser.press("p").await;
                browser.until("pause.dataset.do === 'resume'").await;
            }
            desk.wait(NIGHT);
            browser.until(IS_FAREWELL).await;
            assert!(matches!(ending(&desk), Ending::Left { .. }));
            // By itself, since there is nothing more to do.
            until_closed(&desk, &mut browser).await;
        }
    });
}

#[test]
fn a_machine_that_slept_finds_the_break_waiting_at_its_step() {
    run(async || {
        let (desk, mut browser) = opened(Length::ThreeMinutes).await;
        next(&mut browser).await;
        next(&mut browser).await;
        let moment = browser.text("page.dataset.moment").await;
        desk.jump(NIGHT);
        browser.until("pause.dataset.do === 'resume'").await;
        assert_eq!(browser.text("page.dataset.moment").await, moment);
        browser.press("p").await;
        browser.until("pause.dataset.do === 'pause'").await;
        next(&mut browser).await;
    });
}

#[test]
fn a_clock_set_back_or_forward_ends_nothing() {
    run(async || {
        let (desk, mut browser) = opened(Length::ThreeMinutes).await;
        next(&mut browser).await;
        for seconds in [-3_600, 7_200, -86_400] {
            let moment = browser.text("page.dataset.moment").await;
            desk.jump(seconds);
            if matches!(desk.session(), SessionState::Paused { .. }) {
                browser.until("pause.dataset.do === 'resume'").await;
                browser.press("p").await;
            }
            browser.until("pause.dataset.do === 'pause'").await;
            assert_eq!(browser.text("page.dataset.moment").await, moment);
            // From here on time runs as ever: the step lasts no longer than it would have.
            let lasts = desk.step().unwrap();
            assert!((1..=60).contains(&lasts), "{lasts} s");
            browser.until(&format!("page.dataset.moment !== '{moment}'")).await;
        }
        assert!(desk.server.is_open());
    });
}

#[test]
fn a_break_moves_to_the_window_that_was_opened_last() {
    run(async || {
        let (desk, mut browser) = opened(Length::OneMinute).await;
        browser.press(" ").await;
        browser.until("page.dataset.moment === 'step-0'").await;
        desk.wait(60);
        browser.until_it_says("how tense does it feel").await;
        browser.eval("note.value = 'half a line'").await;
        browser.eval("document.querySelector('input[name=tense][value=\"3\"]').click()").await;
        let first = browser.tab();
        browser.open(&desk.server.open().unwrap().url).await;
        browser.until("note.value === 'half a line'").await;
        let second = browser.tab();
        browser.turn_to(&first).await;
        let closes = async { while browser.is_open().await {} };
        tokio::time::timeout(browser::SOON, closes).await.unwrap();
        browser.turn_to(&second).await;
        assert!(!desk.done().contains(&PageInput::Closed), "a window is still there");
        browser.eval("page.focus()").await;
        browser.press("Enter").await;
        browser.until(IS_FAREWELL).await;
        let said = Feedback {
            tense: Tense::new(3),
            note: Feedback::note("half a line"),
            ..Feedback::default()
        };
        assert_eq!(desk.wishes().last(), Some(&Wish::Feedback(said)));
    });
}

#[test]
fn nobody_who_takes_the_port_is_taken_for_the_daemon() {
    run(async || {
        for says in [stand_in::ITS_OWN_PAGE, stand_in::NOTHING] {
            let daemon = Mortal::start(Length::OneMinute).await;
            let mut browser = Browser::start(&browser::find().unwrap()).await;
            let url = daemon.opens();
            browser.open(&url).await;
            browser.until("document.activeElement.id === 'page'").await;
            browser.press(" ").await;
            browser.until("page.dataset.moment === 'step-0'").await;
            daemon.desk.wait(60);
            browser.until_it_says("how tense does it feel").await;
            browser.eval("note.value = 'my own private line'").await;
            // What its next connection is to begin with is in no request.
            let proof = browser.text("document.body.dataset.proof").await;
            daemon.dies_at_once();
            let other = StandIn::take(&url, says).await;
            browser.until("document.body.dataset.lost !== undefined").await;
            // Said while the page still hopes.
            browser.eval("document.getElementById('next').click()").await;
            other.is_asked_for_live().await;
            browser.until_it_says("The break ends here.").await;
            for key in [" ", "Enter", "t", "p", "Escape"] {
                browser.press(key).await;
            }
            let closed = async { while browser.is_open().await {} };
            tokio::time::timeout(browser::SOON, closed).await.unwrap();
            for asked in other.asked() {
                assert!(asked.starts_with("GET ") && asked.contains("/live "), "{asked}");
                assert!(!asked.contains("private") && !asked.contains(&proof), "{asked}");
            }
        }
    });
}

#[test]
fn a_lost_strap_removes_its_figure_and_nothing_else() {
    run(async || {
        let (desk, mut browser) = opened(Length::ThreeMinutes).await;
        next(&mut browser).await;
        desk.heart(71.0);
        browser.until("heart.textContent.includes('71')").await;
        let before = browser.text("words.innerHTML").await;
        desk.heart(None);
        browser.until("heart.textContent === ''").await;
        assert_eq!(browser.text("words.innerHTML").await, before);
        next(&mut browser).await;
        desk.heart(68.0);
        browser.until("heart.textContent.includes('68')").await;
    });
}

#[test]
fn markup_in_a_practice_is_shown_and_does_nothing() {
    run(async || {
        let practice = Arc::new(Practice::parse("own.toml", MARKUP, Origin::Own).unwrap());
        let setup = Setup::new(Length::OneMinute).of(&practice, Length::OneMinute);
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        let desk = arrive(&setup, &mut browser).await;
        assert_eq!(browser.text("title.textContent").await, EVIL);
        assert_eq!(browser.text("document.title").await, EVIL);
        for _ in 0..desk.steps() {
            next(&mut browser).await;
            browser.eval("document.getElementById('choice-0')?.click()").await;
            let said = browser.text("words.textContent").await;
            assert!(said.contains(EVIL), "{said}");
        }
        assert_eq!(browser.text("line.textContent").await, EVIL);
        for of_it in [
            "document.querySelectorAll('img, script:not([src]), b').length",
            "globalThis.done ?? 0",
        ] {
            assert_eq!(browser.eval(of_it).await, 0, "{of_it}");
        }
    });
}

/// Signs that mean something in HTML, in scripts and in server-sent events.
const EVIL: &str = "<img src=x onerror=done=1><script>done=1</script><b>'&amp;\"</b>`${done=1}`";

const MARKUP: &str = r#"
id = "own"
title = '''<img src=x onerror=done=1><script>done=1</script><b>'&amp;"</b>`${done=1}`'''
about = '''<img src=x onerror=done=1><script>done=1</script><b>'&amp;"</b>`${done=1}`'''
inward = true
[[step]]
element = "mindfulness"
say = '''<img src=x onerror=done=1><script>done=1</script><b>'&amp;"</b>`${done=1}`'''
lasts = { 1m = "30s" }
[[step]]
element = "self-kindness"
say = '''<img src=x onerror=done=1><script>done=1</script><b>'&amp;"</b>`${done=1}`'''
lasts = { 1m = "30s" }
[[step.choices]]
word = '''<img src=x onerror=done=1><script>done=1</script><b>'&amp;"</b>`${done=1}`'''
line = '''<img src=x onerror=done=1><script>done=1</script><b>'&amp;"</b>`${done=1}`'''
"#;
