use proptest::prelude::*;

use super::*;
use crate::practice::library::Library;

/// A break and the seconds since it began.
struct Break {
    session: Session,
    at: i64,
}

impl Break {
    fn of(length: Length) -> Self {
        let library = Library::built_in().unwrap();
        let practice = Arc::clone(library.get(Library::DEFAULT).unwrap());
        let grounding = Arc::clone(library.grounding());
        Self { session: Session::start(practice, length, grounding, time(0)), at: 0 }
    }

    /// Lets time pass as the daemon does: waking when asked to.
    fn wait(mut self, seconds: i64) -> Self {
        let end = self.at + seconds;
        while let Some(wakeup) = self.session.next_wakeup().filter(|wakeup| *wakeup <= time(end)) {
            self.session.tick(wakeup);
        }
        self.at = end;
        self
    }

    /// The machine sleeps: time passes and nobody wakes.
    fn sleep(mut self, seconds: i64) -> Self {
        self.at += seconds;
        self.session.tick(time(self.at));
        self
    }

    fn then(mut self, command: SessionCommand) -> Self {
        self.session.handle(command, time(self.at));
        self
    }

    fn told(&self) -> String {
        let place = |place| match place {
            SessionPlace::Practice { step } => format!("step {step}"),
            SessionPlace::Grounding { step, .. } => format!("grounding {step}"),
        };
        match self.session.state() {
            SessionState::Running { place: at, until, .. } => {
                format!("{}, {}s left", place(at), until.duration_since(time(self.at)).as_secs())
            }
            SessionState::Paused { place: at, remaining, .. } => {
                format!("{} paused, {}s left", place(at), remaining.as_secs())
            }
            SessionState::Ended { ending, at } => {
                format!("{ending:?} after {}s", at.duration_since(time(0)).as_secs())
            }
        }
    }

    #[track_caller]
    fn is(self, told: &str) -> Self {
        assert_eq!(self.told(), told);
        self
    }
}

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

#[test]
fn a_break_runs_through_its_steps_and_ends_on_time() {
    let begun = Break::of(Length::OneMinute).is("step 0, 17s left");
    begun
        .wait(16)
        .is("step 0, 1s left")
        .wait(1)
        .is("step 1, 9s left")
        .wait(43)
        .is("Completed after 60s");
    Break::of(Length::ThreeMinutes).wait(200).is("Completed after 180s");
    Break::of(Length::FiveMinutes).wait(400).is("Completed after 300s");
}

#[test]
fn next_and_back_move_by_one_step() {
    let second = Break::of(Length::OneMinute).then(SessionCommand::Next).is("step 1, 9s left");
    let first = second.wait(3).then(SessionCommand::Back).is("step 0, 17s left");
    first.wait(3).then(SessionCommand::Back).is("step 0, 17s left");
    let last =
        (0..4).fold(Break::of(Length::OneMinute), |begun, _| begun.then(SessionCommand::Next));
    last.is("step 4, 7s left").then(SessionCommand::Next).is("Completed after 0s");
}

#[test]
fn a_pause_keeps_what_is_left_of_the_step() {
    let paused = Break::of(Length::OneMinute)
        .wait(10)
        .then(SessionCommand::Pause)
        .is("step 0 paused, 7s left");
    paused
        .wait(600)
        .is("step 0 paused, 7s left")
        .then(SessionCommand::Resume)
        .is("step 0, 7s left");
}

#[test]
fn a_pause_at_the_last_moment_still_allows_rereading() {
    Break::of(Length::OneMinute)
        .wait(16)
        .then(SessionCommand::Pause)
        .then(SessionCommand::Resume)
        .is("step 0, 5s left");
}

#[test]
fn moving_while_paused_stays_paused() {
    let paused = Break::of(Length::OneMinute)
        .then(SessionCommand::Pause)
        .then(SessionCommand::Next)
        .is("step 1 paused, 9s left");
    paused.then(SessionCommand::Back).is("step 0 paused, 17s left");
}

#[test]
fn a_forgotten_pause_ends_the_break_after_half_an_hour() {
    let paused = Break::of(Length::ThreeMinutes).wait(30).then(SessionCommand::Pause);
    paused.wait(1_799).is("step 1 paused, 24s left").wait(1).is("Left { step: 1 } after 1830s");
}

#[test]
fn leaving_and_too_much_work_at_every_step_paused_or_not() {
    for length in [Length::OneMinute, Length::ThreeMinutes, Length::FiveMinutes] {
        let steps = Break::of(length).session.practice().steps_in(length).count();
        for step in 0..steps {
            for pause in [false, true] {
                let reach = || {
                    let reached = (0..step)
                        .fold(Break::of(length), |begun, _| begun.then(SessionCommand::Next));
                    if pause { reached.then(SessionCommand::Pause) } else { reached }
                };
                reach()
                    .then(SessionCommand::Leave)
                    .is(&format!("Left {{ step: {step} }} after 0s"));
                let grounding = reach().then(SessionCommand::TooMuch).is("grounding 0, 12s left");
                grounding
                    .then(SessionCommand::Leave)
                    .is(&format!("TooMuch {{ step: {step} }} after 0s"));
            }
        }
    }
}

#[test]
fn the_grounding_runs_to_its_end_and_stays_what_it_was() {
    let grounding = || Break::of(Length::OneMinute).wait(20).then(SessionCommand::TooMuch);
    grounding().wait(12).is("grounding 1, 13s left").wait(60).is("TooMuch { step: 1 } after 80s");
    let paused = grounding()
        .then(SessionCommand::Pause)
        .then(SessionCommand::TooMuch)
        .is("grounding 0 paused, 12s left");
    paused.wait(1_800).is("TooMuch { step: 1 } after 1820s");
}

#[test]
fn the_step_of_the_grounding_is_one_of_the_grounding() {
    let grounding = Break::of(Length::OneMinute).then(SessionCommand::TooMuch).session;
    let first = grounding.grounding.steps().first();
    assert_eq!(grounding.step(), first);
    assert!(first.is_some());
}

#[test]
fn a_machine_that_slept_finds_the_break_paused_at_its_step() {
    Break::of(Length::ThreeMinutes)
        .wait(30)
        .sleep(7_200)
        .is("step 1 paused, 32s left")
        .then(SessionCommand::Resume)
        .is("step 1, 32s left");
}

#[test]
fn a_wake_up_a_little_late_skips_nothing() {
    Break::of(Length::OneMinute).sleep(27).is("step 1, 9s left");
    Break::of(Length::OneMinute).sleep(28).is("step 0 paused, 17s left");
}

#[test]
fn asking_for_the_next_step_just_as_it_comes_does_not_skip_it() {
    let mut late = Break::of(Length::OneMinute);
    late.at = 19;
    late.then(SessionCommand::Next).is("step 1, 9s left");
}

#[test]
fn a_clock_set_back_begins_the_step_again_at_most() {
    Break::of(Length::OneMinute).wait(20).sleep(-3_600).is("step 1, 9s left");
    Break::of(Length::OneMinute)
        .then(SessionCommand::Pause)
        .sleep(-3_600)
        .wait(1_799)
        .is("step 0 paused, 17s left");
}

#[test]
fn once_ended_nothing_moves_it() {
    let ended = Break::of(Length::OneMinute).then(SessionCommand::Leave);
    ended
        .then(SessionCommand::Resume)
        .then(SessionCommand::TooMuch)
        .then(SessionCommand::Next)
        .wait(9_999)
        .is("Left { step: 0 } after 0s");
}

#[test]
fn the_end_of_time_is_survived() {
    let mut session = Break::of(Length::OneMinute).session;
    for _ in 0..20 {
        session.tick(Timestamp::MAX);
        session.handle(SessionCommand::Resume, Timestamp::MAX);
    }
    assert_eq!(session.next_wakeup(), None);
    session.tick(Timestamp::MIN);
}

fn command() -> impl Strategy<Value = Option<SessionCommand>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(SessionCommand::Next)),
        1 => Just(Some(SessionCommand::Back)),
        1 => Just(Some(SessionCommand::Pause)),
        1 => Just(Some(SessionCommand::Resume)),
        1 => prop_oneof![8 => Just(SessionCommand::Resume), 1 => Just(SessionCommand::Leave), 1 => Just(SessionCommand::TooMuch)].prop_map(Some),
    ]
}

fn seconds() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 0_i64..40, 1 => -4_000_i64..4_000, 1 => -400_000_000_000_i64..400_000_000_000]
}

proptest! {
    #[test]
    fn whatever_is_asked_whenever_the_break_stays_whole(calls in prop::collection::vec((command(), seconds()), 0..60)) {
        let mut session = Break::of(Length::ThreeMinutes).session;
        let mut now = time(0);
        for (command, seconds) in calls {
            now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
            let before = session.state();
            let changed = match command {
                None => session.tick(now),
                Some(command) => session.handle(command, now),
            };
            prop_assert_eq!(changed, session.state() != before);
            prop_assert!(session.next_wakeup().is_none_or(|wakeup| wakeup >= now));
            prop_assert_eq!(session.step().is_none(), matches!(session.state(), SessionState::Ended { .. }));
            if matches!(before, SessionState::Ended { .. }) {
                prop_assert!(!changed);
            }
            if let (Some(from), Some(to)) = (number(before), number(session.state())) {
                prop_assert!(to <= from + 1, "skipped from {} to {}", from, to);
            }
            if command == Some(SessionCommand::TooMuch) {
                let grounding = number(session.state()).is_none();
                prop_assert!(grounding, "too much led to {:?}", session.state());
            }
            // Doing nothing at the same moment changes nothing.
            prop_assert!(!session.tick(now));
        }
    }
}

/// The step of the practice; `None` in the grounding and after the end.
fn number(state: SessionState) -> Option<usize> {
    match state {
        SessionState::Running { place: SessionPlace::Practice { step }, .. }
        | SessionState::Paused { place: SessionPlace::Practice { step }, .. } => Some(step),
        _ => None,
    }
}

#[test]
fn a_clock_set_back_leaves_the_end_in_the_past() {
    let left = Break::of(Length::OneMinute).wait(10).then(SessionCommand::Leave);
    assert_eq!(left.told(), "Left { step: 0 } after 10s");
    let Break { mut session, at } = left;
    session.clock_stepped_back(time(2));
    assert_eq!(Break { session, at }.told(), "Left { step: 0 } after 2s");
}
