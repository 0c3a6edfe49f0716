//! Whether a microphone, a camera or the screen is being recorded.

pub(super) mod devices;
mod holders;
pub(super) mod pipewire;
pub(super) mod pulse;
