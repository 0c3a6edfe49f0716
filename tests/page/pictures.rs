//! How the page looks, for everybody: the pictures of `tests/pictures`, each looked over before it is taken. Those that show the heart
//! are taken of the daemon itself.

use kindbeat_core::practice::Length;
use kindbeat_core::words::Words;
use tokio::task::LocalSet;

use crate::browser;
use crate::browser::Browser;
use crate::daemon::Daemon;
use crate::daemon::Rhythm;
use crate::desk::Setup;
use crate::leave;
use crate::next;
use crate::pseudo;
use crate::tour;
use crate::tour::Look as Looks;
use crate::translated::FITS;
use crate::unprivileged::run;
use crate::unprivileged::save;

/// A name, the size of the window and how many real pixels are one of its own, and what its owner wishes.
type Look = (&'static str, (u32, u32, u32), &'static [(&'static str, &'static str)]);

const LOOKS: [Look; 8] = [
    ("light", (480, 720, 1), &[LIGHT]),
    ("dark", (480, 720, 1), &[DARK]),
    ("narrow", (320, 640, 1), &[LIGHT]),
    ("zoomed", (240, 360, 2), &[LIGHT]),
    ("wide", (1280, 800, 1), &[LIGHT]),
    ("contrast", (480, 720, 1), &[LIGHT, ("prefers-contrast", "more")]),
    ("forced", (480, 720, 1), &[DARK, ("forced-colors", "active")]),
    ("still", (480, 720, 1), &[LIGHT, ("prefers-reduced-motion", "reduce")]),
];
const LIGHT: (&str, &str) = ("prefers-color-scheme", "light");
const DARK: (&str, &str) = ("prefers-color-scheme", "dark");

/// The screens on which the looks differ most: all are taken of these, and of the others the usual one.
const TELLING: [&str; 3] = ["first", "step-0-0", "question-open"];

#[test]
fn in_every_size_and_colour() {
    taken(|| Words::new("en"), &LOOKS);
}

#[test]
fn in_longer_words() {
    taken(pseudo::longer, &[("longer", (480, 720, 1), &[LIGHT])]);
}

#[test]
fn from_right_to_left() {
    taken(pseudo::mirrored, &[("mirrored", (480, 720, 1), &[LIGHT])]);
}

/// Steps look like each other.
fn is_one_of_its_kind(screen: &str) -> bool {
    let others = ["step", "grounding", "heart"];
    let telling = ["grounding-0", "heart-first", "heart-good", "heart-irregular"];
    telling.contains(&screen) || !others.iter().any(|other| screen.starts_with(other))
}

/// The screens that show the heart.
const OF_THE_HEART: [&str; 7] = [
    "paused-open",
    "question",
    "question-open",
    "farewell",
    "heart-first",
    "heart-good",
    "heart-irregular",
];

fn taken(words: fn() -> Words, looks: &[Look]) {
    run(async || {
        // The pictures are Chromium's.
        if browser::is_firefox() {
            return;
        }
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        let setup = Setup { words, ..Setup::new(Length::OneMinute) };
        let mut scene = async |browser: &mut Browser, screen: &str| {
            take(browser, screen, looks, !OF_THE_HEART.contains(&screen)).await;
        };
        tour::screens(&mut browser, &setup, &mut scene).await;
        let mut real = async |browser: &mut Browser, screen: &str| {
            take(browser, screen, looks, true).await;
        };
        LocalSet::new().run_until(hearts(&mut browser, words, &mut real)).await;
    });
}

/// Looks at a screen in every way, and saves the pictures of it where they tell something.
async fn take(browser: &mut Browser, screen: &str, looks: &[Look], saves: bool) {
    for (look, (width, height, scale), wishes) in looks {
        let name = format!("{look}-{screen}");
        browser.size(*width, *height, *scale).await;
        browser.prefer(wishes).await;
        assert_eq!(browser.text(FITS).await, "", "{name}");
        let is_light = *look == "light" && is_one_of_its_kind(screen);
        if saves && (TELLING.contains(&screen) || is_light) {
            save(&name, &browser.picture().await);
        }
    }
    // As it was, for those who go on from here.
    browser.prefer(&[LIGHT]).await;
}

/// The screens of [`OF_THE_HEART`].
async fn hearts(browser: &mut Browser, words: fn() -> Words, look: &mut impl Looks) {
    whole(browser, words, look).await;
    for (rhythm, name) in [(Rhythm::Even, "heart-good"), (Rhythm::Irregular, "heart-irregular")] {
        let mut daemon = slow_breathing(browser, words, rhythm).await;
        if rhythm == Rhythm::Even {
            look(browser, "heart-first").await;
        }
        next(browser).await;
        next(browser).await;
        daemon.seconds(10).await;
        browser.until("document.querySelector('#swing figcaption').textContent !== ''").await;
        look(browser, name).await;
        leave(browser).await;
    }
}

/// A break from its first step to the farewell.
async fn whole(browser: &mut Browser, words: fn() -> Words, look: &mut impl Looks) {
    let mut daemon = Daemon::start(words, Rhythm::Even);
    daemon.seconds(60).await;
    arrive(browser, &daemon.begins(None, Length::OneMinute).await).await;
    next(browser).await;
    daemon.seconds(3).await;
    browser.press("p").await;
    browser.until("pause.dataset.do === 'resume'").await;
    browser.until("heart.textContent !== ''").await;
    browser.eval(tour::OPEN_ALL).await;
    look(browser, "paused-open").await;
    browser.press("p").await;
    browser.until("pause.dataset.do === 'pause'").await;
    daemon.seconds(70).await;
    browser.until("document.getElementById('course') !== null").await;
    tour::answer(browser, look).await;
    look(browser, "farewell").await;
    leave(browser).await;
}

/// Before its first step.
async fn slow_breathing(browser: &mut Browser, words: fn() -> Words, rhythm: Rhythm) -> Daemon {
    let mut daemon = Daemon::start(words, rhythm);
    daemon.seconds(60).await;
    let url = daemon.begins(Some("slow-breathing"), Length::ThreeMinutes).await;
    arrive(browser, &url).await;
    daemon
}

async fn arrive(browser: &mut Browser, url: &str) {
    browser.open(url).await;
    browser.until("document.activeElement.id === 'page'").await;
}
