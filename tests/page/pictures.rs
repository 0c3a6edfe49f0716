//! How the page looks, for everybody: the pictures of `tests/pictures`, each looked over before it is taken.
//!
//! Each shows a page of a running daemon. Those without a heart are of the program in a process of its own, see [`Process`]. Those with
//! a heart, and those in words that no language of the program has, are of the daemon's loop in this process, see [`Daemon`]: the
//! test gives it the words, and time for a heart to be known in.

use kindbeat_core::page::Visit;
use kindbeat_core::practice::Length;
use kindbeat_core::words::Words;
use tokio::task::LocalSet;

use crate::IS_FAREWELL;
use crate::browser;
use crate::browser::Browser;
use crate::daemon::Daemon;
use crate::daemon::Rhythm;
use crate::desk::Setup;
use crate::leave;
use crate::next;
use crate::process::Process;
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
    taken(|| Words::new("en"), &LOOKS, Host::Program);
}

#[test]
fn in_longer_words() {
    taken(pseudo::longer, &[("longer", (480, 720, 1), &[LIGHT])], Host::Loop);
}

#[test]
fn from_right_to_left() {
    taken(pseudo::mirrored, &[("mirrored", (480, 720, 1), &[LIGHT])], Host::Loop);
}

/// Who serves the pages without a heart.
#[derive(Clone, Copy)]
enum Host {
    /// The program, in a process of its own.
    Program,
    /// The daemon's loop in this process: no language of the program has these words.
    Loop,
}

/// Steps look like each other.
fn is_one_of_its_kind(screen: &str) -> bool {
    let others = ["step", "grounding", "heart"];
    let telling = ["grounding-0", "heart-first", "heart-good", "heart-irregular"];
    telling.contains(&screen) || !others.iter().any(|other| screen.starts_with(other))
}

/// Looks at every screen there is, and takes pictures of those that show a heart and of those of `host`.
fn taken(words: fn() -> Words, looks: &[Look], host: Host) {
    run(async || {
        // The pictures are Chromium's.
        if browser::is_firefox() {
            return;
        }
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        let setup = Setup { words, ..Setup::new(Length::OneMinute) };
        let mut scene = async |browser: &mut Browser, screen: &str| {
            take(browser, screen, looks, false).await;
        };
        tour::screens(&mut browser, &setup, &mut scene).await;
        let mut real = async |browser: &mut Browser, screen: &str| {
            take(browser, screen, looks, true).await;
        };
        let pictures = async {
            match host {
                Host::Program => of_the_program(&mut browser, &mut real).await,
                Host::Loop => {
                    let mut daemon = Daemon::start(words, Rhythm::Even);
                    let url = daemon.begins(None, Length::OneMinute).await;
                    begins(&mut browser, &url, &mut real).await;
                    leave(&mut browser).await;
                }
            }
            hearts(&mut browser, words, &mut real).await;
        };
        LocalSet::new().run_until(pictures).await;
    });
}

/// Looks at a screen in every way; saves the pictures of it where they tell something, unless it is a scene that was set by hand.
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

/// The screens without a heart, in a life of the program.
async fn of_the_program(browser: &mut Browser, look: &mut impl Looks) {
    let Some(program) = Process::start().await else { return };
    welcomes(browser, &program.begins(None, Length::OneMinute).await, look).await;
    begins(browser, &program.begins(None, Length::OneMinute).await, look).await;
    leave(browser).await;
    refuses(browser, &program, look).await;
    too_much(browser, &program.begins(None, Length::OneMinute).await, look).await;
    for hard in 1..=HARD {
        hard_day(browser, &program.begins(Some("stop"), Length::TwentySeconds).await).await;
        if hard == HARD {
            look(browser, "farewell-hard-days").await;
        }
        leave(browser).await;
    }
    gone(browser, program, look).await;
}

/// What is said before the first break.
async fn welcomes(browser: &mut Browser, url: &str, look: &mut impl Looks) {
    arrive(browser, url).await;
    for screen in 0..Visit::WELCOMES {
        browser.eval(tour::OPEN_ALL).await;
        look(browser, &format!("welcome-{screen}")).await;
        next(browser).await;
    }
    leave(browser).await;
}

/// The first page of a break, and its first step with a word chosen.
async fn begins(browser: &mut Browser, url: &str, look: &mut impl Looks) {
    arrive(browser, url).await;
    look(browser, "first").await;
    browser.eval(tour::OPEN_ALL).await;
    browser.eval("document.getElementById('before-7').click()").await;
    look(browser, "first-open").await;
    next(browser).await;
    browser.eval("document.getElementById('choice-0').click()").await;
    browser.until("document.querySelectorAll('#choices [aria-pressed=true]').length === 1").await;
    look(browser, "step-0-0").await;
}

/// The way outward, with its numbers to call.
async fn too_much(browser: &mut Browser, url: &str, look: &mut impl Looks) {
    arrive(browser, url).await;
    browser.press("t").await;
    browser.until("page.className === 'step grounding'").await;
    look(browser, "grounding-0").await;
    while browser.eval(IS_FAREWELL).await == false {
        next(browser).await;
    }
    browser.eval(tour::OPEN_ALL).await;
    look(browser, "farewell-too-much").await;
    leave(browser).await;
}

/// A break after which it feels as tense as can be.
async fn hard_day(browser: &mut Browser, url: &str) {
    arrive(browser, url).await;
    while browser.eval("page.className === 'question'").await == false {
        next(browser).await;
    }
    browser.eval("document.querySelector('input[name=tense][value=\"10\"]').click()").await;
    browser.eval("page.focus()").await;
    browser.press("Enter").await;
    browser.until(IS_FAREWELL).await;
}

/// Two ways in which a page is no longer good for anything: it may not close itself, or its address was used before.
async fn refuses(browser: &mut Browser, program: &Process, look: &mut impl Looks) {
    arrive(browser, &program.begins(None, Length::OneMinute).await).await;
    // A tab that has been elsewhere is not the page's to close.
    browser.eval("history.pushState(null, '', '#')").await;
    browser.press("Escape").await;
    browser.until("document.getElementById('close-line') !== null").await;
    look(browser, "may-close").await;
    let used = program.begins(None, Length::OneMinute).await;
    arrive(browser, &used).await;
    let first = browser.tab();
    browser.open(&used).await;
    look(browser, "refused").await;
    browser.turn_to(&first).await;
    leave(browser).await;
}

/// The third: the daemon has ended.
async fn gone(browser: &mut Browser, program: Process, look: &mut impl Looks) {
    // After hard days another one begins where none is asked for.
    let usual = Some("self-compassion-break");
    arrive(browser, &program.begins(usual, Length::OneMinute).await).await;
    next(browser).await;
    program.ends().await;
    browser.until("document.getElementById('next') === null").await;
    look(browser, "gone").await;
}

/// So many hard answers in a row lead to help lines.
const HARD: u32 = 3;

/// The screens that show the heart.
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
