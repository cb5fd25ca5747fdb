//! Sums over slices of numbers and their slopes. The order of a sum is part of its definition, so it is written once, here.

use std::ops::Mul;

use crate::number::Scalar;

/// How many sums run side by side: enough for two registers of the widest level.
pub(crate) const LANES: usize = 8;

/// The sum of chunks, in [`LANES`] sums side by side that are added pairwise, and of what is left after them.
#[track_caller]
#[inline(always)]
pub(crate) fn sum_chunks<S: Scalar>(
    mut chunks: impl Iterator<Item = [S; LANES]>,
    rest: impl Iterator<Item = S>,
) -> S {
    let mut total = None;
    if let Some(mut sums) = chunks.next() {
        for chunk in chunks {
            for (sum, term) in sums.iter_mut().zip(chunk) {
                *sum += term;
            }
        }
        let fours: [S; 4] = std::array::from_fn(|i| sums[i] + sums[i + 4]);
        total = Some((fours[0] + fours[2]) + (fours[1] + fours[3]));
    }
    for term in rest {
        total = Some(match total {
            Some(total) => total + term,
            None => term,
        });
    }
    total.unwrap_or_else(|| S::from(0.0))
}

/// Σ f(x).
#[track_caller]
#[inline(always)]
pub(crate) fn sum_by<T: Copy, S: Scalar>(xs: &[T], f: impl Fn(T) -> S) -> S {
    let (chunks, rest) = xs.as_chunks::<LANES>();
    sum_chunks(chunks.iter().map(|x| x.map(&f)), rest.iter().map(|&x| f(x)))
}

#[track_caller]
pub(crate) fn sum<S: Scalar>(xs: &[S]) -> S {
    sum_by(xs, |x| x)
}

/// Σ aᵢ bᵢ of slices of one length.
#[track_caller]
#[inline(always)]
fn products<S: Scalar + Mul<T, Output = S>, T: Copy>(a: &[S], b: &[T]) -> S {
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let chunks = a.iter().zip(b).map(|(a, b)| std::array::from_fn(|i| a[i] * b[i]));
    sum_chunks(chunks, rest_a.iter().zip(rest_b).map(|(&a, &b)| a * b))
}

#[track_caller]
pub(crate) fn dot<S: Scalar>(a: &[S], b: &[S]) -> S {
    check_lengths("dot", a.len(), b.len());
    products(a, b)
}

/// Slopes of `dot` in each of `a` and each of `b`.
#[inline(always)]
pub(crate) fn dot_slopes<'a, S>(a: &'a [S], b: &'a [S]) -> (&'a [S], &'a [S]) {
    (b, a)
}

#[track_caller]
pub(crate) fn linear_combination<S: Scalar>(xs: &[S], weights: &[f64]) -> S {
    check_lengths("linear_combination", xs.len(), weights.len());
    products(xs, weights)
}

#[track_caller]
pub(crate) fn norm<S: Scalar>(xs: &[S]) -> S {
    products(xs, xs).sqrt_flat_at_zero()
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
    sum_by(xs, |x| (x - shift).exp()).ln() + shift
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
    if x.is_empty() {
        out.fill(S::from(0.0));
    }
    for (row, out) in matrix.chunks_exact(x.len().max(1)).zip(out) {
        *out = products(row, x);
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
