use proptest::prelude::*;

use super::*;
use crate::detection::Baseline;
use crate::engine::Settings;
use crate::page::Screen;
use crate::practice::Anchor;
use crate::practice::Library;
use crate::practice::Liking;

/// Somebody at a break, in a time of their own.
struct Table {
    now: Timestamp,
    local: LocalSitting,
    events: Vec<SittingEvent>,
    words: Words,
    help: HelpLines,
}

impl Table {
    /// The owner of these settings, who knows the screens of the first time.
    fn new(settings: Settings) -> Self {
        let habits = Habits { welcomed: true, ..Habits::default() };
        Self::remembering(settings, Earlier { habits, past: Vec::new() })
    }

    fn remembering(settings: Settings, earlier: Earlier) -> Self {
        let baseline = Baseline::new(settings.detection.method);
        let engine = Engine::new(settings, Library::built_in().unwrap(), baseline);
        Self {
            now: Timestamp::from_second(1_900_000_000).unwrap(),
            local: LocalSitting::new(engine, earlier),
            events: Vec::new(),
            words: Words::new("en"),
            help: HelpLines::built_in().unwrap(),
        }
    }

    /// At the first page of this practice, of one minute.
    fn at(practice: &str) -> Self {
        let mut table = Self::new(Settings::default());
        table.begin(practice);
        table
    }

    fn begin(&mut self, practice: &str) {
        let length = Some(Length::OneMinute);
        self.local.begin(self.now, Some(practice.to_owned()), length).unwrap();
        self.events.extend(self.local.take_events());
    }

    fn does(&mut self, input: PageInput) -> &mut Self {
        self.local.handle(self.now, input);
        self.events.extend(self.local.take_events());
        self
    }

    /// Nobody does anything for so long.
    fn waits(&mut self, time: SignedDuration) -> &mut Self {
        let until = self.now + time;
        while let Some(due) = self.local.next_wakeup().filter(|&due| due <= until) {
            self.now = self.now.max(due);
            self.local.tick(self.now);
            self.events.extend(self.local.take_events());
        }
        self.now = until;
        self
    }

    fn screen(&mut self) -> Screen {
        let context = ViewContext {
            words: &self.words,
            locale: "en_GB",
            help: &self.help,
            heart: None,
            show_heart: false,
            is_read_aloud: false,
        };
        self.local.view(self.now, context).screen
    }

    fn is_over(&self) -> bool {
        matches!(self.local.state(), Some(SessionState::Ended { .. }))
    }

    /// Every break, as it was kept last.
    fn breaks(&self) -> Vec<BreakRecord> {
        let mut breaks: Vec<BreakRecord> = Vec::new();
        for event in &self.events {
            if let SittingEvent::Keep(SittingRecord::Break(taken)) = event {
                breaks.retain(|known| known.started != taken.started);
                breaks.push(taken.clone());
            }
        }
        breaks
    }

    fn feedback(&self) -> Vec<FeedbackRecord> {
        let kept = self.events.iter().filter_map(|event| match event {
            SittingEvent::Keep(SittingRecord::Feedback(record)) => Some(record.clone()),
            _ => None,
        });
        kept.collect()
    }

    fn habits(&self) -> Option<Habits> {
        self.events.iter().rev().find_map(|event| match event {
            SittingEvent::Keep(SittingRecord::Habits(habits)) => Some(habits.clone()),
            _ => None,
        })
    }

    fn news(&self) -> Vec<News> {
        let told = self.events.iter().filter_map(|event| match event {
            SittingEvent::Tell(news) => Some(news.clone()),
            SittingEvent::Keep(_) => None,
        });
        told.collect()
    }
}

fn tense(figure: u8) -> Feedback {
    Feedback { tense: Tense::new(figure), ..Feedback::default() }
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[test]
fn a_break_goes_by_itself_to_the_question() {
    let mut table = Table::at("kind-hand");
    table.waits(MINUTE);
    assert!(matches!(table.screen(), Screen::First(_)), "the first step waits");
    table.does(PageInput::Begin).waits(MINUTE);
    assert!(matches!(table.screen(), Screen::Question { .. }));
    let said = Feedback {
        tense: Tense::new(3),
        liking: Some(Liking::More),
        note: Some("Better\nwith tea.".to_owned()),
        ..Feedback::default()
    };
    table.does(PageInput::Feedback(said));
    assert!(matches!(table.screen(), Screen::Farewell { .. }));
    let [taken] = &table.breaks()[..] else { panic!("one break") };
    assert_eq!(taken.ended, Some((Ending::Completed, table.now)));
    assert_eq!(table.now.duration_since(taken.started), MINUTE * 2);
    let [record] = &table.feedback()[..] else { panic!("one answer") };
    assert_eq!((record.started, record.answered), (taken.started, table.now));
    assert_eq!(record.feedback.note.as_deref(), Some("Better with tea."), "one line");
    let news = [News::BreakStarted("kind-hand".to_owned()), News::BreakEnded("completed")];
    assert_eq!(table.news(), news);
}

#[test]
fn a_question_nobody_answers_keeps_the_draft() {
    for draft in [Feedback::default(), tense(4)] {
        let mut table = Table::at("kind-hand");
        table.does(PageInput::Begin).waits(MINUTE).does(PageInput::Draft(draft.clone()));
        assert!(table.feedback().is_empty());
        table.waits(HOUR);
        let [record] = &table.feedback()[..] else { panic!("one answer") };
        assert_eq!(record.feedback, draft);
        assert!(matches!(table.screen(), Screen::Farewell { .. }));
        assert_eq!(table.local.next_wakeup(), None);
    }
}

#[test]
fn a_window_that_closes_at_the_question_keeps_the_draft() {
    for goes in [PageInput::Leave, PageInput::Closed] {
        let mut table = Table::at("kind-hand");
        table.does(PageInput::Before(Tense::new(7))).does(PageInput::Begin).waits(MINUTE);
        table.does(PageInput::Draft(tense(2))).does(goes);
        let [record] = &table.feedback()[..] else { panic!("one answer") };
        let before = Tense::new(7);
        assert_eq!(record.feedback, Feedback { before, ..tense(2) });
    }
}

#[test]
fn a_draft_is_kept_when_the_next_break_begins() {
    let mut table = Table::at("kind-hand");
    table.does(PageInput::Begin).waits(MINUTE).does(PageInput::Draft(tense(5)));
    table.begin("stop");
    let [record] = &table.feedback()[..] else { panic!("one answer") };
    assert_eq!((record.started, &record.feedback), (table.breaks()[0].started, &tense(5)));
}

#[test]
fn leaving_asks_nothing_and_keeps_what_was_said_before() {
    let mut table = Table::at("kind-hand");
    table.does(PageInput::Before(Tense::new(9))).does(PageInput::Begin).does(PageInput::Leave);
    assert!(matches!(table.screen(), Screen::Farewell { .. }));
    assert_eq!(table.breaks()[0].ended, Some((Ending::Left { step: 0 }, table.now)));
    let [record] = &table.feedback()[..] else { panic!("one answer") };
    let before = Tense::new(9);
    assert_eq!(record.feedback, Feedback { before, ..Feedback::default() });
    // A draft without a question is none.
    table.does(PageInput::Draft(tense(1))).does(PageInput::Closed);
    assert_eq!(table.feedback().len(), 1);
}

#[test]
fn too_much_grounds_now_and_the_next_break_too() {
    let mut table = Table::at("self-compassion-break");
    table.does(PageInput::Begin).does(PageInput::TooMuch);
    assert!(matches!(table.screen(), Screen::Step(step) if step.help.is_some()));
    table.does(PageInput::Leave);
    assert_eq!(table.breaks()[0].ended, Some((Ending::TooMuch { step: 0 }, table.now)));
    assert_eq!(table.news().last(), Some(&News::BreakEnded("too_much")));
    let memory = table.local.memory();
    assert!(memory.after_too_much && memory.offers.rest_until > Some(table.now), "{memory:?}");
    table.local.begin(table.now, None, None).unwrap();
    table.events.extend(table.local.take_events());
    assert_eq!(table.breaks().last().unwrap().practice, Library::GROUNDING);
}

#[test]
fn another_practice_changes_places_with_the_first() {
    let mut table = Table::at("stop");
    let others = |screen| match screen {
        Screen::First(first) => first.others,
        screen => panic!("{screen:?}"),
    };
    let shown = others(table.screen());
    assert_eq!(shown.len(), 2);
    table.does(PageInput::Other(1));
    let chosen = table.breaks()[0].practice.clone();
    assert_ne!(chosen, "stop");
    assert_eq!(others(table.screen())[0], shown[0]);
    // The choice can be taken back; what is not shown changes nothing.
    table.does(PageInput::Other(2)).does(PageInput::Length(Length::ThreeMinutes));
    assert_eq!(table.breaks()[0].practice, chosen);
    table.does(PageInput::Other(1));
    let [taken] = &table.breaks()[..] else { panic!("the same break") };
    assert_eq!(taken.practice, "stop");
}

#[test]
fn a_search_for_the_pace_is_a_break_of_its_own() {
    let mut table = Table::at("stop");
    table.does(PageInput::FindPace);
    let [taken] = &table.breaks()[..] else { panic!("the same break") };
    assert_eq!(taken.practice, Library::built_in().unwrap().own_pace().id());
}

#[test]
fn what_is_chosen_holds_for_the_next_page_and_is_kept_once() {
    let mut table = Table::remembering(Settings::default(), Earlier::default());
    table.begin("stop");
    for _ in 0..Visit::WELCOMES {
        assert!(matches!(table.screen(), Screen::Welcome(_)));
        table.does(PageInput::Next);
    }
    assert!(table.habits().unwrap().welcomed);
    let loud = Sound { volume: 90, ..Sound::SILENT };
    table.does(PageInput::Anchor(Anchor::Sound)).does(PageInput::Sound(loud));
    let habits = table.habits().unwrap();
    assert_eq!(habits.volume, Some(90));
    assert_eq!(habits.anchor(&PracticeSettings::default()), Anchor::Sound);
    let kept = table.events.len();
    table.does(PageInput::Sound(loud));
    assert_eq!(table.events.len(), kept);
}

#[test]
fn three_high_answers_bring_help_lines_and_are_remembered() {
    let mut table = Table::new(Settings::default());
    for _ in 0..3 {
        table.begin("kind-hand");
        table.does(PageInput::Begin).waits(MINUTE).does(PageInput::Feedback(tense(9)));
    }
    assert!(matches!(table.screen(), Screen::Farewell { help: Some(_), .. }));
    assert_eq!(table.habits().unwrap().helped, Some(table.now));
}

#[test]
fn an_unknown_practice_begins_nothing() {
    let mut table = Table::new(Settings::default());
    let unknown = table.local.begin(table.now, Some("kind-hnd".to_owned()), None).unwrap_err();
    assert_eq!(unknown.nearest, "kind-hand");
    assert!(table.local.take_events().is_empty() && table.local.state().is_none());
}

#[test]
fn the_heart_is_kept_about_once_a_second() {
    let settings = Settings::default();
    let baseline = Baseline::new(settings.detection.method);
    let mut engine = Engine::new(settings, Library::built_in().unwrap(), baseline);
    let mut sitting = Sitting::new(Earlier::default(), &PracticeSettings::default());
    let now = Timestamp::UNIX_EPOCH;
    for effect in engine.handle(now, Input::BreakWanted(None, None)) {
        sitting.follow(now, &effect, &engine);
    }
    for tenth in 0..30 {
        let heart_rate = (tenth != 9).then_some(70.0);
        let reading = Reading { heart_rate, ..Reading::default() };
        sitting.observe(now + SignedDuration::from_millis(100 * tenth), &reading, &engine);
    }
    let ms: Vec<_> = sitting.course.iter().map(|(at, _)| at.as_millisecond()).collect();
    assert_eq!(ms, [0, 1000, 1900, 2800]);
}

/// What can happen to a sitting.
#[derive(Clone, Debug)]
enum Op {
    Does(PageInput),
    Waits(SignedDuration),
    Begins(&'static str),
    /// The clock is set back by so much.
    Back(SignedDuration),
}

fn input() -> impl Strategy<Value = PageInput> {
    let tense = || prop::option::of((0_u8..=10).prop_map(|figure| Tense::new(figure).unwrap()));
    let feedback = (tense(), prop::option::of(".{0,9}")).prop_map(|(tense, note)| Feedback {
        tense,
        note,
        ..Feedback::default()
    });
    let lengths = prop::sample::select(Length::ALL.to_vec());
    prop_oneof![
        8 => Just(PageInput::Begin),
        6 => Just(PageInput::Next),
        2 => Just(PageInput::Back),
        2 => Just(PageInput::Pause),
        2 => Just(PageInput::Resume),
        1 => Just(PageInput::Leave),
        1 => Just(PageInput::TooMuch),
        1 => Just(PageInput::Watched),
        1 => Just(PageInput::Closed),
        1 => Just(PageInput::FindPace),
        1 => (0_usize..4).prop_map(PageInput::Other),
        1 => lengths.prop_map(PageInput::Length),
        1 => tense().prop_map(PageInput::Before),
        1 => Just(PageInput::Anchor(Anchor::Feet)),
        1 => (0_u8..=255).prop_map(|volume| PageInput::Sound(Sound { volume, ..Sound::SILENT })),
        2 => feedback.clone().prop_map(PageInput::Draft),
        2 => feedback.prop_map(PageInput::Feedback),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let practices = ["kind-hand", "stop", "self-compassion-break", "grounding"];
    prop_oneof![
        12 => input().prop_map(Op::Does),
        6 => (0_i64..90).prop_map(|seconds| Op::Waits(SignedDuration::from_secs(seconds))),
        1 => (0_i64..40).prop_map(|minutes| Op::Waits(SignedDuration::from_mins(minutes))),
        2 => prop::sample::select(practices.to_vec()).prop_map(Op::Begins),
        1 => (0_i64..600).prop_map(|seconds| Op::Back(SignedDuration::from_secs(seconds))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_inputs_loses_a_record_or_gets_stuck(ops in prop::collection::vec(op(), 0..60)) {
        let mut table = Table::new(Settings::default());
        let mut begun = 0;
        for op in ops {
            // Breaks are told apart by their beginning, so no two begin at once.
            table.now += SignedDuration::from_millis(1);
            match op {
                Op::Does(input) => drop(table.does(input)),
                Op::Waits(time) => drop(table.waits(time)),
                Op::Begins(practice) => {
                    table.begin(practice);
                    begun += 1;
                }
                Op::Back(time) => {
                    // Not behind a break that was begun: two could begin at the same time.
                    let last = table.breaks().last().map_or(table.now, |taken| taken.started);
                    table.now = (table.now - time).max(last);
                    table.local.tick(table.now);
                    table.events.extend(table.local.take_events());
                }
            }
        }
        // Whoever leaves is out at once, wherever they were, and whoever goes is at the last words.
        table.does(PageInput::Leave);
        prop_assert!(begun == 0 || table.is_over());
        prop_assert!(matches!(table.screen(), Screen::Farewell { .. }), "{:?}", table.screen());
        let kept = table.events.len();
        table.waits(HOUR);
        prop_assert_eq!(table.events.len(), kept, "nothing more is to come");
        let breaks = table.breaks();
        prop_assert_eq!(breaks.len(), begun, "every break is kept");
        prop_assert!(breaks.iter().all(|taken| taken.ended.is_some()), "with its end: {breaks:?}");
        let answers = table.feedback();
        for (at, taken) in breaks.iter().enumerate() {
            let answers = answers.iter().filter(|answer| answer.started == taken.started).count();
            prop_assert!(answers <= 1, "no break is answered twice");
            let last = at + 1 == breaks.len();
            if last && matches!(taken.ended, Some((Ending::Completed, _))) {
                prop_assert_eq!(answers, 1, "a question is answered or skipped");
            }
        }
        let news = table.news();
        prop_assert_eq!(news.len(), 2 * begun, "its beginning and its end are told once");
        let notes = answers.iter().filter_map(|answer| answer.feedback.note.as_deref());
        for note in notes {
            prop_assert_eq!(Feedback::note(note), Some(note.to_owned()));
        }
    }
}
