//! Values a setting may hold: a number or a duration with its range built into the type.
//!
//! PURE. Each module owns its settings beside its logic; a value out of range cannot be built, so no rule has to check
//! again. The messages here are read by people who just edited their configuration: they name the allowed range.

use std::fmt;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;

/// A number from `MIN / 10` to `MAX / 10`, both included; never NaN.
///
/// Tenths, because a const parameter has to be an integer and no setting needs a finer bound.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Number<const MIN: u32, const MAX: u32>(f64);

impl<const MIN: u32, const MAX: u32> Number<MIN, MAX> {
    /// The value, or the message that names the range.
    pub fn new(value: f64) -> Result<Self, OutOfRange> {
        let (min, max) = (f64::from(MIN) / 10.0, f64::from(MAX) / 10.0);
        if (min..=max).contains(&value) {
            Ok(Self(value))
        } else {
            Err(OutOfRange(format!("must be between {min} and {max}")))
        }
    }

    /// A number known to be in range when the program is written: for the constants that are defaults.
    ///
    /// # Panics
    /// When it is out of range, which in a constant is an error of the build.
    #[must_use]
    pub const fn tenths(tenths: u32) -> Self {
        assert!(MIN <= tenths && tenths <= MAX, "default out of its own range");
        Self(tenths as f64 / 10.0)
    }

    /// The number itself.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for Number<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<const MIN: u32, const MAX: u32> Serialize for Number<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

/// A duration from `MIN` to `MAX` seconds, both included; written as `"5m"`, `"90s"` or `"1h 30m"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lasting<const MIN: u32, const MAX: u32>(SignedDuration);

impl<const MIN: u32, const MAX: u32> Lasting<MIN, MAX> {
    /// The duration, or the message that names the range.
    pub fn new(duration: SignedDuration) -> Result<Self, OutOfRange> {
        let (min, max) =
            (SignedDuration::from_secs(i64::from(MIN)), SignedDuration::from_secs(i64::from(MAX)));
        if (min..=max).contains(&duration) {
            Ok(Self(duration))
        } else {
            Err(OutOfRange(format!("must be between \"{}\" and \"{}\"", plain(min), plain(max))))
        }
    }

    /// A duration known to be in range when the program is written: for the constants that are defaults.
    ///
    /// # Panics
    /// When it is out of range, which in a constant is an error of the build.
    #[must_use]
    pub const fn secs(seconds: u32) -> Self {
        assert!(MIN <= seconds && seconds <= MAX, "default out of its own range");
        Self(SignedDuration::from_secs(seconds as i64))
    }

    /// The duration itself.
    #[must_use]
    pub const fn value(self) -> SignedDuration {
        self.0
    }
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for Lasting<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let duration = text.parse().map_err(|_| {
            D::Error::custom(format!(
                "\"{text}\" is not a duration; write it like \"90s\", \"5m\" or \"1h 30m\""
            ))
        })?;
        Self::new(duration).map_err(D::Error::custom)
    }
}

impl<const MIN: u32, const MAX: u32> Serialize for Lasting<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&plain(self.0))
    }
}

/// A value outside the range of its setting; the text names the range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfRange(String);

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OutOfRange {}

/// A duration in the words of the configuration file: the largest unit that holds it whole, `"90m"` rather than `"1h 30m"`.
///
/// Below a second it is rounded down to whole seconds only when it is whole; otherwise milliseconds are written.
#[must_use]
pub fn plain(duration: SignedDuration) -> String {
    let millis = duration.as_millis();
    let units = [(3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    for (size, unit) in units {
        if millis != 0 && millis % size == 0 {
            return format!("{}{unit}", millis / size);
        }
    }
    if millis == 0 { "0s".to_owned() } else { format!("{millis}ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_written_as_people_write_it() {
        let written =
            [0, 9, 60, 300, 5_400, 7_200, 86_400].map(|s| plain(SignedDuration::from_secs(s)));
        assert_eq!(written, ["0s", "9s", "1m", "5m", "90m", "2h", "24h"]);
        assert_eq!(plain(SignedDuration::from_millis(1_500)), "1500ms");
    }

    #[test]
    fn a_value_out_of_range_names_the_range() {
        assert_eq!(Number::<5, 50>::new(6.0).unwrap_err().to_string(), "must be between 0.5 and 5");
        assert!(Number::<5, 50>::new(f64::NAN).is_err());
        let too_long = Lasting::<10, 3600>::new(SignedDuration::from_hours(2)).unwrap_err();
        assert_eq!(too_long.to_string(), "must be between \"10s\" and \"1h\"");
    }
}
