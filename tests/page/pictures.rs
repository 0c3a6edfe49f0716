//! How the page looks, for everybody: the pictures of `tests/pictures`, each looked over before it is taken.

use kindbeat::practice::Length;

use crate::IS_FAREWELL;
use crate::arrive;
use crate::browser;
use crate::browser::Browser;
use crate::desk::Desk;
use crate::desk::Setup;
use crate::next;
use crate::pseudo;
use crate::show;
use crate::translated::FITS;
use crate::unprivileged::run;
use crate::unprivileged::save;

/// Every button is at least 44 px high and wide, nothing is cut off at the side, and all can be reached.
async fn is_roomy(browser: &mut Browser, what: &str) {
    assert_eq!(browser.text(FITS).await, "", "{what}");
}

/// A name, the size of the window and how many real pixels are one of its own, and what its owner wishes.
type Look = (&'static str, (u32, u32, u32), &'static [(&'static str, &'static str)]);

#[test]
fn pictures() {
    run(async || {
        let looks: [Look; 8] = [
            ("light", (480, 720, 1), &[LIGHT]),
            ("dark", (480, 720, 1), &[DARK]),
            ("narrow", (320, 640, 1), &[LIGHT]),
            ("zoomed", (240, 360, 2), &[LIGHT]),
            ("wide", (1280, 800, 1), &[LIGHT]),
            ("contrast", (480, 720, 1), &[LIGHT, ("prefers-contrast", "more")]),
            ("forced", (480, 720, 1), &[DARK, ("forced-colors", "active")]),
            ("still", (480, 720, 1), &[LIGHT, ("prefers-reduced-motion", "reduce")]),
        ];
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        for (look, (width, height, scale), wishes) in looks {
            let fresh = async |browser: &mut Browser| {
                let desk = Desk::new(Length::OneMinute);
                show(&desk, browser).await;
                browser.size(width, height, scale).await;
                browser.prefer(wishes).await;
                desk
            };
            let desk = fresh(&mut browser).await;
            picture(&mut browser, &format!("{look}-1-first")).await;
            browser.press(" ").await;
            browser.until_it_says("Something may be difficult").await;
            browser.eval("document.getElementById('choice-0').click()").await;
            desk.heart(71.0);
            browser.until_it_says("Your heart: 71").await;
            picture(&mut browser, &format!("{look}-2-step")).await;
            desk.wait(60);
            browser.until_it_says("how tense does it feel").await;
            for key in ["Tab", "ArrowRight", "ArrowRight", "ArrowRight"] {
                browser.press(key).await;
            }
            browser.until("document.querySelector(':checked')?.value === '3'").await;
            picture(&mut browser, &format!("{look}-3-question")).await;
            let desk = fresh(&mut browser).await;
            browser.press("t").await;
            browser.until_it_says("There is only the room now").await;
            picture(&mut browser, &format!("{look}-4-grounding")).await;
            desk.wait(60);
            browser.until(IS_FAREWELL).await;
            browser.eval("document.querySelector('details').open = true").await;
            picture(&mut browser, &format!("{look}-5-farewell")).await;
        }
        for (look, words) in
            [("longer", pseudo::longer as fn() -> _), ("mirrored", pseudo::mirrored)]
        {
            let _desk =
                arrive(&Setup { words, ..Setup::new(Length::OneMinute) }, &mut browser).await;
            browser.prefer(&[LIGHT]).await;
            next(&mut browser).await;
            browser.eval("document.getElementById('choice-0').click()").await;
            picture(&mut browser, &format!("{look}-2-step")).await;
        }
    });
}

/// Looks at the page as it is now; the pictures that tell something are saved.
async fn picture(browser: &mut Browser, name: &str) {
    is_roomy(browser, name).await;
    if name.starts_with("light")
        || name.ends_with("step")
        || std::env::var_os("EVERY_PICTURE").is_some()
    {
        save(name, &browser.picture().await);
    }
}

const LIGHT: (&str, &str) = ("prefers-color-scheme", "light");
const DARK: (&str, &str) = ("prefers-color-scheme", "dark");
