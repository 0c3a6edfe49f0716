//! How fast a guide breathes. Pure.

use jiff::SignedDuration;
use serde::Deserialize;
use serde::Serialize;

use crate::setting::OutOfRange;
use crate::setting::RangedNumber;

/// Breaths a minute, 4.5 to 7, and stored as that number.
///
/// The range holds the resonance frequency of adults (4.5 to 6.5: Shaffer and Meehan 2020); seven is slow for everybody and
/// hard for nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Deserialize, Serialize)]
#[serde(transparent)]
pub struct BreathPace(RangedNumber<45, 70>);

impl BreathPace {
    pub const SLOWEST: Self = Self(RangedNumber::tenths(45));
    pub const FASTEST: Self = Self(RangedNumber::tenths(70));

    /// The error names the range.
    pub fn new(per_minute: f64) -> Result<Self, OutOfRange> {
        RangedNumber::new(per_minute).map(Self)
    }

    /// The pace nearest to that number; NaN gives the default.
    #[must_use]
    pub fn nearest(per_minute: f64) -> Self {
        let within = per_minute.clamp(Self::SLOWEST.per_minute(), Self::FASTEST.per_minute());
        Self::new(within).unwrap_or_default()
    }

    #[must_use]
    pub const fn per_minute(self) -> f64 {
        self.0.value()
    }

    /// One breath, in and out, to the millisecond: 8.571 s to 13.333 s.
    #[must_use]
    pub fn cycle(self) -> SignedDuration {
        self.inhale() + self.exhale()
    }

    /// The breath out follows at once, and the next breath in follows that: no breath is held.
    #[must_use]
    pub fn inhale(self) -> SignedDuration {
        millis(INHALE_SHARE * MINUTE_MS / self.per_minute())
    }

    #[must_use]
    pub fn exhale(self) -> SignedDuration {
        millis((1.0 - INHALE_SHARE) * MINUTE_MS / self.per_minute())
    }
}

impl Default for BreathPace {
    /// Six breaths a minute: the swing of most adults is largest near it.
    fn default() -> Self {
        Self(RangedNumber::tenths(60))
    }
}

fn millis(ms: f64) -> SignedDuration {
    SignedDuration::from_secs_f64(ms.round() / 1_000.0)
}

const MINUTE_MS: f64 = 60_000.0;
/// Out half as long again as in, without holding. People felt calmer, and their hearts swung more, with the breath out
/// longer than the breath in (Van Diest 2014, doi 10.1007/s10484-014-9253-x: 30 to 70, against 70 to 30); 40 to 60 trades
/// some of that for less air out at once.
const INHALE_SHARE: f64 = 0.4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breath_is_its_two_parts_and_out_is_longer() {
        let six = BreathPace::default();
        assert_eq!(six.cycle(), SignedDuration::from_secs(10));
        assert_eq!(six.inhale(), SignedDuration::from_secs(4));
        assert_eq!(six.exhale(), SignedDuration::from_secs(6));
    }

    #[test]
    fn a_pace_out_of_range_is_none() {
        for wrong in [4.4, 7.1, 0.0, -6.0, f64::NAN, f64::INFINITY] {
            assert_eq!(
                BreathPace::new(wrong).unwrap_err().to_string(),
                "must be between 4.5 and 7"
            );
        }
        assert_eq!(BreathPace::nearest(3.0), BreathPace::SLOWEST);
        assert_eq!(BreathPace::nearest(f64::INFINITY), BreathPace::FASTEST);
        assert_eq!(BreathPace::nearest(f64::NAN), BreathPace::default());
    }

    #[test]
    fn a_pace_is_stored_as_its_number() {
        let pace = BreathPace::new(5.3).unwrap();
        assert_eq!(serde_json::to_string(&pace).unwrap(), "5.3");
        assert_eq!(serde_json::from_str::<BreathPace>("5.3").unwrap(), pace);
        assert!(serde_json::from_str::<BreathPace>("9").is_err());
    }
}
