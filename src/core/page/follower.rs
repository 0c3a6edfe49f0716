//! The heart following the breath: its line while a page is open, and the search for a pace.

use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::breathing::BreathPace;
use crate::breathing::Line;
use crate::breathing::PaceSearch;
use crate::breathing::Point;
use crate::breathing::SearchOutcome;
use crate::breathing::Swing;
use crate::breathing::Verdict;
use crate::heart::Reading;
use crate::practice::Breath;
use crate::practice::Session;
use crate::practice::SessionState;

use super::following::Following;

/// What is known of the heart that follows the breath.
#[derive(Debug, Default)]
pub struct Follower {
    line: Line,
    /// The points of the last while.
    points: VecDeque<Point>,
    /// Whether it can be trusted, and how far it swings: as of the last message.
    verdict: Option<Verdict>,
    swing: Option<Swing>,
    /// The search that is under way.
    search: Option<PaceSearch>,
    /// What the last search of this break has found.
    outcome: Option<SearchOutcome>,
}

impl Follower {
    /// The monitor sent something.
    pub fn observe(&mut self, now: Timestamp, reading: &Reading) {
        self.points.extend(self.line.observe(now, reading));
        while self
            .points
            .front()
            .is_some_and(|point| now < point.at || now.duration_since(point.at) > HELD)
        {
            self.points.pop_front();
        }
    }

    /// A break begins: what the last one found is no more told.
    pub fn begin(&mut self) {
        self.search = None;
        self.outcome = None;
    }

    /// The break is elsewhere than before. A search begins with its step and ends with it; whatever comes between ends it, too.
    /// The pace, where it found one.
    pub fn moved(&mut self, now: Timestamp, session: Option<&Session>) -> Option<BreathPace> {
        let began = session.and_then(search_began);
        let before = std::mem::replace(&mut self.search, began.map(|began| PaceSearch { began }));
        if self.search.is_some() {
            self.outcome = None;
            return None;
        }
        let outcome = self.line.outcome(before?, now);
        let found = match &outcome {
            SearchOutcome::Found(pace, _) => Some(*pace),
            SearchOutcome::Unclear(_) => None,
        };
        self.outcome = Some(outcome);
        found
    }

    /// How long a breath of the guide takes now, for an owner of this pace.
    #[must_use]
    pub fn cycle(&self, now: Timestamp, pace: Option<BreathPace>) -> SignedDuration {
        let pace = match self.search {
            Some(search) => PaceSearch::schedule(now.duration_since(search.began)),
            None => pace.unwrap_or_default(),
        };
        pace.cycle()
    }

    /// Looks at the heart, once for all pages.
    pub fn look(&mut self, now: Timestamp, pace: Option<BreathPace>) {
        self.verdict = Some(self.line.verdict(now));
        // While the guide changes there is no one pace to measure a swing at.
        let pace = pace.unwrap_or_default();
        self.swing = self.search.is_none().then(|| self.line.swing(now, Some(pace))).flatten();
        self.points.make_contiguous();
    }

    /// As it was at the last look.
    #[must_use]
    pub fn seen(&self) -> Following<'_> {
        Following {
            verdict: self.verdict.unwrap_or(Verdict::Waiting),
            points: self.points.as_slices().0,
            swing: self.swing,
            outcome: self.outcome.as_ref(),
        }
    }
}

/// When the search began whose step a break is at; `None` where it is at none, or stands still.
fn search_began(session: &Session) -> Option<Timestamp> {
    let SessionState::Running { since, .. } = session.state() else { return None };
    (session.step()?.breath == Some(Breath::Search)).then_some(since)
}

/// What a page shows, and a little more.
const HELD: SignedDuration = SignedDuration::from_secs(35);
