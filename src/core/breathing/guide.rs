//! The guide of a search: two minutes, from 6.5 breaths a minute down to 4.5 in four steps. Pure.

use std::f64::consts::TAU;

/// In breaths a minute: three at the first pace, while the heart leaves what it did before, then two at each.
pub(super) const BREATHS: [f64; 11] = [6.5, 6.5, 6.5, 6.0, 6.0, 5.5, 5.5, 5.0, 5.0, 4.5, 4.5];
pub(super) const FIRST: f64 = BREATHS[0];
pub(super) const LAST: f64 = BREATHS[10];
/// 120.2 s.
pub(super) const LASTS_S: f64 = lasts(BREATHS.len());

/// In breaths a minute, `t` seconds after the beginning; before it the first pace, after the end the last.
pub(super) fn pace(t: f64) -> f64 {
    BREATHS[breath(t)]
}

/// The angle of the guide in its breath at `t` seconds, in radians, counted on from the first breath; after the end at the
/// last pace.
pub(super) fn phase(t: f64) -> f64 {
    let breath = breath(t);
    TAU * (breath as f64 + (t - lasts(breath)) * BREATHS[breath] / 60.0)
}

fn breath(t: f64) -> usize {
    (1..BREATHS.len()).take_while(|&count| lasts(count) <= t).count()
}

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
