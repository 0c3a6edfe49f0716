//! The line: even, in time, true to the heart.

use std::f64::consts::TAU;

use fastrand::Rng;
use jiff::SignedDuration;
use kindbeat_core::breathing::Line;
use kindbeat_core::breathing::Point;

use crate::breathing::synthetic::Message;
use crate::breathing::synthetic::at;
use crate::breathing::synthetic::strap;
use crate::breathing::synthetic::swinging;

/// The points of all messages, each with the moment at which it came out.
fn points(messages: &[Message]) -> Vec<(jiff::Timestamp, Point)> {
    let mut line = Line::default();
    messages
        .iter()
        .flat_map(|(at, reading)| line.observe(*at, reading).into_iter().map(|point| (*at, point)))
        .collect()
}

#[test]
fn the_points_lie_four_a_second_and_no_earlier_than_their_beats() {
    for rate in [50.0, 75.0, 110.0] {
        let all = points(&swinging(rate, 80.0, 6.0, 5.0, &mut Rng::with_seed(6)));
        assert!(all.len() > 4 * 85, "{}", all.len());
        assert!(all.windows(2).all(|two| two[1].1.at.duration_since(two[0].1.at) == Line::EVERY));
        assert_eq!(all.iter().filter(|(_, point)| point.begins).count(), 1);
        let slowest = all.iter().map(|(came, point)| came.duration_since(point.at)).max().unwrap();
        // A packet a second, the middle of an interval, and the piece that leads there.
        let allowed = 1.1 + 1.5 * 60.0 / (rate - 10.0) + 1.0;
        println!("{rate} bpm: the oldest new point is {:.2} s old", slowest.as_secs_f64());
        assert!(slowest.as_secs_f64() < allowed, "{slowest}");
    }
}

#[test]
fn the_line_is_true_to_the_heart() {
    for (rate, swing, pace) in
        [(50.0, 200.0, 6.0), (62.0, 120.0, 6.0), (75.0, 80.0, 5.0), (110.0, 40.0, 7.0)]
    {
        // A heart whose rate is known at any time: the interval is how long it takes for one whole beat to add up.
        let mean = 60_000.0 / rate;
        let rate_at = move |t: f64| 60_000.0 / (mean + swing / 2.0 * (TAU * t * pace / 60.0).sin());
        let messages = strap(90, &mut Rng::with_seed(7), move |t| {
            let (mut beats, mut time) = (0.0, t);
            while beats < 1.0 {
                beats += 0.000_5 * rate_at(time) / 60.0;
                time += 0.000_5;
            }
            1_000.0 * (time - t)
        });
        let range = rate_at(0.75 * 60.0 / pace) - rate_at(0.25 * 60.0 / pace);
        // The strap cannot say when in its second a beat was; the shift that fits best is not the line's.
        let all = points(&messages);
        let error = |shift: f64| {
            let off = |(_, point): &(_, Point)| {
                let t = point.at.duration_since(at(0.0)).as_secs_f64() + shift;
                (point.bpm - rate_at(t)).powi(2)
            };
            (all.iter().skip(40).map(off).sum::<f64>() / (all.len() - 40) as f64).sqrt()
        };
        let best = (-100..=100)
            .map(|n| 0.02 * f64::from(n))
            .min_by(|&a, &b| error(a).total_cmp(&error(b)));
        let share = error(best.unwrap()) / range;
        println!(
            "{rate} bpm, {swing} ms, {pace} a minute: off by {:.1} % of its range",
            100.0 * share
        );
        assert!(share < 0.03, "{share}");
    }
}

#[test]
fn a_gap_is_a_gap() {
    let mut messages = swinging(70.0, 80.0, 6.0, 5.0, &mut Rng::with_seed(8));
    messages.drain(30..36);
    let all = points(&messages);
    let begins: Vec<_> = all.iter().filter(|(_, point)| point.begins).collect();
    assert_eq!(begins.len(), 2);
    let (before, after) = all.split_at(all.iter().rposition(|(_, point)| point.begins).unwrap());
    let gap = after[0].1.at.duration_since(before.last().unwrap().1.at);
    assert!(gap > SignedDuration::from_secs(5) && gap < SignedDuration::from_secs(9), "{gap}");
}
