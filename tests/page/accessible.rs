//! What axe-core finds on each screen that keeps people out, and whether every word stands out from its ground by 4.5 at least.

use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::Length;

use crate::all;
use crate::browser;
use crate::browser::Browser;
use crate::desk::Setup;
use crate::tour;
use crate::unprivileged::axe;
use crate::unprivileged::run;

#[test]
fn nothing_on_any_screen_keeps_anybody_out() {
    let Some(axe) = axe() else { return };
    run(async || {
        let axe = std::fs::read_to_string(axe).unwrap();
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        let setup = Setup::new(Length::ThreeMinutes);
        let mut faults = Vec::new();
        let mut look = async |browser: &mut Browser, name: &str| {
            if browser.eval("typeof axe").await == "undefined" {
                browser.eval(&axe).await;
                browser.eval(STRICTER).await;
            }
            for (colours, wishes) in COLOURS {
                browser.prefer(wishes).await;
                let found = browser.text(FAULTS).await;
                faults.extend(found.lines().map(|fault| format!("{name}, {colours}: {fault}")));
            }
        };
        tour::screens(&mut browser, &setup, &mut look).await;
        if all() {
            tour::practices(&mut browser, &setup, &[Anchor::Breath], &mut look).await;
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

/// In which colours, by name, and how they are wished for.
type Colours = (&'static str, &'static [(&'static str, &'static str)]);

const COLOURS: [Colours; 4] = [
    ("light", &[("prefers-color-scheme", "light")]),
    ("dark", &[("prefers-color-scheme", "dark")]),
    ("contrast", &[("prefers-color-scheme", "light"), ("prefers-contrast", "more")]),
    ("forced", &[("prefers-color-scheme", "dark"), ("forced-colors", "active")]),
];

/// Large words are no exception.
const STRICTER: &str = "axe.configure({ checks: [{ id: 'color-contrast', options: { contrastRatio: { \
                        normal: { expected: 4.5 }, large: { expected: 4.5 } } } }] })";

/// What is wrong, and what contrast could not be told.
const FAULTS: &str = "axe.run().then((found) => found.violations.concat(found.incomplete.filter((rule) => \
                      rule.id === 'color-contrast')).flatMap((rule) => rule.nodes.map((node) => \
                      `${rule.id}: ${node.html} ${node.any[0]?.message ?? ''}`)).join('\\n'))";
