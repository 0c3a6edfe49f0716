//! Every screen there is, one after the other: whoever looks for faults goes along.

use std::collections::BTreeSet;

use kindbeat_core::breathing::BreathPace;
use kindbeat_core::breathing::SearchOutcome;
use kindbeat_core::breathing::Unclear;
use kindbeat_core::breathing::Verdict;
use kindbeat_core::page::Screen;
use kindbeat_core::page::Visit;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Practice;
use serde_json::json;

use crate::IS_FAREWELL;
use crate::arrive;
use crate::browser::Browser;
use crate::desk::Desk;
use crate::desk::Setup;
use crate::leave;
use crate::next;

/// A place to look at, by name.
pub(crate) trait Look: AsyncFnMut(&mut Browser, &str) {}

impl<L: AsyncFnMut(&mut Browser, &str)> Look for L {}

/// All that a break can show besides the steps of the other practices.
pub(crate) async fn screens(browser: &mut Browser, setup: &Setup, look: &mut impl Look) {
    welcomes(browser, setup, look).await;
    whole(browser, setup, look).await;
    hearts(browser, setup, look).await;
    too_much(browser, setup, look).await;
    ends(browser, setup, look).await;
}

/// One break from its first page to the farewell.
async fn whole(browser: &mut Browser, setup: &Setup, look: &mut impl Look) {
    let desk = arrive(setup, browser).await;
    look(browser, "first").await;
    browser.eval(OPEN_ALL).await;
    browser.eval("document.getElementById('before-7').click()").await;
    look(browser, "first-open").await;
    steps(browser, &desk, "step", look).await;
    browser.press("p").await;
    browser.until("pause.dataset.do === 'resume'").await;
    desk.heart(71.0);
    browser.until("heart.textContent !== ''").await;
    browser.eval(OPEN_ALL).await;
    look(browser, "paused-open").await;
    browser.press("p").await;
    browser.until("pause.dataset.do === 'pause'").await;
    question(browser, &desk, look).await;
    look(browser, "farewell").await;
    leave(browser).await;
}

/// The question after the break, from the last step to its answer.
async fn question(browser: &mut Browser, desk: &Desk, look: &mut impl Look) {
    desk.wait(1);
    desk.heart(74.0);
    desk.wait(600);
    desk.heart(66.0);
    answer(browser, look).await;
}

/// The question is answered, as it comes.
pub(crate) async fn answer(browser: &mut Browser, look: &mut impl Look) {
    browser.until("page.className === 'question'").await;
    look(browser, "question").await;
    for key in ["Tab", "ArrowDown", "ArrowDown", "ArrowDown"] {
        browser.press(key).await;
    }
    browser.until("document.querySelector(':checked')?.value === '3'").await;
    browser.eval(OPEN_ALL).await;
    browser.eval("document.getElementById('liking-more').click()").await;
    look(browser, "question-open").await;
    browser.press("Enter").await;
    browser.until(IS_FAREWELL).await;
}

/// The heart's line beside a slow breath, in each state of it, and the search for a pace with all that it can find.
async fn hearts(browser: &mut Browser, setup: &Setup, look: &mut impl Look) {
    let library = Library::built_in().unwrap();
    let slow = library.list().iter().find(|practice| practice.follows_heart()).unwrap();
    let desk = arrive(&setup.of(slow, Length::ThreeMinutes), browser).await;
    desk.follow(Verdict::Good);
    browser.until("document.getElementById('find-pace') !== null").await;
    look(browser, "heart-first").await;
    while desk.view().line.is_none() {
        next(browser).await;
    }
    for verdict in [
        Verdict::Good,
        Verdict::Waiting,
        Verdict::Silent,
        Verdict::NoRr,
        Verdict::Poor,
        Verdict::Irregular,
    ] {
        let before = browser.eval("document.querySelector('#swing figcaption').textContent").await;
        desk.follow(verdict);
        let told = desk.view().line.unwrap().words;
        if before != told.as_str() {
            let caption = json!(told);
            browser
                .until(&format!(
                    "document.querySelector('#swing figcaption').textContent === {caption}"
                ))
                .await;
        }
        browser.until("!document.getElementById('swing').hidden").await;
        look(browser, &format!("heart-{verdict:?}").to_lowercase()).await;
    }
    leave(browser).await;
    let desk = arrive(&setup.of(library.own_pace(), Length::ThreeMinutes), browser).await;
    desk.follow(Verdict::Good);
    steps(browser, &desk, "step-pace", look).await;
    let unclear =
        [Unclear::Unfinished, Unclear::NoRr, Unclear::Poor, Unclear::Irregular, Unclear::TooEven];
    let found = SearchOutcome::Found(BreathPace::new(5.4).unwrap(), Vec::new());
    for outcome in unclear.map(SearchOutcome::Unclear).into_iter().chain([found]) {
        let name = format!("step-{outcome:?}").to_lowercase();
        desk.found(outcome);
        let Screen::Step(step) = desk.view().screen else { panic!("no step") };
        let lines = json!(step.words);
        browser.until(&format!("{lines}.every((line) => words.textContent.includes(line))")).await;
        look(browser, &name).await;
    }
    leave(browser).await;
}

/// The first time, and the last words of somebody who has had hard days.
async fn welcomes(browser: &mut Browser, setup: &Setup, look: &mut impl Look) {
    let setup = Setup { first_time: true, needs_help: true, ..setup.clone() };
    let desk = arrive(&setup, browser).await;
    for screen in 0..Visit::WELCOMES {
        browser.eval(OPEN_ALL).await;
        look(browser, &format!("welcome-{screen}")).await;
        next(browser).await;
    }
    next(browser).await;
    desk.wait(600);
    browser.until("page.className === 'question'").await;
    browser.press("Enter").await;
    browser.until(IS_FAREWELL).await;
    look(browser, "farewell-hard-days").await;
    leave(browser).await;
}

/// The way outward, with its numbers to call.
async fn too_much(browser: &mut Browser, setup: &Setup, look: &mut impl Look) {
    let desk = arrive(setup, browser).await;
    browser.press("t").await;
    browser.until("page.className === 'step grounding'").await;
    for step in 0..desk.steps() {
        look(browser, &format!("grounding-{step}")).await;
        next(browser).await;
    }
    browser.until(IS_FAREWELL).await;
    browser.eval(OPEN_ALL).await;
    look(browser, "farewell-too-much").await;
    leave(browser).await;
    // Where the place is not known, all numbers stand side by side.
    let nowhere = Setup { locale: "", ..setup.clone() };
    let _desk = arrive(&nowhere, browser).await;
    browser.press("t").await;
    browser.until("page.className === 'step grounding'").await;
    look(browser, "grounding-nowhere").await;
    leave(browser).await;
}

/// The ways in which a page is no longer good for anything.
async fn ends(browser: &mut Browser, setup: &Setup, look: &mut impl Look) {
    let desk = arrive(setup, browser).await;
    browser.press(" ").await;
    browser.until("page.dataset.moment !== 'first'").await;
    desk.vanish();
    browser.until("document.getElementById('next') === null").await;
    look(browser, "gone").await;
    let _desk = arrive(setup, browser).await;
    // A tab that has been elsewhere is not the page's to close.
    browser.eval("history.pushState(null, '', '#')").await;
    browser.press("Escape").await;
    browser.until("document.getElementById('close-line') !== null").await;
    look(browser, "may-close").await;
    let desk = Desk::with(setup);
    let used = desk.server.open().unwrap().url;
    browser.open(&used).await;
    browser.open(&used).await;
    look(browser, "refused").await;
}

/// Every step of every practice once, and every sentence that can be chosen.
pub(crate) async fn practices(
    browser: &mut Browser,
    setup: &Setup,
    anchors: &[Anchor],
    look: &mut impl Look,
) {
    for practice in Library::built_in().unwrap().list() {
        for length in lengths(practice) {
            for anchor in anchors {
                let setup = Setup { anchor: *anchor, ..setup.of(practice, length) };
                let name = format!("{}-{length}-{}", practice.id(), anchor.as_str());
                let desk = arrive(&setup, browser).await;
                look(browser, &format!("{name}-first")).await;
                steps(browser, &desk, &name, look).await;
                leave(browser).await;
            }
        }
    }
}

/// The fewest lengths, the longest first, in which every step comes.
fn lengths(practice: &Practice) -> Vec<Length> {
    let mut seen = BTreeSet::new();
    let mut lengths = practice.lengths().to_vec();
    lengths.reverse();
    lengths.retain(|length| {
        let before = seen.len();
        let steps = practice.steps().iter().enumerate();
        seen.extend(steps.filter(|(_, step)| step.lasts_in(*length).is_some()).map(|(at, _)| at));
        seen.len() > before
    });
    lengths
}

/// From the first page to the last step.
async fn steps(browser: &mut Browser, desk: &Desk, name: &str, look: &mut impl Look) {
    for step in 0..desk.steps() {
        next(browser).await;
        look(browser, &format!("{name}-{step}")).await;
        let choices = browser.eval("document.querySelectorAll('#choices button').length").await;
        for choice in 0..choices.as_u64().unwrap() {
            browser.eval(&format!("document.getElementById('choice-{choice}').click()")).await;
            look(browser, &format!("{name}-{step}-{choice}")).await;
        }
    }
}

/// Opens whatever can be opened.
pub(crate) const OPEN_ALL: &str =
    "document.querySelectorAll('details').forEach((one) => { one.open = true; })";
