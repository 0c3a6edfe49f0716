//! Offers where the popup leaves the screen after seconds: when they come, and when they are shown once more.

use jiff::SignedDuration;
use kindbeat_core::context::Fact;
use kindbeat_core::context::InputActivity;
use kindbeat_core::context::Probe;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Settings;
use kindbeat_core::offer::OfferId;
use kindbeat_core::offer::Popup;
use kindbeat_core::setting::RangedDuration;
use proptest::prelude::*;

use super::seen;
use crate::cases;
use crate::day::Day;

/// Hands at work, and a heart that has just been up for long enough to be asked about.
fn up(popup: Popup) -> Day {
    let mut settings = Settings::default();
    settings.offer.wait_for_pause = RangedDuration::secs(3_600);
    let mut day = Day::with(settings, "09:00");
    day.put(Input::Popups(popup));
    busy(&mut day);
    day.heart_rate(62.0).for_minutes(30).heart_rate(84.0).for_minutes(6);
    assert_eq!(day.log(), "");
    day
}

fn busy(day: &mut Day) {
    day.around(|around| around.hands = InputActivity::Busy);
}

/// The hands have rested for so many seconds, which the desktop tells now.
fn resting(day: &mut Day, seconds: i64) {
    let since = day.now() - SignedDuration::from_secs(seconds);
    day.around(|around| around.hands = InputActivity::Resting(since));
}

/// The offer is made at a pause, and the hands rest on.
fn asked(popup: Popup) -> Day {
    let mut day = up(popup);
    resting(&mut day, 6);
    assert_eq!(shows(&day), [1, 0]);
    day
}

/// How often an offer was made, and shown again.
fn shows(day: &Day) -> [usize; 2] {
    let count = |is: fn(&Effect) -> bool| day.effects.iter().filter(|(_, _, one)| is(one)).count();
    [
        count(|effect| matches!(effect, Effect::Offer(..))),
        count(|effect| matches!(effect, Effect::ShowAgain(..))),
    ]
}

#[test]
fn what_leaves_soon_comes_within_two_seconds_of_the_rest() {
    for (popup, resting_for, comes) in [
        (Popup::Stays, 6, true),
        (Popup::Stays, 15, true),
        (Popup::Leaves, 5, false),
        (Popup::Leaves, 6, true),
        (Popup::Leaves, 8, true),
        (Popup::Leaves, 9, false),
        (Popup::Leaves, 15, false),
    ] {
        let mut day = up(popup);
        resting(&mut day, resting_for);
        assert_eq!(shows(&day)[0] == 1, comes, "{popup:?} after {resting_for} s");
        // At the latest with the next rest, at the moment that it is one.
        busy(&mut day);
        day.seconds(1);
        resting(&mut day, 0);
        day.seconds(8);
        assert_eq!(shows(&day)[0], 1, "{popup:?} after {resting_for} s");
    }
}

#[test]
fn hands_that_come_back_from_a_rest_see_the_offer_once_more() {
    let mut day = asked(Popup::Leaves);
    day.seen(true).seconds(20);
    busy(&mut day);
    assert_eq!(shows(&day), [1, 0], "26 s of rest: it may well have been seen");
    day.seconds(10);
    resting(&mut day, 0);
    day.seconds(30);
    busy(&mut day);
    assert_eq!(shows(&day), [1, 1]);
    day.seen(true);
    assert!(day.why().contains("It was shown again"), "{}", day.why());
    assert_eq!(day.engine.snapshot(day.now()).offers_today, 1);
    for _ in 0..3 {
        resting(&mut day, 0);
        day.seconds(40);
        busy(&mut day);
    }
    assert_eq!(shows(&day), [1, 1], "never a third time");
    assert_eq!(
        day.log().lines().collect::<Vec<_>>(),
        ["09:36 offer, 84 over 62", "09:37 the offer is shown again"]
    );
}

/// Some are only started by the first offer.
#[test]
fn a_server_that_is_known_late_shows_the_offer_again_as_well() {
    let mut day = asked(Popup::Stays);
    day.put(Input::Popups(Popup::Leaves));
    resting(&mut day, 40);
    busy(&mut day);
    assert_eq!(shows(&day), [1, 1]);
}

#[test]
fn hands_and_desktop_are_watched_while_it_may_be_shown_again() {
    let attention = |day: &Day| {
        let attends = day.effects.iter().rev().find_map(|(_, _, effect)| match effect {
            Effect::Attend(attention) => Some(*attention),
            _ => None,
        });
        attends.map(|attention| (attention.desktop, attention.hands))
    };
    let mut day = asked(Popup::Leaves);
    day.seconds(40);
    assert_eq!(attention(&day), Some((true, true)));
    day.put(Input::OfferDismissed(OfferId(1)));
    assert_eq!(attention(&day), Some((true, false)), "the offer mentions the heart");
    assert_eq!(attention(&asked(Popup::Stays)), Some((true, false)));
}

#[test]
fn what_is_no_longer_true_or_wanted_is_not_shown_again() {
    type Change = fn(&mut Day);
    let changes: [(&str, Change); 8] = [
        ("nothing", |_| {}),
        ("settled", |day| {
            day.heart_rate(62.0).for_minutes(5);
        }),
        ("dismissed", |day| {
            day.put(Input::OfferDismissed(OfferId(1)));
        }),
        ("answered", |day| {
            day.answer(kindbeat_core::offer::Answer::Fine);
        }),
        ("expired", |day| {
            day.for_minutes(10);
        }),
        ("in a call", |day| {
            day.around(|around| seen(around)[Fact::Microphone] = Probe::Yes);
        }),
        ("locked", |day| {
            day.around(|around| around.locked = true);
        }),
        ("another server", |day| {
            day.put(Input::Popups(Popup::Stays));
        }),
    ];
    for (what, change) in changes {
        let mut day = asked(Popup::Leaves);
        change(&mut day);
        day.seconds(1);
        resting(&mut day, 40);
        busy(&mut day);
        assert_eq!(shows(&day)[1] == 1, what == "nothing", "{what}: {}", day.log());
    }
    // A gate that opens again leaves it possible.
    let mut day = asked(Popup::Leaves);
    for (probe, times) in [(Probe::Yes, 0), (Probe::No, 1)] {
        day.around(|around| seen(around)[Fact::DoNotDisturb] = probe);
        resting(&mut day, 40);
        busy(&mut day);
        assert_eq!(shows(&day)[1], times);
    }
}

#[test]
fn a_text_shown_again_leaves_the_heart_out_as_soon_as_it_must() {
    let mut day = asked(Popup::Leaves);
    day.seconds(40);
    busy(&mut day);
    assert_eq!(shows(&day), [1, 1]);
    day.around(|around| around.locked = true);
    assert!(day.log().ends_with("the offer leaves the heart out\n"), "{}", day.log());
}

/// As before a service is started: a compositor tells that they rest, and not since when.
#[test]
fn why_tells_hands_at_rest_from_hands_at_work() {
    let mut day = up(Popup::Stays);
    assert!(day.why().contains("- kindbeat waits for the moment when your hands pause"));
    resting(&mut day, 16);
    let why = day.why();
    assert!(why.contains("- your hands rest already, for longer than a pause; kindbeat"), "{why}");
    assert!(day.engine.snapshot(day.now()).status().hands_rest);
    busy(&mut day);
    assert!(!day.engine.snapshot(day.now()).status().hands_rest);
}

#[test]
fn why_says_where_a_film_counts_as_hands() {
    let mut day = up(Popup::Stays);
    day.around(|around| around.awake_is_use = true);
    busy(&mut day);
    let why = day.why();
    assert!(why.contains("a program that keeps the screen awake, as a film does, counts"), "{why}");
    assert!(day.engine.snapshot(day.now()).status().hands_unsure);
    resting(&mut day, 16);
    let why = day.why();
    assert!(why.contains("- your hands rest already, for longer than a pause; kindbeat"), "{why}");
    assert!(!day.engine.snapshot(day.now()).status().hands_unsure);
}

/// What may happen around an offer.
#[derive(Clone, Debug)]
enum Turn {
    Rest(i64),
    Busy,
    Lately,
    Heart(f64, u32),
    Desktop(Probe),
    Seen(bool),
    Dismissed,
    Popups(Popup),
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        4 => (0i64..120).prop_map(Turn::Rest),
        4 => Just(Turn::Busy),
        1 => Just(Turn::Lately),
        3 => (prop_oneof![Just(62.0), Just(84.0), Just(84.0)], 1u32..240).prop_map(|(level, seconds)| Turn::Heart(level, seconds)),
        1 => prop_oneof![Just(Probe::Yes), Just(Probe::No)].prop_map(Turn::Desktop),
        1 => any::<bool>().prop_map(Turn::Seen),
        1 => Just(Turn::Dismissed),
        1 => prop_oneof![Just(Popup::Leaves), Just(Popup::Stays)].prop_map(Turn::Popups),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: cases(64, 1_024), ..ProptestConfig::default() })]

    #[test]
    fn every_offer_is_made_once_and_shown_twice_at_most(turns in prop::collection::vec(turn(), 1..60)) {
        let mut day = asked(Popup::Leaves);
        for turn in turns {
            match turn {
                Turn::Rest(seconds) => resting(&mut day, seconds),
                Turn::Busy => busy(&mut day),
                Turn::Lately => { day.around(|around| around.hands = InputActivity::Lately); }
                Turn::Heart(level, seconds) => { day.heart_rate(level).seconds(seconds); }
                Turn::Desktop(probe) => { day.around(|around| seen(around)[Fact::Camera] = probe); }
                Turn::Seen(is_so) => { day.seen(is_so); }
                Turn::Dismissed => { day.put(Input::OfferDismissed(OfferId(1))); }
                Turn::Popups(popup) => { day.put(Input::Popups(popup)); }
            }
        }
        let (mut open, mut again) = (None, Vec::new());
        for (_, _, effect) in &day.effects {
            match effect {
                Effect::Offer(id, _) => {
                    prop_assert!(open.is_none_or(|last| last < *id), "made twice");
                    open = Some(*id);
                }
                Effect::ShowAgain(id, _) => {
                    prop_assert_eq!(open, Some(*id), "shown while it is not open");
                    prop_assert!(!again.contains(id), "shown a third time");
                    again.push(*id);
                }
                Effect::Withdraw(..) => open = None,
                _ => {}
            }
        }
    }
}
