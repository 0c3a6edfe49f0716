//! What can be chosen and said besides the break itself: lengths, other practices, sounds, and all that is asked before and
//! after, each by keyboard alone.

use kindbeat_core::page::Feedback;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Tense;
use kindbeat_core::page::Wish;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Liking;

use crate::IS_FAREWELL;
use crate::arrive;
use crate::browser;
use crate::browser::Browser;
use crate::desk::Setup;
use crate::leave;
use crate::next;
use crate::opened;
use crate::unprivileged::run;
use crate::until_closed;

#[test]
fn another_length_and_another_practice_are_one_key_each() {
    run(async || {
        let (desk, mut browser) = opened(Length::ThreeMinutes).await;
        for (key, length) in [("1", "1m"), ("5", "5m"), ("3", "3m")] {
            browser.press(key).await;
            let chosen =
                format!("document.getElementById('length-{length}').ariaPressed === 'true'");
            browser.until(&chosen).await;
        }
        assert_eq!(desk.wishes().last(), Some(&Wish::Length(Length::ThreeMinutes)));
        let title = browser.text("title.textContent").await;
        browser.press("b").await;
        browser.until(&format!("title.textContent !== {}", serde_json::json!(title))).await;
        assert_eq!(desk.wishes().last(), Some(&Wish::Other(1)));
        next(&mut browser).await;
        assert_eq!(browser.text("page.className").await, "step");
    });
}

#[test]
fn lengths_and_other_practices_are_in_sight_without_scrolling() {
    run(async || {
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        let mut hidden = Vec::new();
        for practice in Library::built_in().unwrap().list() {
            let setup = Setup::new(Length::ThreeMinutes).of(practice, Length::ThreeMinutes);
            let _desk = arrive(&setup, &mut browser).await;
            // The window that opens, without its frame.
            for (width, height) in [(480, 680), (1280, 760)] {
                browser.size(width, height, 1).await;
                // The ways out stand above what is below them, always.
                let below = "[...document.querySelectorAll('#choices button, #next, #others button')].filter((one) => \
                             one.getBoundingClientRect().bottom > \
                             document.getElementById('out').getBoundingClientRect().top).map((one) => one.id).join()";
                let below = browser.text(below).await;
                if !below.is_empty() {
                    hidden.push(format!("{} at {width} x {height}: {below}", practice.id()));
                }
            }
            leave(&mut browser).await;
        }
        assert!(hidden.is_empty(), "{}", hidden.join("\n"));
    });
}

#[test]
fn before_and_after_can_be_said_by_keyboard_and_so_can_a_note() {
    run(async || {
        let (desk, mut browser) = opened(Length::OneMinute).await;
        // What is folded is opened by its own key, and what is in it is reached by Tab.
        browser.eval("document.querySelector('#before summary').focus()").await;
        browser.press("Enter").await;
        browser.until("document.getElementById('before').open").await;
        for key in ["Tab", " "] {
            browser.press(key).await;
        }
        browser.until("document.querySelector('#before :checked')?.value === '0'").await;
        browser.press("ArrowDown").await;
        browser.until("document.querySelector('#before :checked')?.value === '1'").await;
        // What has the focus has lost none of it: keys that it does not need lead on.
        browser.eval("page.focus()").await;
        next(&mut browser).await;
        desk.wait(600);
        browser.until("page.className === 'question'").await;
        for key in ["Tab", "ArrowDown", "ArrowDown", "ArrowDown", "Tab", " ", "Tab"] {
            browser.press(key).await;
        }
        browser.until("document.activeElement.id === 'note'").await;
        // Letters that are keys elsewhere are letters here.
        for letter in ["p", "t", "<", "b", ">", " ", "1"] {
            browser.press(letter).await;
        }
        browser.until("note.value === 'pt<b> 1'").await;
        browser.press("Enter").await;
        browser.until(IS_FAREWELL).await;
        let said = Feedback {
            before: Tense::new(1),
            tense: Tense::new(3),
            liking: Some(Liking::More),
            note: Some("pt<b> 1".to_owned()),
        };
        assert_eq!(desk.wishes().last(), Some(&Wish::Feedback(said)));
        browser.press("Escape").await;
        until_closed(&desk, &mut browser).await;
    });
}

#[test]
fn sounds_are_off_until_they_are_chosen_and_stay_as_chosen() {
    run(async || {
        let (desk, mut browser) = opened(Length::OneMinute).await;
        assert_eq!(browser.eval("tones.checked || voice.checked").await, false);
        browser.eval("document.querySelector('#sounds summary').focus()").await;
        for key in ["Enter", "Tab", " "] {
            browser.press(key).await;
        }
        browser.until("page.dataset.tones !== undefined").await;
        let chosen = |done: &[PageInput]| {
            done.iter().any(
                |input| matches!(input, PageInput::Sound(sound) if sound.tones && !sound.voice),
            )
        };
        assert!(chosen(&desk.done()));
        browser.eval("page.focus()").await;
        next(&mut browser).await;
        assert_eq!(browser.eval("page.dataset.tones !== undefined && tones.checked").await, true);
    });
}

#[test]
fn a_local_voice_reads_the_steps_except_while_paused() {
    run(async || {
        let mut browser = Browser::start(&browser::find().unwrap()).await;
        // Where attention rests elsewhere than on the breath there is no guide to see that time stands still.
        let setup = Setup { anchor: Anchor::Feet, ..Setup::new(Length::ThreeMinutes) };
        let _desk = arrive(&setup, &mut browser).await;
        browser.eval(VOICES).await;
        next(&mut browser).await;
        browser.eval("voice.click()").await;
        browser.until("page.dataset.voice !== undefined").await;
        assert_eq!(
            browser.eval("said.every((one) => one === 'silence')").await,
            true,
            "nobody here can"
        );
        browser
            .eval("voices.push(own); speechSynthesis.dispatchEvent(new Event('voiceschanged'))")
            .await;
        let step = browser.text("words.innerText").await;
        assert_eq!(browser.text("said.at(-1)").await, step);
        browser.press("p").await;
        browser.until("said.at(-1) === 'silence'").await;
        browser.press("p").await;
        browser.until("said.at(-1) === words.innerText").await;
        browser.press("t").await;
        browser
            .until("page.className === 'step grounding' && said.at(-1) === words.innerText")
            .await;
    });
}

/// A browser with a voice far away and one for another language; `own` could be a third.
const VOICES: &str = "
    window.said = [];
    window.voices = [{ localService: false, lang: 'en-US' }, { localService: true, lang: 'de-DE' }];
    window.own = { localService: true, lang: 'en_GB' };
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    speechSynthesis.getVoices = () => voices;
    speechSynthesis.speak = (one) => { if (one.voice === own) said.push(one.text); else throw one; };
    speechSynthesis.cancel = () => said.push('silence');
";
