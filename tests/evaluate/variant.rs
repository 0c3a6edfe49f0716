//! The columns: which parts of the method are at work.

use std::convert::Infallible;

use kindbeat_core::detection::Baseline;
use kindbeat_core::detection::Method;
use kindbeat_core::detection::Sensitivity;
use kindbeat_core::engine::Settings;
use kindbeat_core::practice::Library;
use kindbeat_core::replay;
use kindbeat_core::replay::ReplayOutcome;
use kindbeat_core::replay::ReplayRow;
use kindbeat_core::setting::RangedCount;
use kindbeat_core::setting::RangedDuration;

use crate::rules::FiveMinutes;

/// One column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// No baseline at all: the mean over five minutes is above 100 bpm.
    Above100,
    /// Against the long-term reference alone.
    LongTerm,
    /// With the last quiet minutes.
    Local,
    /// With the veto of a calm RMSSD.
    Rmssd,
    /// With exercise told apart: the detector as it ships, where nothing is known of movement.
    Exercise,
    /// With what is known of movement.
    Presence,
    /// With what a desktop knows: nothing of movement, and what the hands do. Not a column: only made days have hands.
    Desk,
}

impl Variant {
    /// All of them, each adding to the one before.
    pub const ALL: [Self; 6] =
        [Self::Above100, Self::LongTerm, Self::Local, Self::Rmssd, Self::Exercise, Self::Presence];

    /// The head of its column.
    pub const fn head(self) -> &'static str {
        match self {
            Self::Above100 => "HR > 100",
            Self::LongTerm => "long-term",
            Self::Local => "+ local",
            Self::Rmssd => "+ RMSSD",
            Self::Exercise => "+ exercise",
            Self::Presence => "+ presence",
            Self::Desk => "at the desk",
        }
    }

    fn method(self) -> Method {
        let at_least = |part: Self| self as usize >= part as usize;
        Method {
            local_reference: at_least(Self::Local),
            rmssd: at_least(Self::Rmssd),
            exercise: at_least(Self::Exercise),
        }
    }

    /// The times of all offers, in seconds on the recording's own time line, and how much of it taught.
    pub fn offers(
        self,
        profile: Profile,
        earlier: &[&[ReplayRow]],
        rows: &[ReplayRow],
    ) -> anyhow::Result<Vec<f64>> {
        if self == Self::Above100 {
            return Ok(above_100(profile, rows));
        }
        self.offers_with(&self.settings(profile), earlier, rows)
    }

    /// The same of everyday life, at another sensitivity.
    pub fn offers_at(
        self,
        sensitivity: Sensitivity,
        rows: &[ReplayRow],
    ) -> anyhow::Result<Vec<f64>> {
        let mut settings = self.settings(Profile::Everyday);
        settings.detection.sensitivity = sensitivity;
        self.offers_with(&settings, &[], rows)
    }

    fn offers_with(
        self,
        settings: &Settings,
        earlier: &[&[ReplayRow]],
        rows: &[ReplayRow],
    ) -> anyhow::Result<Vec<f64>> {
        let library = Library::built_in()?;
        let mut baseline = Baseline::new(settings.detection.method);
        for rows in earlier {
            baseline = ok(replay::learn(settings, &library, baseline, self.seen(rows)));
        }
        let mut offers = Vec::new();
        ok(replay::replay(settings, &library, baseline, self.seen(rows), |event| {
            if event.outcome == ReplayOutcome::Offered {
                offers.push(event.t_s);
            }
        }));
        Ok(offers)
    }

    fn settings(self, profile: Profile) -> Settings {
        let mut settings = Settings::default();
        settings.offer.at_most_per_day = RangedCount::of(1_000);
        settings.detection.method = self.method();
        match profile {
            Profile::Laboratory => {
                settings.offer.cool_down = RangedDuration::secs(2 * 60);
                settings.detection.rearm = RangedDuration::secs(60);
                settings.detection.warm_up = RangedDuration::secs(5 * 60);
            }
            Profile::Everyday => settings.offer.cool_down = RangedDuration::secs(60 * 60),
        }
        settings
    }

    fn seen(self, rows: &[ReplayRow]) -> impl Iterator<Item = Result<ReplayRow, Infallible>> {
        rows.iter().map(move |row| {
            let moving = row.moving.filter(|_| self == Self::Presence);
            let idle_s = row.idle_s.filter(|_| self == Self::Desk);
            Ok(ReplayRow { moving, idle_s, ..row.clone() })
        })
    }
}

/// How a set is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Cool-down 2 min, re-arm 1 min, warm-up 5 min; the baseline from the subject's labelled rest.
    Laboratory,
    /// Cool-down 60 min; learned as it goes.
    Everyday,
}

impl Profile {
    fn cool_down_s(self) -> f64 {
        match self {
            Self::Laboratory => 120.0,
            Self::Everyday => 3_600.0,
        }
    }
}

fn ok<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
    }
}

fn above_100(profile: Profile, rows: &[ReplayRow]) -> Vec<f64> {
    let mut minutes = FiveMinutes::new();
    let mut offers: Vec<f64> = Vec::new();
    for row in rows {
        let Some((_, mean)) = minutes.observe(row) else { continue };
        let cool = offers.last().is_none_or(|&last| row.t_s - last >= profile.cool_down_s());
        if cool && mean.is_some_and(|mean| mean > 100.0) {
            offers.push(row.t_s);
        }
    }
    offers
}
