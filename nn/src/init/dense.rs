//! Numbers drawn one by one: uniform, normal, truncated normal.

use autograd::{Element, Shape, Tensor};
use rand::{Rng, RngExt};

/// Standard deviation of a standard normal number that is drawn again beyond ±2: the root of
/// 1 - 2 · 2 φ(2) / (2 Φ(2) - 1), with the density φ and the distribution function Φ.
pub(super) const TRUNCATED: f64 = 0.879_625_661_034_239_8;

pub(super) fn uniform<T: Element>(shape: Shape, bound: f64, rng: &mut impl Rng) -> Tensor<T> {
    Tensor::from_fn(shape, |_| T::from_f64(bound * (2.0 * rng.random::<f64>() - 1.0)))
}

pub(super) fn uniform_in<T: Element>(shape: Shape, low: f64, high: f64, rng: &mut impl Rng) -> Tensor<T> {
    Tensor::from_fn(shape, |_| T::from_f64(low + (high - low) * rng.random::<f64>()))
}

pub(super) fn normal<T: Element>(shape: Shape, deviation: f64, rng: &mut impl Rng) -> Tensor<T> {
    Tensor::from_fn(shape, |_| T::from_f64(deviation * standard_normal(rng)))
}

pub(super) fn truncated<T: Element>(shape: Shape, deviation: f64, rng: &mut impl Rng) -> Tensor<T> {
    Tensor::from_fn(shape, |_| {
        loop {
            let z = standard_normal(rng);
            if z.abs() <= 2.0 {
                return T::from_f64(deviation * z);
            }
        }
    })
}

/// A normal number by the polar method (Marsaglia, Bray 1964), the second of each pair left out.
pub(super) fn standard_normal(rng: &mut impl Rng) -> f64 {
    loop {
        let (x, y) = (2.0 * rng.random::<f64>() - 1.0, 2.0 * rng.random::<f64>() - 1.0);
        let square = x * x + y * y;
        if square > 0.0 && square < 1.0 {
            return x * (-2.0 * square.ln() / square).sqrt();
        }
    }
}
