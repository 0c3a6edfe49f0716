//! Every practice in every length: to its end, out of it, and to "this is too much", by keyboard alone.
//!
//! All of it is some hundreds of breaks. Always run is a choice of them in which every two things that can come together do so
//! once at least: a practice and a length, a length and a way out, a way out and a place, and so on. Where all is asked for, every
//! practice in every length runs to its end besides, and is left and sent to "too much" from every step.

use std::collections::BTreeSet;
use std::sync::Arc;

use kindbeat_core::page::Screen;
use kindbeat_core::practice::Ending;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Practice;
use serde_json::json;

use crate::IS_FAREWELL;
use crate::all;
use crate::arrive;
use crate::browser;
use crate::browser::Browser;
use crate::desk::Desk;
use crate::desk::Setup;
use crate::ending;
use crate::next;
use crate::unprivileged::run;
use crate::until_gone;

/// One break.
#[derive(Clone)]
struct Run {
    practice: Arc<Practice>,
    length: Length,
    /// At which page the person begins to do something else than going on: 0 for the first page, 1 for the first step.
    from: usize,
    paused: bool,
    out: Out,
}

/// How it goes on from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Out {
    /// Nobody touches anything until the last step is over.
    End,
    Leave,
    TooMuch,
}

#[test]
fn every_practice_runs_to_its_end_and_has_an_exit_everywhere() {
    run(async || {
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        let mut runs = pairwise(every());
        if all() {
            runs.extend(every().into_iter().filter(Run::tells_of_its_own));
        }
        for run in runs {
            go(&run, &mut browser).await;
        }
    });
}

/// Everything that can be done.
fn every() -> Vec<Run> {
    let mut runs = Vec::new();
    for practice in Library::built_in().unwrap().list() {
        for length in practice.lengths().iter().copied() {
            for from in 0..=practice.steps_in(length).count() {
                for (paused, out) in [false, true].into_iter().flat_map(|paused| {
                    [Out::End, Out::Leave, Out::TooMuch].map(|out| (paused, out))
                }) {
                    // The first page is not paused: it waits as it is.
                    if !paused || from > 0 {
                        runs.push(Run {
                            practice: Arc::clone(practice),
                            length,
                            from,
                            paused,
                            out,
                        });
                    }
                }
            }
        }
    }
    runs
}

impl Run {
    /// What it is made of, each by name.
    fn parts(&self) -> Vec<String> {
        let steps = self.practice.steps_in(self.length).count();
        let place = match self.from {
            0 => "first page",
            1 => "first step",
            from if from == steps => "last step",
            _ => "between",
        };
        vec![
            self.practice.id().to_owned(),
            self.length.to_string(),
            place.to_owned(),
            format!("paused: {}", self.paused),
            format!("{:?}", self.out),
        ]
    }

    /// To the end once, and out of every step; that a pause changes nothing of it, the choice tells.
    fn tells_of_its_own(&self) -> bool {
        !self.paused && (self.out != Out::End || self.from == 0)
    }

    fn pairs(&self) -> BTreeSet<(String, String)> {
        let parts = self.parts();
        let with = |at: usize| parts[at + 1..].iter().map(move |other| (at, other.clone()));
        let pairs = (0..parts.len()).flat_map(with);
        pairs.map(|(at, other)| (parts[at].clone(), other)).collect()
    }
}

/// Some of them, in which every pair of parts comes that comes in all: always the one next that brings most new pairs.
fn pairwise(runs: Vec<Run>) -> Vec<Run> {
    let mut left: Vec<_> = runs.into_iter().map(|run| (run.pairs(), run)).collect();
    let mut chosen = Vec::new();
    loop {
        left.retain(|(pairs, _)| !pairs.is_empty());
        let most =
            left.iter().enumerate().max_by_key(|(at, (pairs, _))| (pairs.len(), usize::MAX - at));
        let Some((at, _)) = most else { return chosen };
        let (pairs, run) = left.swap_remove(at);
        for (others, _) in &mut left {
            others.retain(|pair| !pairs.contains(pair));
        }
        chosen.push(run);
    }
}

async fn go(run: &Run, browser: &mut Browser) {
    let setup = Setup::new(run.length).of(&run.practice, run.length);
    let desk = arrive(&setup, browser).await;
    for _ in 0..run.from {
        next(browser).await;
        shows_it_all(&desk, browser).await;
    }
    if run.paused {
        browser.press("p").await;
        browser.until("pause.dataset.do === 'resume'").await;
    }
    let step = run.from.saturating_sub(1);
    match run.out {
        Out::End => {
            to_the_end(run, &desk, browser).await;
            assert_eq!(ending(&desk), Ending::Completed);
        }
        Out::Leave => {
            browser.press("Escape").await;
            until_gone(&desk, browser).await;
            assert_eq!(ending(&desk), Ending::Left { step });
            return;
        }
        Out::TooMuch => {
            browser.press("t").await;
            browser.until("page.className === 'step grounding'").await;
            while passes(&desk, browser).await.is_some() {}
            assert_eq!(ending(&desk), Ending::TooMuch { step });
        }
    }
    browser.until(IS_FAREWELL).await;
    browser.press("Escape").await;
    until_gone(&desk, browser).await;
}

async fn to_the_end(run: &Run, desk: &Desk, browser: &mut Browser) {
    if run.from == 0 {
        next(browser).await;
    }
    if run.paused {
        browser.press("p").await;
        browser.until("pause.dataset.do === 'pause'").await;
    }
    let mut seconds = 0;
    while let Some(lasted) = passes(desk, browser).await {
        seconds += lasted;
    }
    if run.from == 0 {
        assert_eq!(seconds, i64::from(run.length.seconds()), "it lasts as long as it says");
    }
    browser.until("page.className === 'question'").await;
    // By Enter, without an answer.
    browser.press("Enter").await;
}

/// Lets a step pass, and waits until the page shows what follows; how many seconds it lasted. `None` after the last one.
async fn passes(desk: &Desk, browser: &mut Browser) -> Option<i64> {
    let lasted = desk.step()?;
    let moment = desk.view().moment();
    browser.until(&format!("page.dataset.moment === '{moment}'")).await;
    shows_it_all(desk, browser).await;
    Some(lasted)
}

/// Waits until every line of the step stands on the page.
async fn shows_it_all(desk: &Desk, browser: &mut Browser) {
    if let Screen::Step(step) = desk.view().screen {
        let lines = json!(step.words);
        browser.until(&format!("{lines}.every((line) => words.textContent.includes(line))")).await;
    }
}
