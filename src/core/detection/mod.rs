//! What is usual for this person, and when it is not.
//!
//! PURE, and does not know that anyone is ever asked anything. [`Baseline`] learns what is usual, [`Exertion`] tells exercise
//! apart, [`Detector`] follows the rate from settled to elevated and back; [`Tracker`] lets the three work together.
//!
//! Heart rate shows arousal, not distress: mild stress in a laboratory raises it by 4 to 6 bpm at the median, and a slow walk
//! by more. So nothing here is called stress; what is detected is an *elevation*, sustained, against what is usual for this
//! heart, while somebody sits at the desk.

mod baseline;
mod detector;
mod exertion;
mod settings;
mod tracker;

pub use baseline::Baseline;
pub use baseline::BaselineState;
pub use baseline::QuietMinute;
pub use baseline::Usual;
pub use baseline::Variability;
pub use detector::Detector;
pub use detector::Figures;
pub use detector::Finding;
pub use detector::Phase;
pub use exertion::Effort;
pub use exertion::Exertion;
pub use settings::DetectionSettings;
pub use settings::Method;
pub use settings::Sensitivity;
pub use settings::Thresholds;
pub use tracker::MIN_COVERAGE;
pub use tracker::Tracker;
