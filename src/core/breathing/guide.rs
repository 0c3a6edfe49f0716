//! The guide of a search: two minutes, from 6.5 breaths a minute down to 4.5 in four steps.

use std::f64::consts::TAU;

/// The breaths of the guide in breaths a minute: three at the first pace, while the heart leaves what it did before, then two at
/// each. They last two minutes.
pub(super) const BREATHS: [f64; 11] = [6.5, 6.5, 6.5, 6.0, 6.0, 5.5, 5.5, 5.0, 5.0, 4.5, 4.5];
/// The first pace and the last.
pub(super) const FIRST: f64 = BREATHS[0];
pub(super) const LAST: f64 = BREATHS[10];
/// How long it lasts, in seconds: 120.2.
pub(super) const LASTS_S: f64 = lasts(BREATHS.len());

/// The pace `t` seconds after the beginning, in breaths a minute; before it the first, behind it the last.
pub(super) fn pace(t: f64) -> f64 {
    BREATHS[breath(t)]
}

/// Where in the circle of a breath the guide is at `t`, in radians, from the beginning of the first breath on; behind its end it
/// goes on at the last pace.
pub(super) fn phase(t: f64) -> f64 {
    let breath = breath(t);
    TAU * (breath as f64 + (t - lasts(breath)) * BREATHS[breath] / 60.0)
}

/// Which breath it is at `t`.
fn breath(t: f64) -> usize {
    (1..BREATHS.len()).take_while(|&count| lasts(count) <= t).count()
}

/// How long so many breaths last, in seconds.
const fn lasts(count: usize) -> f64 {
    let (mut breath, mut seconds) = (0, 0.0);
    while breath < count {
        seconds += 60.0 / BREATHS[breath];
        breath += 1;
    }
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_takes_two_minutes() {
        assert!((LASTS_S - 120.2).abs() < 0.05, "{LASTS_S}");
    }

    #[test]
    fn one_breath_goes_over_into_the_next() {
        for count in 0..=BREATHS.len() {
            let turned = phase(lasts(count)) - TAU * count as f64;
            assert!(turned.abs() < 1e-9, "{count}: {turned}");
        }
        assert!((pace(-5.0) - 6.5).abs() < 1e-9 && (pace(1e9) - 4.5).abs() < 1e-9);
    }
}
