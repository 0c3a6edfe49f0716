//! How far the heart swings, and how often a minute.

use fastrand::Rng;
use kindbeat_core::breathing::BreathPace;
use kindbeat_core::breathing::Verdict;

use crate::breathing::synthetic::at;
use crate::breathing::synthetic::line;
use crate::breathing::synthetic::swinging;

const RATES: [f64; 5] = [50.0, 62.0, 75.0, 90.0, 110.0];
const SWINGS: [f64; 6] = [20.0, 40.0, 80.0, 150.0, 220.0, 300.0];
const PACES: [f64; 6] = [4.5, 5.0, 5.5, 6.0, 6.5, 7.0];

#[test]
fn a_known_swing_and_its_pace_are_found_closely() {
    let mut random = Rng::with_seed(1);
    println!("noise 3 % of the swing: worst errors over paces 4.5 to 7 and three runs each");
    let (mut worst_swing, mut worst_pace) = (0.0, 0.0);
    for rate in RATES {
        for swing in SWINGS {
            let (mut at_pace, mut freely, mut found) = (0.0_f64, 0.0_f64, 0.0_f64);
            for pace in PACES.into_iter().cycle().take(3 * PACES.len()) {
                let line = line(&swinging(rate, swing, pace, 0.03 * swing, &mut random));
                let now = at(90.0);
                assert_eq!(line.verdict(now), Verdict::Good, "{rate} {swing} {pace}");
                let known = line.swing(now, Some(BreathPace::new(pace).unwrap())).unwrap();
                let unknown = line.swing(now, None).unwrap();
                at_pace = at_pace.max((known.ms / swing - 1.0).abs());
                freely = freely.max((unknown.ms / swing - 1.0).abs());
                found = found.max((unknown.per_minute - pace).abs());
            }
            println!(
                "{rate:5} bpm {swing:4} ms: pace known {:4.1} %, unknown {:4.1} %, pace off by {found:.2}",
                100.0 * at_pace,
                100.0 * freely
            );
            worst_swing = f64::max(worst_swing, at_pace.max(freely));
            worst_pace = f64::max(worst_pace, found);
        }
    }
    assert!(worst_swing < 0.05, "{worst_swing}");
    assert!(worst_pace < 0.2, "{worst_pace}");
}

#[test]
fn noise_makes_no_swing_larger_on_average() {
    let mut random = Rng::with_seed(2);
    for (swing, noise) in [(20.0, 10.0), (50.0, 25.0), (150.0, 40.0)] {
        let runs = 60;
        let mean: f64 = (0..runs)
            .map(|_| {
                let line = line(&swinging(70.0, swing, 6.0, noise, &mut random));
                line.swing(at(90.0), Some(BreathPace::default())).unwrap().ms
            })
            .sum::<f64>()
            / f64::from(runs);
        println!("{swing} ms in noise of {noise} ms: {mean:.1} ms on average");
        assert!((mean / swing - 1.0).abs() < 0.05, "{swing} {noise}: {mean}");
    }
}

#[test]
fn packets_that_are_lost_do_not_make_it_smaller() {
    let mut random = Rng::with_seed(3);
    let mut total = 0.0;
    let runs = 40;
    for _ in 0..runs {
        let mut messages = swinging(70.0, 100.0, 6.0, 3.0, &mut random);
        messages.retain(|_| random.f64() > 0.04);
        let swing = line(&messages).swing(at(90.0), Some(BreathPace::default())).unwrap().ms;
        assert!((swing - 100.0).abs() < 15.0, "{swing}");
        total += swing;
    }
    let mean = total / f64::from(runs);
    println!("one packet in 25 lost: {mean:.1} ms of 100");
    assert!((mean - 100.0).abs() < 5.0, "{mean}");
}

#[test]
fn a_heart_that_does_not_swing_has_no_pace() {
    let mut random = Rng::with_seed(4);
    let line = line(&swinging(70.0, 0.0, 6.0, 15.0, &mut random));
    assert_eq!(line.swing(at(90.0), None), None);
    let swing = line.swing(at(90.0), Some(BreathPace::default())).unwrap();
    assert!(swing.ms < 12.0, "{swing:?}");
}
