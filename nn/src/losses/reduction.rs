//! Reductions: how many losses, perhaps with weights, become one.

use autograd::{Element, Var};

use super::checks;

/// How the losses of elements or rows become one node.
///
/// ```
/// use nn::losses::{Mse, Reduction};
/// use nn::prelude::*;
/// let g = Graph::new();
/// let (a, b) = (g.constant([[1.0, 2.0], [3.0, 4.0]]), g.zeros([2, 2]));
/// let of = |reduction| Mse { reduction }.forward(a, b);
/// assert_eq!(of(Reduction::Mean).item(), 7.5); // (1 + 4 + 9 + 16) / 4
/// assert_eq!(of(Reduction::BatchMean).item(), 15.0); // / 2, the number of rows
/// assert_eq!(of(Reduction::Sum).item(), 30.0);
/// assert_eq!(of(Reduction::None).value().data(), [1.0, 4.0, 9.0, 16.0]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Reduction {
    /// Their mean: shape `[]`. With weights, Σ weight · loss / Σ weight, which is NaN if all weights are 0.
    #[default]
    Mean,
    /// Their sum, divided by the number of rows (the first extent): shape `[]`. The textbooks' 1/m Σᵢ Σₖ for rows of several
    /// outputs. With weights, the weighted mean times the number of losses in a row.
    BatchMean,
    /// Their sum: shape `[]`. With weights, Σ weight · loss.
    Sum,
    /// None: each by itself, times its weight if it has one. One loss per element has the shape of the predictions, one loss
    /// per row shape `[batch, 1]`.
    None,
}

/// Losses before they are reduced.
pub(super) struct Losses<'g, T: Element> {
    /// Each times its weight, if it has one.
    each: Var<'g, T>,
    /// What a mean divides by the sum of.
    weights: Option<Var<'g, T>>,
}

impl<'g, T: Element> From<Var<'g, T>> for Losses<'g, T> {
    fn from(each: Var<'g, T>) -> Self {
        Losses { each, weights: None }
    }
}

impl<'g, T: Element> Losses<'g, T> {
    /// Losses that were multiplied by these weights already.
    pub(super) fn with_weights(each: Var<'g, T>, weights: Var<'g, T>) -> Self {
        Losses { each, weights: Some(weights) }
    }

    /// Each times one more weight.
    #[track_caller]
    pub(super) fn weighted(self, name: &str, weights: Var<'g, T>) -> Self {
        checks::shared_shape(name, "weights", weights, "losses", self.each);
        let all = match self.weights {
            Some(before) => before * weights,
            None => weights,
        };
        Losses { each: self.each * weights, weights: Some(all) }
    }
}

impl Reduction {
    #[track_caller]
    pub(super) fn apply<'g, T: Element>(self, losses: Losses<'g, T>) -> Var<'g, T> {
        let Losses { each, weights } = losses;
        match (self, weights) {
            (Reduction::Mean, None) => each.mean(),
            (Reduction::Mean, Some(weights)) => each.sum() / total(weights, each.shape().count()),
            (Reduction::BatchMean, None) => each.sum() / rows(each) as f64,
            (Reduction::BatchMean, Some(weights)) => each.sum() / total(weights, rows(each)),
            (Reduction::Sum, _) => each.sum(),
            (Reduction::None, _) => each,
        }
    }
}

/// The first extent; 1 for a single number.
fn rows<T: Element>(each: Var<'_, T>) -> usize {
    each.shape().first().copied().unwrap_or(1)
}

/// The mean weight times `count`: where several losses share a weight, it counts for each of them.
#[track_caller]
fn total<'g, T: Element>(weights: Var<'g, T>, count: usize) -> Var<'g, T> {
    let each = count as f64 / weights.shape().count() as f64;
    if each == 1.0 { weights.sum() } else { weights.sum() * each }
}
