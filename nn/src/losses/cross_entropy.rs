//! Cross-entropy of logits, with labels and with distributions.

use autograd::{Element, Var};

use super::checks;
use super::labelled::ClassWeights;
use super::reduction::{Losses, Reduction};
use crate::config::ConfigError;
use crate::data::Labels;

/// The cross-entropy of logits `[batch, classes]` with labels in nats, -ln softmax(logits)\[label\],
/// as mean over the rows.
///
/// ```
/// use nn::prelude::*;
/// let g = Graph::f64();
/// let labels = Labels::new([0, 1], 2)?;
/// let loss = cross_entropy(g.constant([[0.0, 0.0], [-1000.0, 1000.0]]), &labels);
/// assert!((loss.item() - 0.5 * 2.0_f64.ln()).abs() < 1e-15);
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Panics
/// If there is not one row of logits per label, and one logit per class.
#[track_caller]
pub fn cross_entropy<'g, T: Element>(logits: Var<'g, T>, labels: &Labels) -> Var<'g, T> {
    CrossEntropy::default().forward(logits, labels)
}

/// The cross-entropy of logits with distributions in nats, -Σ t ln softmax(logits), as mean over the rows; both are
/// `[batch, classes]`, and each row of targets adds up to 1.
///
/// ```
/// use nn::{losses::soft_cross_entropy, prelude::*};
/// let g = Graph::f64();
/// let logits = g.constant([[1.0, 3.0], [0.0, 0.5]]);
/// let certain = soft_cross_entropy(logits, g.constant([[0.0, 1.0], [1.0, 0.0]])).item();
/// assert_eq!(certain, cross_entropy(logits, &Labels::new([1, 0], 2)?).item());
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn soft_cross_entropy<'g, T: Element>(logits: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
    CrossEntropy::default().forward_soft(logits, targets)
}

/// [`cross_entropy`] and [`soft_cross_entropy`] with options.
///
/// ```
/// use nn::losses::{CrossEntropy, Reduction};
/// use nn::prelude::*;
/// let g = Graph::new();
/// let labels = Labels::new([0, 1], 2)?;
/// let logits = g.constant([[1000.0, 0.0], [1000.0, 0.0]]);
/// let rows = CrossEntropy { reduction: Reduction::None, ..CrossEntropy::default() };
/// assert_eq!(rows.forward(logits, &labels).value().data(), [0.0, 1000.0]);
///
/// // A mean weighs each row by the weight of its class: (1 · 0 + 3 · 1000) / (1 + 3).
/// let weighted = CrossEntropy { class_weights: vec![1.0, 3.0], ..CrossEntropy::default() };
/// assert_eq!(weighted.forward(logits, &labels).item(), 750.0);
///
/// // Padding by a label that needs no logit: of three classes for two columns, the last is left out.
/// let padded = Labels::new([2, 1], 3)?;
/// let loss = CrossEntropy { ignore: Some(2), ..CrossEntropy::default() };
/// assert_eq!(loss.forward(logits, &padded).item(), 1000.0);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CrossEntropy {
    /// How the losses of the rows become one.
    pub reduction: Reduction,
    /// The share of probability, from 0 to 1, that is wanted spread evenly over all classes instead of on the
    /// label (Szegedy et al. 2015, arXiv 1512.00567).
    pub smoothing: f64,
    /// A weight for each class, at least 0; empty, the default, is 1 for all. The term of class c in a row's loss is
    /// multiplied by its weight, and a mean divides by the sum of the weights of the labels, as PyTorch does for labels; of
    /// distributions it divides by Σ weight · target, so that certain ones give what their labels give.
    pub class_weights: Vec<f64>,
    /// The label of rows that are left out, also of the mean, whatever their logits: padding, for example. The mean of no row
    /// at all is NaN. It is a class, or a number beyond the columns of the logits, where PyTorch has -100: labels are then of
    /// more classes than there are columns, and any other label without a column is refused.
    pub ignore: Option<usize>,
}

impl CrossEntropy {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `smoothing` is not from 0 to 1, or a class weight is negative or not finite.
    pub fn check(&self) -> Result<(), ConfigError> {
        let holds = (0.0..=1.0).contains(&self.smoothing);
        checks::require(holds, "CrossEntropy", "smoothing", self.smoothing, "from 0 to 1")?;
        checks::require_weights("CrossEntropy", "class_weights", &self.class_weights)
    }

    /// The losses of logits `[batch, classes]`.
    ///
    /// # Panics
    /// If there is not one row of logits per label and one logit per class that is not left out, class weights or `ignore` do
    /// not fit the number of classes, or [`check`](Self::check) fails.
    #[track_caller]
    pub fn forward<'g, T: Element>(&self, logits: Var<'g, T>, labels: &Labels) -> Var<'g, T> {
        self.reduction.apply(self.rows(logits, labels))
    }

    /// As [`forward`](Self::forward), with [weights](crate::losses#weights) beside those of the classes: `[batch, 1]`.
    ///
    /// # Panics
    /// As `forward`, and if there is not one weight for each row.
    #[track_caller]
    pub fn forward_weighted<'g, T: Element>(
        &self,
        logits: Var<'g, T>,
        labels: &Labels,
        weights: Var<'g, T>,
    ) -> Var<'g, T> {
        self.reduction.apply(self.rows(logits, labels).weighted("cross_entropy", weights))
    }

    /// The losses of logits `[batch, classes]` and targets of that shape, whose rows add up to 1.
    ///
    /// # Panics
    /// If the shapes differ, there are class weights but not one for each class, `ignore` is set, which is a label's, or
    /// [`check`](Self::check) fails.
    #[track_caller]
    pub fn forward_soft<'g, T: Element>(&self, logits: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
        self.reduction.apply(self.soft_rows(logits, targets))
    }

    /// As [`forward_soft`](Self::forward_soft), with [weights](crate::losses#weights) beside those of the classes:
    /// `[batch, 1]`.
    ///
    /// # Panics
    /// As `forward_soft`, and if there is not one weight for each row.
    #[track_caller]
    pub fn forward_soft_weighted<'g, T: Element>(
        &self,
        logits: Var<'g, T>,
        targets: Var<'g, T>,
        weights: Var<'g, T>,
    ) -> Var<'g, T> {
        self.reduction.apply(self.soft_rows(logits, targets).weighted("soft_cross_entropy", weights))
    }

    fn classes(&self) -> ClassWeights<'_> {
        ClassWeights { weights: &self.class_weights, ignore: self.ignore }
    }

    #[track_caller]
    fn rows<'g, T: Element>(&self, logits: Var<'g, T>, labels: &Labels) -> Losses<'g, T> {
        let classes = self.classes();
        let places = classes.places("cross_entropy", "logits", logits, labels);
        checks::options(self.check());
        let (shifted, normalizer) = shifted(logits);
        // Rows stay a column [batch, 1] to the end: then all of it is one pass over the logits.
        let mut rows = normalizer - shifted.pick(places.as_ref().unwrap_or(labels.indices()));
        if classes.are_equal() {
            if self.smoothing != 0.0 {
                let even = normalizer - shifted.mean_keepdim(-1);
                rows = rows + (even - rows) * self.smoothing;
            }
            return rows.into();
        }
        let weights = classes.column(logits, labels);
        rows *= weights;
        if self.smoothing != 0.0 {
            let each = normalizer - shifted;
            let each = match classes.row(logits) {
                Some(weights) => each * weights,
                None => each,
            };
            rows = rows + (each.mean_keepdim(-1) - rows) * self.smoothing;
        }
        classes.leave_out(rows, weights, labels)
    }

    #[track_caller]
    fn soft_rows<'g, T: Element>(&self, logits: Var<'g, T>, targets: Var<'g, T>) -> Losses<'g, T> {
        checks::rows("soft_cross_entropy", "logits and targets", logits, targets);
        checks::options(self.check());
        assert!(
            self.ignore.is_none(),
            "soft_cross_entropy: ignore is a label, and distributions have none: give those rows the weight 0"
        );
        let classes = self.classes();
        classes.fit("soft_cross_entropy", logits.extent(-1));
        let (shifted, normalizer) = shifted(logits);
        let mut wanted = targets;
        if self.smoothing != 0.0 {
            let even = 1.0 / logits.extent(-1) as f64;
            wanted = targets * (1.0 - self.smoothing) + self.smoothing * even;
        }
        let each = (normalizer - shifted) * wanted;
        match classes.row(logits) {
            None => each.sum_keepdim(-1).into(),
            Some(weights) => {
                Losses::with_weights((each * weights).sum_keepdim(-1), (targets * weights).sum_keepdim(-1))
            }
        }
    }
}

/// Logits less the largest of their row, which becomes 0 so that no exponential overflows, and ln Σ eˣ of them, `[batch, 1]`;
/// a difference of the two does not depend on what was subtracted.
#[track_caller]
fn shifted<'g, T: Element>(logits: Var<'g, T>) -> (Var<'g, T>, Var<'g, T>) {
    let shifted = logits - logits.detach().max_keepdim(-1);
    (shifted, shifted.exp().sum_keepdim(-1).ln())
}
