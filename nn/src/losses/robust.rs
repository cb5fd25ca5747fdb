//! Losses that large errors do not rule: absolute, Huber, smooth L1, log-cosh.

use std::f64::consts::LN_2;

use autograd::{Element, Var};

use super::checks;
use super::reduction::{Losses, Reduction};
use crate::config::ConfigError;

/// The mean absolute error over all elements, 1/n Σ |prediction - target|; the slope at an error of 0 is 0.
///
/// Of all constants the median has the least, as the mean has the least squares, so targets that are far off weigh no more than
/// others (Hastie, Tibshirani, Friedman 2009, section 10.6).
///
/// ```
/// use nn::prelude::*;
/// let g = Graph::new();
/// assert_eq!(mae(g.constant([[1.0], [4.0]]), g.constant([[2.0], [2.0]])).item(), 1.5);
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn mae<'g, T: Element>(prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
    Mae::default().forward(prediction, target)
}

/// [`mae`] with options.
///
/// ```
/// use nn::losses::{Mae, Reduction};
/// use nn::prelude::*;
/// let g = Graph::new();
/// let loss = Mae { reduction: Reduction::BatchMean };
/// assert_eq!(loss.forward(g.constant([[1.0, 2.0], [4.0, 0.0]]), g.zeros([2, 2])).item(), 3.5); // (3 + 4) / 2
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Mae {
    /// How the errors of the elements become one loss.
    pub reduction: Reduction,
}

forward! {
    /// The absolute errors of predictions and targets of one shape.
    ///
    /// # Panics
    /// If the shapes differ.
    mae: Mae(prediction: Var<'g, T>, target: Var<'g, T>)
}

impl Mae {
    #[track_caller]
    fn each<'g, T: Element>(&self, prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("mae", prediction, target);
        (prediction - target).abs()
    }
}

/// Huber's loss as mean over all elements: ½ e² for errors e up to 1, |e| - ½ beyond.
///
/// Smooth as a square where predictions are nearly right, and no steeper than 1 where they are far off
/// (Huber 1964, Annals of Mathematical Statistics 35).
///
/// ```
/// use nn::prelude::*;
/// let g = Graph::new();
/// let y = g.var([0.5, 10.0]);
/// let loss = huber(y, g.zeros([2]));
/// assert_eq!(loss.item(), (0.125 + 9.5) / 2.0);
/// assert_eq!(loss.backward()[y].data(), [0.25, 0.5]); // half of 0.5, and of 1
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn huber<'g, T: Element>(prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
    Huber::default().forward(prediction, target)
}

/// [`huber`] with options: ½ e² for errors e up to `delta`, `delta` · (|e| - ½ `delta`) beyond.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Huber {
    /// The error at which the square goes over into a line, in units of the targets: greater than 0; 1 by default.
    pub delta: f64,
    /// How the losses of the elements become one.
    pub reduction: Reduction,
}

impl Default for Huber {
    fn default() -> Self {
        Huber { delta: 1.0, reduction: Reduction::Mean }
    }
}

forward! {
    /// Huber's losses of predictions and targets of one shape.
    ///
    /// # Panics
    /// If the shapes differ, or [`check`](Self::check) fails.
    huber: Huber(prediction: Var<'g, T>, target: Var<'g, T>)
}

impl Huber {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `delta` is not greater than 0.
    pub fn check(&self) -> Result<(), ConfigError> {
        checks::require(self.delta > 0.0, "Huber", "delta", self.delta, "greater than 0")
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("huber", prediction, target);
        checks::options(self.check());
        let error = prediction - target;
        // Both cases in one: c (e - ½ c), where c is the error cut to ±delta.
        let cut = error.clamp(-self.delta, self.delta);
        cut * (error - cut * 0.5)
    }
}

/// The smooth L1 loss as mean over all elements: ½ e² for errors e up to 1, |e| - ½ beyond, which is [`huber`]; they differ in
/// what their options do (Girshick 2015, arXiv 1504.08083).
///
/// ```
/// use nn::losses::{SmoothL1, smooth_l1};
/// use nn::prelude::*;
/// let g = Graph::new();
/// let (y, t) = (g.constant([0.5, 10.0]), g.zeros([2]));
/// assert_eq!(smooth_l1(y, t).item(), huber(y, t).item());
/// let sharp = SmoothL1 { beta: 0.25, ..SmoothL1::default() };
/// assert_eq!(sharp.forward(y, t).item(), (0.375 + 9.875) / 2.0);
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn smooth_l1<'g, T: Element>(prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
    SmoothL1::default().forward(prediction, target)
}

/// [`smooth_l1`] with options: ½ e² / `beta` for errors e up to `beta`, |e| - ½ `beta` beyond. So it is Huber's loss divided by
/// its bound, and comes near [`mae`] as `beta` falls.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SmoothL1 {
    /// The error at which the square goes over into a line, in units of the targets: finite, greater than 0; 1 by default.
    pub beta: f64,
    /// How the losses of the elements become one.
    pub reduction: Reduction,
}

impl Default for SmoothL1 {
    fn default() -> Self {
        SmoothL1 { beta: 1.0, reduction: Reduction::Mean }
    }
}

forward! {
    /// The smooth L1 losses of predictions and targets of one shape.
    ///
    /// # Panics
    /// If the shapes differ, or [`check`](Self::check) fails.
    smooth_l1: SmoothL1(prediction: Var<'g, T>, target: Var<'g, T>)
}

impl SmoothL1 {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `beta` is not finite and greater than 0: for 0 there is [`mae`].
    pub fn check(&self) -> Result<(), ConfigError> {
        let holds = self.beta > 0.0 && self.beta.is_finite();
        checks::require(holds, "SmoothL1", "beta", self.beta, "finite and greater than 0")
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("smooth_l1", prediction, target);
        checks::options(self.check());
        let error = prediction - target;
        let cut = error.clamp(-self.beta, self.beta);
        cut / self.beta * (error - cut * 0.5)
    }
}

/// The logarithm of the hyperbolic cosine of the errors, ln cosh(e), as mean over all elements: near ½ e² for small errors,
/// near |e| - ln 2 for large ones, and smooth everywhere; the slope is tanh(e) (Saleh, Saleh 2022, arXiv 2208.04564).
///
/// Computed as e + softplus(-2e) - ln 2, as cosh overflows; so it is exact to a rounding of the larger of 1 and e.
///
/// ```
/// use nn::{losses::log_cosh, prelude::*};
/// let g = Graph::new();
/// let loss = log_cosh(g.constant([1000.0]), g.zeros([1]));
/// assert_eq!(loss.item(), 1000.0 - std::f32::consts::LN_2);
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn log_cosh<'g, T: Element>(prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
    LogCosh::default().forward(prediction, target)
}

/// [`log_cosh`] with options.
///
/// ```
/// use nn::losses::{LogCosh, Reduction};
/// use nn::prelude::*;
/// let g = Graph::f64();
/// let error = g.constant([2.0_f64.ln(), -2.0_f64.ln()]); // cosh of both is (2 + 1/2) / 2
/// let loss = LogCosh { reduction: Reduction::Sum }.forward(error, g.zeros([2]));
/// assert!((loss.item() - 2.0 * 1.25_f64.ln()).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct LogCosh {
    /// How the losses of the elements become one.
    pub reduction: Reduction,
}

forward! {
    /// The losses of predictions and targets of one shape.
    ///
    /// # Panics
    /// If the shapes differ.
    log_cosh: LogCosh(prediction: Var<'g, T>, target: Var<'g, T>)
}

impl LogCosh {
    #[track_caller]
    fn each<'g, T: Element>(&self, prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("log_cosh", prediction, target);
        let error = prediction - target;
        error + (error * -2.0).softplus() - LN_2
    }
}
