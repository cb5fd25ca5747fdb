//! Sums over slices of numbers and their slopes. The order of a sum is part of its definition, so it is written once, here.

use crate::number::Scalar;

/// How many sums run side by side: enough for two registers of the widest level.
const LANES: usize = 8;

/// Σ f(i) for i below `count`, in [`LANES`] sums side by side.
#[track_caller]
#[inline(always)]
pub(crate) fn sum_by<S: Scalar>(count: usize, f: impl Fn(usize) -> S) -> S {
    let mut at = 0;
    let mut total = None;
    if count >= LANES {
        let mut sums: [S; LANES] = std::array::from_fn(&f);
        at = LANES;
        while at + LANES <= count {
            for (lane, sum) in sums.iter_mut().enumerate() {
                *sum += f(at + lane);
            }
            at += LANES;
        }
        let mut width = LANES / 2;
        while width > 0 {
            for lane in 0..width {
                let other = sums[lane + width];
                sums[lane] += other;
            }
            width /= 2;
        }
        total = Some(sums[0]);
    }
    for i in at..count {
        let term = f(i);
        total = Some(total.map_or(term, |total| total + term));
    }
    total.unwrap_or(S::from(0.0))
}

#[track_caller]
pub(crate) fn sum<S: Scalar>(xs: &[S]) -> S {
    sum_by(xs.len(), |i| xs[i])
}

#[track_caller]
pub(crate) fn dot<S: Scalar>(a: &[S], b: &[S]) -> S {
    check_lengths("dot", a.len(), b.len());
    let b = &b[..a.len()];
    sum_by(a.len(), |i| a[i] * b[i])
}

/// Slopes of `dot` in each of `a` and each of `b`.
#[inline(always)]
pub(crate) fn dot_slopes<'a, S>(a: &'a [S], b: &'a [S]) -> (&'a [S], &'a [S]) {
    (b, a)
}

#[track_caller]
pub(crate) fn linear_combination<S: Scalar>(xs: &[S], weights: &[f64]) -> S {
    check_lengths("linear_combination", xs.len(), weights.len());
    let weights = &weights[..xs.len()];
    sum_by(xs.len(), |i| xs[i] * weights[i])
}

#[track_caller]
pub(crate) fn norm<S: Scalar>(xs: &[S]) -> S {
    sum_by(xs.len(), |i| xs[i] * xs[i]).sqrt_flat_at_zero()
}

/// Slopes of `norm` in each of `xs`, given its value `y`.
#[track_caller]
pub(crate) fn norm_slopes<S: Scalar>(xs: &[S], y: S) -> Vec<S> {
    let slope = |&x| if y == 0.0 { S::from(0.0) } else { x / y };
    xs.iter().map(slope).collect()
}

/// The largest number is subtracted as a plain one: the result does not depend on it. Infinite differences would be NaN.
fn shift<S: Scalar>(xs: &[S]) -> f64 {
    let largest = xs.iter().map(|x| x.to_f64()).fold(f64::NEG_INFINITY, f64::max);
    if largest.is_finite() { largest } else { 0.0 }
}

#[track_caller]
pub(crate) fn logsumexp<S: Scalar>(xs: &[S]) -> S {
    let shift = shift(xs);
    sum_by(xs.len(), |i| (xs[i] - shift).exp()).ln() + shift
}

/// `logsumexp` and its slopes in each of `xs`.
#[track_caller]
pub(crate) fn logsumexp_with_slopes<S: Scalar>(xs: &[S]) -> (S, Vec<S>) {
    let shift = shift(xs);
    let mut slopes: Vec<S> = xs.iter().map(|&x| (x - shift).exp()).collect();
    let total = sum(&slopes);
    let scale = total.recip_or_zero();
    slopes.iter_mut().for_each(|slope| *slope *= scale);
    (total.ln() + shift, slopes)
}

#[track_caller]
pub(crate) fn matvec<S: Scalar>(matrix: &[S], x: &[S], out: &mut [S]) {
    check_matrix(matrix.len(), out.len(), x.len());
    for (row, out) in out.iter_mut().enumerate() {
        *out = dot(&matrix[row * x.len()..(row + 1) * x.len()], x);
    }
}

#[track_caller]
pub(crate) fn check_lengths(what: &str, left: usize, right: usize) {
    assert!(
        left == right,
        "{what}: the slices must have one length, but they have {left} and {right} numbers"
    );
}

#[track_caller]
pub(crate) fn check_matrix(numbers: usize, rows: usize, columns: usize) {
    assert!(
        Some(numbers) == rows.checked_mul(columns),
        "matvec: a matrix of {rows} rows (places for the result) and {columns} columns (numbers of the vector) \
         must have {rows} * {columns} numbers, but it has {numbers}"
    );
}
