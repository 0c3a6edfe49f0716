use std::sync::Arc;

use super::*;
use crate::page::PageInput;
use crate::page::Tense;
use crate::page::Wish;
use crate::practice::Command;
use crate::practice::Length;
use crate::practice::Library;

/// A page in somebody's hands: what they do, and what they then see.
struct Page {
    session: Session,
    visit: Visit,
    words: Words,
    help: HelpLines,
    heart: Option<f64>,
    show_heart: bool,
    now: Timestamp,
    wishes: Vec<Wish>,
}

impl Page {
    fn of(id: &str, length: Length) -> Self {
        let library = Library::built_in().unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let (practice, length) = library.resolve(id, length).unwrap();
        let grounding = Arc::clone(library.grounding());
        let mut session = Session::start(Arc::clone(practice), length, grounding, now);
        session.handle(Visit::hold(), now);
        Self {
            session,
            visit: Visit::new(Anchor::Breath),
            words: Words::new("en"),
            help: HelpLines::built_in().unwrap(),
            heart: None,
            show_heart: false,
            now,
            wishes: Vec::new(),
        }
    }

    fn a_minute() -> Self {
        Self::of(Library::DEFAULT, Length::OneMinute)
    }

    fn does(mut self, input: PageInput) -> Self {
        let wish = self.visit.handle(input, self.session.state());
        if let Some(Wish::Break(command)) = wish {
            self.session.handle(command, self.now);
        }
        self.wishes.extend(wish);
        self
    }

    fn waits(mut self, seconds: i64) -> Self {
        self.now += SignedDuration::from_secs(seconds);
        self.session.tick(self.now);
        self
    }

    fn after_its_last_step(self) -> Self {
        (0..5).fold(self.does(PageInput::Begin), |page, _| page.does(PageInput::Next))
    }

    fn view(&self) -> View {
        view_of(&Scene {
            now: self.now,
            session: Some(&self.session),
            visit: &self.visit,
            words: &self.words,
            locale: "de_AT.UTF-8",
            help: &self.help,
            heart: self.heart,
            show_heart: self.show_heart,
        })
    }

    #[track_caller]
    fn step(&self) -> StepView {
        match self.view().screen {
            Screen::Step(step) => step,
            other => panic!("no step: {other:?}"),
        }
    }

    #[track_caller]
    fn first(&self) -> FirstView {
        match self.view().screen {
            Screen::First(first) => first,
            other => panic!("not the first page: {other:?}"),
        }
    }

    #[track_caller]
    fn farewell(&self) -> (String, bool, Closing) {
        match self.view().screen {
            Screen::Farewell { words, help, closing } => (words.join(" "), help.is_some(), closing),
            other => panic!("no farewell: {other:?}"),
        }
    }
}

#[test]
fn the_first_page_cautions_and_says_when_to_seek_care() {
    let first = Page::a_minute().first();
    let cautions = first.cautions.join(" ");
    assert!(cautions.contains("can bring up hard feelings"), "{cautions}");
    assert!(cautions.contains("“This is too much”"), "{cautions}");
    assert!(cautions.contains("eyes can stay open"), "{cautions}");
    let care = first.care.join(" ");
    assert!(care.contains("Chest pain") && care.contains("not a medical device"), "{care}");
    assert_eq!(first.anchors.unwrap().all.len(), 5);
}

#[test]
fn an_outward_practice_does_not_warn_of_turning_inward() {
    let first = Page::of("grounding", Length::OneMinute).first();
    assert_eq!(first.cautions.len(), 1, "{:?}", first.cautions);
    assert!(!first.care.is_empty());
    assert_eq!(first.anchors, None);
}

#[test]
fn no_step_passes_while_the_first_page_is_read() {
    let page = Page::a_minute().waits(600);
    page.first();
    let page = page.does(PageInput::Begin);
    assert_eq!(page.step().remaining, SignedDuration::from_secs(17));
    assert_eq!(page.step().place, Place::Practice { step: 0 });
}

#[test]
fn a_step_says_its_words_and_offers_its_choices() {
    let step = Page::a_minute().does(PageInput::Begin).step();
    assert_eq!(step.words[0], "Something may be difficult right now.");
    let choices: Vec<_> = step.choices.iter().map(|choice| choice.word.as_str()).collect();
    assert_eq!(choices, ["hard", "stressful", "painful"]);
    assert_eq!(step.choices[0].line, "This is hard.");
    assert_eq!((step.steps, step.paused, step.help), (5, false, None));
    assert_eq!(step.anchors, None, "nothing in this step depends on the anchor");
}

#[test]
fn the_words_follow_what_attention_rests_on() {
    let page = Page::of(Library::DEFAULT, Length::ThreeMinutes).does(PageInput::Begin);
    assert!(page.step().words.join(" ").contains("a breath coming and going"));
    assert!(page.step().breathing);
    let page = page.does(PageInput::Anchor(Anchor::Sound));
    assert!(page.step().words.join(" ").contains("notice the sounds"));
    assert_eq!(page.step().anchors.unwrap().chosen, Anchor::Sound);
    assert!(!page.step().breathing, "a shape that breathes would lead back to the breath");
}

#[test]
fn a_pause_is_shown() {
    let page = Page::a_minute().does(PageInput::Begin).does(PageInput::Pause);
    assert!(page.step().paused);
    assert!(!page.does(PageInput::Resume).step().paused);
}

#[test]
fn too_much_is_met_as_self_care_with_help_lines_in_the_grounding() {
    let page = Page::a_minute().does(PageInput::Begin).does(PageInput::TooMuch);
    let step = page.step();
    assert!(step.met.join(" ").contains("a way of taking care of yourself"));
    assert_eq!(step.words[0], "There is only the room now.");
    assert_eq!((step.steps, step.breathing), (5, false));
    let help = step.help.unwrap();
    let here: Vec<_> = help.here.iter().map(|group| group.lines[0].number.as_str()).collect();
    assert_eq!(here, ["112", "142"]);
    assert!(help.as_of.contains("November 2026") && help.elsewhere.contains("findahelpline.com"));
    let later = page.does(PageInput::Next).step();
    assert!(later.met.is_empty() && later.help.is_some());
}

#[test]
fn after_the_last_step_there_is_one_question_and_then_a_closing_line() {
    let page = Page::a_minute().after_its_last_step();
    assert!(matches!(page.view().screen, Screen::Question { .. }));
    assert!(!page.view().is_over());
    let page = page.does(PageInput::Tense(Tense::new(4)));
    let (words, help, closing) = page.farewell();
    assert!(words.contains("However it went is fine"), "{words}");
    assert_eq!((help, closing), (false, Closing::WhenRead));
    assert!(page.view().is_over());
    assert_eq!(page.wishes.last(), Some(&Wish::Tense(Tense::new(4))));
}

#[test]
fn whoever_leaves_is_asked_nothing_and_the_window_closes_at_once() {
    let (words, help, closing) =
        Page::a_minute().does(PageInput::Begin).does(PageInput::Leave).farewell();
    assert!(words.contains("Leaving is always fine"), "{words}");
    assert_eq!((help, closing), (false, Closing::AtOnce));
    Page::a_minute().does(PageInput::Leave).farewell();
}

#[test]
fn the_numbers_stay_on_the_page_after_the_grounding() {
    let grounding = || Page::a_minute().does(PageInput::Begin).does(PageInput::TooMuch);
    let page = (0..5).fold(grounding(), |page, _| page.does(PageInput::Next));
    assert_eq!((page.farewell().1, page.farewell().2), (true, Closing::ByHand));
    assert!(!page.view().is_over());
    let left = grounding().does(PageInput::Leave);
    assert_eq!(left.farewell().2, Closing::AtOnce);
}

#[test]
fn the_page_is_told_nothing_of_the_heart_unless_it_may_show_it() {
    let mut page = Page::a_minute();
    page.heart = Some(91.6);
    let hidden = page.view();
    assert_eq!(hidden.heart, None);
    assert!(!format!("{hidden:?}").contains("91") && !format!("{hidden:?}").contains("92"));
    page.show_heart = true;
    assert_eq!(page.view().heart.unwrap(), "Your heart: 92 beats a minute");
    page.heart = Some(f64::NAN);
    assert_eq!(page.view().heart, None);
}

#[test]
fn every_step_and_every_page_is_a_moment_of_its_own() {
    let mut page = Page::a_minute();
    let mut moments = vec![page.view().moment()];
    for input in [
        PageInput::Begin,
        PageInput::Pause,
        PageInput::Anchor(Anchor::Feet),
        PageInput::Resume,
        PageInput::Next,
        PageInput::TooMuch,
        PageInput::Next,
    ] {
        page = page.does(input);
        moments.push(page.view().moment());
    }
    moments.dedup();
    assert_eq!(moments, ["first", "step-0", "step-1", "grounding-0", "grounding-1"]);
}

#[test]
fn without_a_break_the_page_says_so() {
    let (words, help) = (Words::new("en"), HelpLines::built_in().unwrap());
    let visit = Visit::new(Anchor::Breath);
    let view = view_of(&Scene {
        now: Timestamp::UNIX_EPOCH,
        session: None,
        visit: &visit,
        words: &words,
        locale: "",
        help: &help,
        heart: None,
        show_heart: true,
    });
    assert!(view.is_over());
    assert_eq!(view.language, "en");
}

#[test]
fn arabic_is_written_from_right_to_left() {
    assert_eq!(direction("ar"), Direction::RightToLeft);
    assert_eq!(direction("he-IL"), Direction::RightToLeft);
    assert_eq!(direction("en"), Direction::LeftToRight);
}

#[test]
fn tense_and_break_wishes_do_not_mix() {
    let page = Page::a_minute().after_its_last_step();
    assert!(page.wishes.iter().all(|wish| matches!(wish, Wish::Break(_))));
    assert_eq!(page.wishes[0], Wish::Break(Command::Resume));
}
