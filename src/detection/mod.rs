//! What is usual for this person, and when it is not.
//!
//! PURE.

mod settings;

pub use settings::DetectionSettings;
pub use settings::Sensitivity;
pub use settings::Thresholds;
