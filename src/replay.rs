//! A recording, row by row, through the engine.

use crate::heart::Reading;

/// One row of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Seconds on the recording's own time line; strictly increasing, 0 to 100 000 000 000.
    pub t_s: f64,
    /// What the heart said in it.
    pub reading: Reading,
    /// Whether the wearer was moving about (column `moving`); `None` where it is empty or not recorded.
    pub moving: Option<bool>,
}
