//! The self-compassion break and its kin: what is said, for how long, in which step it is.
//!
//! PURE.

pub mod settings;

pub use settings::Anchor;
pub use settings::Focus;
pub use settings::Length;
pub use settings::PracticeSettings;
