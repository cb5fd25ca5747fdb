//! Squared errors.

use autograd::{Element, Var};

use super::checks;
use super::reduction::{Losses, Reduction};

/// The mean squared error over all elements, 1/n Σ (prediction - target)²: both of one shape, the loss `[]`.
///
/// The least one is the most likely prediction of targets with normal noise of one size (Goodfellow, Bengio, Courville 2016,
/// section 5.5.1).
///
/// Rows of several outputs count each output as an element; [`Reduction::BatchMean`] divides by the rows only.
///
/// ```
/// use nn::prelude::*;
/// let g = Graph::new();
/// let loss = mse(g.constant([[1.0], [4.0]]), g.constant([[1.0], [2.0]]));
/// assert_eq!(loss.item(), 2.0);
/// ```
///
/// # Panics
/// If the shapes differ: `[n]` and `[n, 1]` would otherwise broadcast to `[n, n]`.
#[track_caller]
pub fn mse<'g, T: Element>(prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
    Mse::default().forward(prediction, target)
}

/// [`mse`] with options.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Mse {
    /// How the squares of the elements become one loss.
    pub reduction: Reduction,
}

forward! {
    /// The squared errors of predictions and targets of one shape.
    ///
    /// # Panics
    /// If the shapes differ.
    mse: Mse(prediction: Var<'g, T>, target: Var<'g, T>)
}

impl Mse {
    #[track_caller]
    fn each<'g, T: Element>(&self, prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("mse", prediction, target);
        (prediction - target).square()
    }
}

/// Half the sum of squared errors over all elements, E = ½ Σ (prediction - target)²: the textbooks' error, whose slope in a
/// prediction is just prediction - target (Rumelhart, Hinton, Williams 1986; Bishop 2006, eq. 5.11).
///
/// ```
/// use nn::{losses::half_sum_of_squares, prelude::*};
/// let g = Graph::new();
/// let y = g.var([[1.0, 4.0]]);
/// let loss = half_sum_of_squares(y, g.constant([[1.5, 1.0]]));
/// assert_eq!(loss.item(), 4.625); // (0.25 + 9) / 2
/// assert_eq!(loss.backward()[y].data(), [-0.5, 3.0]);
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn half_sum_of_squares<'g, T: Element>(prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
    HalfSquares { reduction: Reduction::Sum }.forward(prediction, target)
}

/// Half the squared errors, with a choice of reduction: [`Reduction::Sum`] is [`half_sum_of_squares`], and
/// [`Reduction::BatchMean`] the 1/2m Σ of m patterns.
///
/// ```
/// use nn::losses::{HalfSquares, Reduction};
/// use nn::prelude::*;
/// let g = Graph::new();
/// let loss = HalfSquares { reduction: Reduction::BatchMean };
/// assert_eq!(loss.forward(g.constant([[1.0, 1.0], [2.0, 2.0]]), g.zeros([2, 2])).item(), 2.5);
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct HalfSquares {
    /// How the halved squares of the elements become one loss.
    pub reduction: Reduction,
}

forward! {
    /// The halved squared errors of predictions and targets of one shape.
    ///
    /// # Panics
    /// If the shapes differ.
    half_sum_of_squares: HalfSquares(prediction: Var<'g, T>, target: Var<'g, T>)
}

impl HalfSquares {
    #[track_caller]
    fn each<'g, T: Element>(&self, prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("half_sum_of_squares", prediction, target);
        (prediction - target).square() * 0.5
    }
}
