//! The desktop session: whether somebody sits here, and what speaks against an offer.

pub mod interruptions;
pub mod presence;
pub mod x11;
