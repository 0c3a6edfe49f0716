//! From a packet of a heart-rate monitor to one sample every few seconds.
//!
//! PURE, and knows nothing but hearts: no people, no baselines, no offers, no time of day.

mod reading;

pub use reading::Contact;
pub use reading::Reading;
pub use reading::RrInterval;
