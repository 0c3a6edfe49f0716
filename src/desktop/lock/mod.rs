//! Whether the screen is locked, and, from the same service, the idle hint and sleep.

pub(super) mod logind;
pub(super) mod screensaver;
