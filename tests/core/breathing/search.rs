//! The search for the pace of the largest swing.

use std::f64::consts::TAU;

use fastrand::Rng;
use jiff::SignedDuration;
use kindbeat_core::breathing::PaceSearch;
use kindbeat_core::breathing::SearchOutcome;
use kindbeat_core::breathing::Unclear;
use kindbeat_core::heart::RrInterval;

use crate::breathing::synthetic::Message;
use crate::breathing::synthetic::at;
use crate::breathing::synthetic::line;
use crate::breathing::synthetic::normal;
use crate::breathing::synthetic::strap;
use crate::cases;
use crate::cases_in_ci;

/// A heart with a resonance.
#[derive(Clone, Copy, Debug)]
struct Heart {
    rate: f64,
    /// The pace of its resonance, in breaths a minute, and how sharp it is.
    natural: f64,
    sharpness: f64,
    /// The swing at its largest, in ms.
    swing: f64,
    noise: f64,
    /// How long after the guide the breath comes, in seconds.
    late: f64,
}

impl Heart {
    fn usual(natural: f64) -> Self {
        Self { rate: 68.0, natural, sharpness: 2.5, swing: 90.0, noise: 8.0, late: 0.4 }
    }

    /// How far it swings at a steady pace, relative to a push of 1: `x'' + w/q x' + w^2 x = w^2 u`.
    fn answer(&self, pace: f64) -> f64 {
        let ratio = pace / self.natural;
        1.0 / (1.0 - ratio * ratio).hypot(ratio / self.sharpness)
    }

    /// The pace between 4.5 and 6.5 at which it swings most.
    fn best(&self) -> f64 {
        let paces = (0..=200).map(|n| 4.5 + 0.01 * f64::from(n));
        paces.max_by(|&a, &b| self.answer(a).total_cmp(&self.answer(b))).unwrap()
    }

    /// What a strap sends of it in the two minutes of a search and half a minute before, in which it breathes as it likes.
    fn searched(&self, random: &mut Rng) -> Vec<Message> {
        let w = TAU * self.natural / 60.0;
        let gain = self.swing / 2.0 / self.answer(self.best());
        let (mut x, mut v, mut time, mut breaths) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
        let (turn, drift) = (random.f64(), 15.0 * (random.f64() + 0.5));
        let period = 70.0 + 60.0 * random.f64();
        let mut own = Rng::with_seed(random.u64(..));
        let heart = *self;
        let step = 0.01;
        strap(BEFORE + SEARCHED, random, move |t| {
            while time < t {
                let guide = time - f64::from(BEFORE) - heart.late;
                let pace = if guide < 0.0 {
                    14.0
                } else {
                    PaceSearch::schedule(SignedDuration::from_secs_f64(guide)).per_minute()
                };
                breaths += step * pace / 60.0;
                let push = (TAU * breaths).sin();
                let a = w * w * (push - x) - w / heart.sharpness * v;
                v += step * a;
                x += step * v;
                time += step;
            }
            60_000.0 / heart.rate
                + gain * x
                + drift * (TAU * (t / period + turn)).sin()
                + heart.noise * normal(&mut own)
        })
    }
}

const BEFORE: u32 = 30;
/// A second more than the two minutes.
const SEARCHED: u32 = 122;

fn outcome(messages: &[Message]) -> SearchOutcome {
    let end = at(f64::from(BEFORE + SEARCHED));
    let search = PaceSearch { began: at(f64::from(BEFORE)) };
    line(messages).outcome(search, end + SignedDuration::from_millis(100))
}

/// So many beats come early, each with its pause.
fn with_ectopics(messages: &mut [Message], random: &mut Rng, count: usize) {
    let places: Vec<_> = messages
        .iter()
        .enumerate()
        .flat_map(|(message, (_, reading))| (0..reading.rr.len()).map(move |rr| (message, rr)))
        .collect();
    for _ in 0..count {
        let place = random.usize(15..places.len() - 2);
        let mut change = |(message, rr): (usize, usize), by: f64| {
            let rr: &mut RrInterval = &mut messages[message].1.rr[rr];
            let before = rr.millis();
            *rr = RrInterval::from_millis(before + by * before).unwrap();
        };
        change(places[place], -0.35);
        change(places[place + 1], 0.35);
    }
}

/// What came of many searches.
#[derive(Default)]
struct Tally {
    searches: u32,
    /// How far each pace found was off, in breaths a minute.
    errors: Vec<f64>,
    /// The share of the largest swing that the pace found gives, the least of all.
    least_swing: f64,
}

impl Tally {
    /// Searches on hearts like this one, with resonances all over the range.
    fn of(like: Heart, random: &mut Rng) -> Self {
        let mut tally = Self { least_swing: 1.0, ..Self::default() };
        for step in 0..20 {
            let heart = Heart { natural: 4.7 + 0.09 * f64::from(step), ..like };
            let mut messages = heart.searched(random);
            with_ectopics(&mut messages, random, 3);
            tally.searches += 1;
            if let SearchOutcome::Found(pace, _) = outcome(&messages) {
                tally.errors.push((pace.per_minute() - heart.best()).abs());
                let share = heart.answer(pace.per_minute()) / heart.answer(heart.best());
                tally.least_swing = tally.least_swing.min(share);
            }
        }
        tally
    }

    fn found(&self) -> f64 {
        self.errors.len() as f64 / f64::from(self.searches)
    }

    /// The share of those found that is off by no more than a fifth of a breath, and by half of the last digit.
    fn exact(&self) -> f64 {
        let exact = self.errors.iter().filter(|&&error| error <= 0.25).count();
        exact as f64 / self.errors.len() as f64
    }
}

#[test]
fn the_pace_of_the_largest_swing_is_found() {
    let every = cases(cases_in_ci(5, 3), 1);
    let swings = [(40.0, 4.0), (90.0, 4.0), (90.0, 9.0), (90.0, 16.0), (200.0, 10.0)];
    println!(
        "sharpness, swing and noise of the heart: found, within 0.2, least share of the largest swing"
    );
    for (row, sharpness) in [1.5, 2.5, 3.5].into_iter().enumerate() {
        // Each sharpness is drawn at least once, and with 3 each swing and noise.
        for (column, (swing, noise)) in swings.into_iter().enumerate() {
            if (row + column) % every != 0 {
                continue;
            }
            let mut random = Rng::with_seed(5 + 5 * row as u64 + column as u64);
            let heart = Heart { sharpness, swing, noise, ..Heart::usual(5.5) };
            let tally = Tally::of(heart, &mut random);
            println!(
                "{sharpness}, {swing:3} ms in {noise:2} ms: {:3.0} %, {:3.0} %, {:.2}",
                100.0 * tally.found(),
                100.0 * tally.exact(),
                tally.least_swing
            );
            // Even where the pace is off, it is hardly a worse one: then the heart swings as far at many.
            assert!(tally.least_swing > 0.9, "{}", tally.least_swing);
            if sharpness > 2.0 && noise <= 0.1 * swing {
                assert!(tally.found() >= 0.6, "{}", tally.found());
                assert!(tally.exact() >= 0.9, "{}", tally.exact());
            }
        }
    }
}

#[test]
fn nothing_is_concluded_before_the_end() {
    let messages = Heart::usual(5.5).searched(&mut Rng::with_seed(9));
    let now = at(f64::from(BEFORE) + 119.9);
    let search = PaceSearch { began: at(f64::from(BEFORE)) };
    assert_eq!(line(&messages).outcome(search, now), SearchOutcome::Unclear(Unclear::Unfinished));
}

#[test]
fn without_intervals_there_is_no_conclusion() {
    let mut messages = Heart::usual(5.5).searched(&mut Rng::with_seed(10));
    for (_, reading) in &mut messages {
        reading.rr.clear();
    }
    assert_eq!(outcome(&messages), SearchOutcome::Unclear(Unclear::NoRr));
}

#[test]
fn a_strap_that_is_lost_before_the_end_leaves_no_conclusion() {
    let mut messages = Heart::usual(5.5).searched(&mut Rng::with_seed(11));
    messages.truncate(100);
    assert_eq!(outcome(&messages), SearchOutcome::Unclear(Unclear::Poor));
    // Back for the last seconds: too little was seen all the same.
    let mut messages = Heart::usual(5.5).searched(&mut Rng::with_seed(11));
    messages.drain(60..140);
    assert_eq!(outcome(&messages), SearchOutcome::Unclear(Unclear::Poor));
}

#[test]
fn beats_torn_apart_by_a_loose_strap_leave_no_conclusion() {
    let mut random = Rng::with_seed(12);
    let mut messages = Heart::usual(5.5).searched(&mut random);
    for (_, reading) in &mut messages {
        if random.f64() < 0.2
            && let Some(first) = reading.rr.first().copied()
        {
            let part = first.millis() * 0.4;
            reading.rr[0] = RrInterval::from_millis(first.millis() - part).unwrap();
            reading.rr.insert(0, RrInterval::from_millis(part).unwrap());
        }
    }
    assert_eq!(outcome(&messages), SearchOutcome::Unclear(Unclear::Poor));
}

#[test]
fn a_rhythm_without_a_pattern_leaves_no_conclusion() {
    let mut random = Rng::with_seed(13);
    for spread in [0.12, 0.16, 0.2, 0.25] {
        for rate in [60.0, 80.0, 110.0] {
            let mut own = random.fork();
            let messages = strap(BEFORE + SEARCHED, &mut random, |_| {
                (60_000.0 / rate * (1.0 + spread * normal(&mut own))).max(280.0)
            });
            assert_eq!(
                outcome(&messages),
                SearchOutcome::Unclear(Unclear::Irregular),
                "{spread} {rate}"
            );
        }
    }
}

#[test]
fn many_early_beats_leave_no_conclusion() {
    let mut random = Rng::with_seed(14);
    let mut messages = Heart::usual(5.5).searched(&mut random);
    with_ectopics(&mut messages, &mut random, 30);
    assert_eq!(outcome(&messages), SearchOutcome::Unclear(Unclear::Irregular));
}

#[test]
fn a_heart_that_does_not_follow_is_too_even_to_tell() {
    let mut random = Rng::with_seed(15);
    for noise in [3.0, 15.0, 40.0] {
        for _ in 0..cases(8, 20) {
            let heart = Heart { swing: 0.0, noise, ..Heart::usual(5.5) };
            let outcome = outcome(&heart.searched(&mut random));
            assert_eq!(outcome, SearchOutcome::Unclear(Unclear::TooEven), "{noise}");
        }
    }
}
