//! Values with a range: a setting's number, count or duration, checked when it's built. Pure.
//!
//! Each module owns its settings beside its logic; a value out of range can't be built, so no rule has to check again. The
//! messages are for people who just edited their configuration: they name the allowed range.

use std::fmt;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error;
use serde::de::Unexpected;
use serde::de::Visitor;

use crate::words::Message;
use crate::words::Sentence;
use crate::words::Words;
use crate::words::english_display;

/// A number from `MIN / 10` to `MAX / 10`, both included; never NaN.
///
/// Tenths, because a const parameter has to be an integer and no setting needs a finer bound.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct RangedNumber<const MIN: u32, const MAX: u32>(f64);

/// Never NaN, so every value equals itself.
impl<const MIN: u32, const MAX: u32> Eq for RangedNumber<MIN, MAX> {}

impl<const MIN: u32, const MAX: u32> RangedNumber<MIN, MAX> {
    pub fn new(value: f64) -> Result<Self, OutOfRange> {
        let (min, max) = Self::RANGE;
        if (min..=max).contains(&value) {
            Ok(Self(value))
        } else {
            Err(OutOfRange::between(min, max))
        }
    }

    /// `tenths / 10`, for constants that are defaults.
    ///
    /// # Panics
    ///
    /// Out of range, which in a constant is an error of the build.
    #[must_use]
    pub const fn tenths(tenths: u32) -> Self {
        assert!(MIN <= tenths && tenths <= MAX, "default out of its own range");
        Self(tenths as f64 / 10.0)
    }

    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }

    const RANGE: (f64, f64) = (MIN as f64 / 10.0, MAX as f64 / 10.0);
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for RangedNumber<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(NumberVisitor)
    }
}

struct NumberVisitor<const MIN: u32, const MAX: u32>;

impl<const MIN: u32, const MAX: u32> Visitor<'_> for NumberVisitor<MIN, MAX> {
    type Value = RangedNumber<MIN, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (min, max) = RangedNumber::<MIN, MAX>::RANGE;
        f.write_str(&between(Message::SettingNumber, min, max).carry())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        RangedNumber::new(value).map_err(|fault| E::custom(fault.carry()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        // An integer that doesn't fit is outside any range that `u32` bounds can express.
        self.visit_f64(i32::try_from(value).map_or(f64::NAN, f64::from))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.visit_f64(u32::try_from(value).map_or(f64::NAN, f64::from))
    }
}

impl<const MIN: u32, const MAX: u32> Serialize for RangedNumber<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

/// A whole number from `MIN` to `MAX`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RangedCount<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> RangedCount<MIN, MAX> {
    pub fn new(value: u32) -> Result<Self, OutOfRange> {
        if (MIN..=MAX).contains(&value) { Ok(Self(value)) } else { Err(Self::out_of_range()) }
    }

    /// For constants that are defaults.
    ///
    /// # Panics
    ///
    /// Out of range, which in a constant is an error of the build.
    #[must_use]
    pub const fn of(value: u32) -> Self {
        assert!(MIN <= value && value <= MAX, "default out of its own range");
        Self(value)
    }

    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    fn out_of_range() -> OutOfRange {
        OutOfRange::between(MIN, MAX)
    }
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for RangedCount<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u32(CountVisitor)
    }
}

struct CountVisitor<const MIN: u32, const MAX: u32>;

impl<const MIN: u32, const MAX: u32> Visitor<'_> for CountVisitor<MIN, MAX> {
    type Value = RangedCount<MIN, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&between(Message::SettingWholeNumber, MIN, MAX).carry())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        let value = u32::try_from(value).map_err(|_| RangedCount::<MIN, MAX>::out_of_range());
        value.and_then(RangedCount::new).map_err(|fault| E::custom(fault.carry()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        let value = u32::try_from(value).map_err(|_| RangedCount::<MIN, MAX>::out_of_range());
        value.and_then(RangedCount::new).map_err(|fault| E::custom(fault.carry()))
    }
}

impl<const MIN: u32, const MAX: u32> Serialize for RangedCount<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

/// From `MIN` to `MAX` seconds, both included; written as `"5m"`, `"90s"` or `"1h 30m"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RangedDuration<const MIN: u32, const MAX: u32>(SignedDuration);

impl<const MIN: u32, const MAX: u32> RangedDuration<MIN, MAX> {
    pub fn new(duration: SignedDuration) -> Result<Self, OutOfRange> {
        let (min, max) = Self::RANGE;
        if (min..=max).contains(&duration) {
            Ok(Self(duration))
        } else {
            Err(OutOfRange(between(Message::SettingBetweenDurations, plain(min), plain(max))))
        }
    }

    /// For constants that are defaults.
    ///
    /// # Panics
    ///
    /// Out of range, which in a constant is an error of the build.
    #[must_use]
    pub const fn secs(seconds: u32) -> Self {
        assert!(MIN <= seconds && seconds <= MAX, "default out of its own range");
        Self(SignedDuration::from_secs(seconds as i64))
    }

    #[must_use]
    pub const fn value(self) -> SignedDuration {
        self.0
    }

    const RANGE: (SignedDuration, SignedDuration) =
        (SignedDuration::from_secs(MIN as i64), SignedDuration::from_secs(MAX as i64));
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for RangedDuration<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(LastingVisitor)
    }
}

struct LastingVisitor<const MIN: u32, const MAX: u32>;

impl<const MIN: u32, const MAX: u32> Visitor<'_> for LastingVisitor<MIN, MAX> {
    type Value = RangedDuration<MIN, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (min, max) = RangedDuration::<MIN, MAX>::RANGE;
        f.write_str(&between(Message::SettingDuration, plain(min), plain(max)).carry())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let duration = text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))?;
        RangedDuration::new(duration).map_err(|fault| E::custom(fault.carry()))
    }
}

impl<const MIN: u32, const MAX: u32> Serialize for RangedDuration<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&plain(self.0))
    }
}

/// A value outside the range of its setting; the sentence names the range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfRange(Sentence);

impl OutOfRange {
    fn between(least: impl fmt::Display, most: impl fmt::Display) -> Self {
        Self(between(Message::SettingBetween, least, most))
    }

    /// The sentence as serde's errors carry it.
    fn carry(&self) -> String {
        self.0.carry()
    }

    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        self.0.text(words)
    }
}

fn between(message: Message, least: impl fmt::Display, most: impl fmt::Display) -> Sentence {
    Sentence::new(message).with("least", least.to_string()).with("most", most.to_string())
}

english_display!(OutOfRange);

impl std::error::Error for OutOfRange {}

/// A duration as in the configuration file: in the largest unit that holds it whole, `"90m"` rather than `"1h 30m"`.
///
/// Fractions of a second are in milliseconds, smaller ones in jiff's format; nothing is rounded, so that reading the text
/// gives the same duration.
#[must_use]
pub fn plain(duration: SignedDuration) -> String {
    if duration.subsec_nanos() % 1_000_000 != 0 {
        return format!("{duration:#}");
    }
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
    fn a_written_duration_reads_back_the_same() {
        for duration in [SignedDuration::new(1, 1), SignedDuration::new(61, 500_000_001)] {
            assert_eq!(plain(duration).parse::<SignedDuration>().unwrap(), duration);
        }
    }

    #[test]
    fn a_value_out_of_range_names_the_range() {
        assert_eq!(
            RangedNumber::<5, 50>::new(6.0).unwrap_err().to_string(),
            "must be between 0.5 and 5"
        );
        assert!(RangedNumber::<5, 50>::new(f64::NAN).is_err());
        let too_long = RangedDuration::<10, 3600>::new(SignedDuration::from_hours(2)).unwrap_err();
        assert_eq!(too_long.to_string(), "must be between \"10s\" and \"1h\"");
        assert_eq!(RangedCount::<0, 6>::new(7).unwrap_err().to_string(), "must be between 0 and 6");
    }
}
