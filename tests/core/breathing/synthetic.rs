//! Hearts made of formulas, and the strap that reports them.

use std::f64::consts::TAU;

use fastrand::Rng;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat_core::breathing::Line;
use kindbeat_core::heart::Contact;
use kindbeat_core::heart::Reading;
use kindbeat_core::heart::RrInterval;

/// A message and when it arrives.
pub(crate) type Message = (Timestamp, Reading);

pub(crate) fn at(seconds: f64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(1_000_000.0 + seconds)
}

/// The messages of a strap that reports once a second for so long, each a little late, in whole 1/1024 s; `interval` gives the
/// interval in ms that begins at a time in seconds.
pub(crate) fn strap(
    seconds: u32,
    random: &mut Rng,
    mut interval: impl FnMut(f64) -> f64,
) -> Vec<Message> {
    let (mut beat, mut next) = (0.0, interval(0.0));
    let message = |second: u32| {
        let mut rr = Vec::new();
        while beat + next / 1_000.0 <= f64::from(second) {
            beat += next / 1_000.0;
            rr.extend(RrInterval::from_ticks((next * 1.024).round() as u16));
            next = interval(beat);
        }
        let heart_rate = Some((60_000.0 / next).round());
        let arrives = at(f64::from(second) + 0.05 * random.f64());
        (arrives, Reading { heart_rate, contact: Contact::Detected, rr: rr.into() })
    };
    (1..=seconds).map(message).collect()
}

/// A heart at `rate` bpm that swings by `swing` ms, peak to trough, `pace` times a minute, with so much noise from beat to beat
/// (standard deviation in ms).
pub(crate) fn swinging(
    rate: f64,
    swing: f64,
    pace: f64,
    noise: f64,
    random: &mut Rng,
) -> Vec<Message> {
    let turn = random.f64();
    let mut own = Rng::with_seed(random.u64(..));
    strap(90, random, move |t| {
        60_000.0 / rate
            + swing / 2.0 * (TAU * (t * pace / 60.0 + turn)).sin()
            + noise * normal(&mut own)
    })
}

/// What the line makes of the messages.
pub(crate) fn line(messages: &[Message]) -> Line {
    let mut line = Line::default();
    for (at, reading) in messages {
        line.observe(*at, reading);
    }
    line
}

/// Of mean 0 and standard deviation 1, normal enough: the sum of twelve.
pub(crate) fn normal(random: &mut Rng) -> f64 {
    (0..12).map(|_| random.f64()).sum::<f64>() - 6.0
}
