//! Whether now is a moment to ask, and what became of asking.
//!
//! PURE.

pub mod settings;

pub use settings::Day;
pub use settings::OfferSettings;
pub use settings::QuietHours;
