//! How much is sent for a page.

use kindbeat_core::practice::Length;

use crate::browser;
use crate::browser::Browser;
use crate::desk::Setup;
use crate::tour;
use crate::unprivileged::run;

#[test]
fn the_largest_page_weighs_less_than_100_kb_with_its_files() {
    run(async || {
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        let (mut largest, mut parts) = (0, 0);
        let mut look = async |browser: &mut Browser, name: &str| {
            // There is no page any more in which it could be fetched.
            if ["gone", "may-close", "refused"].contains(&name) {
                return;
            }
            let page = browser.eval(&bytes("''")).await.as_u64().unwrap();
            largest = largest.max(page);
            if parts == 0 {
                for part in ["page.css", "page.js", "sound.js", "heart.js", "icon.svg"] {
                    parts += browser.eval(&bytes(&format!("'{part}'"))).await.as_u64().unwrap();
                }
            }
        };
        tour::screens(&mut browser, &Setup::new(Length::ThreeMinutes), &mut look).await;
        let sent = largest + parts;
        assert!(parts > 10_000 && sent < 100_000, "{largest} bytes and {parts} of its parts");
    });
}

/// How many bytes the answer to a request has, its head counted as half a KiB.
fn bytes(path: &str) -> String {
    format!(
        "fetch({path}).then((answer) => answer.arrayBuffer()).then((body) => body.byteLength + 512)"
    )
}
