//! `Init`: how first weights are drawn.

mod dense;
mod structured;

use autograd::{Element, Shape, Tensor};
use rand::Rng;

use crate::check::{finite, must, not_negative, or_panic, share};
use crate::config::ConfigError;

/// How the first values of a weight are drawn.
///
/// Fan-in is the number of inputs that a neuron adds up, fan-out the number of neurons that read
/// an input. The same generator state gives the same numbers on every machine.
///
/// ```
/// use nn::{Fan, Draw, Init, Linear, Relu, Tanh};
/// let mut rng = nn::rng(1);
/// let small = Linear::with_init(3, 4, Init::Uniform(0.12), &mut rng);
/// assert!(small.weight.data().iter().all(|w| w.abs() <= 0.12));
///
/// // What `HeNormal` is, said in full; and the same for another activation, by fan-out.
/// let he = Init::Scaled { gain: Relu.gain(), fan: Fan::In, draw: Draw::Normal };
/// let back = Init::Scaled { gain: Tanh.gain(), fan: Fan::Out, draw: Draw::Uniform };
/// let layer = Linear::with_init(100, 50, he, &mut rng);
/// let next = Linear::with_init(50, 10, back, &mut rng);
/// assert!(next.weight.data().iter().all(|w| w.abs() <= 5.0 / 3.0 * (3.0_f32 / 10.0).sqrt()));
/// # let _ = layer;
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Init {
    /// Zero everywhere: for biases. Weights of one layer that are all zero never become different.
    Zeros,
    /// One number everywhere.
    Constant(f64),
    /// Uniform between -bound and bound.
    Uniform(f64),
    /// Uniform between the first number and the second.
    UniformIn(f64, f64),
    /// Normal with mean 0 and this standard deviation.
    Normal(f64),
    /// Normal with mean 0 and this standard deviation, drawn again beyond two of them; the deviation of what is
    /// left is 0.8796 of it.
    TruncatedNormal(f64),
    /// Uniform with variance 1 / fan-in (LeCun, Bottou, Orr, Müller 1998, "Efficient BackProp").
    LecunUniform,
    /// Normal with variance 1 / fan-in (LeCun et al. 1998): what `selu` asks for.
    LecunNormal,
    /// Uniform with variance 2 / fan-in, which rectifiers keep level from layer to layer
    /// (He, Zhang, Ren, Sun 2015, arXiv 1502.01852); Kaiming in PyTorch.
    HeUniform,
    /// Normal with variance 2 / fan-in (He et al. 2015).
    HeNormal,
    /// Uniform with variance 2 / (fan-in + fan-out) (Glorot, Bengio 2010).
    XavierUniform,
    /// Normal with variance 2 / (fan-in + fan-out) (Glorot, Bengio 2010).
    XavierNormal,
    /// Variance gain² / fan: the general form of the six above.
    Scaled {
        /// What the activation that follows asks for: [`Activation::gain`](crate::Activation::gain).
        gain: f64,
        /// What the variance is divided by.
        fan: Fan,
        /// The form of the distribution.
        draw: Draw,
    },
    /// A random rotation times this gain: rows are orthogonal to each other, or columns where there are fewer
    /// of them (Saxe, McClelland, Ganguli 2014, arXiv 1312.6120). Axes after the first count as columns.
    Orthogonal(f64),
    /// Of each neuron's incoming weights (a row of `[out, in]`) a share is 0, at random places; the others are
    /// normal with mean 0 (Martens 2010, "Deep learning via Hessian-free optimization").
    Sparse {
        /// The share of zeros, from 0 to 1, to the nearest whole number in each row.
        zeros: f64,
        /// Standard deviation of the others.
        deviation: f64,
    },
}

/// What a variance is divided by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fan {
    /// The number of inputs that a neuron adds up: keeps the variance of outputs in the forward pass.
    In,
    /// The number of neurons that read an input: keeps the variance of gradients in the backward pass.
    Out,
    /// The mean of both.
    Mean,
}

/// The form of a distribution of mean 0, whose variance is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Draw {
    /// Uniform between -√(3 · variance) and √(3 · variance).
    Uniform,
    /// Normal.
    Normal,
    /// Normal, drawn again beyond two standard deviations; widened so that the variance is right nevertheless.
    TruncatedNormal,
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
    ///
    /// # Panics
    /// If a number cannot be, as [`check`](Init::check) says.
    #[track_caller]
    pub fn draw<T: Element>(
        self,
        shape: impl Into<Shape>,
        fan_in: usize,
        fan_out: usize,
        rng: &mut impl Rng,
    ) -> Tensor<T> {
        let shape = shape.into();
        or_panic(self.check(shape));
        let (fan_in, fan_out) = (fan_in.max(1) as f64, fan_out.max(1) as f64);
        match self {
            Init::Zeros => Tensor::zeros(shape),
            Init::Constant(c) => Tensor::full(shape, T::from_f64(c)),
            Init::Uniform(bound) => dense::uniform(shape, bound, rng),
            Init::UniformIn(low, high) => dense::uniform_in(shape, low, high, rng),
            Init::Normal(deviation) => dense::normal(shape, deviation, rng),
            Init::TruncatedNormal(deviation) => dense::truncated(shape, deviation, rng),
            Init::LecunUniform => Draw::Uniform.tensor(shape, 1.0 / fan_in, rng),
            Init::LecunNormal => Draw::Normal.tensor(shape, 1.0 / fan_in, rng),
            Init::HeUniform => Draw::Uniform.tensor(shape, 2.0 / fan_in, rng),
            Init::HeNormal => Draw::Normal.tensor(shape, 2.0 / fan_in, rng),
            Init::XavierUniform => Draw::Uniform.tensor(shape, 2.0 / (fan_in + fan_out), rng),
            Init::XavierNormal => Draw::Normal.tensor(shape, 2.0 / (fan_in + fan_out), rng),
            Init::Scaled { gain, fan, draw } => {
                let fan = match fan {
                    Fan::In => fan_in,
                    Fan::Out => fan_out,
                    Fan::Mean => (fan_in + fan_out) / 2.0,
                };
                draw.tensor(shape, gain * gain / fan, rng)
            }
            Init::Orthogonal(gain) => structured::orthogonal(shape, gain, rng),
            Init::Sparse { zeros, deviation } => structured::sparse(shape, zeros, deviation, rng),
        }
    }

    /// Whether a tensor of this shape can be drawn so.
    ///
    /// # Errors
    /// Names the number that cannot be: a bound or a deviation below 0, a share of zeros outside 0 to 1, anything
    /// infinite or NaN, and a shape of fewer than two axes for [`Orthogonal`](Init::Orthogonal) and
    /// [`Sparse`](Init::Sparse).
    ///
    /// ```
    /// use nn::Init;
    /// assert_eq!(
    ///     Init::Normal(-0.1).check([2, 3]).unwrap_err().to_string(),
    ///     "Init::Normal: deviation is -0.1, but must be a finite number that is 0 or above"
    /// );
    /// assert!(Init::Orthogonal(1.0).check([3]).is_err());
    /// ```
    pub fn check(&self, shape: impl Into<Shape>) -> Result<(), ConfigError> {
        let shape = shape.into();
        let matrix = |what| {
            must(
                shape.rank() >= 2,
                what,
                "shape",
                shape,
                "a matrix: at least two axes, the first of which counts neurons",
            )
        };
        match *self {
            Init::Constant(c) => finite("Init::Constant", "the number", c),
            Init::Uniform(bound) => not_negative("Init::Uniform", "bound", bound),
            Init::UniformIn(low, high) => {
                finite("Init::UniformIn", "low", low)?;
                finite("Init::UniformIn", "high", high)?;
                must(low <= high, "Init::UniformIn", "low", low, "at most as large as high")
            }
            Init::Normal(deviation) => not_negative("Init::Normal", "deviation", deviation),
            Init::TruncatedNormal(deviation) => not_negative("Init::TruncatedNormal", "deviation", deviation),
            Init::Scaled { gain, .. } => not_negative("Init::Scaled", "gain", gain),
            Init::Orthogonal(gain) => {
                finite("Init::Orthogonal", "gain", gain)?;
                matrix("Init::Orthogonal")
            }
            Init::Sparse { zeros, deviation } => {
                share("Init::Sparse", "zeros", zeros)?;
                not_negative("Init::Sparse", "deviation", deviation)?;
                matrix("Init::Sparse")
            }
            _ => Ok(()),
        }
    }
}

impl Draw {
    fn tensor<T: Element>(self, shape: Shape, variance: f64, rng: &mut impl Rng) -> Tensor<T> {
        match self {
            // A uniform number in [-b, b] has variance b² / 3.
            Draw::Uniform => dense::uniform(shape, (3.0 * variance).sqrt(), rng),
            Draw::Normal => dense::normal(shape, variance.sqrt(), rng),
            Draw::TruncatedNormal => dense::truncated(shape, variance.sqrt() / dense::TRUNCATED, rng),
        }
    }
}
