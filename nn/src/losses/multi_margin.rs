//! The hinge loss of several classes.

use autograd::{Element, Var};

use super::reduction::{Losses, Reduction};
use super::{checks, labelled};
use crate::config::ConfigError;
use crate::data::Labels;

/// The hinge loss of several classes, 1/C Σ max(0, 1 - x\[label\] + x\[j\]) over the other classes j, as mean over the rows of
/// scores `[batch, classes]` (Weston, Watkins 1999, divided by the number of classes C).
///
/// ```
/// use nn::{losses::multi_margin, prelude::*};
/// let g = Graph::new();
/// let loss = multi_margin(g.constant([[0.5, 2.0, 1.5, -4.0]]), &Labels::new([1], 4)?);
/// assert_eq!(loss.item(), 0.125); // (0 + 0.5 + 0) / 4
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Panics
/// If there is not one row of scores per label, and one score per class.
#[track_caller]
pub fn multi_margin<'g, T: Element>(scores: Var<'g, T>, labels: &Labels) -> Var<'g, T> {
    MultiMargin::default().forward(scores, labels)
}

/// [`multi_margin`] with options.
///
/// ```
/// use nn::{losses::MultiMargin, prelude::*};
/// let g = Graph::new();
/// let loss = MultiMargin { margin: 2.0, squared: true, ..MultiMargin::default() };
/// let found = loss.forward(g.constant([[0.5, 2.0, 1.0, -4.0]]), &Labels::new([1], 4)?);
/// assert_eq!(found.item(), (0.25 + 1.0) / 4.0); // 0.5² + 1² + 0
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MultiMargin {
    /// How far the score of the label must be above the others: finite and at least 0; 1 by default.
    pub margin: f64,
    /// Whether the terms of the sum are squared.
    pub squared: bool,
    /// How the losses of the rows become one.
    pub reduction: Reduction,
}

impl Default for MultiMargin {
    fn default() -> Self {
        MultiMargin { margin: 1.0, squared: false, reduction: Reduction::Mean }
    }
}

forward! {
    /// The losses of scores `[batch, classes]`.
    ///
    /// # Panics
    /// If there is not one row of scores per label and one score per class, or [`check`](Self::check) fails.
    multi_margin: MultiMargin(scores: Var<'g, T>, labels: &Labels)
}

impl MultiMargin {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `margin` is negative or not finite.
    pub fn check(&self) -> Result<(), ConfigError> {
        let holds = self.margin >= 0.0 && self.margin.is_finite();
        checks::require(holds, "MultiMargin", "margin", self.margin, "finite and at least 0")
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, scores: Var<'g, T>, labels: &Labels) -> Var<'g, T> {
        labelled::fits("multi_margin", "scores", scores, labels);
        checks::options(self.check());
        let margin = scores.graph().number(self.margin);
        let above = (scores - scores.pick(labels.indices()) + margin).relu();
        // The label's own term is the margin, exactly: x - x + margin.
        let (terms, own) = if self.squared { (above.square(), margin.square()) } else { (above, margin) };
        (terms.sum_keepdim(-1) - own) / labels.classes() as f64
    }
}
