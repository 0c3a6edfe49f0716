//! Least squares in up to ten unknowns, for the fits of a swing and a resonance. Pure.
//!
//! Solved by the normal equations, with columns of similar size; a library of linear algebra would be larger than this whole
//! module.

/// A series as the sum of weighted columns.
#[derive(Clone, Debug)]
pub(super) struct Fit<const N: usize> {
    /// In the order of the columns.
    pub(super) weights: [f64; N],
    /// The variance of each weight for noise of variance 1; correlations between weights are left out.
    pub(super) spread: [f64; N],
    /// The sum of the squares that no column accounts for.
    pub(super) residual: f64,
}

impl<const N: usize> Fit<N> {
    /// The weights that bring the columns nearest to the values; a row holds a value and its columns.
    ///
    /// `None` when the rows don't tell the columns apart, or are fewer than the columns.
    pub(super) fn new(rows: impl Iterator<Item = (f64, [f64; N])>) -> Option<Self> {
        let mut normal = [[0.0; N]; N];
        let mut right = [0.0; N];
        let (mut squares, mut count) = (0.0, 0);
        for (value, columns) in rows {
            for i in 0..N {
                for j in 0..=i {
                    normal[i][j] += columns[i] * columns[j];
                }
                right[i] += columns[i] * value;
            }
            squares += value * value;
            count += 1;
        }
        if count < N {
            return None;
        }
        let lower = cholesky(&normal)?;
        let weights = solve(&lower, right);
        let spread = std::array::from_fn(|i| {
            let mut unit = [0.0; N];
            unit[i] = 1.0;
            solve(&lower, unit)[i]
        });
        let explained: f64 = weights.iter().zip(right).map(|(weight, right)| weight * right).sum();
        let residual = squares - explained;
        residual.is_finite().then(|| Self { weights, spread, residual: residual.max(0.0) })
    }
}

/// The lower triangle whose product with its transpose is `normal`; only the lower half of `normal` is read.
fn cholesky<const N: usize>(normal: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut lower = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = normal[i][j] - known;
            if i == j {
                // Less than this share of the pivot is a rounding error.
                if rest.is_nan() || rest <= normal[i][i] * SMALLEST_PIVOT {
                    return None;
                }
                lower[i][i] = rest.sqrt();
            } else {
                lower[i][j] = rest / lower[j][j];
            }
        }
    }
    Some(lower)
}

fn solve<const N: usize>(lower: &[[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for i in 0..N {
        let known: f64 = (0..i).map(|k| lower[i][k] * right[k]).sum();
        right[i] = (right[i] - known) / lower[i][i];
    }
    for i in (0..N).rev() {
        let known: f64 = (i + 1..N).map(|k| lower[k][i] * right[k]).sum();
        right[i] = (right[i] - known) / lower[i][i];
    }
    right
}

const SMALLEST_PIVOT: f64 = 1e-10;

/// `first`, then even steps up to `last`, which is included.
pub(super) fn grid(first: f64, last: f64, step: f64) -> impl Iterator<Item = f64> {
    let values = (0_u32..).map(move |count| first + step * f64::from(count));
    values.take_while(move |value| *value <= last + step * ROUNDING)
}

/// Lets `last` be reached in spite of rounding, in steps.
const ROUNDING: f64 = 1e-6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_points_is_found() {
        let rows = [(1.0, 0.0), (3.1, 1.0), (4.9, 2.0), (7.0, 3.0)];
        let fit = Fit::new(rows.into_iter().map(|(y, x)| (y, [1.0, x]))).unwrap();
        assert!((fit.weights[0] - 1.03).abs() < 1e-9 && (fit.weights[1] - 1.98).abs() < 1e-9);
        assert!((fit.residual - 0.018).abs() < 1e-9, "{}", fit.residual);
        assert!((fit.spread[1] - 0.2).abs() < 1e-9);
    }

    #[test]
    fn columns_that_cannot_be_told_apart_have_no_weights() {
        assert!(Fit::new((0..9).map(|n| (1.0, [f64::from(n), 2.0 * f64::from(n)]))).is_none());
        assert!(Fit::new([(1.0, [1.0, 2.0])].into_iter()).is_none());
        assert!(Fit::new((0..9).map(|_| (1.0, [0.0]))).is_none());
        assert!(Fit::new((0..9).map(|_| (f64::NAN, [1.0]))).is_none());
    }
}
