//! The beats of the last two minutes, and their variation.

use std::collections::VecDeque;

use super::MAX_ARTEFACT_SHARE;
use super::MOST_IN_WINDOW;
use crate::heart::beat::LabelledBeat;

/// Beats in the order they came.
#[derive(Clone, Debug, Default)]
pub(super) struct BeatWindow {
    beats: VecDeque<KeptBeat>,
    artefacts: u32,
    squares: SquareSum,
}

/// What is kept of a beat.
#[derive(Clone, Copy, Debug)]
struct KeptBeat {
    /// Since 1970.
    at_ns: i128,
    rr_ms: f64,
    is_artefact: bool,
    /// The squared difference to the beat before, in ms²; `None` unless that one is in the window too, both are normal, and the
    /// one follows the other.
    square: Option<f64>,
}

impl BeatWindow {
    pub(super) fn push(&mut self, beat: LabelledBeat) {
        let (rr_ms, is_artefact) = (beat.rr.millis(), beat.artefact.is_some());
        let square = match self.beats.back() {
            Some(before) if beat.follows && !is_artefact && !before.is_artefact => {
                let difference = rr_ms - before.rr_ms;
                Some(difference * difference)
            }
            _ => None,
        };
        self.artefacts += u32::from(is_artefact);
        if let Some(square) = square {
            self.squares.add(square);
        }
        self.beats.push_back(KeptBeat { at_ns: beat.at_ns, rr_ms, is_artefact, square });
        if self.beats.len() > MOST_IN_WINDOW {
            self.pop();
        }
    }

    /// Lets go of beats from the oldest on, until one is less than `window_ns` old.
    pub(super) fn keep(&mut self, now_ns: i128, window_ns: i128) {
        while self.beats.front().is_some_and(|beat| now_ns - beat.at_ns >= window_ns) {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let Some(first) = self.beats.pop_front() else { return };
        self.artefacts -= u32::from(first.is_artefact);
        if let Some(next) = self.beats.front_mut()
            && let Some(square) = next.square.take()
        {
            self.squares.subtract(square);
        }
    }

    /// The share of artefacts, 0 to 1; `None` without a beat.
    pub(super) fn artefact_share(&self) -> Option<f64> {
        let count = self.beats.len() as f64;
        (count > 0.0).then(|| f64::from(self.artefacts) / count)
    }

    /// In ms; `None` with fewer than 40 pairs, and with too many artefacts.
    pub(super) fn rmssd(&self) -> Option<f64> {
        let SquareSum { pairs, off_grid, .. } = self.squares;
        let clean = f64::from(self.artefacts) <= MAX_ARTEFACT_SHARE * self.beats.len() as f64;
        let enough = clean && pairs >= FEWEST_PAIRS;
        let sum = || match off_grid {
            0 => self.squares.sum,
            _ => self.beats.iter().filter_map(|beat| beat.square).sum(),
        };
        enough.then(|| (sum() / f64::from(pairs)).sqrt())
    }
}

/// A sum of squared differences that is as exact after years of adding and subtracting as one made anew.
///
/// Monitors send intervals in 1/1024 s, and recordings mostly hold whole milliseconds: multiples of 1/128 ms both, whose
/// squared differences are multiples of 2^-14 ms². Normal intervals differ by 1 700 ms at most, so a square is below 2^36
/// such units, and 800 of them are below 2^46; an `f64` holds every whole number up to 2^53, and no sum of them is rounded. A
/// square off that grid is only counted: while there is one, the sum has to be made anew.
#[derive(Clone, Copy, Debug, Default)]
struct SquareSum {
    /// Of those on the grid.
    sum: f64,
    /// How many squares there are.
    pairs: u32,
    /// How many of them are off the grid.
    off_grid: u32,
}

impl SquareSum {
    fn add(&mut self, square: f64) {
        self.pairs += 1;
        if is_on_grid(square) {
            self.sum += square;
        } else {
            self.off_grid += 1;
        }
    }

    /// Takes away a square that was added.
    fn subtract(&mut self, square: f64) {
        self.pairs -= 1;
        if is_on_grid(square) {
            self.sum -= square;
        } else {
            self.off_grid -= 1;
        }
    }
}

fn is_on_grid(square: f64) -> bool {
    let units = square * UNITS;
    #[expect(clippy::cast_possible_truncation, reason = "compared with what was cut off")]
    let whole = units as i64;
    units - whole as f64 == 0.0 && square <= LARGEST_SQUARE
}

/// In one ms².
const UNITS: f64 = 16_384.0;
/// Of two normal intervals, in ms².
const LARGEST_SQUARE: f64 = 1_700.0 * 1_700.0;
/// A third of the beats of two calm minutes. More would leave a monitor with gaps without RMSSD, fewer would let single
/// beats decide.
const FEWEST_PAIRS: u32 = 40;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::heart::Artefact;
    use crate::heart::RrInterval;

    const WINDOW_NS: i128 = 120_000_000_000;

    fn beats(series: &[f64]) -> Vec<LabelledBeat> {
        let beat = |&ms: &f64| LabelledBeat {
            at_ns: 0,
            rr: RrInterval::from_millis(ms).unwrap(),
            artefact: None,
            follows: true,
        };
        series.iter().map(beat).collect()
    }

    fn rmssd(beats: &[LabelledBeat]) -> Option<f64> {
        let mut window = BeatWindow::default();
        for &beat in beats {
            window.push(beat);
        }
        window.rmssd()
    }

    /// By its definition.
    fn plain_rmssd(beats: &[LabelledBeat]) -> Option<f64> {
        let normal = |beat: &LabelledBeat| beat.artefact.is_none();
        let pairs = beats.windows(2).filter(|pair| pair[1].follows && pair.iter().all(normal));
        let squares: Vec<f64> =
            pairs.map(|pair| (pair[1].rr.millis() - pair[0].rr.millis()).powi(2)).collect();
        let artefacts = beats.iter().filter(|beat| !normal(beat)).count();
        let clean = artefacts as f64 <= MAX_ARTEFACT_SHARE * beats.len() as f64;
        (clean && squares.len() >= 40)
            .then(|| (squares.iter().sum::<f64>() / squares.len() as f64).sqrt())
    }

    #[test]
    fn rmssd_of_a_hand_computed_series() {
        // Differences of +10 and -10 in turn, then of +10 and -20: 30 of the latter, 29 of the former.
        assert!((rmssd(&beats(&[800.0, 810.0].repeat(30))).unwrap() - 10.0).abs() < 1e-9);
        let falling: Vec<f64> =
            (0..60).map(|n| 800.0 - f64::from(n / 2 * 10) - f64::from(n % 2 * 20)).collect();
        let root = ((30.0 * 400.0 + 29.0 * 100.0) / 59.0f64).sqrt();
        assert!((rmssd(&beats(&falling)).unwrap() - root).abs() < 1e-9);
    }

    #[test]
    fn no_difference_is_taken_across_an_artefact_or_a_gap() {
        let mut series = beats(&[800.0, 810.0].repeat(30));
        series[20].artefact = Some(Artefact::Ectopic);
        series[20].rr = RrInterval::from_millis(1900.0).unwrap();
        series[40].follows = false;
        series[40].rr = RrInterval::from_millis(300.0).unwrap();
        series[41].follows = false;
        assert!((rmssd(&series).unwrap() - 10.0).abs() < 1e-9);
    }

    #[test]
    fn too_many_artefacts_leave_no_rmssd() {
        let mut series = beats(&[800.0, 810.0].repeat(60));
        for n in 0..7 {
            series[n * 10].artefact = Some(Artefact::Missed);
        }
        assert_eq!(rmssd(&series), None);
    }

    /// On the grid, and now and then off it.
    fn interval(off_grid: u32) -> impl Strategy<Value = f64> {
        prop_oneof![
            100 => (300u32..=2000).prop_map(f64::from),
            100 => (308u16..=2048).prop_map(|ticks| f64::from(ticks) * 1000.0 / 1024.0),
            off_grid => 300.0..=2000.0f64,
        ]
    }

    fn beat() -> impl Strategy<Value = (f64, bool, bool)> {
        let artefact = prop::bool::weighted(0.02);
        (prop_oneof![interval(0), interval(1)], artefact, prop::bool::weighted(0.95))
    }

    proptest! {
        #[test]
        fn the_window_of_beats_is_as_its_definition(
            series in prop::collection::vec(beat(), 0..1_500),
            pace in 1u32..8,
        ) {
            let (mut window, mut plain) = (BeatWindow::default(), Vec::new());
            let mut at_ns = 0;
            for (ms, is_artefact, follows) in series {
                at_ns += i128::from(1_000_000_000 / pace);
                let rr = RrInterval::from_millis(ms).unwrap();
                let artefact = is_artefact.then_some(Artefact::Ectopic);
                let beat = LabelledBeat { at_ns, rr, artefact, follows };
                window.push(beat);
                plain.push(beat);
                plain.drain(..plain.len().saturating_sub(MOST_IN_WINDOW));
                window.keep(at_ns, WINDOW_NS);
                plain.retain(|beat| at_ns - beat.at_ns < WINDOW_NS);
                let bits = |rmssd: Option<f64>| rmssd.map(f64::to_bits);
                prop_assert_eq!(bits(window.rmssd()), bits(plain_rmssd(&plain)));
                let artefacts = plain.iter().filter(|beat| beat.artefact.is_some()).count();
                let share = artefacts as f64 / plain.len() as f64;
                prop_assert_eq!(window.artefact_share(), Some(share));
            }
        }
    }
}
