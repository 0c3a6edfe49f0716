use std::sync::Arc;

use super::*;
use crate::page::Feedback;
use crate::page::FirstView;
use crate::page::PageInput;
use crate::page::Sound;
use crate::page::Tense;
use crate::page::WelcomeView;
use crate::page::Wish;
use crate::practice::Ending;
use crate::practice::Length;
use crate::practice::Library;
use crate::practice::SessionCommand;

mod aloud;

/// A page in somebody's hands: what they do, and what they then see.
struct Page {
    session: Session,
    visit: Visit,
    words: Words,
    help: HelpLines,
    heart: Option<f64>,
    show_heart: bool,
    others: Vec<Arc<Practice>>,
    course: Vec<(Timestamp, f64)>,
    needs_help: bool,
    is_read_aloud: bool,
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
        session.handle(Visit::pause_at_start(), now);
        Self {
            session,
            visit: Visit::new(Anchor::Breath, Sound::SILENT, false),
            words: Words::new("en"),
            help: HelpLines::built_in().unwrap(),
            heart: None,
            show_heart: false,
            others: Vec::new(),
            course: Vec::new(),
            needs_help: false,
            is_read_aloud: false,
            now,
            wishes: Vec::new(),
        }
    }

    fn a_minute() -> Self {
        Self::of(Library::DEFAULT, Length::OneMinute)
    }

    fn does(mut self, input: PageInput) -> Self {
        let wish = self.visit.handle(input, self.session.state());
        if let Some(Wish::Break(command)) = &wish {
            self.session.handle(*command, self.now);
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
        let session = Some(&self.session);
        let page = (&self.visit, &self.words, "de_AT.UTF-8", &self.help);
        view_of(&Scene {
            heart: self.heart,
            show_heart: self.show_heart,
            others: &self.others,
            course: &self.course,
            needs_help: self.needs_help,
            is_read_aloud: self.is_read_aloud,
            ..Scene::new(self.now, session, page.0, page.1, page.2, page.3)
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

fn said(figure: u8) -> Feedback {
    Feedback { tense: Tense::new(figure), ..Feedback::default() }
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
    assert_eq!(page.step().place, SessionPlace::Practice { step: 0 });
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
    assert_eq!(page.step().guide.unwrap().breath, Breath::Slow);
    let page = page.does(PageInput::Anchor(Anchor::Sound));
    assert!(page.step().words.join(" ").contains("notice the sounds"));
    assert_eq!(page.step().anchors.unwrap().chosen, Anchor::Sound);
    assert_eq!(page.step().guide, None, "a shape that breathes would lead back to the breath");
}

#[test]
fn a_pause_is_shown() {
    let page = Page::a_minute().does(PageInput::Begin).does(PageInput::Pause);
    assert!(page.step().paused);
    assert!(!page.does(PageInput::Resume).step().paused);
}

#[test]
fn too_much_counts_as_self_care_and_shows_help_lines() {
    let page = Page::a_minute().does(PageInput::Begin).does(PageInput::TooMuch);
    let step = page.step();
    assert!(step.met.join(" ").contains("a way of taking care of yourself"));
    assert_eq!(step.words[0], "The practice is over.");
    assert_eq!((step.steps, step.guide), (5, None));
    let help = step.help.unwrap();
    let here: Vec<_> = help.here.iter().map(|group| group.lines[0].number.as_str()).collect();
    assert_eq!(here, ["112", "142"]);
    assert!(help.as_of.contains("November 2026") && help.elsewhere.contains("findahelpline.com"));
    let later = page.does(PageInput::Next).step();
    assert!(later.met.is_empty() && later.help.is_some());
}

#[test]
fn the_last_step_leads_to_one_question_and_a_closing_line() {
    let page = Page::a_minute().after_its_last_step();
    assert!(matches!(page.view().screen, Screen::Question { .. }));
    assert!(!page.view().is_over());
    let page = page.does(PageInput::Feedback(said(4)));
    let (words, help, closing) = page.farewell();
    assert!(words.contains("However it went is fine"), "{words}");
    assert_eq!((help, closing), (false, Closing::WhenRead));
    assert!(page.view().is_over());
    assert_eq!(page.wishes.last(), Some(&Wish::Feedback(said(4))));
}

#[test]
fn leaving_asks_nothing_and_closes_the_window_at_once() {
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
    let visit = Visit::new(Anchor::Breath, Sound::SILENT, false);
    let view = view_of(&Scene::new(Timestamp::UNIX_EPOCH, None, &visit, &words, "", &help));
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
    assert_eq!(page.wishes[0], Wish::Break(SessionCommand::Resume));
}

#[test]
fn the_first_break_explains_itself_and_how_to_leave() {
    let mut page = Page::a_minute();
    page.visit = Visit::new(Anchor::Breath, Sound::SILENT, true);
    let mut told = Vec::new();
    for _ in 0..Visit::WELCOMES {
        let view = page.view();
        assert_eq!(view.title, "Before the first break");
        match view.screen {
            Screen::Welcome(WelcomeView { words, help, .. }) => {
                told.push((words.join(" "), help.is_some()));
            }
            other => panic!("no welcome: {other:?}"),
        }
        page = page.does(PageInput::Next);
    }
    assert!(told[0].0.contains("stays on this machine") && !told[0].1, "{told:?}");
    assert!(told[1].0.contains("not a medical device") && told[1].1, "{told:?}");
    assert!(told[1].0.contains("Chest pain"), "{told:?}");
    assert!(told[2].0.contains("Escape") && told[2].0.contains("This is too much"), "{told:?}");
    page.first();
    assert_eq!(page.view().title, "Self-compassion break");
}

#[test]
fn the_first_page_shows_the_lengths_and_two_others() {
    let mut page = Page::a_minute();
    let library = Library::built_in().unwrap();
    page.others =
        ["stop", "savour"].map(|id| Arc::clone(library.get(id).unwrap())).into_iter().collect();
    let first = page.first();
    let lengths: Vec<_> =
        first.lengths.iter().map(|view| (view.words.as_str(), view.chosen)).collect();
    assert_eq!(lengths, [("1 minute", true), ("3 minutes", false), ("5 minutes", false)]);
    let others: Vec<_> = first.others.iter().map(|other| other.title.as_str()).collect();
    assert_eq!(others, ["Stopping for a moment", "Savour"]);
    assert_eq!(first.before, None);
    let page = page.does(PageInput::Before(Tense::new(6)));
    assert_eq!(page.first().before, Tense::new(6));
}

#[test]
fn a_breath_of_its_own_is_shown_whatever_attention_rests_on() {
    let page = Page::of("long-exhale", Length::OneMinute)
        .does(PageInput::Anchor(Anchor::Sound))
        .does(PageInput::Begin);
    assert_eq!(page.step().guide, None);
    let guide = page.does(PageInput::Next).step().guide.unwrap();
    assert_eq!((guide.breath, guide.cycle.as_secs()), (Breath::LongOut, 10));
    let page =
        Page::of("slow-breathing", Length::OneMinute).does(PageInput::Begin).does(PageInput::Next);
    let still = page.step().guide.unwrap().still;
    assert_eq!(still, "In for a slow count of 4, out for a slow count of 6.");
}

#[test]
fn how_the_heart_moved_is_shown_to_those_who_want_it() {
    let mut page = Page::a_minute().after_its_last_step();
    let course = |page: &Page| match page.view().screen {
        Screen::Question { course, .. } => course,
        other => panic!("no question: {other:?}"),
    };
    let second = |second: i32| page.now + SignedDuration::from_secs(second.into());
    page.course = (0..60).map(|at| (second(at), 90.0 - 10.0 * f64::from(at) / 59.0)).collect();
    assert_eq!(course(&page), None);
    page.show_heart = true;
    let shown = course(&page).unwrap();
    assert_eq!(
        shown.words,
        "Around 90 beats a minute as the break began, around 80 as it ended. Hearts go up and down for many reasons."
    );
    assert!(shown.line.is_sorted_by(|a, b| a.0 < b.0 && a.1 > b.1), "{:?}", shown.line);
    assert!(shown.line.iter().all(|(x, y)| (0.0..=1.0).contains(x) && (0.0..=1.0).contains(y)));
    page.course.truncate(10);
    assert_eq!(course(&page), None, "ten seconds say nothing");
}

#[test]
fn after_hard_days_the_last_words_show_where_to_turn_to() {
    let mut page = Page::a_minute().after_its_last_step();
    page.needs_help = true;
    let page = page.does(PageInput::Feedback(said(9)));
    let (words, help, closing) = page.farewell();
    assert!(words.contains("people you can talk to"), "{words}");
    assert_eq!((help, closing), (true, Closing::ByHand));
    assert_eq!(
        page.session.state(),
        SessionState::Ended { ending: Ending::Completed, at: page.now }
    );
}
