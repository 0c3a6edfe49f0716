//! Values to look at one after the other.

/// The first value and those that follow it in even steps, up to the last.
pub(super) fn grid(first: f64, last: f64, step: f64) -> impl Iterator<Item = f64> {
    let values = (0_u32..).map(move |count| first + step * f64::from(count));
    values.take_while(move |value| *value <= last + step * ROUNDING)
}

const ROUNDING: f64 = 1e-6;
