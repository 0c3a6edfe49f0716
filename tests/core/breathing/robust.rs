//! Whatever a monitor sends, and whatever the clock does: no panic, no end of memory, nothing that is no number.

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat_core::breathing::BreathPace;
use kindbeat_core::breathing::Line;
use kindbeat_core::breathing::PaceSearch;
use kindbeat_core::breathing::SearchOutcome;
use kindbeat_core::heart::Contact;
use kindbeat_core::heart::Reading;
use kindbeat_core::heart::RrInterval;
use proptest::prelude::*;

/// A message and how many milliseconds after the one before it arrives.
fn message() -> impl Strategy<Value = (i64, Reading)> {
    let step = prop_oneof![8 => 0i64..2_000, 1 => -100_000i64..0, 1 => 0i64..10_000_000_000_000];
    let ms = prop_oneof![8 => 250.0..2_100.0f64, 1 => 1e-9..1e6];
    let rr = prop::collection::vec(ms.prop_map(|ms| RrInterval::from_millis(ms).unwrap()), 0..5);
    let contact = prop_oneof![9 => Just(Contact::Detected), 1 => Just(Contact::Lost)];
    let reading = (prop::option::of(0.0..1_000.0f64), contact, rr)
        .prop_map(|(heart_rate, contact, rr)| Reading { heart_rate, contact, rr: rr.into() });
    (step, reading)
}

proptest! {
    #[test]
    fn anything_at_all_is_followed(
        messages in prop::collection::vec(message(), 0..300),
        pace in prop::option::of(4.5..=7.0f64),
        looks in -200_000i64..200_000,
    ) {
        let (mut line, mut now) = (Line::default(), Timestamp::UNIX_EPOCH);
        let pace = pace.map(|pace| BreathPace::new(pace).unwrap());
        let mut last: Option<Timestamp> = None;
        for (step, reading) in messages {
            now = now.saturating_add(SignedDuration::from_millis(step)).unwrap_or(Timestamp::MAX);
            if step < 0 {
                last = None;
            }
            for point in line.observe(now, &reading) {
                prop_assert!((30.0..=200.0).contains(&point.bpm), "{point:?}");
                prop_assert!(last.is_none_or(|last| last < point.at));
                prop_assert!(point.at <= now);
                last = Some(point.at);
            }
            if let Some(swing) = line.swing(now, pace) {
                prop_assert!(swing.ms >= 0.0 && swing.ms.is_finite(), "{swing:?}");
            }
        }
        let then = now.saturating_add(SignedDuration::from_millis(looks)).unwrap_or(Timestamp::MAX);
        let _ = (line.verdict(then), line.swing(then, pace));
        let began = then.saturating_sub(PaceSearch::lasts()).unwrap_or(Timestamp::MIN);
        if let SearchOutcome::Found(pace, swings) = line.outcome(PaceSearch { began }, then) {
            prop_assert!((4.5..=6.5).contains(&pace.per_minute()) && swings.len() == 5);
        }
    }

    #[test]
    fn the_guide_is_never_out_of_range(ms in any::<i64>()) {
        let pace = PaceSearch::schedule(SignedDuration::from_millis(ms)).per_minute();
        prop_assert!((4.5..=6.5).contains(&pace));
    }
}
