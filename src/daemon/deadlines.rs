//! When the loop has something to do, if nothing else happens.

use jiff::Timestamp;

/// Something that is due at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartDeadline {
    /// The engine lets time pass; its own deadlines have names there.
    Engine,
    /// What was gathered for the store is handed on.
    Store,
    /// A page that nobody looks at any more is closed, or the question on it counts as skipped.
    Page,
}

/// When each is due; `None`: not before something happens.
pub(super) struct Deadlines(pub(super) [(PartDeadline, Option<Timestamp>); 3]);

impl Deadlines {
    /// When the first of them is due.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.0.iter().filter_map(|(_, due)| *due).min()
    }

    /// Whether this one is due.
    pub(super) fn is_due(&self, deadline: PartDeadline, now: Timestamp) -> bool {
        self.0.iter().any(|(named, due)| *named == deadline && due.is_some_and(|due| due <= now))
    }
}
