//! From a packet of a heart-rate monitor to one sample every few seconds.
//!
//! PURE, and knows nothing but hearts: no people, no baselines, no offers, no time of day.
//! [`Measurement`] decodes the packet, [`BeatFilter`] labels its beats, [`Sampler`] sums up the last minutes.

mod beat;
mod measurement;
mod reading;
mod sample;

pub use beat::Artefact;
pub use beat::Beat;
pub use beat::BeatFilter;
pub use measurement::DecodeError;
pub use measurement::Measurement;
pub use reading::Contact;
pub use reading::Reading;
pub use reading::RrInterval;
pub use sample::MAX_ARTEFACT_SHARE;
pub use sample::MAX_SAMPLE_SPAN;
pub use sample::Rates;
pub use sample::Sample;
pub use sample::Sampler;

/// The median, the mean of the two middle values when there is no single one; `None` of nothing. Reorders the slice.
fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if below.len() == middle && values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = values[..middle].iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some(f64::midpoint(lower, upper))
}
