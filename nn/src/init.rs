//! `Init`: how first weights are drawn.

use autograd::{Element, Shape, Tensor};
use rand::{Rng, RngExt};

/// How the first values of a weight are drawn.
///
/// Fan-in is the number of inputs that a neuron adds up, fan-out the number of neurons that read
/// an input. The same generator state gives the same numbers on every machine.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Init {
    /// Zero everywhere: for biases. Weights of one layer that are all zero never become different.
    Zeros,
    /// One number everywhere.
    Constant(f64),
    /// Uniform between -bound and bound.
    Uniform(f64),
    /// Normal with mean 0 and this standard deviation.
    Normal(f64),
    /// Uniform with variance 2 / fan-in, which rectifiers keep level from layer to layer
    /// (He, Zhang, Ren, Sun 2015, arXiv 1502.01852).
    HeUniform,
    /// Normal with variance 2 / fan-in (He et al. 2015).
    HeNormal,
    /// Uniform with variance 2 / (fan-in + fan-out) (Glorot, Bengio 2010).
    XavierUniform,
    /// Normal with variance 2 / (fan-in + fan-out) (Glorot, Bengio 2010).
    XavierNormal,
}

impl Init {
    /// A tensor of this shape with drawn values.
    ///
    /// ```
    /// use nn::Init;
    /// let weight = Init::HeNormal.draw::<f32>([100, 50], 50, 100, &mut nn::rng(1));
    /// let variance = weight.data().iter().map(|w| w * w).sum::<f32>() / 5000.0;
    /// assert!((variance - 2.0 / 50.0).abs() < 0.003);
    /// ```
    pub fn draw<T: Element>(
        self,
        shape: impl Into<Shape>,
        fan_in: usize,
        fan_out: usize,
        rng: &mut impl Rng,
    ) -> Tensor<T> {
        let (fan_in, fan_out) = (fan_in.max(1) as f64, fan_out.max(1) as f64);
        // A uniform number in [-b, b] has variance b² / 3.
        let bound = |variance: f64| (3.0 * variance).sqrt();
        match self {
            Init::Zeros => Tensor::zeros(shape),
            Init::Constant(c) => Tensor::full(shape, T::from_f64(c)),
            Init::Uniform(bound) => uniform(shape, bound, rng),
            Init::Normal(deviation) => normal(shape, deviation, rng),
            Init::HeUniform => uniform(shape, bound(2.0 / fan_in), rng),
            Init::HeNormal => normal(shape, (2.0 / fan_in).sqrt(), rng),
            Init::XavierUniform => uniform(shape, bound(2.0 / (fan_in + fan_out)), rng),
            Init::XavierNormal => normal(shape, (2.0 / (fan_in + fan_out)).sqrt(), rng),
        }
    }
}

fn uniform<T: Element>(shape: impl Into<Shape>, bound: f64, rng: &mut impl Rng) -> Tensor<T> {
    Tensor::from_fn(shape, |_| T::from_f64(bound * (2.0 * rng.random::<f64>() - 1.0)))
}

/// Normal numbers by the polar method (Marsaglia, Bray 1964), the second of each pair left out.
fn normal<T: Element>(shape: impl Into<Shape>, deviation: f64, rng: &mut impl Rng) -> Tensor<T> {
    Tensor::from_fn(shape, |_| {
        loop {
            let (x, y) = (2.0 * rng.random::<f64>() - 1.0, 2.0 * rng.random::<f64>() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return T::from_f64(deviation * x * (-2.0 * square.ln() / square).sqrt());
            }
        }
    })
}
