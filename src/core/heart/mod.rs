//! From a packet of a heart rate monitor to one sample every five seconds. Pure; knows hearts only: no baseline, no offer,
//! no time of day.
//!
//! [`EchoFilter`] drops a packet that was told twice, [`Measurement`] decodes it, [`Sampler`] has [`BeatFilter`] label its
//! beats, and sums up the last minutes.

mod beat;
mod constant;
mod echo;
mod measurement;
mod sample;

use smallvec::SmallVec;

pub use beat::Artefact;
pub use beat::Beat;
pub use beat::BeatFilter;
pub use constant::ConstantReadings;
pub use echo::EchoFilter;
pub use measurement::DecodeError;
pub use measurement::Measurement;
pub use sample::MAX_ARTEFACT_SHARE;
pub use sample::MAX_SAMPLE_SPAN;
pub use sample::Rates;
pub use sample::Sample;
pub use sample::Sampler;

/// The time between two heart beats, as measured, artefacts included.
///
/// In milliseconds, more than 0 and at most 1 000 000: recordings of real monitors hold gaps that long. A monitor sends
/// 1/1024 s (Heart Rate Service 1.0, section 3.1.1.4), which `f64` holds exactly.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct RrInterval(f64);

impl RrInterval {
    pub const MAX_MS: f64 = 1_000_000.0;

    /// `None` if `ms` isn't above 0, is above [`Self::MAX_MS`], or is NaN.
    #[must_use]
    pub fn from_millis(ms: f64) -> Option<Self> {
        (ms > 0.0 && ms <= Self::MAX_MS).then_some(Self(ms))
    }

    /// `ticks` are 1/1024 s, the unit of the monitor; `None` for 0, which isn't a beat.
    #[must_use]
    pub fn from_ticks(ticks: u16) -> Option<Self> {
        Self::from_millis(f64::from(ticks) * 1000.0 / 1024.0)
    }

    #[must_use]
    pub const fn millis(self) -> f64 {
        self.0
    }
}

/// Whether the monitor touches the skin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contact {
    /// The monitor has no means to detect it.
    #[default]
    Unsupported,
    /// What the monitor sends isn't a heart.
    Lost,
    Detected,
}

/// One message of a heart rate monitor, or one row of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// In bpm; `None` when the monitor has no rate just now.
    pub heart_rate: Option<f64>,
    pub contact: Contact,
    /// The intervals that ended since the last reading, oldest first; empty when none ended or the monitor sends none.
    pub rr: Intervals,
}

/// Most messages bring one to three intervals: up to four need no memory of their own.
pub type Intervals = SmallVec<[RrInterval; 4]>;

/// The mean of the two middle values where there are two; `None` of an empty slice. Reorders the slice.
fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if below.len() == middle && values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = values[..middle].iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some(f64::midpoint(lower, upper))
}
