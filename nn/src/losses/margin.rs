//! Losses of a score and its sign: hinge, squared hinge, the perceptron criterion.

use autograd::{Element, Var};

use super::checks;
use super::reduction::{Losses, Reduction};
use crate::config::ConfigError;

/// The hinge loss max(0, 1 - t a) of scores a, as mean over all elements; targets t are -1 or 1.
///
/// What a support vector machine minimises beside the size of its weights (Cortes, Vapnik 1995): 0 for scores on the right side
/// with a margin of 1. The slope on the margin is 0.
///
/// ```
/// use nn::{losses::hinge, prelude::*};
/// let g = Graph::new();
/// let loss = hinge(g.constant([2.0, 0.5, -1.0]), g.constant([1.0, 1.0, 1.0]));
/// assert_eq!(loss.item(), (0.0 + 0.5 + 2.0) / 3.0);
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn hinge<'g, T: Element>(scores: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
    Hinge::default().forward(scores, targets)
}

/// The squared hinge loss max(0, 1 - t a)² of scores a, as mean over all elements; targets t are -1 or 1.
///
/// Unlike [`hinge`] it has no kink, and misses cost more the farther off they are (Tang 2013, arXiv 1306.0239).
///
/// ```
/// use nn::{losses::squared_hinge, prelude::*};
/// let g = Graph::new();
/// let loss = squared_hinge(g.constant([2.0, 0.5, -1.0]), g.constant([1.0, 1.0, 1.0]));
/// assert_eq!(loss.item(), (0.0 + 0.25 + 4.0) / 3.0);
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn squared_hinge<'g, T: Element>(scores: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
    Hinge { squared: true, ..Hinge::default() }.forward(scores, targets)
}

/// [`hinge`] and [`squared_hinge`] with options.
///
/// ```
/// use nn::{losses::Hinge, prelude::*};
/// let g = Graph::new();
/// let loss = Hinge { margin: 2.0, squared: true, ..Hinge::default() };
/// assert_eq!(loss.forward(g.constant([2.5, 0.5]), g.constant([1.0, 1.0])).item(), 1.125); // (0 + 1.5²) / 2
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Hinge {
    /// The margin that scores must keep, in their units: finite; 1 by default.
    pub margin: f64,
    /// Whether losses are squared.
    pub squared: bool,
    /// How the losses of the elements become one.
    pub reduction: Reduction,
}

impl Default for Hinge {
    fn default() -> Self {
        Hinge { margin: 1.0, squared: false, reduction: Reduction::Mean }
    }
}

forward! {
    /// The losses of scores and targets of one shape; targets are -1 or 1.
    ///
    /// # Panics
    /// If the shapes differ, or [`check`](Self::check) fails.
    hinge: Hinge(scores: Var<'g, T>, targets: Var<'g, T>)
}

impl Hinge {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `margin` is not finite.
    pub fn check(&self) -> Result<(), ConfigError> {
        checks::require(self.margin.is_finite(), "Hinge", "margin", self.margin, "finite")
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, scores: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("hinge", scores, targets);
        checks::options(self.check());
        let losses = (self.margin - scores * targets).relu();
        if self.squared { losses.square() } else { losses }
    }
}

/// The perceptron criterion max(0, -t a) of scores a, as mean over all elements; targets t are -1 or 1.
///
/// A step of gradient descent on it is Rosenblatt's learning rule: rows on the right side change nothing, others
/// add their input, with the sign of the target (Bishop 2006, eq. 4.54). The slope at a score of 0 is -t, so that weights that
/// begin at 0 learn too.
///
/// ```
/// use nn::{losses::perceptron_criterion, prelude::*};
/// let g = Graph::new();
/// let a = g.var([2.0, 0.0, -3.0, 4.0]);
/// let loss = perceptron_criterion(a, g.constant([1.0, 1.0, 1.0, -1.0]));
/// assert_eq!(loss.item(), (0.0 + 0.0 + 3.0 + 4.0) / 4.0);
/// assert_eq!(loss.backward()[a].data(), [0.0, -0.25, -0.25, 0.25]);
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn perceptron_criterion<'g, T: Element>(scores: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
    PerceptronCriterion::default().forward(scores, targets)
}

/// [`perceptron_criterion`] with options.
///
/// ```
/// use nn::losses::{PerceptronCriterion, Reduction};
/// use nn::prelude::*;
/// let g = Graph::new();
/// let loss = PerceptronCriterion { reduction: Reduction::Sum };
/// assert_eq!(loss.forward(g.constant([2.0, -3.0, 0.5]), g.constant([1.0, 1.0, -1.0])).item(), 3.5); // 0 + 3 + 0.5
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct PerceptronCriterion {
    /// How the losses of the elements become one.
    pub reduction: Reduction,
}

forward! {
    /// The losses of scores and targets of one shape; targets are -1 or 1.
    ///
    /// # Panics
    /// If the shapes differ.
    perceptron_criterion: PerceptronCriterion(scores: Var<'g, T>, targets: Var<'g, T>)
}

impl PerceptronCriterion {
    #[track_caller]
    fn each<'g, T: Element>(&self, scores: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("perceptron_criterion", scores, targets);
        // The slope of clamp on a bound is that from inside, 1; relu's would be 0.
        (-(scores * targets)).clamp(0.0, f64::INFINITY)
    }
}
