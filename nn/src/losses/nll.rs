//! The negative log-likelihood of labels.

use autograd::{Element, Var};

use super::checks;
use super::labelled::ClassWeights;
use super::reduction::{Losses, Reduction};
use crate::config::ConfigError;
use crate::data::Labels;

/// The negative log-likelihood of labels, -x\[label\] for rows of log-probabilities `[batch, classes]`, as mean over the rows.
///
/// For networks that end with `log_softmax`; [`cross_entropy`](crate::cross_entropy) of logits is both in one.
///
/// ```
/// use nn::{losses::nll, prelude::*};
/// let g = Graph::f64();
/// let labels = Labels::new([0, 2], 3)?;
/// let logits = g.constant([[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]]);
/// let difference = nll(logits.log_softmax(-1), &labels).item() - cross_entropy(logits, &labels).item();
/// assert!(difference.abs() < 1e-15);
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Panics
/// If there is not one row per label, and one column per class.
#[track_caller]
pub fn nll<'g, T: Element>(log_probabilities: Var<'g, T>, labels: &Labels) -> Var<'g, T> {
    Nll::default().forward(log_probabilities, labels)
}

/// [`nll`] with options.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Nll {
    /// How the losses of the rows become one.
    pub reduction: Reduction,
    /// A weight for each class, at least 0; empty, the default, is 1 for all. A row's loss is multiplied by the weight of its
    /// label, and a mean divides by the sum of these weights.
    pub class_weights: Vec<f64>,
    /// The label of rows that are left out, also of the mean: a class, or a number beyond the columns, as of
    /// [`CrossEntropy`](super::CrossEntropy). The mean of no row at all is NaN.
    pub ignore: Option<usize>,
}

forward! {
    /// The losses of log-probabilities `[batch, classes]`.
    ///
    /// # Panics
    /// If there is not one row per label and one column per class that is not left out, class weights or `ignore` do not fit the number of
    /// classes, or [`check`](Self::check) fails.
    nll: Nll(log_probabilities: Var<'g, T>, labels: &Labels)
}

impl Nll {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If a class weight is negative or not finite.
    pub fn check(&self) -> Result<(), ConfigError> {
        checks::require_weights("Nll", "class_weights", &self.class_weights)
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, log_probabilities: Var<'g, T>, labels: &Labels) -> Losses<'g, T> {
        let classes = ClassWeights { weights: &self.class_weights, ignore: self.ignore };
        let places = classes.places("nll", "log-probabilities", log_probabilities, labels);
        checks::options(self.check());
        let rows = -log_probabilities.pick(places.as_ref().unwrap_or(labels.indices()));
        if classes.are_equal() {
            return rows.into();
        }
        let weights = classes.column(log_probabilities, labels);
        classes.leave_out(rows * weights, weights, labels)
    }
}
