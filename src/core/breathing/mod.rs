//! Paced breathing and the heart that follows it: heart rate variability (HRV) biofeedback. Pure: time is an argument.
//!
//! [`BreathPace`] is how fast a guide breathes. [`Line`] turns readings into the instantaneous heart rate, judges the signal
//! ([`Verdict`]) and measures the swing of the heart with the breath ([`Swing`]). [`PaceSearch`] is two guided minutes that
//! search for the pace of the largest swing, the resonance frequency; they end with a pace or a reason why there isn't one
//! ([`SearchOutcome`]).
//!
//! The heart beats faster while breathing in, slower while breathing out: respiratory sinus arrhythmia (RSA). Its size
//! depends on the pace and is mostly largest near six breaths a minute, where breath and blood pressure fall into step; size
//! and place differ between people (Shaffer and Meehan 2020, Front. Neurosci. 14:570400). None of it is a measure of health,
//! and nothing here compares one day with another.
//!
//! Nothing is concluded from missing intervals, from artefacts, or from an irregular rhythm.

mod guide;
mod least_squares;
mod line;
mod pace;
mod pulse;
mod resonance;
mod search;
mod swing;
mod verdict;

pub use line::Line;
pub use line::Point;
pub use pace::BreathPace;
pub use search::PaceSearch;
pub use search::SearchOutcome;
pub use search::Unclear;
pub use swing::Swing;
pub use verdict::Verdict;
