//! What is to be read aloud, and whether the page has to do it.

use super::*;

#[test]
fn the_words_of_a_step_are_read_and_nothing_else() {
    let step = || Page::a_minute().does(PageInput::Begin);
    let last = "You are here, in this place, today.";
    let grounding = || step().does(PageInput::TooMuch);
    let mut welcome = Page::a_minute();
    welcome.visit = Visit::new(Anchor::Breath, Sound::SILENT, true);
    // At each moment: what is read begins with this, and these words are among it.
    let table = [
        ("the first time", welcome, None),
        ("the first page", Page::a_minute(), None),
        ("a step", step(), Some(["Something may be difficult right now.", "a word comes close"])),
        ("a pause", step().does(PageInput::Pause), None),
        (
            "after a pause",
            step().does(PageInput::Pause).does(PageInput::Resume),
            Some(["Something may be difficult right now.", "a word comes close"]),
        ),
        (
            "the next step",
            step().does(PageInput::Next),
            Some(["It is all right to feel overwhelmed.", "Nothing needs to be solved"]),
        ),
        (
            "the grounding",
            grounding(),
            Some(["It was too much, and you stopped.", "The practice is over."]),
        ),
        (
            "later in it",
            grounding().does(PageInput::Next),
            Some(["You might look around, slowly.", "A colour."]),
        ),
        (
            "its end",
            (0..4).fold(grounding(), |page, _| page.does(PageInput::Next)),
            Some([last, "there is no hurry"]),
        ),
        ("the question", Page::a_minute().after_its_last_step(), None),
        ("the last words", step().does(PageInput::Leave), None),
    ];
    for (moment, page, read) in table {
        let spoken = page.view().spoken();
        let Some([begin, within]) = read else {
            assert_eq!(spoken, None, "{moment}");
            continue;
        };
        let spoken = spoken.unwrap_or_default();
        assert!(spoken.starts_with(begin) && spoken.contains(within), "{moment}: {spoken}");
        // The buttons, the words to choose from and the numbers are there to be looked at.
        for never in ["hard", "This is too much", "112"] {
            assert!(!spoken.lines().any(|line| line == never), "{moment}: {spoken}");
        }
    }
}

#[test]
fn the_page_reads_aloud_where_wanted_and_nothing_else_does() {
    // Whether it is wanted, whether something else reads, and whether the page has to.
    let table =
        [(false, false, false), (false, true, false), (true, false, true), (true, true, false)];
    for (voice, is_read_aloud, reads) in table {
        for tones in [false, true] {
            let mut page = Page::a_minute();
            page.is_read_aloud = is_read_aloud;
            let page = page.does(PageInput::Sound(Sound { tones, voice, ..Sound::SILENT }));
            let page = page.does(PageInput::Begin);
            assert_eq!(page.view().reads_aloud, reads, "{voice} {is_read_aloud} {tones}");
        }
    }
}
