//! What the heart said at one moment, whichever way it arrived.

/// The time between two heart beats, as measured: not yet judged, artefacts included.
///
/// In milliseconds, more than 0 and at most 1 000 000: recordings of real straps hold gaps that long. A strap sends 1/1024 s
/// (Heart Rate Service 1.0, section 3.1.1.4), which `f64` holds exactly.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct RrInterval(f64);

impl RrInterval {
    /// The longest interval that can be held, in milliseconds.
    pub const MAX_MS: f64 = 1_000_000.0;

    /// From milliseconds; `None` if not above 0, above [`Self::MAX_MS`], or NaN.
    #[must_use]
    pub fn from_millis(ms: f64) -> Option<Self> {
        (ms > 0.0 && ms <= Self::MAX_MS).then_some(Self(ms))
    }

    /// From the unit of the strap, 1/1024 s; `None` for 0, which no beat can be.
    #[must_use]
    pub fn from_ticks(ticks: u16) -> Option<Self> {
        Self::from_millis(f64::from(ticks) * 1000.0 / 1024.0)
    }

    /// In milliseconds.
    #[must_use]
    pub const fn millis(self) -> f64 {
        self.0
    }
}

/// Whether the sensor touches the skin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contact {
    /// The sensor cannot tell.
    #[default]
    Unsupported,
    /// It feels no skin: whatever it sends is not a heart.
    Lost,
    /// It feels skin.
    Detected,
}

/// One message from a heart-rate monitor, or one row of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Beats per minute; `None` when the monitor has no rate just now.
    pub heart_rate: Option<f64>,
    /// Whether the sensor touches the skin.
    pub contact: Contact,
    /// The intervals that ended since the last reading, oldest first; empty when none ended or the monitor sends none.
    pub rr: Vec<RrInterval>,
}
