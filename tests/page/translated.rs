//! Whether the page has room for other languages, on the smallest window and with letters of twice the size, and whether all
//! that it says can be translated.

use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Length;
use kindbeat_core::words::Words;
use serde_json::json;

use crate::all;
use crate::arrive;
use crate::browser;
use crate::browser::Browser;
use crate::desk::Setup;
use crate::next;
use crate::pseudo;
use crate::tour;
use crate::unprivileged::run;

#[test]
fn longer_words_fit_and_every_word_can_be_translated() {
    run(async || {
        let lines = HelpLines::built_in().unwrap();
        let known = [lines.directory, "kindbeat".to_owned()];
        let foreign = format!("{}({})", include_str!("checks/words.js").trim_end(), json!(known));
        every_screen(pseudo::longer, &foreign).await;
    });
}

#[test]
fn words_written_from_right_to_left_fit_on_every_screen() {
    run(async || {
        let direction =
            "getComputedStyle(document.body).direction === 'rtl' ? '' : 'from left to right'";
        every_screen(pseudo::mirrored, direction).await;
    });
}

#[test]
fn in_right_to_left_writing_back_is_to_the_right() {
    run(async || {
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        let setup = Setup { words: pseudo::mirrored, ..Setup::new(Length::OneMinute) };
        let _desk = arrive(&setup, &mut browser).await;
        next(&mut browser).await;
        next(&mut browser).await;
        assert_eq!(
            browser.text("back.ariaKeyShortcuts ?? back.getAttribute('aria-keyshortcuts')").await,
            "ArrowRight"
        );
        browser.press("ArrowRight").await;
        browser.until("page.dataset.moment === 'step-0'").await;
    });
}

/// Looks for what does not fit, and for what else this expression finds, on every screen.
async fn every_screen(words: fn() -> Words, expression: &str) {
    let mut browser = Browser::start(&browser::find().unwrap()).await;
    let setup = Setup { words, ..Setup::new(Length::ThreeMinutes) };
    let mut faults = Vec::new();
    let mut look = async |browser: &mut Browser, name: &str| {
        for (width, height, scale) in [(320, 640, 1), (240, 360, 2)] {
            browser.size(width, height, scale).await;
            for expression in [FITS, expression] {
                let found = browser.text(expression).await;
                faults.extend(found.lines().map(|fault| format!("{name}, {width} px: {fault}")));
            }
        }
    };
    let anchors = [Anchor::Breath, Anchor::Feet, Anchor::Hands, Anchor::Sound, Anchor::Sight];
    tour::screens(&mut browser, &setup, &mut look).await;
    let anchors = if all() { &anchors[..] } else { &anchors[..1] };
    tour::practices(&mut browser, &setup, anchors, &mut look).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What does not fit, a line each.
pub(crate) const FITS: &str = include_str!("checks/fits.js");
