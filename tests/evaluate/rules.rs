//! The simple rules that somebody could write in an afternoon, on the same days, behind the same gates, and with as many offers: what the
//! detector has to be ahead of.

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat_core::context::AWAY_AFTER;
use kindbeat_core::heart::Sample;
use kindbeat_core::heart::Sampler;
use kindbeat_core::replay::ReplayRow;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The mean over five minutes is above a fixed rate.
    Above,
    /// It is above the median of all that was heard so far by a fixed step.
    AboveMedian,
    /// RMSSD is below a share of its mean over half an hour for a minute, at a rate from 55 to 100 bpm.
    Rmssd,
}

impl Rule {
    pub const ALL: [Self; 3] = [Self::Above, Self::AboveMedian, Self::Rmssd];

    /// Its name, with the figure in force.
    pub fn says(self, figure: f64) -> String {
        match self {
            Self::Above => format!("the mean over 5 min above {figure:.0} bpm"),
            Self::AboveMedian => format!("the same above the median so far by {figure:.0} bpm"),
            Self::Rmssd => format!("RMSSD under {figure:.2} of its mean for a minute"),
        }
    }

    /// The figures it may have, from the one with most offers on.
    pub fn figures(self) -> Vec<f64> {
        match self {
            Self::Above => (70..=130).map(f64::from).collect(),
            Self::AboveMedian => (2..=40).map(f64::from).collect(),
            Self::Rmssd => (0..=18).map(|step| 0.95 - 0.05 * f64::from(step)).collect(),
        }
    }

    /// The times of all offers, in seconds on the recording's own time line.
    pub fn offers(self, figure: f64, rows: &[ReplayRow]) -> Vec<f64> {
        let mut minutes = FiveMinutes::new();
        let mut usual = Usual::default();
        let (mut returned, mut low_since) = (f64::NEG_INFINITY, None);
        let (mut away, mut offers) = (false, Vec::new());
        for row in rows {
            let is_away = row.idle_s.is_some_and(|idle_s| idle_s >= AWAY_AFTER.as_secs_f64());
            if away && !is_away {
                returned = row.t_s;
            }
            away = is_away;
            let Some((sample, mean)) = minutes.observe(row) else { continue };
            let holds = match self {
                Self::Above => mean.is_some_and(|mean| mean > figure),
                Self::AboveMedian => {
                    mean.zip(usual.median()).is_some_and(|(mean, usual)| mean > usual + figure)
                }
                Self::Rmssd => {
                    let low = sample
                        .rmssd
                        .zip(usual.rmssd)
                        .is_some_and(|(now, usual)| now < figure * usual)
                        && (55.0..=100.0).contains(&sample.heart_rate);
                    low_since = if low { low_since.or(Some(row.t_s)) } else { None };
                    low_since.is_some_and(|since: f64| row.t_s - since >= 60.0)
                }
            };
            usual.learn(sample.heart_rate, sample.rmssd);
            let cool = offers.last().is_none_or(|&last| row.t_s - last >= 3_600.0);
            if holds && cool && !away && row.t_s - returned >= 300.0 {
                offers.push(row.t_s);
            }
        }
        offers
    }
}

/// The mean rate of the last five minutes.
pub struct FiveMinutes {
    sampler: Sampler,
    window: Vec<(f64, f64)>,
}

impl FiveMinutes {
    pub fn new() -> Self {
        Self { sampler: Sampler::over(SignedDuration::from_secs(60)), window: Vec::new() }
    }

    /// The sample that is due with this row, if one is, and the mean, once five minutes are full.
    pub fn observe(&mut self, row: &ReplayRow) -> Option<(Sample, Option<f64>)> {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(row.t_s);
        let sample = self.sampler.observe(at, row.reading.heart_rate, &row.reading.rr)?;
        self.window.push((row.t_s, sample.heart_rate));
        self.window.retain(|&(t_s, _)| row.t_s - t_s <= 300.0);
        let sum = self.window.iter().map(|&(_, rate)| rate).sum::<f64>();
        let is_whole = row.t_s - self.window[0].0 >= 290.0;
        Some((sample, is_whole.then(|| sum / self.window.len() as f64)))
    }
}

/// What was usual so far.
#[derive(Default)]
struct Usual {
    rates: Vec<u32>,
    count: u32,
    rmssd: Option<f64>,
}

impl Usual {
    fn learn(&mut self, rate: f64, rmssd: Option<f64>) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate of a heart"
        )]
        let bin = rate.round() as usize;
        if self.rates.len() <= bin {
            self.rates.resize(bin + 1, 0);
        }
        self.rates[bin] += 1;
        self.count += 1;
        if let Some(now) = rmssd {
            // A sample every five seconds.
            let mean = self.rmssd.get_or_insert(now);
            *mean += (now - *mean) / 360.0;
        }
    }

    /// `None` in the first ten minutes.
    fn median(&self) -> Option<f64> {
        if self.count < 120 {
            return None;
        }
        let mut below = 0;
        let middle = self.rates.iter().position(|count| {
            below += count;
            below * 2 >= self.count
        });
        middle.map(|bin| bin as f64)
    }
}
