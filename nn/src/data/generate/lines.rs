//! Numbers to be learned from numbers, for regression. Targets have shape `[rows, 1]`.

use std::f64::consts::PI;

use autograd::Tensor;
use rand::{Rng, RngExt};

use super::super::Dataset;
use super::{check, check_deviation, check_rows, check_sizes, normal};

/// y = slopes · x + intercept, with normal noise of deviation `noise`: each coordinate of x is uniform between -1 and 1, and
/// there is one for each slope.
///
/// ```
/// // The line y = 0.92 x - 1.
/// let data = nn::data::linear(100, &[0.92], -1.0, 0.1, &mut nn::rng(7));
/// let (x, y) = (data.x(), data.targets());
/// assert_eq!((x.shape(), y.shape()), ([100, 1].into(), [100, 1].into()));
/// assert!((y.data()[0] - (0.92 * x.data()[0] - 1.0)).abs() < 0.5);
/// ```
///
/// # Panics
/// If `rows` is 0, there is no slope, a number is beyond 1e30, or `noise` negative.
#[track_caller]
pub fn linear(
    rows: usize,
    slopes: &[f64],
    intercept: f64,
    noise: f64,
    rng: &mut impl Rng,
) -> Dataset<Tensor> {
    check_rows("linear", rows);
    check(!slopes.is_empty(), "linear", "the number of slopes", 0, "at least 1");
    check_sizes("linear", "slopes", slopes);
    check_sizes("linear", "intercept", &[intercept]);
    check_deviation("linear", "noise", noise);
    let x: Vec<f64> = (0..rows * slopes.len()).map(|_| 2.0 * rng.random::<f64>() - 1.0).collect();
    let y = |x: &[f64]| x.iter().zip(slopes).map(|(x, slope)| x * slope).sum::<f64>() + intercept;
    learned(&x, slopes.len(), y, noise, rng)
}

/// The first problem of Friedman, "Multivariate Adaptive Regression Splines" (1991): coordinates uniform between 0 and 1, and
/// y = 10 sin(π x₁ x₂) + 20 (x₃ - 1/2)² + 10 x₄ + 5 x₅, with normal noise of deviation `noise`. Coordinates after the fifth mean
/// nothing.
///
/// ```
/// let data = nn::data::friedman1(50, 10, 0.0, &mut nn::rng(7));
/// let (x, y) = (data.row(0), data.targets().data()[0]);
/// let by_hand = 10.0 * (std::f32::consts::PI * x[0] * x[1]).sin() + 20.0 * (x[2] - 0.5).powi(2) + 10.0 * x[3] + 5.0 * x[4];
/// assert!((y - by_hand).abs() < 1e-4);
/// ```
///
/// # Panics
/// If `rows` is 0, there are fewer than 5 features, or `noise` is not from 0 to 1e30.
#[track_caller]
pub fn friedman1(rows: usize, features: usize, noise: f64, rng: &mut impl Rng) -> Dataset<Tensor> {
    check_rows("friedman1", rows);
    check(features >= 5, "friedman1", "features", features, "at least 5");
    check_deviation("friedman1", "noise", noise);
    let x: Vec<f64> = (0..rows * features).map(|_| rng.random()).collect();
    let y =
        |x: &[f64]| 10.0 * (PI * x[0] * x[1]).sin() + 20.0 * (x[2] - 0.5).powi(2) + 10.0 * x[3] + 5.0 * x[4];
    learned(&x, features, y, noise, rng)
}

fn learned(
    x: &[f64],
    features: usize,
    y: impl Fn(&[f64]) -> f64,
    noise: f64,
    rng: &mut impl Rng,
) -> Dataset<Tensor> {
    let rows = x.len() / features;
    let noise = normal(rows, noise, rng);
    let y = |row: usize| (y(&x[row * features..][..features]) + noise.data()[row]) as f32;
    let x = Tensor::from_fn([rows, features], |i| x[i] as f32);
    Dataset::new(x, Tensor::from_fn([rows, 1], y)).expect("finite numbers, at least one row")
}
