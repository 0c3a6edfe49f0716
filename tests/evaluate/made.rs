//! Made hearts: what everyday life does to a heart, and nothing else, so that it is known what is to come of each.

use std::f64::consts::TAU;

use anyhow::bail;
use kindbeat_core::heart::Reading;
use kindbeat_core::replay::ReplayRow;

use crate::desk::idle_at_work;
use crate::table::share;
use crate::variant::Profile;
use crate::variant::Variant;

/// Prints how many of ten runs of each case bring an offer, and when. Fails where it is not what it has to be.
pub fn hearts() -> anyhow::Result<()> {
    println!(
        "\nMade hearts, {RUNS} runs each: 70 bpm at the desk with noise (2.5 bpm within a minute, 2 within half an hour), three working \
         days learned before;\nthe hands pause twice a minute, and rest while one walks. Offers in the runs, minutes after the beginning."
    );
    let days: Vec<_> = (0..3).map(|day| Made::default().still(8 * 60).rows(day)).collect();
    let earlier: Vec<&[ReplayRow]> = days.iter().map(Vec::as_slice).collect();
    let mut wrong = Vec::new();
    for case in cases() {
        let (mut found, mut minutes) = (0, Vec::new());
        for seed in (100..).take(RUNS) {
            let rows = case.made.clone().still(30).rows(seed);
            let offers = Variant::Desk.offers(Profile::Everyday, &earlier, &rows)?;
            let from = f64::from(case.made.from);
            let until = case.made.add.len() as f64 + 120.0;
            let first = offers.iter().find(|offer| (from..until).contains(*offer));
            found += usize::from(first.is_some());
            minutes.extend(first.map(|offer| (offer - from) / 60.0));
        }
        minutes.sort_by(f64::total_cmp);
        let median =
            minutes.get(minutes.len() / 2).map(|minutes| format!("   at {minutes:.0} min"));
        println!("  {:<60}{}{}", case.name, share(found, RUNS), median.unwrap_or_default());
        if !case.wanted.allows(found) {
            wrong.push(case.name);
        }
    }
    if !wrong.is_empty() {
        bail!("not as it has to be: {}", wrong.join("; "));
    }
    Ok(())
}

struct Case {
    name: &'static str,
    wanted: Wanted,
    made: Made,
}

/// In how many of ten runs there has to be an offer.
#[derive(Clone, Copy)]
enum Wanted {
    Never,
    /// All but one at most: noise may hide one.
    Always,
    /// Nothing tells it from an elevation at the desk: its owner's answer does.
    Either,
}

impl Wanted {
    const fn allows(self, found: usize) -> bool {
        match self {
            Self::Never => found == 0,
            Self::Always => found + 1 >= RUNS,
            Self::Either => true,
        }
    }
}

fn cases() -> Vec<Case> {
    use Wanted::Always;
    use Wanted::Either;
    use Wanted::Never;
    let begin = || Made::default().still(90).begin();
    let case = |name, wanted, made| Case { name, wanted, made };
    let rise =
        |height: f64, minutes: usize| begin().to(height, 30).to(height, minutes * 60).to(0.0, 90);
    let walk = |seconds: usize, height: f64, tail: f64| {
        begin().away(|made| made.to(height, 40).to(height, seconds - 40)).fall(tail, 8 * 60)
    };
    let reading = |height: f64| {
        (0..5).fold(begin().to(height, 30), |made, _| {
            made.away(|made| made.to(height, 120)).to(height, 120)
        })
    };
    vec![
        case("a rise of 12 for 10 min", Always, rise(12.0, 10)),
        case("a rise of 20 for 6 min", Always, rise(20.0, 6)),
        case("a rise of 35 for 8 min", Either, rise(35.0, 8)),
        case("a rise of 8 for 15 min", Either, rise(8.0, 15)),
        case("a rise of 16 while reading, hands at rest for 2 min of 4", Always, reading(16.0)),
        case(
            "trap: a rise 5 min after one at a return",
            Always,
            begin()
                .away(|made| made.to(22.0, 30).to(22.0, 290))
                .to(15.0, 60)
                .to(15.0, 4 * 60)
                .to(0.0, 60)
                .still(3)
                .begin()
                .to(15.0, 30)
                .to(15.0, 40 * 60),
        ),
        case(
            "hold: a rise 15 min after a burst of effort",
            Always,
            begin()
                .to(50.0, 40)
                .to(50.0, 60)
                .fall(40.0, 15 * 60)
                .begin()
                .to(18.0, 30)
                .to(18.0, 14 * 60),
        ),
        case("a startle of 25 for 1 min", Never, begin().to(25.0, 10).to(25.0, 50).to(0.0, 60)),
        case("a walk of 2 min", Never, walk(120, 26.0, 60.0)),
        case("a walk of 3 min", Never, walk(180, 28.0, 70.0)),
        case("a walk of 4 min", Never, walk(240, 28.0, 90.0)),
        case("a walk of 5 min", Never, walk(300, 28.0, 120.0)),
        case("a walk of 8 min", Never, walk(480, 28.0, 150.0)),
        case("stairs, 90 s", Never, walk(90, 40.0, 80.0)),
        case(
            "back from a run of 25 min",
            Either,
            begin().away(|made| made.to(70.0, 60).to(70.0, 25 * 60)).fall(900.0, 80 * 60),
        ),
        case("coffee: 8 over 20 min, for 2 h", Either, begin().to(8.0, 20 * 60).to(8.0, 100 * 60)),
        case("a meal away: 12, for 90 min", Either, {
            begin().away(|made| made.to(12.0, 25 * 60)).to(9.0, 65 * 60).to(0.0, 30 * 60)
        }),
        case("standing up at the desk: 10 for 45 min", Either, {
            begin().to(14.0, 20).to(10.0, 60).to(10.0, 45 * 60).to(0.0, 60)
        }),
        case("speaking: 9 for 20 min", Either, begin().to(9.0, 60).to(9.0, 20 * 60).to(0.0, 60)),
        case(
            "a fever day: 14 from the morning on",
            Either,
            Made::default().begin().to(14.0, 1).to(14.0, 6 * 3_600),
        ),
        case("a quiet day of 8 h", Never, Made::default().begin().still(8 * 60)),
        case("a band that is stuck 14 higher for 2 h", Never, begin().stuck(84.0, 2 * 3_600)),
    ]
}

/// What a heart does, second by second.
#[derive(Clone, Default)]
struct Made {
    /// In bpm above usual.
    add: Vec<f64>,
    rests: Vec<(usize, usize)>,
    /// The same rate all the time.
    stuck: Option<(usize, f64)>,
    /// From when on an offer counts.
    from: u32,
}

impl Made {
    fn begin(mut self) -> Self {
        self.from = u32::try_from(self.add.len()).unwrap_or_default();
        self
    }

    fn still(self, minutes: usize) -> Self {
        self.to(0.0, 1).to(0.0, minutes * 60)
    }

    /// Goes to that height in so many seconds.
    fn to(mut self, height: f64, seconds: usize) -> Self {
        let before = self.add.last().copied().unwrap_or_default();
        let step = |second: usize| (height - before) * second as f64 / seconds as f64;
        self.add.extend((1..=seconds).map(|second| before + step(second)));
        self
    }

    /// Falls back to usual, to about a third of the rest of the way in each `tail` seconds.
    fn fall(mut self, tail: f64, seconds: usize) -> Self {
        let before = self.add.last().copied().unwrap_or_default();
        self.add.extend((0..seconds).map(|second| before * (-(second as f64) / tail).exp()));
        self
    }

    fn away(mut self, way: impl FnOnce(Self) -> Self) -> Self {
        let since = self.add.len();
        self = way(self);
        self.rests.push((since, self.add.len()));
        self
    }

    fn stuck(mut self, rate: f64, seconds: usize) -> Self {
        self.stuck = Some((self.add.len(), rate));
        self.add.resize(self.add.len() + seconds, 0.0);
        self
    }

    fn rows(&self, seed: u64) -> Vec<ReplayRow> {
        let mut random = fastrand::Rng::with_seed(seed);
        let (mut quick, mut slow) = (Noise::new(2.5, 45.0), Noise::new(2.0, 1_500.0));
        let row = |(second, add): (usize, &f64)| {
            let noise = quick.next(&mut random) + slow.next(&mut random);
            let stuck = self.stuck.filter(|&(from, _)| second >= from);
            let rate = stuck.map_or(70.0 + add + noise, |(_, rate)| rate).round();
            let rest = self.rests.iter().find(|(from, to)| (*from..*to).contains(&second));
            let idle_s = match rest {
                Some((from, _)) => (second - from) as f64,
                None => idle_at_work(second as f64),
            };
            let reading = Reading { heart_rate: Some(rate), ..Reading::default() };
            ReplayRow { t_s: second as f64, reading, moving: None, idle_s: Some(idle_s) }
        };
        self.add.iter().enumerate().map(row).collect()
    }
}

/// Noise of one standard deviation that forgets itself within a time.
struct Noise {
    now: f64,
    keeps: f64,
    step: f64,
}

impl Noise {
    fn new(deviation: f64, within_s: f64) -> Self {
        let keeps = (-1.0 / within_s).exp();
        Self { now: 0.0, keeps, step: deviation * (1.0 - keeps * keeps).sqrt() }
    }

    fn next(&mut self, random: &mut fastrand::Rng) -> f64 {
        // Box and Muller.
        let normal = (-2.0 * (1.0 - random.f64()).ln()).sqrt() * (TAU * random.f64()).cos();
        self.now = self.keeps.mul_add(self.now, self.step * normal);
        self.now
    }
}

const RUNS: usize = 10;
