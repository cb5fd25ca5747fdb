//! Matrices that are drawn as a whole: orthogonal and sparse ones.

use autograd::{Element, Shape, Tensor};
use rand::{Rng, RngExt};

use super::dense::standard_normal;

/// Rows and columns of a shape: axes after the first count as columns.
fn matrix(shape: Shape) -> (usize, usize) {
    (shape[0], shape[1..].iter().product())
}

/// Normal vectors, each made orthogonal to those before it and of length 1: so drawn, every rotation is as likely as
/// every other (Mezzadri 2007, arXiv math-ph/0609050). Takes about 4 · short² · long operations.
pub(super) fn orthogonal<T: Element>(shape: Shape, gain: f64, rng: &mut impl Rng) -> Tensor<T> {
    let (rows, columns) = matrix(shape);
    let (short, long) = (rows.min(columns), rows.max(columns));
    let mut basis: Vec<f64> = Vec::with_capacity(short * long);
    for _ in 0..short {
        let mut vector: Vec<f64> = (0..long).map(|_| standard_normal(rng)).collect();
        // One pass leaves what rounding put back; a second one removes it (Giraud et al. 2005).
        for _ in 0..2 {
            for other in basis.chunks_exact(long) {
                let along = dot(other, &vector);
                for (x, o) in vector.iter_mut().zip(other) {
                    *x -= along * o;
                }
            }
        }
        let length = dot(&vector, &vector).sqrt();
        basis.extend(vector.iter().map(|x| x / length));
    }
    Tensor::from_fn(shape, |i| {
        let (row, column) = (i / columns, i % columns);
        let at = if rows <= columns { row * long + column } else { column * long + row };
        T::from_f64(gain * basis[at])
    })
}

/// The inner product, in four sums that do not wait for each other.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [0.0; 4];
    for (a, b) in a.zip(b) {
        for lane in 0..4 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

pub(super) fn sparse<T: Element>(shape: Shape, zeros: f64, deviation: f64, rng: &mut impl Rng) -> Tensor<T> {
    let (rows, columns) = matrix(shape);
    let filled = columns - (zeros * columns as f64).round() as usize;
    let mut numbers = vec![0.0; rows * columns];
    let mut places: Vec<usize> = (0..columns).collect();
    for row in 0..rows {
        // The first steps of a shuffle choose places without repetition (Fisher, Yates 1938).
        for chosen in 0..filled {
            let other = chosen + (rng.random::<f64>() * (columns - chosen) as f64) as usize;
            places.swap(chosen, other);
            numbers[row * columns + places[chosen]] = deviation * standard_normal(rng);
        }
    }
    Tensor::from_fn(shape, |i| T::from_f64(numbers[i]))
}
