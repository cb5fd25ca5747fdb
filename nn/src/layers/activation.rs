//! `Activation`: the functions between layers, as values.

use autograd::ops::Elementary;
use autograd::{Element, Var};

use crate::check::{finite, must, positive};
use crate::config::ConfigError;
use crate::init::Init;
use crate::layers::Forward;
use crate::module;
use crate::summary::Trace;

/// A function between layers; a layer without parameters.
///
/// Its variants are also names of this crate, so that a chain reads `Sequential((a, Relu, b))`. All are elementwise
/// but the last two. Conventions at kinks are those of the operations, in docs/OPS.md.
///
/// ```
/// use nn::prelude::*;
/// use nn::{Relu, Sign, Softmax};
/// let g = Graph::new();
/// let x = g.constant([-1.0, 0.0, 2.0]);
/// assert_eq!(Relu.forward(x).value().data(), [0.0, 0.0, 2.0]);
/// assert_eq!(Sign(-1.0).forward(x).value().data(), [-1.0, -1.0, 1.0]); // textbooks differ at 0: say it
/// assert_eq!(Softmax(-1).forward(x).sum().item(), 1.0);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Activation {
    /// x.
    Identity,
    /// max(x, 0) (Nair, Hinton 2010; Glorot, Bordes, Bengio 2011).
    Relu,
    /// x for x > 0, else this slope · x (Maas, Hannun, Ng 2013).
    LeakyRelu(f64),
    /// x for x > 0, else alpha · (eˣ - 1), with this alpha (Clevert, Unterthiner, Hochreiter 2015, arXiv 1511.07289).
    Elu(f64),
    /// The self-normalising `Elu`: λ x for x > 0, else λ α · (eˣ - 1), with λ = 1.0507009873554805 and
    /// α = 1.6732632423543772, for which signals of mean 0 and variance 1 keep both (Klambauer et al. 2017,
    /// arXiv 1706.02515); draw weights by [`Init::LecunNormal`].
    Selu,
    /// x for x > 0, else alpha · (e^(x / alpha) - 1), with this alpha above 0 (Barron 2017, arXiv 1704.07483).
    Celu(f64),
    /// x · Φ(x), exact; Φ(x) = ½ (1 + erf(x / √2)) is the normal distribution function (Hendrycks, Gimpel 2016,
    /// arXiv 1606.08415).
    Gelu,
    /// x · Φ(x) by its approximation ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), of the same paper.
    GeluTanh,
    /// x · sigmoid(x) (Elfwing, Uchibe, Doya 2017, arXiv 1702.03118), also called swish (Ramachandran, Zoph, Le 2017,
    /// arXiv 1710.05941).
    Silu,
    /// x · tanh(softplus(x)) (Misra 2019, arXiv 1908.08681).
    Mish,
    /// ln(1 + eˣ) (Dugas et al. 2001).
    Softplus,
    /// x / (1 + |x|) (Bergstra et al. 2009; Glorot, Bengio 2010).
    Softsign,
    /// The hyperbolic tangent.
    Tanh,
    /// x cut to between -1 and 1 (Collobert 2004).
    HardTanh,
    /// 1 / (1 + e⁻ˣ).
    Sigmoid,
    /// The sigmoid of slope · (x + shift).
    SigmoidWith {
        /// Steepness; the derivative at the middle is slope / 4.
        slope: f64,
        /// The middle is at -shift.
        shift: f64,
    },
    /// ln sigmoid(x), without overflow.
    LogSigmoid,
    /// x/6 + 1/2, cut to between 0 and 1 (Howard et al. 2019, arXiv 1905.02244).
    HardSigmoid,
    /// The threshold-logic unit max(0, min(1, alpha · (x + theta))).
    ThresholdLogic {
        /// Steepness of the line between 0 and 1.
        alpha: f64,
        /// The line meets 0 at -theta.
        theta: f64,
    },
    /// 0 below -1/2, x + 1/2 between, 1 above 1/2.
    PiecewiseLinear,
    /// 1 above 0, 0 below, and this value at 0. No gradient passes.
    Step(f64),
    /// 1 above 0, -1 below, and this value at 0. No gradient passes.
    Sign(f64),
    /// eˣ / Σ eˣ along this axis, as in `Softmax(-1)` (Bridle 1990).
    Softmax(isize),
    /// ln softmax(x) along this axis.
    LogSoftmax(isize),
}

use Activation::*;

impl Activation {
    /// The function of `x`; the result has the shape of `x`.
    ///
    /// # Panics
    /// If `x` lacks the axis of a softmax.
    #[track_caller]
    pub fn forward<'g, T: Element>(&self, x: Var<'g, T>) -> Var<'g, T> {
        match *self {
            Identity => x,
            Relu => x.relu(),
            LeakyRelu(slope) => x.leaky_relu(slope),
            Elu(alpha) => x.elu(alpha),
            Selu => x.selu(),
            Celu(alpha) => x.celu(alpha),
            Gelu => x.gelu(),
            GeluTanh => x.gelu_tanh(),
            Silu => x.silu(),
            Mish => x.mish(),
            Softplus => x.softplus(),
            Softsign => x / (1.0 + x.abs()),
            Tanh => x.tanh(),
            HardTanh => x.hard_tanh(),
            Sigmoid => x.sigmoid(),
            SigmoidWith { slope, shift } => x.sigmoid_with(slope, shift),
            LogSigmoid => x.log_sigmoid(),
            HardSigmoid => x.hard_sigmoid(),
            ThresholdLogic { alpha, theta } => x.threshold_logic(alpha, theta),
            PiecewiseLinear => x.piecewise_linear(),
            Step(at_zero) => x.heaviside(at_zero),
            Sign(at_zero) => x.sign_with(at_zero),
            Softmax(axis) => x.softmax(axis),
            LogSoftmax(axis) => x.log_softmax(axis),
        }
    }

    /// How weights before this function are usually drawn: He for rectifiers, which halve the
    /// variance, LeCun for `Selu`, Xavier for functions that are near the identity, bounded, or last.
    pub fn init(&self) -> Init {
        match self {
            Relu | LeakyRelu(_) | Elu(_) | Celu(_) | Gelu | GeluTanh | Silu | Mish | Softplus => {
                Init::HeUniform
            }
            Selu => Init::LecunNormal,
            _ => Init::XavierUniform,
        }
    }

    /// What standard deviations of weights before this function are multiplied by, to keep the size of signals
    /// from layer to layer: the gain of [`Init::Scaled`] and [`Init::Orthogonal`].
    ///
    /// - Rectifiers, smooth ones included, and `Selu`: 1 / √E\[f(z)²\] for a standard normal z, the condition of He et al.
    ///   2015; √2 for `Relu`, √(2 / (1 + slope²)) for `LeakyRelu`, 1 for `Selu`. These three keep any signal, or lead it
    ///   back to size 1; the others keep one of size 1.
    /// - `Tanh`: 5/3, as PyTorch has it; `HardTanh` and `Softsign` by the condition.
    /// - All others, which pass the signal on as it is or end a network: 1, as PyTorch has it for `Sigmoid`.
    ///
    /// ```
    /// use nn::{Gelu, Relu, Tanh};
    /// assert_eq!((Relu.gain(), Tanh.gain()), (2.0_f64.sqrt(), 5.0 / 3.0));
    /// assert!((Gelu.gain() - 1.534).abs() < 1e-3);
    /// ```
    pub fn gain(&self) -> f64 {
        match *self {
            Relu => std::f64::consts::SQRT_2,
            LeakyRelu(slope) => (2.0 / (1.0 + slope * slope)).sqrt(),
            Elu(alpha) => gain_of(|z| z.elu(alpha)),
            Celu(alpha) => gain_of(|z| z.celu(alpha)),
            Gelu => gain_of(|z| z.gelu()),
            GeluTanh => gain_of(|z| z.gelu_tanh()),
            Silu => gain_of(|z| z.silu()),
            Mish => gain_of(|z| z.mish()),
            Softplus => gain_of(|z| z.softplus()),
            Softsign => gain_of(|z| z / (1.0 + z.abs())),
            HardTanh => gain_of(|z| z.hard_tanh()),
            Tanh => 5.0 / 3.0,
            _ => 1.0,
        }
    }

    /// Whether its numbers can be.
    ///
    /// # Errors
    /// Names the number that is infinite or NaN, an alpha of `Celu` that is not above 0, or a steepness of 0.
    ///
    /// ```
    /// use nn::{Celu, LeakyRelu};
    /// assert!(LeakyRelu(0.1).check().is_ok());
    /// assert_eq!(
    ///     Celu(0.0).check().unwrap_err().to_string(),
    ///     "Celu: alpha is 0.0, but must be a finite number above 0"
    /// );
    /// ```
    pub fn check(&self) -> Result<(), ConfigError> {
        let steep = |what, field, x: f64| {
            must(x != 0.0 && x.is_finite(), what, field, x, "a finite number other than 0")
        };
        match *self {
            LeakyRelu(slope) => finite("LeakyRelu", "slope", slope),
            Elu(alpha) => finite("Elu", "alpha", alpha),
            Celu(alpha) => positive("Celu", "alpha", alpha),
            SigmoidWith { slope, shift } => {
                steep("SigmoidWith", "slope", slope)?;
                finite("SigmoidWith", "shift", shift)
            }
            ThresholdLogic { alpha, theta } => {
                steep("ThresholdLogic", "alpha", alpha)?;
                finite("ThresholdLogic", "theta", theta)
            }
            Step(at_zero) => finite("Step", "the value at 0", at_zero),
            Sign(at_zero) => finite("Sign", "the value at 0", at_zero),
            _ => Ok(()),
        }
    }
}

/// 1 / √E\[f(z)²\] for a standard normal z, by the trapezoidal rule: beyond 10 the density is below 1e-22, and steps of
/// 1/64 leave an error below 1e-5 even at a kink.
fn gain_of(f: impl Fn(f64) -> f64) -> f64 {
    let (mut moment, mut mass) = (0.0, 0.0);
    for step in -640..=640 {
        let z = f64::from(step) / 64.0;
        let density = (-0.5 * z * z).exp();
        moment += density * f(z) * f(z);
        mass += density;
    }
    (mass / moment).sqrt()
}

impl<'g, T: Element> Forward<'g, T> for Activation {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        Activation::forward(self, x)
    }

    fn trace(&self, x: Var<'g, T>, trace: &mut Trace) -> Var<'g, T> {
        let y = Activation::forward(self, x);
        trace.row(format_args!("{self:?}"), y);
        y
    }
}

module!(keep Activation);
