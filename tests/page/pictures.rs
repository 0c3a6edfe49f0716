//! How the page looks, for everybody: the pictures of `tests/pictures`, each looked over before it is taken.

use kindbeat_core::practice::Length;
use kindbeat_core::words::Words;

use crate::browser;
use crate::browser::Browser;
use crate::desk::Setup;
use crate::pseudo;
use crate::tour;
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

fn taken(words: fn() -> Words, looks: &[Look]) {
    run(async || {
        // The pictures are Chromium's.
        if browser::is_firefox() {
            return;
        }
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        let setup = Setup { words, ..Setup::new(Length::OneMinute) };
        let mut take = async |browser: &mut Browser, screen: &str| {
            for (look, (width, height, scale), wishes) in looks {
                let name = format!("{look}-{screen}");
                browser.size(*width, *height, *scale).await;
                browser.prefer(wishes).await;
                assert_eq!(browser.text(FITS).await, "", "{name}");
                let is_light = *look == "light" && is_one_of_its_kind(screen);
                if TELLING.contains(&screen) || is_light {
                    save(&name, &browser.picture().await);
                }
            }
            // As it was, for those who go on from here.
            browser.prefer(&[LIGHT]).await;
        };
        tour::screens(&mut browser, &setup, &mut take).await;
    });
}
