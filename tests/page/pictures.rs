//! How the page looks, for everybody: the pictures of `tests/pictures`, each looked over before it is taken.

use kindbeat::practice::Length;

use crate::IS_FAREWELL;
use crate::browser;
use crate::browser::Browser;
use crate::desk::Desk;
use crate::show;
use crate::unprivileged::run;
use crate::unprivileged::save;

/// Every button is at least 44 px high and wide, nothing is cut off at the side, and all can be reached.
async fn is_roomy(browser: &mut Browser, what: &str) {
    let small = "[...document.querySelectorAll('button, select, summary, label:has(input)')].filter((one) => { \
                 const box = one.getBoundingClientRect(); return box.width < 44 || box.height < 44 \
                 || box.left < 0 || box.right > innerWidth; }).map((one) => one.outerHTML).join()";
    assert_eq!(browser.eval(small).await, "", "{what}");
    let wide = "document.documentElement.scrollWidth > innerWidth";
    assert_eq!(browser.eval(wide).await, false, "{what}");
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
        let mut browser = Browser::start(&browser::find().unwrap());
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
            browser.until_it_says("The practice is over").await;
            picture(&mut browser, &format!("{look}-4-grounding")).await;
            desk.wait(60);
            browser.until(IS_FAREWELL).await;
            browser.eval("document.querySelector('details').open = true").await;
            picture(&mut browser, &format!("{look}-5-farewell")).await;
        }
        let desk = Desk::new(Length::OneMinute);
        desk.mirror();
        show(&desk, &mut browser).await;
        browser.prefer(&[LIGHT]).await;
        browser.press(" ").await;
        browser.until_it_says("Something may be difficult").await;
        picture(&mut browser, "mirrored-2-step").await;
    });
}

/// Asks axe-core, where `AXE` names its file (`axe.min.js` of the npm package), what it finds wrong.
async fn is_accessible(browser: &mut Browser, what: &str) {
    let Some(file) = std::env::var_os("AXE") else { return };
    browser.eval(&std::fs::read_to_string(file).unwrap()).await;
    let faults = "axe.run().then((found) => found.violations.flatMap((rule) => rule.nodes.map((node) => \
                  `${rule.id}: ${node.html}`)).join('\\n'))";
    assert_eq!(browser.eval(faults).await, "", "{what}");
}

/// Looks at the page as it is now; the pictures that tell something are saved.
async fn picture(browser: &mut Browser, name: &str) {
    is_roomy(browser, name).await;
    is_accessible(browser, name).await;
    if name.starts_with("light")
        || name.ends_with("step")
        || std::env::var_os("EVERY_PICTURE").is_some()
    {
        save(name, &browser.picture().await);
    }
}

const LIGHT: (&str, &str) = ("prefers-color-scheme", "light");
const DARK: (&str, &str) = ("prefers-color-scheme", "dark");
