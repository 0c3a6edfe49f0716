//! Breathing, and the heart that follows it: a pace, the heart's line, how far it swings, and the pace at which it swings most.
//!
//! PURE: time is an argument. [`BreathPace`] is how fast a guide breathes; [`Line`] takes in what a monitor sends and gives a smooth
//! line of the heart's rate, says whether it can be trusted ([`Verdict`]), and how far it swings with the breath ([`Swing`]);
//! [`PaceSearch`] is the guided two minutes at whose end stands the pace of the largest swing, or why there is none ([`SearchOutcome`]).
//!
//! With every breath in the heart beats faster, with every breath out slower: respiratory sinus arrhythmia. How far depends on
//! the pace, mostly largest near six breaths a minute, where breath and blood pressure fall into step; by how much and exactly
//! where differs between people (Shaffer and Meehan 2020, Front. Neurosci. 14:570400). None of it is a measure of health, and
//! nothing here compares one day with another.
//!
//! Nothing is concluded from intervals that are missing, from artefacts, or from a rhythm that is not even.

mod grid;
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
