//! Negative log-likelihoods of numbers: Poisson and normal.

use std::f64::consts::TAU;

use autograd::{Element, Var};

use super::checks;
use super::reduction::{Losses, Reduction};
use crate::config::ConfigError;

/// The negative log-likelihood of counts t with Poisson's distribution, eˣ - t x, as mean over all elements; predictions x are
/// logarithms of the expected counts (McCullagh, Nelder 1989, chapter 6).
///
/// Terms without x are left out, so it may be negative; [`PoissonNll::full`] has them.
///
/// ```
/// use nn::{losses::poisson_nll, prelude::*};
/// let g = Graph::f64();
/// let x = g.var([3.0_f64.ln()]);
/// let loss = poisson_nll(x, g.constant([3.0]));
/// assert!((loss.item() - (3.0 - 3.0 * 3.0_f64.ln())).abs() < 1e-15);
/// assert!(loss.backward()[x].item().abs() < 1e-15); // the count is what is expected
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn poisson_nll<'g, T: Element>(log_rates: Var<'g, T>, counts: Var<'g, T>) -> Var<'g, T> {
    PoissonNll::default().forward(log_rates, counts)
}

/// [`poisson_nll`] with options.
///
/// ```
/// use nn::{losses::PoissonNll, prelude::*};
/// let g = Graph::f64();
/// let loss = PoissonNll { log_input: false, full: true, ..PoissonNll::default() };
/// // The exact value is 3 - 5 ln 3 + ln 5!; Stirling's formula is off by about 1 / (12 · 5).
/// let exact = 3.0 - 5.0 * 3.0_f64.ln() + 120.0_f64.ln();
/// assert!((loss.forward(g.constant([3.0]), g.constant([5.0])).item() - exact).abs() < 0.017);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PoissonNll {
    /// Whether predictions are logarithms of expected counts, so that any number will do; true by default. Otherwise they are
    /// the expected counts, and the loss x - t ln(x + `epsilon`).
    pub log_input: bool,
    /// Whether the term ln t! is added, by Stirling's formula t ln t - t + ½ ln(2πt), for counts above 1.
    pub full: bool,
    /// Added to expected counts where their logarithm is taken: greater than 0; 10⁻⁸ by default.
    pub epsilon: f64,
    /// How the losses of the elements become one.
    pub reduction: Reduction,
}

impl Default for PoissonNll {
    fn default() -> Self {
        PoissonNll { log_input: true, full: false, epsilon: 1e-8, reduction: Reduction::Mean }
    }
}

forward! {
    /// The losses of predictions and counts of one shape.
    ///
    /// # Panics
    /// If the shapes differ, or [`check`](Self::check) fails.
    poisson_nll: PoissonNll(prediction: Var<'g, T>, counts: Var<'g, T>)
}

impl PoissonNll {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `epsilon` is not finite and greater than 0.
    pub fn check(&self) -> Result<(), ConfigError> {
        let holds = self.epsilon > 0.0 && self.epsilon.is_finite();
        checks::require(holds, "PoissonNll", "epsilon", self.epsilon, "finite and greater than 0")
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, prediction: Var<'g, T>, counts: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("poisson_nll", prediction, counts);
        checks::options(self.check());
        let losses = if self.log_input {
            prediction.exp() - counts * prediction
        } else {
            prediction - counts * (prediction + self.epsilon).ln()
        };
        if !self.full {
            return losses;
        }
        let factorial = counts * counts.ln() - counts + (counts * TAU).ln() * 0.5;
        losses + counts.gt(1.0).where_(factorial, 0.0)
    }
}

/// The negative log-likelihood of targets t with a normal distribution of predicted mean μ and variance v, ½ (ln v + (t - μ)² / v),
/// as mean over all elements: a network that predicts both says how sure it is (Nix, Weigend 1994).
///
/// The constant ½ ln 2π is left out; [`GaussianNll::full`] has it. The variance has the shape of the mean, or extent 1 where
/// several share one, or is one number. Below 10⁻⁶ it counts as that, with the slope there, so that it can grow again.
///
/// ```
/// use nn::{losses::gaussian_nll, prelude::*};
/// let g = Graph::f64();
/// let (mean, target) = (g.constant([1.0]), g.constant([3.0]));
/// let loss = |variance: f64| gaussian_nll(mean, g.constant([variance]), target).item();
/// assert_eq!(loss(1.0), 2.0);
/// assert!(loss(4.0) < loss(3.9) && loss(4.0) < loss(4.1)); // best where it is the squared error
/// ```
///
/// # Panics
/// If the shapes of mean and target differ, or that of the variance does not fit.
#[track_caller]
pub fn gaussian_nll<'g, T: Element>(
    mean: Var<'g, T>,
    variance: Var<'g, T>,
    target: Var<'g, T>,
) -> Var<'g, T> {
    GaussianNll::default().forward(mean, variance, target)
}

/// [`gaussian_nll`] with options.
///
/// ```
/// use nn::{losses::GaussianNll, prelude::*};
/// let g = Graph::f64();
/// let loss = GaussianNll { full: true, ..GaussianNll::default() };
/// let found = loss.forward(g.constant([1.0]), g.constant([1.0]), g.constant([3.0])).item();
/// // -ln of the density at 2 of the standard normal distribution, e^-2 / √2π.
/// assert!((found - (2.0 + 0.5 * std::f64::consts::TAU.ln())).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GaussianNll {
    /// Whether the constant ½ ln 2π is added.
    pub full: bool,
    /// Smaller variances count as this: finite, greater than 0; 10⁻⁶ by default.
    pub epsilon: f64,
    /// How the losses of the elements become one.
    pub reduction: Reduction,
}

impl Default for GaussianNll {
    fn default() -> Self {
        GaussianNll { full: false, epsilon: 1e-6, reduction: Reduction::Mean }
    }
}

forward! {
    /// The losses of means and targets of one shape, and variances of that shape, or of extent 1 where several share one.
    ///
    /// # Panics
    /// If the shapes do not fit, or [`check`](Self::check) fails.
    gaussian_nll: GaussianNll(mean: Var<'g, T>, variance: Var<'g, T>, target: Var<'g, T>)
}

impl GaussianNll {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `epsilon` is not finite and greater than 0.
    pub fn check(&self) -> Result<(), ConfigError> {
        let holds = self.epsilon > 0.0 && self.epsilon.is_finite();
        checks::require(holds, "GaussianNll", "epsilon", self.epsilon, "finite and greater than 0")
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, mean: Var<'g, T>, variance: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("gaussian_nll", mean, target);
        checks::shared_shape("gaussian_nll", "variances", variance, "means", mean);
        checks::options(self.check());
        let variance = variance.max(self.epsilon).with_derivative_of(variance);
        let losses = (variance.ln() + (target - mean).square() / variance) * 0.5;
        if self.full { losses + 0.5 * TAU.ln() } else { losses }
    }
}
