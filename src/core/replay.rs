//! Runs a recording through the engine: the decisions of the daemon, had it been there. Pure.
//!
//! The time line of a recording begins at its first row, so that only the distances between rows count; its first day begins
//! there too. Nobody answers an offer, so it stays open until its time is over. Cool-down and daily limit hold; gates that a
//! recording knows nothing about (calls, quiet hours, input activity without `idle_s`) stay open.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::context::Context;
use crate::context::InputActivity;
use crate::context::Presence;
use crate::detection::Baseline;
use crate::detection::Figures;
use crate::engine::Effect;
use crate::engine::Engine;
use crate::engine::Input;
use crate::engine::Settings;
use crate::heart::MAX_SAMPLE_SPAN;
use crate::heart::Reading;
use crate::offer::Day;
use crate::offer::Gate;
use crate::offer::PAUSE_FROM;
use crate::practice::Library;

#[derive(Clone, Debug, PartialEq)]
pub struct ReplayRow {
    /// Seconds on the recording's own time line; strictly increasing, 0 to 100 000 000 000.
    pub t_s: f64,
    pub reading: Reading,
    /// Whether the wearer was moving about (column `moving`); `None` where it's empty or not recorded.
    pub moving: Option<bool>,
    /// How long keyboard and pointer had not been used by then, in seconds, 0 or more (column `idle_s`); `None` where it's empty or not
    /// recorded.
    pub idle_s: Option<f64>,
}

/// The outcome of one elevation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplayEvent {
    /// Seconds on the recording's own time line.
    pub t_s: f64,
    pub outcome: ReplayOutcome,
    /// The figures at the offer, or at the last moment of the hold.
    pub figures: Figures,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayOutcome {
    /// At the first moment at which the elevation was sustained with every gate open.
    Offered,
    /// The gate that was closed last, known at the end of the elevation.
    Held(Gate),
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReplaySummary {
    /// Hours with data.
    pub hours: f64,
    /// Hours of this recording that taught the baseline.
    pub learned_hours: f64,
    pub offers: u64,
    /// The number of elevations that weren't offered.
    pub held: u64,
}

/// Learns from one recording, as from an earlier day of wear: nothing is offered, and only the long-term reference is kept.
pub fn learn<E>(
    settings: &Settings,
    library: &Library,
    baseline: Baseline,
    rows: impl IntoIterator<Item = Result<ReplayRow, E>>,
) -> Result<Baseline, E> {
    let mut player = Player::new(settings, library, baseline);
    for row in rows {
        player.play(&row?, &mut |_| ());
    }
    Ok(player.engine.baseline().clone().of_earlier_days())
}

/// Calls back for each event as it happens; returns the summary.
///
/// # Errors
///
/// The first row that can't be read ends the replay.
pub fn replay<E>(
    settings: &Settings,
    library: &Library,
    baseline: Baseline,
    rows: impl IntoIterator<Item = Result<ReplayRow, E>>,
    mut event: impl FnMut(ReplayEvent),
) -> Result<ReplaySummary, E> {
    let learned_before = baseline.learned();
    let mut player = Player::new(settings, library, baseline);
    for row in rows {
        player.play(&row?, &mut event);
    }
    player.finish(&mut event);
    let learned = player.engine.baseline().learned() - learned_before;
    Ok(ReplaySummary { learned_hours: learned.as_secs_f64() / 3_600.0, ..player.summary })
}

struct Player {
    engine: Engine,
    first: Option<f64>,
    last: f64,
    /// The desk, as far as the recording tells.
    context: Context,
    summary: ReplaySummary,
    /// Of the last input, until they're reported.
    effects: Vec<Effect>,
}

impl Player {
    fn new(settings: &Settings, library: &Library, baseline: Baseline) -> Self {
        let mut settings = settings.clone();
        settings.offer.quiet_hours.clear();
        settings.offer.days = Day::ALL.to_vec();
        let engine = Engine::new(settings, library.clone(), baseline);
        Self {
            engine,
            first: None,
            last: 0.0,
            context: Context::default(),
            summary: ReplaySummary::default(),
            effects: Vec::new(),
        }
    }

    fn play(&mut self, row: &ReplayRow, event: &mut impl FnMut(ReplayEvent)) {
        let first = *self.first.get_or_insert(row.t_s);
        let now = moment(row.t_s - first);
        while !self.engine.is_idle_until(now)
            && let Some(due) = self.engine.next_wakeup()
            && due < now
        {
            let t_s = first + due.duration_since(moment(0.0)).as_secs_f64();
            self.put(due, t_s, Input::Tick, event);
        }
        let presence = match row.moving {
            Some(true) => Presence::Moving,
            Some(false) => Presence::AtDesk,
            None => Presence::Unknown,
        };
        let told = row.idle_s.map_or(InputActivity::Unknown, |idle_s| {
            InputActivity::idle_for(SignedDuration::from_micros(micros(idle_s)), PAUSE_FROM, now)
        });
        let hands = self.context.hands.followed_by(told);
        let steps_known = row.moving.is_some();
        let before = (self.context.presence, self.context.steps_known, self.context.hands);
        if (presence, steps_known, hands) != before {
            self.context = Context { presence, steps_known, hands, ..Context::default() };
            self.put(now, row.t_s, Input::Context(self.context.clone()), event);
        }
        let has_data = row.reading.heart_rate.is_some() || !row.reading.rr.is_empty();
        if row.t_s > first && has_data {
            self.summary.hours +=
                (row.t_s - self.last).min(MAX_SAMPLE_SPAN.as_secs_f64()) / 3_600.0;
        }
        self.last = row.t_s;
        self.engine.measure(now, &row.reading, &mut self.effects);
        self.report(row.t_s, event);
    }

    fn finish(&mut self, event: &mut impl FnMut(ReplayEvent)) {
        if let Some(first) = self.first {
            self.put(moment(self.last - first), self.last, Input::MonitorLost, event);
        }
    }

    fn put(&mut self, now: Timestamp, t_s: f64, input: Input, event: &mut impl FnMut(ReplayEvent)) {
        self.effects.extend(self.engine.handle(now, input));
        self.report(t_s, event);
    }

    fn report(&mut self, t_s: f64, event: &mut impl FnMut(ReplayEvent)) {
        // As after most rows.
        if self.effects.is_empty() {
            return;
        }
        for effect in self.effects.drain(..) {
            match effect {
                Effect::Offer(_, figures) => {
                    self.summary.offers += 1;
                    event(ReplayEvent { t_s, outcome: ReplayOutcome::Offered, figures });
                }
                Effect::Held(gate, figures) => {
                    self.summary.held += 1;
                    event(ReplayEvent { t_s, outcome: ReplayOutcome::Held(gate), figures });
                }
                Effect::Withdraw(..)
                | Effect::Sampled(_)
                | Effect::Attend(_)
                | Effect::ShowAgain(..)
                | Effect::Reword(_)
                | Effect::Resumed(_)
                | Effect::Elevation(_)
                | Effect::BreakBegan(..)
                | Effect::BreakChosen(..)
                | Effect::BreakMoved(_)
                | Effect::NoSuchPractice(_) => {}
            }
        }
    }
}

/// The time line of the engine, to a tenth of a millisecond: finer than any recording, and coarse enough for a shift of the
/// time line by any number of seconds to change nothing.
fn moment(seconds: f64) -> Timestamp {
    Timestamp::from_microsecond(micros(seconds)).unwrap_or(Timestamp::MAX)
}

#[expect(clippy::cast_possible_truncation, reason = "at most 100 000 000 000 s")]
fn micros(seconds: f64) -> i64 {
    (seconds * 10_000.0).round() as i64 * 100
}
